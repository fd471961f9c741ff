"""A paired experiment in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from polemos.cli import printing
from polemos.counterfactual.effects import SERIES
from polemos.report.html.argument import difference
from polemos.report.page.presets import moves

if TYPE_CHECKING:
    from polemos.counterfactual.experiment import WhatIf

MOST_EFFECTS, MOST_STILL = 12, 6
"""Questions that are shown in the table, and that are named among those that chance alone can move."""
MOST_TIMES = 1000
INPUTS = {
    "actual": "support and relations as they really were",
    "known": "support and relations as known on the forecast date",
    "drawn": "support and relations drawn from how long they last",
}
SURE = 0.475
"""Distance from one half of a probability at which nearly every member answers alike."""
LEAST = 0.05
"""Share of its factual median that a series must move by to be shown."""


def show_what_if(result: WhatIf, *, limited: bool) -> None:
    """A paired experiment in the terminal."""
    out = printing.console()
    if result.claim:
        printing.say(f"{result.claim}: {result.text}.")
    printing.say(" ".join(moves(result.effects, most=1)), "")
    printing.say(f"Changed: {', '.join(result.changes)}.")
    if result.probability < 1:
        printing.say(f"The change comes about in {100 * result.probability:.0f} % of the simulated wars.")
    printing.say(
        f"{result.origin} to {result.until}, {result.members} simulated wars, "
        f"{INPUTS.get(result.inputs, result.inputs)}, seed {result.seed}."
    )
    moved = [one for one in result.effects if one.low > 0 or one.high < 0]
    still = [one for one in result.effects if one not in moved]
    effects = sorted(moved, key=lambda one: -abs(one.difference))[:MOST_EFFECTS] if limited else moved
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
        heads = ("question", "without", "with the change", "points, 90 %", "wars that flip", "time")
        out.print()
        out.print(printing.table("Probability of yes", heads, cells, right=heads[1:4]))
    if len(effects) < len(moved):
        printing.say(f"{len(moved) - len(effects)} questions that move less are not shown; --json has all.")
    if still:
        shown = "; ".join(f"{one.title} ({printing.percent(one.factual)})" for one in still[:MOST_STILL])
        more = f"; and {len(still) - MOST_STILL} more, which --json has" if len(still) > MOST_STILL else ""
        printing.say(f"Moved by no more than chance (the interval contains 0): {shown}{more}.")
    alike = [one.title for one in effects if all(abs(p - 0.5) > SURE for p in (one.factual, one.counterfactual))]
    if alike:
        printing.say(
            f"Nearly every simulated war answers alike with and without, so little can show: {'; '.join(alike)}."
        )
    if result.silent:
        printing.say(f"No answer within the run: {', '.join(result.silent)}.")
    shifts = [shift for shift in (*result.shifts, *result.extra) if shift.difference[0] > 0 or shift.difference[4] < 0]
    rows = [row for row in map(shift_cells, shifts) if row is not None]
    if rows:
        ends = ("organisation", "", "without", "with the change", "paired difference [5 %, 95 %]")
        out.print()
        out.print(
            printing.table(f"On {result.until}, medians; what hardly moves is left out", ends, rows, right=ends[2:])
        )
    open_ = len(result.shifts) + len(result.extra) - len(shifts)
    if open_:
        printing.say(
            f"{open_} series of organisations on {result.until} go up in some wars and down in others; --json has them."
        )
    for game in result.games:
        show_game(game)
    low, middle, high = (signed(result.deaths[k], printing.people) for k in (0, 2, 4))
    printing.say(f"\nBattle deaths: {middle} [{low}, {high}] with the change.")
    if result.first is None:
        printing.say("In no simulated war does anybody hold another place at any time.")
    else:
        printing.say(
            f"In {100 * result.parted:.0f} % of the simulated wars somebody holds another place at some time, first on "
            f"{result.first} (median {result.median})."
        )
    gains = [one.gain for one in result.effects] + [one.gain for one in result.shifts]
    worth = sorted(gain for gain in gains if gain is not None)
    if worth:
        half = worth[len(worth) // 2]
        printing.say(
            f"Two runs that share no draw would need {times(half)} times as many simulated wars for the same errors "
            f"(the middle one of {len(worth)} results; {times(worth[0])} to {times(worth[-1])})."
        )
    for text in (result.note, result.thin):
        if text:
            printing.say(f"Note: {text.rstrip('.')}.")
    printing.say(result.sentence)


def times(ratio: float) -> str:
    """A ratio; beyond `MOST_TIMES` it says only that hardly any member differs."""
    return f"over {MOST_TIMES:,}" if ratio > MOST_TIMES else f"{ratio:.1f}"


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
    printing.say(
        f"With all of them {show(game.values[whole])}, without any {show(game.values[()])} {game.unit}".rstrip()
    )


def signed(value: float, show: Any) -> str:
    """A number with its sign."""
    shown = str(show(abs(value)))
    # What rounds to nothing has no sign.
    return shown if not shown.strip("0. ") else ("-" if value < 0 else "+") + shown
