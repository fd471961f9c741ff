"""Recruitment: men come from the people held, and from abroad where a claim is believed and a border open.

    local a week   = r_l * people held / 1,000 * L_o * pay_ok_o * welcome
    foreign a week = r_f * openness_o * L_o ^ nu * claim_o

as expected flows into the reserve. `pay_ok` (`money`) and `welcome` (`attitudes`) are 1 while those are off.
Source: own form.
"""

from polemos.model.jit import kernel
from polemos.model.process import Array, Parameter, Process, lognormal, uniform


@kernel
def step(
    holder, people, credibility, claim, openness, pay_ok, welcome, recruits_local, recruits_foreign, nu, reserve,
    joined, volunteers,
):  # fmt: skip
    """Recruits into the reserve, by cohort."""
    nobody = reserve.shape[1]
    for m in range(holder.shape[0]):
        for p in range(holder.shape[1]):
            o = holder[m, p]
            if o < nobody:
                local = recruits_local[m] * people[p] / 1000.0 * credibility[m, o]
                local *= pay_ok[m, o] * welcome[m, p, o]
                reserve[m, o, 2] += local
                joined[m, o] += local
        for o in range(nobody):
            foreign = recruits_foreign[m] * openness[o] * credibility[m, o] ** nu[m] * claim[o]
            reserve[m, o, 1] += foreign
            joined[m, o] += foreign
            volunteers[m, o] = foreign


PROCESS = Process(
    name="recruitment",
    title="recruitment",
    kernel=step,
    parameters=(
        Parameter(
            "recruits_local",
            lognormal(0.03, 0.7),
            "men per 1,000 residents a week",
            "local recruits",
            "judgement: total strengths as reported [?]",
        ),
        Parameter(
            "recruits_foreign",
            lognormal(450.0, 0.4),
            "men a week",
            "recruits from abroad at full credibility and open borders",
            "judgement: officials spoke of 2,000 arrivals a month in 2015 [v]",
            "2016-04-01",
        ),
        Parameter(
            "nu",
            uniform(0.5, 3.0),
            "exponent",
            "how inflow falls with credibility",
            "judgement: reported arrivals fell by nine tenths while land fell by 14 to 25 % [v]",
            "2016-04-01",
        ),
    ),
    writes=("reserve", "joined", "volunteers"),
    arrays=(Array("volunteers", ("organisation",), "men from abroad in the week"),),
)
