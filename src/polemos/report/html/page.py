"""Writes the page of a run: one HTML file that opens offline and from which no request leaves."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from pathlib import Path

import numpy as np

from polemos.ensemble import atomic_files
from polemos.report.html import argument, forecast_table, opening, result_sections, sections, tables
from polemos.report.html.content_policy import MARK, sealed
from polemos.report.html.courses_section import courses_section
from polemos.report.html.embedded_data import embedded, filled, page_data, script
from polemos.report.html.keys import answers_key
from polemos.report.html.lists import failures_section, likely_section
from polemos.report.html.presets_section import presets_section
from polemos.report.html.skill_chart import track_record_section
from polemos.report.html.slider_marks import slider_marks
from polemos.report.page.build import long_date
from polemos.report.page.contents import PageContents
from polemos.report.page.notable_places import opening_index
from polemos.report.page.provenance import GENERAL
from polemos.report.page.story import story

STYLES = ("charts.css", "page.css", "print.css")
SCRIPTS = ("core.js", "map.js", "curve.js", "histogram.js", "table.js", "save.js", "page.js")
"""In this order: each hangs what it draws on `polemos`, the last puts the page together."""

NEUTRALITY = (
    "Every claim on this page has an owner and a place in a text; the author and the rival are scored by the same rule "
    "and shown alike. Events are facts of a record with its sources. No part of the model stands for anybody's motive, "
    "and no blame is modelled: governments and insurgents obey the same "
    "equations. The model works on towns and weeks of the past; it is an instrument for understanding, teaching and "
    "accountability, not for operations."
)

LICENCE = "polemos is under the Apache License 2.0. What the page shows of a source is under that source's own licence."


PROSE = (
    "dots",
    "standfirst",
    "record",
    "track-record",
    "likely",
    "courses",
    "what-if",
    "failures",
    "limits",
    "results",
    "argument",
    "facts",
)
"""Parts of the page with sentences, in which a number stays with its per cent sign."""

AREAS = 800
"""Places from which on the map opens with the ground around them in colour: marks alone are a mist there."""


def asset(name: str) -> str:
    """A file of `assets`, as text."""
    return (files("polemos.report") / "assets" / name).read_text(encoding="utf-8")


BESIDE = (
    "On the left is what happened, on the right what the simulated wars expected from the day of the forecast on, "
    "which is the dotted line on the slider."
)
AHEAD = "Right of the dotted line on the slider, which is the day of the forecast, is what the simulated wars expect."
LINES = "The solid line, or the dots, are what happened (of fighters, the share that can be in the field). "
"""Sentences on maps and curves that depend on whether anything after the forecast is known."""


def has_happened(contents: PageContents) -> bool:
    """Whether anything that happened after the day of the forecast was observed."""
    return bool((contents.record[contents.first + 1 :] >= 0).any())


def unbroken(text: str) -> str:
    """HTML in which no line begins with a per cent sign or with the millions of a number."""
    return re.sub(r"(?<=\d) (%|million\b)", "\u00a0\\1", text)


def days_in_words(text: str) -> str:
    """A sentence whose days are written as on the rest of the page: `2019-12-31` is `31 December 2019`."""
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda day: long_date(np.datetime64(day[0])), text)


def html(contents: PageContents) -> str:
    """The page as text."""
    data = page_data(contents)
    headline_story = story(contents)
    figures, data["curves"] = sections.curves(contents, data["holders"])
    theories, more = sections.theories(contents)
    courses, lines = courses_section(contents)
    data["curves"] |= more | lines
    options = "".join(
        f'<option value="{number}"{" selected" if number == contents.focus else ""}>{escape(holder.name)}</option>'
        for number, holder in enumerate(contents.holders)
    )
    members = len(data["members"])
    likely, failed = likely_section(contents), failures_section(contents)
    other = result_sections.sections(contents.results)
    is_past = has_happened(contents)
    parts = {
        "beside": BESIDE if is_past else AHEAD,
        "curves-title": "What was expected, what happened" if is_past else "What is expected",
        "curves-lead": LINES if is_past else "",
        "policy": MARK,
        "title": escape(contents.title),
        "subtitle": escape(contents.subtitle),
        "origin": long_date(contents.origin),
        "headline": escape(headline_story.headline),
        "standfirst": "".join(f"<p>{escape(sentence)}</p>" for sentence in headline_story.standfirst),
        "dots": opening.dots(contents),
        "facts": tables.facts(contents.facts),
        "command": f'<pre tabindex="0">{escape(contents.command)}</pre>' if contents.command else "",
        "legend": sections.legend(contents),
        "borders": sections.borders(contents),
        "record": sections.record(contents),
        "ratio": str(data["ground"]["ratio"]),
        "last": str(len(contents.dates) - 1),
        "start": str(opening_index(contents)),
        "moved": slider_marks(contents),
        "areas": " checked" if len(contents.places.id) >= AREAS else "",
        "holders": options,
        "members": str(members),
        "single": "" if members else " hidden",
        "simulated": f"{contents.simulated:,}",
        "mark": f"{100 * contents.origin_index / max(len(contents.dates) - 1, 1):.2f}",
        "curves": figures,
        "scores": tables.score_table(contents),
        "diagrams": sections.diagrams(contents),
        "key": answers_key(contents),
        "filters": forecast_table.forecast_controls(contents),
        "forecasts": forecast_table.forecast_table(contents),
        "readings": tables.reading_table(contents),
        "coverage": tables.coverage_table(contents),
        "theories": theories,
        "results": other,
        "argument": "" if contents.argument is None else argument.section(contents.argument, folded=True),
        "limits": "".join(f"<li>{escape(days_in_words(limit))}</li>" for limit in (*contents.limits, *GENERAL)),
        "neutrality": escape(NEUTRALITY),
        "licence": escape(LICENCE),
        "credits": tables.facts(contents.credits),
        "nav": _contents_list(theories, likely, failed, contents),
        "track-record": track_record_section(contents),
        "likely": likely,
        "courses": courses,
        "failures": failed,
        "what-if": presets_section(contents),
        "data": embedded("page-data", data),
        "style": f"<style>{''.join(asset(name) for name in STYLES)}</style>",
        "scripts": "".join(script(asset(name)) for name in SCRIPTS),
    }
    return sealed(filled(asset("page.html"), parts | {name: unbroken(parts[name]) for name in PROSE}))


def _contents_list(theories: str, likely: str, failed: str, contents: PageContents) -> str:
    rows = [("map", "Map"), ("track-record", "Track record")]
    rows += [("likely", "Likely changes")] if likely else []
    rows += [("courses", "Courses")] if contents.courses else []
    rows += [("curves", "Curves")]
    rows += [("what-if", "What if")] if contents.presets else []
    rows += [("failures", "Failures")] if failed else []
    rows += [("limits", "Limits"), ("answers", "All forecasts"), ("score", "Scores")]
    rows += [("theories", "Theories")] if theories else []
    rows += [("argument", "Argument")] if contents.argument is not None else []
    rows += [("credits", "Sources"), ("run", "Reproduce")]
    return "".join(f'<a href="#{name}">{title}</a>' for name, title in rows)


def write(contents: PageContents, path: str | Path) -> Path:
    """Write the page, whole or not at all. Returns the path."""
    target = Path(path)
    text = html(contents)
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_files.whole(target) as part:
        part.write_text(text, encoding="utf-8")
    return target
