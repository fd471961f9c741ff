"""Ensembles: the same whatever the threads and chunks, kept as they finish, never simulated twice."""

from __future__ import annotations

import threading
import time
from dataclasses import fields, replace

import numpy as np
import pytest

from polemos.ensemble import run_folder as disk
from polemos.ensemble.config import RunConfig
from polemos.ensemble.executor import Executor, Interrupted
from polemos.ensemble.plan import PlanError, make_plan, read_prior
from polemos.ensemble.run import run
from polemos.ensemble.store import FolderStore
from polemos.ensemble.summary import Totals, held_weights, reduce
from polemos.ensemble.trajectory_store import EVENTS
from polemos.model.process import Prior
from worlds_tiny import engine, first_holder, tiny_world

__all__ = ["engine"]


@pytest.mark.parametrize("keep", [False, True])
def test_threads_and_chunks_change_nothing(engine, tmp_path, keep):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=37, seed=5))
    runs = [
        run(
            plan,
            world,
            chunk=chunk,
            evaluate=first_holder,
            store=tmp_path / f"{threads}-{chunk}" if keep else None,
            executor=Executor(threads),
        )
        for threads, chunk in [(1, 100), (2, 16), (4, 1), (3, 37)]
    ]
    for other in runs[1:]:
        assert np.array_equal(runs[0].summary.counts, other.summary.counts)
        for name, values in runs[0].summary.quantiles.items():
            assert values.tobytes() == other.summary.quantiles[name].tobytes(), name
        for name, values in runs[0].verdicts.items():
            assert np.array_equal(values, other.verdicts[name]), name
        if keep:
            assert runs[0].control.equals(other.control)


def test_summary_is_what_the_members_say(engine):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=24, seed=5))
    setup = engine.prepare(world.as_of("2000-01-10"), plan.until, seed=5)
    whole = engine.simulate(setup, 0, 24)
    summary = run(plan, world, chunk=7).summary
    assert summary.members == 24
    assert summary.probability[3, 1, 2] == np.float32((whole.control[:, 3, 1] == 2).mean())
    assert np.allclose(summary.probability.sum(axis=2), 1.0)
    people = ((whole.control == 1) * world.places.people).sum(axis=2)
    assert np.allclose(summary.quantiles["people"][:, :, 1], np.quantile(people, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0))
    attacks = whole.attacks.sum(axis=3)
    assert np.allclose(summary.quantiles["attacks"][2], np.median(attacks, axis=0))
    assert summary.dates[summary.step(np.datetime64("2000-01-19"))] == np.datetime64("2000-01-17")


def test_held_leaves_nobody_out():
    control = np.array([[[0, 1, 2], [2, 2, 2]]], np.int8)
    assert held_weights(control, np.array([10.0, 20.0, 5.0]), 2).tolist() == [[[10.0, 20.0], [0.0, 0.0]]]


def test_reopened_not_simulated_again(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=30))
    once = run(plan, world, chunk=8, evaluate=first_holder, store=tmp_path)
    asked = len(engine.asked)
    again = run(plan, world, chunk=5, evaluate=first_holder, store=tmp_path)
    assert (once.simulated, again.simulated, again.chunk) == (30, 0, 8)
    assert len(engine.asked) == asked
    assert np.array_equal(once.summary.counts, again.summary.counts)
    assert np.array_equal(once.verdicts["battle"], again.verdicts["battle"])
    run(plan, world, store=FolderStore(tmp_path, fresh=True))
    assert len(engine.asked) > asked


def test_trajectories_come_back_from_disk_as_they_were(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=10, seed=3))
    kept = run(plan, world, chunk=4, store=tmp_path)
    setup = engine.prepare(world.as_of("2000-01-10"), plan.until, seed=3)
    for chunk, (first, last) in zip(kept.chunks(), [(0, 4), (4, 8), (8, 10)], strict=True):
        fresh = engine.simulate(setup, first, last)
        assert np.array_equal(chunk.control, fresh.control)
        assert np.array_equal(chunk.strengths["fighters"], fresh.strengths["fighters"])
        assert np.array_equal(chunk.attacks, fresh.attacks)
        assert chunk.countries == fresh.countries
        for name, kind in EVENTS:
            assert (getattr(chunk, name) is None) == (getattr(fresh, name) is None), name
            for column in () if getattr(fresh, name) is None else kind.__dataclass_fields__:
                back, there = getattr(getattr(chunk, name), column), getattr(getattr(fresh, name), column)
                assert back.dtype == there.dtype, (name, column)
                assert np.array_equal(back, there, equal_nan=back.dtype.kind == "M"), (name, column)
    assert kept.control.dims == ("member", "date", "place")
    assert kept.control.attrs["holders"] == ["red", "white", "nobody"]


def test_interrupted_run_goes_on_where_it_stopped(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=40))

    simulate = engine.simulate

    def slowly(setup, first, last):  # type: ignore[no-untyped-def]
        time.sleep(0.1)
        return simulate(setup, first, last)

    def stop(done: int, members: int) -> None:
        if done >= 16:
            raise KeyboardInterrupt

    engine.simulate = slowly
    with pytest.raises(Interrupted) as stopped:
        run(plan, world, chunk=8, progress=stop, store=tmp_path, executor=Executor(1))
    assert 16 <= stopped.value.done < 40
    assert stopped.value.folder is not None
    manifest = disk.manifest(stopped.value.folder)
    assert manifest is not None
    assert manifest["finished"] is None
    before = sum(last - first for first, last in engine.asked)
    assert before == stopped.value.done
    resumed = run(plan, world, chunk=8, store=tmp_path)
    assert resumed.simulated == 40 - stopped.value.done
    assert disk.manifest(stopped.value.folder)["finished"] is not None  # type: ignore[index]
    assert np.array_equal(resumed.summary.counts, run(plan, world, chunk=40).summary.counts)


def test_chunks_under_way_are_kept_on_interrupt(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=4))
    gate, simulate = threading.Event(), engine.simulate

    def wait(setup, first, last):  # type: ignore[no-untyped-def]
        if first:
            gate.wait(5)
        return simulate(setup, first, last)

    def stop(done: int, members: int) -> None:
        gate.set()
        raise KeyboardInterrupt

    engine.simulate = wait
    with pytest.raises(Interrupted) as stopped:
        run(plan, world, chunk=1, progress=stop, store=tmp_path, executor=Executor(2))
    assert stopped.value.done >= 2


def test_half_written_chunk_is_done_again(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=20))
    whole = run(plan, world, chunk=10, store=tmp_path)
    assert whole.folder is not None
    (whole.folder / "done" / "0000010").unlink()
    (whole.folder / "battles" / "0000010.npy.gz").write_bytes(b"half")
    again = run(plan, world, store=tmp_path)
    assert again.simulated == 10
    assert sum(chunk.members for chunk in again.chunks()) == 20


def test_events_that_an_older_version_kept_as_parquet_are_read(engine, tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    from polemos.ensemble import column_file, trajectory_store

    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=4))
    folder = run(plan, world, chunk=4, store=tmp_path).folder
    assert folder is not None
    now = trajectory_store.load(folder, world, plan.origin, 0, 4)
    for file in [*folder.glob("*/0000000.npy.gz")]:
        parquet.write_table(pa.table(column_file.read(file)), file.with_name("0000000.parquet"))
        file.unlink()
    trajectory_store.mark(folder, 0)
    then = trajectory_store.load(folder, world, plan.origin, 0, 4)
    assert now.battles is not None
    assert now.battles.member.size > 0
    for field in fields(now.battles):
        assert getattr(now.battles, field.name).tobytes() == getattr(then.battles, field.name).tobytes()


def test_failing_model_is_no_finished_run(engine, tmp_path):
    world = tiny_world()
    plan = make_plan(world, RunConfig("2000-01-10", "2000-02-20", members=20))
    simulate = engine.simulate

    def fail(setup, first, last):  # type: ignore[no-untyped-def]
        if first == 10:
            raise RuntimeError("men appeared from nowhere")
        return simulate(setup, first, last)

    engine.simulate = fail
    with pytest.raises(RuntimeError, match="from nowhere"):
        run(plan, world, chunk=5, store=tmp_path, executor=Executor(1))
    folder = disk.folder_of(tmp_path, plan, engine.kernel_hash())
    assert disk.manifest(folder)["finished"] is None  # type: ignore[index]
    engine.simulate = simulate
    assert 0 < run(plan, world, chunk=5, store=tmp_path).simulated <= 15


def test_clear_leaves_other_folders_alone(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    with pytest.raises(ValueError, match="not the folder of a run"):
        disk.clear(tmp_path / "letters")
    assert (tmp_path / "letters" / "one.txt").exists()


def test_plan_sees_nothing_after_the_origin():
    world = tiny_world()
    later = replace(
        world, spells=replace(world.spells, end=np.array(["NaT", "NaT", "2000-01-20", "2000-02-25"], "M8[D]"))
    )
    known = [make_plan(x, RunConfig("2000-01-10", "2000-02-20", members=5)).digest() for x in (world, later)]
    actual = [
        make_plan(x, RunConfig("2000-01-10", "2000-02-20", members=5, inputs="actual")).digest() for x in (world, later)
    ]
    assert known[0] == known[1]
    assert actual[0] != actual[1]


@pytest.mark.parametrize(
    "change",
    [
        {"members": 6},
        {"seed": 2},
        {"inputs": "actual"},
        {"theory": "author"},
        {"priors": {"x": 1}},
        {"without": ["supply"]},
    ],
)
def test_digest_depends_on_everything(change):
    world = tiny_world()
    base = {"members": 5}
    assert (
        make_plan(world, RunConfig("2000-01-10", "2000-02-20", **base)).digest()
        != make_plan(world, RunConfig("2000-01-10", "2000-02-20", **base | change)).digest()
    )


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"members": 0}, "at least one"),
        ({"until": "2000-01-10"}, "at least a week after"),
        ({"inputs": "later"}, "known or actual"),
        ({"without": ["batle"]}, "no process 'batle'"),
        ({"origin": "1999-01-01"}, "outside the record"),
        ({"priors": {"tau": "lognormal(40)"}}, "is no prior"),
        ({"priors": {"tau": "cauchy(0, 1)"}}, "is no prior"),
    ],
)
def test_senseless_plan_is_refused(change, word):
    plan = {"origin": "2000-01-10", "until": "2000-02-20", "members": 5} | change
    with pytest.raises(PlanError, match=word):
        make_plan(tiny_world(), RunConfig(plan.pop("origin"), plan.pop("until"), **plan))


@pytest.mark.parametrize("kind", ["uniform", "normal", "lognormal"])
def test_priors_are_read_as_they_are_printed(kind):
    prior = Prior(kind, 0.25, 1.5)
    assert read_prior(str(prior)) == prior
    assert read_prior("0.5") == read_prior(0.5) == 0.5


def test_parts_combine_in_any_split(engine):
    setup = engine.prepare(tiny_world().as_of("2000-01-10"), np.datetime64("2000-02-20"), seed=1)

    def summed(*spans):
        totals = Totals(9)
        for first, last in spans:
            totals.add(first, reduce(engine.simulate(setup, first, last)))
        return totals.summary()

    whole, split = summed((0, 9)), summed((2, 9), (0, 2))
    assert np.array_equal(whole.counts, split.counts)
    assert all(np.array_equal(whole.quantiles[name], split.quantiles[name]) for name in whole.quantiles)
