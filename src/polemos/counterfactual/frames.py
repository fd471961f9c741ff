"""A what-if as data frames."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from polemos.counterfactual.experiment import WhatIf


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """The result of a what-if: two sets of simulated wars that share every draw and differ in the change alone."""

    result: WhatIf

    def __repr__(self) -> str:
        one = self.result
        return f"<Counterfactual of {one.scenario}: {one.experiment}, {one.members} wars from {one.origin}>"

    @property
    def effects(self) -> pd.DataFrame:
        """A row a question: probabilities without and with the change, their difference and its 90 % interval.

        `gained` and `lost` count members that answer yes only with, and only without, the change.
        """
        import pandas as pd

        names = ("question", "title", "members", "factual", "counterfactual", "difference", "low", "high")
        rows = [asdict(one) for one in self.result.effects]
        return pd.DataFrame(rows, columns=[*names, "gained", "lost"])

    @property
    def series(self) -> pd.DataFrame:
        """A row an organisation and series: medians on the last day; 5, 50 and 95 % points of the difference."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "organisation": one.organisation,
                    "series": one.series,
                    "factual": one.factual,
                    "counterfactual": one.counterfactual,
                    "low": one.difference[0],
                    "median": one.difference[2],
                    "high": one.difference[4],
                }
                for one in self.result.shifts
            ]
        )

    def _repr_html_(self) -> str:
        html: str = self.effects.round(3).to_html(index=False)
        return f"<p>{self.result.sentence}</p>{html}"
