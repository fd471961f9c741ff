"""Scores of times and of paths of land: by hand, against an outside reference, and proper."""

import numpy as np
import pytest
import scoringrules as sr

from polemos.score.paths import energy, land
from polemos.score.proper import crps
from polemos.score.timing import categories, crps_censored, first_change, rps_of_leads, rps_of_times

EDGES = (4, 13, 26)


def test_first_change_and_its_category():
    control = np.array([[0, 0, 1, 2], [0, 1, 1, 2], [0, 0, 2, 2], [3, 0, 2, 2]])
    assert first_change(control).tolist() == [3, 1, 2, np.inf]
    assert first_change(np.stack([control, control])).shape == (2, 4)
    assert categories([0, 4, 5, 13, 26, 27, np.inf], EDGES).tolist() == [0, 0, 1, 1, 2, 3, 3]


def test_a_sure_time_costs_one_a_lead_it_is_off():
    sure = np.full((4, 50), 2.0)
    assert rps_of_times(sure, [1, 10, 20, np.inf], EDGES).tolist() == [0, 1, 2, 3]


def test_times_and_leads_tell_the_same():
    random = np.random.default_rng(0)
    times, seen = random.exponential(15, (30, 200)), random.exponential(15, 30)
    by_lead = (times[..., np.newaxis] <= EDGES).mean(1)
    came = seen[:, np.newaxis] <= np.array(EDGES)
    assert rps_of_leads(by_lead, came) == pytest.approx(rps_of_times(times, seen, EDGES))
    shares = np.diff(np.concatenate([np.zeros((30, 1)), by_lead, np.ones((30, 1))], 1))
    theirs = sr.rps_score(categories(seen, EDGES) + 1, shares)
    assert np.allclose(rps_of_times(times, seen, EDGES), theirs, atol=1e-10, rtol=0)


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_censored_crps_agrees_with_the_threshold_weighted_one(fair, estimator):
    random = np.random.default_rng(1)
    times, seen = random.exponential(30, (60, 40)), random.exponential(30, 60)
    theirs = sr.twcrps_ensemble(seen, times, b=20.0, estimator=estimator, backend="numpy")
    never = np.where(times > 20, np.inf, times), np.where(seen > 20, np.inf, seen)
    assert np.allclose(crps_censored(*never, 20, fair=fair), theirs, atol=1e-10, rtol=0)
    assert crps_censored(times, seen, 1e9, fair=fair) == pytest.approx(crps(times, seen, fair=fair))


def test_censored_crps_by_hand():
    # Half say day 2, half never; it came on day 6, the record ends on day 10: F is 0 to 2, then 1/2.
    assert crps_censored([2, np.inf], 6, 10) == pytest.approx((6 - 2) / 4 + (10 - 6) / 4)
    assert crps_censored([[2, np.inf], [2, np.inf]], [np.inf, 1], [10, 4]).tolist() == pytest.approx([2, 1 + 0.5])


def test_what_lies_behind_the_horizon_changes_nothing():
    assert crps_censored([3, 50, 70], 90, 12) == crps_censored([3, 13, np.inf], np.inf, 12)


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_energy_agrees(fair, estimator):
    random = np.random.default_rng(2)
    members, seen = random.normal(size=(20, 30, 4)), random.normal(size=(20, 4))
    theirs = sr.es_ensemble(seen, members, estimator=estimator, backend="numpy")
    assert np.allclose(energy(members, seen, fair=fair), theirs, atol=1e-10, rtol=0)
    one = members[..., :1], seen[..., :1]
    assert energy(*one, fair=fair) == pytest.approx(crps(members[..., 0], seen[..., 0], fair=fair))


def test_energy_sees_what_no_lead_alone_sees():
    """Paths with the right margins and the wrong order in time are dearer."""
    random = np.random.default_rng(3)
    level = random.normal(size=(400, 1))
    seen = np.repeat(random.normal(size=(300, 1)), 4, 1)
    together = np.broadcast_to(np.repeat(level, 4, 1), (300, 400, 4))
    apart = np.stack([random.permutation(level[:, 0]) for _ in range(4)], 1)
    assert energy(together, seen).mean() < energy(np.broadcast_to(apart, together.shape), seen).mean() - 0.05
    with pytest.raises(ValueError, match="two members"):
        energy(np.zeros((1, 2)), np.zeros(2), fair=True)


def test_land_counts_places():
    control = np.array([[[0, 0, 1], [0, 1, 1], [2, 1, 1]]])
    assert land(control, [1, 2], 2).tolist() == [[[1, 2], [0, 2]]]
