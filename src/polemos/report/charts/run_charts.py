"""`run.plot`: the charts of a simulation as Altair objects, and how they are written to files without a browser.

`run.plot.map()`, `.control()`, `.forecasts()`, `.reliability()` draw what the run holds: nothing is simulated, no
baseline is asked and nothing is written. What baselines said is shown where the page of the run left it in its folder.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.record.world import day
from polemos.report.page.contents import PageContents

if TYPE_CHECKING:
    from polemos.war.simulation import Simulation


@dataclass(frozen=True)
class Charts:
    """The charts of a simulation, as Altair objects: what `run.plot` gives.

    What they show is read once, when the first is drawn; nothing is simulated and nothing is written.

    Attributes
    ----------
    simulation : Simulation
        What is drawn.

    Examples
    --------
    >>> import polemos as pm
    >>> run = pm.load("sri_lanka").run(members=4, origin="2008-01-01", until="2008-02-01")
    >>> sorted(run.plot.control("places").to_dict())[0]
    '$schema'
    """

    simulation: Simulation

    @cached_property
    def contents(self) -> PageContents:
        """The simulated course of the war beside the record."""
        from polemos.report.page.assess import course

        return course(self.simulation.war, self.simulation)

    @cached_property
    def answers(self) -> PageContents:
        """The answers to the questions, with the outcomes. Raises `ValueError` where the run has none."""
        from polemos.report.page.assess import answers_of
        from polemos.report.page.forecast_rows import forecast_row
        from polemos.report.page.related_results import baselines_left
        from polemos.report.page.reliability_diagrams import diagrams
        from polemos.war.assessment import Assessment, Comparison

        war, simulation = self.simulation.war, self.simulation
        lacking = [question.id for question in simulation.questions if question.id not in simulation.run.verdicts]
        if lacking or not simulation.questions:
            raise ValueError(
                f"this run answers no question{': ' + ', '.join(lacking) if lacking else ''}; "
                f"polemos run {war.name} answers those in questions.yaml"
            )
        comparison = Comparison(baselines_left(simulation), simulation.resolutions)
        rows, forecasters = answers_of(Assessment(war, simulation, comparison))
        return replace(
            self.contents,
            forecasters=forecasters,
            forecasts=tuple(forecast_row(row) for row in rows),
            diagrams=diagrams(simulation, rows, forecasters),
        )

    def map(self, date: object = None, mode: str = "likely", organisation: str | None = None, width: int = 820) -> Any:
        """The map on a day.

        Parameters
        ----------
        date : date or str, optional
            By default the day of the forecast.
        mode : str
            `record`, `likely` (the most likely holder) or `chance` (the probability of an organisation).
        organisation : str, optional
            Whose chance is shown, by id; by default the focus of the scenario.
        width : int
            Pixels.

        Returns
        -------
        altair.LayerChart

        Raises
        ------
        ValueError
            For a day outside the page, or another mode.
        KeyError
            For an organisation that is not there.
        """
        from polemos.report.charts.maps import place_map

        holder = None if organisation is None else self.simulation.war.world.organisation(organisation)
        return place_map(self.contents, self._index(date), mode, holder, width)

    def control(self, quantity: str = "people") -> Any:
        """Curves of a quantity over time, an organisation a row: bands of 50 and 90 %, median and record.

        Parameters
        ----------
        quantity : str
            `people` or `places` held, or a series of the run, such as `fighters`.

        Returns
        -------
        altair.VConcatChart

        Raises
        ------
        ValueError
            For a quantity that the run has not; the message names those it has.
        """
        from polemos.report.charts.curves import curves

        quantities = list(dict.fromkeys(band.quantity for band in self.contents.bands))
        if quantity not in quantities:
            raise ValueError(f"no quantity {quantity!r}; there are {', '.join(quantities)}")
        return curves(self.contents, quantity)

    def forecasts(self) -> Any:
        """Every answer to every question on a line from 0 to 100 %, with the outcomes."""
        from polemos.report.charts.answers import forecasts

        return forecasts(self.answers)

    def reliability(self) -> Any:
        """Share that came true against the forecast probability. Raises `ValueError` where nothing is resolved."""
        from polemos.report.charts.answers import reliability

        return reliability(self.answers)

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
    charts: Charts = simulation.__dict__.setdefault("_charts", Charts(simulation))
    return charts
