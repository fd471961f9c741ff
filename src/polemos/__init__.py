"""polemos: an argument about a war as a model that can be run and scored.

`load(name)` gives a war, by the name of a scenario that ships or the path of a folder. Everything is imported when
it is first used, so that importing polemos costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from polemos.forecast.war import Simulation, War, load
    from polemos.report.chart import Charts

__all__ = ["Simulation", "War", "__version__", "charts", "load", "scenarios", "write_page"]


def scenarios() -> tuple[str, ...]:
    """Names of the scenarios that ship."""
    from polemos.scenario.load import library

    return library()


def write_page(simulation: Simulation, path: Path | str = "report.html") -> Path:
    """Answer, resolve and score what a simulation was asked, and write its page."""
    from pathlib import Path

    from polemos.report import run

    return run.write(run.account(simulation.war, simulation), Path(path))


def charts(simulation: Simulation) -> Charts:
    """The charts of a simulation, which are `simulation.chart` too."""
    from polemos.report.chart import charts_of

    return charts_of(simulation)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("polemos")
    if name in ("Simulation", "War", "load"):
        from polemos.forecast import war

        return getattr(war, name)
    raise AttributeError(f"module 'polemos' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
