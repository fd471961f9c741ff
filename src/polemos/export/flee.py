"""A simulated war as input of the Flee displacement model (Suleimenova, Bell and Groen 2017, Scientific Reports 7).

A day at a place is one of conflict while a battle goes on there or when it changes hands; of a quantile q, when that is
so in more than 1 - q of the members. Read in Flee 3.1 and 3.2b: intensities are frozen at onset and only an exact 1 is
taken away again, so the schedule is 0 or 1; the home country is that of the first row; the row is the day. What this
is not: a displacement forecast. How many flee a day of conflict, and where camps are, is the user's to set.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from polemos.ensemble.run import Run
from polemos.export.target import ExportError

LOCATIONS = ("#name", "region", "country", "latitude", "longitude", "location_type", "conflict_date", "population")
ROUTES = ("#name1", "name2", "distance", "forced_redirection")
CLOSURES = ("#closure_type", "name1", "name2", "closure_start", "closure_end")
LEAST_KM = 0.1
"""Flee divides by lengths: none is written as 0."""
SETTINGS = """\
# Flee 3.1. How many flee is a guess to start from, not an estimate: set it to what is known of this war.
log_levels: {agent: 0, link: 0, camp: 0, conflict: 0, init: 0, idp_totals: 0}
conflict_input_file: conflicts.csv
spawn_rules:
  take_from_population: False
  insert_day0: False
  conflict_driven_spawning:
    spawn_mode: pop_ratio
    displaced_per_conflict_day: 0.01
move_rules:
  max_move_speed: 360.0
  max_walk_speed: 35.0
  camp_weight: 1.0
  conflict_weight: 0.25
optimisations:
  hasten: 1
"""


def violence(run: Run, *, member: int | None = None, quantile: float | None = None) -> NDArray[np.bool_]:
    """Days of conflict [day, place] from the origin to the last day, of a member or of a quantile of the members.

    Raises `ExportError` for a member that is not there.
    """
    days = int((run.plan.until - run.plan.origin).astype(int)) + 1
    shape = (days, len(run.world.places.id))
    if member is not None and not 0 <= member < run.plan.members:
        raise ExportError(f"no member {member}; there are 0 to {run.plan.members - 1}")
    total = np.zeros(shape, np.int32)
    for row, chunk in enumerate(run.chunks()):
        first = row * run.chunk
        if chunk.battles is None or chunk.captures is None:
            raise ExportError("the run has no battles; it was made with processes that fight none")
        wanted = range(chunk.members) if member is None else range(member - first, member - first + 1)
        for m in wanted:
            if 0 <= m < chunk.members:
                total += _fought(run, chunk, m, shape)
    if member is not None:
        return total > 0
    assert quantile is not None
    return total > (1 - quantile) * run.plan.members


def _fought(run: Run, chunk: Any, member: int, shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Days of conflict of one member."""
    fights = np.zeros(shape, bool)
    origin = run.plan.origin
    battles, captures = chunk.battles, chunk.captures
    for b in np.flatnonzero(battles.member == member):
        end = battles.end[b]
        first = max(int((battles.start[b] - origin).astype(int)), 0)
        last = shape[0] - 1 if np.isnat(end) else int((end - origin).astype(int))
        fights[first : last + 1, battles.place[b]] = True
    for c in np.flatnonzero(captures.member == member):
        day = int((captures.date[c] - origin).astype(int))
        if 0 <= day < shape[0]:
            fights[day, captures.place[c]] = True
    return fights


def write(folder: Path, run: Run, fought: NDArray[np.bool_], camps: Mapping[str, int], what: str) -> dict[str, int]:
    """Write input_csv/, source_data/ and simsetting.yml into a new folder; gives counts. Raises `ExportError`.

    `camps` are places that take refugees in, with their capacity. `what` says which member or quantile it is.
    """
    places = run.world.places
    strange = sorted(set(camps) - set(places.id))
    if strange:
        raise ExportError(f"no place {strange[0]!r} for a camp")
    if len(camps) == len(places.id):
        raise ExportError("every place is a camp; nobody is left to flee")
    order = _home_first(places, camps)
    zones = [row for row in order if fought[:, row].any() and places.id[row] not in camps]
    inside = folder / "input_csv"
    (folder / "source_data").mkdir(parents=True)
    inside.mkdir()
    _write(inside / "locations.csv", LOCATIONS, (_location(places, row, camps) for row in order))
    links = run.world.links
    rows = zip(links.a.tolist(), links.b.tolist(), links.km.tolist(), strict=True)
    _write(
        inside / "routes.csv",
        ROUTES,
        ((places.id[a], places.id[b], f"{max(km, LEAST_KM):.1f}", 0) for a, b, km in rows),
    )
    _write(inside / "closures.csv", CLOSURES, ())
    _write(inside / "registration_corrections.csv", (), ())
    schedule = fought[:, zones].astype(int)
    names = [places.id[row] for row in zones]
    _write(inside / "conflicts.csv", ("#Day", *names), ([day, *row] for day, row in enumerate(schedule.tolist())))
    period = (("StartDate", run.plan.origin), ("Length", len(fought) - 1))
    _write(inside / "sim_period.csv", (), period)
    # Flee wants a count to compare with even where the conflict drives who flees.
    _write(folder / "source_data" / "data_layout.csv", ("total", "refugees.csv"), ())
    ends = ((run.plan.origin, 0), (run.plan.until, 0))
    _write(folder / "source_data" / "refugees.csv", ("#Date", "count"), ends)
    (folder / "simsetting.yml").write_text(SETTINGS, encoding="utf-8")
    (folder / "README.md").write_text(_readme(run, what), encoding="utf-8")
    return {"locations": len(order), "routes": len(links.a), "zones": len(zones), "days": len(fought)}


def _home_first(places: Any, camps: Mapping[str, int]) -> list[int]:
    """Rows with one of the country that most places lie in first, no camp: Flee's home country is that of the first."""
    countries = list(places.country)
    home = max(sorted(set(countries)), key=countries.count)
    return sorted(range(len(places.id)), key=lambda row: (places.id[row] in camps, countries[row] != home, row))


def _location(places: Any, row: int, camps: Mapping[str, int]) -> tuple[Any, ...]:
    identifier = places.id[row]
    country = places.country[row] or "unknown"
    kind, people = ("camp", camps[identifier]) if identifier in camps else ("town", int(places.people[row]))
    return identifier, country, country, f"{places.lat[row]:.5f}", f"{places.lon[row]:.5f}", kind, "", people


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        if head:
            writer.writerow(head)
        writer.writerows(rows)


def _readme(run: Run, what: str) -> str:
    return f"""\
# Input of the Flee displacement model

From a run of polemos: {run.world.title}, {run.plan.origin} to {run.plan.until}, {what}. Days of conflict are 0 or 1,
because Flee ignores changes of an intensity that is not 0. Flee draws without a seed: two runs differ.

Not known to polemos, and yours to set: camps and their capacity (`--camp PLACE=CAPACITY`), closed borders
(`input_csv/closures.csv`), how many flee a day of conflict (`simsetting.yml`), registered refugees (`source_data/`).
"""
