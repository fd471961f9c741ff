"""The fast mode fitted to full battles, over ratios 1:2 to 6:1 and towns of 10,000 to 300,000 residents."""

from __future__ import annotations

from typing import Any

from reading import Reading

from polemos.model import isolated_battles

SOURCE = "polemos calibrate-battles [c]"


def readings() -> list[Reading]:
    """How far the two modes differ."""
    found = isolated_battles.agree(isolated_battles.grid(2000))
    return [
        Reading("widest gap in the chance of victory", 0.0, found.worst_chance, 0.06, SOURCE),
        Reading("mean gap in the chance of victory", 0.0, found.mean_chance, 0.025, SOURCE),
        Reading("widest factor of median lengths", 1.0, found.worst_days, 0.3, SOURCE),
    ]


def chart() -> Any:
    """Full battles as dots, the fast mode as lines, by size."""
    import altair as alt

    cells = isolated_battles.agree(isolated_battles.grid(2000)).cells
    rows = [
        {
            "ratio": c.ratio,
            "residents": f"{c.people:,.0f}",
            "won": c.won_full,
            "fast": c.won_fast,
            "days": c.days_full,
            "days_fast": c.days_fast,
        }
        for c in cells
    ]
    x = alt.X("ratio:Q", scale=alt.Scale(type="log"), title="force ratio")
    base = alt.Chart(alt.Data(values=rows)).encode(x=x, color="residents:N")
    won = base.mark_point(filled=True).encode(y=alt.Y("won:Q", title="attacker wins")) + base.mark_line().encode(
        y="fast:Q"
    )
    scale = alt.Scale(type="log")
    days = base.mark_point(filled=True).encode(y=alt.Y("days:Q", scale=scale, title="median days"))
    return won | days + base.mark_line().encode(y=alt.Y("days_fast:Q", scale=scale))
