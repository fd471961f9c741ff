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
    from polemos.argument.gazetteer import gazetteer
    from polemos.record.events import observe
    from polemos.scenario.load import read

    names = gazetteer(read(war.path))

    def who(side: str) -> set[str]:
        plain = side.strip().removeprefix("The ")
        # A name counts only if it is all of the side's, and no short one may begin a sentence.
        whole = (name for name in names.find(f"of {plain}") if name.end - name.start == len(plain))
        return {name.ids[0] for name in whole if name.kind == "organisation"}

    return replace(war, world=observe(war.world, path, who))
