"""A war ready to be asked: its world, its questions, its argument; and one simulation of it with the answers.

The way in for notebooks: `war = polemos.load(...); run = war.simulate(members=..., origin=...); run.forecasts()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.argument.claims import Argument
from polemos.forecast.forecaster import Answer
from polemos.forecast.questions import Question
from polemos.forecast.theory import NEUTRAL, Theory, read_theory, theory_of
from polemos.record.world import World
from polemos.scenario.problems import quoted
from polemos.scenario.settings import Settings

if TYPE_CHECKING:
    from polemos.ensemble.draws import Draws
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.run import Progress, Run
    from polemos.ensemble.summary import Summary
    from polemos.forecast.resolve import Resolution
    from polemos.record.grade import Grade
    from polemos.record.second_look import Doubt
    from polemos.scenario.problems import Problem

CHUNK = 100


def load(path_or_name: str | Path) -> War:
    """A war from the folder of a scenario, or by the name of one that ships. Raises `ScenarioError`."""
    from polemos.argument.read import FILE as ARGUMENT
    from polemos.argument.read import load_argument
    from polemos.forecast.read import FILE as QUESTIONS
    from polemos.forecast.read import load_questions
    from polemos.record.build import world
    from polemos.record.second_look import reasons_of
    from polemos.scenario.guesses import guesses, silences
    from polemos.scenario.inside import is_there
    from polemos.scenario.load import read

    scenario = read(path_or_name)
    whole = world(scenario)
    default = scenario.settings.origins.get("default")
    questions = load_questions(scenario.path, whole, default) if is_there(scenario.path, QUESTIONS) else ()
    argument = None
    if is_there(scenario.path, ARGUMENT):
        argument = load_argument(scenario.path, {question.id for question in questions})
    return War(
        scenario.name,
        scenario.path,
        scenario.settings,
        whole,
        questions,
        argument,
        guesses(scenario),
        silences(scenario),
        reasons_of(scenario),
    )


def check(path_or_name: str | Path) -> list[Problem]:
    """Every problem of a scenario with its questions and its argument, or of an argument's file, by file and line."""
    from polemos.argument.gazetteer import gazetteer
    from polemos.argument.read import FILE as ARGUMENT
    from polemos.argument.read import inspect_argument
    from polemos.forecast.read import FILE as QUESTIONS
    from polemos.forecast.read import inspect_questions
    from polemos.forecast.theory import names
    from polemos.model import processes
    from polemos.record.build import world
    from polemos.scenario.aliases import FILE as ALIASES
    from polemos.scenario.attributes import SETTINGS
    from polemos.scenario.inside import is_there
    from polemos.scenario.load import check as check_tables
    from polemos.scenario.load import find, read
    from polemos.scenario.problems import ScenarioError

    drafted = Path(path_or_name)
    if drafted.suffix == ".yaml" and drafted.name != SETTINGS and drafted.is_file():
        return sorted(inspect_argument(drafted)[1])
    problems = check_tables(path_or_name)
    try:
        path = find(path_or_name)
    except ScenarioError:
        return problems
    sound = not any(problem.level == "error" for problem in problems)
    questions: tuple[Question, ...] = ()
    if is_there(path, QUESTIONS):
        whole = read(path) if sound else None
        default = None if whole is None else whole.settings.origins.get("default")
        questions, more = inspect_questions(path, None if whole is None else world(whole), default)
        problems += more or unasked(questions, default)
    if is_there(path, ARGUMENT):
        carriers = {*processes.names(), *processes.installed()}
        problems += inspect_argument(path, {question.id for question in questions}, carriers)[1]
    if sound and is_there(path, ALIASES):
        try:
            gazetteer(read(path))
        except ScenarioError as error:
            problems += error.problems
    if sound:
        running = world(read(path)).processes
        try:
            there = names(path)
        except ScenarioError as error:
            there, problems = (), [*problems, *error.problems]
        for name in there:
            try:
                theory_of(path, name, running)
            except ScenarioError as error:
                problems += error.problems
    return sorted(problems)


def unasked(questions: Sequence[Question], origin: np.datetime64 | None) -> list[Problem]:
    """A warning where no question is asked on the default origin or later, so that a plain run answers none."""
    from polemos.forecast.read import FILE
    from polemos.scenario.problems import Problem

    if origin is None or not questions or any(np.datetime64(one.origin) >= origin for one in questions):
        return []
    what = f"no question is asked on the default origin, {origin}: {elsewhere(questions)}"
    mend = "leave out `origin` there: it is then that of origins.default in scenario.yaml"
    return [Problem(FILE, 0, "origin", what, mend, "warning")]


def elsewhere(questions: Sequence[Question]) -> str:
    """How many questions have another origin, and which: `3 questions have another origin (2022-07-02)`."""
    days = sorted({str(question.origin) for question in questions})
    shown = ", ".join(days[:3]) + (f" and {len(days) - 3} more" if len(days) > 3 else "")
    one = len(questions) == 1
    return f"{len(questions)} {'question has' if one else 'questions have'} another origin ({shown})"


@dataclass(frozen=True, slots=True, eq=False)
class War:
    """A scenario with everything that hangs on it. `argument` is None where nobody's is coded.

    `guesses` says what the scenario only guesses, `silences` what it has no data on (`polemos.scenario.guesses`),
    `reasons` why doubtful rows stand, by place and day (`polemos.record.second_look`).
    """

    name: str
    path: Path
    settings: Settings
    world: World
    questions: tuple[Question, ...]
    argument: Argument | None
    guesses: tuple[str, ...] = ()
    silences: tuple[str, ...] = ()
    reasons: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __repr__(self) -> str:
        claims = 0 if self.argument is None else len(self.argument.claims)
        return f"<War {self.name}: {self.world!r}, {len(self.questions)} questions, {claims} claims>"

    def origin(self, given: object = None) -> np.datetime64:
        """The day of a forecast: a label of the scenario, a day, or by default the scenario's own.

        Raises `PlanError` for what is neither, and where the scenario names no default.
        """
        from polemos.ensemble.plan import PlanError, written_day

        labels = self.settings.origins
        label = "default" if given is None else str(given)
        if label in labels:
            return labels[label]
        if given is None:
            raise PlanError(f"{self.name} names no default origin; give one, as in --origin {self.world.until}")
        try:
            return written_day(label)
        except (ValueError, OverflowError):
            raise PlanError(
                f"{quoted(label)} is neither a day (YYYY-MM-DD) nor an origin of {self.name}: {', '.join(labels)}"
            ) from None

    def grade(self) -> Grade:
        """The grade of the record, by the rule of `polemos.record.grade`."""
        from polemos.record.grade import grade_of

        return grade_of(self.world, self.reasons)

    def second_look(self, **maps: Any) -> list[Doubt]:
        """Doubts about the record that need no knowledge of the war; `maps` as `record.second_look.second_look`."""
        from polemos.record.second_look import second_look

        return second_look(self.world, self.reasons, **maps)

    def theory(self, name: str = NEUTRAL) -> Theory:
        """A theory of the scenario, or of a file elsewhere (a name that ends in .yaml).

        A neutral one without a file is the model's own priors. Raises `ScenarioError`.
        """
        if Path(name).suffix:
            return read_theory(Path(name), (), self.world.processes)
        return theory_of(self.path, name, self.world.processes)

    def plan(
        self,
        *,
        origin: object = None,
        until: object = None,
        members: int = 1000,
        seed: int = 1,
        inputs: str = "known",
        theory: str = NEUTRAL,
        without: Sequence[str] = (),
        added: Sequence[str] = (),
        learn: bool = True,
        draws: Draws | None = None,
    ) -> Plan:
        """What to simulate; by default from the scenario's origin to its last day. Raises `PlanError`."""
        from polemos.ensemble.plan import make_plan

        chosen = self.theory(theory)
        return make_plan(
            self.world,
            self.origin(origin),
            self.settings.run_to if until is None else until,
            members=members,
            seed=seed,
            inputs=inputs,
            theory=theory,
            priors=chosen.priors,
            without=(*chosen.without, *without),
            added=(*chosen.processes, *added),
            learn=learn,
            draws=draws,
        )

    def posterior(self, source: str | Path, theory: str = NEUTRAL) -> Draws:
        """The draws of a posterior of this war, by file or by name; see `polemos.ensemble.posterior.load`.

        They take the place of the model's own priors; what a theory says of a parameter stands. Raises `PlanError`
        where there is none, or it is of another war.
        """
        from polemos.ensemble.plan import PlanError
        from polemos.ensemble.posterior import load

        saved = load(source, self.path)
        if saved.about["scenario"] != self.name:
            raise PlanError(
                f"the posterior {source} is of the parameters of {saved.about['scenario']}, not of {self.name}; "
                f"polemos calibrate --for {self.name} makes one of these"
            )
        # The neutral theory's priors are the model's own, which the posterior was learnt from.
        return saved.draws if theory == NEUTRAL else saved.draws.without(self.theory(theory).priors)

    def asked(self, origin: np.datetime64) -> tuple[Question, ...]:
        """Questions of an origin: those asked on that day; where there are none, those asked later."""
        own = tuple(question for question in self.questions if np.datetime64(question.origin) == origin)
        return own or tuple(question for question in self.questions if np.datetime64(question.origin) > origin)

    def run(
        self,
        plan: Plan,
        *,
        threads: int | None = None,
        chunk: int = CHUNK,
        keep: Path | str | None = "runs",
        keeps: str = "all",
        fresh: bool = False,
        progress: Progress | None = None,
        draws: Draws | None = None,
        cluster: str | None = None,
    ) -> Simulation:
        """Simulate a plan, or reopen it, and ask the questions of its origin; see `polemos.ensemble.run.run`."""
        from polemos.ensemble.run import run
        from polemos.forecast.evaluate import reducer

        questions = self.asked(plan.origin)
        done = run(
            plan,
            self.world,
            threads=threads,
            chunk=chunk,
            keep=keep,
            keeps=keeps,
            fresh=fresh,
            evaluate=reducer(questions) if questions else None,
            progress=progress,
            draws=draws,
            cluster=cluster,
        )
        return Simulation(self, done, questions)

    def simulate(
        self,
        *,
        origin: object = None,
        until: object = None,
        members: int = 1000,
        seed: int = 1,
        inputs: str = "known",
        theory: str = NEUTRAL,
        without: Sequence[str] = (),
        added: Sequence[str] = (),
        learn: bool = True,
        posterior: str | Path | None = None,
        threads: int | None = None,
        keep: Path | str | None = "runs",
    ) -> Simulation:
        """Plan and run at once. Raises `PlanError`.

        `keep` is the folder in which runs are kept, None for nowhere. `posterior` is a file or a name (see
        `War.posterior`); without it the model's priors are used, whatever posteriors the scenario has.
        """
        draws = None if posterior is None else self.posterior(posterior, theory)
        plan = self.plan(
            origin=origin,
            until=until,
            members=members,
            seed=seed,
            inputs=inputs,
            theory=theory,
            without=without,
            added=added,
            learn=learn,
            draws=draws,
        )
        return self.run(plan, threads=threads, keep=keep, draws=draws)


@dataclass(frozen=True, eq=False)
class Simulation:
    """One simulated ensemble of a war, with the questions that it was asked."""

    war: War
    run: Run
    questions: tuple[Question, ...]

    @property
    def chart(self) -> Any:
        """Altair charts: `map()`, `control()`, `forecasts()`, `reliability()`; see `polemos.report.chart.Charts`."""
        # Charts stand floors above simulations; the package, which stands on no floor, knows both.
        import polemos

        return polemos.charts(self)

    def __repr__(self) -> str:
        plan = self.run.plan
        when = f"{plan.members} members from {plan.origin} to {plan.until}"
        return f"<Simulation of {self.war.name}: {when}, {len(self.questions)} questions>"

    @property
    def summary(self) -> Summary:
        """Probabilities of holders and quantiles of series over time."""
        return self.run.summary

    @property
    def control(self) -> Any:
        """Holders as an `xarray.DataArray` [member, date, place]."""
        return self.run.control

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The model's answers, in the order of the questions."""
        from polemos.forecast.evaluate import summarise

        return tuple(summarise(question, self.run.verdicts[question.id]) for question in self.questions)

    @cached_property
    def resolutions(self) -> Mapping[str, Resolution]:
        """What came of each question, by its id."""
        from polemos.forecast.resolve import resolve_all

        return {found.question: found for found in resolve_all(self.questions, self.war.world)}

    def forecasts(self) -> list[dict[str, Any]]:
        """One row a question: id, title, probability, Monte Carlo error, status, quantiles, outcome, Brier score."""
        return [
            {
                "question": question.id,
                "title": question.title,
                "probability": answer.probability,
                "error": answer.error,
                "status": answer.status,
                "quantiles": answer.quantiles,
                "outcome": self.resolutions[question.id].value,
                "brier": brier(answer.probability, self.resolutions[question.id].value),
            }
            for question, answer in zip(self.questions, self.answers, strict=True)
        ]


def brier(probability: float | None, outcome: int | None) -> float | None:
    """`(p - y)^2`, None where either is not known (Brier 1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2)."""
    return None if probability is None or outcome is None else (probability - outcome) ** 2
