"""`RunConfig`: every setting of a run and its default, in one object that command line, Python and page all build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from polemos.ensemble.posterior_draws import Draws
from polemos.model.process import Process

INPUTS = ("known", "actual", "drawn")
MEMBERS = 1000
"""Simulated wars, where nobody says how many."""


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Every setting of a run.

    Attributes
    ----------
    origin : date, str or None
        A day, a label of the scenario, or None for its default.
    until : date or None
        The last day; None for the scenario's `run_to`.
    members, seed : int
        Simulated wars, and the seed of every draw.
    inputs : str
        `known` (supports and relations as of the origin), `actual` (as they really were) or `drawn` (simulated by how
        long they lasted in other wars).
    theory : str
        A theory of the scenario.
    priors : mapping
        What takes the place of the theory's priors: a number, or `kind(a, b)` as `polemos explain` prints it.
    processes, without : tuple
        Processes that run besides the usual ones (names, Python files or `Process` objects), and those that do not run.
    changes : tuple of str
        What makes a counterfactual (see `polemos.argument.changes`).
    learn : bool
        Whether the slopes of the front are learnt from the record before the origin; else
        they keep their priors.
    posterior : str, Path or Draws, optional
        A file or a name of `polemos calibrate`, or draws at hand, that take the place of priors.
    events : str or Path, optional
        A file of UCDP events, of which the model sees those that had ended by the forecast date.

    Examples
    --------
    >>> RunConfig(members=200, origin="2008-01-01").seed
    1
    """

    origin: Any = None
    until: Any = None
    members: int = MEMBERS
    seed: int = 1
    inputs: str = "known"
    theory: str = "neutral"
    priors: Mapping[str, float | str] = field(default_factory=dict)
    processes: tuple[str | Process, ...] = ()
    without: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    learn: bool = True
    posterior: str | Path | Draws | None = None
    events: str | Path | None = None
