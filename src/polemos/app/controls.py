"""The levers of the page, made from the scenario and the processes; none is written for a particular war."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.app.presets import presets
from polemos.app.state import State, StateError, day_of, of_claim, theories, usual
from polemos.ensemble.theory import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from polemos.model.process import Parameter, Prior
    from polemos.war.war import War

GRID = 48
"""Points of the density under a slider."""
MEANS = ("inputs", "added", "probability", "changes")
"""What a claim stands for in a state, beside the days."""
TAIL = 0.01
"""A slider leaves out this share of the prior at either end."""


def levers(war: War, state: State, saved: Path) -> dict[str, Any]:
    """Every lever of a state, as JSON values. Raises `StateError`."""
    return {
        "days": days(war),
        "supporters": supporters(war, state),
        "claims": claims(war, state),
        "theories": theory_rows(war, state),
        "processes": processes(war, state),
        "presets": presets_of(war, saved),
    }


def days(war: War) -> dict[str, Any]:
    """Origins with a label, and the bounds of the record."""
    labels = {label: str(day) for label, day in war.settings.origins.items()}
    return {"origins": labels, "start": str(war.world.start), "end": str(war.world.until), "to": usual(war).to}


def supporters(war: War, state: State) -> list[dict[str, Any]]:
    """Patrons with what they give to whom; `active` where any of it runs between the origin and the end."""
    rows = war.world.supports
    origin, until = np.datetime64(day_of(state.origin)), np.datetime64(day_of(state.to))
    by_patron: dict[str, dict[str, Any]] = {}
    for patron, client, kind, start, end in zip(rows.patron, rows.client, rows.kind, rows.start, rows.end, strict=True):
        entry = by_patron.setdefault(patron, {"patron": patron, "active": False, "clients": {}})
        runs = bool(start <= until and (np.isnat(end) or end > origin))
        entry["active"] |= runs
        one = entry["clients"].setdefault(war.world.organisations.id[client], {"active": False, "kinds": []})
        one["active"] |= runs
        if kind not in one["kinds"]:
            one["kinds"].append(kind)
    return sorted(by_patron.values(), key=lambda row: (not row["active"], row["patron"]))


def claims(war: War, state: State) -> list[dict[str, str]]:
    """Organisations that claim to be a state on the origin's day."""
    from polemos.model import inputs

    world = war.world.as_of(day_of(state.origin))
    assert world.origin is not None
    claim_rows = inputs.attribute(world, world.origin, "claim")
    organisations = war.world.organisations
    return [
        {"id": organisations.id[o], "name": organisations.name[o]}
        for o in np.flatnonzero(np.asarray(claim_rows) > 0).tolist()
    ]


def theory_rows(war: War, state: State) -> dict[str, Any]:
    """What the theories differ in: a row a parameter or process, with what each theory makes of it as a change."""
    by_name = {name: war.theory(name) for name in theories(war)}
    base = by_name.get(state.theory, by_name[NEUTRAL])
    chosen = {process.name for process in _running(war, state)}
    meanings = _meanings()
    rows = []
    names = dict.fromkeys(name for theory in by_name.values() for name in theory.priors)
    for name in names:
        owner, parameter = meanings[name]
        values = {who: str(theory.priors.get(name, parameter.prior)) for who, theory in by_name.items()}
        rows.append(
            {
                "name": name,
                "what": parameter.meaning,
                "process": owner,
                "runs": owner in chosen or owner == "initial",
                "values": {who: f"{name}={value}" for who, value in values.items() if value != values[base.name]},
            }
        )
    for name in dict.fromkeys(name for theory in by_name.values() for name in (*theory.processes, *theory.without)):
        on = {who: name in theory.processes for who, theory in by_name.items()}
        changed = {who: f"processes.{name}={'on' if runs else 'off'}" for who, runs in on.items()}
        rows.append(
            {
                "name": name,
                "what": _title(name),
                "process": name,
                "runs": True,
                "switch": True,
                "values": {who: text for who, text in changed.items() if on[who] != (name in chosen)},
            }
        )
    return {"base": base.name, "names": {who: theory.title or who for who, theory in by_name.items()}, "rows": rows}


def processes(war: War, state: State) -> list[dict[str, Any]]:
    """Every process with its parameters and their priors; those that usually do not run can be switched on."""
    from polemos.ensemble.plan import read_prior
    from polemos.model import initial_state
    from polemos.model import processes as model

    theory = war.theory(state.theory)
    running = _running(war, state)
    away = {name for process in running for name in process.replaces}
    on = {process.name for process in running if process.name not in (*theory.without, *away)}
    priors: Mapping[str, Any] = {name: read_prior(value) for name, value in theory.priors.items()}
    rows = []
    for name in dict.fromkeys((*(process.name for process in running), *model.names(), *model.installed())):
        process = model.load(name)
        parameters = [_parameter(one, priors.get(one.name, one.prior)) for one in process.parameters]
        rows.append(
            {"name": name, "title": process.title, "on": name in on, "parameters": [p for p in parameters if p]}
        )
    parameters = [_parameter(one, priors.get(one.name, one.prior)) for one in initial_state.PARAMETERS]
    own = [p for p in parameters if p]
    return [*rows, {"name": "initial", "title": "The state at the origin", "on": True, "parameters": own}]


def _parameter(parameter: Parameter, prior: Prior | float) -> dict[str, Any] | None:
    """A slider: bounds, scale, and the density of the prior between them. None for a number that is not drawn."""
    if isinstance(prior, int | float) or prior.kind == "fixed":
        return None
    grid = np.linspace(TAIL, 1 - TAIL, 199)
    points = np.asarray(prior.quantile(grid), float)
    low, high = float(points[0]), float(points[-1])
    if not np.isfinite(points).all() or low >= high:
        return None
    log = prior.kind in ("loguniform", "lognormal") and low > 0
    scaled = np.log(points) if log else points
    at = np.linspace(scaled[0], scaled[-1], GRID + 1)
    density = np.diff(np.interp(at, scaled, grid))
    return {
        "name": parameter.name,
        "what": parameter.meaning,
        "unit": parameter.unit,
        "source": parameter.source,
        "prior": str(prior),
        "low": low,
        "high": high,
        "log": log,
        "two": prior.kind == "either",
        "middle": float(points[99]),
        "density": [round(float(height), 4) for height in density / density.max()],
    }


def presets_of(war: War, saved: Path) -> dict[str, Any]:
    """Counterfactuals of the argument, theories as a change of the neutral one, and the user's own."""
    listed_presets = []
    for claim in war.argument.claims if war.argument else ():
        if claim.experiment is not None:
            stands = of_claim(war, claim.id)
            listed_presets.append(
                {
                    "id": claim.id,
                    "text": claim.text,
                    "owner": claim.owner,
                    "note": claim.experiment.note,
                    "players": list(claim.experiment.players),
                    "query": stands.query,
                    "means": {name: getattr(stands, name) for name in MEANS},
                }
            )
    opening = usual(war)
    rows = theory_rows(war, opening)
    others = []
    for who, title in rows["names"].items():
        changes = sorted((row["values"][who] for row in rows["rows"] if who in row["values"]), key=_switch_first)
        if changes:
            query = State(opening.origin, opening.to, changes=tuple(changes)).query
            others.append({"id": who, "text": title, "query": query})
    try:
        own, trouble = presets(saved), ""
    except ValueError as error:
        own, trouble = {}, str(error)
    return {"argument": listed_presets, "theories": others, "own": own, "trouble": trouble}


def _switch_first(change: str) -> tuple[bool, str]:
    return not change.startswith("processes."), change


def _running(war: War, state: State) -> tuple[Any, ...]:
    from polemos.model import processes as model

    try:
        return model.choose(war.world.processes, (*war.theory(state.theory).processes, *state.added))
    except KeyError as error:
        raise StateError(error.args[0]) from None


def _meanings() -> dict[str, tuple[str, Parameter]]:
    """Every parameter of every process by its name, with its owner."""
    from polemos.model import initial_state
    from polemos.model import processes as model

    owners = {one.name: (name, one) for name in model.names() for one in model.load(name).parameters}
    return owners | {one.name: ("initial", one) for one in initial_state.PARAMETERS}


def _title(name: str) -> str:
    from polemos.model import processes as model

    return str(model.load(name).title)
