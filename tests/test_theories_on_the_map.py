"""What signs a theory asserts show in whole wars of many members: invariants of runs, not of a call of a kernel."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import polemos
from polemos.ensemble.plan import read_prior
from polemos.model import engine

pytestmark = pytest.mark.slow
MEMBERS = 60
ORIGIN, UNTIL = "2016-01-19", "2017-01-17"


@functools.cache
def ground():
    return engine.survey(polemos.load("caliphate").world.as_of(ORIGIN), UNTIL)


@functools.cache
def ended(theory, **changed):
    """Places and fighters at the end [m] of the organisation in focus, under a theory with some values set."""
    war = polemos.load("caliphate")
    focus, chosen = war.world.organisation("is"), war.theory(theory)
    priors = {**{name: read_prior(value) for name, value in chosen.priors.items()}, **changed}
    cut = war.world.as_of(ORIGIN)
    setup = engine.prepare(
        cut, UNTIL, members=MEMBERS, seed=1, added=tuple(chosen.processes), theory=priors, ground=ground()
    )
    wars = engine.simulate(setup, 0, MEMBERS)
    return (wars.control[:, -1] == focus).sum(axis=1), wars.strengths["fighters"][:, -1, focus].astype(float)


def effect(first, second):
    """Mean difference of pairs that share their draws, and its standard error."""
    less = second - first
    return less.mean(), less.std(ddof=1) / np.sqrt(less.size)


def test_lost_land_takes_belief_and_belief_holds_land():
    """Loss of land, belief, loss of land: with more weight of land on belief, fewer places."""
    mean, error = effect(*(ended("author", beta_t=value, beta_v=0.0)[0] for value in (0.0, 4.0)))
    assert mean < -10
    assert mean < -2 * error


def test_who_is_less_believed_in_keeps_fewer_men():
    mean, error = effect(*(ended("author", eta=value, men_shock=0.0)[1] for value in (0.0, 4.0)))
    assert mean < -2 * error


def test_victories_and_defeats_feed_themselves():
    """Which way is chance: with more weight on them, wars end further apart."""
    few, many = (ended("author", beta_t=0.0, beta_v=value)[0].std() for value in (0.0, 3.0))
    assert many > 1.2 * few


def test_men_move_from_who_stands_worse_and_not_to_it():
    """In logarithms: it is a share of the men, and in few wars they are many."""
    men = (ended("author", tau_q=value, beta_t=4.0, men_shock=0.0)[1] for value in (0.0003, 0.03))
    mean, error = effect(*(np.log1p(one) for one in men))
    assert mean < -2 * error


def test_under_the_rivals_theory_belief_moves_land_by_men_alone():
    """No exponent of belief is left: an order less of the same."""
    author, rival = (
        effect(*(ended(theory, beta_t=value, beta_v=0.0)[0] for value in (0.0, 4.0)))[0]
        for theory in ("author", "rival")
    )
    assert abs(rival) < abs(author) / 4


def test_on_neutral_ground_belief_moves_no_land_at_all():
    low, high = (ended("neutral", beta_t=value)[0] for value in (0.0, 4.0))
    assert np.array_equal(low, high)
