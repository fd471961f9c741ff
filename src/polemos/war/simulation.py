"""One simulated ensemble of a war, with the questions that it was asked, as arrays and data frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.questions.answer import Answer
from polemos.questions.builders import Draft
from polemos.questions.questions import Question
from polemos.questions.terms import NOBODY

if TYPE_CHECKING:
    import pandas as pd
    import xarray

    from polemos.courses.courses import Course
    from polemos.ensemble.plan import Plan
    from polemos.ensemble.run import Run
    from polemos.ensemble.summary import Summary
    from polemos.questions.resolve import Resolution
    from polemos.record.world import Holders
    from polemos.war.forecast import Aside, Forecast
    from polemos.war.war import War

MOST_GROUPED = 2000
"""Wars that are grouped into courses: as many tell the courses, and all of a large run would not fit into memory."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """One simulated ensemble of a war, with the questions that it was asked: what `war.run` gives.

    Attributes
    ----------
    war : War
        The war that was simulated.
    run : Run
        Its plan, its summary over members and, where they were kept, the trajectories.
    questions : tuple of Question
        Those that were asked of every member.

    Notes
    -----
    The model is that of docs/model.md; the forecast is the mixture of docs/forecast.md.

    Examples
    --------
    >>> import polemos as pm
    >>> run = pm.load("sri_lanka").run(members=20, origin="2008-01-01", until="2008-03-01")
    >>> run.dataset.holder.dims
    ('member', 'date', 'place')
    """

    war: War
    run: Run
    questions: tuple[Question, ...]
    aside: Aside | None = None
    """What the forecast needs besides the run, where it was computed beside it."""

    @cached_property
    def plot(self) -> Any:
        """Altair charts: `map()`, `control()`, `forecasts()`, `reliability()`; see `charts.run_charts.Charts`."""
        # Charts stand floors above simulations; the package, which stands on no floor, knows both.
        import polemos

        return polemos.charts(self)

    def __repr__(self) -> str:
        plan = self.run.plan
        when = f"{plan.members} members from {plan.origin} to {plan.until}"
        return f"<Simulation of {self.war.name}: {when}, {len(self.questions)} questions>"

    def _repr_html_(self) -> str:
        html: str = self.forecasts().drop(columns="quantiles").round(3).to_html(index=False)
        return f"<p>{self!r}</p>".replace("<Simulation", "Simulation").replace("questions>", "questions") + html

    @property
    def summary(self) -> Summary:
        """Probabilities of holders and quantiles of series over time."""
        return self.run.summary

    @property
    def control(self) -> xarray.DataArray:
        """Holders as numbers: int8 [member, date, place], whose attribute `holders` names them."""
        control: xarray.DataArray = self.run.control
        return control

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """The ensemble as one dataset.

        Returns
        -------
        xarray.Dataset
            `holder` [member, date, place] is an id, or `nobody`; `fighters` [member, date, organisation] are men in the
            field, NaN before the origin and for nobody; `probability` [date, place, organisation] is the share of
            members.

        Raises
        ------
        ValueError
            Where trajectories were not kept.

        Examples
        --------
        >>> import polemos as pm
        >>> run = pm.load("sri_lanka").run(members=4, origin="2008-01-01", until="2008-02-01")
        >>> run.dataset.probability.dims
        ('date', 'place', 'organisation')
        """
        import xarray

        names = np.array([*self.run.world.organisations.id, NOBODY], object)
        control = self.run.control
        fighters = np.concatenate([chunk.strengths["fighters"] for chunk in self.run.chunks()])
        nobody = np.full((*fighters.shape[:2], 1), np.nan, fighters.dtype)
        return xarray.Dataset(
            {
                "holder": (control.dims, names[control.values]),
                "fighters": (("member", "date", "organisation"), np.concatenate([fighters, nobody], axis=2)),
                "probability": (("date", "place", "organisation"), self.summary.probability),
            },
            coords={**control.coords, "organisation": names.astype(str)},
            attrs={"scenario": self.war.name, "origin": str(self.run.plan.origin), "members": self.run.plan.members},
        )

    @cached_property
    def forecast(self) -> Forecast | None:
        """The forecast from the origin of the run, with these wars as the model's; None for what is no forecast: a run
        with changes, or with the actual inputs."""
        if not forecasts(self.run.plan):
            return None
        return (self.aside or self._aside()).with_model(self.run.summary, self.run.verdicts)

    def _aside(self) -> Aside:
        """What the forecast needs besides the run: what its folder has of it, or asked anew and left there."""
        from polemos.war import kept_aside
        from polemos.war.forecast import aside_of

        folder, plan = self.run.folder, self.run.plan
        stored = None if folder is None else kept_aside.read(folder, self.war, plan)
        if stored is None:
            stored = aside_of(self.war, plan)
            if folder is not None:
                kept_aside.write(folder, stored)
        return stored

    @cached_property
    def forecast_answers(self) -> tuple[Answer, ...]:
        """The answers of the forecast, in the order of the questions; the model's, where the run is no forecast."""
        if self.forecast is None:
            return self.answers
        return tuple(self.forecast.wars.answers(self.questions))

    @cached_property
    def answers(self) -> tuple[Answer, ...]:
        """The model's answers, in the order of the questions."""
        from polemos.questions.evaluate import summarise

        return tuple(summarise(question, self.run.verdicts[question.id]) for question in self.questions)

    @cached_property
    def resolutions(self) -> Mapping[str, Resolution]:
        """The outcome of each question, by its id."""
        from polemos.questions.resolve import resolve_all

        return {resolution.question: resolution for resolution in resolve_all(self.questions, self.war.world)}

    def ask(self, question: Question | Draft | str) -> Answer:
        """The answer of the forecast to a question.

        It is the model's own for what the front hazard has no answer to, and where the run is no forecast.

        Parameters
        ----------
        question : Draft, str or Question
            One of `polemos.q`, one of the scenario by its id, or a `Question`.

        Returns
        -------
        Answer
            `probability` of yes in [0, 1], its Monte Carlo `error`, the `status` that says why there is none, and
            quantiles of the quantity.

        Raises
        ------
        KeyError
            For an unknown id.
        ValueError
            For a question that names nothing of this war, or where trajectories were not kept.

        Examples
        --------
        >>> import polemos as pm
        >>> run = pm.load("sri_lanka").run(members=20, origin="2008-01-01", until="2008-03-01")
        >>> world = run.war.world
        >>> run.ask(pm.q.held(by=world.organisations.id[0], places=[world.places.id[0]], on="2008-02-01")).status
        'answered'
        """
        from polemos.questions.evaluate import reducer, summarise

        question_asked = question_of(self.war, question, self.run.plan.origin)
        ask = reducer([question_asked])
        own = np.concatenate([ask(chunk)[question_asked.id] for chunk in self.run.chunks()])
        return (
            summarise(question_asked, own) if self.forecast is None else self.forecast.wars.answer(question_asked, own)
        )

    def rows(self, resolutions: Mapping[str, Resolution] | None = None) -> list[dict[str, Any]]:
        """One row a question: id, title, probability, Monte Carlo error, status, quantiles, outcome, Brier score.

        They are those of the forecast; `model` is the probability of the model alone. `resolutions` are those of the
        questions, where they are at hand.
        """
        outcomes = self.resolutions if resolutions is None else resolutions
        return [
            {
                "question": question.id,
                "title": question.title,
                "probability": answer.probability,
                "error": answer.error,
                "status": answer.status,
                "quantiles": answer.quantiles,
                "outcome": outcomes[question.id].value,
                "brier": brier(answer.probability, outcomes[question.id].value),
                "model": model.probability,
            }
            for question, answer, model in zip(self.questions, self.forecast_answers, self.answers, strict=True)
        ]

    def forecasts(self) -> pd.DataFrame:
        """The answers of the forecast and the outcomes, a row a question.

        Returns
        -------
        pandas.DataFrame
            Columns `question`, `title`, `probability` (NaN where there is no answer), `error` (Monte Carlo), `status`
            (why there is none), `quantiles`, `outcome` (NaN where it is open), `brier` ((p - y)^2, Brier 1950) and
            `model`, the probability of the model alone.

        Examples
        --------
        >>> import polemos as pm
        >>> run = pm.load("sri_lanka").run(members=4, origin="2008-01-01", until="2008-02-01")
        >>> run.forecasts().columns[2]
        'probability'
        """
        import pandas as pd

        names = ("question", "title", "probability", "error", "status", "quantiles", "outcome", "brier", "model")
        frame = pd.DataFrame(self.rows(), columns=list(names))
        return frame.astype({"probability": float, "outcome": float, "brier": float, "model": float})

    def courses(self, most: int = 5) -> pd.DataFrame:
        """The few courses that the simulated wars take, the most frequent first, one row each.

        `share` of the wars, `what happens` and `first sign` in a sentence, `parts on`: the day from which on the course
        stays distinct from the others (NaT: never), `typical` and `members`: the numbers of wars, `happened`: what
        happened is nearest to it. Raises `ValueError` where trajectories were not kept.
        """
        import pandas as pd

        from polemos.courses.courses import sentence, sign_words

        world, until = self.war.world, str(self.run.plan.until)
        names = (*world.organisations.name, NOBODY)
        rows = [
            (
                one.share,
                sentence(one, names, until),
                sign_words(one, world.places.name, names, str(one.sign.date) if one.sign else ""),
                pd.NaT if one.parts is None else pd.Timestamp(one.parts),
                one.typical,
                one.members,
                one.happened,
            )
            for one in self.course_groups(most)
        ]
        heads = ["share", "what happens", "first sign", "parts on", "typical", "members", "happened"]
        return pd.DataFrame(rows, columns=heads)

    def course_groups(self, most: int = 5) -> tuple[Course, ...]:
        """The courses as `polemos.courses.courses.Course`, from the first few thousand wars; see `courses`."""
        from polemos.courses.courses import courses

        run, world = self.run, self.war.world
        parts: list[Holders] = []
        for chunk in run.chunks():
            parts.append(chunk.control)
            if sum(map(len, parts)) >= MOST_GROUPED:
                break
        control = np.concatenate(parts)
        ahead = run.summary.dates >= run.plan.origin
        dates = run.summary.dates[ahead]
        record = np.where(world.observed(dates), world.holders(dates), np.int8(-1))
        return courses(control[:, ahead], dates, world.places.people, world.nobody + 1, record, most=most)


def forecasts(plan: Plan) -> bool:
    """Whether a run is a forecast: made from what was known at its origin, and of the war as it is."""
    return plan.inputs == "known" and not plan.changes


def brier(probability: float | None, outcome: int | None) -> float | None:
    """`(p - y)^2`, None where either is not known (Brier 1950, doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2)."""
    return None if probability is None or outcome is None else (probability - outcome) ** 2


def question_of(war: War, question: Question | Draft | str, origin: np.datetime64) -> Question:
    """A question as it is asked at an origin: one of `polemos.q`, one of the scenario by its id, or a `Question`.

    Raises `KeyError` for an unknown id, `ValueError` for a question that names nothing of this war.
    """
    if isinstance(question, str):
        by_id = {one.id: one for one in war.questions}
        if question not in by_id:
            raise KeyError(f"no question {question!r}; there are {', '.join(by_id) or 'none'}")
        question = by_id[question]
    draft = question.at(origin) if isinstance(question, Draft) else question
    _check(draft, war)
    return draft


def _check(question: Question, war: War) -> None:
    """Raise `ValueError` where a question names a place or an organisation that a war does not have."""
    from polemos.questions.questions import organisations, places
    from polemos.scenario.errors import nearest

    for named, known_ids in (
        (organisations(question), war.world.organisations.id),
        (places(question), war.world.places.id),
    ):
        for name in sorted(named - set(known_ids)):
            raise ValueError(f"{war.name} has no {name!r}; {nearest(name, known_ids)}")
