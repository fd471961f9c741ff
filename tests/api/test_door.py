"""The door for Python: everything of docs/python.md, by `polemos.*` alone."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import polemos as pm

WAR = "sri_lanka"
HELD = {
    "places": pd.DataFrame(
        {
            "id": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "lat": [1.0, 1.2, 1.4],
            "lon": [2.0, 2.1, 2.2],
            "people": [1e4, 2e4, 5e3],
        }
    ),
    "links": pd.DataFrame({"a": ["a", "b"], "b": ["b", "c"], "km": [20, 20]}),
    "control": pd.DataFrame(
        {
            "place": ["a", "b", "b", "c"],
            "organisation": ["x", "x", "y", "y"],
            "start": ["2001-01-01", "2001-01-01", "2001-06-01", "2001-01-01"],
            "end": ["", "2001-06-01", "", ""],
        }
    ),
    "organisations": {"x": "government", "y": "insurgent"},
    "start": "2001-01-01",
    "end": "2002-01-01",
}


@pm.forecaster("mine")
def mine(world, dates):
    held = world.holders([world.until])[0]
    row = 0.9 * np.eye(world.nobody + 1)[held] + 0.1 / (world.nobody + 1)
    return np.repeat(row[np.newaxis], len(dates), axis=0)


@pytest.fixture(scope="module")
def war():
    return pm.load(WAR)


@pytest.fixture(scope="module")
def run(war):
    return war.run(members=40, origin="2008-01-01", until="2009-02-01", priors={"slope": 1.3})


def test_parameters_are_a_frame(war):
    frame = war.parameters
    assert list(frame.columns[:5]) == ["name", "process", "prior", "unit", "meaning"]
    assert "slope" in set(frame["name"])
    assert frame["source"].str.len().gt(0).all()


def test_a_run_in_memory_has_its_dataset(war, run):
    data = run.dataset
    assert data.holder.dims == ("member", "date", "place")
    assert data.sizes["member"] == 40
    assert set(np.unique(data.holder.values)) <= {*war.world.organisations.id, "nobody"}
    share = data.probability.sum("organisation")
    assert np.allclose(share, 1)
    held = (data.holder == "ltte").mean("member")
    assert np.allclose(held, data.probability.sel(organisation="ltte"), atol=1e-6)
    assert run.run.folder is None


def test_forecasts_are_a_frame_and_questions_are_asked_afterwards(run):
    frame = run.forecasts()
    assert list(frame.columns) == [
        "question",
        "title",
        "probability",
        "error",
        "status",
        "quantiles",
        "outcome",
        "brier",
        "model",
    ]
    answer = run.ask(pm.q.held(by="ltte", places=["kilinochchi"], on="2009-01-01"))
    share = run.dataset.probability.sel(organisation="ltte", place="kilinochchi")
    model = float(share.sel(date="2009-01-01", method="pad"))
    wars, place = run.forecast.wars, run.war.world.place("kilinochchi")
    week = int((np.datetime64("2009-01-01") - np.datetime64("2008-01-01")).astype(int)) // 7
    front = float((wars.control[:, week, place] == run.war.world.organisation("ltte")).mean())
    assert answer.probability == pytest.approx((1 - wars.share) * front + wars.share * model, abs=1e-6)
    with pytest.raises(ValueError, match=r"has no 'lte'; did you mean 'ltte'"):
        run.ask(pm.q.held(by="lte", on="2009-01-01"))
    with pytest.raises(ValueError, match="not a question"):
        run.ask(pm.q.held(by="ltte", on="soon"))


def test_every_kind_of_question_can_be_built(run):
    drafts = [
        pm.q.share("ltte", on="2009-01-01", at_most=0.5),
        pm.q.first_time("govt" if "govt" in run.war.world.organisations.id else "ltte", no_later_than="2009-01-01"),
        pm.q.count("captures", by="ltte", window=("2008-01-01", "2009-01-01"), at_least=1),
        pm.q.strength("ltte", on="2009-01-01", series="fighters", at_least=1),
    ]
    for draft in drafts:
        assert 0 <= run.ask(draft).probability <= 1


def test_a_run_in_a_folder_is_reopened(war, tmp_path):
    first = war.run(members=5, origin="2008-01-01", until="2008-03-01", store=tmp_path)
    again = war.run(members=5, origin="2008-01-01", until="2008-03-01", store=tmp_path)
    assert (first.run.simulated, again.run.simulated) == (5, 0)
    assert np.array_equal(first.control, again.control)


def test_a_what_if_is_a_frame_with_intervals(war):
    found = war.what_if("losses.ltte=0.5@2008-02-01", members=20, origin="2008-01-01", until="2009-01-01")
    assert {"question", "factual", "counterfactual", "difference", "low", "high"} <= set(found.effects.columns)
    assert (found.effects["low"] <= found.effects["high"]).all()
    assert {"organisation", "series", "median"} <= set(found.series.columns)


def test_a_hindcast_scores_a_function_beside_the_baselines(war):
    done = pm.hindcast(war, ["contiguity", mine], every="6mo", leads=["2w", "1mo"], members=20)
    skill = done.skill()
    assert set(skill["forecaster"]) == {"contiguity Markov", "mine"}
    assert list(dict.fromkeys(skill["lead"])) == ["2w", "1mo"]
    assert (skill.loc[skill["forecaster"] == "contiguity Markov", "skill"] == 0).all()
    scores = done.scores()
    assert scores["log"].gt(0).all()
    assert len(scores) >= len(skill)


def test_a_wrong_forecaster_is_told_what_is_wrong(war):
    short = pm.forecaster("short")(lambda world, dates: np.zeros((1, 2)))
    sums = pm.forecaster("sums")(lambda world, dates: 2 * mine(world, dates))
    for one, word in ((short, r"it must be \("), (sums, "sum to 2")):
        with pytest.raises(ValueError, match=word):
            pm.hindcast(war, [one], every="12mo", leads=["1mo"])


def test_words_that_are_no_leads_and_names_that_are_no_forecasters(war):
    with pytest.raises(ValueError, match="no lead"):
        pm.hindcast(war, ["contiguity"], leads=["soon"])
    with pytest.raises(KeyError, match="no forecaster 'contagion'"):
        pm.hindcast(war, ["contagion"])
    with pytest.raises(ValueError, match="no setting memebrs"):
        war.run(memebrs=3)


def test_a_war_of_frames_runs_and_is_drawn():
    own = pm.War.from_frames(**HELD)
    assert own.world.organisations.id == ("x", "y")
    run = own.run(members=20, origin="2001-09-01")
    assert run.dataset.sizes["place"] == 3
    assert run.plot.map(date="2001-12-01").to_dict()


def test_faults_of_frames_name_the_frame_and_the_row():
    control = HELD["control"].assign(organisation=["x", "x", "z", "y"])
    with pytest.raises(ValueError, match=r"control row 2:organisation: .*'z'"):
        pm.War.from_frames(**{**HELD, "control": control})
    with pytest.raises(ValueError, match=r"links.*lenght"):
        pm.War.from_frames(**{**HELD, "links": HELD["links"].assign(lenght=3)})


def test_columns_of_frames_may_go_by_the_names_that_people_give_them():
    names = {"id": "place_id", "lat": "Latitude", "lon": "lng", "people": "Population"}
    control = HELD["control"].rename(columns={"organisation": "controlled by", "start": "Since", "end": "Until"})
    own = pm.War.from_frames(**{**HELD, "places": HELD["places"].rename(columns=names), "control": control})
    assert own.world.places.people.tolist() == pm.War.from_frames(**HELD).world.places.people.tolist()
    with pytest.raises(ValueError, match=r"control row 2:controlled by: .*'z'"):
        pm.War.from_frames(**{**HELD, "control": control.assign(**{"controlled by": ["x", "x", "z", "y"]})})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"places": [1, 2]}, "places: a list, not a pandas data frame"),
        ({"organisations": ["x", "y"]}, "organisations: a list; give kinds by id"),
        ({"organisations": {"x": "goverment", "y": "insurgent"}}, r"organisations:x.kind: .*did you mean 'government'"),
        ({"start": "2003-01-01"}, "end: 2002-01-01 is not after the start, 2003-01-01"),
        ({"control": HELD["control"].iloc[:3]}, r"places row 2:id: .*add a row to control from"),
        ({"places": pd.concat([HELD["places"], HELD["places"].iloc[:1]])}, "places row 3:id: .*first in row 0"),
    ],
)
def test_faults_of_frames_name_no_file_and_no_line_of_one(changes, said):
    with pytest.raises(ValueError, match=said) as error:
        pm.War.from_frames(**{**HELD, **changes})
    assert ".csv" not in str(error.value)
    assert ".yaml" not in str(error.value)


def test_a_process_of_ones_own_runs_and_a_broken_one_is_said_in_a_sentence():
    from polemos.model.jit import kernel
    from polemos.model.process import Parameter, beta

    @kernel
    def step(holder, garrison, share_lost, killed):
        for m in range(holder.shape[0]):
            for p in range(holder.shape[1]):
                if holder[m, p] < killed.shape[1]:
                    for k in range(garrison.shape[2]):
                        lost = share_lost[m] * garrison[m, p, k]
                        garrison[m, p, k] -= lost
                        killed[m, holder[m, p]] += lost

    @kernel
    def broken(holder, garrison):
        garrison["a"] = holder

    def process(name, function, parameters=()):
        return pm.Process(name, name, function, parameters, writes=("garrison",), on=False)

    parameter = Parameter("share_lost", beta(1, 999), "share a week", "men who are lost", "judgement: an example")
    own = pm.War.from_frames(**HELD)
    assert own.run(members=5, origin="2001-09-01", processes=[process("lost", step, (parameter,))]).run.plan.code
    with pytest.raises(ValueError, match=r"process broken: its kernel cannot be compiled") as error:
        own.run(members=5, origin="2001-09-01", processes=[process("broken", broken)])
    assert len(str(error.value).splitlines()) == 1


def test_importing_is_light_and_everything_public_is_there():
    code = "import sys, polemos; print('pandas' in sys.modules, all(getattr(polemos, n) for n in polemos.__all__))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]


def test_what_is_public_is_hidden_by_no_package():
    """`polemos.x` becomes the package of that name as soon as a part of it is imported."""
    packages = {name for _, name, is_package in pkgutil.iter_modules(pm.__path__) if is_package}
    assert not packages & set(dir(pm))
