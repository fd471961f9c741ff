"""`run.chart`: the charts of a simulation as Altair objects, and how they are written to files without a browser.

The same contents stand behind the page: `run.chart.map()`, `.control()`, `.forecasts()`, `.reliability()`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble import durable
from polemos.record.world import day
from polemos.report.contents import PageContents

if TYPE_CHECKING:
    from polemos.forecast.war import Simulation

KINDS = (".png", ".svg", ".pdf")


@dataclass(frozen=True)
class Charts:
    """The charts of a simulation. What they show is worked out once, when the first is asked for."""

    simulation: Simulation

    @cached_property
    def contents(self) -> PageContents:
        """What the page of the simulation shows."""
        from polemos.report.run import account

        return account(self.simulation.war, self.simulation).contents

    def map(self, date: object = None, mode: str = "likely", organisation: str | None = None, width: int = 820) -> Any:
        """The map on a day (by default that of the forecast).

        `mode`: `record`, `likely` (most likely holder), `chance` (of an organisation, by default the focus). Raises
        `ValueError` for a day outside the page or another mode, `KeyError` for an organisation that is not there.
        """
        from polemos.report.charts import place_map

        holder = None if organisation is None else self.simulation.war.world.organisation(organisation)
        return place_map(self.contents, self._index(date), mode, holder, width)

    def control(self, quantity: str = "people") -> Any:
        """Curves of a quantity, an organisation a row: bands of 50 and 90 %, median, record. Raises `ValueError`."""
        from polemos.report.charts_curves import curves

        there = list(dict.fromkeys(band.quantity for band in self.contents.bands))
        if quantity not in there:
            raise ValueError(f"no quantity {quantity!r}; there are {', '.join(there)}")
        return curves(self.contents, quantity)

    def forecasts(self) -> Any:
        """Every answer to every question on a line from 0 to 100 %, with the outcomes."""
        from polemos.report.charts_answers import forecasts

        return forecasts(self.contents)

    def reliability(self) -> Any:
        """Share that came true against the probability told. Raises `ValueError` where nothing is resolved."""
        from polemos.report.charts_answers import reliability

        return reliability(self.contents)

    def _index(self, date: object) -> int | None:
        if date is None:
            return None
        dates = self.contents.dates
        when = day(date)
        if not dates[0] <= when <= dates[-1]:
            raise ValueError(f"{when} lies outside the page, {dates[0]} to {dates[-1]}")
        return int(np.searchsorted(dates, when, side="right")) - 1


def charts_of(simulation: Simulation) -> Charts:
    """The charts of a simulation, the same object each time."""
    made: Charts = simulation.__dict__.setdefault("_charts", Charts(simulation))
    return made


def save(chart: Any, path: Path, scale: float = 2.0) -> Path:
    """Write a chart as PNG, SVG or PDF, by the end of the name, whole or not at all. Raises `ValueError`, `OSError`."""
    import vl_convert

    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path.name}: a chart is written as {', '.join(KINDS)}")
    specification = chart.to_dict()
    if path.suffix.lower() == ".png":
        content = vl_convert.vegalite_to_png(specification, scale=scale)
    elif path.suffix.lower() == ".pdf":
        content = vl_convert.vegalite_to_pdf(specification)
    else:
        content = vl_convert.vegalite_to_svg(specification).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with durable.whole(path) as part:
        part.write_bytes(content)
    return path
