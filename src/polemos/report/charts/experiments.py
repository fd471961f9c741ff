"""Charts of experiments with the model: what an answer depends on, and the ladder between two theories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from polemos.report.charts.maps import INK, MUTED, RULE

if TYPE_CHECKING:
    import altair as alt

    from polemos.counterfactual.theory_ladder import Ladder
    from polemos.inference.sensitivity import Sensitivity

FIRST, TOTAL = "#0072B2", "#E69F00"
SCREENED = 20
"""Factors of a screening that are drawn, those with the largest effects."""


def sensitivity(result: Sensitivity, title: str) -> alt.HConcatChart:
    """Effects of the screening on the left, shares of the variance of the leading factors on the right."""
    import altair as alt

    screened = [row for row in result.rows if row.mean_absolute][:SCREENED]
    screened += [row for row in result.rows if row.mean_absolute and not row.process and row not in screened]
    effects = [
        {"factor": row.factor, "mean": row.mean, "size": row.mean_absolute, "meaning": row.meaning} for row in screened
    ]
    order = [row.factor for row in screened]
    base = alt.Chart(alt.InlineData(values=effects)).encode(
        alt.Y("factor:N", sort=order, title=None), tooltip=["factor:N", "meaning:N", "mean:Q", "size:Q"]
    )
    bars = base.mark_bar(color=RULE, height=11).encode(
        alt.X("size:Q", title="change of the answer, 5 to 95 % of prior")
    )
    dots = base.mark_point(color=INK, filled=True, size=36, opacity=1).encode(alt.X("mean:Q"))
    left = (bars + dots).properties(width=300, title="Screening: mean size of the effect (bar), mean (dot)")

    shared = [row for row in result.rows if row.first is not None]
    values = [
        {"factor": row.factor, "share": name, "value": value, "low": low, "high": high}
        for row in shared
        for name, value, low, high in (
            ("alone", row.first, row.first_low, row.first_high),
            ("with interactions", row.total, row.total_low, row.total_high),
        )
    ]
    names = [row.factor for row in shared]
    right = alt.Chart(alt.InlineData(values=values)).encode(
        alt.Y("factor:N", sort=names, title=None),
        yOffset=alt.YOffset("share:N"),
        color=alt.Color(
            "share:N", title=None, scale=alt.Scale(domain=["alone", "with interactions"], range=[FIRST, TOTAL])
        ),
    )
    points = right.mark_point(filled=True, size=40, opacity=1).encode(alt.X("value:Q", title="share of the variance"))
    spans = right.mark_rule().encode(alt.X("low:Q"), alt.X2("high:Q"))
    both = (spans + points).properties(width=300, title="Sobol indices, 90 % intervals")
    panels: alt.HConcatChart = alt.hconcat(left, both).properties(title=title).configure_view(stroke=None)
    return panels


def ladder(result: Ladder, questions: list[str]) -> alt.Chart:
    """How each row moves the probability of some questions: a panel a question, 90 % intervals."""
    import altair as alt

    values = []
    for name, effects in [*((step.row.name, step.effects) for step in result.steps), ("all rows", result.whole)]:
        values += [
            {
                "row": name,
                "question": one.question,
                "points": 100 * one.difference,
                "low": 100 * one.low,
                "high": 100 * one.high,
                "title": one.title,
                "zero": 0.0,
            }
            for one in effects
            if one.question in questions
        ]
    order = [*(step.row.name for step in result.steps), "all rows"]
    base = alt.Chart().encode(alt.Y("row:N", sort=order, title=None), tooltip=["row:N", "title:N", "points:Q"])
    marks = alt.layer(
        base.mark_tick(color=MUTED, thickness=1, size=18).encode(alt.X("zero:Q")),
        base.mark_rule(color=FIRST, strokeWidth=2).encode(
            alt.X("low:Q", title="points of probability"), alt.X2("high:Q")
        ),
        base.mark_point(color=INK, filled=True, size=36, opacity=1).encode(alt.X("points:Q")),
        data=alt.InlineData(values=values),
    ).properties(width=210)
    how = "replaced one after the other" if result.climbing else "replaced alone"
    facets: alt.Chart = (
        marks.facet(facet=alt.Facet("question:N", sort=questions, title=None), columns=3)
        .properties(title=f"{result.first}'s theory with rows of {result.second}'s, {how}")
        .configure_view(stroke=None)
    )
    return facets
