"""What is said of a run on its page: how it was made, the command that makes it again, and what it cannot say."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from polemos.ensemble.plan import Plan
from polemos.record.world import World
from polemos.report.page.contents import Fact
from polemos.report.page.forecast_rows import UNMODELLED, Asked, status
from polemos.war.check import elsewhere
from polemos.war.simulation import Simulation
from polemos.war.war import War


def facts(simulation: Simulation) -> list[Fact]:
    """What a reader needs to know about how a run was made."""
    from polemos.ensemble.run_folder import versions
    from polemos.model.jit import kernel_hash

    plan = simulation.run.plan
    facts_of_run = versions(kernel_hash()[:12])
    inputs = {
        "known": "known: nothing after the forecast date was seen",
        "actual": "actual: support and relations as they really were",
        "drawn": "drawn: supports, relations and leaders go on by how long they lasted in other wars",
    }
    return [
        Fact("Record", str(simulation.war.grade())),
        Fact("Forecast date", str(plan.origin)),
        Fact("Last day", str(plan.until)),
        Fact("Simulated wars", f"{plan.members:,}"),
        Fact("Seed", str(plan.seed)),
        Fact("Inputs", inputs[plan.inputs]),
        Fact(
            "Theory",
            ", ".join(
                [plan.theory, *(f"with {n}" for n in plan.process_names), *(f"without {n}" for n in plan.without)]
            ),
        ),
        Fact("Parameters", f"posterior {plan.draws[:12]}: give it with --posterior" if plan.draws else "priors"),
        Fact("Front", "learnt from the record before the forecast date" if plan.learn else "priors"),
        *([Fact("Priors with later evidence", ", ".join(late))] if (late := late_priors(plan)) else []),
        Fact("World", plan.world[:12]),
        Fact("Plan", plan.digest()[:12]),
        *(Fact(name.capitalize(), value) for name, value in facts_of_run.items()),
    ]


def command(plan: Plan) -> str:
    """The command that makes the same run again."""
    words = ["polemos", "run", plan.scenario, "--origin", str(plan.origin), "--to", str(plan.until)]
    words += ["--members", str(plan.members), "--seed", str(plan.seed)]
    if plan.inputs != "known":
        words += ["--inputs", plan.inputs]
    if plan.theory != "neutral":
        words += ["--theory", plan.theory]
    for name in plan.process_names:
        words += ["--process" if name.endswith(".py") else "--with", name]
    for name in plan.without:
        words += ["--without", name]
    if not plan.learn:
        words += ["--no-learn"]
    return shlex.join(words)


GENERAL = (
    "The model moves whole places week by week. It says nothing on villages that are not on the map, on a part of a "
    "town, or on a single day.",
    "New organisations, changes of patrons or of relations, talks and what is decided elsewhere are not forecast.",
    "A probability is a share of simulated wars: as good as the record up to the day of the forecast, the form of the "
    "model and its priors. The command polemos hindcast says how good such forecasts were in this war before.",
)
"""What no run can say, whatever the scenario."""


def observation(war: War, origin: np.datetime64 | None = None) -> list[str]:
    """How far observation reaches, where it does not reach everywhere: at its end, at an origin, and by place."""
    world, sentences = war.world, []
    if world.last_observed < world.until:
        days = int((world.until - world.last_observed).astype(int))
        sentences.append(
            f"Control is observed until {world.last_observed}, {days:,} days before the end of the record "
            f"({world.until}): what depends on later days is open, and they teach nothing."
        )
    never = int((~world.known_by(world.until)).sum())
    size = len(world.places.id)
    if never:
        sentences.append(
            f"Nobody observed who held {never} of {size} places: they are not scored, and nothing is learnt from them."
        )
    if origin is not None and world.start <= origin <= world.until:
        unseen = int((~world.observed([origin])[0] & world.known_by(origin)).sum())
        if unseen:
            sentences.append(
                f"On {origin} nobody looked at {unseen} of {size} places: they begin with their last known holder."
            )
    return sentences


def absences(war: War) -> list[str]:
    """What is guessed, and what there is no data on."""
    sentences = []
    if war.guesses:
        sentences.append(f"Guessed, and so neither observation nor outcome: {'; '.join(war.guesses)}.")
    if war.silences:
        sentences.append(f"No data on: {', '.join(war.silences)}.")
    return sentences


def strengths(world: World) -> list[str]:
    """What is made of absent strengths in a run from the origin of a cut world."""
    from polemos.model.initial_state import MEN_PER_PLACE, estimated, men_known

    holders = np.unique(world.holders([world.until])[0])
    without = [o for o in holders if o < world.nobody and not estimated(world)[o]]
    names = ", ".join(world.organisations.name[o] for o in without)
    if not men_known(world):
        of = f" of {names}" if names and estimated(world).any() else ""
        return [
            f"No strengths{of}: men play no part, and the rates of the front alone decide. "
            "Give `fighters` in strengths.csv."
        ]
    if without:
        return [f"No strengths of {names}: taken to be {MEN_PER_PLACE:.0f} men a place held, a rule of thumb."]
    return []


def silent(war: War, origin: np.datetime64) -> list[str]:
    """Why a run from an origin answers no question."""
    if not war.questions or war.questions_at(origin):
        return []
    days = sorted({str(question.origin) for question in war.questions})
    return [
        f"No question is answered: {elsewhere(war.questions)}. Run with --origin {days[-1]}, or leave `origin` out of "
        "questions.yaml, which then follows origins.default."
    ]


def limits(simulation: Simulation, rows: Sequence[Asked]) -> list[str]:
    """What this run cannot say: of its own; `GENERAL` holds for every run."""
    plan, war = simulation.run.plan, simulation.war
    sentences = silent(war, plan.origin) + of_the_record(war) + absences(war)
    sentences += strengths(war.world.as_of(plan.origin)) + observation(war, plan.origin)
    for silence in ("beyond horizon", UNMODELLED, "not asked"):
        number = sum(1 for row in rows if status(row) == silence)
        if number:
            what = {
                "beyond horizon": f"about days after {plan.until}, the last day of the run",
                UNMODELLED: "about something that is not in the model",
                "not asked": "about what follows an event that happened in no simulated war",
            }[silence]
            sentences.append(f"On {number} of {len(rows)} statements, {what}, the model is silent.")
    from polemos.forecasters.front_hazard import FORM_UNTIL
    from polemos.model.front.fit import BASIS_UNTIL
    from polemos.model.past_pace import BASIS_UNTIL as REFERENCE_UNTIL

    if str(plan.origin) < REFERENCE_UNTIL:
        sentences.append(
            "The pace of the war before the forecast date is mixed with a reference class of wars that was put "
            f"together by people who knew wars up to {REFERENCE_UNTIL}, this one perhaps among them."
        )
    if plan.learn and str(plan.origin) < FORM_UNTIL:
        sentences.append(
            "The front is learnt from the record before the forecast date, but the values that the fit is pulled to "
            f"were chosen by people who knew wars up to {BASIS_UNTIL}, and its form and constants by people who knew "
            f"nine wars up to {FORM_UNTIL}."
        )
    late = late_priors(plan)
    if late:
        sentences.append(
            f"The priors of {len(late)} parameters rest on evidence from after the forecast date. The end of this page "
            "names them."
        )
    return sentences


def of_the_record(war: War) -> list[str]:
    """What the grade of the record and the year of the base map leave in doubt."""
    from polemos.record.grade import DRAFT
    from polemos.report.basemap import BORDERS_SINCE

    grade, limits = war.grade(), []
    if grade.grade == DRAFT:
        limits.append(f"Scores are no better than the record, which is a {grade}.")
    if str(war.world.until) < BORDERS_SINCE:
        year = str(war.world.start)[:4]
        limits.append(f"The borders and the names of countries on the map are those of today, not those of {year}.")
    return limits


def late_priors(plan: Plan) -> list[str]:
    """Parameters whose prior rests on evidence from after the origin."""
    from polemos.model import engine, processes
    from polemos.model.process import NO_DATA

    rows = engine.parameters(processes.choose((), plan.processes))
    dated = [(p.name, p.basis_until) for _, p in rows if p.basis_until != NO_DATA]
    return sorted(name for name, until in dated if np.datetime64(until, "D") > plan.origin)
