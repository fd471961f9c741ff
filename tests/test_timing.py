"""Scores of times and of paths of land: by hand, against an outside reference, and proper."""

import numpy as np
import pytest
import scoringrules as sr

from polemos.scores.paths import energy, land
from polemos.scores.rules import crps
from polemos.scores.timing import rps_of_leads


def test_leads_are_scored_as_ordered_categories():
    random = np.random.default_rng(0)
    shares = random.dirichlet(np.ones(4), 30)
    category = random.integers(4, size=30)
    changed, happened = np.cumsum(shares, 1)[:, :3], category[:, np.newaxis] <= np.arange(3)
    assert np.allclose(rps_of_leads(changed, happened), sr.rps_score(category + 1, shares), atol=1e-12, rtol=0)
    assert rps_of_leads([[1, 1, 1], [0, 0, 1]], [[0, 1, 1], [1, 1, 1]]).tolist() == [1, 2]


@pytest.mark.parametrize(("fair", "estimator"), [(False, "nrg"), (True, "fair")])
def test_energy_agrees(fair, estimator):
    random = np.random.default_rng(2)
    members, seen = random.normal(size=(20, 30, 4)), random.normal(size=(20, 4))
    theirs = sr.es_ensemble(seen, members, estimator=estimator, backend="numpy")
    assert np.allclose(energy(members, seen, fair=fair), theirs, atol=1e-12, rtol=0)
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
