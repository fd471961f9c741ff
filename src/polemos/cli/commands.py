"""The commands of `polemos`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli import (
    agree,
    argument,
    board,
    calibrate,
    card,
    check,
    compare,
    estimate,
    explain,
    export,
    facts,
    forecast,
    hindcast,
    ladder,
    new,
    plot,
    read,
    sensitivity,
    serve,
    what_if,
)
from polemos.cli.cost_warnings import say_if_large
from polemos.cli.failures import Mistake, told
from polemos.cli.import_ import app as import_app
from polemos.cli.import_flee import FLEE, flee
from polemos.cli.ledger.commands import app as ledger_app
from polemos.cli.ledger.options import Ledger
from polemos.cli.ledger.write import register as register_run
from polemos.cli.options import (
    ArgumentFile,
    Chunk,
    Cite,
    Cluster,
    Events,
    Fresh,
    Inputs,
    Json,
    Keeps,
    Learn,
    Members,
    Origin,
    Out,
    PosteriorOf,
    ProcessFile,
    Register,
    Runs,
    Scenario,
    Seed,
    Shown,
    Theory,
    Threads,
    To,
    Wide,
    With,
    Without,
    bar,
    parse_day,
    reachable,
    read_shown,
    say_if_cold,
    working,
)
from polemos.cli.watch import app as watch_app

app = typer.Typer(
    help="Turn an argument about a war into a model that can be run, and score it against what happened.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: polemos demo",
)

if TYPE_CHECKING:
    from polemos.record.world import World

FLAGSHIP = "caliphate"
MEMBERS = 1000


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from polemos import __version__

        typer.echo(f"polemos {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """Turn an argument about a war into a model that can be run, and score it against what happened."""


def list_scenarios(wide: Wide = False, json: Json = False) -> None:
    """The scenarios that ship."""
    from polemos.cli import printing
    from polemos.scenario.load import library
    from polemos.war.war import load

    with told():
        wars = [load(name) for name in library()]
    rows = [
        {
            "scenario": war.name,
            "title": war.world.title,
            "from": str(war.world.start),
            "to": str(war.world.until),
            "places": len(war.world.places.id),
            "changes": grade.changes,
            "record": grade.grade,
            "organisations": len(war.world.organisations.id),
            "questions": len(war.questions),
            "tests": war.settings.tests,
        }
        for war, grade in ((war, war.grade()) for war in wars)
    ]
    if json:
        printing.as_json(rows)
        return
    right = ("places", "changes")
    columns = ("scenario", "years", *right, "record", "what it tests")
    cells = [
        (row["scenario"], years(war.world), *(row[name] for name in (*right, "record", "tests")))
        for war, row in zip(wars, rows, strict=True)
    ]
    printing.console().print(
        printing.table(
            "", columns, cells, right=right, spare=("changes", "places"), least={"what it tests": 20}, whole=wide
        )
    )
    printing.say("\nThe record is documented, usable or a draft: polemos check NAME --second-look says why.")


def years(world: World) -> str:
    """First and last year of a record: 2011, 2012-13, 1936-39."""
    first, last = str(world.start)[:4], str(world.until)[:4]
    return first if first == last else f"{first}-{last[2:] if first[:2] == last[:2] else last}"


def show(
    scenario: Scenario,
    place: Annotated[str | None, typer.Option(help="Id of a place: its spells of control.")] = None,
    date: Annotated[str | None, typer.Option(help="A day, YYYY-MM-DD; default: the last of the record.")] = None,
    json: Json = False,
) -> None:
    """Who held what, when, and how it went."""
    from polemos.cli import printing
    from polemos.cli.tables import record
    from polemos.war.war import load

    with told():
        war = load(scenario)
        world = war.world
        when = None if date is None else parse_day(date)
        if when is not None and not world.start <= when <= world.until:
            raise Mistake(f"{when} lies outside the record, {world.start} to {world.until}")
        if place is not None and place not in world.places.id:
            from polemos.scenario.errors import nearest

            raise Mistake(f"no place {place!r} in {world.name}; {nearest(place, world.places.id)}")
    from rich.text import Text

    out = printing.console()
    if place is not None:
        spells = record.spells(world, place, when)
        if json:
            printing.as_json(spells)
            return
        title = world.places.name[world.place(place)]
        heads = ("from", "to", "holder", "", "precision", "source")
        out.print(printing.table(title, heads, [record.spell_cells(row) for row in spells]))
        return
    day = world.last_observed if when is None else when
    rows = record.organisations(world, day)
    held = record.holdings(world, day)
    if json:
        printing.as_json(
            {
                "date": str(day),
                "record": asdict(war.grade()),
                "organisations": rows,
                "places": held,
                "unobserved": record.unseen(world, day),
            }
        )
        return
    top = max(max(row["curve"]) for row in rows)
    columns = ("organisation", "name", "places", "people", f"places held, {world.start} to {world.last_observed}")
    cells = [record.organisation_cells(row, top, record.room(rows, out.width)) for row in rows]
    out.print(printing.table(f"{world.title}, {day}", columns, cells, right=("places", "people")))
    out.print(f"Record: {war.grade()}.")
    if when is not None:
        for name, places in held.items():
            out.print(Text.assemble((f"\n{name}", "bold"), f": {', '.join(places)}"))
    unseen = record.unseen(world, day)
    if unseen:
        out.print(f"\nNot observed on {day}, so counted with the last known or the guessed holder: {', '.join(unseen)}")


def run(
    scenario: Scenario,
    members: Members = MEMBERS,
    origin: Origin = None,
    to: To = None,
    seed: Seed = 1,
    inputs: Inputs = "known",
    threads: Threads = None,
    chunk: Chunk = 100,
    theory: Theory = "neutral",
    without: Without = None,
    added: With = None,
    process: ProcessFile = None,
    learn: Learn = True,
    posterior: PosteriorOf = None,
    events: Events = None,
    argument_file: ArgumentFile = None,
    out: Out = Path("report.html"),
    runs: Runs = Path("runs"),
    keep: Keeps = "all",
    cluster: Cluster = None,
    fresh: Fresh = False,
    register: Register = False,
    ledger: Ledger = None,
    cite: Cite = False,
    show: Shown = None,
    quick: Annotated[
        bool,
        typer.Option("--quick", help="Ask on this run's day and to its end alone, not every statement on its own."),
    ] = False,
    wide: Wide = False,
    json: Json = False,
) -> None:
    """Simulate from the argument's origin, answer the questions, score them, write the page."""
    from polemos.cli import printing
    from polemos.cli.tables import results
    from polemos.ensemble.config import RunConfig
    from polemos.ensemble.executor import Executor
    from polemos.ensemble.store import store_in
    from polemos.war.war import load

    with told():
        reachable(cluster)
        beside = read_shown(show)
        war = load(scenario).with_argument(argument_file)
        if argument_file is not None and origin is None:
            origin = war.day_of_argument
        config = RunConfig(
            origin=origin,
            until=None if to is None else parse_day(to),
            members=members,
            seed=seed,
            inputs=inputs,
            theory=theory,
            processes=(*(added or ()), *map(str, process or ())),
            without=tuple(without or ()),
            learn=learn,
            posterior=posterior,
            events=events,
        )
        war = war.with_events(config.events)
        plan = war.plan(config)
        say_if_large(war, plan, threads, None if keep == "none" else chunk, quiet=json)
        say_if_cold(quiet=json)
        from polemos.report.page import assess as reporting

        with bar(members, quiet=json) as progress:
            account = reporting.simulated(
                war,
                plan,
                beside,
                whole=not quick and config == RunConfig(members=members, seed=seed),
                store=store_in(runs, keep, fresh=fresh),
                executor=Executor(threads, cluster=cluster),
                chunk=chunk,
                progress=progress,
            )
        with working("Drawing the page", quiet=json):
            page = reporting.write(account, out)
    written = register_run(account.simulation, ledger) if register else None
    if json:
        printing.as_json(results.as_json(account, page) | ({} if written is None else {"registered": written[0]}))
        return
    results.show(printing.console(), account, page, wide=wide)
    if written is not None:
        printing.say(f"{written[0]} forecasts written down in {written[1]}")
    from polemos import __version__
    from polemos.report.page import citations

    behind = citations.running(war.world, plan)
    if cite:
        typer.echo(citations.bibtex(behind, __version__))
    else:
        printing.say(citations.sentence(behind, war.settings.credits))


def demo(
    members: Members = MEMBERS,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    out: Out = Path("report.html"),
    json: Json = False,
) -> None:
    """The main job on the flagship scenario: simulate, answer, score, and open the page."""
    run(FLAGSHIP, members=members, out=out, json=json)
    if open_page and not json and has_display():
        import webbrowser

        webbrowser.open(out.resolve().as_uri())


def warmup(json: Json = False) -> None:
    """Compile the kernels, once for each version of polemos."""
    import time

    from polemos.cli import printing
    from polemos.war.war import load

    began = time.perf_counter()
    with told(), working("Compiling the kernels", quiet=json):
        from polemos.model import engine
        from polemos.model.jit import cache_folder

        engine.warmup(load(FLAGSHIP).world)
    seconds = time.perf_counter() - began
    if json:
        printing.as_json({"seconds": round(seconds, 2), "folder": str(cache_folder())})
    else:
        typer.echo(f"The kernels are ready ({seconds:.1f} s); they are kept in {cache_folder()}.")


def has_display() -> bool:
    """Whether a browser could show a page here."""
    import os
    import sys

    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


SHOW = "Examples: polemos show caliphate --date 2015-06-01    polemos show caliphate --place PLACE"
RUN = "Examples: polemos run caliphate --members 200    polemos run my-war/ --origin 2012-06-01 --out my-war.html"
COMMANDS: dict[str, tuple[tuple[str, Callable[..., None] | typer.Typer, str], ...]] = {
    "Begin here": (
        ("demo", demo, "Example: polemos demo --no-open"),
        ("list", list_scenarios, "Example: polemos list --json"),
        ("show", show, SHOW),
        ("argument", argument.argument, argument.ARGUMENT),
        ("warmup", warmup, "Example: polemos warmup"),
    ),
    "Run a war, and look at it": (
        ("run", run, RUN),
        ("forecast", forecast.forecast, forecast.EPILOG),
        ("plot", plot.plot, plot.EPILOG),
        ("export", export.export, export.EPILOG),
        ("what-if", what_if.what_if, what_if.WHAT_IF),
        ("serve", serve.serve, serve.SERVE),
        ("explain", explain.explain, explain.EXPLAIN),
    ),
    "How good it is": (
        ("score", hindcast.score, hindcast.SCORE),
        ("hindcast", hindcast.hindcast, hindcast.HINDCAST),
        ("board", board.board, board.EPILOG),
        ("ablate", hindcast.ablate, hindcast.ABLATE),
        ("card", card.card, card.EPILOG),
        ("ledger", ledger_app, ""),
        ("watch", watch_app, ""),
    ),
    "Rival theories, and what the record says": (
        ("compare", compare.compare, compare.EPILOG),
        ("ladder", ladder.ladder, ladder.EPILOG),
        ("facts", facts.facts, facts.EPILOG),
        ("sensitivity", sensitivity.sensitivity, sensitivity.EPILOG),
        ("calibrate", calibrate.calibrate, calibrate.CALIBRATE),
        ("calibrate-battles", calibrate.calibrate_battles, calibrate.EPILOG),
    ),
    "A war and an argument of your own": (
        ("new", new.new, new.EPILOG),
        ("agree", agree.agree, agree.EPILOG),
        ("estimate", estimate.estimate, estimate.EPILOG),
        ("read", read.read, read.EPILOG),
        ("check", check.check, "Example: polemos check my-war/"),
        ("import", import_app, ""),
    ),
}
"""Name, function and examples of each command, or the group of commands below a name, in the order of the help."""

import_app.command("flee", epilog=FLEE)(flee)
for _panel, _commands in COMMANDS.items():
    for _name, _what, _examples in _commands:
        if isinstance(_what, typer.Typer):
            app.add_typer(_what, name=_name, rich_help_panel=_panel)
        else:
            app.command(_name, epilog=_examples, rich_help_panel=_panel)(_what)
