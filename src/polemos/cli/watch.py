"""`polemos watch`: a war month after month, and a past one as it would have been."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import Mistake
from polemos.cli.ledger.options import answered
from polemos.cli.options import Json, bar, parse_day, say_if_cold

if TYPE_CHECKING:
    from polemos.watch.replay import Replayed
    from polemos.watch.run import Report

app = typer.Typer(
    help="Watch a war: refresh its record, forecast, register, resolve, month after month.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Folder = Annotated[Path, typer.Argument(help="Folder of the watch, made with polemos watch new.")]


@app.command(epilog="Example: polemos watch new my-watch --scenario my-war/")
def new(
    folder: Annotated[Path, typer.Argument(help="Folder that is made.")],
    scenario: Annotated[str, typer.Option(help="Folder of your scenario, or the name of one that ships.")],
) -> None:
    """Begin a watch: a folder with watch.yaml, in which you name your files and questions."""
    import os
    import shutil

    from polemos.scenario.leftovers import beside
    from polemos.scenario.load import library
    from polemos.war.war import load
    from polemos.watch.settings import FILE, template

    with answered():
        load(scenario)
        if folder.exists():
            raise Mistake(f"{folder} is there already; name another, or edit {folder / FILE}")
        named = scenario if scenario in library() and not Path(scenario).is_dir() else None
        workplace = beside(folder)
        where = named or Path(os.path.relpath(Path(scenario).resolve(), folder.resolve())).as_posix()
        try:
            workplace.mkdir(parents=True)
            (workplace / FILE).write_text(template(where), encoding="utf-8")
            workplace.rename(folder)
        finally:
            shutil.rmtree(workplace, ignore_errors=True)
    typer.echo(f"{folder / FILE} names the scenario. Say there where new files come from; then, once a month:")
    typer.echo(f"  polemos watch run {folder}")


@app.command(epilog="Examples: polemos watch run my-watch    polemos watch run my-watch --json")
def run(
    folder: Folder,
    date: Annotated[
        str | None, typer.Option(help="Day of the run, YYYY-MM-DD, not in the future; default: today.")
    ] = None,
    json: Json = False,
) -> None:
    """Import new data, check it, forecast, register, resolve what is due, and write the page. Safe under cron."""
    from polemos.cli import printing
    from polemos.watch.lock import WatchError
    from polemos.watch.run import run as once
    from polemos.watch.settings import read_watch

    with answered():
        watch = read_watch(folder)
        say_if_cold(quiet=json)

        def bring_in(command: str, files: Sequence[Path], into: Path, options: Sequence[str]) -> None:
            imported(command, files, into, options, quiet=json)

        try:
            report = once(
                watch,
                bring_in,
                date=None if date is None else parse_day(date),
                say=(lambda sentence: None) if json else (lambda sentence: typer.echo(f"{sentence} ...", err=True)),
            )
        except WatchError as error:
            raise Mistake(str(error)) from None
    if json:
        printing.as_json(as_json(report))
        return
    for line in lines(report):
        printing.say(line)


def imported(command: str, files: Sequence[Path], into: Path, options: Sequence[str], *, quiet: bool) -> None:
    """Run a command of `polemos import`, as typed. Raises `Mistake` where it refuses."""
    import contextlib
    import io

    import click

    from polemos.cli.import_ import app as import_app

    words = [command, *map(str, files), "--into", str(into), *options]
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            code = typer.main.get_command(import_app).main(words, prog_name="polemos import", standalone_mode=False)
    except click.ClickException as error:
        raise Mistake(f"watch.yaml: polemos import {command}: {error.format_message()}") from None
    if not quiet:
        # The record is built under another name, which is gone when this is read.
        messages = [line for line in output.getvalue().splitlines() if str(into) not in line]
        typer.echo("\n".join(messages), err=True)
    if code:
        raise Mistake(f"watch.yaml: polemos import {command} refused {len(files)} files; nothing is registered")


def lines(report: Report) -> list[str]:
    """What a run did, in sentences."""
    sentences = [f"Files: {report.news}."]
    if report.round is not None and report.round.date < str(report.date):
        sentences.append(f"The round of {report.round.date}, which was stopped, was taken up again.")
    if report.registered and report.round is not None:
        sentences.append(f"Registered {report.registered:,} forecasts of {report.round.date}: {report.round.head}")
    elif report.round is None:
        sentences.append("No forecast was due: this month has its round.")
    sentences.append(f"Resolved {len(report.resolved):,} questions; {report.open:,} that closed are open still.")
    if report.revised:
        sentences.append(f"{report.revised} outcomes changed because the record was revised; both answers stay.")
    sentences += report.failed
    if report.doubtful is not None:
        sentences.append(
            f"Names were left to a person, and their rows are not in the record: {report.doubtful} lists them. Fill in "
            "`of`, move the lines to aliases.csv of the scenario, and run again."
        )
    sentences.append(f"Page: {report.page}. Text: {report.text}.")
    return sentences + ([report.notice] if report.notice else [])


def as_json(report: Report) -> dict[str, object]:
    """What a run did, for a program."""
    from dataclasses import asdict

    return {
        "date": str(report.date),
        "files": asdict(report.news),
        "round": None if report.round is None else report.round.date,
        "registered": report.registered,
        "resolved": len(report.resolved),
        "revised": report.revised,
        "open": report.open,
        "failed": list(report.failed),
        "doubtful": None if report.doubtful is None else str(report.doubtful),
        "notice": report.notice,
        "page": str(report.page),
        "text": str(report.text),
    }


REPLAY = (
    "Examples: polemos watch replay mali --from 2013-01-01 --to 2013-06-01    "
    "polemos watch replay my-watch --from 2012-01-01 --to 2012-12-01 --lag 1mo"
)


@app.command(epilog=REPLAY)
def replay(
    war: Annotated[str, typer.Argument(help="Folder of a watch or of a scenario, or the name of one that ships.")],
    first: Annotated[str, typer.Option("--from", help="Day of the first round, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Day after which no round begins, YYYY-MM-DD.")],
    every: Annotated[str, typer.Option(help="Step of the rounds, such as 1mo or 2w.")] = "1mo",
    lag: Annotated[str, typer.Option(help="Delay until the record is known, such as 1mo; default: none.")] = "",
    forecaster: Annotated[str | None, typer.Option(help="Short name of the forecaster that answers.")] = None,
    members: Annotated[int | None, typer.Option(min=2, help="Simulated wars of the forecaster.")] = None,
    leads: Annotated[str | None, typer.Option(help="Leads, with commas between; default: those of the watch.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder of the replay; default: replay-WAR. Rounds that it has are not made again."),
    ] = None,
    json: Json = False,
) -> None:
    """Replay a past war month by month: forecasts registered before, resolved after, with the skill of all of them."""
    from dataclasses import asdict

    from polemos.cli import printing
    from polemos.forecasters.leads import parse_lead
    from polemos.war.war import load
    from polemos.watch.lock import WatchError
    from polemos.watch.replay import replay as again
    from polemos.watch.settings import FILE, Watch, read_watch

    with answered():
        own = read_watch(Path(war)) if (Path(war) / FILE).is_file() else None
        watch = Watch(scenario=war) if own is None else own.watch
        options = {"forecaster": forecaster, "members": members, "leads": None if leads is None else leads.split(",")}
        try:
            step, late = parse_lead(every), lag and parse_lead(lag)
            watch = Watch.model_validate(watch.model_dump() | {k: v for k, v in options.items() if v is not None})
        except ValueError as error:
            raise Mistake(
                str(error).splitlines()[0] if "lead" in str(error) else f"a setting is wrong: {error}"
            ) from None
        whole = load(war if own is None else own.scenario)
        say_if_cold(quiet=json)
        folder = out or Path(f"replay-{whole.name}")
        try:
            with bar(1, quiet=json, unit="rounds") as progress:
                replayed = again(
                    whole,
                    watch,
                    folder,
                    parse_day(first),
                    parse_day(last),
                    every=step,
                    lag=late,
                    progress=progress,
                )
        except WatchError as error:
            raise Mistake(str(error)) from None
    if json:
        printing.as_json(
            {name: str(value) if isinstance(value, Path) else value for name, value in asdict(replayed).items()}
        )
        return
    show(replayed)


def show(result: Replayed) -> None:
    """What a replay shows, in the terminal."""
    from polemos.board.protocol import RULES
    from polemos.cli import printing
    from polemos.cli.ledger import tables
    from polemos.ledger.columns import table
    from polemos.ledger.horizon_scores import skill_by_horizon

    out = printing.console()
    entries = table(result.ledger)
    topics = [topic for one in entries.asked if (topic := str(one.get("topic", ""))).endswith(": places")]
    tables.show_horizons(out, skill_by_horizon(entries, RULES, topics=tuple(dict.fromkeys(topics))))
    origins = "all were there" if result.made == 0 else f"{result.made} made now"
    printing.say(
        f"\n{result.rounds} rounds ({origins}), {result.questions:,} questions, {result.resolved:,} resolved, "
        f"{result.entries:,} entries in {result.ledger}. The table is of who holds which place.",
        f"Page: {result.page}. Text: {result.text}.",
    )
    if result.notice:
        printing.say(result.notice)
