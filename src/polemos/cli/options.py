"""What the commands share: options, how a day or a lead is written, and bars of progress."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from polemos.cli.failures import Mistake

if TYPE_CHECKING:
    from polemos.ensemble.executor import Progress


def scenario_names(incomplete: str) -> list[str]:
    """For shell completion."""
    from polemos.scenario.load import library

    return [name for name in library() if name.startswith(incomplete)]


Scenario = Annotated[
    str, typer.Argument(help="Name of a scenario that ships, or a folder.", autocompletion=scenario_names)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Wide = Annotated[bool, typer.Option("--wide", help="Print every column, however narrow the terminal.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the headline and the path of the page.")]
Members = Annotated[int, typer.Option(min=1, max=10_000_000, help="Simulated wars.")]
Origin = Annotated[str | None, typer.Option(help="Forecast date, YYYY-MM-DD or a label of the scenario.")]
To = Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD; default: that of the scenario.")]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The same seed gives the same wars.")]
Inputs = Annotated[
    str,
    typer.Option(
        help="known: as of the forecast date; actual: support as it really was; drawn: simulated from other wars."
    ),
]
Threads = Annotated[int | None, typer.Option(min=1, help="Threads; default: one a core.")]
Chunk = Annotated[int, typer.Option(min=1, help="Simulated wars a chunk. Changes no result.")]
Theory = Annotated[
    str, typer.Option(help="Theory of the scenario, or your own .yaml file: a set of priors and switched processes.")
]
With = Annotated[list[str] | None, typer.Option("--with", help="Process to switch on; may be repeated.")]
ProcessFile = Annotated[
    list[Path] | None, typer.Option("--process", help="Python file with your own process; may be repeated.")
]
Without = Annotated[list[str] | None, typer.Option(help="Process to switch off; may be repeated.")]
PosteriorOf = Annotated[
    str | None,
    typer.Option("--posterior", help="Posterior by file or name, see polemos calibrate; default: the model's priors."),
]
Learn = Annotated[
    bool,
    typer.Option(
        "--learn/--no-learn", help="Learn the front from the record before the forecast date, or keep its priors."
    ),
]
Events = Annotated[
    Path | None,
    typer.Option(
        help="UCDP GED events (.csv, .csv.gz, .zip); the model sees those that had ended by the forecast date."
    ),
]
ArgumentFile = Annotated[
    Path | None,
    typer.Option(
        "--argument",
        help="Your own argument.yaml instead of the scenario's; a questions.yaml beside it adds its questions.",
    ),
]
Out = Annotated[Path, typer.Option(help="Where the page is written.")]
Runs = Annotated[Path, typer.Option(help="Folder in which runs are kept.")]
Keeps = Annotated[
    str, typer.Option("--keep", help="all: every war; questions: the answers and the summary alone; none: nothing.")
]
Cluster = Annotated[
    str | None,
    typer.Option(help="local:N for N processes, or a dask scheduler such as tcp://10.0.0.1:8786. Changes no result."),
]
Register = Annotated[bool, typer.Option("--register", help="Register the forecasts in the ledger.")]
Shown = Annotated[
    list[Path] | None,
    typer.Option(
        "--show", help="JSON file of what-if, hindcast, calibrate or sensitivity to show on the page; may be repeated."
    ),
]
Cite = Annotated[bool, typer.Option("--cite", help="Print the sources of the run as BibTeX.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Simulate again even where a run is kept.")]


FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


def reachable(cluster: str | None) -> None:
    """Refuse what is no cluster, and a cluster without dask, before any work is done. Raises `ClusterError`."""
    if cluster is not None:
        from polemos.ensemble.cluster import check

        check(cluster)


def parse_day(text: str) -> Any:
    """A day. Raises `Mistake`."""
    import numpy as np

    from polemos.scenario.errors import quoted

    day: np.datetime64
    try:
        day = np.datetime64(text, "D")
    except (ValueError, OverflowError):
        day = np.datetime64("NaT", "D")
    if np.isnat(day) or not FIRST_DAY <= str(day) <= LAST_DAY or len(str(day)) != len(LAST_DAY):
        raise Mistake(f"{quoted(text)} is not a day; write YYYY-MM-DD")
    return day


def read_shown(paths: list[Path] | None) -> list[Any]:
    """Results of other commands from their files. Raises `Mistake`."""
    if not paths:
        return []
    from polemos.report.page.related_results import read

    try:
        return [read(path) for path in paths]
    except ValueError as error:
        raise Mistake(str(error)) from None


def parse_leads(text: str) -> tuple[str, ...]:
    """Leads as words, the shortest first. Raises `Mistake`."""
    from polemos.forecasters.leads import ordered

    try:
        return ordered(part.strip() for part in text.split(","))
    except ValueError as error:
        raise Mistake(f"{error}, with commas between, as in 1mo,3mo,6mo") from None


def parse_every(text: str) -> str:
    """A step between origins, such as 1mo or 2w. Raises `Mistake`."""
    from polemos.forecasters.leads import parse_lead

    try:
        return parse_lead(text)
    except ValueError:
        raise Mistake(f"{text!r} is no step; write months or weeks, such as 1mo or 2w") from None


def say_if_cold(*, quiet: bool) -> None:
    """Say why the first run takes longer."""
    from polemos.model.jit import cache_folder

    if not quiet and not cache_folder().exists():
        typer.echo("Compiling the kernels first (once, about half a minute).", err=True)


@contextmanager
def bar(total: int, *, quiet: bool, unit: str = "members") -> Iterator[Progress | None]:
    """A bar with the time left, on stderr; None where nobody looks."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("Simulating", total=total)
        yield lambda count, all_: shown.update(task, completed=count, total=all_)


@contextmanager
def working(what: str, *, quiet: bool) -> Iterator[None]:
    """Say what goes on while it does, on stderr."""
    import sys

    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(what):
        yield
