"""A what-if as data frames."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from polemos.counterfactual.experiment import WhatIf


@dataclass(frozen=True, slots=True, eq=False)
class Counterfactual:
    """The result of a what-if: two sets of simulated wars that share every draw and differ in the change alone.

    It is a property of the model, not a finding about the war.

    Attributes
    ----------
    result : WhatIf
        Everything that was found, as plain values.

    Notes
    -----
    Shared draws are common random numbers: a difference is taken member by member, and its interval is that of the
    paired differences.

    Examples
    --------
    >>> import polemos as pm
    >>> war = pm.load("sri_lanka")
    >>> change = f"losses.{war.world.organisations.id[0]}=0.5@2008-02-01"
    >>> one = war.what_if(change, members=4, origin="2008-01-01", until="2008-03-01")
    >>> one.effects.columns[:2].tolist()
    ['question', 'title']
    """

    result: WhatIf

    def __repr__(self) -> str:
        one = self.result
        return f"<Counterfactual of {one.scenario}: {one.experiment}, {one.members} wars from {one.origin}>"

    @property
    def effects(self) -> pd.DataFrame:
        """What the change does to the answers, a row a question.

        Returns
        -------
        pandas.DataFrame
            `factual` and `counterfactual` are probabilities of yes without and with the change, `difference` is the
            second less the first, from `low` to `high` with 90 %. `gained` and `lost` count members that answer yes
            only with, and only without, the change.
        """
        import pandas as pd

        names = ("question", "title", "members", "factual", "counterfactual", "difference", "low", "high")
        rows = [asdict(one) for one in self.result.effects]
        return pd.DataFrame(rows, columns=[*names, "gained", "lost"])

    @property
    def series(self) -> pd.DataFrame:
        """What the change does to places, people and men on the last day, a row an organisation and series.

        Returns
        -------
        pandas.DataFrame
            `factual` and `counterfactual` are medians in the unit of the `series`; `low`, `median` and `high` are the
            5, 50 and 95 % points of the difference, member by member.
        """
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
