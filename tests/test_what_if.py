"""Paired experiments: effects and their intervals, Shapley values, commands, the flagship's counterfactuals."""

from __future__ import annotations

import dataclasses
import json
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import polemos
from asked import ask
from polemos.argument.claims import Experiment
from polemos.argument.coverage import coverage, line
from polemos.cli.commands import app
from polemos.counterfactual.effects import Effect, effect, paired_interval
from polemos.counterfactual.experiment import what_if
from polemos.counterfactual.shapley import shapley
from polemos.ensemble.config import RunConfig
from polemos.questions.questions import question
from polemos.report.page import presets
from scenarios import tiny

COUNTERFACTUAL = """\
  - id: C1
    kind: counterfactual
    owner: the pamphlet
    text: Without the Emperor the Crown <b>falls</b> [at once]
    questions: [dale-lost]
    experiment:
      text: no emperor
      changes: [supports.emperor=0@2002-01-08]
    carrier: {by: counterfactual, reason: support}
  - id: C2
    kind: counterfactual
    owner: the pamphlet
    text: The two of them did it
    questions: [dale-lost]
    experiment:
      text: every set of two
      players: {Emperor: [supports.emperor=0@2002-01-08], Merchants: [supports.merchants=0@2002-01-08]}
    carrier: {by: counterfactual, reason: support}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = ask(tiny(tmp_path_factory.mktemp("war")))
    with (path / "argument.yaml").open("a", encoding="utf-8") as file:
        file.write(COUNTERFACTUAL)
    return path


@pytest.fixture(scope="module")
def war(folder):
    return polemos.load(folder)


@pytest.fixture(scope="module")
def flagship():
    return polemos.load("caliphate")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


@given(st.integers(0, 50), st.integers(0, 50), st.integers(100, 400))
def test_the_interval_of_a_paired_difference(gained, lost, members):
    low, high = paired_interval(gained, lost, members)
    assert -1 <= low < high <= 1
    assert low <= (gained - lost) / (members + 2) <= high
    assert paired_interval(lost, gained, members) == pytest.approx((-high, -low))


def test_no_member_flipped_is_not_certainty():
    low, high = paired_interval(0, 0, 100)
    assert low < -0.01
    assert high > 0.01


def test_the_interval_covers_as_often_as_it_says():
    """Nine in ten of many small experiments cover the true difference, within what 4,000 of them can tell."""
    cells = np.random.default_rng(5).multinomial(80, [0.1, 0.05, 0.85], size=4000)
    inside = [low <= 0.05 <= high for low, high in (paired_interval(b, c, 80) for b, c, _ in cells)]
    assert 0.87 < np.mean(inside) < 0.95


worths = st.lists(st.floats(-10, 10), min_size=8, max_size=8)


def game(values):
    players = ("a", "b", "c")
    sets = [frozenset(s) for size in range(4) for s in combinations(players, size)]
    return players, {s: np.array([v]) for s, v in zip(sets, values, strict=True)}


@given(worths)
def test_shapley_values_share_out_the_whole(values):
    players, worth = game(values)
    total = sum(share[0] for share in shapley(players, worth).values())
    assert total == pytest.approx(values[-1] - values[0], abs=1e-9)


@given(worths)
def test_who_adds_nothing_gets_nothing_and_equals_get_the_same(values):
    players, worth = game(values)
    null = {s: worth[s - {"a"}] for s in worth}
    assert shapley(players, null)["a"][0] == pytest.approx(0, abs=1e-9)
    alike = {s: worth[frozenset("c" if "c" in s else "") | frozenset(list("ab")[: len(s & {"a", "b"})])] for s in worth}
    shares = shapley(players, alike)
    assert shares["a"][0] == pytest.approx(shares["b"][0], abs=1e-9)


def test_shapley_by_hand():
    """The glove game: a and b hold left gloves, c the right one; a pair is worth 1: 1/6, 1/6, 4/6."""
    players = ("a", "b", "c")
    sets = [frozenset(s) for size in range(4) for s in combinations(players, size)]
    worth = {s: np.array([1.0 if "c" in s and len(s) > 1 else 0.0]) for s in sets}
    assert [shapley(players, worth)[p][0] for p in players] == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_an_effect_counts_the_members_that_flip(war):
    asked = next(one for one in war.questions if one.id == "dale-lost")
    nan = np.nan
    before = np.array([[0, 0, 0], [0, 0, 0], [1, 0, 0], [1, 0, 0], [nan, nan, 1]], float)
    after = np.array([[1, 0, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [1, 0, 0]], float)
    found = effect(asked, before, after, war.plan(RunConfig(members=5)))
    assert (found.members, found.gained, found.lost) == (4, 2, 1)
    assert (found.factual, found.counterfactual, found.difference) == (0.5, 0.75, 0.25)
    assert effect(asked, before[4:], after[4:], war.plan(RunConfig(members=5))) is None


def test_a_time_that_never_comes_counts_as_the_last_day(war):
    asked = question(
        id="q", kind="first_time", title="t", asked="a", origin="2002-01-01", no_later_than="2002-06-01",
        when={"by": "guild", "places": {"ids": ["dale"]}},
    )  # fmt: skip
    table = np.array([[0, np.inf, 0], [1, 10, 0]], float)
    found = effect(asked, table, table[::-1], war.plan(RunConfig(members=2)))
    assert found.shift[0] == pytest.approx(-found.shift[-1])
    assert np.isfinite(found.shift).all()


def experiment(*changes, **more):
    return Experiment(text="t", changes=changes, **more)


def test_a_pair_that_does_nothing_differs_in_nothing(war):
    found = what_if(war, experiment("supports.emperor=1@2002-02-01"), war.questions, config=RunConfig(members=20))
    assert (found.parted, found.first, found.median, found.shifts) == (0.0, None, None, ())
    assert all(one.difference == 0 for one in found.effects)
    assert set(found.deaths) == {0.0}


def test_a_strong_change_parts_the_members_after_its_date(war):
    found = what_if(
        war, experiment("relations.crown.guild=truce@2002-04-01"), war.questions, config=RunConfig(members=30)
    )
    assert found.parted > 0.3
    assert "2002-04-01" <= found.first <= found.median
    assert any(shift.organisation == "guild" for shift in found.shifts)
    assert found.silent == ("much-later",)
    assert "property of the model" in found.sentence


def test_a_change_that_comes_about_in_half_of_the_members(war):
    whole = what_if(
        war, experiment("relations.crown.guild=truce@2002-02-01"), war.questions, config=RunConfig(members=240)
    )
    half = what_if(
        war,
        experiment("relations.crown.guild=truce@2002-02-01", probability=0.5),
        war.questions,
        config=RunConfig(members=240),
    )
    assert 0.3 * whole.parted < half.parted < 0.7 * whole.parted


def test_thin_records_are_told(war):
    found = what_if(war, experiment("losses.guild=0.5@2002-02-01"), (), config=RunConfig(members=5))
    assert found.thin.startswith("Only 12 months of record with ")


def test_games_of_players(war):
    found = what_if(war, war.argument.claim("C2").experiment, war.questions[:1], config=RunConfig(members=10))
    subjects = {(one.subject, one.unit) for one in found.games}
    assert subjects == {("dale-lost", ""), ("guild", "places"), ("guild", "people")}
    for one in found.games:
        assert set(one.values) == {(), ("Emperor",), ("Merchants",), ("Emperor", "Merchants")}
        total = sum(share.value for share in one.shares)
        assert total == pytest.approx(one.values["Emperor", "Merchants"] - one.values[()], abs=1e-9)


def test_what_if_tells_the_effect(folder, here):
    out, _ = say("what-if", folder, "--claim", "C1", "--members", 20, "--out", "c1.html")
    assert "Dale falls within the year" in out
    assert "property of the model" in out
    assert "Two runs that share no draw would need" in out
    page = (here / "c1.html").read_text()
    assert "\\u003cb>falls" in page
    assert "<b>falls" not in page
    again = json.loads(say("what-if", folder, "--claim", "C1", "--members", 20, "--json")[0])
    assert again["claim"] == "C1"
    assert again["effects"][0]["question"] == "dale-lost"
    games = json.loads(say("what-if", folder, "--claim", "C2", "--members", 10, "--json")[0])["games"]
    assert "Emperor + Merchants" in games[0]["values"]
    assert "Shapley" in say("what-if", folder, "--claim", "C2", "--members", 10)[0]
    say("what-if", folder, "--set", "beta_t=0", "--without", "underground", "--members", 10, "--out", "x.json")
    assert json.loads((here / "x.json").read_text())["changes"] == ["beta_t=0", "processes.underground=off"]


def test_a_change_before_the_origin_moves_it(folder, here):
    found = json.loads(say("what-if", folder, "--set", "losses.hill=0.5@2001-06-15", "--members", 5, "--json")[0])
    assert found["origin"] == "2001-06-14"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["what-if"], "give one of --claim, or --set and --without"),
        (["what-if", "--claim", "C1", "--set", "beta_t=0"], "give one of --claim"),
        (["what-if", "--claim", "C9"], "no claim 'C9'"),
        (["what-if", "--claim", "P1"], "there are C1, C2"),
        (["what-if", "--set", "beta_tt=0"], "did you mean 'beta_t'?"),
        (["what-if", "--set", "beta_t"], "write NAME=VALUE"),
        (["what-if", "--set", "supports.emporer=0"], "did you mean 'emperor'?"),
        (["what-if", "--set", "losses.crown=0.5@2009-01-01"], "outside the run"),
        (["what-if", "--set", "losses.crown=0.5@1999-01-01"], "outside the run"),
        (["what-if", "--set", "beta_t=0", "--origin", "1999-01-01"], "outside the record"),
        (["what-if", "--set", "beta_t=0", "--to", "never"], "write YYYY-MM-DD"),
        (["what-if", "--set", "beta_t=0", "--inputs", "later"], "known or actual"),
        (["what-if", "--set", "beta_t=0", "--question", "dale-last"], "did you mean 'dale-lost'?"),
        (["what-if", "--without", "captres"], "did you mean 'captures'?"),
        (["what-if", "--set", "beta_t=0", "--with", "raidz"], "no process"),
        (["what-if", "--set", "leaders.guild=dead@2002-03-01"], "add --with leaders"),
        (["what-if", "--set", "tau_q=0"], "tau_q belongs to pull, which does not run; add --with pull"),
        (["what-if", "--set", "l0=1", "--set", "l0=2"], "l0 is changed twice"),
        (["what-if", "--set", "beta_t=0", "--members", "5", "--out", "no/such/folder.html"], "cannot be written"),
        (["argument", "P9"], "no claim 'P9'"),
        (["argument", "--kind", "Q"], "no kind 'Q'; there are F (fact)"),
        (["argument", "--owner", "the pamflet"], "did you mean 'the pamphlet'?"),
        (["argument", "P1", "--scores"], "not both"),
    ],
)
def test_mistakes_are_told_in_a_line(folder, here, words, told):
    command, *options = words
    out, err = say(command, folder, *options, code=2)
    assert told in err
    assert err.startswith("polemos: ")
    assert len(err.strip().splitlines()) == 1
    assert out == ""


def test_a_scenario_without_an_argument_says_so(tmp_path, here):
    _, err = say("argument", tiny(tmp_path / "bare"), code=2)
    assert "has no argument.yaml" in err


def test_the_inventory(folder, here):
    out, _ = say("argument", folder, "--out", "page.html")
    assert "The merchants will leave." in out
    assert "1 of 2 forecasts" in out
    assert "left out with a reason" in out
    assert "<b>falls" not in (here / "page.html").read_text()
    found = json.loads(say("argument", folder, "--kind", "R", "--json")[0])
    assert [claim["id"] for claim in found["claims"]] == ["R1"]
    assert [
        claim["id"] for claim in json.loads(say("argument", folder, "--owner", "a reply", "--json")[0])["claims"]
    ] == ["R1"]


def test_one_claim_in_full(folder, here):
    out, _ = say("argument", folder, "C1")
    assert "[at once]" in out
    assert "no run of its origin is kept" in out
    say("run", folder, "--members", 10)
    found = json.loads(say("argument", folder, "P1", "--json")[0])
    (asked,) = found["questions"]
    assert asked["model"]["members"] == 10
    assert 0 <= asked["model"]["probability"] <= 1
    assert (asked["outcome"], asked["source"]) == (1, "record")


def test_scores_on_the_command_line(folder, here):
    found = json.loads(say("argument", folder, "--scores", "--json")[0])
    row = next(row for row in found["scores"] if row["who"] == "author" and row["by"] == "all")
    assert row["brier"] == pytest.approx((0.1**2 + 0.5**2) / 2)
    assert "Scores of the words" in say("argument", folder, "--scores")[0]


def test_every_claim_of_the_flagship_is_carried(flagship):
    rows = coverage(flagship.argument)
    assert [(row.kind, row.claims, row.missing) for row in rows] == [
        ("fact", 50, ()),
        ("mechanism", 40, ()),
        ("forecast", 50, ()),
        ("rival", 15, ()),
        ("counterfactual", 14, ()),
        ("dispute", 28, ()),
    ]
    assert "37 of 50 facts" in line(flagship.argument)
    assert "14 of 14 counterfactuals" in line(flagship.argument)


def test_a_claim_without_a_carrier_is_missing(flagship):
    claim = flagship.argument.claim("F1")
    bare = claim.model_copy(update={"carrier": claim.carrier.model_copy(update={"reason": ""})})
    changed = flagship.argument.model_copy(update={"claims": (bare,)})
    assert coverage(changed)[0].missing == ("F1",)
    assert "0 of 1 facts" in line(changed)


def test_every_experiment_of_the_flagship_can_be_planned(flagship):
    claims = flagship.argument.select("counterfactual")
    assert len(claims) == 14
    for claim in claims:
        made = claim.experiment
        sets = made.players.values() if made.players else [made.changes]
        for changes in sets:
            plan = flagship.plan(
                RunConfig(origin=made.origin, until=made.to, members=2, inputs=made.inputs, processes=made.processes)
            )
            from polemos.ensemble.plan import make_plan

            make_plan(flagship.world, dataclasses.replace(plan.config, changes=changes))
        assert made.origin is not None
        assert flagship.world.start <= np.datetime64(made.origin) <= flagship.world.until


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 15))
def test_every_counterfactual_of_the_flagship_runs(flagship, number):
    claim = flagship.argument.claim(f"C{number}")
    asked = [one for one in flagship.questions if one.id in claim.questions]
    found = what_if(flagship, claim.experiment, asked, config=RunConfig(members=10))
    first = min(change.split("@")[1] for change in found.changes)
    if found.first is not None:
        assert found.first >= first
    assert found.effects or found.extra or number == 5
    assert len(found.games) == (0 if number != 10 else 4)


def test_the_page_of_a_run_has_the_counterfactuals_that_were_kept_and_else_says_how(folder, here):
    say("run", folder, "--members", 5)
    page = (here / "report.html").read_text()
    assert f"polemos what-if {polemos.load(folder).name} --every" in page
    assert 'name="preset"' not in page
    out, _ = say("what-if", folder, "--every", "--members", 5)
    able = [claim for claim in polemos.load(folder).argument.claims if claim.experiment]
    assert out.startswith(f"{len(able)} counterfactuals, 5 wars each")
    # The page that was kept is not shown again: what stands beside the run is another.
    say("run", folder, "--members", 5)
    page = (here / "report.html").read_text()
    section = page[page.index('<section id="what-if">') : page.index('<section id="limits">')]
    assert section.count('<details class="preset" name="preset"') == len(able)
    assert section.count(" open><summary>") == 1
    assert section.count('<path class="middle with"') == len(able)


def test_presets_of_another_record_are_not_shown(folder, here):
    war = polemos.load(folder)
    say("what-if", folder, "--every", "--members", 2)
    assert presets.read(war, here / "runs")
    path = presets.file_of(war, here / "runs")
    path.write_text(path.read_text().replace(war.world.digest(), "0" * 64))
    assert presets.read(war, here / "runs") == ()


def test_a_preset_names_the_questions_that_move_and_counts_the_others():
    def moved(title, gained, lost):
        low, high = paired_interval(gained, lost, 100)
        change = (gained - lost) / 100
        return Effect(title, title, 100, 0.5, 0.5 + change, change, low, high, gained, lost, None)

    assert presets.moves([moved("a", 3, 2), moved("The gate falls", 0, 40)]) == (
        "“The gate falls”: yes in 10 of 100 wars with the change, in 50 without it (90 % interval of the difference "
        "−47 to −31).",
        "1 other moves by no more than chance.",
    )
    assert presets.moves([moved("a", 3, 2)]) == ("No question moves by more than chance.",)
    assert presets.moves([]) == ("No question falls within these days.",)


def test_the_page_of_a_run_shows_the_argument(folder, here):
    say("run", folder, "--members", 5)
    page = (here / "report.html").read_text()
    section = page[page.index('<section id="argument">') : page.index('<section id="neutrality">')]
    assert section.count("<tr id=") == len(polemos.load(folder).argument.claims)
    assert "&lt;b&gt;falls" in section
    assert "1 of 1 statements of the rival" in section
