"""The reliability diagrams: when a forecaster says 70 %, does it happen 70 % of the time?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polemos.report.page.contents import Diagram, Who
from polemos.report.page.forecast_rows import Asked, voices
from polemos.war.assessment import MODEL
from polemos.war.simulation import Simulation

FEWEST = 3
"""A forecaster with fewer resolved answers has no reliability diagram."""

LEADS = (182, 365)
"""Days ahead at which the chance that a place changes hands is compared with the record."""


def diagrams(simulation: Simulation, rows: Sequence[Asked], forecasters: Sequence[Who]) -> tuple[Diagram, ...]:
    """Reliability of everybody's answers to the questions, and of the model on places that change hands."""
    from polemos.scores.calibration import curve

    outcomes: dict[str, list[tuple[float, int]]] = {}
    for row in rows:
        if row.outcome is None:
            continue
        for voice, claim in voices(row).items():
            if claim.coding:
                outcomes.setdefault(voice, []).append((claim.coding.mid, row.outcome))
        for name, answer in row.answers.items():
            if answer.probability is not None:
                outcomes.setdefault(name, []).append((answer.probability, row.outcome))
    shown = [who for who in forecasters if who.kind != "baseline" and len(outcomes.get(who.name, ())) >= FEWEST]
    diagrams_ = []
    if shown:
        curves = tuple((who, tuple(curve(*zip(*outcomes[who.name], strict=True)))) for who in shown)
        note = "Questions that are resolved. They are few and depend on each other: a pattern, no verdict."
        diagrams_.append(Diagram("Answers to the questions", note, curves))
    world, summary, origin = simulation.war.world, simulation.summary, simulation.run.plan.origin
    for lead in LEADS:
        date = origin + np.timedelta64(lead, "D")
        ends = np.array([origin, date], "datetime64[D]")
        observed = world.observed(ends).all(axis=0)
        if date <= simulation.run.plan.until and observed.any():
            before, after = world.holders(ends)[:, observed]
            chance = summary.probability[summary.step(date)][observed]
            moved = 1 - chance[np.arange(len(before)), before]
            bins = tuple(curve(moved, before != after))
            note = f"{len(before)} places, {int((before != after).sum())} of which changed hands."
            title = f"Places with another holder after {'a year' if lead > 300 else 'half a year'}"
            diagrams_.append(Diagram(title, note, ((Who(MODEL, "model"), bins),)))
    return tuple(diagrams_)
