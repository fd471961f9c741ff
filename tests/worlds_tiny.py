"""A world of three places, and a stand-in for the model that counts what it simulates."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

import polemos.model
from polemos.model.trajectory import Battles, Captures, Trajectories
from polemos.record import world as w


def tiny_world() -> w.World:
    """Three places, two organisations, sixty days."""
    none = np.array([], "datetime64[D]")
    ints, floats = np.array([], np.int32), np.array([])
    spells = w.Spells(
        place=np.array([0, 1, 2, 2], np.int32),
        holder=np.array([0, 1, 0, 1], np.int32),
        start=np.array(["2000-01-01", "2000-01-01", "2000-01-01", "2000-01-20"], "datetime64[D]"),
        end=np.array(["NaT", "NaT", "2000-01-20", "NaT"], "datetime64[D]"),
        contested=np.zeros(4, bool),
        precision=np.zeros(4, np.int32),
        source=("",) * 4,
    )
    return w.World(
        name="tiny",
        title="A tiny war",
        start=np.datetime64("2000-01-01"),
        until=np.datetime64("2000-03-01"),
        origin=None,
        places=w.Places(
            ("aa", "bb", "cc"),
            ("A", "B", "C"),
            ("X", "X", "Y"),
            ("town",) * 3,
            np.zeros(3),
            np.arange(3.0),
            np.array([10.0, 20.0, 5.0]),
        ),
        organisations=w.Organisations(("red", "white"), ("Red", "White"), ("army",) * 2, ("#f00", "#fff"), np.ones(2)),
        links=w.Links(np.array([0, 1], np.int32), np.array([1, 2], np.int32), ("road",) * 2, np.array([10.0, 10.0])),
        spells=spells,
        strengths=w.Strengths((), ints, (), none, floats, floats, floats),
        supports=w.Supports((), ints, (), floats, none, none),
        relations=w.Relations(ints, ints, ints, none, none),
        roles=w.Roles(ints, (), (), ints, ints, floats, none, none),
        claims=w.Claims(ints, (), floats, floats, floats, (), none, none),
        borders=w.Borders(ints, floats, none, none),
        processes=("supply", "fate"),
    )


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A stand-in for the model (see `stand_in`)."""
    return stand_in(monkeypatch)


def stand_in(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """A stand-in for the model: holders by chance from the member's own generator. It counts what it simulates."""
    asked: list[tuple[int, int]] = []

    def prepare(world, until, **settings):  # type: ignore[no-untyped-def]
        weeks = np.arange(world.origin, until + 1, 7, dtype="datetime64[D]")
        return types.SimpleNamespace(world=world, dates=weeks, seed=settings["seed"], settings=settings)

    def simulate(setup, first, last):  # type: ignore[no-untyped-def]
        asked.append((first, last))
        steps, places, nobody = setup.dates.size, len(setup.world.places.id), setup.world.nobody
        generators = [np.random.default_rng([setup.seed, member]) for member in range(first, last)]
        control = np.stack([g.integers(0, nobody + 1, (steps, places)) for g in generators]).astype(np.int8)
        fighters = np.stack([g.random((steps, nobody)) for g in generators]).astype(np.float32)
        attacks = np.stack([g.poisson(3.0, (steps, nobody, 2)) for g in generators]).astype(np.float32)
        rows = np.arange(last - first, dtype=np.int32)
        dates = np.full(rows.size, setup.dates[1])
        open_ends = np.where(rows % 2 == 0, np.datetime64("NaT"), dates)
        zero = np.zeros(rows.size, np.int32)
        return Trajectories(
            world=setup.world,
            origin=setup.world.origin,
            dates=setup.dates,
            control=control,
            strengths={"fighters": fighters},
            attacks=attacks,
            countries=("X", "Y"),
            battles=Battles(
                rows, zero, zero, zero + 1, dates, open_ends, rows % 2 == 1, fighters[:, 0, 0].astype(float)
            ),
            captures=Captures(rows, dates, zero, control[:, 0, 0], control[:, 1, 0], np.ones(rows.size, np.int8)),
        )

    def survey(cut, until, **settings):  # type: ignore[no-untyped-def]
        return types.SimpleNamespace(cut=cut, until=until, settings=settings)

    fake = types.SimpleNamespace(
        prepare=prepare, simulate=simulate, survey=survey, kernel_hash=lambda: "k" * 64, asked=asked
    )
    monkeypatch.setitem(sys.modules, "polemos.model.engine", fake)  # type: ignore[arg-type]
    monkeypatch.setattr(polemos.model, "engine", fake, raising=False)
    return fake


def first_holder(chunk: Trajectories) -> dict[str, np.ndarray]:
    return {"first": chunk.control[:, -1, 0], "battle": chunk.battles.deaths}  # type: ignore[union-attr]
