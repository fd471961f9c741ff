"""Streaming: what a run says without its wars is what it says with them, however it was split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.ensemble import answer_store, summary
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor, Interrupted
from polemos.ensemble.plan import PlanError, make_plan
from polemos.ensemble.run import run
from polemos.ensemble.store import FolderStore, store_in
from polemos.ensemble.summary import QUANTILES, Part, Totals, code, decode
from worlds_tiny import engine, first_holder, tiny_world

__all__ = ["engine"]


class Asked:
    """First holders, under a digest."""

    def __init__(self, digest: str) -> None:
        self.digest = digest

    def __call__(self, chunk):  # type: ignore[no-untyped-def]
        return first_holder(chunk)


@given(st.lists(st.floats(-1e7, 1e7, width=32), min_size=1, max_size=50))
def test_codes_keep_order_and_come_back_close(values):
    given_ = np.sort(np.array(values, np.float32))
    codes = code(given_)
    assert (np.diff(codes.astype(int)) >= 0).all()
    assert np.all(np.abs(decode(codes) - given_) <= np.maximum(np.abs(given_) * 2.0**-8, 2.0**-7))


def test_small_whole_numbers_and_gaps_are_exact():
    whole = np.arange(-256, 257).astype(np.float32)
    assert np.array_equal(decode(code(whole)), whole)
    assert code(np.array([np.nan], np.float32))[0] == summary.MISSING


def test_counted_quantiles_are_close_in_any_order():
    rng = np.random.default_rng(1)
    values = rng.lognormal(5, 2, (600, 3, 2)).astype(np.float32) * rng.choice([-1, 1], (600, 3, 2)).astype(np.float32)
    values[:, 0] = np.nan
    dates = np.array(["2000-01-01", "2000-01-08", "2000-01-15"], "datetime64[D]")
    counts = np.ones((3, 4, 3), np.int32)
    spans = [(0, 7), (7, 300), (300, 301), (301, 600)]
    found = []
    for order in (spans, spans[::-1]):
        totals = Totals(600)
        for first, last in order:
            totals.add(first, Part(dates, counts, {"x": code(values[first:last])}))
        found.append(totals.summary())
    assert found[0].quantiles["x"].tobytes() == found[1].quantiles["x"].tobytes()
    assert found[0].counts[0, 0, 0] == len(spans)
    exact = np.quantile(values, QUANTILES, axis=0)
    assert np.isnan(found[0].quantiles["x"][:, 0]).all()
    assert np.allclose(found[0].quantiles["x"][:, 1:], exact[:, 1:], rtol=2.0**-7, atol=2.0**-7)


@pytest.mark.parametrize("exact", [5000, 5])
def test_answers_alone_are_the_answers_of_the_whole(engine, tmp_path, monkeypatch, exact):
    monkeypatch.setattr("polemos.ensemble.chunks.EXACT", exact)
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=23))
    runs = [
        run(
            plan,
            world,
            chunk=chunk,
            evaluate=Asked("a"),
            store=store_in(tmp_path / keeps, keeps),
            executor=Executor(threads),
        )
        for keeps, chunk, threads in [("all", 23, 1), ("questions", 4, 3), ("questions", 5, 1), ("none", 7, 2)]
    ]
    again = run(plan, world, evaluate=Asked("a"), store=FolderStore(tmp_path / "questions", keeps="questions"))
    assert again.simulated == 0
    for other in (*runs[1:], again):
        assert np.array_equal(runs[0].summary.counts, other.summary.counts)
        for name, values in runs[0].summary.quantiles.items():
            assert values.tobytes() == other.summary.quantiles[name].tobytes(), name
        for name, values in runs[0].verdicts.items():
            assert np.array_equal(values, other.verdicts[name], equal_nan=True), name
    assert runs[3].folder is None
    assert runs[1].folder is not None
    assert {path.name for path in runs[1].folder.iterdir()} >= {"answers.npz", "manifest.json"}
    assert not (runs[1].folder / answer_store.PARTS).exists()
    with pytest.raises(ValueError, match="answers alone"):
        next(runs[1].chunks())


def test_a_stopped_run_of_answers_goes_on(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=40))

    def stop(done: int, members: int) -> None:
        if done >= 16:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        run(
            plan,
            world,
            chunk=8,
            progress=stop,
            evaluate=Asked("a"),
            store=FolderStore(tmp_path, keeps="questions"),
            executor=Executor(1),
        )
    kept = stopped.value.done
    assert 16 <= kept < 40
    resumed = run(plan, world, evaluate=Asked("a"), store=FolderStore(tmp_path, keeps="questions"))
    assert resumed.simulated == 40 - kept
    assert sorted(first for first, _ in engine.asked) == [0, 8, 16, 24, 32]
    plain = run(plan, world, evaluate=Asked("a"))
    assert np.array_equal(resumed.verdicts["battle"], plain.verdicts["battle"])


@pytest.mark.parametrize(
    ("how", "word"),
    [
        (("all", Asked("a")), "answers of this run alone"),
        (("questions", Asked("b")), "other questions"),
        (("some", None), "all, questions, none"),
    ],
)
def test_what_is_not_kept_is_said(engine, tmp_path, how, word):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=4))
    run(plan, world, evaluate=Asked("a"), store=FolderStore(tmp_path, keeps="questions"))
    keeps, evaluate = how
    with pytest.raises(PlanError, match=word):
        run(plan, world, evaluate=evaluate, store=store_in(tmp_path, keeps))


def test_other_questions_are_asked_of_wars_that_are_kept(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=9))
    run(plan, world, evaluate=Asked("a"), store=tmp_path)
    simulated = len(engine.asked)
    other = run(plan, world, evaluate=lambda chunk: {"last": chunk.control[:, -1, 1]}, store=tmp_path)
    assert list(other.verdicts) == ["last"]
    assert len(engine.asked) == simulated
