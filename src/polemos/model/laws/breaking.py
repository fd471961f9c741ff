"""The breaking of a side in a battle fought day by day, and the booking of its dead."""

import math
from typing import Any, NamedTuple

from polemos.model.jit import kernel
from polemos.model.laws.attrition import helmbold
from polemos.model.rng import uniform
from polemos.model.state import ATTACKER_WON, DEFENDER_HELD

DAYS = 7


class Side(NamedTuple):
    """One side of a battle: its strength, the attrition a day it inflicts, what share is left, its credibility."""

    strength: float
    inflicts: float
    kept: float
    credibility: float


class Break(NamedTuple):
    """Rate of breaking a day, and the weights of what is lost, of being encircled and of being doubted."""

    base: float
    loss: float
    encircled: float
    credibility: float


@kernel
def hazard(base, lost, beta_loss, encircled, beta_encircled, credibility, beta_credibility):
    """Rate a day at which a side breaks."""
    return base * math.exp(beta_loss * lost + beta_encircled * encircled + beta_credibility * (1.0 - credibility))


@kernel
def shut_in(m, p, o, holder, roads):
    """Whether no neighbour of p is held by its holder o."""
    for e in range(roads.near_start[p], roads.near_start[p + 1]):
        if holder[m, roads.near[e]] == o:
            return False
    return True


@kernel
def bury(m, p, o, share, men, killed, battle_deaths):
    """Book the dead of one side, the same share of every cohort."""
    for k in range(men.shape[2]):
        fallen = men[m, p, k] * (1.0 - share)
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
    attacker: Side, defender: Side, break_: Break, encircled: float, w: float, pace: float, draw: Any, place: Any
) -> tuple[float, float, int, int]:
    """Strengths left after at most seven days of Helmbold's law, the outcome (0: it goes on), and the days fought.

    `encircled` is 1 where no neighbour is the defender's own, else 0.
    """
    attackers, other, outcome, days = attacker.strength, defender.strength, 0, 0
    while days < DAYS and outcome == 0:
        attackers, other = helmbold(attackers, other, attacker.inflicts, defender.inflicts, w, pace)
        lost_a = 1.0 - attacker.kept * attackers / attacker.strength if attacker.strength > 0.0 else 1.0
        lost_d = 1.0 - defender.kept * other / defender.strength
        h_a = hazard(break_.base, lost_a, break_.loss, 0.0, 0.0, attacker.credibility, break_.credibility)
        h_d = hazard(
            break_.base, lost_d, break_.loss, encircled, break_.encircled, defender.credibility, break_.credibility
        )
        outcome = after_day(attackers, other, h_a, h_d, pace, draw, place, days)
        days += 1
    return attackers, other, outcome, days
