"""Recruitment: men come from the people held, and from abroad where a claim is believed and a border open.

    local a week   = r_l * people held / 1,000 * L_o * pay_ok_o * welcome
    foreign a week = r_f * openness_o * L_o ^ nu * claim_o

as expected flows into the reserve. `pay_ok` (`money`) and `welcome` (`attitudes`) are 1 while those are off.
Source: own form.
"""

from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import Array, Parameter, Process, lognormal, uniform
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    holder: Holders
    people: Floats
    credibility: Floats
    claim: Floats
    openness: Floats
    pay_ok: Floats
    welcome: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    recruits_local: Floats
    recruits_foreign: Floats
    nu: Floats


class State(NamedTuple):
    """What it changes."""

    reserve: Floats
    joined: Floats
    volunteers: Floats
    recruits: Floats


@kernel
def step(inputs: Inputs, values: Values, state: State) -> None:
    """Recruits into the reserve, by cohort."""
    nobody = state.reserve.shape[1]
    for m in range(inputs.holder.shape[0]):
        state.recruits[m] = 0.0
        for p in range(inputs.holder.shape[1]):
            o = inputs.holder[m, p]
            if o < nobody:
                local = values.recruits_local[m] * inputs.people[p] / 1000.0 * inputs.credibility[m, o]
                local *= inputs.pay_ok[m, o] * inputs.welcome[m, p, o]
                state.reserve[m, o, 2] += local
                state.joined[m, o] += local
                state.recruits[m, o] += local
        for o in range(nobody):
            drawn_in = inputs.credibility[m, o] ** values.nu[m]
            foreign = values.recruits_foreign[m] * inputs.openness[o] * drawn_in * inputs.claim[o]
            state.reserve[m, o, 1] += foreign
            state.joined[m, o] += foreign
            state.volunteers[m, o] = foreign
            state.recruits[m, o] += foreign


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
    writes=State._fields,
    arrays=(
        Array("volunteers", ("organisation",), "men from abroad in the week"),
        Array("recruits", ("organisation",), "men who joined in the week"),
    ),
)
