"""The forecast of a war: a map, totals and questions that agree, reasons, and what must not be offered."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import polemos as pm
from asked import ask
from polemos.cli.commands import app
from polemos.ensemble.config import RunConfig
from polemos.forecasters.reasons import WORDS
from polemos.model.front.features import FEATURES
from polemos.war.forecast import leads_until, mixture_of
from polemos.war.ongoing import is_recent, notice, refused_leads
from scenarios import tiny

runner = CliRunner()
ORIGIN = "2002-07-01"
LEADS = ("1mo", "3mo")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ask(tiny(tmp_path_factory.mktemp("forecast")))


@pytest.fixture(scope="module")
def war(folder):
    return pm.load(folder)


@pytest.fixture(scope="module")
def forecast(war):
    return war.forecast(ORIGIN, leads=LEADS, members=60, threads=1)


def polemos(*words, code=0):
    done = runner.invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.stdout, done.stderr


def test_a_forecast_is_a_probability_of_every_place_and_holder(forecast, war):
    places, holders = len(war.world.places.id), war.world.nobody + 1
    assert forecast.probability.shape == (2, places, holders)
    assert forecast.probability.sum(-1) == pytest.approx(1)
    assert [str(day) for day in forecast.mixed.dates] == ["2002-08-01", "2002-10-01"]
    frame = forecast.table
    assert len(frame) == 2 * places
    columns = [column for column in frame.columns if column.startswith("p_")]
    assert frame[columns].sum(axis=1).to_numpy() == pytest.approx(np.ones(len(frame)), abs=1e-3)


def test_places_totals_and_questions_agree(forecast, war):
    """Expected places by the map lie in the bands of the wars, and what the wars say of a place is near the map."""
    totals = forecast.totals()
    for row in totals:
        assert row["places_low"] - 1 <= row["expected"] <= row["places_high"] + 1, row
        assert row["places_low"] <= row["places_median"] <= row["places_high"]
    for lead in LEADS:
        assert sum(row["expected"] for row in totals if row["lead"] == lead) <= len(war.world.places.id) + 1e-6
    by_wars = forecast.wars.probability(forecast.mixed.dates)
    assert np.abs(by_wars - forecast.probability).mean() < 0.05
    day = forecast.mixed.dates[1]
    place, owner = war.world.places.id[0], war.world.organisations.id[0]
    answer = forecast.ask(pm.q.held(by=owner, places=[place], on=str(day)))
    assert answer.probability == pytest.approx(by_wars[1, 0, 0], abs=0.02)


def test_the_ten_likeliest_have_a_taker_a_chance_and_reasons(forecast, war):
    rows = forecast.likeliest()
    for lead in LEADS:
        own = [row for row in rows if row["lead"] == lead]
        assert len(own) == min(10, len(war.world.places.id))
        assert [row["change"] for row in own] == sorted((row["change"] for row in own), reverse=True)
        for row in own:
            assert row["from"] != row["to"]
            assert 0 <= row["probability"] <= row["change"] + 1e-9
            assert len(row["why"]) <= 3
            assert all(reason["times"] > 1 for reason in row["why"])


def test_every_feature_of_the_front_has_words():
    assert set(FEATURES) <= set(WORDS)


def test_weights_and_checks_are_told_by_member(forecast):
    rows = forecast.members()
    for lead in LEADS:
        own = [row for row in rows if row["lead"] == lead]
        assert sum(row["weight"] for row in own) == pytest.approx(1, abs=0.01)
        assert sum(row["library"] for row in own) == pytest.approx(1, abs=0.01)
        assert all(row["forecasts"] >= 1 for row in own)
        assert len({row["happened"] for row in own}) == 1


def test_the_same_seed_gives_the_same_forecast(war, forecast):
    again = war.forecast(ORIGIN, leads=LEADS, members=60, threads=2)
    assert again.probability.tobytes() == forecast.probability.tobytes()


def test_a_recent_day_gets_the_notice_and_no_lead_under_four_weeks(war):
    today = np.datetime64("2024-05-01")
    assert is_recent(np.datetime64("2024-04-01"), today)
    assert not is_recent(np.datetime64("2024-01-15"), today)
    assert "not for operations" in notice(np.datetime64("2024-04-01"), today)
    assert notice(np.datetime64("2012-04-01"), today) == ""
    assert refused_leads(("2w", "4w", "1mo"), np.datetime64("2024-04-01"), today) == ("2w",)
    assert refused_leads(("2w",), np.datetime64("2012-04-01"), today) == ()


def test_a_short_lead_from_a_recent_day_is_refused(war, monkeypatch):
    monkeypatch.setattr("polemos.war.ongoing.is_recent", lambda origin, today=None: True)
    with pytest.raises(ValueError, match="no lead under four weeks"):
        war.forecast(ORIGIN, leads=("2w", "3mo"))
    with pytest.raises(ValueError, match="a lead"):
        war.forecast(ORIGIN, leads=())


def test_leads_of_a_run_end_with_it():
    origin = np.datetime64("2003-01-01")
    assert leads_until(origin, np.datetime64("2003-04-01")) == ("1w", "2w", "1mo", "3mo")
    assert leads_until(origin, np.datetime64("2003-01-03")) == ("1w",)


def test_a_process_that_a_run_adds_belongs_to_the_model_of_its_forecast(war):
    """A theory may set parameters of processes that are off by default; the look-back has them too."""
    plan = war.plan(
        RunConfig(origin=np.datetime64(ORIGIN), members=8, processes=("uprising",), priors={"rising": 0.05})
    )
    assert mixture_of(plan, seed=1, members=8).model.processes == ("uprising",)
    assert war.run(members=8, origin="2002-01-01", processes=("uprising",), priors={"rising": 0.05}).rows()


def test_the_command_prints_places_totals_weights_and_the_map(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    out, _ = polemos("forecast", folder, "--date", ORIGIN, "--leads", "1mo,3mo", "--members", 40, "--to", "csv")
    assert "Likeliest to change hands within 1 month, by 2002-08-01" in out
    assert "Held: now, and the band of 80 %" in out
    assert "Weights, and changes expected / come in the past year" in out
    assert "Notice" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert (tmp_path / f"tiny-{ORIGIN}.svg").read_text().startswith("<svg")
    table = (tmp_path / f"tiny-{ORIGIN}.csv").read_text().splitlines()
    assert table[0].startswith("place,name,lead,date,lat,lon,holds,likely,change,p_")
    assert len(table) == 1 + 2 * 6


def test_the_command_speaks_json_and_geojson(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = ("forecast", folder, "--date", ORIGIN, "--leads", "3mo", "--members", 40, "--to", "geojson", "--json")
    told = json.loads(polemos(*words)[0])
    assert {"likeliest", "totals", "members", "level", "failed", "notice", "map", "table"} <= set(told)
    made = json.loads((tmp_path / told["table"]).read_text())
    assert made["type"] == "FeatureCollection"
    assert len(made["features"]) == 6
    assert set(made["features"][0]["properties"]) >= {"place", "lead", "holds", "likely", "change"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--leads", "soon"), "no lead"),
        (("--to", "xls"), "no format 'xls'"),
        (("--date", "1066-10-14"), "outside the record"),
        (("--date", "someday"), "neither a day"),
        (("-o", "map.txt"), ".png, .svg, .pdf"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(folder, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    _, err = polemos("forecast", folder, *words, code=2)
    assert says in err
    assert not list(tmp_path.iterdir())


def test_the_front_hazards_part_of_a_run_is_kept_and_changes_no_answer(tmp_path):
    from polemos.war import kept_aside

    war = pm.load("sri_lanka")
    asked = {"members": 20, "origin": "2008-01-01", "until": "2008-04-01", "store": tmp_path}
    first = war.run(**asked)
    told = [answer.probability for answer in first.forecast_answers]
    assert (first.run.folder / kept_aside.FILE).is_file()
    again = war.run(**asked)
    there = kept_aside.read(again.run.folder, war, again.run.plan)
    assert (there.control == first.forecast.aside.control).all()
    assert [answer.probability for answer in again.forecast_answers] == told
    assert again.forecast.wars.share == first.forecast.wars.share


def test_the_model_counts_for_the_same_among_the_wars_with_and_without_the_other_members():
    forecast = pm.load("sri_lanka").forecast("2008-01-01", leads=["1mo"], members=40)
    assert forecast.wars.share == pytest.approx(forecast.mixed.share("model"), abs=1e-12)
    assert 0 < forecast.wars.share < 1


def test_a_damaged_part_is_made_anew(tmp_path):
    from polemos.war import kept_aside

    (tmp_path / kept_aside.FILE).write_bytes(b"cut short")
    war = pm.load("sri_lanka")
    assert kept_aside.read(tmp_path, war, war.plan(pm.RunConfig(origin="2008-01-01", members=2))) is None
