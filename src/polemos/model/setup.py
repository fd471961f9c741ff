"""What a run stands on: a world cut at its origin, the priors drawn from it and the changes to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from polemos.model import event_observations, initial_state, interventions, past_pace, processes
from polemos.model import inputs as run_inputs
from polemos.model.front import factors, features, fit, pair_scatter, regimes
from polemos.model.parameters import draw_parameters
from polemos.model.process import Prior, Process
from polemos.model.processes.credibility import weight
from polemos.model.rng import member_keys
from polemos.record.world import Days, Floats, World, day

STEP_DAYS = 7


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run stands on whatever its priors, members and seed: the map with the inputs, and what the record taught.

    `slopes` are learnt from the record before the origin, None where nothing is to be learnt. `inputs` is the whole war
    where supports and relations are to be the actual ones, `past` the record's weeks before the origin.
    """

    dates: Days
    setting: dict[str, Any]
    pace: past_pace.Pace
    record: fit.Replay
    slopes: Floats | None
    past: Days
    inputs: World | None = None


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything a chunk of members needs.

    `dates` [T + 1] are weeks from the origin; `past` the record's own weeks before it, which go in front
    of every trajectory.
    `values` holds the parameters by name, a value a member (and an organisation, for some). `later` holds the arrays
    that an intervention puts instead of those of the origin, `coming` what it does week by week. `keys` [m] are
    the members' own: two members with one key share every draw. Without `men`, too little is known of strengths for men
    to play a part: `captures` moves land at the front's rate, and no process that moves men runs.
    """

    world: World
    dates: Days
    past: Days
    members: int
    seed: int
    processes: tuple[Process, ...]
    setting: Mapping[str, Any]
    values: Mapping[str, Floats]
    pace: past_pace.Pace
    record: fit.Replay
    learnt: Mapping[str, float]
    keys: Any
    later: Mapping[str, Any] = field(default_factory=dict)
    coming: tuple[interventions.Step, ...] = ()
    men: bool = True
    spent: dict[str, float] = field(default_factory=dict)


def survey(
    world: World, until: object, *, inputs: World | None = None, learn: bool = True, past_weeks: int = 26
) -> Ground:
    """The ground of runs from the origin of a cut world; `prepare` does it where it is not given.

    `inputs` is the whole war where supports and relations are to be the actual ones. With `learn`, the slopes of the
    front come from the record before the origin; without, from their priors. `past_weeks`
    of the record go in front of every trajectory. Raises `ValueError` for a world that is not cut, or an end before the
    first step.
    """
    if world.origin is None:
        raise ValueError("cut the world first: world.as_of(origin)")
    weeks = int((day(until) - world.origin) / np.timedelta64(STEP_DAYS, "D"))
    if weeks < 1:
        raise ValueError(f"the run ends on {day(until)}, before its first step; give a later end")
    dates = world.origin + STEP_DAYS * np.arange(weeks + 1)
    arrays = run_inputs.build(world, dates, inputs)
    near, two = _sets(arrays["near_start"], arrays["near"]), _sets(arrays["two_start"], arrays["two"])
    pace = past_pace.pace(world, near, two)
    record = fit.replay(world)
    _, patron = features.support(inputs or world, dates if inputs else dates[:1])
    arrays |= {
        "patron": patron if inputs else np.repeat(patron, dates.size, axis=0),
        "ground": record.land,
        "gate": pace.gate,
        "fighting": event_observations.front_weights(world, arrays["near_start"], arrays["near"]),
        "seen_attacks": event_observations.attack_counts(world),
        "home_attacks": event_observations.home_counts(world),
    }
    slopes = fit.learn(record) if learn else None
    tempo = regimes.steady(world.nobody)
    if slopes is not None:
        tempo = regimes.learn(record.held, world.nobody, record.rates(slopes), record.signs)
    arrays |= {
        "regimes": tempo,
        "front_pairs": pair_scatter.pair_sites(world),
        "entry_rate": record.entry,
        "men_known": np.array([initial_state.men_known(world)]),
        "assault_weeks": past_pace.assault_weeks(world, arrays["people"]),
        "freed_record": factors.freed_before(world, np.array([weight(p) for p in arrays["people"]])),
    }
    past = past_pace.weeks_before(world, past_weeks)[:-1]
    return Ground(dates, arrays, pace, record, slopes, past, inputs)


def prepare(
    world: World,
    until: object,
    *,
    members: int,
    seed: int,
    without: Sequence[str] = (),
    added: Sequence[str | Process] = (),
    theory: Mapping[str, Prior | float] | None = None,
    change: interventions.Intervention = interventions.NOTHING,
    ground: Ground | None = None,
    drawn: Mapping[str, Floats] | None = None,
) -> Setup:
    """Set a run up at the origin of a cut world, with weekly steps aligned to the origin's day.

    `without` names processes whose kernels do not run (their parameters keep their draws), `added` those that run
    besides the usual ones, by name or file (see `processes.load`). `theory` replaces priors by name. `change` is what a
    counterfactual run does otherwise. `ground` is what `survey` gave for the same world and end: given for other
    inputs, for a record that nothing is learnt from, or for several runs. `drawn` holds values by parameter, one a
    member, that stand instead of draws from the priors. Raises `ValueError` for a world that is not cut, an end
    before the first step, or no members.
    """
    if members < 1:
        raise ValueError(f"{members} members: ask for at least one")
    ground = ground or survey(world, until)
    dates, arrays, pace, record = ground.dates, ground.setting, ground.pace, ground.record
    without, added = (*without, *change.switched("off")), (*added, *change.switched("on"))
    chosen = processes.choose(world.processes, added)
    missing = [name for name in without if name not in {process.name for process in chosen}]
    if missing:
        raise KeyError(f"cannot switch off {', '.join(missing)}; there are {', '.join(p.name for p in chosen)}")
    keys = member_keys(seed, 0, members)
    priors = {**(theory or {}), **change.priors}
    learnt: dict[str, float] = {}
    if ground.slopes is not None:
        learnt = dict(zip(fit.CENTRE, ground.slopes.tolist(), strict=True))
    # What begins a war, and what runs, may read a parameter of a process that a scenario does not name.
    unnamed = [processes.load(name) for name in processes.names() if processes.load(name) not in chosen]
    values = draw_parameters(unnamed, world, keys, {}) | draw_parameters(chosen, world, keys, priors)
    unknown = set(drawn or {}) - set(values)
    if unknown:
        raise KeyError(f"no parameter {', '.join(sorted(unknown))} in the processes that run")
    values |= {name: np.ascontiguousarray(column, np.float64) for name, column in (drawn or {}).items()}
    if ground.slopes is not None:
        values["slopes"] = np.tile(ground.slopes, (members, 1))
    else:
        values["slopes"] = initial_state.slopes(record.memory, values, record.land, pace, arrays)
    pairs, weeks = arrays["front_pairs"], dates.size - 1
    spread_of_pairs = 0.0 if ground.slopes is None else pair_scatter.SPREAD_OF_PAIRS
    values["front_scatter"] = pair_scatter.pair_scatter(keys, pairs, weeks, spread_of_pairs)
    later = {name: prior for name, (_, prior) in change.later_priors.items()}
    turned = draw_parameters(chosen, world, keys, {**priors, **later}) if later else {}
    running = tuple(process for process in chosen if process.name not in without)
    replaced = {name for process in running for name in process.replaces}
    running = tuple(process for process in running if process.name not in replaced)
    men = initial_state.men_known(world)
    if not men:
        # A process that the user brings runs in any case: what it reads is there, if only as noughts.
        own = (process for process in running if process.name not in processes.names())
        menless = {"captures", "memory", "credibility"}
        running = (*(process for process in running if process.name in menless), *own)
    return Setup(
        world,
        dates,
        ground.past,
        members,
        seed,
        running,
        arrays,
        values,
        pace,
        record,
        learnt,
        keys,
        later=interventions.inputs(arrays, ground.inputs or world, dates, change),
        coming=interventions.steps(change, world, dates, values, turned),
        men=men,
    )


def _sets(start: Any, near: Any) -> list[set[int]]:
    return [set(near[start[p] : start[p + 1]].tolist()) for p in range(start.size - 1)]
