"""The neural second opinion, on a toy whose posterior is known."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.ensemble.plan import PlanError
from polemos.inference import npe


def toy():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((1500, 2))
    return z[:, :1] * [1.0, 0.5] + 0.5 * rng.standard_normal((1500, 2)), z


@pytest.mark.slow
def test_the_network_finds_the_posterior():
    pytest.importorskip("sbi", reason="needs the extra npe: pip install 'polemos[npe]'")
    x, z = toy()
    found = npe.sample(x, z, np.ones(2, bool), np.array([1.0, 0.5]))
    assert found.mean[0] == pytest.approx(5 / 6, abs=0.2)
    assert found.sd[0] == pytest.approx(np.sqrt(1 / 6), abs=0.15)
    assert found.sd[1] == pytest.approx(1.0, abs=0.25)


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    x, z = toy()
    with pytest.raises(PlanError, match=r"polemos\[npe\]"):
        npe.sample(x, z, np.ones(2, bool), np.zeros(2))
