"""Replays a past war month by month: every round uses the record up to its day and nothing else.

The times in the ledger of a replay are those of the war, not those of the clock, and every entry says so: it shows what
a watch would have done, and proves nothing about foresight.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ensemble.executor import Progress
from polemos.forecasters.leads import earlier, later, split
from polemos.ledger.chain import head
from polemos.ledger.columns import table
from polemos.ledger.from_war import REPLAY
from polemos.ledger.register import register
from polemos.war import ongoing
from polemos.war.war import War
from polemos.watch import page, rounds
from polemos.watch.lock import WatchError, alone
from polemos.watch.rounds import Round
from polemos.watch.run import forecasters, resolve, round_entries
from polemos.watch.settings import Watch, check_leads

FILE = "replay.json"
LEDGER = "ledger.sqlite"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did: rounds in all, those that this call made, questions, resolved ones; and its files."""

    rounds: int
    made: int
    questions: int
    resolved: int
    entries: int
    notice: str
    ledger: Path
    page: Path
    text: Path


def replay(
    war: War,
    watch: Watch,
    folder: Path,
    first: np.datetime64,
    last: np.datetime64,
    *,
    every: str = "1mo",
    lag: str = "",
    today: np.datetime64 | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Replay a war from a day to another in a folder; what is there already is not made again.

    Each round sees the record up to its day, or, with a `lag` such as `1mo`, up to so long before it. After the last
    round what closes is resolved until the longest lead has passed or the record ends. Raises `WatchError` where the
    folder holds another replay or the days do not lie in the record, `ScenarioError`.
    """
    world = war.world
    days = _days(first, last, every)
    if not world.start < known_until(days[0], lag) <= days[-1] <= world.last_observed:
        raise WatchError(
            f"{first} to {last} does not lie in what is observed, {world.start} to {world.last_observed}"
            + (f", with a lag of {lag}" if lag else "")
        )
    now = np.datetime64(datetime.datetime.now(datetime.UTC).date(), "D") if today is None else today
    leads = check_leads(watch.leads, days[-1], now)
    watch = watch.model_copy(update={"leads": leads})
    name = forecasters(watch)[0].name
    folder.mkdir(parents=True, exist_ok=True)
    ledger = folder / LEDGER
    notice = ongoing.notice(days[-1], now)
    with alone(folder):
        _same(folder, war, watch, first, last, every, lag)
        registered = {one.date for one in rounds.rounds(folder) if one.registered}
        until = later(days[-1], leads[-1])
        after = _days(later(days[-1], every), later(until, lag) if lag else until, every)
        closing = [day for day in after if day <= world.until]
        count = 0
        if progress is not None:
            progress(0, len(days))
        for number, date in enumerate(days):
            if str(date) not in registered:
                origin = known_until(date, lag)
                one = Round(str(date), str(origin), world.digest(), {})
                resolve(ledger, war, origin, everything=False, now=noon(date))
                register(ledger, round_entries(world.as_of(origin), watch, date, REPLAY), now=noon(date))
                rounds.registered(folder, one, str(head(ledger)))
                count += 1
            if progress is not None:
                progress(number + 1, len(days))
        for date in closing:
            resolve(ledger, war, known_until(date, lag), everything=False, now=noon(date))
        end = closing[-1] if closing else days[-1]
        written = page.write(folder, ledger, war, known_until(end, lag), days[-1], name, notice, replayed=True)
    entries = table(ledger)
    return Replayed(
        len(days), count, len(entries.asked), len(entries.resolutions), head(ledger).entries, notice, ledger, *written
    )


def noon(date: np.datetime64) -> datetime.datetime:
    """Noon of a day in UTC."""
    return datetime.datetime.combine(date.astype(object), datetime.time(12), datetime.UTC)


def known_until(date: np.datetime64, lag: str) -> np.datetime64:
    """The last day that is known on a day; the same where the record has no lag."""
    return earlier(date, lag) if lag else date


def _days(first: np.datetime64, last: np.datetime64, every: str) -> list[np.datetime64]:
    step, unit = split(every)
    days: list[np.datetime64] = []
    at = first
    while at <= last:
        days.append(at)
        at = later(first, f"{len(days) * step}{unit}")
    if not days:
        raise WatchError(f"no day lies between {first} and {last}; give the earlier one first")
    return days


def _same(
    folder: Path, war: War, watch: Watch, first: np.datetime64, last: np.datetime64, every: str, lag: str
) -> None:
    """Write down what is replayed. Raises `WatchError` where the folder holds another replay."""
    plain = {
        "record": war.world.digest(),
        "watch": watch.model_dump(mode="json"),
        "from": str(first),
        "to": str(last),
        "every": every,
        "lag": lag,
    }
    path = folder / FILE
    if path.exists():
        try:
            old = atomic_files.unsealed(path, path.read_bytes())
        except atomic_files.DamagedError:
            raise WatchError(f"{path} was altered; name another folder with --out") from None
        # Of a replay that goes on for longer the beginning is the same.
        differing = [key for key in plain if json.dumps(old.get(key)) != json.dumps(plain[key]) and key != "to"]
        if differing:
            raise WatchError(f"{folder} holds another replay ({', '.join(differing)} differ); name another with --out")
    with atomic_files.whole(path) as part:
        part.write_text(atomic_files.sealed(plain), encoding="utf-8")
