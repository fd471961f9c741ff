"""One run of a watch: refresh, check, forecast, register, resolve, write the page. The same run twice adds nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from polemos.board.protocol import SIMPLE
from polemos.ensemble import atomic_files
from polemos.forecasters.base import Forecaster
from polemos.forecasters.registry import lineup
from polemos.ledger.chain import Kept, head
from polemos.ledger.columns import table
from polemos.ledger.from_war import Settled, settle
from polemos.ledger.register import register
from polemos.readers.import_log import FILE as DOUBTFUL
from polemos.record.world import World
from polemos.scenario.errors import Problem, ScenarioError, nearest
from polemos.war import ongoing
from polemos.war.war import War, load
from polemos.watch import page, rounds
from polemos.watch.forecasts import entries
from polemos.watch.lock import WatchError, alone
from polemos.watch.questions import questions
from polemos.watch.record import RECORDS, BringIn, News, build, news, record_at
from polemos.watch.rounds import Round
from polemos.watch.settings import FILE, Watch, WatchFolder, check_leads

RECORD_OWNER = "the record"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. `notice` is empty for a past war, `round` None where none was due.

    `doubtful` is the file with the names that an import left to a person, None where it left none.
    """

    date: np.datetime64
    news: News
    round: Round | None
    registered: int
    resolved: tuple[Kept, ...]
    revised: int
    open: int
    failed: tuple[str, ...]
    doubtful: Path | None
    notice: str
    page: Path
    text: Path


def run(
    watch: WatchFolder,
    bring_in: BringIn,
    *,
    date: np.datetime64 | None = None,
    today: np.datetime64 | None = None,
    say: Say = lambda sentence: None,
) -> Report:
    """Run a watch on a day (today), alone in its folder.

    Raises `ScenarioError` where files are wrong, `WatchError` where another run is under way or the day lies before the
    last round, `LedgerError`, `PlanError`. Nothing is registered then.
    """
    now_day = np.datetime64(datetime.datetime.now(datetime.UTC).date(), "D") if today is None else today
    date = now_day if date is None else date
    if date > now_day:
        raise WatchError(f"{date} lies in the future")
    with alone(watch.path):
        notice = ongoing.notice(date, now_day)
        leads = check_leads(watch.watch.leads, date, now_day)
        begins = rounds.due(watch.path, date)
        atomic_files.sweep(watch.path / RECORDS)
        say("Reading the files")
        record = build(watch, bring_in)
        state = rounds.read_state(watch.path)
        before = state.get("files", {})
        war = load(record.path)
        origin = min(date, war.world.last_observed)
        _inside(war.world, origin)
        past_rounds = rounds.rounds(watch.path)
        unfinished = past_rounds[-1] if past_rounds and not past_rounds[-1].registered else None
        if unfinished is None and begins:
            # What is wrong with the questions is said before anything is pinned.
            questions(war.world.as_of(origin), watch.watch.questions, date, leads)
            forecasters(watch.watch)
            settings = watch.watch.model_dump(mode="json") | {"leads": list(leads)}
            unfinished = rounds.pin(watch.path, Round(str(date), str(origin), record.digest, settings))
        added = 0
        summary = unfinished
        if unfinished is not None:
            say(f"Forecasting from {unfinished.origin}")
            added, summary = _register(watch, unfinished)
        say("Resolving what is due")
        everything = state.get("record") != record.digest
        settled = resolve(watch.ledger, war, origin, everything=everything)
        rounds.write_state(watch.path, {"record": record.digest, "files": dict(record.files)})
        # Until the next round the page is of the forecaster that answered in the last one.
        last = Watch.model_validate(rounds.rounds(watch.path)[-1].settings)
        name = forecasters(last)[0].name
        written = page.write(watch.path, watch.ledger, war, origin, date, name, notice)
    revised = sum("the record was revised" in entry.entry.note for entry in settled.added)
    return Report(
        date,
        news(before, record.files),
        summary,
        added,
        settled.added,
        revised,
        len(settled.open),
        settled.failed,
        doubtful if (doubtful := record.path / DOUBTFUL).is_file() else None,
        notice,
        *written,
    )


def _register(watch: WatchFolder, one: Round) -> tuple[int, Round]:
    """Forecast a round from the record that it is pinned to, and register it: all of it or nothing."""
    pinned = Watch.model_validate(one.settings)
    war = load(record_at(watch, one.record).path)
    world = war.world.as_of(np.datetime64(one.origin))
    drafts = round_entries(world, pinned, np.datetime64(one.date))
    added = register(watch.ledger, drafts)
    return len(added), rounds.registered(watch.path, one, str(head(watch.ledger)))


def round_entries(world: World, watch: Watch, date: np.datetime64, mark: str = "") -> list[Any]:
    """The entries of a day from a world cut at its origin; `mark` stands after the program in their source."""
    questions_due = questions(world, watch.questions, date, watch.leads)
    program = f"polemos {version('polemos')}, watch: {watch.forecaster}, {watch.members} members, seed {watch.seed}"
    return entries(world, forecasters(watch), questions_due, str(date), program + mark)


def forecasters(watch: Watch) -> tuple[Forecaster, ...]:
    """The forecaster that answers, first, and the simple rules beside it. Raises `ScenarioError`."""
    try:
        (first,) = lineup((watch.forecaster,), members=watch.members, seed=watch.seed)
    except KeyError as error:
        from polemos.forecasters.registry import NAMES

        mend = nearest(watch.forecaster, NAMES)
        raise ScenarioError([Problem(FILE, 0, "forecaster", str(error.args[0]), mend)]) from None
    rules = lineup([name for name in SIMPLE if name != watch.forecaster]) if watch.rules else ()
    return (first, *rules)


def resolve(
    ledger: Path,
    war: War,
    as_of: np.datetime64,
    *,
    everything: bool = True,
    now: datetime.datetime | None = None,
) -> Settled:
    """Resolve what closed by a day, by the record as of it; with `everything` also what is resolved, anew."""
    if not ledger.exists():
        return Settled((), (), ())
    ledger_table = table(ledger)
    chosen: Collection[str] = {
        key
        for row, key in enumerate(ledger_table.keys)
        if ledger_table.closes[row] <= as_of and (everything or row not in ledger_table.resolutions)
    }
    # Outcomes that a scenario states, and questions of its own, are none of the record's.
    bare = replace(war, questions=(), argument=None)
    return settle(ledger, bare, RECORD_OWNER, as_of=as_of, only=chosen, now=now)


def _inside(world: World, origin: np.datetime64) -> None:
    if origin <= world.start:
        what = f"the record begins on {world.start}, and nothing before {origin} is known"
        raise ScenarioError([Problem("scenario.yaml", 0, "start", what, "watch a record that has a past")])
