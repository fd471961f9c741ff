"""The plan of an ensemble: its settings, checked against a world, with digests of everything they depend on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from polemos.argument.changes import PARAMETER
from polemos.ensemble.config import INPUTS, RunConfig
from polemos.ensemble.parameter_ranges import outside as beyond
from polemos.ensemble.plan_error import PlanError as PlanError
from polemos.ensemble.posterior_draws import Draws
from polemos.model import interventions
from polemos.model.parameters import parameters
from polemos.model.process import Prior, Process, source_of
from polemos.model.processes import GONE, choose
from polemos.record.world import World, day
from polemos.scenario.errors import quoted
from polemos.scenario.settings import LONGEST

MOST_MEMBERS, MOST_SEED = 10_000_000, 2**63 - 1


@dataclass(frozen=True, slots=True)
class Plan(RunConfig):
    """An ensemble to simulate: settings in which nothing is left to a default.

    `scenario` is the name of the world, `world` the digest of what the model is given: the world cut at the origin,
    and with `inputs: actual` also the whole one. `code` is the digest of the processes that come from files or objects,
    `draws` that of the posterior's draws; `drawn` are those draws, None in a plan that was read from disk.
    """

    scenario: str = ""
    world: str = ""
    code: str = ""
    draws: str = ""
    drawn: Draws | None = field(default=None, compare=False, repr=False)

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values. What is empty of the last four is left out, as before there were any."""
        optional = {
            "changes": list(self.changes),
            "added": list(self.process_names),
            "code": self.code,
            "draws": self.draws,
        }
        return {
            "scenario": self.scenario,
            "world": self.world,
            "origin": str(self.origin),
            "until": str(self.until),
            "members": self.members,
            "seed": self.seed,
            "inputs": self.inputs,
            "theory": self.theory,
            "priors": dict(self.priors),
            "without": list(self.without),
            "learn": self.learn,
        } | {name: value for name, value in optional.items() if value}

    @property
    def process_names(self) -> tuple[str, ...]:
        """Names (or files) of the processes that run besides the usual ones."""
        return tuple(_name(process) for process in self.processes)

    def digest(self) -> str:
        """SHA-256 of the plan."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    @property
    def config(self) -> RunConfig:
        """The settings alone, to plan again with others."""
        return RunConfig(**{one.name: getattr(self, one.name) for one in fields(RunConfig)})


def written_day(value: object) -> np.datetime64:
    """A day; text of more than YYYY-MM-DD is none, as far years would come round to near ones. Raises `ValueError`."""
    if isinstance(value, str) and len(value) > len("YYYY-MM-DD"):
        raise ValueError(f"{quoted(value)} is not a day")
    return day(value)


def make_plan(world: World, config: RunConfig) -> Plan:
    """A plan for a whole world.

    Raises `PlanError` when it makes no sense: no members or more than `MOST_MEMBERS`, a seed out of range, an end that
    does not come after the origin or lies further than `LONGEST`, an origin outside the record, an unknown kind of
    inputs, process or prior, a change that this war cannot have, a posterior that is not read yet (see `War.plan`).
    """
    try:
        start, end = written_day(config.origin), written_day(config.until)
    except (ValueError, OverflowError):
        days = quoted(f"{config.origin} to {config.until}")
        raise PlanError(f"{days} are no two days; write each as YYYY-MM-DD") from None
    if config.members < 1:
        raise PlanError(f"{config.members} members; an ensemble needs at least one")
    if config.members > MOST_MEMBERS:
        raise PlanError(f"too many members; an ensemble has at most {MOST_MEMBERS:,}")
    if not 0 <= config.seed <= MOST_SEED:
        raise PlanError(f"the seed is a whole number from 0 to {MOST_SEED}")
    if np.isnat(start) or np.isnat(end):
        raise PlanError(f"{config.origin} to {config.until} are no two days; write each as YYYY-MM-DD")
    try:
        digest = world.as_of(start).digest()
    except ValueError as error:
        raise PlanError(str(error)) from None
    if end < start + np.timedelta64(7, "D"):
        raise PlanError(f"the end {end} must come at least a week after the origin {start}")
    if end > start + LONGEST:
        raise PlanError(f"the end {end} lies more than 200 years after the origin {start}; give an earlier one")
    if config.inputs not in INPUTS:
        raise PlanError(f"inputs are {' or '.join(INPUTS)}, not {config.inputs!r}")
    outside = sorted(set(config.processes), key=_name)
    try:
        chosen = choose(world.processes, outside)
        code = [source for source in map(_code, outside) if source]
    except KeyError as error:
        raise PlanError(error.args[0]) from None
    names = [process.name for process in chosen]
    for name in config.without:
        if name not in names:
            instead = GONE.get(name) or f"there are {', '.join(names)}"
            raise PlanError(f"no process {name!r} to switch off; {instead}")
    replacing = {name: process.name for process in chosen for name in process.replaces}
    for name in map(_name, outside):
        if replacing.get(name, name) not in (name, *config.without):
            raise PlanError(f"{name} does not run beside {replacing[name]}; add --without {replacing[name]}")
    for value in config.priors.values():
        read_prior(value)
    draws = config.posterior
    if draws is not None and not isinstance(draws, Draws):
        raise PlanError(f"the posterior {str(draws)!r} is not read yet")
    if draws is not None and draws.until > start:
        raise PlanError(f"the posterior rests on the record up to {draws.until}, which {start} must not see")
    try:
        change = interventions.read(config.changes)
        interventions.check(change, world, start, end, outside)
    except (ValueError, KeyError) as error:
        raise PlanError(error.args[0]) from None
    priors: dict[str, float | str] = dict(config.priors)
    priors |= {one.path[0]: one.value for one in change.about(PARAMETER)}
    running = choose(world.processes, (*outside, *change.switched("on")))
    declared = {one.name: one.prior for _, one in parameters(running)}
    for name, value in priors.items():
        wrong = name in declared and beyond(read_prior(value), declared[name])
        if wrong:
            raise PlanError(f"{name}={quoted(str(value))}: {wrong}")
    if config.inputs == "actual":
        digest = hashlib.sha256((digest + world.digest()).encode()).hexdigest()
    settled = replace(
        config,
        origin=start,
        until=end,
        priors=dict(sorted(config.priors.items())),
        processes=tuple(outside),
        without=tuple(sorted(set(config.without))),
        changes=tuple(dict.fromkeys(str(one) for one in change.changes)),
        posterior=None,
    )
    return Plan(
        **{one.name: getattr(settled, one.name) for one in fields(RunConfig)},
        scenario=world.name,
        world=digest,
        code=hashlib.sha256(b"\0".join(code)).hexdigest() if code else "",
        draws="" if draws is None else draws.digest(),
        drawn=draws,
    )


def planned(base: Plan, world: World, **changed: Any) -> Plan:
    """A plan like another with some settings changed. Raises `PlanError`."""
    return make_plan(world, replace(base.config, **{"posterior": base.drawn} | changed))


def read_plan(values: dict[str, Any]) -> Plan:
    """A plan from its JSON values (see `Plan.as_json`)."""
    plan_fields = dict(values)
    for name in ("origin", "until"):
        plan_fields[name] = day(plan_fields[name])
    plan_fields["processes"] = plan_fields.pop("added", ())
    for name in ("processes", "without", "changes"):
        plan_fields[name] = tuple(plan_fields.get(name, ()))
    return Plan(**plan_fields)


def read_prior(value: float | str) -> Prior | float:
    """A number, or a prior written `kind(a, b)` as `polemos explain` prints it. Raises `PlanError`."""
    try:
        return interventions.read_prior(value)
    except ValueError as error:
        raise PlanError(str(error)) from None


def _name(process: str | Process) -> str:
    return process if isinstance(process, str) else process.name


def _code(process: str | Process) -> bytes:
    """The source of a process that does not come with polemos; empty for one that does."""
    if isinstance(process, Process):
        return source_of(process)
    return Path(process).read_bytes() if process.endswith(".py") else b""
