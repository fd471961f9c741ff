"""The page and the text of a watch: one HTML file that opens offline, and a few lines to send to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import numpy as np

from polemos.ensemble import atomic_files
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.horizon_scores import HorizonScore
from polemos.ledger.scores import BEFORE
from polemos.report.html.content_policy import MARK, META, sealed
from polemos.report.html.page import NEUTRALITY, asset
from polemos.report.html.svg_figures import reliability
from polemos.report.page.contents import Diagram, Who
from polemos.report.page.likelihood_words import per_cent
from polemos.scores.calibration import Bin
from polemos.war.war import War
from polemos.watch.summary import Summary, summarise

PAGE, TEXT = "index.html", "summary.txt"
EMPTY = "Nothing has closed yet, so there is no skill to tell."
REPLAY = (
    "This is a replay of a past war: each forecast saw the record up to its day and nothing else, but the times in the "
    "ledger are those of the war, not those of the clock. It shows what a watch would have done. It is no proof of "
    "foresight: the forecaster's form was chosen by people who knew past wars, this one perhaps among them."
)


def write(
    folder: Path,
    ledger: Path,
    war: War,
    origin: np.datetime64,
    date: np.datetime64,
    forecaster: str,
    notice: str,
    *,
    replayed: bool = False,
) -> tuple[Path, Path]:
    """Write page and text of a watch whose questions were resolved up to `origin`. Raises `LedgerError`."""
    try:
        one = summarise(ledger, war.world, min(origin, war.world.until), date, forecaster, notice, replayed=replayed)
    except LedgerError as error:
        raise LedgerError(f"no page: {error}") from None
    written = []
    for name, content in ((PAGE, html(one, str(war.grade()))), (TEXT, text(one))):
        with atomic_files.whole(folder / name) as part:
            part.write_text(content, encoding="utf-8")
        written.append(folder / name)
    return written[0], written[1]


def text(one: Summary) -> str:
    """A few lines: what is likeliest to change, how good it has been, where it stands."""
    lines = [f"{one.title}, forecasts of {one.date}, resolved up to {one.origin}", ""]
    if one.replayed:
        lines += [REPLAY, ""]
    if one.notice:
        lines += [one.notice, ""]
    if one.likely:
        days = list(one.likely[0].chances)
        lines.append(f"Likeliest to be somebody else's on {', '.join(days)}:")
        for row in one.likely[:5]:
            chances = ", ".join(per_cent(chance) for chance in row.chances.values())
            lines.append(f"  {row.place} ({row.holder}): {chances}; likeliest to {row.other}")
    lines += ["", *(_skill_line(row) for row in _own(one.skill, one.forecaster))]
    if not one.skill:
        lines.append(EMPTY)
    for miss in one.misses[:2]:
        lines.append(
            f"Largest miss: {miss.question} On {miss.made}: {miss.expected} {per_cent(miss.expected_chance)}; "
            f"it was {miss.happened}, given {per_cent(miss.chance)}."
        )
    if one.revisions:
        lines.append(f"{len(one.revisions)} outcomes changed because the record was revised; both answers stay.")
    lines += ["", f"{one.questions:,} questions, {one.resolved:,} resolved; {one.entries:,} entries.", one.head]
    return "\n".join(lines) + "\n"


def _own(rows: Sequence[HorizonScore], owner: str) -> list[HorizonScore]:
    return [row for row in rows if row.owner == owner]


def _skill_line(row: HorizonScore) -> str:
    skill = "no simple rule to compare with" if row.skill is None else f"skill {_skill(row)} over {row.best}"
    late = "" if row.basis == BEFORE else ", recorded after the answer"
    return f"Made {row.horizon} ahead: {row.forecasts:,} forecasts resolved{late}, {skill}."


def _skill(row: HorizonScore) -> str:
    if row.skill is None:
        return "-"
    if row.low is None or row.high is None:
        return f"{100 * row.skill:+.0f} % (too few closing days for an interval)"
    return f"{100 * row.skill:+.0f} % ({100 * row.low:+.0f} to {100 * row.high:+.0f})"


def html(one: Summary, grade: str) -> str:
    """The page as text."""
    sections = [
        ("likely", "Likeliest to change hands", _likely(one)),
        ("happened", "Forecast against happened", _happened(one)),
        ("skill", "How good it has been", _skill_section(one)),
        ("misses", "Largest misses", _misses(one)),
        ("revised", "What a revised record changed", _revised(one)),
        ("limits", "What this is not", f"<p>{escape(NEUTRALITY)}</p><p>Record: {escape(grade)}.</p>"),
    ]
    body = "".join(
        f'<section id="{name}"><h2>{title}</h2>{content}</section>' for name, title, content in sections if content
    )
    nav = "".join(f'<a href="#{name}">{title}</a>' for name, title, content in sections if content)
    warnings = "".join(
        f'<p class="lead"><strong>{escape(words)}</strong></p>'
        for words in (one.notice, REPLAY if one.replayed else "")
        if words
    )
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{META}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(one.title)}, {one.date}</title>"
        f"<style>{asset('charts.css')}{asset('page.css')}</style></head><body><header>"
        f'<p class="kicker">A watch: forecasts registered before the outcome</p><h1>{escape(one.title)}</h1>'
        f'<p class="subtitle">Forecasts of {one.date}, resolved up to {one.origin}; by {escape(one.forecaster)}</p>'
        f"<nav>{nav}</nav>{_opening(one)}"
        f'</header><main>{warnings}<p class="small">{one.questions:,} questions, {one.resolved:,} resolved; '
        f"{one.forecasts:,} forecasts of {escape(one.forecaster)}, {one.beforehand:,} recorded before they closed. "
        f"<code>{escape(one.head)}</code> stands for all {one.entries:,} entries.</p>"
        f"{body}</main></body></html>"
    )
    assert MARK in page
    return sealed(page)


def _opening(one: Summary) -> str:
    lines = [_skill_line(row) for row in _own(one.skill, one.forecaster)]
    return f'<div class="headline">{"".join(f"<p>{escape(line)}</p>" for line in lines) or f"<p>{EMPTY}</p>"}</div>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(
        "<tr>"
        + f'<th scope="row">{escape(str(row[0]))}</th>'
        + "".join(f"<td>{escape(str(c))}</td>" for c in row[1:])
        + "</tr>"
        for row in rows
    )
    if not body:
        return ""
    shown = f"<caption>{escape(caption)}</caption>" if caption else ""
    table = f'<table class="plain">{shown}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="wide">{table}</div>'


def _likely(one: Summary) -> str:
    days = list(one.likely[0].chances) if one.likely else []
    heads = ("place", "held by", *(f"somebody else's on {day}" for day in days), "likeliest other")
    return _table(
        heads,
        [
            (
                row.place,
                row.holder,
                *(per_cent(row.chances[day]) if day in row.chances else "-" for day in days),
                row.other,
            )
            for row in one.likely
        ],
    )


def _happened(one: Summary) -> str:
    if not one.months:
        return f"<p>{EMPTY}</p>"
    heads = ("closed in", "forecasts", "likeliest was right", "log score", "log score if nothing changed")
    rows = [
        (row.month, row.questions, f"{row.right} ({per_cent(row.right / row.questions)})", f"{row.log:.3f}",
         "-" if row.rule is None else f"{row.rule:.3f}")
        for row in one.months
    ]  # fmt: skip
    return _table(heads, rows, "Who holds which place; 0 is a perfect log score")


def _skill_section(one: Summary) -> str:
    heads = ("made ahead", "by", "forecasts", "Brier", "log", "skill over the best simple rule", "that rule")
    parts = []
    for rows, caption in ((one.skill, "Who holds which place"), (one.totals, "Totals and own questions (yes or no)")):
        for basis in dict.fromkeys(row.basis for row in rows):
            late = "" if basis == BEFORE else ", recorded after the answer: no foresight"
            cells = [
                (row.horizon, row.owner, row.forecasts, f"{row.brier:.3f}", f"{row.log:.3f}", _skill(row), row.best)
                for row in rows
                if row.basis == basis
            ]
            parts.append(_table(heads, cells, caption + late))
    if one.bands:
        bands = [
            (row.topic, row.questions, _share(row.inside_50), _share(row.inside_90), row.unit) for row in one.bands
        ]
        band_heads = ("quantities", "resolved", "in the middle 50 %", "in the middle 90 %", "unit")
        parts.append(_table(band_heads, bands, "Bands"))
    curves = [(name, bins) for name, bins in one.calibration if bins]
    if curves:
        parts.append(_calibration(curves))
    parts.append(
        '<p class="small">Skill is the share of the log score of the best simple rule that is saved, with a 90 % '
        "interval that redraws closing days in blocks as long as the horizon and chooses the best rule anew.</p>"
    )
    return "".join(parts) if len(parts) > 1 else f"<p>{EMPTY}</p>"


def _share(value: float | None) -> str:
    return "-" if value is None else per_cent(value)


def _calibration(curves: Sequence[tuple[str, Sequence[Bin]]]) -> str:
    kinds = ("model", "rival")
    diagram = Diagram(
        "When it says so much, how often does it happen?",
        "",
        tuple((Who(name, kind), tuple(bins)) for (name, bins), kind in zip(curves, kinds, strict=False)),
    )
    cells = [
        (name, f"{100 * b.low:g} to {100 * b.high:g} %", b.forecasts, per_cent(b.probability), per_cent(b.observed))
        for name, bins in curves
        for b in bins
    ]
    table = _table(("by", "forecast between", "options", "mean forecast", "happened"), cells)
    marks = "; ".join(f"{mark}: {name}" for mark, (name, _) in zip(("squares", "diamonds"), curves, strict=False))
    caption = f"<figcaption><span>{escape(marks.capitalize())}</span></figcaption>"
    return f"<h3>{escape(diagram.title)}</h3><figure>{reliability(diagram)}{caption}</figure>{table}"


def _misses(one: Summary) -> str:
    heads = ("question", "forecast of", "expected", "happened", "given to it", "log score")
    cells = [
        (
            m.question,
            m.made,
            f"{m.expected} {per_cent(m.expected_chance)}",
            m.happened,
            per_cent(m.chance),
            f"{m.log:.2f}",
        )
        for m in one.misses
    ]
    return _table(heads, cells)


def _revised(one: Summary) -> str:
    cells = [
        (k.entry.question.text, k.entry.choice or k.entry.outcome, k.entry.source.record, k.entry.note)
        for k in one.revisions
    ]
    return _table(("question", "now", "by", ""), cells)
