"""A war ready to be asked: its world, its questions, its argument; and one simulation of it with the answers.

The way in for notebooks: `war = polemos.load(...); run = war.run(members=..., origin=...); run.forecasts()`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.argument.claims import Argument
from polemos.ensemble.config import MEMBERS, RunConfig
from polemos.ensemble.theory import NEUTRAL, Theory, read_theory, theory_of
from polemos.questions.questions import Question
from polemos.record.world import World
from polemos.scenario.settings import Settings
from polemos.war import additions, plans
from polemos.war.record_outcomes import answered_by_record

if TYPE_CHECKING:
    import pandas as pd

    from polemos.counterfactual.frames import Counterfactual
    from polemos.ensemble.executor import Executor, Progress
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.posterior_draws import Draws
    from polemos.ensemble.store import Store
    from polemos.model.process import Process
    from polemos.record.grade import Grade
    from polemos.record.second_look import Doubt
    from polemos.war.forecast import Forecast
    from polemos.war.simulation import Simulation

CHUNK = 100


def load(path_or_name: str | Path) -> War:
    """A war from the folder of a scenario, or by the name of one that ships.

    Parameters
    ----------
    path_or_name : str or Path
        A folder, or a name among `polemos.scenarios()`.

    Returns
    -------
    War

    Raises
    ------
    ScenarioError
        With every fault of the files: file, line, field, and what would mend it.

    Examples
    --------
    >>> load("sri_lanka")
    <War sri_lanka: <World sri_lanka: 86 places, 2 organisations, 2006-07-01 to 2009-05-20>, 12 questions, 0 claims>
    """
    from polemos.argument.load import FILE as ARGUMENT
    from polemos.argument.load import load_argument
    from polemos.questions.load import FILE as QUESTIONS
    from polemos.questions.load import load_questions
    from polemos.record.from_scenario import world
    from polemos.record.second_look import reasons_of
    from polemos.scenario.guesses import guesses, silences
    from polemos.scenario.inside_folder import is_there
    from polemos.scenario.load import read

    scenario = read(path_or_name)
    whole = world(scenario)
    default = scenario.settings.origins.get("default")
    questions = load_questions(scenario.path, whole, default) if is_there(scenario.path, QUESTIONS) else ()
    argument = None
    if is_there(scenario.path, ARGUMENT):
        argument = answered_by_record(
            load_argument(scenario.path, {question.id for question in questions}), questions, whole
        )
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


@lru_cache(maxsize=4)
def _grade_of(war: War) -> Grade:
    """The grade of a war's record, for which a page, its limits and the terminal ask."""
    from polemos.record.grade import grade_of

    return grade_of(war.world, war.reasons)


@dataclass(frozen=True, slots=True, eq=False)
class War:
    """A scenario with everything that belongs to it: what `load` gives.

    Attributes
    ----------
    world : World
        The record and the map.
    questions : tuple of Question
        Those of the scenario.
    argument : Argument or None
        None where nobody's is coded.
    guesses, silences : tuple of str
        What the scenario only guesses, and what it has no data on (`polemos.scenario.guesses`).
    reasons : mapping
        Why doubtful rows stand, by place and day (`polemos.record.second_look`).

    Examples
    --------
    >>> load("sri_lanka").world.nobody
    2
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

    @classmethod
    def from_frames(
        cls,
        *,
        places: pd.DataFrame,
        links: pd.DataFrame,
        control: pd.DataFrame,
        strengths: pd.DataFrame | None = None,
        relations: pd.DataFrame | None = None,
        support: pd.DataFrame | None = None,
        organisations: Mapping[str, str] | pd.DataFrame,
        start: object,
        end: object,
        name: str = "frames",
    ) -> War:
        """A war from pandas data frames with the columns of the files of a scenario (docs/scenario-files.md).

        `organisations` are kinds by id (`government`, `insurgent`, ...) or a frame with the columns id, name, kind,
        colour. Columns may go by the names that `polemos import` knows, as `organisation` or `controlled by` for
        `holder` and `latitude` for `lat`; an empty `end` of a spell lasts until the record ends. `end` is the day after
        the last of the record. Raises `ScenarioError` with every fault, by frame and row.

        >>> import pandas as pd
        >>> war = War.from_frames(
        ...     places=pd.DataFrame({"id": ["a", "b"], "name": ["A", "B"], "lat": [1.0, 1.2], "lon": [2.0, 2.1]}),
        ...     links=pd.DataFrame({"a": ["a"], "b": ["b"]}),
        ...     control=pd.DataFrame({"place": ["a", "b"], "organisation": ["x", "y"], "start": "2001-01-01"}),
        ...     organisations={"x": "government", "y": "insurgent"},
        ...     start="2001-01-01",
        ...     end="2002-01-01",
        ... )
        >>> war.world
        <World frames: 2 places, 2 organisations, 2001-01-01 to 2001-12-31>
        """
        from polemos.war.frames import war_from_frames

        tables = {
            "places": places,
            "links": links,
            "control": control,
            "strengths": strengths,
            "relations": relations,
            "support": support,
        }
        return war_from_frames(tables, organisations, start, end, name)

    @property
    def parameters(self) -> pd.DataFrame:
        """The parameters of the processes that run: name, process, prior, unit, meaning, source, basis_until."""
        from polemos.war.frames import parameters_frame

        return parameters_frame(self.world)

    def origin(self, day: object = None) -> np.datetime64:
        """The day of a forecast: a label of the scenario, a day, or by default the scenario's own.

        Raises `PlanError` for what is neither, and where the scenario names no default.
        """
        return plans.origin_of(self, day)

    def grade(self) -> Grade:
        """The grade of the record, by the rule of `polemos.record.grade`."""
        return _grade_of(self)

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

    def plan(self, config: RunConfig) -> Plan:
        """What to simulate: the settings, with the theory's priors and switches and the scenario's days filled in.

        Priors of the settings stand before those of the theory, and these before a posterior. Raises `PlanError`.
        """
        return plans.plan_of(self, config)

    def with_events(self, path: str | Path | None) -> War:
        """The war with the UCDP events of a file (.csv, .csv.gz or .zip); without one, the war as it is.

        Sides are matched by the names of the scenario's organisations and by its aliases.csv. Raises `ScenarioError`
        for what cannot be read.
        """
        return self if path is None else additions.with_events(self, path)

    @property
    def day_of_argument(self) -> str | None:
        """The last day on which a part of the argument was written; None where no day is given."""
        vintages = {} if self.argument is None else self.argument.vintages
        return max((str(day) for label, day in vintages.items() if label != "draft"), default=None)

    def with_argument(self, path: str | Path | None) -> War:
        """The war with the argument of a file in place of its own; without one, the war as it is.

        A questions.yaml beside the file adds its questions. Those of the scenario can still be linked to by id, and are
        tied to no claim of themselves. Raises `ScenarioError` with every fault, and for an id that both files give.
        """
        return self if path is None else additions.with_argument(self, path)

    def posterior(self, source: str | Path) -> Draws:
        """The draws of a posterior of this war, by file or by name; see `polemos.ensemble.posterior_file.load`.

        Raises `PlanError` where there is none, or it is of another war.
        """
        return plans.posterior_of(self, source)

    def questions_at(self, origin: np.datetime64) -> tuple[Question, ...]:
        """Questions of an origin: those asked on that day; where there are none, those asked later."""
        own = tuple(question for question in self.questions if np.datetime64(question.origin) == origin)
        return own or tuple(question for question in self.questions if np.datetime64(question.origin) > origin)

    def simulate(
        self,
        plan: Plan,
        *,
        questions: Sequence[Question] | None = None,
        store: Store | Path | str | None = None,
        executor: Executor | None = None,
        chunk: int = CHUNK,
        progress: Progress | None = None,
    ) -> Simulation:
        """Simulate a plan, or reopen it from its store, and ask questions; by default those of its origin.

        See `polemos.ensemble.run.run`.
        """
        from polemos.ensemble.run import run
        from polemos.questions.evaluate import reducer
        from polemos.war.simulation import Simulation

        question_list = self.questions_at(plan.origin) if questions is None else tuple(questions)
        result = run(
            plan,
            self.world,
            store=store,
            executor=executor,
            chunk=chunk,
            evaluate=reducer(question_list) if question_list else None,
            progress=progress,
        )
        return Simulation(self, result, question_list)

    def run(
        self,
        members: int = MEMBERS,
        origin: object = None,
        until: object = None,
        seed: int = 1,
        theory: str = NEUTRAL,
        priors: Mapping[str, float | str] | None = None,
        processes: Sequence[str | Process] = (),
        changes: Sequence[str] = (),
        questions: Sequence[Question] | None = None,
        store: Path | str | None = None,
        **settings: Any,
    ) -> Simulation:
        """Simulate the war from an origin and ask questions of it.

        Parameters
        ----------
        members : int
            Simulated wars.
        origin, until : date or None
            The first and the last day; None for those of the scenario.
        seed : int
            Two runs with one seed share every draw.
        theory : str
            A theory of the scenario.
        priors : mapping, optional
            A number or a prior by parameter, instead of the theory's.
        processes : sequence of str or Process
            Processes that run besides the usual ones.
        changes : sequence of str
            Changes of a counterfactual (`polemos.argument.changes`).
        questions : sequence of Question, optional
            Those of the origin where none are given.
        store : Path or str, optional
            A folder in which the run is kept and found again; without one it is in memory.
        **settings
            Further settings of `polemos.RunConfig`: `inputs`, `without`, `learn`, `posterior`, `events`.

        Returns
        -------
        Simulation

        Raises
        ------
        PlanError
            For a setting that does not exist or does not fit the war.
        ScenarioError
            For a file that cannot be read.

        Examples
        --------
        >>> run = load("sri_lanka").run(members=4, origin="2008-01-01", until="2008-02-01")
        >>> dict(run.dataset.holder.sizes)["member"]
        4
        """
        from polemos.ensemble.store import MemoryStore

        usual = {"origin": origin, "until": until, "members": members, "seed": seed, "theory": theory}
        config = plans.config_of(processes, changes, priors, settings, **usual)
        war = self.with_events(config.events)
        return war.simulate(war.plan(config), questions=questions, store=MemoryStore() if store is None else store)

    def forecast(
        self,
        date: object = None,
        leads: Sequence[object] = ("1mo", "3mo", "6mo", "12mo"),
        members: int = 400,
        seed: int = 1,
        threads: int | None = None,
    ) -> Forecast:
        """Who will hold each place from a day on, by the mixture (docs/forecast.md), from what was known that evening.

        Parameters
        ----------
        date : date, str or None
            A day, a label of the scenario, or None for its default.
        leads : sequence of str
            How far ahead: `1w`, `2w`, `1mo`, `3mo`, `6mo`, `12mo`.
        members : int
            Simulated wars of the front hazard.

        Returns
        -------
        Forecast
            `probability` [lead, place, organisation + 1], the last for nobody.

        Raises
        ------
        PlanError
            For what is no day.
        ValueError
            For a day outside the record, and for leads that are not offered.
        """
        from polemos.war.forecast import forecast

        return forecast(self, self.origin(date), leads, members=members, seed=seed, threads=threads)

    def what_if(
        self,
        change: str | Sequence[str],
        members: int = 200,
        origin: object = None,
        until: object = None,
        seed: int = 1,
        theory: str = NEUTRAL,
        inputs: str = "actual",
        questions: Sequence[Question] | None = None,
    ) -> Counterfactual:
        """Simulate a war with and without a change, on the same random draws, and say what differs.

        Parameters
        ----------
        change : str or sequence of str
            As for `polemos what-if --set`, such as `supports.PATRON=0@2008-06-01`.
        members, origin, until, seed, theory, questions
            As for `run`; the origin is by default the day before the first change, or the scenario's own if earlier.
        inputs : str
            `actual` (as they really were) or `known` (as of the origin).

        Returns
        -------
        Counterfactual

        Raises
        ------
        PlanError
            For what is no change of this war.
        """
        from polemos.counterfactual.experiment import of_changes
        from polemos.counterfactual.frames import Counterfactual

        config = RunConfig(origin=origin, until=until, members=members, seed=seed, theory=theory)
        written = [change] if isinstance(change, str) else change
        return Counterfactual(of_changes(self, written, inputs, config, questions))
