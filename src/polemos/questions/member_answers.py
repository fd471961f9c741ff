"""The answer to a question in each member: yes or no, the quantity behind it, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from polemos.record.world import Floats

ANSWERED, UNASKED, BEYOND, LACKING = range(4)
STATUS = ("answered", "not asked", "beyond horizon", "not in the model")
"""Status of a member: a question about what follows an event is not asked where the event does not come."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Answers of the members [m]: `yes` is 1, 0 or NaN, `quantity` what lies behind it, `status` indexes `STATUS`."""

    yes: Floats
    quantity: Floats
    status: NDArray[np.int8]

    @property
    def table(self) -> Floats:
        """The three as columns: [m, 3]."""
        return np.stack([self.yes, self.quantity, self.status.astype(np.float64)], axis=1)

    @classmethod
    def from_table(cls, table: Floats) -> Verdicts:
        """From what `table` gave, of any number of chunks put together."""
        return cls(table[:, 0], table[:, 1], table[:, 2].astype(np.int8))


class Lacking(Exception):
    """A question looks at a part that the trajectories lack."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity [m] and its status. `rising`: where it is cut short by the end of the axis, it is a lower bound."""

    value: Floats
    status: NDArray[np.int8]
    rising: bool = False
