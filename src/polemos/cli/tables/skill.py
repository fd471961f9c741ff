"""Skill, calibration and the scores of a run in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console

from polemos.cli.printing import number, percent
from polemos.cli.printing import table as printed
from polemos.forecasters.leads import lead_words
from polemos.hindcasts.run_scores import MODEL
from polemos.report.hindcast import calibration as shown
from polemos.report.hindcast import skill
from polemos.report.hindcast.skill import SkillTable

if TYPE_CHECKING:
    from polemos.hindcasts.run_scores import RunScore


def change_cell(change: Any) -> str:
    """A change with its interval."""
    if change.low is None:
        return f"{change.mean:+.4f}"
    return f"{change.mean:+.4f} ({change.low:+.4f} to {change.high:+.4f})"


def show_skill(out: Console, table: SkillTable) -> None:
    """Log scores with skill by lead, all places and those at a front; Brier and second scores; bands."""
    heads = [lead_words(lead) for lead in table.leads]
    for scope, title in skill.SCOPES.items():
        cells = [
            (name, *(skill.log_cell(table.row(name, lead, scope)) for lead in table.leads))
            for name in table.forecasters
        ]
        out.print(printed(f"Log score of the holder, {title}, and skill", ("", *heads), cells, right=heads))
        out.print()
    for field, title in (
        ("brier", "Brier score"),
        ("log_second", "Log score with 0.0001 mixed in"),
        ("log_dated", "Log score where a change counts anywhere within its precision (the better of the bounds)"),
    ):
        columns = [f"{scope}, {head}" for scope in skill.SCOPES for head in heads]
        cells = []
        for name in table.forecasters:
            rows = [table.row(name, lead, scope) for scope in skill.SCOPES for lead in table.leads]
            cells.append((name, *("-" if row is None else f"{getattr(row, field):.3f}" for row in rows)))
        out.print(printed(title, ("", *columns), cells, right=columns))
        out.print()
    if table.bands:
        leads = (*table.leads, None)
        columns = [lead_words(lead) for lead in leads]
        names = dict.fromkeys((band.measure, band.forecaster) for band in table.bands)
        bands = [
            (f"{name}: {measure}", *(skill.band_cell(table.band(name, measure, lead)) for lead in leads))
            for measure, name in sorted(names, key=lambda pair: pair[0] != "places")
        ]
        title = "Bands of 80 % of totals by organisation: contained the outcome, CRPS in units of persistence's"
        out.print(printed(title, ("", *columns), bands, right=columns))
        out.print()
    show_calibration(out, table)
    out.print(skill.RULE.format(reference=table.reference))
    out.print(skill.basis(table))


def show_calibration(out: Console, table: SkillTable) -> None:
    """Parts of the Brier score of a change, scores of whole paths, and PIT of totals."""
    heads = [lead_words(lead) for lead in table.leads]
    parts = (
        (f"{shown.CHANGE} (times 1000)", heads, shown.change_rows(table)),
        (shown.PATHS, ["origins", "ranked", "energy"], shown.path_rows(table)),
        (shown.PIT, shown.pit_heads(table), shown.pit_rows(table)),
    )
    for title, columns, cells in parts:
        if cells:
            out.print(printed(title, ("", *columns), cells, right=columns))
            out.print()


def show_run(out: Console, scored: RunScore) -> None:
    """The scores of a run."""
    out.print(f"{scored.scenario}, forecast of {scored.origin}, {scored.members:,} simulated wars; {scored.folder}")
    out.print("Lower is better; 0 is perfect. The simple rules: persistence, pooled Markov, contiguity Markov.\n")
    heads = [lead_words(lead) for lead in scored.leads]
    for scope in ("all", "front"):
        rows = [row for row in scored.places if row.scope == scope]
        cells = []
        for name in dict.fromkeys(row.forecaster for row in rows):
            by = {row.lead: row for row in rows if row.forecaster == name}
            cells.append(
                (name, *(f"{by[lead].log:.3f} / {by[lead].brier:.3f}" if lead in by else "-" for lead in scored.leads))
            )
        if cells:
            where = "all places" if scope == "all" else "places next to a front"
            out.print(printed(f"Log score / Brier score, {where}", ("", *heads), cells, right=heads))
            out.print()
    if scored.questions:
        who = scored.questions[0].forecaster
        others = () if who == MODEL else (MODEL, "Brier score, model")
        columns = ("question", who, "outcome", "log score", "Brier score", *others, "id")
        outcomes = {1: "yes", 0: "no", None: "not known"}
        cells = [
            (
                row.title,
                row.status if row.probability is None else percent(row.probability),
                outcomes[row.outcome],
                number(row.log),
                number(row.brier),
                *((percent(row.model), number(row.model_brier)) if others else ()),
                row.question,
            )
            for row in scored.questions
        ]
        least = {"question": 28}
        out.print(printed("Questions", columns, cells, right=columns[1:-1], spare=("log score", "id"), least=least))
        pairs = [
            (row.brier, row.model_brier)
            for row in scored.questions
            if row.brier is not None and row.model_brier is not None
        ]
        if pairs:
            means = dict(
                zip((who, MODEL), (sum(values) / len(pairs) for values in zip(*pairs, strict=True)), strict=True)
            )
            shown_means = ", ".join(f"{name} {mean:.3f}" for name, mean in means.items())
            out.print(f"\nMean Brier score of {len(pairs)} questions: {shown_means}")
