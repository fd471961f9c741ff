"""Interventions: what a counterfactual run changes, and from which step on.

The origin is set up, and its contacts are calibrated, as things were; a change acts from the first step whose last
day is its date or later, and never before the first step. So until its date a run is, bit for bit, the one without
it, and every draw stays that of its address. Only a parameter or a process without a date is changed in the setting
up too: that is another model, not another course of events.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from polemos.argument.changes import ANY, PARAMETER, Change, read_change
from polemos.model import inputs as run_inputs
from polemos.model import processes
from polemos.model.parameters import parameters
from polemos.model.process import Prior, Process
from polemos.record.world import OPEN, RELATIONS, Days, Supports, World, day
from polemos.scenario.errors import nearest

MEN = ("garrison", "assault", "reserve", "transit")


PRIOR = re.compile(r"(\w+)\(([^,()]+),([^,()]+)\)")


def read_prior(value: float | str) -> Prior | float:
    """A number, or a prior written `kind(a, b)` as `polemos explain` prints it. Raises `ValueError`."""
    try:
        if isinstance(value, int | float):
            return _number(value)
        match = PRIOR.fullmatch(value.strip())
        if match is None:
            return _number(value)
        prior = Prior(match[1], float(match[2]), float(match[3]))
        with np.errstate(all="ignore"):
            drawn = prior.quantile(np.array([0.1, 0.5, 0.9]))
        if prior.kind not in ("fixed", "either") and not (np.isfinite(drawn).all() and (np.diff(drawn) >= 0).all()):
            raise ValueError(value)
        if np.isnan(drawn).any():
            raise ValueError(value)
        return prior
    except ValueError:
        raise ValueError(f"{value!r} is no prior; write a number, or one such as lognormal(40, 0.8)") from None


def _number(value: float | str) -> float:
    """A number, infinite only where it is written so. Raises `ValueError`."""
    number = float(value)
    if np.isnan(number) or (np.isinf(number) and "inf" not in str(value).lower()):
        raise ValueError(value)
    return number


@dataclass(frozen=True, slots=True)
class Intervention:
    """Changes of a run; without any it is the factual run."""

    changes: tuple[Change, ...] = ()

    def about(self, *subjects: str) -> tuple[Change, ...]:
        """The changes of some subjects."""
        return tuple(change for change in self.changes if change.subject in subjects)

    @property
    def priors(self) -> dict[str, Prior | float]:
        """Priors that are replaced from the start."""
        return {c.path[0]: read_prior(c.value) for c in self.about(PARAMETER) if c.date is None}

    @property
    def later_priors(self) -> dict[str, tuple[Change, Prior | float]]:
        """Priors that are replaced from a date on."""
        return {c.path[0]: (c, read_prior(c.value)) for c in self.about(PARAMETER) if c.date is not None}

    def switched(self, to: str) -> tuple[str, ...]:
        """Processes that are `on` or `off` from the start."""
        return tuple(c.path[0] for c in self.about("processes") if c.value == to and c.date is None)


NOTHING = Intervention()


@dataclass(frozen=True, slots=True)
class Step:
    """What happens in the state at a step: `kind` is value, claim, loss, pin or off."""

    week: int
    kind: str
    name: str
    index: int = -1
    value: Any = None


def read(changes: Sequence[str]) -> Intervention:
    """An intervention from changes as written. Raises `ValueError`."""
    return Intervention(tuple(read_change(change) for change in changes))


def check(
    intervention: Intervention,
    world: World,
    origin: np.datetime64,
    until: np.datetime64,
    added: Sequence[str | Process] = (),
) -> None:
    """Raise `ValueError` for the first change that this war cannot have: unknown names, a day outside the run.

    `added` are processes that run besides the usual ones.
    """
    if not intervention.changes:
        return
    chosen = processes.choose(world.processes, (*added, *intervention.switched("on")))
    away = {name for process in chosen for name in process.replaces}
    running = [process for process in chosen if process.name not in away]
    names = {
        "organisation": world.organisations.id,
        "place": world.places.id,
        "patron": tuple(sorted(set(world.supports.patron))),
        "kind": tuple(sorted(set(world.supports.kind))),
        "process": tuple(process.name for process in running),
        "parameter": tuple(dict.fromkeys(parameter.name for _, parameter in parameters(chosen))),
    }
    what = {
        "supports": ("patron", "organisation", "kind"),
        "gives": ("", "organisation", ""),
        "relations": ("organisation", "organisation"),
        "claims": ("organisation",),
        "leaders": ("organisation",),
        "losses": ("organisation",),
        "pins": ("place",),
        "processes": ("process",),
        PARAMETER: ("parameter",),
    }
    begun: set[tuple[object, ...]] = set()
    for change in intervention.changes:
        when = None if change.date is None else str(change.date)
        if (change.subject, change.path, when) in begun:
            raise ValueError(f"{'.'.join(change.path)} is changed twice; leave one of the two out")
        begun.add((change.subject, change.path, when))
        if change.subject == PARAMETER and change.path[0] not in names["parameter"]:
            _off(change.path[0])
        for kind, name in zip(what[change.subject], change.path, strict=False):
            if kind and name != ANY and name not in names[kind]:
                instead = processes.GONE.get(name) if kind == "process" else None
                raise ValueError(f"{change}: no {kind} {name!r}; {instead or nearest(name, names[kind])}")
        if change.subject == "gives" and change.path[2] not in (*run_inputs.AIR, *run_inputs.ARMS):
            support_kinds = (*run_inputs.AIR, *run_inputs.ARMS)
            raise ValueError(
                f"{change}: no kind of support {change.path[2]!r}; {nearest(change.path[2], support_kinds)}"
            )
        if change.subject == "supports" and not _matching(world, change).any():
            raise ValueError(f"{change}: the record has no such support, so there is nothing to change")
        if change.subject == "processes" and change.value == "on" and change.date:
            raise ValueError(f"{change}: a process that is on runs from the start; leave the day out")
        if change.subject == "pins" and not any(process.pinned for process in running):
            raise ValueError(f"{change}: no process that runs minds a pin; leave out --without captures")
        if change.subject == "leaders" and "leaders" not in names["process"]:
            raise ValueError(f"{change}: the process leaders, which minds that, does not run; add --with leaders")
        if change.subject == PARAMETER:
            read_prior(change.value)
        if change.date and not origin <= day(change.date) <= until:
            raise ValueError(f"{change}: the day lies outside the run, {origin} to {until}")


def _off(parameter: str) -> None:
    """Raise `ValueError` where a process that does not run has a parameter of this name."""
    for name in processes.names():
        process = processes.load(name)
        if any(one.name == parameter for one in process.parameters):
            raise ValueError(f"{parameter} belongs to {name}, which does not run; add --with {name}")


def week_of(change: Change, dates: Days) -> int:
    """The first step at which a change holds; that after the last where it never does."""
    return 1 if change.date is None else max(1, int(np.searchsorted(dates, day(change.date))))


def inputs(
    arrays: Mapping[str, Any], source: World, dates: Days, intervention: Intervention
) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of the inputs that differ under an intervention, with the rows before it left as they are.

    `source` is the war whose supports the run takes: the whole one with `inputs: actual`, else that cut at the origin.
    """
    changed: dict[str, np.ndarray[Any, Any]] = {}
    gift = intervention.about("supports", "gives")
    if gift:
        supports = source.supports
        for change in gift:
            supports = _scaled(source, supports, change, dates) if change.subject == "supports" else supports
            supports = _added(source, supports, change, dates) if change.subject == "gives" else supports
        from polemos.model.front import features

        other = replace(source, supports=supports)
        new = {
            "air_level": run_inputs.support_levels(other, dates, run_inputs.AIR),
            "arms_level": run_inputs.support_levels(other, dates, run_inputs.ARMS),
            "patron": features.support(other, dates)[1],
        }
        first = min(week_of(change, dates) for change in gift)
        for name, values in new.items():
            changed[name] = np.concatenate([arrays[name][:first], values[first:]])
    if intervention.about("leaders"):
        states = arrays["leader"].copy()
        for change in intervention.about("leaders"):
            states[week_of(change, dates) :, source.organisation(change.path[0])] = run_inputs.LEADERS.index(
                change.value
            )
        changed["leader"] = states
    relations = intervention.about("relations")
    if relations:
        kinds = arrays["relation"].copy()
        for change in relations:
            a, b = (source.organisation(name) for name in change.path)
            kinds[week_of(change, dates) :, [a, b], [b, a]] = RELATIONS.index(change.value)
        changed["relation"] = kinds
    return changed


def _matching(world: World, change: Change) -> Any:
    patron, client, kind = (*change.path, ANY, ANY)[:3]
    rows = world.supports
    chosen = np.array([patron in (ANY, name) for name in rows.patron], bool)
    chosen &= np.array([kind in (ANY, name) for name in rows.kind], bool)
    if client != ANY:
        chosen &= rows.client == world.organisation(client)
    return chosen


def _scaled(world: World, rows: Supports, change: Change, dates: Days) -> Supports:
    """Supports with those that a change is about multiplied from its day on."""
    when = dates[0] if change.date is None else day(change.date)
    chosen = _matching(replace(world, supports=rows), change) & (np.isnat(rows.end) | (rows.end > when))
    parts: list[tuple[int, float, Any, Any]] = []
    for row in range(len(rows.patron)):
        start, end, scale = rows.start[row], rows.end[row], float(rows.scale[row])
        if not chosen[row]:
            parts.append((row, scale, start, end))
            continue
        if start < when:
            parts.append((row, scale, start, when))
        parts.append((row, scale * change.number, max(start, when), end))
    return _supports(rows, parts)


def _supports(rows: Supports, parts: Sequence[tuple[int, float, Any, Any]]) -> Supports:
    return Supports(
        tuple(rows.patron[row] for row, _, _, _ in parts),
        np.array([rows.client[row] for row, _, _, _ in parts], np.int32),
        tuple(rows.kind[row] for row, _, _, _ in parts),
        np.array([scale for _, scale, _, _ in parts], np.float64),
        np.array([start for _, _, start, _ in parts], "datetime64[D]"),
        np.array([end for _, _, _, end in parts], "datetime64[D]"),
    )


def _added(world: World, rows: Supports, change: Change, dates: Days) -> Supports:
    patron, client, kind = change.path
    when = dates[0] if change.date is None else day(change.date)
    return Supports(
        (*rows.patron, patron),
        np.append(rows.client, np.int32(world.organisation(client))),
        (*rows.kind, kind),
        np.append(rows.scale, change.number),
        np.append(rows.start, when),
        np.append(rows.end, OPEN),
    )


def steps(
    intervention: Intervention, world: World, dates: Days, values: Mapping[str, Any], values_given: Mapping[str, Any]
) -> tuple[Step, ...]:
    """What an intervention does to the state, by week. `values_given`: later values of parameters, all members'."""
    steps_ = []
    for name, (change, _) in intervention.later_priors.items():
        if name in values:
            steps_.append(Step(week_of(change, dates), "value", name, value=values_given[name]))
    for change in intervention.about("claims", "losses", "pins", "processes"):
        week, name = week_of(change, dates), change.path[0]
        if change.subject == "claims":
            steps_.append(Step(week, "claim", name, world.organisation(name), change.number))
        elif change.subject == "losses":
            steps_.append(Step(week, "loss", name, world.organisation(name), change.number))
        elif change.subject == "pins":
            steps_.append(Step(week, "pin", name, world.place(name)))
        elif change.date is not None:
            steps_.append(Step(week, "off", name))
    return tuple(sorted(steps_, key=lambda step: step.week))


def own(arrays: dict[str, Any], coming: Sequence[Step]) -> None:
    """Give a chunk its own copies of what will be changed; others share the originals."""
    for step in coming:
        name = {"value": step.name, "claim": "claim"}.get(step.kind)
        if name is not None:
            arrays[name] = arrays[name].copy()


def act(arrays: Mapping[str, Any], coming: Sequence[Step], week: int, first: int, last: int) -> None:
    """Make the changes of a week in the state of the members first..last-1."""
    for step in coming:
        if step.week != week:
            continue
        if step.kind == "value":
            arrays[step.name][:] = step.value[first:last]
        elif step.kind == "claim":
            arrays["claim"][step.index] = step.value
        elif step.kind == "loss":
            lose(arrays, step.index, step.value)


def pin(arrays: Mapping[str, Any], coming: Sequence[Step], week: int) -> None:
    """Keep the places pinned by now from being captured."""
    for step in coming:
        if step.kind == "pin" and step.week <= week:
            arrays["pinned"][:, step.index] = True


def lose(arrays: Mapping[str, Any], o: int, share: float) -> None:
    """A share of an organisation's men is killed, wherever they are."""
    owner = {"garrison": arrays["holder"] == o, "assault": arrays["attacker"] == o}
    for name in MEN:
        men = arrays[name]
        if name in owner:
            fallen = men * owner[name][:, :, np.newaxis] * share
            men -= fallen
        else:
            fallen = men[:, o] * share
            men[:, o] -= fallen
        arrays["killed"][:, o] += fallen.reshape(fallen.shape[0], -1).sum(1)
