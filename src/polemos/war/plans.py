"""From the settings of a run to its plan: the scenario's days, the theory's priors and the draws of a posterior."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.ensemble.config import RunConfig
from polemos.ensemble.theory import NEUTRAL, Theory
from polemos.scenario.errors import quoted

if TYPE_CHECKING:
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.posterior_draws import Draws
    from polemos.model.process import Process
    from polemos.war.war import War


def origin_of(war: War, written: object = None) -> np.datetime64:
    """The day of a forecast: a label of the scenario, a day, or by default the scenario's own. Raises `PlanError`."""
    from polemos.ensemble.plan import PlanError, written_day

    labels = war.settings.origins
    label = "default" if written is None else str(written)
    if label in labels:
        return labels[label]
    if written is None:
        raise PlanError(f"{war.name} names no default origin; give one, as in --origin {war.world.until}")
    try:
        return written_day(label)
    except (ValueError, OverflowError):
        raise PlanError(
            f"{quoted(label)} is neither a day (YYYY-MM-DD) nor an origin of {war.name}: {', '.join(labels)}"
        ) from None


def plan_of(war: War, config: RunConfig) -> Plan:
    """What to simulate: the settings, with the theory's priors and switches and the scenario's days filled in.

    Priors of the settings stand before those of the theory, and these before a posterior. Raises `PlanError`.
    """
    from polemos.ensemble.plan import make_plan

    theory = war.theory(config.theory)
    settled = replace(
        config,
        origin=origin_of(war, config.origin),
        until=war.settings.run_to if config.until is None else config.until,
        priors={**theory.priors, **config.priors},
        without=(*theory.without, *config.without),
        processes=(*theory.processes, *config.processes),
        posterior=_draws_of(war, config, theory),
        events=None,
    )
    return make_plan(war.world, settled)


def _draws_of(war: War, config: RunConfig, theory: Theory) -> Draws | None:
    """The draws of a posterior, without the parameters that a theory or the settings speak of."""
    from polemos.ensemble.posterior_draws import Draws

    if config.posterior is None:
        return None
    draws = config.posterior
    if not isinstance(draws, Draws):
        draws = posterior_of(war, draws)
    # The neutral theory's priors are the model's own, which the posterior was learnt from.
    own = {*config.priors, *(theory.priors if config.theory != NEUTRAL else ())}
    return draws.without(own) if own else draws


def posterior_of(war: War, source: str | Path) -> Draws:
    """The draws of a posterior of a war, by file or by name. Raises `PlanError` for none, or one of another war."""
    from polemos.ensemble.plan import PlanError
    from polemos.ensemble.posterior_file import load

    saved = load(source, war.path)
    if saved.about["scenario"] != war.name:
        raise PlanError(
            f"the posterior {source} is of the parameters of {saved.about['scenario']}, not of {war.name}; "
            f"polemos calibrate --for {war.name} makes one of these"
        )
    return saved.draws


def config_of(
    processes: Sequence[str | Process],
    changes: Sequence[str],
    priors: Mapping[str, float | str] | None,
    settings: Mapping[str, Any],
    **usual: Any,
) -> RunConfig:
    """The settings of a run as a notebook writes them. Raises `PlanError` for a setting that does not exist."""
    from polemos.ensemble.plan import PlanError

    names = [one.name for one in fields(RunConfig)]
    unknown = sorted(set(settings) - set(names))
    if unknown:
        raise PlanError(f"no setting {', '.join(unknown)}; there are {', '.join(names)}")
    config = RunConfig(priors=priors or {}, processes=tuple(processes), changes=tuple(changes), **usual)
    return replace(config, **settings)
