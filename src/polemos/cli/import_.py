"""`polemos import`: users' files into a scenario, with an account of what was read, what was dropped and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.import_steps import a_day, answer, check_organisation, credit, deliver, ordered, prepared, spelled
from polemos.cli.tables.import_log import counting

if TYPE_CHECKING:
    from collections.abc import Callable

    from polemos.importers.polygons import Drawn
    from polemos.importers.snapshots import Maps
    from polemos.names.matcher import Matcher
    from polemos.readers.import_log import Account, Progress

app = typer.Typer(
    help="Import data into a scenario. Nothing is downloaded; doubtful rows are listed, never imported.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="The file, as you have it.")]
Into = Annotated[Path, typer.Option("--into", help="Folder of the scenario, made with polemos new.")]
Files = Annotated[list[Path], typer.Argument(help="The files, as you have them.")]
Holder = Annotated[
    list[str] | None,
    typer.Option(
        help="WORD=ORGANISATION: what a word, mark or colour of the file means; * is any text; may be repeated."
    ),
]
Date = Annotated[str | None, typer.Option(help="Day of a single map, YYYY-MM-DD; default: that in its name.")]
Source = Annotated[str, typer.Option(help="Source to credit.")]
Licence = Annotated[str, typer.Option(help="Licence of the data.")]
Dates = Annotated[str, typer.Option(help="Order of days such as 10/06/2014 or 10/6/14: dmy, mdy or ymd.")]
Encoding = Annotated[str, typer.Option(help="Encoding of a text that is not UTF-8, as cp1251.")]
Replace = Annotated[bool, typer.Option("--replace", help="Replace what the record says about the places on the maps.")]
Anew = Annotated[bool, typer.Option("--replace", help="Replace events.csv instead of adding to it.")]
Try = Annotated[bool, typer.Option("--try", help="Say what would be imported; write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]

UCDP = (
    "Examples: polemos import ucdp GEDEvent_v25_1.csv.zip --into my-war    "
    "polemos import ucdp GEDEvent_v25_0_6.csv --into my-war --try"
)
WIKIPEDIA = (
    "Example: polemos import wikipedia map-2013-06-01.lua map-2014-06-10.lua --into my-war "
    "--holder black=guild --holder red=crown"
)
POLYGONS = (
    "Examples: polemos import polygons areas-2014-06-10.geojson --into my-war --property side --holder Reds=crown    "
    "polemos import polygons occupied-*.geojson --into my-war --whose guild --elsewhere crown    "
    "polemos import polygons 14*.geojson --into my-war --holder 'Liberated*=crown' --holder '*occupied*=guild'"
)
TABLE = (
    "Examples: polemos import table control.csv --into my-war    polemos import table folder/ --into my-war    "
    "polemos import table towns.csv --as control --dates dmy --ends inclusive --into my-war"
)
ACLED = (
    "Examples: polemos import acled export.csv --into my-war    polemos import acled export.csv --into my-war --control"
)


@app.command(epilog=UCDP)
def ucdp(
    file: File,
    into: Into,
    dates: Dates = "",
    encoding: Encoding = "",
    replace: Anew = False,
    try_: Try = False,
    json: Json = False,
) -> None:
    """Events of UCDP GED, yearly or candidate, added to events.csv: `polemos run FOLDER --events FOLDER/events.csv`.

    The file is .csv (also .gz or .zip), .xlsx, .dta, .json or .parquet.
    """
    from polemos.importers.events import import_ucdp

    _events(file, into, import_ucdp, dates, encoding, replace=replace, control=False, try_=try_, json=json)


@app.command(epilog=ACLED)
def acled(
    file: File,
    into: Into,
    dates: Dates = "",
    control: Annotated[
        bool, typer.Option("--control", help="Also write changes of hands that events report into control.csv.")
    ] = False,
    encoding: Encoding = "",
    replace: Anew = False,
    try_: Try = False,
    json: Json = False,
) -> None:
    """Events of an ACLED export of your own, added to events.csv. Its terms forbid passing the data on.

    The file is .csv, .xlsx, .dta, .json or .parquet.
    """
    from polemos.importers.events import import_acled

    _events(file, into, import_acled, dates, encoding, replace=replace, control=control, try_=try_, json=json)


@app.command(epilog=WIKIPEDIA)
def wikipedia(
    files: Files,
    into: Into,
    holder: Holder = None,
    date: Date = None,
    replace: Replace = False,
    try_: Try = False,
    json: Json = False,
) -> None:
    """Marks of Wikipedia's detailed-map modules: one file is a map of a day, several dated ones make spells."""
    from polemos.importers.snapshots import maps_of
    from polemos.importers.wikipedia import read_marks

    def read(match: Matcher, account: Account, progress: Progress | None) -> Maps:
        return maps_of(read_marks(files, match, account, a_day(date), progress))

    _maps(into, holder, "maps", read, replace=replace, try_=try_, json=json)


@app.command(epilog=POLYGONS)
def polygons(
    files: Files,
    into: Into,
    holder: Holder = None,
    whose: Annotated[str, typer.Option(help="Organisation that the areas without a name belong to.")] = "",
    elsewhere: Annotated[
        str, typer.Option(help="Who holds the places that no area covers: an organisation, nobody, or unknown.")
    ] = "",
    property_: Annotated[
        list[str] | None, typer.Option("--property", help="Property that names the holder; may be repeated.")
    ] = None,
    day_property: Annotated[
        list[str] | None, typer.Option(help="Property with the day of the map; may be repeated.")
    ] = None,
    date: Date = None,
    dates: Dates = "",
    source: Source = "",
    licence: Licence = "",
    radius: Annotated[
        float, typer.Option(min=0, max=100, help="Km around a place whose shares are kept in shares.csv; 0: none.")
    ] = 5.0,
    replace: Replace = False,
    try_: Try = False,
    json: Json = False,
) -> None:
    """Areas of control on maps with days: whoever has the area holds the places in it.

    Maps are GeoJSON, KML, KMZ, shapefiles (also zipped), GeoPackage, TopoJSON, Esri JSON and more.

    A map shows a place held, not held, or not at all: what no map shows is unknown. The record ends with the last map.
    """
    from polemos.importers.polygons import NOBODY, Drawing, read_polygons
    from polemos.scenario.vocabulary import UNKNOWN

    def read(match: Matcher, account: Account, progress: Progress | None) -> Drawn:
        ordered(dates)
        ids = sorted(match.organisations)
        check_organisation(whose, ids, "--whose")
        check_organisation(elsewhere, [*ids, NOBODY, UNKNOWN], "--elsewhere")
        account.credits.append(credit(source, licence, files))
        drawing = Drawing(
            whose, elsewhere, tuple(property_ or ()), tuple(day_property or ()), dates, a_day(date), radius
        )
        return read_polygons(files, match, account, drawing, progress)

    _maps(into, holder, "areas", read, (NOBODY, UNKNOWN), replace=replace, try_=try_, json=json)


@app.command(epilog=TABLE)
def table(
    files: Files,
    into: Into,
    as_: Annotated[str, typer.Option("--as", help="What a single file holds, where its name does not say it.")] = "",
    holder: Holder = None,
    wordings: Annotated[
        Path | None, typer.Option(help="Table of wording, kind, scale: what words of support mean.")
    ] = None,
    dates: Dates = "",
    ends: Annotated[str, typer.Option(help="exclusive: the day after the last; inclusive: the last.")] = "exclusive",
    encoding: Encoding = "",
    source: Source = "",
    licence: Licence = "",
    try_: Try = False,
    json: Json = False,
) -> None:
    """Plain tables: control, links, strengths, support, relations, roles, claims_leaders, borders; or a folder.

    Each is .csv, .xlsx, .dta, .json or .parquet. Rows are added to the existing ones; a row about the same thing
    replaces it.
    """
    from polemos.importers.add_rows import at_home
    from polemos.importers.patrons import patrons_of
    from polemos.importers.tables import Import, import_tables, read_wordings, settled_wordings
    from polemos.readers.parse_dates import DateReader
    from polemos.scenario.errors import ScenarioError

    with reporting_mistakes():
        ordered(dates)
        if ends not in ("exclusive", "inclusive"):
            raise Mistake(f"no kind of ends {ends!r}; write exclusive or inclusive")
        scenario, match, account = prepared(into, holder)
        meant = settled_wordings(scenario) | ({} if wordings is None else read_wordings(wordings))
        reader = DateReader(dates, scenario.settings.start)
        patrons = patrons_of(scenario)
        job = Import(scenario, match, account, reader, ends == "inclusive", source, meant, patrons, encoding)
        report = import_tables(tables_of(files, as_, account), job)
        account.credits.append(credit(source, licence, files))
        if not try_:
            try:
                deliver(scenario, account, {file: one.text for file, one in report.items()}, job.observed_until)
            except ScenarioError as error:
                raise ScenarioError(at_home(error.problems, report)) from None
    answer(account, into, list(report), try_=try_, json=json)


def tables_of(files: list[Path], kind: str, account: Account) -> dict[str, Path]:
    """The file for each table of the scenario; of a folder, those that are known. Raises `Mistake`, `ScenarioError`."""
    from polemos.importers.table_names import NAMES, STEMS, file_of
    from polemos.readers.read_sheet import SUFFIXES

    paths: dict[str, Path] = {}
    for path in files:
        inside = [path]
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
        for one in inside:
            if path.is_dir() and f"{STEMS.get(one.stem, one.stem)}.csv" not in NAMES:
                if one.stem != "places":
                    account.notes.append(f"{one.name} is no table of a scenario, and left")
                continue
            name = file_of(one, kind if not path.is_dir() else "")
            if name in paths:
                raise Mistake(f"{paths[name]} and {one} are both for {name}; give one of them")
            paths[name] = one
    if not paths:
        raise Mistake(f"no tables in {', '.join(map(str, files))}")
    return paths


def _maps(
    into: Path,
    holder: list[str] | None,
    what: str,
    read: Callable[[Matcher, Account, Progress | None], Maps | Drawn],
    besides: tuple[str, ...] = (),
    *,
    replace: bool = False,
    try_: bool,
    json: bool,
) -> None:
    """Read what maps show and write it as spells of control."""
    with reporting_mistakes():
        scenario, match, account = prepared(into, holder, besides)
        with counting(f"Reading {what}", quiet=json) as progress:
            shown = read(match, account, progress)
        files = spelled(scenario, account, shown, replace=replace, try_=try_)
    answer(account, into, files, try_=try_, json=json)


def _events(
    file: Path,
    into: Path,
    read: Callable[..., tuple[Any, Account]],
    dates: str,
    encoding: str,
    *,
    replace: bool,
    control: bool,
    try_: bool,
    json: bool,
) -> None:
    """Read events, and write them beside the scenario with their credit; with `control` also who took which place."""
    from polemos.importers.events import FILE, as_csv
    from polemos.importers.snapshots import FILE as CONTROL
    from polemos.importers.transfer_spells import with_transfers
    from polemos.record.events import with_events
    from polemos.record.from_scenario import world

    with reporting_mistakes():
        ordered(dates)
        scenario, match, _ = prepared(into, None)
        war = world(scenario)
        before = None if replace else scenario.path / FILE
        with counting(f"Reading {file.name}", quiet=json) as progress:
            table, account = read(
                file, war, match.who, progress, dates, where=match.at, before=before, encoding=encoding
            )
        match.report_doubts(account)
        files: dict[str, str | bytes] = {FILE: as_csv(table)}
        if control:
            files[CONTROL] = with_transfers(scenario, with_events(war, table, match.who, match.at), account)
        if not try_:
            deliver(scenario, account, files)
    answer(account, into, list(files), try_=try_, json=json)
