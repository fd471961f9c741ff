"""What the commands of `polemos import` have in common: the scenario, the names, the files that are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.cli.failures import Mistake
from polemos.cli.tables.import_log import say, summary

if TYPE_CHECKING:
    from polemos.importers.polygons import Drawn
    from polemos.importers.snapshots import Maps
    from polemos.names.matcher import Matcher
    from polemos.readers.import_log import Account
    from polemos.scenario.load import Scenario


def prepared(into: Path, holder: list[str] | None, besides: tuple[str, ...] = ()) -> tuple[Scenario, Matcher, Account]:
    """The scenario, the names in it, and an empty account; `besides` are what a word may mean besides organisations."""
    from polemos.names.lookup import key, sides
    from polemos.names.matcher import matcher
    from polemos.readers.import_log import Account

    scenario = opened(into)
    return scenario, matcher(scenario, key, sides(scenario), meanings(scenario, holder, besides)), Account()


def meanings(scenario: Scenario, holder: list[str] | None, besides: tuple[str, ...] = ()) -> dict[str, str]:
    """WORD=ORGANISATION as typed. Raises `Mistake`."""
    from polemos.scenario.errors import nearest

    ids = [*(one.id for one in scenario.settings.organisations), *besides]
    by_cell = {}
    for text in holder or ():
        word, _, organisation = text.rpartition("=")
        if not word or organisation not in ids:
            raise Mistake(f"--holder {text!r} is not WORD=ORGANISATION; {nearest(organisation, ids)}")
        by_cell[word.strip()] = organisation
    return by_cell


def a_day(text: str | None) -> Any:
    """A day, or None. Raises `Mistake`."""
    from polemos.cli.options import parse_day

    return None if text is None else parse_day(text)


def credit(source: str, licence: str, files: list[Path]) -> tuple[str, str]:
    """Whom to name: as given, else the files."""
    return source or f"{', '.join(path.name for path in files[:3])}, as imported", licence or "not stated"


def spelled(scenario: Scenario, account: Account, shown: Maps | Drawn, *, replace: bool, try_: bool) -> list[str]:
    """Write what maps show as spells of control; the files written. Raises `ScenarioError`, `Mistake`."""
    from polemos.importers.polygons import Drawn, advice
    from polemos.importers.snapshots import FILE, SHARES, Maps, merged, shares_text
    from polemos.readers.import_log import FILE as LEFT
    from polemos.scenario.scaffold import csv_text
    from polemos.scenario.write import put

    maps = shown if isinstance(shown, Maps) else shown.maps
    record = merged(scenario, maps, account, replace_known=replace)
    if not record.rows and not try_:
        say(account)
        what = "nothing in it is of a place, an organisation and a day of the scenario; nothing is written"
        if account.doubts:
            put(scenario.path, {LEFT: account.doubtful()})
            what += f" but {scenario.path / LEFT}: fill in `of`, move the lines to aliases.csv, import again"
        raise Mistake(what)
    drawn = [row for row in record.rows if row["place"] in record.places]
    account.notes.insert(0, f"{len(drawn)} spells of {len(record.places)} places")
    account.notes += record.reach(scenario.settings)
    files: dict[str, str | bytes] = {FILE: csv_text(FILE, map(dict, record.rows))}
    if isinstance(shown, Drawn):
        account.notes += advice(shown, record, scenario)
        within = [
            row for row in shown.shares if str(scenario.settings.start) <= str(row["date"]) < str(scenario.settings.end)
        ]
        if within:
            files[SHARES] = shares_text(scenario, within)
            account.notes.append(
                f"{len(within):,} shares of surroundings of places and distances to edges (shares.csv)"
            )
    if not try_:
        deliver(scenario, account, files, record.observed_until)
    return list(files)


def check_organisation(organisation: str, ids: list[str], option: str) -> None:
    """Check an organisation that an option names, if it does. Raises `Mistake`."""
    from polemos.scenario.errors import nearest

    if organisation and organisation not in ids:
        raise Mistake(f"{option} {organisation!r} is no organisation; {nearest(organisation, ids)}")


def ordered(dates: str) -> None:
    """Check the order of days. Raises `Mistake`."""
    from polemos.readers.parse_dates import ORDERS

    if dates and dates not in ORDERS:
        raise Mistake(f"no order of days {dates!r}; write {' or '.join(ORDERS)}")


def opened(into: Path) -> Scenario:
    """The scenario that data go into: a folder of the user's, not one that ships. Raises `ScenarioError`, `Mistake`."""
    from polemos.scenario.inside_folder import LIBRARY
    from polemos.scenario.load import find, library, read
    from polemos.scenario.write import finish

    folder = find(str(into) if str(into) in library() and not into.exists() else into)
    if folder.resolve().is_relative_to(LIBRARY.resolve()):
        raise Mistake(f"{into} ships with polemos and is left as it is; copy it, or begin one with polemos new")
    finish(folder)
    return read(folder)


def deliver(scenario: Scenario, account: Account, files: dict[str, str | bytes], observed_until: Any = None) -> None:
    """Write files, the credits, the doubts and the end of observation, once the whole passes its checks."""
    from polemos.readers.import_log import FILE
    from polemos.scenario.attributes import SETTINGS
    from polemos.scenario.errors import ScenarioError
    from polemos.scenario.inside_folder import read_inside
    from polemos.scenario.write import credited, observed, put

    text, _, problems = read_inside(scenario.path, SETTINGS)
    if problems:
        raise ScenarioError(problems)
    if observed_until is not None:
        text = observed(text, observed_until, scenario.settings.end)
    files = files | {SETTINGS: credited(text, account.credits)}
    if account.doubts:
        files[FILE] = account.doubtful()
    put(scenario.path, files)


def answer(account: Account, into: Path, files: list[str], *, try_: bool, json: bool) -> None:
    """The result of an import, on the terminal or as JSON."""
    from polemos.cli import printing
    from polemos.readers.import_log import FILE

    wrote = [] if try_ else files
    if json:
        printing.as_json(summary(account) | {"written": [str(into / name) for name in wrote]})
        return
    say(account)
    if account.doubts and not try_:
        printing.say(f"{into / FILE} lists them all: fill in `of`, move the lines to aliases.csv, and import again.")
    printing.say("Nothing written (--try)." if try_ else f"Written: {', '.join(str(into / name) for name in wrote)}")
