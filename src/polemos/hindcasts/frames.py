"""Hindcasts from Python: names, steps and leads as words, results as data frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from polemos.ensemble.executor import Executor
from polemos.forecasters.base import Forecaster
from polemos.forecasters.leads import ordered
from polemos.forecasters.registry import NAMES, REFERENCE, lineup
from polemos.hindcasts.hindcast import Hindcast, hindcast
from polemos.hindcasts.origins import rolling_origins
from polemos.hindcasts.skill import summarise

if TYPE_CHECKING:
    import pandas as pd

    from polemos.war.war import War


@dataclass(frozen=True, slots=True, eq=False)
class HindcastFrames:
    """A hindcast with its results as data frames: what `polemos.hindcast` gives.

    Attributes
    ----------
    hindcast : Hindcast
        The arrays: what each forecaster said at each origin, and what happened.

    Examples
    --------
    >>> import polemos as pm
    >>> done = pm.hindcast(pm.load("sri_lanka"), ["persistence"], leads=["1mo"], origins=["2008-01-01"])
    >>> done.scores().columns[:3].tolist()
    ['forecaster', 'origin', 'lead']
    """

    hindcast: Hindcast

    def __repr__(self) -> str:
        result = self.hindcast
        span = f"{len(result.origins)} origins, {result.origins[0]} to {result.origins[-1]}"
        return f"<Hindcast of {result.world.name}: {', '.join(result.forecasters)}; {span}>"

    def scores(self) -> pd.DataFrame:
        """A row a forecaster, origin, lead and scope: places, log score, log score with the second floor, Brier."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.hindcast.scores()]).astype({"origin": "datetime64[s]"})

    def skill(self, reference: str | None = None) -> pd.DataFrame:
        """A row a forecaster, lead and scope: mean scores, and the share of the reference's log score that is saved.

        `skill` has a 90 % interval, `low` to `high`, by the bootstrap over blocks of origins. The reference is
        contiguity Markov where it was asked, else the first forecaster. Raises `KeyError` for a reference without
        scores.
        """
        import pandas as pd

        names = self.hindcast.forecasters
        chosen = reference or (REFERENCE if REFERENCE in names else names[0])
        return pd.DataFrame(
            [
                {
                    "forecaster": row.forecaster,
                    "lead": row.lead,
                    "scope": row.scope,
                    "origins": row.origins,
                    "log": row.log,
                    "brier": row.brier,
                    "reference": row.reference,
                    "skill": row.skill.mean,
                    "low": row.skill.low,
                    "high": row.skill.high,
                }
                for row in summarise(self.hindcast.scores(), chosen)
            ]
        )

    def _repr_html_(self) -> str:
        html: str = self.skill().round(3).to_html(index=False)
        return html


def hindcast_frames(
    war: War,
    forecasters: Sequence[str | Forecaster],
    every: str = "1mo",
    leads: Sequence[str] = ("1mo", "3mo"),
    *,
    origins: Sequence[object] | None = None,
    members: int = 800,
    seed: int = 1,
    store: Path | str | None = None,
    executor: Executor | None = None,
) -> HindcastFrames:
    """Ask forecasters at origins through a war's record, and score them on what happened.

    Parameters
    ----------
    war : War
    forecasters : sequence of str or Forecaster
        Short names (as of `polemos hindcast --forecasters`) or objects, such as functions marked with
        `polemos.forecaster`.
    every : str
        The step from origin to origin: months (`3mo`) or weeks (`2w`), from the end of a warm-up to the last day from
        which the longest lead is within the record.
    leads : sequence of str
        How far ahead, in the same words.
    origins : sequence of dates, optional
        Instead of `every`.
    members, seed : int
        Of the forecasters that simulate.
    store : Path or str, optional
        A folder in which answers are kept.
    executor : Executor, optional
        Where origins are worked on.

    Returns
    -------
    HindcastFrames

    Raises
    ------
    ValueError
        For words that are no leads, and for a record that is too short.
    KeyError
        For an unknown name.

    Examples
    --------
    >>> from polemos.war.war import load
    >>> frames = hindcast_frames(load("sri_lanka"), ["persistence"], leads=["1mo"], origins=["2008-01-01"])
    >>> frames.skill().columns[0]
    'forecaster'
    """
    chosen = [lineup((one,), members=members, seed=seed)[0] if isinstance(one, str) else one for one in forecasters]
    if not chosen:
        raise ValueError(f"name at least one forecaster: {', '.join(NAMES)}")
    words = ordered(leads)
    if origins is None:
        days = rolling_origins(war.world, every, leads=words)
    else:
        days = np.array([np.datetime64(str(one), "D") for one in origins])
    return HindcastFrames(hindcast(war.world, chosen, days, words, store=store, executor=executor))
