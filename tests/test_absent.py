"""Absent is not zero, and a guess is not an outcome: wars of which little is known, begun with `polemos new`."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.forecasters.front_hazard import FrontHazard
from polemos.model import engine
from polemos.model.initial_state import men_known
from polemos.questions.evaluate import evaluate, summarise
from polemos.questions.questions import question
from polemos.report.html.page import html
from polemos.report.page import provenance
from polemos.report.page.assess import account
from polemos.scenario.guesses import guesses, silences
from polemos.scenario.load import read
from polemos.war.assessment import assess
from polemos.war.check import check
from polemos.war.war import load
from scenarios import put
from scenarios import tiny as write_tiny

TOWNS = """\
name,latitude,longitude,pop
Asker,48.0,37.0,50000
Bole,48.0,37.4,20000
Cray,48.0,37.8,15000
Doon,48.3,37.4,9000
"""
HOLDERS = "name,latitude,longitude,pop,holder\nAsker,48.0,37.0,50000,north\nBole,48.0,37.4,20000,south\n"
STRENGTHS = "actor,measure,date,low,best,high,unit,source,note\n"
SIDES = ("--organisation", "north:government:North", "--organisation", "south:insurgent:South")


def polemos(*words, code=0):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output + repr(done.exception)
    return done.output


def new(folder, towns=TOWNS):
    """A war of two sides as `polemos new` writes it, over the year 2022."""
    (folder / "towns.csv").write_text(towns)
    polemos(
        *("new", "war", "--places", folder / "towns.csv", "--in", folder, *SIDES),
        *("--start", "2022-01-01", "--end", "2023-01-01"),
    )
    return folder / "war"


@pytest.fixture
def war(tmp_path):
    return new(tmp_path)


def strengths(war, *rows):
    (war / "strengths.csv").write_text(STRENGTHS + "".join(f"{row},persons,invented,\n" for row in rows))


def divided(war):
    """South observed to hold Cray and Doon, North the others, all year."""
    held = {"asker": "north", "bole": "north", "cray": "south", "doon": "south"}
    rows = "".join(f"{place},{holder},2022-01-01,,0,window,seen,\n" for place, holder in held.items())
    (war / "control.csv").write_text(f"place,holder,start,end,contested,precision,source,note\n{rows}")
    return war


def chance(war, members=40):
    """Probability that North holds its largest town at the end, and captures by channel."""
    done = load(war).run(members=members)
    return {row["question"]: row["probability"] for row in done.rows()}["largest-held"]


# Without strengths men play no part.


def test_no_town_is_abandoned_for_want_of_men_that_nobody_counted(war):
    """North keeps nearly everything: who holds nothing enters, seldom."""
    done = load(war).run(members=40)
    probability = {row["question"]: row["probability"] for row in done.rows()}
    assert probability["largest-held"] > 0.95
    assert probability["any-place"] < 0.1
    assert probability["nine-tenths"] > 0.9
    world = load(war).world
    assert (done.summary.counts[..., world.nobody] == 0).all()
    assert done.summary.counts[..., world.organisations.id.index("south")].max() <= 4


def test_strengths_of_one_side_alone_are_no_force_ratio(war):
    """Of two sides that hold places, one has no estimate: its men are not taken to be few."""
    divided(war)
    without = chance(war)
    strengths(war, "south,fighters,2022-01-01,9000,10000,11000")
    world = load(war).world.as_of("2022-07-02")
    assert not men_known(world)
    assert chance(war) == without
    assert provenance.strengths(world)[0].startswith("No strengths of North: men play no part")


def test_estimates_of_another_measure_are_no_fighters(war):
    strengths(war, "north,members,2022-01-01,1,2,3", "south,members,2022-01-01,1,2,3")
    assert not men_known(load(war).world.as_of("2022-07-02"))
    assert silences(read(war))[0].startswith("numbers of fighters")


def test_with_the_strengths_of_both_men_play_their_part(war):
    divided(war)
    strengths(war, "north,fighters,2022-01-01,900,1000,1100", "south,fighters,2022-01-01,900,1000,1100")
    world = load(war).world.as_of("2022-07-02")
    assert men_known(world)
    assert provenance.strengths(world) == []
    setup = engine.prepare(world, "2022-09-01", members=2, seed=1)
    assert setup.men
    assert np.isfinite(engine.simulate(setup, 0, 2).strengths["fighters"][:, -1]).all()


def test_an_organisation_with_a_few_places_has_a_rule_of_thumb_that_is_told(tmp_path):
    path = write_tiny(tmp_path)
    put(path, "strengths.csv", "hill,fighters,2001-01-01,1000,2000,3000,persons,invented,\n", "")
    world = load(path).world
    # On New Year the League holds one of six places, which is more than a tenth of them; in July none.
    assert not men_known(world.as_of("2002-01-25"))
    assert men_known(world.as_of("2002-07-05"))


def test_a_question_about_men_of_whom_nothing_is_known_is_not_in_the_model(war):
    setup = engine.prepare(load(war).world.as_of("2022-07-02"), "2022-12-31", members=3, seed=1)
    assert [process.name for process in setup.processes] == ["captures", "memory", "credibility"]
    chunk = engine.simulate(setup, 0, 3)
    base = {"id": "q", "title": "q", "asked": "q", "origin": "2022-07-02"}
    men = question(**base, kind="strength", by="north", date="2022-12-01", more_than=1)
    attacks = question(
        **base, kind="count", what="attacks", by="north", window=("2022-08-01", "2022-09-01"), at_least=1
    )
    battle = question(**base, kind="battle", window=("2022-08-01", "2022-09-01"))
    for one in (men, attacks, battle):
        assert summarise(one, evaluate(one, chunk)).status == "not in the model"


def test_places_change_hands_at_the_rates_of_the_front(war):
    """Without men land is the front hazard's, bit for bit, and without `captures` it stays."""
    world = load(divided(war)).world.as_of("2022-07-02")
    setup = engine.prepare(world, "2022-12-31", members=200, seed=1)
    moved = engine.simulate(setup, 0, 200)
    front, _ = FrontHazard(members=200, threads=1).simulate(world, setup.dates.size - 1)
    assert np.array_equal(moved.control[:, -setup.dates.size :], front)
    assert moved.captures.member.size > 20
    still = engine.prepare(world, "2022-12-31", members=20, seed=1, without=("captures",))
    assert engine.simulate(still, 0, 20).captures.member.size == 0


# A guess is not an outcome.


def test_persistence_gets_no_score_on_what_was_guessed(war):
    done = load(war).run(members=5)
    assert [row["outcome"] for row in done.rows()] == [None] * 3
    page = account(assess(done.war, done)).contents
    assert page.scores == ()
    assert (page.record == -1).all()
    assert page.diagrams == ()


def test_a_holder_that_a_list_of_towns_names_was_seen_on_the_first_day_alone(tmp_path):
    war = load(new(tmp_path, HOLDERS))
    world = war.world
    assert world.observed(np.array(["2022-01-01", "2022-01-02"], "datetime64[D]")).tolist() == [[True] * 2, [False] * 2]
    assert [world.organisations.id[o] for o in world.holders([world.until])[0]] == ["north", "south"]
    done = war.run(members=5)
    assert [row["outcome"] for row in done.rows()] == [None] * 3
    assert not any("who held" in guess for guess in war.guesses)


def test_where_a_place_was_imported_and_another_is_guessed_only_the_first_is_scored(war):
    text = (war / "control.csv").read_text()
    (war / "control.csv").write_text(
        text.replace("asker,north,2022-01-01,,,window,guessed,", "asker,north,2022-01-01,,,window,a map,")
    )
    loaded = load(war)
    outcomes = {row["question"]: row["outcome"] for row in loaded.run(members=5).rows()}
    assert outcomes == {"largest-held": 1, "any-place": None, "nine-tenths": None}
    assert loaded.guesses[0] == "who held 3 of 4 places (control.csv)"
    told = polemos("check", war)
    assert "who held 3 of 4 places" in told
    assert "Nobody observed who held 3 of 4 places: they are not scored" in told


# Questions follow the default origin, and a run that answers none says why.


def moved_origin(war, day="2022-10-01"):
    put(war, "scenario.yaml", "  default: 2022-07-02", f"  default: {day}")
    return war


def test_the_questions_of_a_new_war_follow_the_default_origin(war):
    assert len(load(war).questions_at(np.datetime64("2022-07-02"))) == 3
    loaded = load(moved_origin(war))
    assert len(loaded.questions_at(loaded.origin())) == 3
    assert {str(one.origin) for one in loaded.questions} == {"2022-10-01"}
    assert check(war) == []


def test_check_and_run_say_why_no_question_is_answered(war, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(moved_origin(war), "questions.yaml", "    kind: share\n", "    kind: share\n    origin: 2022-07-02\n")
    put(war, "questions.yaml", "    kind: held\n", "    kind: held\n    origin: 2022-07-02\n")
    # One of the three still follows the default: nothing is wrong.
    assert check(war) == []
    put(war, "questions.yaml", "    kind: first_time\n", "    kind: first_time\n    origin: 2022-07-02\n")
    (problem,) = check(war)
    assert (problem.level, problem.file) == ("warning", "questions.yaml")
    assert "3 questions have another origin (2022-07-02)" in problem.what
    told = polemos("run", war, "--members", "4", "--out", tmp_path / "x.html")
    assert "No question is answered: 3 questions have another origin (2022-07-02)." in told


def test_a_question_without_an_origin_needs_a_default(war):
    put(war, "scenario.yaml", "origins:\n", "")
    text = (war / "scenario.yaml").read_text()
    (war / "scenario.yaml").write_text("\n".join(line for line in text.split("\n") if "default:" not in line))
    told = [str(problem) for problem in check(war)]
    assert len(told) == 3
    assert all("origin" in one and "missing" in one for one in told)


# Every page says what is guessed, what there is no data on, and what no run can say.


def test_a_page_of_a_new_war_names_its_guesses_and_its_gaps(war):
    page = html(account(assess(load(war), load(war).run(members=4))).contents)
    limits = page[page.index("What the model cannot say") :].split("</ul>")[0]
    roads = len(read(war).tables["links.csv"])
    for part in (
        "who held 4 of 4 places (control.csv)",
        f"{roads} of {roads} roads (links.csv)",
        "war between North and South (relations.csv)",
        "No data on: strengths, support from outside",
        "No strengths: men play no part",
        "Nobody observed who held 4 of 4 places",
        "A probability is a share of simulated wars",
    ):
        assert part in limits


def test_the_limits_of_a_war_with_every_table_are_not_empty_and_name_no_gap(tiny):
    war = load(tiny)
    page = html(account(assess(war, war.run(members=2))).contents)
    limits = page[page.index("What the model cannot say") :].split("</ul>")[0]
    assert limits.count("<li>") >= len(provenance.GENERAL)
    assert "Guessed" not in limits
    assert "No data on" not in limits
    assert provenance.observation(war) == []


def test_what_is_guessed_is_counted_in_every_table(tiny):
    put(tiny, "relations.csv", "crown,guild,2001-01-01,,war,invented,", "crown,guild,2001-01-01,,war,guessed,")
    put(tiny, "links.csv", "alder,birch,highway,30", "alder,birch,guessed_road,30")
    aid = "merchants,guild,2001-01-01,2002-08-01,money,0.5,"
    put(tiny, "support.csv", f"{aid}invented,", f"{aid}guessed,")
    assert guesses(read(tiny)) == (
        "1 of 6 roads (links.csv)",
        "war between The Crown and The Guild (relations.csv)",
        "1 row of support.csv",
    )


def test_show_and_check_say_how_far_observation_reaches(tiny):
    put(tiny, "scenario.yaml", "end: 2003-01-01", "end: 2003-01-01\nobserved_until: 2002-07-01")
    told = polemos("check", tiny)
    assert "Control is observed until 2002-06-30, 184 days before the end of the record (2002-12-31)" in told
    shown = json.loads(polemos("show", tiny, "--json"))
    assert (shown["date"], shown["unobserved"]) == ("2002-06-30", [])
    later = polemos("show", tiny, "--date", "2002-12-01")
    assert "Not observed on 2002-12-01" in later
