"""The forecast of a war from a day: who will hold each place, totals with bands, and the mixture behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.leads import LADDER, later, ordered
from polemos.forecasters.mixture import Mixed, Mixture
from polemos.forecasters.model_forecaster import ModelForecaster, place_probabilities
from polemos.forecasters.pooled_wars import ModelWars, PooledWars
from polemos.forecasters.registry import mixture
from polemos.forecasters.simulated_forecast import Foretold, Past, foretell
from polemos.forecasters.weekly_grid import origin_of
from polemos.questions.answer import Answer
from polemos.questions.builders import Draft
from polemos.questions.questions import Question
from polemos.questions.terms import NOBODY
from polemos.record.world import Days, Floats, Holders, World
from polemos.war import ongoing
from polemos.war.forecast_tables import likeliest_of, members_of, totals_of

if TYPE_CHECKING:
    import pandas as pd

    from polemos.ensemble.plan import Plan
    from polemos.ensemble.summary import Summary
    from polemos.war.war import War

FRONT_MEMBERS, MODEL_MEMBERS = 400, 200
"""Simulated wars of the front hazard and of the model, where nobody says how many."""
TOP = 10
"""Places that are named as the likeliest to change hands."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """The forecast of a war from an origin at L leads.

    `world` is cut at the origin; `wars` are the simulated wars that answer what is asked of totals and of courses,
    `aside` what they and the mixture are made from, `model` what the model says for the leads, if it has a weight.

    >>> import polemos as pm
    >>> forecast = pm.load("sri_lanka").forecast("2008-01-01", leads=["1mo"], members=40)
    >>> forecast.table.columns.tolist()[:4]
    ['place', 'name', 'lead', 'date']
    """

    war: War
    world: World
    leads: tuple[str, ...]
    wars: PooledWars
    aside: Aside
    model: Foretold | None

    def __repr__(self) -> str:
        return f"<Forecast of {self.war.name} from {self.origin} at {', '.join(self.leads)}>"

    @property
    def origin(self) -> np.datetime64:
        """The day it is made on: what was known that evening, and nothing else."""
        assert self.world.origin is not None
        return self.world.origin

    @cached_property
    def mixed(self) -> Mixed:
        """Who holds each place at the leads, by the mixture and by its members. Asks the trees and the rules."""
        return self.aside.mixed(self.model)

    @property
    def front(self) -> FrontHazard:
        """The front hazard behind it."""
        return front_of(self.aside.mixture)

    @property
    def probability(self) -> Floats:
        """Probability of every holder of every place at the leads [L, P, O + 1], the last is nobody."""
        return self.mixed.probability

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """Ids of the holders, the last is nobody."""
        return (*self.world.organisations.id, NOBODY)

    def change(self) -> Floats:
        """Probability that a place has another holder than at the origin: [L, P]."""
        holders = self.world.holders([self.origin])[0].astype(np.intp)
        stay = np.take_along_axis(self.probability, holders[np.newaxis, :, np.newaxis], axis=-1)[..., 0]
        return np.asarray(1 - stay)

    def rows(self) -> list[dict[str, Any]]:
        """A row a place and lead: who holds it, who will most likely, the chances of all and of another holder."""
        places, holders = self.world.places, self.world.holders([self.origin])[0]
        change = self.change()
        return [
            {
                "place": identifier,
                "name": places.name[p],
                "lead": lead,
                "date": str(self.mixed.dates[row]),
                "lat": float(places.lat[p]),
                "lon": float(places.lon[p]),
                "holds": self.holders[holders[p]],
                "likely": self.holders[int(self.probability[row, p].argmax())],
                "change": round(float(change[row, p]), 4),
                **{f"p_{name}": round(float(self.probability[row, p, k]), 4) for k, name in enumerate(self.holders)},
            }
            for row, lead in enumerate(self.leads)
            for p, identifier in enumerate(places.id)
        ]

    @property
    def table(self) -> pd.DataFrame:
        """The rows as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def likeliest(self, top: int = TOP) -> list[dict[str, Any]]:
        """The places likeliest to change hands, at each lead: from, to, the chance of a change and of that taker, why.

        `why` are the largest terms of the front hazard, in words, with the factor by which each raises the rate.
        """
        return likeliest_of(self, top)

    def totals(self) -> list[dict[str, Any]]:
        """A row an organisation and lead: places and people held now, and the 10, 50 and 90 % points of the wars.

        `expected` are places by the map: the sum of its probabilities.
        """
        return totals_of(self)

    def members(self) -> list[dict[str, Any]]:
        """A row a member of the mixture and lead: its weight in the library and after the check on the past year.

        `expected` and `happened` are changes of hands, means over `forecasts` that fell due; None where none did.
        """
        return members_of(self)

    def failed(self) -> list[str]:
        """Members that lost more than half of their weight to the check at some lead."""
        return [
            name
            for column, name in enumerate(self.mixed.members)
            if any(check is not None and check[column].share_kept < 0.5 for check in self.mixed.checks)
        ]

    def front_answers(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers of the front hazard's wars alone."""
        own = replace(self.wars, model=None, share=0.0)
        return own.answers(questions)

    def ask(self, question: Question | Draft | str) -> Answer:
        """The answer of the simulated wars to a question: one of `polemos.q`, of the scenario by its id, a `Question`.

        Men and battles are not in the wars of the front hazard; `war.run` answers what is asked of those. Raises
        `KeyError`, `ValueError` as `Simulation.ask`.
        """
        from polemos.war.simulation import question_of

        return self.wars.answer(question_of(self.war, question, self.origin))

    def level(self) -> list[dict[str, Any]]:
        """A row a lead: changes of hands that the mixture would have expected in the past year, and the real ones.

        `odds` is what the odds of a change are multiplied by for it.
        """
        return [
            {
                "lead": lead,
                "expected": None if own is None else round(own.expected, 2),
                "happened": None if own is None else round(own.happened, 2),
                "odds": 1.0 if own is None else round(float(np.exp(-own.beyond)), 3),
            }
            for lead, own in zip(self.leads, self.mixed.level, strict=True)
        ]

    def as_json(self, top: int = TOP) -> dict[str, Any]:
        """Everything but the map, as JSON values."""
        return {
            "scenario": self.war.name,
            "origin": str(self.origin),
            "leads": {lead: str(date) for lead, date in zip(self.leads, self.mixed.dates, strict=True)},
            "notice": ongoing.notice(self.origin),
            "likeliest": self.likeliest(top),
            "totals": self.totals(),
            "members": self.members(),
            "level": self.level(),
            "failed": self.failed(),
        }


def dates_of(origin: np.datetime64, leads: Sequence[str]) -> Days:
    """The days of leads [L]."""
    return np.array([later(origin, lead) for lead in leads], "datetime64[D]")


def leads_until(origin: np.datetime64, until: np.datetime64) -> tuple[str, ...]:
    """The leads of the ladder that end by a day; one week where none does."""
    return tuple(lead for lead in LADDER if later(origin, lead) <= until) or LADDER[:1]


def front_of(mixed_forecaster: Mixture) -> FrontHazard:
    """The front hazard of a mixture."""
    assert isinstance(mixed_forecaster.front, FrontHazard)
    return mixed_forecaster.front


@dataclass(frozen=True, slots=True, eq=False)
class Aside:
    """What a forecast needs besides the model's wars: its mixture, the wars of the front hazard `control` int8
    [m, W + 1, P], what that says for the `leads`, and what the simulators said in the `past` year."""

    war: War
    world: World
    leads: tuple[str, ...]
    mixture: Mixture
    control: Holders
    front: Foretold
    past: tuple[Past, ...]

    @property
    def dates(self) -> Days:
        """The days of the leads [L]."""
        return dates_of(origin_of(self.world), self.leads)

    def with_model(self, summary: Summary | None, verdicts: Mapping[str, Any] | None = None) -> Forecast:
        """The forecast, with what the model's wars say; None where the model has no weight."""
        own, wars = None, None
        if summary is not None:
            own = Foretold(place_probabilities(summary, self.dates, self.world))
            wars = ModelWars(summary, verdicts or {})
        pooled = PooledWars(self.world, self.control, wars, self.share(own))
        return Forecast(self.war, self.world, self.leads, pooled, self, own)

    def share(self, model: Foretold | None) -> float:
        """The weight of the model's wars among the simulated wars, independent of the other members of the mixture."""
        alone = self.mixture.simulators
        forecasts = self._by_part(model)
        mixed = alone.mixed(self.world, self.dates, [forecasts[id(part)] for part in alone.parts], self.past)
        return mixed.share("model")

    def mixed(self, model: Foretold | None) -> Mixed:
        """The mixture, with what the model says; the trees and the rules are asked now and in the past year."""
        mixed_forecaster, forecasts = self.mixture, self._by_part(model)
        simulators = mixed_forecaster.simulators.parts
        rest = tuple(part for part in mixed_forecaster.parts if all(part is not one for one in simulators))
        forecasts |= {id(part): foretell(part, self.world, self.dates) for part in rest}
        past = []
        for own, others in zip(self.past, mixed_forecaster.look_back(self.world, self.dates, rest), strict=True):
            parts = zip((*simulators, *rest), (*own.said, *others.said), strict=True)
            back = {id(part): one for part, one in parts}
            past.append(Past(own.origin, own.dates, tuple(back[id(part)] for part in mixed_forecaster.parts)))
        return mixed_forecaster.mixed(
            self.world, self.dates, [forecasts[id(part)] for part in mixed_forecaster.parts], past
        )

    def _by_part(self, model: Foretold | None) -> dict[int, Foretold]:
        """What the simulators say, by the identity of the part."""
        forecasts = {id(self.mixture.front): self.front}
        return forecasts if model is None else forecasts | {id(self.mixture.model): model}


def mixture_of(plan: Plan | None, seed: int, members: int = FRONT_MEMBERS, threads: int | None = None) -> Mixture:
    """The mixture of a run: its front hazard, and the model with the settings of its plan, by default the usual."""
    model = ModelForecaster(min(members, MODEL_MEMBERS), seed, threads=threads)
    if plan is not None:
        model = replace(
            model,
            theory=plan.theory,
            priors=plan.priors,
            processes=plan.processes,
            without=plan.without,
            learn=plan.learn,
        )
    return mixture(FrontHazard(members, seed, threads=threads), model)


def aside(
    war: War, origin: np.datetime64, leads: Sequence[str], forecaster: Mixture, until: np.datetime64 | None = None
) -> Aside:
    """Ask the front hazard, for leads as words, its wars up to `until` (by default the last lead), and of the past year
    both simulators.

    Raises `ValueError` for a day outside the record.
    """
    world, dates = war.world.as_of(origin), dates_of(origin, leads)
    control, own = front_of(forecaster).trajectories(world, dates, until)
    past = forecaster.look_back(world, dates, forecaster.simulators.parts)
    return Aside(war, world, tuple(leads), forecaster, control, own, tuple(past))


def aside_of(war: War, plan: Plan, threads: int | None = None) -> Aside:
    """What the forecast of a run needs besides its wars: the leads that it reaches, with the model of its settings."""
    leads = leads_until(plan.origin, plan.until)
    return aside(war, plan.origin, leads, mixture_of(plan, plan.seed, threads=threads), plan.until)


def forecast(
    war: War,
    origin: np.datetime64,
    leads: Sequence[object],
    *,
    members: int = FRONT_MEMBERS,
    seed: int = 1,
    threads: int | None = None,
) -> Forecast:
    """The forecast of a war from a day.

    Raises `ValueError` for a day outside the record, what is no lead, and a lead under four weeks from a recent day.
    """
    words = ordered(leads)
    if not words:
        raise ValueError("a forecast needs a lead; name one, such as 3mo")
    short = ongoing.refused_leads(words, origin)
    if short:
        raise ValueError(
            f"no lead under four weeks is offered from a day in the past three months, but {', '.join(short)} is one; "
            "see docs/limits.md"
        )
    parts = aside(war, origin, words, mixture_of(None, seed, members, threads))
    if not parts.mixture.asks("model"):
        return parts.with_model(None)
    assert isinstance(parts.mixture.model, ModelForecaster)
    run = parts.mixture.model.simulate(parts.world, dates_of(origin, words).max())
    return parts.with_model(run.summary, run.verdicts)
