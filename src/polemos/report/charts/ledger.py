"""A run's forecasts for the ledger, and the calibration chart of a ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polemos.ledger import from_war
from polemos.ledger.entries import Entry
from polemos.ledger.entry_fields import LedgerError
from polemos.report.charts import save
from polemos.scores.calibration import Bin
from polemos.war.assessment import FORECAST, FRONT, MODEL, baselines
from polemos.war.simulation import Simulation

INK, MUTED = "#23211d", "#6f6a60"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")


def entries(simulation: Simulation) -> list[Entry]:
    """What everybody answered: the forecast, the model (both by the theory), the front hazard, the baselines, and the
    owners of claims of that day."""
    theory = simulation.run.plan.theory
    by = "" if theory == "neutral" else f" ({theory})"
    rows = []
    if simulation.forecast is not None:
        rows += from_war.forecasts(simulation, simulation.forecast_answers, FORECAST + by)
        rows += from_war.forecasts(simulation, simulation.forecast.front_answers(simulation.questions), FRONT)
    rows += from_war.forecasts(simulation, simulation.answers, MODEL + by)
    for baseline in baselines():
        answers = baseline.answer(simulation.run.world, simulation.questions, simulation.run.plan.until)
        rows += from_war.forecasts(simulation, answers, baseline.name)
    ids = {question.id for question in simulation.questions}
    claim_rows = from_war.claims(simulation.war, simulation.run.plan.origin)
    return rows + [entry for entry in claim_rows if entry.question.id in ids]


def calibration_rows(curves: Mapping[str, Sequence[Bin]]) -> list[dict[str, Any]]:
    """Rows of the chart, one an owner and bin."""
    return [
        {"owner": owner, "forecast": one.probability, "observed": one.observed, "forecasts": one.forecasts}
        for owner, bins in curves.items()
        for one in bins
    ]


def calibration_chart(curves: Mapping[str, Sequence[Bin]], width: int = 380) -> Any:
    """Share that came true against the forecast probability, by owner; circles by number of forecasts."""
    import altair as alt

    unit = alt.Scale(domain=[0, 1])
    line = (
        alt.Chart(alt.InlineData(values=[{"forecast": 0, "observed": 0}, {"forecast": 1, "observed": 1}]))
        .mark_line(color=MUTED, strokeDash=[4, 4], strokeWidth=1)
        .encode(x="forecast:Q", y="observed:Q")
    )
    base = alt.Chart(alt.InlineData(values=calibration_rows(curves))).encode(
        x=alt.X("forecast:Q", scale=unit, title="Forecast probability", axis=alt.Axis(format="%", tickCount=5)),
        y=alt.Y("observed:Q", scale=unit, title="Share that came true", axis=alt.Axis(format="%", tickCount=5)),
        color=alt.Color(
            "owner:N", scale=alt.Scale(domain=list(curves), range=list(COLOURS[: max(len(curves), 1)])), title=None
        ),
    )
    points = base.mark_circle(opacity=0.8).encode(
        size=alt.Size("forecasts:Q", scale=alt.Scale(type="sqrt", range=[30, 400]), title="forecasts"),
        tooltip=[
            alt.Tooltip("owner:N", title="owner"),
            alt.Tooltip("forecasts:Q", title="forecasts"),
            alt.Tooltip("forecast:Q", title="forecast", format=".0%"),
            alt.Tooltip("observed:Q", title="came true", format=".0%"),
        ],
    )
    chart: Any = alt.layer(line, base.mark_line(strokeWidth=1.5), points)
    return chart.properties(width=width, height=width, title="Calibration").configure(
        font="system-ui, sans-serif", view={"stroke": "#d9d4c8"}, title={"anchor": "start", "color": INK}
    )


def write_calibration(curves: Mapping[str, Sequence[Bin]], path: Path) -> Path:
    """Write the chart as HTML that opens offline, SVG or PNG, by the end of its name. Raises `LedgerError`."""
    if path.suffix not in save.ENDINGS:
        raise LedgerError(f"{path.name}: a chart is written as {', '.join(save.ENDINGS)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save.save(calibration_chart(curves), path, "Calibration")
    except OSError as error:
        raise LedgerError(f"{path} cannot be written: {error.strerror}") from None
    return path
