"""Boosted trees and what they see: by hand, from no later week, and better than knowing nothing."""

import numpy as np
import pytest

from polemos.forecasters.boosted_trees import BoostedTrees
from polemos.forecasters.markov import Persistence, PooledMarkov
from polemos.forecasters.tree_features import FEATURES, second_neighbours, see
from polemos.questions.questions import question
from polemos.scores.rules import log_score, mixture
from worlds import START, restless, world_of

WEEK = np.timedelta64(7, "D")
CHAIN = np.array([[0, 1], [1, 2], [2, 3], [3, 4]])
TREES = BoostedTrees(trees=40, least=20, every=2, offered=0.5)


def test_features_by_hand():
    held = np.array([[0, 0, 0, 1, 2]] * 4 + [[0, 0, 1, 1, 2]] * 2 + [[0, 1, 1, 1, 2]] * 4, np.int8)
    world = world_of(held, links=CHAIN)
    contested = np.zeros(held.shape, bool)
    contested[:, 4] = True
    x = see(world, held, contested, np.array([0, 9]))
    assert x.shape == (2, 5, 4, len(FEATURES))
    # Place 0, held by org 0, and org 1 who has come next door.
    seen = dict(zip(FEATURES, x[1, 0, 1].tolist(), strict=True))
    assert (seen["share"], seen["share_two"], seen["local"], seen["own_share"]) == (1, 1, 1, 0)
    assert (seen["gain_4"], seen["gain_13"], seen["loss_13"], seen["own_gain_13"], seen["own_loss_13"]) == (
        1,
        2,
        2,
        0,
        0,
    )
    assert seen["gain_rate_13"] == pytest.approx(2 / 3)
    assert (seen["held"], seen["own_held"], seen["pair"], seen["back"]) == (3, 1, 2, 0)
    assert seen["stretch"] > 0 > seen["own_stretch"]
    assert (seen["tenure"], seen["return"], seen["moves"], seen["moves_near"]) == (9, 0, 0, 1)
    assert (seen["candidate"], seen["holder"], seen["contested"]) == (1, 0, 0)
    # Place 1 was org 0's before, and fell three weeks ago.
    back = dict(zip(FEATURES, x[1, 1, 0].tolist(), strict=True))
    assert (back["tenure"], back["return"], back["moves"], back["pair"], back["back"]) == (3, 1, 1, 0, 2)
    assert x[1, 4, 0, FEATURES.index("contested")] == 1
    # On the first week nothing has happened.
    past = [FEATURES.index(name) for name in ("local", "gain_52", "loss_52", "pair", "moves")]
    assert (x[0][..., past] == 0).all()


def test_nothing_of_a_later_week_enters_a_row():
    held = restless(weeks=60, rate=0.05)
    world = world_of(held)
    none = np.zeros(held.shape, bool)
    rows = np.array([10, 39])
    assert (see(world, held, none, rows) == see(world, held[:40], none[:40], rows)).all()


def test_second_neighbours_are_no_neighbours():
    from polemos.forecasters.contiguity import neighbours

    two = second_neighbours(neighbours(world_of(np.zeros((2, 5), int), links=CHAIN))).toarray()
    assert two[0].tolist() == [0, 0, 1, 0, 0]
    assert two[2].tolist() == [0.5, 0, 0, 0, 0.5]


def test_trees_beat_those_who_see_no_map():
    """A war in which places go over to a neighbour's holder: the map tells who is next."""
    world = world_of(restless(weeks=220, size=45, rate=0.02, seed=3))
    scores = {forecaster.name: [] for forecaster in (TREES, Persistence(), PooledMarkov())}
    for at in range(170, 204, 8):
        origin = START + at * WEEK
        for forecaster in (TREES, Persistence(), PooledMarkov()):
            p = forecaster.forecast(world.as_of(origin), [origin + 12 * WEEK])[0]
            happened = world.holders([origin + 12 * WEEK])[0]
            scores[forecaster.name].append(log_score(mixture(p), happened).mean())
    mean = {name: np.mean(values) for name, values in scores.items()}
    assert mean["boosted trees"] < 0.95 * min(mean["persistence"], mean["pooled Markov"]), mean


def test_the_same_every_time_and_no_answers():
    known = world_of(restless(rate=0.03)).as_of(START + 140 * WEEK)
    leads = known.until + np.array([4, 13]) * WEEK
    assert TREES.forecast(known, leads).tobytes() == TREES.forecast(known, leads).tobytes()
    asked = question(
        id="holds", title="Holds", asked="Holds?", origin=str(known.until), kind="share", by="org-0",
        date=str(leads[-1]), at_least=0.5,
    )  # fmt: skip
    (answer,) = TREES.answer(known, [asked], leads[-1])
    assert (answer.probability, answer.status) == (None, "not in the model")


def test_without_changes_there_is_nothing_to_learn():
    known = world_of(np.repeat([[0] * 8 + [1] * 8], 60, 0)).as_of(START + 59 * WEEK)
    now = known.holders([known.until])[0]
    p = TREES.forecast(known, [known.until + 26 * WEEK])[0]
    assert (p[np.arange(16), now] > 0.99).all()
    assert (p > 0).all()
