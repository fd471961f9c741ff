"""The clock: move chunks of members week by week.

`prepare`, in a module of its own, looks at nothing but a world cut at its origin. `simulate` is a pure function of
(setup, range of members): neither threads nor chunks can change a bit of what it returns. `polemos explain` prints the
order of a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from polemos.model import groups, initial_state, inputs, interventions, processes, state
from polemos.model.conservation import accounts, check
from polemos.model.jit import KernelError, compiled, kernel_hash
from polemos.model.parameters import parameters
from polemos.model.process import STAGES, Opening, Process
from polemos.model.setup import STEP_DAYS, Ground, Setup, prepare, survey
from polemos.model.trajectory import Battles, Captures, Moves, Risings, Trajectories
from polemos.record.world import World, site

__all__ = ["Ground", "Setup", "Stopped", "kernel_hash", "parameters", "prepare", "simulate", "survey", "warmup"]


class Stopped(Exception):
    """A chunk was given up before its end."""


class Bound:
    """A process with the arguments of its kernel, put together and compiled for once: only the step moves on."""

    def __init__(self, process: Process, arrays: Mapping[str, Any]) -> None:
        missing = [name for name in process.reads if name not in (*arrays, "process")]
        if missing:
            raise ValueError(f"process {process.name} reads {', '.join(missing)}, which nothing provides or declares")
        self.process = process
        self.arguments = groups.bind(process.kernel, {**arrays, "process": site(f"process {process.name}")})
        parts = groups.parts(process.kernel).items()
        self.steps = [at for at, (name, group) in enumerate(parts) if name == "step" and group is None]
        self.clocks = [at for at, (_, group) in enumerate(parts) if group is not None and "step" in group._fields]
        try:
            self.run = compiled(process.kernel, self.arguments)
        except NumbaError as error:
            raise KernelError(process.name, error) from None

    def week(self, step: int) -> float:
        """Run the kernel for a step; returns the seconds it took."""
        for at in self.steps:
            self.arguments[at] = step
        for at in self.clocks:
            self.arguments[at] = self.arguments[at]._replace(step=step)
        began = time.perf_counter()
        self.run(*self.arguments)
        return time.perf_counter() - began


def start(setup: Setup, first: int, last: int) -> dict[str, Any]:
    """Arrays of a chunk at the origin: the setting, its parameters, and the state."""
    world = setup.world
    keys = setup.keys[first:last]
    values = {name: value[first:last] for name, value in setup.values.items()}
    sizes = {
        "place": len(world.places.id),
        "organisation": world.nobody,
        "rival": world.nobody,
        "target": world.nobody + 1,
        "cohort": len(inputs.COHORTS),
        "lag": state.LAGS,
        "country": len(inputs.countries(world)),
        "edge": setup.setting["near"].size,
    }
    inside = [processes.load(name) for name in processes.names()]
    everyone = (*inside, *(process for process in setup.processes if process.name not in processes.names()))
    men = state.allocate(everyone, last - first, sizes)
    arrays: dict[str, Any] = {**setup.setting, **values, **men, "keys": keys, "step": 0}
    initial_state.fill(world, dict(setup.setting), men, values, keys)
    arrays["front"] = initial_state.remember(setup.record.memory, last - first)
    initial_state.believe(world, dict(setup.setting), men, values)
    arrays["fight_weight"] = arrays["fighting"] ** values["observation"][:, np.newaxis, np.newaxis]

    for process, opening in openings(setup):
        arrays["process"] = site(f"process {process.name}")
        opening.kernel(*groups.bind(opening.kernel, arrays))
    return arrays


def openings(setup: Setup) -> Iterator[tuple[Process, Opening]]:
    """What is done at the origin, stage by stage (`process.STAGES`), and in each in the order of a step."""
    for stage in STAGES:
        for process in setup.processes:
            for opening in process.at(stage):
                yield process, opening


def simulate(
    setup: Setup, first: int, last: int, *, audit: bool = False, stop: Callable[[], bool] | None = None
) -> Trajectories:
    """Members first..last-1 from the origin to the end of the run.

    Before each week `stop` is asked; where it says yes, `Stopped` is raised.
    With `audit`, every week is checked for conservation, partition and non-negativity; raises `AssertionError`.
    """
    world = setup.world
    arrays = {**start(setup, first, last), **setup.later}
    interventions.own(arrays, setup.coming)
    chunk, weeks, nobody = last - first, setup.dates.size, world.nobody
    control = np.empty((chunk, weeks, len(world.places.id)), np.int8)
    fighters = np.zeros((chunk, weeks, nobody), np.float32)
    hidden = np.zeros_like(fighters)
    attacks = np.zeros((*fighters.shape, len(inputs.countries(world))), np.float32)
    begin = groups.bind(state.begin, arrays)
    open_men, hidden_men = np.zeros((chunk, nobody)), np.zeros((chunk, nobody))
    tally = groups.bind(state.tally, {**arrays, "fighters": open_men, "hidden": hidden_men})
    steps = [Bound(process, arrays) for process in setup.processes]
    books = accounts(arrays) if audit else None
    captures: list[tuple[Any, ...]] = []
    battles: list[tuple[Any, ...]] = []
    moves: list[tuple[Any, ...]] = []
    risings: list[tuple[Any, ...]] = []
    own_series = {name: np.zeros_like(fighters) for process in setup.processes for name in process.keeps}
    spent = dict.fromkeys((process.name for process in setup.processes), 0.0)
    for week in range(weeks):
        if stop is not None and stop():
            raise Stopped
        if week > 0:
            state.begin(*begin)
            interventions.act(arrays, setup.coming, week, first, last)
            off = {step.name for step in setup.coming if step.kind == "off" and step.week <= week}
            for bound in steps:
                if bound.process.name in off:
                    continue
                if bound.process.pinned:
                    interventions.pin(arrays, setup.coming, week)
                spent[bound.process.name] += bound.week(week)
            _note(arrays, week, captures, battles)
            _note_men(arrays, week, moves, risings)
            if books is not None:
                check(arrays, books, week)
        control[:, week] = arrays["holder"]
        state.tally(*tally)
        fighters[:, week], hidden[:, week] = open_men, hidden_men
        if "attacks" in arrays:
            attacks[:, week] = arrays["attacks"] if week else 0.0
        for name, series in own_series.items():
            series[:, week] = arrays[name]
    battles += _unfinished(arrays)
    for name, seconds in spent.items():
        setup.spent[name] = setup.spent.get(name, 0.0) + seconds
    if not setup.men:
        # Nobody knows how many there are: not none.
        for unknown in (fighters, hidden, attacks, *own_series.values()):
            unknown[...] = np.nan
    trajectories = _trajectories(
        setup, control, {"fighters": fighters, "underground": hidden, **own_series}, attacks, captures, battles
    )
    written = {name for process in setup.processes for name in process.writes}
    return replace(
        trajectories,
        keys=setup.keys[first:last],
        moves=_moves(setup, moves) if setup.men else None,
        kinds=tuple(kind for kind, name in (("captured", "taken"), ("went_over", "defected")) if name in written),
        risings=_risings(setup, risings) if setup.men and "rose" in written else None,
    )


def _note(arrays: Mapping[str, Any], week: int, captures: list[Any], battles: list[Any]) -> None:
    change = arrays["change"]
    m, p = np.nonzero(change)
    if m.size:
        captures.append((m, p, np.full(m.size, week), arrays["before"][m, p], arrays["holder"][m, p], change[m, p]))
    m, p = np.nonzero((arrays["outcome"] != 0) & (change != state.UPRISING))
    if m.size:
        won = arrays["outcome"][m, p] == state.ATTACKER_WON
        begun, deaths = arrays["battle_start"][m, p], arrays["battle_deaths"][m, p]
        battles.append(
            (m, p, arrays["attacker"][m, p], arrays["before"][m, p], begun, np.full(m.size, week), won, deaths)
        )


def _note_men(arrays: Mapping[str, Any], week: int, moves: list[Any], risings: list[Any]) -> None:
    """Note who left their organisation together this week, and where residents or an underground rose."""
    before = arrays["before"]
    for name in ("taken", "defected"):
        m, p = np.nonzero(arrays[name])
        if m.size:
            to = arrays["defected_to"][m, p] if name == "defected" else np.full(m.size, -1)
            moves.append((m, np.full(m.size, week), p, before[m, p], to, arrays[name][m, p]))
    m, p = np.nonzero(arrays["rose"] == week)
    if m.size:
        deaths = arrays["battle_deaths"][m, p]
        risings.append((m, np.full(m.size, week), p, arrays["attacker"][m, p], before[m, p], deaths))


def _moves(setup: Setup, rows: list[Any]) -> Moves:
    m, week, p, of, to, men = _columns(rows, 6)
    date = setup.dates[week]
    return Moves(
        m.astype(np.int32), date, p.astype(np.int32), of.astype(np.int8), to.astype(np.int8), men.astype(float)
    )


def _risings(setup: Setup, rows: list[Any]) -> Risings:
    m, week, p, by, of, deaths = _columns(rows, 6)
    date = setup.dates[week]
    return Risings(
        m.astype(np.int32), date, p.astype(np.int32), by.astype(np.int8), of.astype(np.int8), deaths.astype(float)
    )


def _unfinished(arrays: Mapping[str, Any]) -> list[Any]:
    m, p = np.nonzero((arrays["attacker"] >= 0) & (arrays["outcome"] == 0))
    none = np.full(m.size, -1)
    begun, deaths = arrays["battle_start"][m, p], arrays["battle_deaths"][m, p]
    return [(m, p, arrays["attacker"][m, p], arrays["holder"][m, p], begun, none, np.zeros(m.size, bool), deaths)]


def _columns(rows: list[Any], count: int) -> list[Any]:
    if not rows:
        return [np.zeros(0, np.int64)] * count
    return [np.concatenate([row[c] for row in rows]) for c in range(count)]


def _trajectories(
    setup: Setup, control: Any, strengths: Mapping[str, Any], attacks: Any, captures: Any, battles: Any
) -> Trajectories:
    chunk, dates = control.shape[0], np.concatenate([setup.past, setup.dates])
    past = setup.world.holders(setup.past)
    gap = setup.past.size

    def pad(series: Any) -> Any:
        return np.concatenate([np.full((chunk, gap, *series.shape[2:]), np.nan, np.float32), series], axis=1)

    m, p, week, before, after, channel = _columns(captures, 6)
    capture_table = Captures(
        m.astype(np.int32),
        setup.dates[week],
        p.astype(np.int32),
        before.astype(np.int8),
        after.astype(np.int8),
        channel.astype(np.int8),
    )
    m, p, o, d, begun, ended, won, deaths = _columns(battles, 8)
    end = np.where(ended >= 0, setup.dates[np.maximum(ended, 0)], np.datetime64("NaT", "D"))
    fought = Battles(
        m.astype(np.int32),
        p.astype(np.int32),
        o.astype(np.int32),
        d.astype(np.int32),
        # The step on which a battle is found begun ends its first week.
        setup.dates[np.maximum(begun - 1, 0)],
        end,
        won.astype(bool),
        deaths.astype(np.float64),
    )
    return Trajectories(
        world=setup.world,
        origin=setup.dates[0],
        dates=dates,
        control=np.concatenate([np.broadcast_to(past, (chunk, *past.shape)), control], axis=1),
        strengths={name: pad(series) for name, series in strengths.items()},
        attacks=pad(attacks),
        countries=inputs.countries(setup.world),
        battles=fought if setup.men else None,
        captures=capture_table,
    )


def warmup(world: World) -> float:
    """Compile (or load) every kernel by two members and two weeks; returns the seconds it took."""
    began = time.perf_counter()
    origin = world.until if world.origin is None else world.origin
    cut = world.as_of(origin)
    simulate(prepare(cut, origin + 2 * STEP_DAYS, members=2, seed=0), 0, 2)
    return time.perf_counter() - began
