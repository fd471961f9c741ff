"""Recruitment (P10): men come from the people held, and from abroad where a claim is believed and a border open.

    local a week   = r_l * people held / 1,000 * L_o * pay_ok_o * welcome
    foreign a week = r_f * openness_o * L_o ^ nu * claim_o

as expected flows into the reserve. `pay_ok` (P15) and `welcome` (P17) are 1 while those are off. Source: D2 P10.
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
    title="P10 recruitment",
    mechanisms=("M8", "M9", "M10", "M16"),
    kernel=step,
    parameters=(
        Parameter(
            "recruits_local",
            lognormal(0.03, 0.7),
            "men per 1,000 residents a week",
            "local recruits",
            "D3: manpower totals [?]",
        ),
        Parameter(
            "recruits_foreign",
            lognormal(450.0, 0.4),
            "men a week",
            "recruits from abroad at full credibility and open borders",
            "D3: 2,000 a month in 2015, A9 [v]",
            "2016-04-01",
        ),
        Parameter(
            "nu",
            uniform(0.5, 3.0),
            "exponent",
            "how inflow falls with credibility",
            "D3: inflow leads land, A9 [v]",
            "2016-04-01",
        ),
    ),
    writes=("reserve", "joined", "volunteers"),
    arrays=(Array("volunteers", ("organisation",), "men from abroad in the week"),),
)
