"""Entries and scores of a ledger in the terminal. Texts come from anybody: none is read as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from polemos.cli.printing import number, percent, table
from polemos.ledger.chain import Kept
from polemos.ledger.columns import Table
from polemos.ledger.entries import key

if TYPE_CHECKING:
    from polemos.ledger.horizon_scores import HorizonScore
    from polemos.ledger.quantile_scores import Spread
    from polemos.ledger.receipts import Stamped
    from polemos.ledger.scores import Counts, Score
    from polemos.scores.calibration import Bin

ENTRY_HEADS = ("", "recorded", "kind", "owner", "question", "says", "closes", "status")
ENTRY_LEAST = {"question": 24, "says": 16, "status": len("yes, disputed")}
"""Characters that columns of entries are not narrowed below."""
BASES = {
    "beforehand": "Recorded before the answer: Brier score (0 is perfect), log score in nats",
    "afterwards": "Recorded after the answer: hindcasts and old texts, not to be mixed with the above",
}


def states(entries: Table) -> list[str]:
    """How each question stands."""
    words = []
    for row in range(len(entries.asked)):
        resolution = entries.resolutions.get(row)
        if resolution is None:
            words.append("open")
            continue
        answer = resolution.choice or {1.0: "yes", 0.0: "no"}.get(
            resolution.outcome, "annulled" if resolution.annulled else str(resolution.quantity)
        )
        words.append(answer + (", disputed" if resolution.disputed else ""))
    return words


def as_row(entry: Kept) -> dict[str, Any]:
    """An entry for a program."""
    values = entry.entry.model_dump(mode="json", exclude_defaults=True)
    return {"number": entry.number, "hash": entry.hash.hex(), "key": key(entry.entry.question), "entry": values}


def entry_cells(entry: Kept, state: str) -> tuple[object, ...]:
    """An entry as cells."""
    one = entry.entry
    question = one.question
    return entry.number, one.recorded[:10], one.kind, one.owner, question.id, says(entry), question.closes, state


def says(entry: Kept) -> str:
    """What an entry says, in a word."""
    one = entry.entry
    if one.probability is not None:
        return f"{100 * one.probability:.4g} %"
    if one.quantiles is not None:
        return quantiles(entry)
    if one.choices:
        chances = sorted(zip(one.choices, one.question.options, strict=True), reverse=True)
        return ", ".join(f"{name} {100 * p:.3g} %" for p, name in chances)
    if one.cdf:
        return "a whole distribution"
    if one.kind == "resolution":
        quantity = "" if one.quantity is None else f"{one.quantity} {one.question.unit}".strip()
        return ", ".join(part for part in (one.outcome or "", one.choice or "", quantity) if part)
    return f"entry {one.of}"


def quantiles(entry: Kept) -> str:
    """Quantiles of an entry in a line."""
    spread = entry.entry.quantiles
    if spread is None:
        return ""
    points = [f"{100 * a:g} %: {value}" for a, value in zip(spread.levels, spread.values, strict=True)]
    return f"{', '.join(points)} {entry.entry.question.unit}".rstrip()


def details(entry: Kept) -> list[str]:
    """What else an entry says, line by line."""
    one = entry.entry
    lines = [f"made {one.made}" + (f", forecast date {one.origin}" if one.origin else "")]
    if one.probability is not None and one.quantiles is not None:
        lines.append(f"quantiles {quantiles(entry)}")
    if one.of is not None and one.kind == "revision":
        lines.append(f"revises entry {one.of}")
    if one.settled is not None:
        lines.append(f"settled {one.settled}")
    source = one.source.model_dump(exclude_defaults=True, exclude={"site"})
    if source:
        lines.append("; ".join(f"{name} {value}" for name, value in source.items()))
    return [*lines, *([one.note] if one.note else []), f"hash {entry.hash.hex()}"]


def show_entries(out: Console, rows: Sequence[Kept], status: Mapping[str, str]) -> None:
    """Entries in full, each question before the first of its own."""
    questions: set[str] = set()
    for entry in rows:
        one, which = entry.entry, key(entry.entry.question)
        if which not in questions:
            questions.add(which)
            out.print(f"{one.question.id} ({which}), closes {one.question.closes}: {status[which]}", markup=False)
            out.print(one.question.text + "\n", markup=False)
            if one.question.criteria:
                out.print(f"Settled thus: {one.question.criteria}\n", markup=False)
        out.print(f"{entry.number}  {one.recorded}  {one.kind} of {one.owner}: {says(entry)}", markup=False)
        for line in details(entry):
            out.print(f"    {line}", markup=False)


def show_scores(out: Console, rows: Sequence[Score], counts: Counts, against: str) -> None:
    """Scores, forecasts made beforehand apart from the others."""
    right = ("questions", "yes", "Brier", "log", "base rate", "gain on base rate", f"gain on {against}")
    for basis, title in BASES.items():
        chosen = [row for row in rows if row.basis == basis]
        if chosen:
            over_time = any(row.period for row in chosen)
            heads = ("settled", "topic", "owner", *right)[0 if over_time else 1 :]
            cells = [score_cells(row)[0 if over_time else 1 :] for row in chosen]
            out.print(table(title, heads, cells, right=right))
            out.print()
    if rows:
        out.print("Gains with their standard error; above 0 is better. Topics are never added up.")
    else:
        out.print("Nothing is scored yet: no forecast was made before an answer that is known.")
    out.print(
        f"Questions: {counts.questions:,}, of which {counts.open:,} open, {counts.annulled:,} annulled, "
        f"{counts.disputed:,} disputed. Forecasts not scored: {counts.withdrawn:,} withdrawn, "
        f"{counts.late:,} made after the answer was known."
    )


def score_cells(row: Score) -> tuple[object, ...]:
    """Scores as cells."""
    ahead = gained(row.ahead, row.ahead_error)
    return (
        row.period,
        row.topic,
        row.owner,
        row.questions,
        row.yes,
        number(row.brier),
        number(row.log),
        number(row.base),
        gained(row.gain, row.error),
        f"{ahead} on {row.shared}" if row.shared else ahead,
    )


def gained(value: float | None, error: float | None) -> str:
    """A gain with its error."""
    return "-" if value is None else f"{value:+.3f}" + ("" if error is None else f" ± {error:.3f}")


def show_horizons(out: Console, rows: Sequence[HorizonScore]) -> None:
    """Scores by how far ahead forecasts were made, forecasts made beforehand apart from the others."""
    heads = ("owner", "forecasts", "Brier", "log", "skill", "closing days")
    for basis, title in BASES.items():
        chosen = [row for row in rows if row.basis == basis]
        if chosen:
            out.print(f"{title}.\n")
        for horizon, best in dict.fromkeys((row.horizon, row.best) for row in chosen):
            cells = [
                (row.owner, row.forecasts, number(row.brier), number(row.log), skill_cell(row), row.days)
                for row in chosen
                if (row.horizon, row.best) == (horizon, best)
            ]
            over = f"; skill over {best}, the best simple rule" if best else ""
            out.print(table(f"Made {horizon} ahead{over}", heads, cells, right=heads[1:]))
            out.print()
    if rows:
        out.print("Skill is the share of the log score saved, with a 90 % interval over closing days.")
    else:
        out.print("Nothing is scored yet: no forecast was made before an answer that is known.")


def skill_cell(row: HorizonScore) -> str:
    """A skill with its interval."""
    if row.skill is None:
        return "-"
    interval = "" if row.low is None or row.high is None else f" ({100 * row.low:+.0f} to {100 * row.high:+.0f})"
    return f"{100 * row.skill:+.0f} %{interval}"


def receipt_line(one: Stamped) -> str:
    """What a receipt proves, in a line."""
    if one.problem:
        return f"Receipt {one.file} {one.problem}."
    when = f", {one.time}" if one.time else ", without a time of its own"
    check = f". Check the signature: {one.check}" if one.check else ""
    return f"Receipt of entries 1 to {one.entries}: {one.kind}{when} ({one.file}){check}"


def show_spreads(out: Console, rows: Sequence[Spread]) -> None:
    """Scores of quantiles."""
    heads = ("", "topic", "owner", "questions", "quantile loss", "infinite", "in middle 50 %", "in middle 90 %")
    cells = [
        (
            row.basis,
            row.topic,
            row.owner,
            row.questions,
            "-" if row.loss is None else f"{row.loss:.4g} {row.unit}".strip(),
            row.unbounded or "",
            percent(row.inside_50),
            percent(row.inside_90),
        )
        for row in rows
    ]
    if cells:
        out.print()
        out.print(table("Quantiles (loss in the unit, 0 is perfect)", heads, cells, right=heads[3:]))


def show_calibration(out: Console, curves: Mapping[str, Sequence[Bin]]) -> None:
    """Calibration of each owner."""
    heads = ("owner", "forecast between", "forecasts", "mean forecast", "came true")
    cells = [
        (
            owner,
            f"{100 * one.low:g} and {100 * one.high:g} %",
            one.forecasts,
            percent(one.probability),
            percent(one.observed),
        )
        for owner, bins in curves.items()
        for one in bins
    ]
    if cells:
        out.print()
        out.print(table("Calibration", heads, cells, right=heads[2:]))
