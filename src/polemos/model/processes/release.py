"""Release: the winner keeps a garrison, and the rest is free for the next fight after a lag.

    released besiegers = committed - losses - garrison

Nothing else makes one fall quicken the next by force. Men on the way arrive first.
Source: men are conserved; losses of defenders who hold, Helmbold 1971 [v, secondary].
"""

from typing import NamedTuple

from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, beta
from polemos.model.state import ATTACKER_WON, CAPTURE, DEFENDER_HELD, LAGS
from polemos.record.world import Floats, Holders


class Inputs(NamedTuple):
    """What it only reads."""

    attacker: Holders
    outcome: Holders
    people: Floats


class Values(NamedTuple):
    """Parameters, a value a member."""

    g0: Floats
    g1: Floats
    winner_loss: Floats
    holder_loss: Floats
    tau_m: Floats


class State(NamedTuple):
    """What it changes."""

    holder: Holders
    change: Holders
    garrison: Floats
    assault: Floats
    reserve: Floats
    transit: Floats
    killed: Floats
    battle_deaths: Floats
    supply: Floats


@kernel
def step(step: int, inputs: Inputs, values: Values, state: State) -> None:
    """Let those on the way arrive; then hand taken places over and release the others."""
    nobody = state.reserve.shape[1]
    arriving = step % LAGS
    for m in range(state.holder.shape[0]):
        for o in range(nobody):
            for k in range(3):
                state.reserve[m, o, k] += state.transit[m, o, k, arriving]
                state.transit[m, o, k, arriving] = 0.0
        lag = max(int(values.tau_m[m] + 0.5), 1)
        slot = (step + lag) % LAGS
        for p in range(state.holder.shape[1]):
            if inputs.outcome[m, p] == DEFENDER_HELD:
                d = state.holder[m, p]
                for k in range(3):
                    fallen = values.holder_loss[m] * state.garrison[m, p, k]
                    state.garrison[m, p, k] -= fallen
                    state.killed[m, d] += fallen
                    state.battle_deaths[m, p] += fallen
            elif inputs.outcome[m, p] == ATTACKER_WON:
                o = inputs.attacker[m, p]
                men = 0.0
                for k in range(3):
                    fallen = values.winner_loss[m] * state.assault[m, p, k]
                    state.assault[m, p, k] -= fallen
                    state.killed[m, o] += fallen
                    state.battle_deaths[m, p] += fallen
                    men += state.assault[m, p, k]
                need = 2.0 * (values.g0[m] + values.g1[m] * inputs.people[p] / 1000.0)
                keep = min(1.0, need / men) if men > 0.0 else 1.0
                for k in range(3):
                    state.garrison[m, p, k] = keep * state.assault[m, p, k]
                    state.transit[m, o, k, slot] += state.assault[m, p, k] - state.garrison[m, p, k]
                    state.assault[m, p, k] = 0.0
                state.holder[m, p] = o
                state.supply[m, p] = 1.0
                if state.change[m, p] == 0:
                    state.change[m, p] = CAPTURE


PROCESS = Process(
    name="release",
    title="release",
    kernel=step,
    parameters=(
        Parameter(
            "winner_loss",
            beta(1, 9),
            "share",
            "killed among winning attackers",
            "judgement: as of defenders who hold",
            "1991-12-31",
        ),
        Parameter(
            "holder_loss",
            beta(1, 9),
            "share",
            "killed among defenders who hold",
            "Helmbold1971",
            "1991-12-31",
            grade="v",
            taken="nine tenths of winning defenders had lost under 20 %; secondary",
        ),
    ),
    writes=State._fields,
)
