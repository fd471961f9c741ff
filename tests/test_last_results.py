"""What takes long is worked out once for all who ask for it, and again once its key is another or long gone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from polemos.forecasters.front_hazard import FrontHazard
from polemos.model.front import fit
from polemos.model.last_results import LastResults
from scenarios import tiny


def test_two_threads_that_ask_for_one_key_have_it_made_once():
    results, made, meeting = LastResults(2), [], threading.Barrier(2)

    def ask(key):
        meeting.wait()
        return results.of(key, lambda: made.append(key) or len(made))

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(ask, "aa")) == [1, 1]
    assert made == ["a"]


def test_the_oldest_result_makes_room_and_an_error_is_not_remembered():
    results, made = LastResults(2), []
    for key in "abcba":
        results.of(key, lambda key=key: made.append(key))
    assert made == ["a", "b", "c", "a"]
    with pytest.raises(ZeroDivisionError):
        results.of("d", lambda: 1 / 0)
    assert results.of("d", lambda: 4) == 4


def test_a_fit_is_shared_by_who_asks_for_the_same_record_and_by_nobody_else(tmp_path, monkeypatch):
    from polemos.record.from_scenario import load

    whole, fits, real = load(str(tiny(tmp_path))), [], fit._learn
    monkeypatch.setattr(fit, "_learn", lambda past, *more: fits.append(past.digest) or real(past, *more))
    monkeypatch.setattr(fit, "_fits", LastResults(4))
    first, second = whole.as_of("2002-01-01"), whole.as_of("2002-03-01")
    one = fit.learn(fit.replay(first))
    before = one.copy()
    one += 1
    assert np.array_equal(fit.learn(fit.replay(first)), before)
    fit.learn(fit.replay(second))
    assert len(fits) == 2
    # Without a feature the record is another, and so is one with another pull.
    FrontHazard(without=("share",)).coefficients(first)
    fit.learn(fit.replay(first), prior=tuple(np.zeros(one.size).tolist()))
    assert len(fits) == 4
