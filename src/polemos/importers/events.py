"""Events of violence into a scenario: UCDP GED and its candidate events, and ACLED, cut to the map and its days.

Both end as one table with the columns of UCDP GED, which `--events` reads; `polemos.importers.acled_codebook` says how
ACLED is mapped to them. An id stands for one event: of several rows the one with the last timestamp is taken, and of
equal ones the last. An import adds to the events that a scenario has. Sources: UCDP GED codebook 25.1; ACLED codebook.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from polemos.importers.acled import batches as acled_batches
from polemos.readers.import_log import Account, Doubt, Progress
from polemos.readers.parse_dates import DateReader
from polemos.record import ucdp_ged
from polemos.record.events import EXACT, MARGIN, Where, Who, nearest, parties, with_events
from polemos.record.transfers import transfers
from polemos.record.world import World
from polemos.scenario.errors import Problem, ScenarioError
from polemos.scenario.optional_packages import need

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
SUMMARY = np.timedelta64(31, "D")
"""An event of more days is a summary of many."""
AGAIN = "another row of the same event; the one with the last timestamp is taken"


def import_ucdp(
    path: Path,
    world: World,
    who: Who,
    progress: Progress | None = None,
    order: str = "",
    *,
    where: Where | None = None,
    before: Path | None = None,
    encoding: str = "",
) -> tuple[pa.Table, Account]:
    """The events of a UCDP GED file on the map and within the record, and the account.

    `before` is an events.csv that they are added to. `order` (dmy, mdy, ymd) is that of days a spreadsheet has written,
    `encoding` that of a text which does not say it. Raises `ScenarioError`, `MissingPackageError`.
    """
    need("tables")
    account = Account(credits=[UCDP])
    table = _gather(
        ucdp_ged.batches(path, order=order, encoding=encoding, notes=account.notes),
        world,
        account,
        progress,
        "UCDP GED",
    )
    _remarks_of_ucdp(table, account)
    return _whole(table, world, who, where, before, account), account


def import_acled(
    path: Path,
    world: World,
    who: Who,
    progress: Progress | None = None,
    order: str = "",
    *,
    where: Where | None = None,
    before: Path | None = None,
    encoding: str = "",
) -> tuple[pa.Table, Account]:
    """The same of an ACLED export; `where` names the places that its events say have changed hands."""
    need("tables")
    account = Account(credits=[ACLED])
    days = DateReader(order, world.start)
    table = _gather(acled_batches(path, days, account.notes, encoding), world, account, progress, "ACLED")
    days.tell(account)
    account.notes.append(FORBIDDEN)
    return _whole(table, world, who, where, before, account), account


def as_csv(table: pa.Table) -> bytes:
    """The table as a CSV file in the newest names of UCDP GED."""
    import io

    from pyarrow import csv as writer

    out = io.BytesIO()
    writer.write_csv(table.rename_columns([ucdp_ged.NAMES[name][0] for name in table.column_names]), out)
    return out.getvalue()


def _gather(
    batches: Iterator[pa.RecordBatch], world: World, account: Account, progress: Progress | None, dataset: str
) -> pa.Table:
    """The events on the map and in the record, one an id; the account counts the other rows."""
    import pyarrow as pa

    reasons: list[NDArray[np.str_]] = []
    last: dict[str, tuple[int, int]] = {}
    pieces = []
    for batch in batches:
        reason = _reasons(batch, world)
        stamps: list[Any] = batch["timestamp"].to_pylist()
        ids: list[Any] = batch["id"].to_pylist()
        for row, identifier in enumerate(ids, account.read):
            stamp = stamps[row - account.read] or 0
            if identifier not in last or stamp >= last[identifier][0]:
                last[identifier] = (stamp, row)
        rows = np.flatnonzero(reason == "")
        pieces.append(batch.take(rows).append_column("row", pa.array(account.read + rows)))
        reasons.append(reason)
        account.read += batch.num_rows
        if progress is not None:
            progress(account.read)
    reason = np.concatenate(reasons) if reasons else np.zeros(0, "U1")
    latest = np.zeros(len(reason), bool)
    latest[[row for _, row in last.values()]] = True
    for why, rows_of in sorted(Counter(reason[latest & (reason != "")].tolist()).items(), reverse=True):
        account.drop(why, rows_of)
    account.drop(AGAIN, int(np.count_nonzero(~latest)))
    table = pa.Table.from_batches(pieces) if pieces else ucdp_ged.schema().empty_table()
    if pieces:
        table = table.filter(pa.array(latest[table["row"].to_numpy()]))
    if not table.num_rows:
        what = f"none of {account.read:,} rows is an event on the map ({_span(world)})"
        why = "; ".join(f"{rows_of:,} {why}" for why, rows_of in account.dropped.most_common(3))
        mend = "look at the coordinates of the places and the dates"
        raise ScenarioError([Problem(FILE, 0, "", f"{what}: {why}" if why else what, mend)])
    account.kept = table.num_rows
    if "remarks" in table.column_names:
        remarks = Counter(part for text in table["remarks"].to_pylist() for part in (text or "").split("\n") if part)
        account.notes += [f"events that {remark}: {rows_of:,}" for remark, rows_of in remarks.most_common()]
    table = table.select(ucdp_ged.schema().names)
    at = table.column_names.index("dataset")
    return table.set_column(at, "dataset", pa.array([dataset] * table.num_rows, pa.string()))


def _reasons(batch: pa.RecordBatch, world: World) -> NDArray[np.str_]:
    """Why each row is left out, empty where it is taken."""
    places = world.places
    lat, lon = (batch[name].to_numpy(zero_copy_only=False) for name in ("lat", "lon"))
    near = (lat >= places.lat.min() - MARGIN) & (lat <= places.lat.max() + MARGIN)
    near &= (lon >= places.lon.min() - MARGIN) & (lon <= places.lon.max() + MARGIN)
    end = batch["date_end"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
    choices = [
        (~near, "outside the map"),
        (end < world.start, f"before the record ({world.start})"),
        (end > world.until, f"after the record ({world.until})"),
    ]
    reason = np.select([rows for rows, _ in choices], [why for _, why in choices], "")
    if "reason" in batch.schema.names:
        own = np.array(batch["reason"].to_pylist(), object)
        reason = np.where(own == "", reason, own).astype(str)
    return reason


def _whole(
    table: pa.Table, world: World, who: Who, where: Where | None, before: Path | None, account: Account
) -> pa.Table:
    """The table with the events that there were, in order; the account lists the names that nobody knows."""
    _strangers(table, world, who, account)
    _changes(table, world, who, where, account)
    if before is not None and before.exists():
        table = _added(ucdp_ged.read(before), table, account)
    return ucdp_ged.in_order(table)


def _strangers(table: pa.Table, world: World, who: Who, account: Account) -> None:
    """Tell how much is of sides and places that the scenario does not know; the sides are left to a person."""
    strangers: dict[str, list[str]] = {}
    texts: list[list[Any]] = [table[side].to_pylist() for side in ("side_a", "side_b")]
    for text in {*texts[0], *texts[1]}:
        named = parties(text or "", who)
        strangers[text] = [name for name, meant in named if not meant and name not in ("", "Civilians")]
    counts: Counter[str] = Counter()
    strange = np.zeros(table.num_rows, bool)
    for row, (a, b) in enumerate(zip(*texts, strict=True)):
        names = {*strangers[a], *strangers[b]}
        strange[row] = bool(names)
        counts.update(names)
    deaths = np.nan_to_num(table["best"].to_numpy().astype(float))
    coarse = np.nan_to_num(table["where_prec"].to_numpy().astype(float)) > EXACT
    far = ~coarse & (nearest(world, table["lat"].to_numpy(), table["lon"].to_numpy()) < 0)
    account.unknown_of = table.num_rows
    account.unknown["sides"] = int(np.count_nonzero(strange))
    account.unknown["places"] = int(np.count_nonzero(far))
    account.notes = [
        f"events with a side that nobody knows, which may be anybody: {_share(strange, deaths)}",
        f"events that count at no place: {_share(far, deaths)} lie away from every place, and "
        f"{_share(coarse, deaths)} are known to a district or coarser",
        *account.notes,
    ]
    known_names = [*world.organisations.id, *world.organisations.name]
    account.doubts += [
        Doubt("organisation", name, ", ".join(_alike(name, known_names)) or "nobody of these", rows)
        for name, rows in counts.most_common()
    ]


def _alike(name: str, known_names: Sequence[str]) -> list[str]:
    """Names that are all of a part of a name, as in "Government of X"; else those spelt nearly so."""
    inside = [one for one in known_names if re.search(rf"\b{re.escape(one)}\b", name, re.IGNORECASE)]
    return inside[:2] or get_close_matches(name, known_names, 2)


def _share(rows: NDArray[np.bool_], deaths: NDArray[np.float64]) -> str:
    """How many of the events, with how many of the deaths."""
    dead = f", {deaths[rows].sum() / deaths.sum():.0%} of the deaths" if deaths.sum() else ""
    return f"{np.count_nonzero(rows):,} of {rows.size:,} ({rows.mean():.0%}{dead})"


def _changes(table: pa.Table, world: World, who: Who, where: Where | None, account: Account) -> None:
    """Tell how many events say who took a place, and of how many it is not clear which place or who."""
    telling = sum(bool(taker) for taker in table["taker"].to_pylist())
    if not telling or where is None:
        return
    world_with_events = with_events(world, table, who, where)
    changes, left_open = transfers(world_with_events)
    assert world_with_events.events is not None
    elsewhere = telling - int(np.count_nonzero(world_with_events.events.taken_place >= 0))
    text = f"events that say that a place changed hands: {telling:,}, of which {len(changes):,} say who took which"
    if left_open:
        text += f", {left_open:,} do not say which organisation of the scenario took it"
    if elsewhere:
        text += f", {elsewhere:,} are of other places, or of a part or the surroundings of one"
    account.notes.append(text)


def _remarks_of_ucdp(table: pa.Table, account: Account) -> None:
    """Tell what the codebook of UCDP has to say of the events: unsettled ones, summaries, unknown numbers."""
    status = Counter(text for text in table["status"].to_pylist() if text and text.lower() != "clear")
    for text, rows in status.most_common():
        account.notes.append(f"events with the code_status {text}, which UCDP has yet to settle: {rows:,}")
    end, start = (
        table[name].to_numpy(zero_copy_only=False).astype("datetime64[D]") for name in ("date_end", "date_start")
    )
    summaries = end - start >= SUMMARY
    deaths = np.nan_to_num(table["best"].to_numpy().astype(float))
    if summaries.any():
        what = "events that are summaries of more than a month, and count on one day of it"
        account.notes.append(f"{what}: {_share(summaries, deaths)}")
    for name, what in (
        ("best", "how many died, which is unknown and not zero"),
        ("where_prec", "how exact their place is and count as exact"),
    ):
        if table[name].null_count:
            account.notes.append(f"events that do not say {what}: {table[name].null_count:,}")


def _added(table_before: pa.Table, new: pa.Table, account: Account) -> pa.Table:
    """The events that there were and the new ones; of one event the row with the later timestamp."""
    import pyarrow as pa

    datasets = {text or "" for text in table_before["dataset"].to_pylist()}
    own = new["dataset"][0].as_py()
    olds: dict[tuple[str, str], dict[str, Any]] = {
        (row["dataset"] or own, row["id"]): row for row in table_before.to_pylist()
    }
    many = len(olds)
    counts = Counter({"new": 0, "revised": 0, "already there": 0, "older than what is there": 0})
    for row in new.to_pylist():
        old = olds.get((own, row["id"]))
        if old is None:
            counts["new"] += 1
        elif old | {"dataset": own} == row:
            counts["already there"] += 1
            continue
        elif (old["timestamp"] or 0) > (row["timestamp"] or 0) and row["timestamp"]:
            counts["older than what is there"] += 1
            continue
        else:
            counts["revised"] += 1
        olds[own, row["id"]] = row
    kinds = ", ".join(f"{rows:,} {kind}" for kind, rows in counts.items() if rows or kind == "new")
    account.notes.append(f"{FILE} had {many:,} events and now has {len(olds):,}: {kinds}")
    others = sorted(datasets - {own, ""})
    if others:
        account.notes.append(
            f"{FILE} has events of {', '.join(others)} and of {own}: a battle that both report counts twice; "
            "--replace begins the file anew"
        )
    return pa.Table.from_pylist(list(olds.values()), ucdp_ged.schema())


def _span(world: World) -> str:
    places = world.places
    box = (places.lon.min(), places.lat.min(), places.lon.max(), places.lat.max())
    return f"{','.join(f'{side:.1f}' for side in box)}; {world.start} to {world.until}"
