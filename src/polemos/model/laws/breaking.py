"""The breaking of a side in a battle fought day by day, and the booking of its dead."""

import math

from polemos.model.jit import kernel
from polemos.model.laws.attrition import helmbold
from polemos.model.rng import uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD

DAYS = 7


@kernel
def hazard(base, lost, beta_loss, encircled, beta_encircled, credibility, beta_credibility):
    """Rate a day at which a side breaks."""
    return base * math.exp(beta_loss * lost + beta_encircled * encircled + beta_credibility * (1.0 - credibility))


@kernel
def shut_in(m, p, o, holder, near_start, near):
    """Whether no neighbour of p is held by its holder o."""
    for e in range(near_start[p], near_start[p + 1]):
        if holder[m, near[e]] == o:
            return False
    return True


@kernel
def bury(m, p, o, kept, men, killed, battle_deaths):
    """Book the dead of one side, the same share of every cohort."""
    for k in range(men.shape[2]):
        fallen = men[m, p, k] * (1.0 - kept)
        men[m, p, k] -= fallen
        killed[m, o] += fallen
        battle_deaths[m, p] += fallen


@kernel
def after_day(attack, defence, attack_hazard, defence_hazard, pace, draw, place, day):
    """Outcome of a day that leaves these strengths: a side without any, or one that breaks; 0 where both go on."""
    if attack <= 0.0 or defence <= 0.0:
        return DEFENDER_HELD if attack <= 0.0 else ATTACKER_WON
    both = attack_hazard + defence_hazard
    if uniform(draw, place, 10 + 2 * day) < 1.0 - math.exp(-both * pace):
        return ATTACKER_WON if uniform(draw, place, 11 + 2 * day) * both < defence_hazard else DEFENDER_HELD
    return 0


@kernel
def week(
    attack, defence, a, b, w, pace, attack_kept, defence_kept, attack_credibility, defence_credibility, encircled, base,
    beta_loss, beta_encircled, beta_credibility, draw, place,
):  # fmt: skip
    """Strengths left after at most seven days of Helmbold's law, the outcome (0: it goes on), and the days fought."""
    left, other, outcome, days = attack, defence, 0, 0
    while days < DAYS and outcome == 0:
        left, other = helmbold(left, other, a, b, w, pace)
        lost_a = 1.0 - attack_kept * left / attack if attack > 0.0 else 1.0
        lost_d = 1.0 - defence_kept * other / defence
        h_a = hazard(base, lost_a, beta_loss, 0.0, 0.0, attack_credibility, beta_credibility)
        h_d = hazard(base, lost_d, beta_loss, encircled, beta_encircled, defence_credibility, beta_credibility)
        outcome = after_day(left, other, h_a, h_d, pace, draw, place, days)
        days += 1
    return left, other, outcome, days
