"""The strict variant of the forecast: it learns from those other wars alone that had ended before the origin.

By default a war learns from what lies before the origin of every other war, of one that goes on too, and its weights
come from all other wars, later ones among them. Neither can be had on the day by somebody who waits for a war to end.
The forms, centres and constants stay those that were chosen while looking at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from polemos.forecasters.front_hazard import FrontHazard

if TYPE_CHECKING:
    from polemos.model.front.fit import Replay

NAME = "forecast, ended wars alone"


@dataclass(frozen=True, slots=True)
class FrontOfEndedWars(FrontHazard):
    """A front hazard that shares its coefficients with those of its `wars` that ended by the origin."""

    def _others(self, origin: np.datetime64) -> list[Replay]:
        """The records of the wars that had ended, those that are long enough."""
        left = FrontHazard(wars=tuple(war for war in self.wars if war.until <= origin))
        return left._others(origin)
