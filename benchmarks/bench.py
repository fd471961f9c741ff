"""How fast this machine is, against other tools, for the full model, and as maps grow: `python benchmarks/bench.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import costs
import peers as programs
import typer

from polemos.cli.failures import Mistake, reporting_mistakes
from polemos.cli.options import Json, bar

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.cli.tables.sheet import Sheet

EPILOG = "Example: python benchmarks/bench.py model"
FAR = 4.0
"""Standard errors beyond which two programs do not compute the same."""

app = typer.Typer(help="How fast this machine is.", no_args_is_help=True, add_completion=False, epilog=EPILOG)


@app.command(epilog="Example: python benchmarks/bench.py peers --python .venv-bench/bin/python")
def peers(
    python: Annotated[
        list[str] | None, typer.Option(help="Interpreter with other tools installed; may be repeated.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Folder of the programs.")] = Path(__file__).parent,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds in which every program runs once.")] = 5,
    json: Json = False,
) -> None:
    """The reduced model by every tool that is installed, in turns, each on one core."""
    from dataclasses import asdict

    from polemos.cli import printing

    with reporting_mistakes():
        try:
            with bar(len(programs.PROGRAMS) * (rounds + 1), quiet=json, unit="runs") as progress:
                measurements = programs.measure(folder, python or (), rounds=rounds, progress=progress)
        except FileNotFoundError as error:
            raise Mistake(str(error)) from None
    if json:
        printing.as_json([asdict(peer) | {"rate": peer.rate} for peer in measurements])
        return
    show(printing.console(), measurements)


def show(out: Console, measurements: list[programs.Peer]) -> None:
    """The table of the peers, and those that do not run."""
    from polemos.cli.printing import table

    rows = []
    for peer in measurements:
        if peer.why:
            continue
        spread = f"{min(peer.rates) / 1e6:.3g} to {max(peer.rates) / 1e6:.3g}"
        ends = f"{peer.share[0]:.3f} ± {peer.share[1]:.3f}", f"{peer.men[0]:.3f} ± {peer.men[1]:.3f}"
        same = "yes" if peer.apart <= FAR else f"NO, {peer.apart:.1f} errors"
        rows.append((peer.name, peer.version, f"{peer.rate / 1e6:.3g}", spread, f"{peer.ratio:.3g}", *ends, same))
    heads = ("tool", "version", "million places/s", "lowest to highest", "we are faster by", "share of side 1", "men")
    out.print(table("Reduced model, one core", (*heads, "same law"), rows, right=heads[2:7]))
    for peer in measurements:
        if peer.why:
            out.print(f"{peer.name} is left out: {peer.why}")


Threads = Annotated[int | None, typer.Option(min=1, help="Threads; default: one a core.")]
Weeks = Annotated[int | None, typer.Option(min=1, help="Weeks from the origin; default: to the end of the scenario.")]


@app.command(epilog="Example: python benchmarks/bench.py model caliphate --members 200,1000")
def model(
    scenario: Annotated[str, typer.Argument(help="Name of a scenario, or a folder.")] = "caliphate",
    members: Annotated[str, typer.Option(help="Numbers of members, with commas between.")] = "200,1000",
    threads: Threads = None,
    cold: Annotated[bool, typer.Option("--cold", help="Compile the kernels anew first, and say how long.")] = False,
    json: Json = False,
) -> None:
    """The full model: time to start, members a second, memory, and what each process costs."""
    import tempfile

    from polemos.cli import printing

    with reporting_mistakes():
        sizes = numbers(members)
        empty = None
        if cold:
            with tempfile.TemporaryDirectory() as cache:
                empty = measured(costs.measure, scenario, 1, 1, 1, Path(cache))
        measurements = [measured(costs.measure, scenario, size, None, threads) for size in sizes]
    by = measurements[-1].by_process
    total = sum(by.values())
    if json:
        from dataclasses import asdict

        printing.as_json([asdict(one) for one in measurements])
        return
    out = printing.console()
    out.print(cost_table(measurements, f"{scenario}, {measurements[-1].weeks} weeks"))
    if empty is not None:
        out.print(f"With an empty cache the kernels take {empty.kernels:.1f} s to compile, once.")
    out.print(f"Exponent of core seconds in members: {costs.exponent(sizes, [one.cpu for one in measurements]):.2f}.\n")
    rows = [(name, f"{seconds / total:.1%}") for name, seconds in sorted(by.items(), key=lambda row: -row[1])]
    out.print(printing.table("Kernels, share of their time", ("process", "share"), rows, right=("share",)))


@app.command(epilog="Example: python benchmarks/bench.py places small/ large/ --members 20 --weeks 150")
def places(
    scenarios: Annotated[list[str], typer.Argument(help="Scenarios of different sizes; see tools/synthetic.py.")],
    members: Annotated[int, typer.Option(min=1, help="Simulated wars.")] = 20,
    weeks: Weeks = 150,
    threads: Threads = None,
    json: Json = False,
) -> None:
    """How costs grow with the map."""
    from polemos.cli import printing

    with reporting_mistakes():
        measurements = [measured(costs.measure, one, members, weeks, threads) for one in scenarios]
    sizes = [one.places for one in measurements]
    if json:
        from dataclasses import asdict

        printing.as_json([asdict(one) for one in measurements])
        return
    out = printing.console()
    out.print(cost_table(measurements, f"{members} members"))
    for what in ("cpu", "prepare"):
        out.print(
            f"Exponent in places, {what}: {costs.exponent(sizes, [getattr(one, what) for one in measurements]):.2f}."
        )


def numbers(text: str) -> list[int]:
    """Whole numbers with commas between. Raises `Mistake`."""
    try:
        members = [int(part) for part in text.split(",")]
    except ValueError:
        members = []
    if not members or min(members) < 1:
        raise Mistake(f"{text!r} are no numbers of members; write them with commas between, such as 200,1000")
    return members


def measured(measure: Callable[..., costs.Cost], *asked: object) -> costs.Cost:
    """A cost. Raises `Mistake` with what the process said."""
    try:
        return measure(*asked)
    except RuntimeError as error:
        raise Mistake(str(error)) from None


def cost_table(measurements: list[costs.Cost], title: str) -> Sheet:
    """A row a run."""
    from polemos.cli.printing import table

    rows = []
    for one in measurements:
        each = one.cpu / (one.members * one.weeks * one.places)
        seconds = [f"{value:.2f}" for value in (one.ready, one.kernels, one.prepare, one.simulate, one.cpu)]
        rate = f"{one.members / one.simulate:,.0f}"
        rows.append(
            (
                one.scenario,
                one.places,
                one.members,
                one.threads,
                *seconds,
                rate,
                f"{each * 1e9:.0f}",
                f"{one.peak / 1e6:,.0f}",
            )
        )
    heads = ("scenario", "places", "members", "threads", "ready s", "kernels s", "prepare s", "simulate s", "core s")
    more = ("members/s", "ns a place-week", "peak MB")
    return table(title, (*heads, *more), rows, right=(*heads[1:], *more))


if __name__ == "__main__":
    app()
