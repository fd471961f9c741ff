"""What is said of a run on its page: how it was made, the command that makes it again, and what it cannot say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from polemos.ensemble.plan import Plan
from polemos.forecast.war import Simulation
from polemos.report.asked import UNMODELLED, Asked, status
from polemos.report.contents import Fact


def facts(simulation: Simulation) -> list[Fact]:
    """What a reader needs to know about how a run was made."""
    from polemos.ensemble.folder import versions
    from polemos.model.jit import kernel_hash

    plan = simulation.run.plan
    made = versions(kernel_hash()[:12])
    inputs = {
        "known": "known: nothing after the origin was seen",
        "actual": "actual: supports and relations as they really came",
    }
    return [
        Fact("Origin", str(plan.origin)),
        Fact("Last day", str(plan.until)),
        Fact("Simulated wars", f"{plan.members:,}"),
        Fact("Seed", str(plan.seed)),
        Fact("Inputs", inputs[plan.inputs]),
        Fact(
            "Theory",
            ", ".join([plan.theory, *(f"with {n}" for n in plan.added), *(f"without {n}" for n in plan.without)]),
        ),
        Fact("Parameters", f"posterior {plan.draws[:12]}: give it with --posterior" if plan.draws else "priors"),
        Fact("Front", "learnt from the record before the origin" if plan.learn else "priors"),
        Fact("World", plan.world[:12]),
        Fact("Plan", plan.digest()[:12]),
        *(Fact(name.capitalize(), value) for name, value in made.items()),
    ]


def command(plan: Plan) -> str:
    """The command that makes the same run again."""
    words = ["polemos", "run", plan.scenario, "--origin", str(plan.origin), "--to", str(plan.until)]
    words += ["--members", str(plan.members), "--seed", str(plan.seed)]
    if plan.inputs != "known":
        words += ["--inputs", plan.inputs]
    if plan.theory != "neutral":
        words += ["--theory", plan.theory]
    for name in plan.added:
        words += ["--process" if name.endswith(".py") else "--with", name]
    for name in plan.without:
        words += ["--without", name]
    if not plan.learn:
        words += ["--no-learn"]
    return shlex.join(words)


def limits(simulation: Simulation, rows: Sequence[Asked]) -> list[str]:
    """What this run cannot say."""
    plan = simulation.run.plan
    told = []
    for silence in ("beyond horizon", UNMODELLED, "not asked"):
        number = sum(1 for row in rows if status(row) == silence)
        if number:
            what = {
                "beyond horizon": f"look past {plan.until}, the last day of the run",
                UNMODELLED: "are about something that is not in the model",
                "not asked": "follow an event that came in no simulated war",
            }[silence]
            told.append(f"{number} of {len(rows)} statements {what}: the model is silent on them.")
    from polemos.model.front import BASIS_UNTIL
    from polemos.model.history import BASIS_UNTIL as REFERENCE_UNTIL

    if str(plan.origin) < REFERENCE_UNTIL:
        told.append(
            "The pace of the war before the origin is mixed with a reference class of wars that was put together by "
            f"people who knew wars up to {REFERENCE_UNTIL}, this one perhaps among them."
        )
    if plan.learn and str(plan.origin) < BASIS_UNTIL:
        told.append(
            "The front is learnt from the record before the origin, but its form, the values that the fit is pulled to "
            f"and its cap on feedback were chosen by people who knew wars up to {BASIS_UNTIL}."
        )
    late = late_priors(plan)
    if late:
        told.append(
            f"Prior sees later data: {len(late)} parameters rest on evidence from after the origin ({', '.join(late)})."
        )
    return told


def late_priors(plan: Plan) -> list[str]:
    """Parameters whose prior rests on evidence from after the origin."""
    from polemos.model import engine, processes
    from polemos.model.process import NO_DATA

    rows = engine.parameters(processes.choose((), plan.added))
    dated = [(p.name, p.basis_until) for _, p in rows if p.basis_until != NO_DATA]
    return sorted(name for name, until in dated if np.datetime64(until, "D") > plan.origin)
