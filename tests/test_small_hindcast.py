"""The small hindcast of the flagship: eight origins, leads of 1, 3, 6 and 12 months (slow)."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.forecasters.contiguity import ContiguityMarkov
from polemos.forecasters.markov import Persistence, PooledMarkov
from polemos.forecasters.model_forecaster import ModelForecaster
from polemos.hindcasts.hindcast import hindcast
from polemos.hindcasts.origins import spread_origins
from polemos.record.from_scenario import load

LEADS = (1, 3, 6, 12)


@pytest.mark.slow
def test_the_model_and_the_baselines_beat_persistence_on_the_flagship():
    world = load("caliphate")
    origins = spread_origins(world, count=8, leads=LEADS)
    lineup = [Persistence(), PooledMarkov(), ContiguityMarkov(members=200), ModelForecaster(members=200)]
    done = hindcast(world, lineup, origins, LEADS)
    assert done.probability.shape[:3] == (4, 8, 4)
    assert np.allclose(np.nansum(done.probability, axis=-1), 1.0)
    came = np.take_along_axis(done.probability, done.happened[np.newaxis, ..., np.newaxis].astype(int), -1)[..., 0]
    log_score = -np.log(0.998 * came + 0.002 / done.probability.shape[-1]).mean(axis=(1, 3))
    for name, row in zip(done.forecasters, log_score, strict=True):
        print(f"{name:20s}", *(f"{score:.3f}" for score in row))
    persistence, *others = log_score
    for name, row in zip(done.forecasters[1:], others, strict=True):
        assert (row < persistence).all(), name
