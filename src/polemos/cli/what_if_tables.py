"""A paired experiment in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from polemos.cli import printing
from polemos.forecast.effects import SERIES
from polemos.report.argument import difference

if TYPE_CHECKING:
    from polemos.forecast.whatif import WhatIf

MOST_EFFECTS = 12
SURE = 0.475
"""Distance from one half of a probability at which nearly every member answers alike."""
LEAST = 0.05
"""Share of its factual median that a series must move by to be shown."""


def show_what_if(found: WhatIf, *, limited: bool) -> None:
    """A paired experiment in the terminal."""
    out = printing.console()
    if found.claim:
        typer.echo(f"{found.claim}: {found.text}.")
    typer.echo(f"Changed: {', '.join(found.changes)}.")
    if found.probability < 1:
        typer.echo(f"The change comes about in {100 * found.probability:.0f} % of the members.")
    typer.echo(f"{found.origin} to {found.until}, {found.members} members, inputs {found.inputs}, seed {found.seed}.")
    effects = list(found.effects)
    if limited:
        effects = sorted(effects, key=lambda one: -abs(one.difference))[:MOST_EFFECTS]
    cells = [
        (
            one.title,
            printing.percent(one.factual),
            printing.percent(one.counterfactual),
            difference(one),
            f"{one.gained} to yes, {one.lost} to no, of {one.members}",
            "" if one.shift is None else f"{one.shift[2]:+.0f} [{one.shift[0]:+.0f}, {one.shift[4]:+.0f}] days",
        )
        for one in effects
    ]
    if cells:
        heads = ("question", "factual", "with the change", "points, 90 %", "members that flip", "time")
        out.print()
        out.print(printing.table("Probability of yes", heads, cells, right=heads[1:4]))
    if len(effects) < len(found.effects):
        typer.echo(f"{len(found.effects) - len(effects)} questions that move less are not shown; --json has all.")
    alike = [one.title for one in effects if all(abs(p - 0.5) > SURE for p in (one.factual, one.counterfactual))]
    if alike:
        typer.echo(f"Nearly every member answers alike with and without, so little can show: {'; '.join(alike)}.")
    if found.silent:
        typer.echo(f"No answer within the run: {', '.join(found.silent)}.")
    rows = [row for row in map(shift_cells, (*found.shifts, *found.extra)) if row is not None]
    if rows:
        ends = ("organisation", "", "factual", "with the change", "paired difference [5 %, 95 %]")
        out.print()
        out.print(
            printing.table(f"On {found.until}, medians; what hardly moves is left out", ends, rows, right=ends[2:])
        )
    for game in found.games:
        show_game(game)
    low, middle, high = (signed(found.deaths[k], printing.people) for k in (0, 2, 4))
    typer.echo(f"\nBattle deaths: {middle} [{low}, {high}] with the change.")
    if found.first is None:
        typer.echo("In no member does anybody hold another place at any time.")
    else:
        typer.echo(
            f"In {100 * found.parted:.0f} % of the members somebody holds another place at some time, first on "
            f"{found.first} (median {found.median})."
        )
    gains = [one.gain for one in found.effects] + [one.gain for one in found.shifts]
    worth = sorted(gain for gain in gains if gain is not None)
    if worth:
        half = worth[len(worth) // 2]
        typer.echo(
            f"Pairing: two runs that share no draw would need {half:.1f} times as many members for the same errors "
            f"(middle of the rows above; {worth[0]:.1f} to {worth[-1]:.1f})."
        )
    for text in (found.note, found.thin):
        if text:
            typer.echo(f"Note: {text.rstrip('.')}.")
    typer.echo(found.sentence)


def shift_cells(shift: Any) -> tuple[str, ...] | None:
    """A series of an organisation as cells, None where it moves by less than `LEAST` in nine members of ten."""

    def show(value: float) -> str:
        if shift.series not in SERIES:
            return f"{value:.3g}"
        return f"{value:.0f}" if shift.series == "places" else printing.people(value)

    low, middle, high = (shift.difference[k] for k in (0, 2, 4))
    if max(abs(low), abs(high)) < LEAST * max(abs(shift.factual), 1e-9):
        return None
    spread = f"{signed(middle, show)} [{signed(low, show)}, {signed(high, show)}]"
    return shift.organisation, shift.series, show(shift.factual), show(shift.counterfactual), spread


def show_game(game: Any) -> None:
    """Shapley values in the terminal."""

    def show(value: float) -> str:
        return printing.people(value) if game.unit == "people" else f"{value:.{1 if game.unit else 3}f}"

    cells = [
        (share.player, signed(share.value, show), f"{signed(share.low, show)} to {signed(share.high, show)}")
        for share in game.shares
    ]
    out = printing.console()
    out.print()
    title = f"Shapley values: {game.subject}, {game.measure}"
    out.print(printing.table(title, ("", "share", "90 %"), cells))
    whole = max(game.values, key=len)
    typer.echo(f"With all of them {show(game.values[whole])}, without any {show(game.values[()])} {game.unit}".rstrip())


def signed(value: float, show: Any) -> str:
    """A number with its sign."""
    return ("-" if value < 0 else "+" if value > 0 else "") + str(show(abs(value)))
