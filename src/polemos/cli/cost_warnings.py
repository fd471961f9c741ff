"""What a large piece of work will cost, said before it begins; what the machine cannot hold is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import typer

from polemos.cli.failures import Mistake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polemos.ensemble.plan import Plan
    from polemos.forecasters.base import Forecaster
    from polemos.war.war import War

LONG = 600.0
"""Seconds from which on a run of any size says what it costs."""


def say_if_large(
    war: War,
    plan: Plan,
    threads: int | None,
    chunk: int | None,
    *,
    quiet: bool,
    runs: int = 1,
    mend: str = "Take fewer places or members, or an earlier --to",
) -> None:
    """Say what `runs` runs of a plan, one after another, will cost. Raises `Mistake` where the memory is not there.

    `chunk` is that of a run that is kept on disk, of which a chunk a thread is in memory; None where all is.
    """
    from polemos.scenario import run_cost

    cores = threads or os.cpu_count() or 1
    places, weeks = len(war.world.places.id), int((plan.until - plan.origin).astype(int)) // 7
    first, then = run_cost.seconds(places, weeks, plan.members * runs, cores)
    needed = run_cost.memory(places, plan.members if chunk is None else min(plan.members, chunk * cores))
    what = f"{weeks:,} weeks and {plan.members:,} members" + (f", {runs} runs" if runs > 1 else "")
    say(war, what, needed, first, then, mend, quiet=quiet)


def say_if_large_at(
    war: War,
    forecasters: Sequence[Forecaster],
    origins: Any,
    leads: Sequence[str],
    members: int,
    cores: int,
    *,
    quiet: bool,
) -> None:
    """Say what a hindcast will cost, a process an origin. Raises `Mistake` where the memory is not there."""
    from polemos.forecasters.leads import lead_days
    from polemos.forecasters.model_forecaster import ModelForecaster
    from polemos.scenario import run_cost

    parts = [part for one in forecasters for part in getattr(one, "parts", (one,))]
    models = len({id(part) for part in parts if isinstance(part, ModelForecaster)})
    if not models:
        return
    places, weeks, at_once = len(war.world.places.id), round(max(map(lead_days, leads)) / 7), min(cores, len(origins))
    first, then = run_cost.seconds(places, weeks, members * models * len(origins), cores)
    # Each process makes one origin after another ready.
    later = (-(-len(origins) // at_once) - 1) * first
    begins = "one origin" if len(origins) == 1 else f"each of {len(origins)} origins"
    what = f"{weeks:,} weeks and {members:,} members from {begins}"
    mend = "Take fewer places, members or --threads, or shorter --leads"
    say(war, what, at_once * run_cost.memory(places, members), first, later + then, mend, quiet=quiet)


def say(war: War, what: str, needed: float, first: float, then: float, mend: str, *, quiet: bool) -> None:
    """Say a cost in bytes, in seconds before the first simulated war, and from then on. Raises `Mistake`."""
    from polemos.scenario import run_cost

    places = len(war.world.places.id)
    cost = (
        f"{places:,} places, {what}: about {run_cost.gigabytes(needed)} of memory, "
        f"{run_cost.in_words(first)} before the first simulated war and {run_cost.in_words(then)} from then on"
    )
    if places > run_cost.LARGE and needed > run_cost.machine_memory():
        raise Mistake(f"{cost}; this machine has {run_cost.gigabytes(run_cost.machine_memory())}. {mend}")
    if not quiet and (places > run_cost.LARGE or first + then > LONG):
        typer.echo(f"{cost[0].upper()}{cost[1:]}.", err=True)
