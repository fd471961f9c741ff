"""`polemos run`, `demo` and `warmup`: simulate, answer, score, write the page; and compile the kernels."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.cost_warnings import say_if_large
from polemos.cli.failures import reporting_mistakes
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
    Quiet,
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

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.war.war import War

FLAGSHIP = "caliphate"
MEMBERS = 1000
RUN = "Examples: polemos run caliphate --members 200    polemos run my-war/ --origin 2012-06-01 --out my-war.html"


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
        typer.Option(
            "--quick", help="Ask only this run's questions, not every statement of the argument on its own day."
        ),
    ] = False,
    wide: Wide = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Simulate a war from its forecast date, answer the questions, score the answers, and write the page."""
    from polemos.cli import printing
    from polemos.cli.tables import results
    from polemos.ensemble import atomic_files
    from polemos.report.page import kept_page
    from polemos.scenario.load import find

    began = time.perf_counter()
    with reporting_mistakes():
        reachable(cluster)
        beside = read_shown(show)
        settings: dict[str, Any] = {
            "origin": origin,
            "until": None if to is None else parse_day(to),
            "members": members,
            "seed": seed,
            "inputs": inputs,
            "theory": theory,
            "processes": (*(added or ()), *map(str, process or ())),
            "without": tuple(without or ()),
            "learn": learn,
            "posterior": posterior,
            "events": events,
        }
        files = files_named(argument_file, events, posterior, theory, process or ())
        key = kept_page.key_of(find(scenario), {**settings, "quick": quick}, files, beside)
        around = kept_page.beside(runs)
        written, reopened = None, None
        if not (fresh or register or keep == "none"):
            reopened = kept_page.find(runs, key)
        if reopened is not None:
            folder, stored_page = reopened
            page = atomic_files.put(out, stored_page.html)
            how_it_went = results.RunNote(stored_page.answer["plan"], folder, 0, time.perf_counter() - began)
            terminal, answer = (
                results.Terminal(**stored_page.terminal),
                {**stored_page.answer, **results.of_run(how_it_went, page)},
            )
            sources: Mapping[str, str] = stored_page.sources
        else:
            from polemos.ensemble.config import RunConfig
            from polemos.ensemble.executor import Executor
            from polemos.ensemble.store import store_in
            from polemos.war.war import load

            war = load(scenario).with_argument(argument_file)
            if argument_file is not None and origin is None:
                settings["origin"] = war.day_of_argument
            config = RunConfig(**settings)
            war = war.with_events(config.events)
            plan = war.plan(config)
            say_if_large(war, plan, threads, None if keep == "none" else chunk, quiet=json)
            say_if_cold(quiet=json)
            from polemos.report.page import assess as reporting
            from polemos.war import assessment

            whole = not quick and config == RunConfig(members=members, seed=seed)
            store = store_in(runs, keep, fresh=fresh)
            how: dict[str, Any] = {"store": store, "executor": Executor(threads, cluster=cluster), "chunk": chunk}
            with bar(members, quiet=json) as progress:
                assessed = assessment.simulate(war, plan, whole=whole, progress=progress, **how)
                account = reporting.account(assessed, beside)
            with working("Drawing the page", quiet=json):
                page = reporting.write(account, out)
                terminal, answer = results.terminal_of(account), results.as_json(account, page)
                sources, how_it_went = sources_of(war, plan), results.note_of(account.simulation.run)
                # What is written onto a device cannot be read back.
                if how_it_went.folder is not None and key and page.is_file():
                    stored_page = kept_page.KeptPage(page.read_bytes(), asdict(terminal), answer, sources)
                    kept_page.write(how_it_went.folder, key, stored_page, around)
            if register:
                written = register_run(account.simulation, ledger)
    if json:
        printing.as_json(answer | ({} if written is None else {"registered": written[0]}))
        return
    results.show(printing.console(), terminal, how_it_went, page, wide=wide, quiet=quiet)
    if written is not None:
        printing.say(f"{written[0]} forecasts written down in {written[1]}")
    if quiet:
        return
    if cite:
        typer.echo(sources["bibtex"])
    else:
        printing.say(sources["sentence"])


def files_named(
    argument: Path | None, events: Path | None, posterior: str | None, theory: str, process: Sequence[Path]
) -> list[Path]:
    """The files outside the scenario that the options of a run name, those among them that may be there."""
    files = [Path(events)] if events is not None else []
    if argument is not None:
        files += [argument, argument.with_name("questions.yaml")]
    if posterior is not None:
        files += [Path(posterior), Path("posteriors", f"{posterior}.parquet")]
    return [*files, Path(theory), *process]


def sources_of(war: War, plan: Plan) -> dict[str, str]:
    """What a run rests on, as a sentence and as BibTeX."""
    from polemos import __version__
    from polemos.report.page import citations

    behind = citations.running(war.world, plan)
    return {
        "sentence": citations.sentence(behind, war.settings.credits),
        "bibtex": citations.bibtex(behind, __version__),
    }


def demo(
    members: Members = MEMBERS,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in a browser.")] = True,
    out: Out = Path("report.html"),
    json: Json = False,
) -> None:
    """Simulate the flagship scenario, answer its questions, score the answers, and open the page."""
    run(FLAGSHIP, members=members, out=out, quick=True, json=json)
    if open_page and not json and has_display():
        import webbrowser

        webbrowser.open(out.resolve().as_uri())


def warmup(json: Json = False) -> None:
    """Compile the kernels, once for each version of polemos."""
    from polemos.cli import printing
    from polemos.war.war import load

    began = time.perf_counter()
    with reporting_mistakes(), working("Compiling the kernels", quiet=json):
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
