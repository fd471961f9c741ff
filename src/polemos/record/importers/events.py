"""Events of violence into a scenario: UCDP GED and its candidate events, and ACLED, cut to the map and its days.

Both end as one table with the columns of UCDP GED, which `--events` reads. ACLED is mapped to it by convention [?]:
battles with a state force are state-based, other battles non-state, violence against civilians one-sided; protests,
riots and strategic developments are no fighting and left out. Sources: UCDP GED codebook 25.1; ACLED codebook 2024.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.record import ged
from polemos.record.events import EXACT, MARGIN, Who, parties
from polemos.record.importers.account import Account, Doubt, Progress
from polemos.record.importers.days import read_day
from polemos.record.importers.reading import Names, clean, columns, plain
from polemos.record.importers.sheets import SEPARATORS, not_csv
from polemos.record.world import World
from polemos.scenario.cells import BadCell
from polemos.scenario.problems import Problem, ScenarioError, quoted

if TYPE_CHECKING:
    import pyarrow as pa

FILE = "events.csv"
UCDP = (
    "UCDP Georeferenced Event Dataset, Uppsala Conflict Data Program: Sundberg and Melander 2013, Journal of Peace "
    "Research 50(4)",
    "CC BY 4.0",
)
ACLED = (
    "Armed Conflict Location and Event Data (ACLED), acleddata.com, own download: Raleigh et al. 2010, Journal of "
    "Peace Research 47(5)",
    "terms of use of ACLED: not to be passed on",
)
FORBIDDEN = f"ACLED's terms forbid to pass its data on: keep {FILE} out of whatever you publish"
ACLED_NAMES: Names = {
    "id": ("event_id_cnty", "data_id", "event_id"),
    "date": ("event_date",),
    "date_prec": ("time_precision",),
    "type": ("event_type",),
    "civilians": ("civilian_targeting",),
    "side_a": ("actor1",),
    "side_b": ("actor2",),
    "inter_a": ("inter1",),
    "inter_b": ("inter2",),
    "lat": ("latitude",),
    "lon": ("longitude",),
    "where_prec": ("geo_precision",),
    "deaths": ("fatalities",),
    "country": ("country",),
    "adm": ("admin1",),
    "place": ("location",),
}
ACLED_NEEDED = ("id", "date", "type", "side_a", "lat", "lon", "deaths")
WHERE = {"1": 1, "2": 2, "3": 4}
WHEN = {"1": 1, "2": 2, "3": 4}
"""Precisions of ACLED (exact, near or week, region or month) in those of UCDP."""
STATE = ("1", "state forces")
VIOLENT = ("battles", "explosions/remote violence", "violence against civilians")
CHUNK = 20_000


def import_ucdp(path: Path, world: World, who: Who, progress: Progress | None = None) -> tuple[pa.Table, Account]:
    """The events of a UCDP GED file on the map and within the record, and the account. Raises `ScenarioError`."""
    return _gather(ged.batches(path), world, who, UCDP, progress)


def import_acled(
    path: Path, world: World, who: Who, progress: Progress | None = None, order: str = ""
) -> tuple[pa.Table, Account]:
    """The same of an ACLED export. Raises `ScenarioError`."""
    dropped: Counter[str] = Counter()
    table, account = _gather(_acled(path, dropped, order), world, who, ACLED, progress)
    account.read += dropped.total()
    account.dropped.update(dropped)
    account.notes.append(FORBIDDEN)
    return table, account


def as_csv(table: pa.Table) -> bytes:
    """The table as a CSV file in the newest names of UCDP GED."""
    import io

    from pyarrow import csv as writer

    out = io.BytesIO()
    writer.write_csv(table.rename_columns([ged.NAMES[name][0] for name in table.column_names]), out)
    return out.getvalue()


def _gather(
    batches: Iterator[pa.RecordBatch], world: World, who: Who, credit: tuple[str, str], progress: Progress | None
) -> tuple[pa.Table, Account]:
    import pyarrow as pa

    account = Account(credits=[credit])
    kept, coarse = [], 0
    for batch in batches:
        keep = _wanted(batch, world, account)
        found = batch.filter(pa.array(keep))
        kept.append(found)
        precision = found["where_prec"].to_numpy(zero_copy_only=False)
        coarse += int(np.count_nonzero(precision > EXACT))
        account.read += batch.num_rows
        account.kept += found.num_rows
        if progress is not None:
            progress(account.read)
    table = pa.Table.from_batches(kept, ged.schema())
    if not table.num_rows:
        what = f"none of {account.read:,} events lies on the map ({_span(world)})"
        raise ScenarioError([Problem(FILE, 0, "", what, "look at the coordinates of the places and the dates")])
    if coarse:
        account.notes.append(f"{coarse:,} events are known to a district or coarser only, and count at no place")
    account.doubts = _strangers(table, world, who, account)
    return ged.in_order(table), account


def _wanted(batch: pa.RecordBatch, world: World, account: Account) -> NDArray[np.bool_]:
    """Events on the map and in the record; the account is told of the others."""
    places = world.places
    lat, lon = batch["lat"].to_numpy(), batch["lon"].to_numpy()
    near = (lat >= places.lat.min() - MARGIN) & (lat <= places.lat.max() + MARGIN)
    near &= (lon >= places.lon.min() - MARGIN) & (lon <= places.lon.max() + MARGIN)
    end = batch["date_end"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
    early, late = end < world.start, end > world.until
    account.drop("outside the map", int(np.count_nonzero(~near)))
    account.drop(f"before the record ({world.start})", int(np.count_nonzero(near & early)))
    account.drop(f"after the record ({world.until})", int(np.count_nonzero(near & late)))
    keep: NDArray[np.bool_] = near & ~early & ~late
    return keep


def _strangers(table: pa.Table, world: World, who: Who, account: Account) -> list[Doubt]:
    """Sides that mean nobody of the scenario, the most frequent first; the account counts the rows that they are in."""
    counts: Counter[str] = Counter()
    sides = zip(table["side_a"].to_pylist(), table["side_b"].to_pylist(), strict=True)
    for texts, rows in Counter(sides).items():
        names = {
            name
            for text in texts
            for name, meant in parties(str(text or ""), who)
            if name not in ("", "Civilians") and not meant
        }
        counts.update(dict.fromkeys(names, rows))
        account.unknown["sides"] += rows * bool(names)
    account.unknown_of = table.num_rows
    named = [*world.organisations.id, *world.organisations.name]
    return [
        Doubt("organisation", name, ", ".join(get_close_matches(name, named, 2)) or "nobody of these", rows)
        for name, rows in counts.most_common()
    ]


def _span(world: World) -> str:
    places = world.places
    box = (places.lon.min(), places.lat.min(), places.lon.max(), places.lat.max())
    return f"{','.join(f'{side:.1f}' for side in box)}; {world.start} to {world.until}"


def _acled(path: Path, dropped: Counter[str], order: str) -> Iterator[pa.RecordBatch]:
    """Batches with the columns of UCDP, read line by line."""
    import gzip

    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw:
            head = raw.peek(1 << 16)[: 1 << 16].split(b"\n", 1)[0]
            separator = max(SEPARATORS, key=head.decode("utf-8", "replace").count)
            import io

            reader = csv.reader(io.TextIOWrapper(raw, "utf-8-sig", newline=""), delimiter=separator, strict=True)
            yield from _batches(reader, path.name, dropped, order)
    except UnicodeDecodeError:
        raise ScenarioError([Problem(path.name, 0, "", "not UTF-8", "save it as UTF-8")]) from None
    except (OSError, EOFError) as error:
        what = getattr(error, "strerror", None) or "cut short"
        raise ScenarioError([Problem(path.name, 0, "", what, "give an ACLED export, .csv or .csv.gz")]) from None


def _batches(reader: Any, file: str, dropped: Counter[str], order: str) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    problems: list[Problem] = []
    rows: list[dict[str, Any]] = []
    found: dict[str, int] = {}
    width, line = 0, 1
    try:
        for cells in reader:
            at, line = line, reader.line_num + 1
            if not found:
                found, width = columns([plain(name) for name in cells], ACLED_NAMES), len(cells)
                lacking = [ACLED_NAMES[name][0] for name in ACLED_NEEDED if name not in found]
                if lacking:
                    what = f"missing columns: {', '.join(lacking)}"
                    raise ScenarioError([Problem(file, 1, "", what, "give an ACLED export with its header")])
                continue
            if len(cells) != width:
                problems.append(Problem(file, at, "", f"{len(cells)} cells for {width} columns", "complete the row"))
            else:
                row = {name: cells[place] for name, place in found.items()}
                made = _row(row, file, at, order, dropped, problems)
                if made is not None:
                    rows.append(made)
            if len(problems) >= ged.SHOWN:
                break
            if len(rows) == CHUNK:
                yield pa.RecordBatch.from_pylist(rows, ged.schema())
                rows = []
    except csv.Error as error:
        problems.append(not_csv(file, line, error))
    if not found:
        problems.append(Problem(file, 0, "", "empty file", "give an ACLED export with its header"))
    if problems:
        raise ScenarioError(problems)
    yield pa.RecordBatch.from_pylist(rows, ged.schema())


@lru_cache(maxsize=4096)
def _day(text: str, order: str) -> Any:
    return read_day(text, order).item()


def _row(
    row: dict[str, str], file: str, line: int, order: str, dropped: Counter[str], problems: list[Problem]
) -> dict[str, Any] | None:
    """An event in the columns of UCDP; None where it is no fighting, or cannot be read."""
    kind = row["type"].strip().lower()
    if kind not in VIOLENT:
        dropped[f"no fighting ({clean(row['type'], 40)})"] += 1
        return None
    try:
        day = _day(row["date"], order)
        lat, lon, deaths = float(row["lat"]), float(row["lon"]), int(row["deaths"] or 0)
    except BadCell as bad:
        problems.append(Problem(file, line, "event_date", bad.what, bad.mend))
        return None
    except ValueError:
        what = quoted(", ".join((row["lat"], row["lon"], row["deaths"])))
        problems.append(Problem(file, line, "latitude, longitude, fatalities", what, "numbers are wanted"))
        return None
    state = any(row.get(name, "").strip().lower() in STATE for name in ("inter_a", "inter_b"))
    one_sided = kind == VIOLENT[2] or bool(row.get("civilians", "").strip())
    return {
        "id": row["id"],
        "date_start": day,
        "date_end": day,
        "date_prec": WHEN.get(row.get("date_prec", "").strip(), 1),
        "where_prec": WHERE.get(row.get("where_prec", "").strip(), 1),
        "side_a": clean(row["side_a"], 200),
        "side_b": "Civilians" if one_sided else clean(row.get("side_b", ""), 200),
        "lat": lat,
        "lon": lon,
        "best": deaths,
        "low": deaths,
        "high": deaths,
        "type_of_violence": 3 if one_sided else 1 if state else 2,
        "adm": clean(row.get("adm", ""), 200) or None,
        "country": clean(row.get("country", ""), 200) or None,
        "place": clean(row.get("place", ""), 200) or None,
    }
