"""Baselines: they see nothing after the origin, give probabilities, and recover what made the data."""

import numpy as np
import pytest

from polemos.forecasters import contiguity
from polemos.forecasters.boosted_trees import BoostedTrees
from polemos.forecasters.conflictology import Conflictology
from polemos.forecasters.contiguity import FEATURES, ContiguityMarkov, Front, fit, neighbours
from polemos.forecasters.distance_hazard import DistanceHazard
from polemos.forecasters.log_linear import LogLinear
from polemos.forecasters.markov import Persistence, PooledMarkov, pooled_rates
from polemos.questions.questions import question
from worlds import START, restless, ring, world_of

WEEK = np.timedelta64(7, "D")
AT = 120
ORIGIN = START + AT * WEEK
LEADS = ORIGIN + np.array([0, 30, 91, 182], "timedelta64[D]")
BASELINES = (Persistence(), PooledMarkov(members=50), ContiguityMarkov(members=50))
PATHS = (DistanceHazard(members=50), LogLinear(members=50), Conflictology(members=50))
ALL = (*BASELINES, *PATHS, BoostedTrees(trees=8, least=10))

ASKED = [
    question(
        id="holds-a-third",
        title="A third of the places",
        asked="Will org-0 hold a third of the places?",
        origin=str(ORIGIN),
        kind="share",
        by="org-0",
        date=str(LEADS[-1]),
        at_least=1 / 3,
    ),
    question(
        id="takes-two",
        title="Two captures",
        asked="Will org-1 take two places?",
        origin=str(ORIGIN),
        kind="count",
        what="captures",
        by="org-1",
        window=[str(ORIGIN), str(LEADS[-1])],
        at_least=2,
    ),
    question(
        id="strength",
        title="Half its men",
        asked="Will org-0 have 1,000 men?",
        origin=str(ORIGIN),
        kind="strength",
        by="org-0",
        date=str(LEADS[-1]),
        at_least=1000,
    ),
]


@pytest.fixture(scope="module")
def war():
    held = restless()
    contested = np.random.default_rng(5).random(held.shape) < 0.02
    return world_of(held, contested)


@pytest.fixture(scope="module")
def other(war):
    """The same war up to the origin, and another one after it."""
    held = restless()
    contested = np.random.default_rng(5).random(held.shape) < 0.02
    held[AT + 1 :] = (held[AT + 1 :] + 1) % 3
    contested[AT + 1 :] = ~contested[AT + 1 :]
    return world_of(held, contested)


@pytest.mark.parametrize("baseline", ALL, ids=lambda b: b.name)
def test_sees_nothing_after_the_origin(baseline, war, other):
    assert war.digest() != other.digest()
    first, second = (baseline.forecast(w.as_of(ORIGIN), LEADS) for w in (war, other))
    assert first.tobytes() == second.tobytes()
    assert baseline.answer(war.as_of(ORIGIN), ASKED, LEADS[-1]) == baseline.answer(
        other.as_of(ORIGIN), ASKED, LEADS[-1]
    )


@pytest.mark.parametrize("baseline", ALL, ids=lambda b: b.name)
def test_gives_probabilities(baseline, war):
    known = war.as_of(ORIGIN)
    p = baseline.forecast(known, LEADS)
    assert p.shape == (4, len(war.places.id), war.nobody + 1)
    assert p.min() >= 0
    assert p.sum(-1) == pytest.approx(np.ones(p.shape[:-1]), abs=1e-6)
    now = known.holders([ORIGIN])[0]
    stay = np.take_along_axis(p, now[np.newaxis, :, np.newaxis].astype(int), -1).mean((1, 2))
    if baseline in BASELINES:
        assert (np.diff(stay) <= 1e-9).all()
    assert stay[0] > 0.9
    assert stay[3] < stay[1] + 0.02


@pytest.mark.parametrize("baseline", [*BASELINES, *PATHS], ids=lambda b: b.name)
def test_answers_what_concerns_control_only(baseline, war):
    share, takes, strength = baseline.answer(war.as_of(ORIGIN), ASKED, LEADS[-1])
    assert 0 <= share.probability <= 1
    assert 0 <= takes.probability <= 1
    assert (strength.probability, strength.status) == (None, "not in the model")


def test_persistence_believes_what_is(war):
    known = war.as_of(ORIGIN)
    share, takes, _ = Persistence().answer(known, ASKED, LEADS[-1])
    held = (known.holders([ORIGIN])[0] == 0).mean()
    assert share.probability == pytest.approx(0.98 if held >= 1 / 3 else 0.02)
    assert takes.probability == pytest.approx(0.02)


def test_a_forecaster_needs_a_cut_world(war):
    for baseline in (*BASELINES[:3], *PATHS, ALL[-1]):
        with pytest.raises(ValueError, match="as_of"):
            baseline.forecast(war, LEADS)
        with pytest.raises(ValueError, match="before the origin"):
            baseline.forecast(war.as_of(ORIGIN), LEADS - WEEK)


def test_forecasts_on_the_first_day_of_a_record(war):
    known = war.as_of(START)
    for baseline in ALL:
        p = baseline.forecast(known, START + np.array([7, 28], "timedelta64[D]"))
        assert np.isfinite(p).all()
        assert p.sum(-1) == pytest.approx(np.ones(p.shape[:-1]), abs=1e-6)


def test_draws_are_addressed_by_seed_and_origin(war):
    one, same, else_ = (ContiguityMarkov(members=20, seed=seed).simulate(war.as_of(ORIGIN), 8)[0] for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != else_).any()


def test_pooled_rates_recover_the_truth():
    truth = np.array([[0.985, 0.01, 0.005], [0.02, 0.98, 0], [0.002, 0.008, 0.99]])
    random = np.random.default_rng(2)
    held = np.empty((400, 300), np.int8)
    held[0] = np.arange(300) % 3
    for week in range(1, 400):
        held[week] = (random.random(300)[:, np.newaxis] > np.cumsum(truth, 1)[held[week - 1], :-1]).sum(-1)
    rates = pooled_rates(held, 4, prior=104)
    assert rates[:3, :3] == pytest.approx(truth, abs=1.5e-3)
    assert rates.sum(1) == pytest.approx(np.ones(4))
    assert (rates > 0).all()
    # Nobody held nothing: it leaves at the rate of places in general, not at an even one.
    assert 0.9 < rates[3, 3] < 1


def test_pooled_members_agree_with_the_closed_form(war):
    known = war.as_of(ORIGIN)
    pooled = PooledMarkov(members=3000)
    control = pooled.simulate(known, 26)
    closed = pooled.forecast(known, np.array([ORIGIN + 26 * WEEK]))[0]
    counted = np.stack([(control[:, -1] == holder).mean(0) for holder in range(closed.shape[1])], -1)
    assert np.abs(counted - closed).max() < 0.05
    assert np.abs(counted - closed).mean(0).max() < 0.01


def test_fit_recovers_known_coefficients():
    random = np.random.default_rng(4)
    truth = np.array([-4.5, -6.5, -7, -9, 1.0, 1.5, 1.0, 0, -1.0, 1.0])
    size, weeks, holders = 90, 500, 4
    world = world_of(np.repeat(np.arange(size)[np.newaxis] * 3 // size, 2, 0))
    front = Front(
        neighbours(world), (np.arange(size) * 3 // size).astype(np.int8)[:, None], np.zeros((size, 1), bool), 4
    )
    rows, outcome = [], []
    for _ in range(weeks):
        x = np.stack([np.broadcast_to(f, (holders, size, 1))[..., 0] for f in front.features()]).astype(float)
        x[:, front.held[:, 0], np.arange(size)] = 0
        odds = front.odds(truth)[..., 0]
        assert odds == pytest.approx(np.exp(np.tensordot(truth, x, 1)), rel=1e-4)
        upper = np.cumsum(odds / odds.sum(0), 0)
        held = (random.random(size) > upper[:-1]).sum(0).astype(np.int8)
        rows.append(x.transpose(2, 1, 0))
        outcome.append(held)
        front.advance(held[:, None], random.random((size, 1)) < 0.1)
    b = fit(np.concatenate(rows), np.concatenate(outcome), ridge=np.full(10, 0.01))
    # Standard errors are about .1 to .3; `absent` and `nobody` are seldom seen.
    seen = [i for i, name in enumerate(FEATURES) if name not in ("absent", "nobody")]
    assert np.abs(b - truth)[seen].max() < 0.75
    assert np.abs(b - truth)[[0, 1]].max() < 0.3


def test_fit_falls_back_on_its_centre_without_data():
    assert fit(np.zeros((0, 4, 10)), np.zeros(0, int)) == pytest.approx(contiguity.CENTRE)


def test_features_by_hand():
    links = np.array([[0, 1], [0, 2], [0, 3], [3, 4]])
    world = world_of(np.array([[0, 1, 1, 2, 2]] * 2), links=links)
    start = np.array([0, 1, 0, 2, 2], np.int8)[:, None]
    front = Front(neighbours(world), start, np.zeros((5, 1), bool), 4)
    now = np.array([0, 1, 1, 2, 2], np.int8)[:, None]
    front.advance(now, np.array([True, False, False, False, False])[:, None])
    x = dict(zip(FEATURES, (np.broadcast_to(f, (4, 5, 1))[..., 0] for f in front.features()), strict=True))
    assert x["next_door"][:, 0].tolist() == [False, True, True, False]
    assert x["next_door"][:, 4].tolist() == [False, False, True, False]
    assert x["farther"][:, 4].tolist() == [True, True, False, False]
    assert x["nobody"][:, 0].tolist() == [False, False, False, True]
    assert not x["absent"].any()
    assert x["share"][:, 0] == pytest.approx([0, 2 / 3, 1 / 3, 0])
    assert x["local"][:, 0] == pytest.approx([0, 1 / 3, 0, 0])
    assert x["gain"][:, 0] == pytest.approx([0, 1 / 2, 0, 0])
    assert x["loss"][1, [0, 1]] == pytest.approx([1 / 2, 0])
    assert x["fresh"][0].tolist() == [0, 0, 1, 0, 0]
    assert x["contested"][0].tolist() == [1, 0, 0, 0, 0]
    wide = dict(zip(FEATURES, front.repeated(3).features(), strict=True))
    for name, values in wide.items():
        spread = np.broadcast_to(values, (4, 5, 3))
        assert (spread == x[name][..., None]).all(), name


def test_contiguity_knows_where_the_front_is(war):
    known = war.as_of(ORIGIN)
    p = ContiguityMarkov(members=100).forecast(known, np.array([ORIGIN + 4 * WEEK]))[0]
    now = known.holders([ORIGIN])[0]
    moves = 1 - p[np.arange(now.size), now]
    links = ring(now.size)
    front = np.zeros(now.size, bool)
    apart = links[now[links[:, 0]] != now[links[:, 1]]]
    front[apart.ravel()] = True
    assert moves[front].mean() > 3 * moves[~front].mean()
