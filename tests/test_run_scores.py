"""Scores of one kept run against the scores worked out from its parts."""

from __future__ import annotations

import numpy as np
import pytest

import polemos
from asked import ask
from polemos.ensemble.plan import PlanError
from polemos.forecasters.markov import Persistence
from polemos.forecasters.model_forecaster import place_probabilities
from polemos.hindcasts.place_scores import front
from polemos.hindcasts.run_scores import score_run
from scenarios import tiny

MEMBERS = 12


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    return polemos.load(str(ask(tiny(tmp_path_factory.mktemp("war")))))


@pytest.fixture(scope="module")
def kept(war, tmp_path_factory):
    keep = tmp_path_factory.mktemp("runs")
    return war.run(members=MEMBERS, store=keep), next(keep.iterdir())


def test_places_are_scored_at_leads_within_run_and_record(war, kept):
    simulation, folder = kept
    scored = score_run(folder, war, (1, 6, 11, 12), [Persistence()])
    assert (scored.folder, scored.scenario, scored.members) == (folder, "tiny", MEMBERS)
    assert scored.leads == ("1mo", "6mo", "11mo"), "a year ends a day after the run"
    assert [(row.forecaster, row.lead, row.scope) for row in scored.places] == [
        (name, lead, scope)
        for name in ("forecast", "model", "persistence")
        for lead in ("1mo", "6mo", "11mo")
        for scope in ("all", "front")
        if (name, lead) != ("forecast", "11mo")
    ], "no forecast of places is made for eleven months"
    days = np.array(["2002-02-01", "2002-07-01", "2002-12-01"], "datetime64[D]")
    happened = war.world.holders(days)
    told = place_probabilities(simulation.run.summary, days, simulation.run.world)
    mixed = 0.998 * told + 0.002 / told.shape[-1]
    chance = np.take_along_axis(mixed, happened[..., np.newaxis].astype(int), -1)[..., 0]
    near = front(war.world, war.world.holders([scored.origin])[0])
    made = simulation.forecast
    for row in ("1mo", "6mo"):
        mine = 0.998 * made.probability[made.leads.index(row)] + 0.002 / told.shape[-1]
        came = mine[np.arange(near.size), happened[("1mo", "6mo").index(row)].astype(int)]
        everywhere, _ = (one for one in scored.places if (one.forecaster, one.lead) == ("forecast", row))
        assert everywhere.log == pytest.approx(-np.log(came).mean())
    for lead, row in enumerate(("1mo", "6mo", "11mo")):
        everywhere, at_front = (one for one in scored.places if (one.forecaster, one.lead) == ("model", row))
        assert everywhere.log == pytest.approx(-np.log(chance[lead]).mean())
        assert at_front.log == pytest.approx(-np.log(chance[lead, near]).mean())
        assert (everywhere.places, at_front.places) == (near.size, near.sum())


def test_questions_are_scored_where_there_is_an_answer_and_an_outcome(war, kept):
    simulation, folder = kept
    scored = score_run(folder, war)
    rows = {row.question: row for row in scored.questions}
    said = {row["question"]: row for row in simulation.rows()}
    assert rows.keys() == said.keys()
    for name, row in rows.items():
        assert (row.forecaster, row.probability) == ("forecast", said[name]["probability"])
        assert (row.model, row.outcome) == (said[name]["model"], said[name]["outcome"])
    assert (rows["much-later"].log, rows["much-later"].brier) == (None, None)
    dale = rows["dale-lost"]
    mixed = 0.998 * dale.probability + 0.002 * 0.5
    assert dale.outcome == 1
    assert dale.log == pytest.approx(-np.log(mixed))
    assert dale.brier == pytest.approx((1 - mixed) ** 2)
    assert dale.model_brier == pytest.approx((1 - (0.998 * dale.model + 0.002 * 0.5)) ** 2)


def test_a_run_that_is_no_forecast_is_scored_by_its_model(war, tmp_path):
    war.run(members=4, inputs="actual", store=tmp_path)
    scored = score_run(next(tmp_path.iterdir()), war, ("1mo",))
    assert {row.forecaster for row in scored.places} == {"model"}
    for row in scored.questions:
        assert (row.forecaster, row.probability, row.brier) == ("model", row.model, row.model_brier)


def test_without_a_lead_in_reach_questions_are_scored_still(war, kept):
    scored = score_run(kept[1], war, (24,))
    assert scored.leads == scored.places == ()
    assert len(scored.questions) == 3


def test_a_run_that_is_not_there_is_refused(war, kept):
    with pytest.raises(PlanError):
        score_run(kept[1] / "nowhere", war)
