"""The clock: prepare a run, then move chunks of members week by week.

`prepare` looks at nothing but a world cut at its origin. `simulate` is a pure function of (setup, range of members):
neither threads nor chunks can change a bit of what it returns. `polemos explain` prints the order of a step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from polemos.model import features, front, history, initial, intervention, late, observed, processes, setting, state
from polemos.model.chance import draws, member_keys
from polemos.model.jit import kernel_hash
from polemos.model.process import Parameter, Prior, Process, reads
from polemos.model.processes import attack, attacks, memory, seizure
from polemos.model.trajectory import Battles, Captures, Trajectories
from polemos.record.world import Days, Floats, World, day, site

__all__ = ["Ground", "Setup", "Stopped", "kernel_hash", "parameters", "prepare", "simulate", "survey", "warmup"]

STEP_DAYS = 7


class Stopped(Exception):
    """A chunk was given up before its end."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on whatever its priors, members and seed: the map with the inputs, and what the record taught.

    `slopes` and `spread` are learnt from the record before the origin, None where nothing is to be learnt.
    """

    dates: Days
    setting: dict[str, Any]
    pace: history.Pace
    record: front.Replay
    slopes: Floats | None
    spread: float


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything a chunk of members needs.

    `dates` [T + 1] are weeks from the origin; `past` the record's own weeks before it, which go in front
    of every trajectory.
    `values` holds the parameters by name, a value a member (and an organisation, for some). `later` holds the arrays
    that an intervention puts in the place of those of the origin, `coming` what it does week by week. `keys` [m] are
    the members' own: two members with one key share every draw.
    """

    world: World
    dates: Days
    past: Days
    members: int
    seed: int
    processes: tuple[Process, ...]
    setting: Mapping[str, Any]
    values: Mapping[str, Floats]
    pace: history.Pace
    record: front.Replay
    learnt: Mapping[str, float]
    keys: Any
    later: Mapping[str, Any] = field(default_factory=dict)
    coming: tuple[intervention.Step, ...] = ()
    spent: dict[str, float] = field(default_factory=dict)


def parameters(chosen: Sequence[Process]) -> list[tuple[str, Parameter]]:
    """Every parameter with the name of its process; those of the initial state come last.

    Raises `ValueError` when two processes declare one name.
    """
    rows = [(process.name, parameter) for process in chosen for parameter in process.parameters]
    rows += [("initial", parameter) for parameter in initial.PARAMETERS]
    seen: dict[str, str] = {}
    for owner, parameter in rows:
        if parameter.name in seen:
            raise ValueError(f"parameter {parameter.name!r} of {owner} is declared by {seen[parameter.name]} too")
        seen[parameter.name] = owner
    return rows


def draw_parameters(
    chosen: Sequence[Process], world: World, keys: Any, theory: Mapping[str, Prior | float]
) -> dict[str, Floats]:
    """Draw every parameter for every member: [m], or [m, O] where organisations have their own.

    Raises `KeyError` for a parameter of the theory that no process has.
    """
    rows = parameters(chosen)
    unknown = set(theory) - {parameter.name for _, parameter in rows}
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))}; see `polemos explain` for those there are")
    actors = np.array([site(o) for o in world.organisations.id], np.uint64)
    values = {}
    for owner, parameter in rows:
        sites = actors if parameter.per == "organisation" else np.zeros(1, np.uint64)
        u = draws(keys, site(f"parameter {owner}.{parameter.name}"), sites)
        prior = theory.get(parameter.name, parameter.prior)
        value = prior.quantile(u) if isinstance(prior, Prior) else np.full_like(u, prior)
        values[parameter.name] = np.ascontiguousarray(value if parameter.per else value[:, 0], np.float64)
    return values


def survey(world: World, until: object, *, inputs: World | None = None, learn: bool = True) -> Ground:
    """The ground of runs from the origin of a cut world; `prepare` does it where it is not given.

    Raises `ValueError` for a world that is not cut, or an end before the first step.
    """
    if world.origin is None:
        raise ValueError("cut the world first: world.as_of(origin)")
    weeks = int((day(until) - world.origin) / np.timedelta64(STEP_DAYS, "D"))
    if weeks < 1:
        raise ValueError(f"the run ends on {day(until)}, before its first step; give a later end")
    dates = world.origin + STEP_DAYS * np.arange(weeks + 1)
    arrays = setting.build(world, dates, inputs)
    near, two = _sets(arrays["near_start"], arrays["near"]), _sets(arrays["two_start"], arrays["two"])
    pace = history.pace(world, near, two)
    record = front.replay(world)
    _, patron = features.support(inputs or world, dates if inputs else dates[:1])
    arrays |= {
        "patron": patron if inputs else np.repeat(patron, dates.size, axis=0),
        "ground": record.land,
        "gate": pace.gate,
        "contested": world.contested(world.origin),
        "fighting": observed.front_weights(world, arrays["near_start"], arrays["near"]),
        "seen_attacks": observed.attack_counts(world),
        "straddling": late.straddling(world),
    }
    slopes = front.learn(record) if learn else None
    spread = 0.0 if slopes is None else front.pace_spread(record, slopes)
    return Ground(dates, arrays, pace, record, slopes, spread)


def prepare(
    world: World,
    until: object,
    *,
    members: int,
    seed: int,
    without: Sequence[str] = (),
    added: Sequence[str] = (),
    inputs: World | None = None,
    theory: Mapping[str, Prior | float] | None = None,
    past_weeks: int = 26,
    learn: bool = True,
    change: intervention.Intervention = intervention.NOTHING,
    ground: Ground | None = None,
    drawn: Mapping[str, Floats] | None = None,
) -> Setup:
    """Set a run up at the origin of a cut world, with weekly steps aligned to the origin's day.

    `without` names processes whose kernels do not run (their parameters keep their draws), `added` those that run
    besides the usual ones, by name or file (see `processes.load`). `inputs` is the whole war where supports and
    relations are to be what really came. `theory` replaces priors by name. With `learn`, the slopes of the front and
    the spread of the tempo come from the record before the origin; without, from their priors.
    `change` is what a counterfactual run does otherwise. `ground`: what `survey` gave for the same world, end, inputs
    and `learn`. `drawn` holds values by parameter, one a member, that stand in the place of draws from the priors.
    Raises `ValueError` for a world that is not cut, an end before the first step, or no members.
    """
    if members < 1:
        raise ValueError(f"{members} members: ask for at least one")
    ground = ground or survey(world, until, inputs=inputs, learn=learn)
    dates, arrays, pace, record = ground.dates, ground.setting, ground.pace, ground.record
    without, added = (*without, *change.switched("off")), (*added, *change.switched("on"))
    chosen = processes.choose(world.processes, added)
    missing = [name for name in without if name not in {process.name for process in chosen}]
    if missing:
        raise KeyError(f"cannot switch off {', '.join(missing)}; there are {', '.join(p.name for p in chosen)}")
    keys = member_keys(seed, 0, members)
    given = {**(theory or {}), **change.priors}
    learnt: dict[str, float] = {}
    if ground.slopes is not None:
        slopes, spread = ground.slopes, ground.spread
        learnt = {**dict(zip(front.CENTRE, slopes.tolist(), strict=True)), "pace_spread": spread}
        # The fit gives the mean of the pace, so its draws have mean 1.
        if any(parameter.name == "tempo" for _, parameter in parameters(chosen)):
            given.setdefault("tempo", Prior("lognormal", float(np.exp(-(spread**2) / 2)), spread))
    # What begins a war, and what runs, may read a parameter of a process that a scenario does not name.
    unnamed = [processes.load(name) for name in processes.names() if processes.load(name) not in chosen]
    values = draw_parameters(unnamed, world, keys, {}) | draw_parameters(chosen, world, keys, given)
    unknown = set(drawn or {}) - set(values)
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))} in the processes that run")
    values |= {name: np.ascontiguousarray(column, np.float64) for name, column in (drawn or {}).items()}
    if ground.slopes is not None:
        values["slopes"] = np.tile(ground.slopes, (members, 1))
    else:
        values["slopes"] = initial.slopes(record.memory, values, record.land, pace, arrays)
    later = {name: prior for name, (_, prior) in change.later_priors.items()}
    turned = draw_parameters(chosen, world, keys, {**given, **later}) if later else {}
    past = history.weeks_before(world, past_weeks)[:-1]
    running = tuple(process for process in chosen if process.name not in without)
    replaced = {name for process in running for name in process.replaces}
    running = tuple(process for process in running if process.name not in replaced)
    return Setup(
        world,
        dates,
        past,
        members,
        seed,
        running,
        arrays,
        values,
        pace,
        record,
        learnt,
        keys,
        later=intervention.inputs(arrays, inputs or world, dates, change),
        coming=intervention.steps(change, world, dates, values, turned),
    )


def _sets(start: Any, near: Any) -> list[set[int]]:
    return [set(near[start[p] : start[p + 1]].tolist()) for p in range(start.size - 1)]


def _bind(process: Process, arrays: Mapping[str, Any]) -> list[Any]:
    missing = [name for name in process.reads if name not in arrays]
    if missing:
        raise ValueError(f"process {process.name} reads {', '.join(missing)}, which nothing provides or declares")
    return [arrays[name] for name in process.reads]


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
        "cohort": len(setting.COHORTS),
        "lag": state.LAGS,
        "country": len(setting.countries(world)),
        "edge": setup.setting["near"].size,
    }
    inside = [processes.load(name) for name in processes.names()]
    everyone = (*inside, *(process for process in setup.processes if process.name not in processes.names()))
    men = state.allocate(everyone, last - first, sizes)
    by_name = {process.name: process for process in everyone}
    arrays: dict[str, Any] = {**setup.setting, **values, **men, "keys": keys, "step": 0}
    on = {process.name for process in setup.processes}
    initial.fill(world, dict(setup.setting), men, values, keys)
    arrays["front"] = initial.remember(setup.record.memory, last - first)
    initial.believe(world, dict(setup.setting), men, values)
    could = arrays["straddling"]
    weeks = late.weeks_late(world, could, keys, values["dates_spread"])
    late.begin(world, could, weeks, men, arrays["front"], arrays["ground"])
    arrays["seen"] = arrays["fighting"] ** values["observation"][:, np.newaxis, np.newaxis]

    def call(process: Process, kernel: Any = None) -> None:
        arrays["process"] = site(f"process {process.name}")
        function = kernel or process.kernel
        function(*(arrays[name] for name in reads(function)))

    for name in ("credibility", "support", "supply", "power"):
        if name in on:
            call(by_name[name])
    call(by_name["memory"], memory.look)
    if "seizure" in on:
        call(by_name["seizure"], seizure.calibrate)
    if "attack" in on:
        call(by_name["attack"], attack.calibrate)
        call(by_name["attack"], initial.open_battles)
        call(by_name["attack"])
        if "battle" in on:
            call(by_name["battle"])
            arrays["weeks_left"][arrays["attacker"] >= 0] += 1
            arrays["outcome"][:] = 0
    if np.isfinite(arrays["seen_attacks"]).any() and {"attacks", "events"} & on:
        call(by_name["attacks"], attacks.expect)
        scale = observed.attack_scale(arrays["attacks"].sum(axis=2), arrays["seen_attacks"])
        arrays["attack_scale"][:] = scale ** values["observation"][:, np.newaxis]
        arrays["attacks"][:] = 0.0
    for process in setup.processes:
        if process.begin is not None:
            call(process, process.begin)
    return arrays


def simulate(
    setup: Setup, first: int, last: int, *, audit: bool = False, stop: Callable[[], bool] | None = None
) -> Trajectories:
    """Members first..last-1 from the origin to the end of the run.

    Before each week `stop` is asked; where it says yes, `Stopped` is raised.
    With `audit`, every week is checked for conservation, partition and non-negativity; raises `AssertionError`.
    """
    world = setup.world
    arrays = {**start(setup, first, last), **setup.later}
    intervention.own(arrays, setup.coming)
    chunk, weeks, nobody = last - first, setup.dates.size, world.nobody
    control = np.empty((chunk, weeks, len(world.places.id)), np.int8)
    fighters = np.zeros((chunk, weeks, nobody), np.float32)
    hidden = np.zeros_like(fighters)
    attacks = np.zeros((*fighters.shape, len(setting.countries(world))), np.float32)
    begin = [arrays[name] for name in reads(state.begin)]
    open_men, hidden_men = np.zeros((chunk, nobody)), np.zeros((chunk, nobody))
    tally = [
        arrays[name] for name in ("garrison", "assault", "reserve", "transit", "underground", "holder", "attacker")
    ] + [open_men, hidden_men]
    steps = [
        (process, _bind(process, {**arrays, "process": site(f"process {process.name}")})) for process in setup.processes
    ]
    clocks = [list(process.reads).index("step") if "step" in process.reads else -1 for process in setup.processes]
    books = _books(arrays) if audit else None
    captures: list[tuple[Any, ...]] = []
    battles: list[tuple[Any, ...]] = []
    kept = {name: np.zeros_like(fighters) for process in setup.processes for name in process.keeps}
    spent = dict.fromkeys((process.name for process in setup.processes), 0.0)
    for week in range(weeks):
        if stop is not None and stop():
            raise Stopped
        if week > 0:
            state.begin(*begin)
            intervention.act(arrays, setup.coming, week, first, last)
            late.fall(arrays, week)
            off = {step.name for step in setup.coming if step.kind == "off" and step.week <= week}
            for (process, arguments), clock in zip(steps, clocks, strict=True):
                if process.name in off:
                    continue
                if process.name == "battle":
                    intervention.pin(arrays, setup.coming, week)
                if clock >= 0:
                    arguments[clock] = week
                began = time.perf_counter()
                process.kernel(*arguments)
                spent[process.name] += time.perf_counter() - began
            _note(arrays, week, captures, battles)
            if books is not None:
                _check(arrays, books, week)
        control[:, week] = arrays["holder"]
        state.tally(*tally)
        fighters[:, week], hidden[:, week] = open_men, hidden_men
        if "attacks" in arrays:
            attacks[:, week] = arrays["attacks"] if week else 0.0
        for name, series in kept.items():
            series[:, week] = arrays[name]
    battles += _unfinished(arrays)
    for name, seconds in spent.items():
        setup.spent[name] = setup.spent.get(name, 0.0) + seconds
    return _trajectories(
        setup, control, {"fighters": fighters, "underground": hidden, **kept}, attacks, captures, battles
    )


def _note(arrays: Mapping[str, Any], week: int, captures: list[Any], battles: list[Any]) -> None:
    change = arrays["change"]
    m, p = np.nonzero(change)
    if m.size:
        captures.append((m, p, np.full(m.size, week), arrays["before"][m, p], arrays["holder"][m, p], change[m, p]))
    m, p = np.nonzero((arrays["outcome"] != 0) & (change != state.SEIZURE) & (change != state.UPRISING))
    if m.size:
        won = arrays["outcome"][m, p] == state.ATTACKER_WON
        begun, deaths = arrays["battle_start"][m, p], arrays["battle_deaths"][m, p]
        battles.append(
            (m, p, arrays["attacker"][m, p], arrays["before"][m, p], begun, np.full(m.size, week), won, deaths)
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
    taken = Captures(
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
        setup.dates[begun],
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
        countries=setting.countries(setup.world),
        battles=fought,
        captures=taken,
    )


def _books(arrays: Mapping[str, Any]) -> Any:
    """Men of every organisation over all accounts, less those who joined [m, O]."""
    nobody = arrays["reserve"].shape[1]
    total = arrays["reserve"].sum(2) + arrays["transit"].sum((2, 3)) + arrays["underground"].sum(1)
    total = total + sum(arrays[name] for name in ("killed", "captured", "home", "went_over")) - arrays["joined"]
    for o in range(nobody):
        total[:, o] += (arrays["garrison"].sum(2) * (arrays["holder"] == o)).sum(1)
        total[:, o] += (arrays["assault"].sum(2) * (arrays["attacker"] == o)).sum(1)
    return total


def _check(arrays: Mapping[str, Any], books: Any, week: int) -> None:
    now = _books(arrays)
    worst = float(np.max(np.abs(now - books) / np.maximum(np.abs(books), 1.0)))
    assert worst < 1e-9, f"week {week}: men appeared or vanished, {worst:.2g} of an organisation's"
    empty = arrays["holder"] == arrays["reserve"].shape[1]
    assert not arrays["garrison"][empty].any(), f"week {week}: nobody owns men"
    assert ((arrays["holder"] >= 0) & (arrays["holder"] <= arrays["reserve"].shape[1])).all(), f"week {week}: no holder"
    accounts = ("garrison", "assault", "reserve", "transit", "underground")
    for name in (*accounts, "killed", "captured", "home", "went_over", "joined"):
        assert (arrays[name] >= 0).all(), f"week {week}: {name} is negative"
    for name in ("supply", "credibility"):
        assert ((arrays[name] >= 0) & (arrays[name] <= 1)).all(), f"week {week}: {name} leaves [0, 1]"
    fought = arrays["assault"].sum(2) > 0
    assert (arrays["attacker"][fought] >= 0).all(), f"week {week}: an assault without an attacker"


def warmup(world: World) -> float:
    """Compile (or load) every kernel by two members and two weeks; returns the seconds it took."""
    began = time.perf_counter()
    origin = world.until if world.origin is None else world.origin
    cut = world.as_of(origin)
    simulate(prepare(cut, origin + 2 * STEP_DAYS, members=2, seed=0), 0, 2)
    return time.perf_counter() - began
