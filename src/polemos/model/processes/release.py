"""Release: the winner keeps a garrison, and the rest is free for the next fight after a lag.

    released besiegers = committed - losses - garrison

Nothing else makes one fall quicken the next by force. Men on the way arrive first.
Source: men are conserved; losses of defenders who hold, Helmbold 1971 [v, secondary].
"""

from polemos.model.jit import kernel
from polemos.model.process import Parameter, Process, beta
from polemos.model.state import ATTACKER_WON, CAPTURE, DEFENDER_HELD, LAGS


@kernel
def step(
    step, holder, attacker, outcome, change, garrison, assault, reserve, transit, killed, battle_deaths, still_to_fall,
    supply, people, g0, g1, winner_loss, holder_loss, tau_m,
):  # fmt: skip
    """Let those on the way arrive; then hand taken places over and release the others."""
    nobody = reserve.shape[1]
    arriving = step % LAGS
    for m in range(holder.shape[0]):
        for o in range(nobody):
            for k in range(3):
                reserve[m, o, k] += transit[m, o, k, arriving]
                transit[m, o, k, arriving] = 0.0
        lag = max(int(tau_m[m] + 0.5), 1)
        slot = (step + lag) % LAGS
        for p in range(holder.shape[1]):
            if outcome[m, p] == DEFENDER_HELD:
                d = holder[m, p]
                for k in range(3):
                    fallen = holder_loss[m] * still_to_fall[m, p] * garrison[m, p, k]
                    garrison[m, p, k] -= fallen
                    killed[m, d] += fallen
                    battle_deaths[m, p] += fallen
            elif outcome[m, p] == ATTACKER_WON:
                o = attacker[m, p]
                men = 0.0
                for k in range(3):
                    fallen = winner_loss[m] * still_to_fall[m, p] * assault[m, p, k]
                    assault[m, p, k] -= fallen
                    killed[m, o] += fallen
                    battle_deaths[m, p] += fallen
                    men += assault[m, p, k]
                need = 2.0 * (g0[m] + g1[m] * people[p] / 1000.0)
                keep = min(1.0, need / men) if men > 0.0 else 1.0
                for k in range(3):
                    garrison[m, p, k] = keep * assault[m, p, k]
                    transit[m, o, k, slot] += assault[m, p, k] - garrison[m, p, k]
                    assault[m, p, k] = 0.0
                holder[m, p] = o
                supply[m, p] = 1.0
                if change[m, p] == 0:
                    change[m, p] = CAPTURE


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
    writes=("holder", "change", "garrison", "assault", "reserve", "transit", "killed", "battle_deaths", "supply"),
)
