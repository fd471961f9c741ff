"""A board as JSON, as Markdown and as one picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polemos.board import protocol as protocols
from polemos.board.board import Board
from polemos.board.protocol import RULES
from polemos.board.table import BoardRow
from polemos.ensemble.atomic_files import put
from polemos.forecasters.leads import lead_words, ordered
from polemos.report.charts import save
from polemos.report.hindcast.skill import colour_of, percent
from polemos.scenario.optional_packages import missing

if TYPE_CHECKING:
    import altair as alt

JSON, MARKDOWN, CHART, MEANS = "board.json", "board.md", "board", "means"
EVERY = "mean over wars"
RULE = (
    "Skill is the share of the log score (floor {floor}) of the best simple rule of that war and lead that is saved; "
    "in brackets 90 % by redrawing blocks of origins, the best rule chosen anew in each redraw (and, of the mean, "
    "wars). A war with fewer than two blocks has no interval. Dated: the log score where a change counts anywhere "
    "within its precision, the better of the bounds. Changes: expected and real changes of hands an origin. Of ten: of "
    "the ten places with the highest probability to change hands, how many did, and how many times as many as chance. "
    "Totals of places: share of cases within the band of 80 % and fair CRPS, beside that of persistence; no other "
    "simple rule has totals."
)


def as_json(board: Board) -> dict[str, Any]:
    """A board as JSON values."""
    return {
        "protocol": protocols.as_json(board.protocol),
        "names": list(board.names),
        "members": board.members,
        "seed": board.seed,
        "entries": list(board.entries),
        "rows": [asdict(row) for row in board.rows],
        "means": [asdict(row) for row in board.means],
    }


def settings(folder: Path) -> dict[str, Any]:
    """Names, members and seed of the board that is written in a folder; empty where there is none."""
    try:
        content = json.loads((folder / JSON).read_text(encoding="utf-8"))
        return {
            "names": tuple(map(str, content["names"])),
            "members": int(content["members"]),
            "seed": int(content["seed"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def skill_heads(board: Board) -> list[str]:
    """The leads of a board in words."""
    return [lead_words(lead) for lead in leads_of(board)]


def leads_of(board: Board) -> tuple[str, ...]:
    """Every lead of a board, the shortest first."""
    return ordered({row.lead for row in board.rows})


def mean_cells(board: Board) -> list[tuple[str, ...]]:
    """A row a forecaster: mean skill over wars by lead, and over how many wars."""
    by = {(row.forecaster, row.lead): row for row in board.means}
    rows = []
    for name in board.forecasters:
        at = [by.get((name, lead)) for lead in leads_of(board)]
        rows.append(
            (
                name,
                *(
                    "-" if one is None else f"{percent(one.skill)}, {one.wars} war{'s' if one.wars > 1 else ''}"
                    for one in at
                ),
            )
        )
    return rows


def war_cells(board: Board, war: str) -> list[tuple[str, ...]]:
    """A row a forecaster: skill by lead on one war, the best rule marked."""
    rows = []
    for name in board.forecasters:
        cells = [name]
        for lead in leads_of(board):
            row = board.row(war, lead, name)
            cells.append("-" if row is None else "best rule" if row.best_rule == name else percent(row.skill))
        rows.append(tuple(cells))
    return rows


DETAIL_HEADS = (
    "lead",
    "forecaster",
    "log",
    "dated",
    "Brier",
    "changes: expected / real",
    "of ten",
    "totals: in band, CRPS / persistence's",
)


def detail_cells(board: Board, war: str) -> list[tuple[str, ...]]:
    """A row a lead and forecaster: every score on one war."""
    return [_detail(row) for row in board.rows if row.war == war]


def _detail(row: BoardRow) -> tuple[str, ...]:
    totals = "-"
    if row.covered is not None and row.crps is not None and row.crps_persistence is not None:
        totals = f"{100 * row.covered:.0f} %, {row.crps:.2f} / {row.crps_persistence:.2f}"
    lift = "" if row.lift is None else f" ({row.lift:.1f} times)"
    return (
        lead_words(row.lead),
        row.forecaster,
        f"{row.log:.4f}",
        f"{row.log_dated:.4f}",
        f"{row.brier:.4f}",
        f"{row.forecast:.1f} / {row.happened:.1f}",
        f"{row.hits:.2f}{lift}",
        totals,
    )


def basis(board: Board, war: str) -> str:
    """What the numbers of a war rest on."""
    plan = board.protocol.wars[war]
    blocks = {row.lead: f"{lead_words(row.lead)} {row.blocks}" for row in board.rows if row.war == war}
    return (
        f"{len(plan.origins)} origins, {plan.origins[0]} to {plan.origins[-1]}; blocks: "
        f"{', '.join(blocks.values())}; record {plan.digest[:8]}."
    )


def markdown(board: Board) -> str:
    """The board for a page of Markdown."""
    lines: list[str] = []

    def put_table(title: str, heads: list[str] | tuple[str, ...], rows: list[tuple[str, ...]], left: int = 1) -> None:
        lines.extend([f"**{title}**", "", "| " + " | ".join(heads) + " |"])
        lines.append("|" + "---|" * left + "---:|" * (len(heads) - left))
        lines.extend("| " + " | ".join(cells) + " |" for cells in rows)
        lines.append("")

    versions = ", ".join(f"{name} {value}" for name, value in board.protocol.code.items())
    lines += [f"Version {board.protocol.version} of the board; {board.members} members; made by {versions}.", ""]
    put_table("Skill over the best simple rule, mean over wars", ["", *skill_heads(board)], mean_cells(board))
    for war in board.protocol.wars:
        put_table(f"Skill, {war}", ["", *skill_heads(board)], war_cells(board, war))
        lines += [basis(board, war), ""]
    for war in board.protocol.wars:
        put_table(f"Scores, {war}", DETAIL_HEADS, detail_cells(board, war), left=2)
    return "\n".join([*lines, RULE.format(floor=board.protocol.floor)]) + "\n"


def chart(board: Board, *, means: bool = False) -> alt.TopLevelMixin:
    """Skill by war and lead with intervals: a panel a war and one for the mean; the simple rules are left out.

    With `means` the panel of the mean alone.
    """
    import altair as alt

    names = [name for name in board.forecasters if name not in RULES] or board.forecasters
    leads = [lead_words(lead) for lead in leads_of(board)]
    panels = []
    for war in (EVERY,) if means else (EVERY, *board.protocol.wars):
        rows: list[Any] = [row for row in board.rows if row.war == war] if war != EVERY else list(board.means)
        values = [
            {
                "forecaster": row.forecaster,
                "lead": lead_words(row.lead),
                "skill": 100 * row.skill.mean,
                "low": None if row.skill.low is None else 100 * row.skill.low,
                "high": None if row.skill.high is None else 100 * row.skill.high,
                "text": percent(row.skill),
            }
            for row in rows
            if row.forecaster in names
        ]
        base = alt.Chart(alt.InlineData(values=values)).encode(
            x=alt.X("lead:N", sort=leads, title=None, axis=alt.Axis(labelAngle=0), scale=alt.Scale(domain=leads)),
            xOffset=alt.XOffset("forecaster:N", sort=names, scale=alt.Scale(domain=names)),
            color=colour_of(names),
            tooltip=["forecaster:N", "lead:N", "text:N"],
        )
        scale = alt.Scale(domain=[-100, 60], clamp=True)
        y = alt.Y("skill:Q", title="skill, % of the best rule's score (cut at -100)", scale=scale)
        bars = base.transform_filter("datum.low !== null").mark_rule(strokeWidth=1.4)
        zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color="#999999").encode(y="zero:Q")
        drawn = zero + bars.encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
        panels.append(
            (drawn + base.mark_point(filled=True, size=36).encode(y)).properties(width=330, height=190, title=war)
        )
    grid: alt.TopLevelMixin = alt.concat(*panels, columns=2).configure_view(stroke=None)
    return grid


def write(board: Board, folder: Path) -> list[Path]:
    """Write a board into its folder: JSON, Markdown, and with the extra `charts` the picture and the means."""
    put(folder / JSON, json.dumps(as_json(board), indent=1).encode() + b"\n")
    put(folder / MARKDOWN, markdown(board).encode())
    written = [folder / JSON, folder / MARKDOWN]
    if missing("charts"):
        return written
    drawn: Any = chart(board)
    for ending in (".svg", ".png"):
        written.append(folder / f"{CHART}{ending}")
        save.save(drawn, written[-1], "The board")
    written.append(folder / f"{MEANS}.svg")
    save.save(chart(board, means=True), written[-1], "The board, mean over wars")
    return written
