"""`RunConfig`: every setting of a run and its default, in one object that all doors build."""

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

    `origin` is a day, a label of the scenario or None (the scenario's default); `until` a day or None (the scenario's
    `run_to`). `inputs` are `known` (supports and relations as of the origin), `actual` (as they came)
    or `drawn` (as they may go on, by how long they lasted in other wars). `priors` take
    the place of those of `theory`: a number, or `kind(a, b)` as `polemos explain` prints it, by parameter. `processes`
    run besides the usual ones: names, Python files or `Process` objects; those in `without` do not run. `changes` make
    a counterfactual (see `polemos.argument.changes`). With `learn`, the slopes of the front and the spread of the tempo
    are learnt from the record before the origin; without, they keep their priors. `posterior` is a file or a name of
    `polemos calibrate`, or draws at hand, that take the place of priors. `events` is a file of UCDP events, of which
    the model sees those that were over at the origin.
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
