"""polemos: an argument about a war as a model that can be run and scored.

`load(name)` gives a war, by the name of a scenario that ships or the path of a folder; `War.from_frames` makes one from
data frames. `war.run(...)` simulates it, `hindcast(...)` scores forecasters on its record, `forecaster` marks one of
yours, and `q` builds questions. Everything is imported when it is first used, so that importing polemos costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from polemos.counterfactual.frames import Counterfactual
    from polemos.ensemble.config import RunConfig
    from polemos.forecasters.function_forecaster import forecaster
    from polemos.hindcasts.frames import HindcastFrames
    from polemos.hindcasts.frames import hindcast_frames as hindcast
    from polemos.model.process import Process
    from polemos.questions import builders as q
    from polemos.report.charts.run_charts import Charts
    from polemos.war.simulation import Simulation
    from polemos.war.war import War, load

__all__ = [
    "Counterfactual",
    "HindcastFrames",
    "Process",
    "RunConfig",
    "Simulation",
    "War",
    "__version__",
    "charts",
    "forecaster",
    "hindcast",
    "load",
    "q",
    "scenarios",
    "write_page",
]

_HOMES = {
    "Counterfactual": ("polemos.counterfactual.frames", "Counterfactual"),
    "HindcastFrames": ("polemos.hindcasts.frames", "HindcastFrames"),
    "Process": ("polemos.model.process", "Process"),
    "RunConfig": ("polemos.ensemble.config", "RunConfig"),
    "Simulation": ("polemos.war.simulation", "Simulation"),
    "War": ("polemos.war.war", "War"),
    "forecaster": ("polemos.forecasters.function_forecaster", "forecaster"),
    "hindcast": ("polemos.hindcasts.frames", "hindcast_frames"),
    "load": ("polemos.war.war", "load"),
}
"""Module and name behind each public name that is imported on first use."""


def scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> "sri_lanka" in scenarios()
    True
    """
    from polemos.scenario.load import library

    return library()


def write_page(simulation: Simulation, path: Path | str = "report.html") -> Path:
    """Answer, resolve and score what a simulation was asked, and write its page.

    Parameters
    ----------
    simulation : Simulation
        What `war.run` gives.
    path : Path or str
        The HTML file, one that needs nothing else.

    Returns
    -------
    Path

    Raises
    ------
    OSError
        Where the file cannot be written.
    """
    from pathlib import Path

    from polemos.report.page import assess
    from polemos.war.assessment import assess as assess_war

    return assess.write(assess.account(assess_war(simulation.war, simulation)), Path(path))


def charts(simulation: Simulation) -> Charts:
    """The charts of a simulation, which are `simulation.plot` too."""
    from polemos.report.charts.run_charts import charts_of

    return charts_of(simulation)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "__version__":
        from importlib.metadata import version

        return version("polemos")
    if name == "q":
        return import_module("polemos.questions.builders")
    if name in _HOMES:
        module, own = _HOMES[name]
        return getattr(import_module(module), own)
    raise AttributeError(f"module 'polemos' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
