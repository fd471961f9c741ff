"""A war together with events that the user has a file of: an observation of the state at the origin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polemos.forecast.war import War


def observed(war: War, path: str | Path | None) -> War:
    """The war with the UCDP events of a file (.csv, .csv.gz or .zip); without one, the war as it is.

    Sides are known by the names of the scenario's organisations and by its aliases.csv. Raises `ScenarioError` for what
    cannot be read.
    """
    if path is None:
        return war
    from polemos.argument.naming import key, sides
    from polemos.record.events import observe
    from polemos.record.importers.names import matcher
    from polemos.scenario.load import read

    scenario = read(war.path)
    match = matcher(scenario, key, sides(scenario))
    return replace(war, world=observe(war.world, path, match.who, match.at))
