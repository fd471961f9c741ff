"""`polemos bench`: how fast this machine is, against other tools, for the full model, and as maps grow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from polemos.cli.failures import Mistake, told
from polemos.cli.options import Json, bar

if TYPE_CHECKING:
    from rich.console import Console

    from polemos.ensemble.bench.peers import Peer

EPILOG = "Examples: polemos bench peers --python .venv-bench/bin/python    polemos bench model    polemos bench places"
FAR = 4.0
"""Standard errors beyond which two programs do not compute the same."""

app = typer.Typer(help="How fast this machine is.", no_args_is_help=True, epilog=EPILOG)


@app.command(epilog="Example: polemos bench peers --python .venv-bench/bin/python")
def peers(
    python: Annotated[
        list[str] | None, typer.Option(help="Interpreter with other tools installed; may be repeated.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Folder of the programs.")] = Path("benchmarks"),
    rounds: Annotated[int, typer.Option(min=1, help="Rounds in which every program runs once.")] = 5,
    json: Json = False,
) -> None:
    """The reduced model by every tool that is installed, in turns, each on one core."""
    from dataclasses import asdict

    from polemos.cli import printing
    from polemos.ensemble.bench import peers as bench

    with told():
        programs = len(bench.PROGRAMS)
        try:
            with bar(programs * (rounds + 1), quiet=json, unit="runs") as progress:
                found = bench.measure(folder, python or (), rounds=rounds, progress=progress)
        except FileNotFoundError as error:
            raise Mistake(str(error)) from None
    if json:
        printing.as_json([asdict(peer) | {"rate": peer.rate} for peer in found])
        return
    show(printing.console(), found)


def show(out: Console, found: list[Peer]) -> None:
    """The table of the peers, and those that do not run."""
    from polemos.cli.printing import table

    rows = []
    for peer in found:
        if peer.why:
            continue
        spread = f"{min(peer.rates) / 1e6:.3g} to {max(peer.rates) / 1e6:.3g}"
        ends = f"{peer.share[0]:.3f} ± {peer.share[1]:.3f}", f"{peer.men[0]:.3f} ± {peer.men[1]:.3f}"
        same = "yes" if peer.apart <= FAR else f"NO, {peer.apart:.1f} errors"
        rows.append((peer.name, peer.version, f"{peer.rate / 1e6:.3g}", spread, f"{peer.ratio:.3g}", *ends, same))
    heads = ("tool", "version", "million places/s", "lowest to highest", "we are faster by", "share of side 1", "men")
    out.print(table("Reduced model, one core", (*heads, "same law"), rows, right=heads[2:7]))
    for peer in found:
        if peer.why:
            out.print(f"{peer.name} is left out: {peer.why}")
