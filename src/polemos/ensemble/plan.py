"""The plan of an ensemble: everything that its result depends on, and a digest of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from polemos.argument.changes import PARAMETER
from polemos.ensemble.draws import Draws
from polemos.ensemble.ranges import outside
from polemos.model import intervention
from polemos.model.parameters import parameters
from polemos.model.process import Prior
from polemos.model.processes import choose
from polemos.record.world import World, day
from polemos.scenario.problems import quoted
from polemos.scenario.settings import LONGEST

INPUTS = ("known", "actual")


MOST_MEMBERS, MOST_SEED = 10_000_000, 2**63 - 1


class PlanError(ValueError):
    """A plan that makes no sense."""


@dataclass(frozen=True, slots=True)
class Plan:
    """An ensemble to simulate.

    `world` is the digest of what the model is given: the world cut at the origin, and with `inputs: actual` also
    the whole one. `priors` are those that the theory puts in the place of the model's own, as JSON with sorted keys:
    a number or `kind(a, b)` by parameter. `without` names processes that are switched off. With `learn`, the slopes of
    the front and the spread of the tempo are learnt from the record before the origin; else they keep their priors.
    `changes` make a counterfactual (see `polemos.argument.changes`); a factual run has none. `added` are processes
    that run besides the usual ones, by name or file, and `code` the digest of the files among them. `draws` is the
    digest of the draws of parameters that members take in the place of priors (see `polemos.ensemble.draws`).
    """

    scenario: str
    world: str
    origin: np.datetime64
    until: np.datetime64
    members: int
    seed: int
    inputs: str
    theory: str
    priors: str
    without: tuple[str, ...]
    learn: bool
    changes: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    code: str = ""
    draws: str = ""

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values. What is empty of the last four is left out, as before there were any."""
        values = asdict(self)
        last = {name: values.pop(name) for name in ("changes", "added", "code", "draws")}
        last = {name: value if isinstance(value, str) else list(value) for name, value in last.items() if value}
        return (
            values
            | last
            | {
                "origin": str(self.origin),
                "until": str(self.until),
                "without": list(self.without),
                "priors": json.loads(self.priors),
            }
        )

    def digest(self) -> str:
        """SHA-256 of the plan."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


def written_day(value: object) -> np.datetime64:
    """A day; text of more than YYYY-MM-DD is none, as far years would come round to near ones. Raises `ValueError`."""
    if isinstance(value, str) and len(value) > len("YYYY-MM-DD"):
        raise ValueError(f"{quoted(value)} is not a day")
    return day(value)


def make_plan(
    world: World,
    origin: object,
    until: object,
    *,
    members: int,
    seed: int = 1,
    inputs: str = "known",
    theory: str = "neutral",
    priors: Mapping[str, float | str] | None = None,
    without: Sequence[str] = (),
    learn: bool = True,
    changes: Sequence[str] = (),
    added: Sequence[str] = (),
    draws: Draws | None = None,
) -> Plan:
    """A plan for a whole world.

    Raises `PlanError` when it makes no sense: no members or more than `MOST_MEMBERS`, a seed out of range, an end that
    does not come after the origin or lies further than `LONGEST`, an origin outside the record, an unknown kind of
    inputs, process or prior, a change that this war cannot have.
    """
    try:
        start, end = written_day(origin), written_day(until)
    except (ValueError, OverflowError):
        raise PlanError(f"{quoted(f'{origin} to {until}')} are no two days; write each as YYYY-MM-DD") from None
    if members < 1:
        raise PlanError(f"{members} members; an ensemble needs at least one")
    if members > MOST_MEMBERS:
        raise PlanError(f"too many members; an ensemble has at most {MOST_MEMBERS:,}")
    if not 0 <= seed <= MOST_SEED:
        raise PlanError(f"the seed is a whole number from 0 to {MOST_SEED}")
    if np.isnat(start) or np.isnat(end):
        raise PlanError(f"{origin} to {until} are no two days; write each as YYYY-MM-DD")
    try:
        seen = world.as_of(start).digest()
    except ValueError as error:
        raise PlanError(str(error)) from None
    if end < start + np.timedelta64(7, "D"):
        raise PlanError(f"the end {end} must come at least a week after the origin {start}")
    if end > start + LONGEST:
        raise PlanError(f"the end {end} lies more than 200 years after the origin {start}; give an earlier one")
    if inputs not in INPUTS:
        raise PlanError(f"inputs are {' or '.join(INPUTS)}, not {inputs!r}")
    try:
        there = tuple(process.name for process in choose(world.processes, added))
        files = [Path(name).read_bytes() for name in sorted(set(added)) if name.endswith(".py")]
    except KeyError as error:
        raise PlanError(error.args[0]) from None
    for name in without:
        if name not in there:
            raise PlanError(f"no process {name!r} to switch off; there are {', '.join(there)}")
    for value in (priors or {}).values():
        read_prior(value)
    if draws is not None and draws.until > start:
        raise PlanError(f"the posterior rests on the record up to {draws.until}, which {start} must not see")
    try:
        change = intervention.read(changes)
        intervention.check(change, world, start, end, added)
    except (ValueError, KeyError) as error:
        raise PlanError(error.args[0]) from None
    given: dict[str, float | str] = dict(priors or {})
    given |= {one.path[0]: one.value for one in change.about(PARAMETER)}
    declared = {one.name: one.prior for _, one in parameters(choose(world.processes, (*added, *change.switched("on"))))}
    for name, value in given.items():
        wrong = name in declared and outside(read_prior(value), declared[name])
        if wrong:
            raise PlanError(f"{name}={quoted(str(value))}: {wrong}")
    if inputs == "actual":
        seen = hashlib.sha256((seen + world.digest()).encode()).hexdigest()
    return Plan(
        scenario=world.name,
        world=seen,
        origin=start,
        until=end,
        members=members,
        seed=seed,
        inputs=inputs,
        theory=theory,
        priors=json.dumps(priors or {}, sort_keys=True),
        without=tuple(sorted(set(without))),
        learn=learn,
        changes=tuple(dict.fromkeys(str(one) for one in change.changes)),
        added=tuple(sorted(set(added))),
        code=hashlib.sha256(b"\0".join(files)).hexdigest() if files else "",
        draws="" if draws is None else draws.digest(),
    )


def read_prior(value: float | str) -> Prior | float:
    """A number, or a prior written `kind(a, b)` as `polemos explain` prints it. Raises `PlanError`."""
    try:
        return intervention.read_prior(value)
    except ValueError as error:
        raise PlanError(str(error)) from None
