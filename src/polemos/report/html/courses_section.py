"""The section on the courses of the war: a sentence each, with a line for what the focus has. Escaped here."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from polemos.courses.courses import sentence, sign_words
from polemos.report.html.embedded_data import BEFORE, rounded
from polemos.report.html.sections import line_colours
from polemos.report.page.build import long_date
from polemos.report.page.contents import PageContents


def courses_section(contents: PageContents) -> tuple[str, dict[str, Any]]:
    """The section as HTML, and the data of its curve; empty where there is no simulated war to group."""
    courses = contents.courses
    if not courses:
        return "", {}
    alone = len(courses) == 1
    names = [holder.name for holder in contents.holders]
    places, until = contents.places.name, long_date(contents.dates[-1])
    colours = line_colours(len(courses))
    items = []
    for number, (course, colour) in enumerate(zip(courses, colours, strict=True)):
        sentences = [escape(sentence(course, names, until))]
        if course.sign is not None:
            sign = sign_words(course, places, names, long_date(course.sign.date))
            sentences.append(f"<b>First sign:</b> {escape(sign)}")
        elif not alone:
            sentences.append("<b>First sign:</b> none; no single place tells it from the others.")
        if course.parts is not None:
            sentences.append(f"<b>Parts from the others</b> for good by {long_date(course.parts)}.")
        elif not alone:
            sentences.append("It never stays distinct from the others.")
        if course.happened and not alone:
            sentences.append("<b>What happened</b> is nearest to this course.")
        swatch = f'<i class="swatch d{number % 3} pm-colour" style="--l:{colour["light"]};--d:{colour["dark"]}"></i>'
        share = "All simulated wars" if alone else f"{100 * course.share:.0f} of 100 simulated wars"
        items.append(f"<li><h3>{swatch}{share}</h3><p>{'</p><p>'.join(sentences)}</p></li>")
    curve, data = "", {}
    band = contents.band(contents.focus, "people")
    if band is not None and np.isfinite(band.quantiles).any():
        total = float(contents.places.people.sum())
        ahead = contents.dates[contents.first :].astype(float)
        lines = [total * np.interp(ahead, one.dates.astype(float), one.path[:, contents.focus]) for one in courses]
        begin = max(contents.first - BEFORE, 0)
        record = band.record[begin:]
        data["curve-courses"] = {
            "from": begin,
            "bands": None,
            "record": rounded(record) if np.isfinite(record).any() else None,
            "dots": False,
            "height": 220,
            **colours[0],
            "lines": [
                {"name": "mean" if alone else f"course {number}", "values": rounded(line), **colour}
                for number, (line, colour) in enumerate(zip(lines, colours, strict=True), 1)
            ],
            "label": "What the focus has in each course, and what happened. The sentences beside it say the same.",
        }
        focus = escape(contents.holders[contents.focus].name)
        mean = "mean of all simulated wars" if alone else "mean of each course"
        curve = f'<figure><figcaption>{focus}: people held, {mean}</figcaption><div id="curve-courses"></div></figure>'
    likeness = " They go so much alike that there is one course." if alone else ""
    html = (
        '<section id="courses"><h2>The courses this war may take</h2><p class="lead">The simulated wars, '
        f"grouped by who holds how many people over time.{likeness}</p>"
        f'<div class="courses"><ol>{"".join(items)}</ol>{curve}</div></section>'
    )
    return html, data
