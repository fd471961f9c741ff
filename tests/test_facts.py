"""Facts: each kind of statistic on wars made by hand, the verdict, the checks of facts.csv, and the command."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.inference.facts import facts, kinds
from polemos.model.state import CHANNELS
from polemos.model.trajectory import Battles, Captures, Trajectories
from polemos.scenario.errors import ScenarioError
from polemos.scenario.vocabulary import FACT_KINDS
from polemos.war.war import load
from scenarios import put
from scenarios import tiny as write_tiny
from test_processes import call
from test_switches import line

ORIGIN = np.datetime64("2002-01-01", "D")
runner = CliRunner()
SWITCH = CHANNELS.index("switch")
FILE = """\
id,fact,title,kind,origin,until,organisation,places,series,start,end,level,weeks,low,high,processes,source,note
F1,F1,The Guild loses land,loss_rate,2002-01-01,2002-12-31,guild,,places,2002-01-01,2002-12-01,,,0,0.5,,invented,
F2,F2,It stalls,stall,2002-01-01,2002-12-31,guild,,places,,,0.5,,0,,,invented,
F3,F3,Volunteers,fall_when,2002-01-01,2002-12-31,guild,,volunteers,,,0.1,,0,1,watch,invented,
F4,F4,Something else,none,2002-01-01,,,,,,,,,,,,invented,nothing says
"""


@pytest.fixture(scope="module")
def war(tmp_path_factory):
    path = write_tiny(tmp_path_factory.mktemp("war"))
    (path / "facts.csv").write_text(FILE)
    return load(str(path))


def fact(war, **more) -> facts.Fact:
    return replace(facts.facts(war)[0], **{"organisation": "guild", "series": "places", **more})


def made(war, held, **more) -> Trajectories:
    """Wars in which the Guild holds the first `held` [m, T] places of the map week by week, and the Crown the rest."""
    held = np.asarray(held)
    guild, crown = (war.world.organisation(name) for name in ("guild", "crown"))
    mine = np.arange(len(war.world.places.id))[None, None, :] < held[:, :, None]
    dates = ORIGIN + 7 * np.arange(held.shape[1])
    return Trajectories(war.world, ORIGIN, dates, np.where(mine, guild, crown).astype(np.int8), **more)


def days(first: int, last: int) -> dict:
    return {"start": ORIGIN + 7 * first, "end": ORIGIN + 7 * last}


def test_the_rate_of_loss_is_that_of_an_exponential(war):
    chunk = made(war, [[6, 5, 4, 3], [6, 6, 6, 0], [0, 0, 0, 0]])
    rates = kinds.loss_rate(chunk, fact(war, **days(0, 3)))
    assert rates[0] == pytest.approx(np.log(2) / 3)
    assert rates[1] == np.inf
    assert np.isnan(rates[2])


def test_a_stall_runs_from_a_share_of_the_peak_to_nothing(war):
    chunk = made(war, [[4, 6, 3, 1, 1, 1, 0], [6, 5, 5, 5, 5, 5, 5], [6, 1, 1, 1, 1, 1, 1]])
    one = fact(war, level=1 / 3)
    stalls = kinds.stall(chunk, one)
    assert stalls[0] == 3
    assert np.isnan(stalls[1])
    assert stalls[2] == np.inf
    shares = kinds.stall_share(chunk, one)
    assert shares[0] == pytest.approx(3 / 5)
    assert np.isnan(shares[1:]).all()


def test_last_places_and_the_worst_loss(war):
    chunk = made(war, [[6, 6, 2, 2, 0], [6, 6, 6, 5, 5]])
    ids = war.world.places.id
    last = kinds.last_places(chunk, fact(war, level=0.2, places=(ids[0], ids[5])))
    assert last[0] == 0.5
    assert np.isnan(last[1])
    lost = kinds.worst_loss(chunk, fact(war, weeks=2.0, **days(0, 4)))
    assert lost == pytest.approx([4 / 6, 1 / 6])


def test_days_of_assaults_are_medians_of_those_in_the_window(war):
    guild, crown = (war.world.organisation(name) for name in ("guild", "crown"))
    start = ORIGIN + np.array([0, 7, 7, 70, 7])
    end = start + np.array([10, 20, 40, 5, 99])
    end[4] = np.datetime64("NaT")
    defender = np.array([guild, guild, guild, guild, guild])
    battles = Battles(
        np.zeros(5, int), np.zeros(5, int), np.full(5, crown), defender, start, end, np.ones(5, bool), np.ones(5)
    )
    chunk = made(war, [[6] * 5, [6] * 5], battles=battles)
    found = kinds.battle_days(chunk, fact(war, level=0.0, **days(0, 4)))
    assert found[0] == 20
    assert np.isnan(found[1])


def test_clustered_switches_are_told_from_scattered_ones(war):
    """Forty pairs next to each other a week apart, against the same places at times of their own."""
    rng = np.random.default_rng(1)
    a, b = int(war.world.links.a[0]), int(war.world.links.b[0])
    first = rng.permutation(40) * 20
    together = np.concatenate([first, first + 1])
    apart = rng.permutation(800)[:80]
    place = np.tile([a, b], (40, 1)).T.ravel()
    values = []
    for week in (together, apart):
        captures = Captures(
            np.zeros(80, int), ORIGIN + 7 * week, place, np.zeros(80, int), np.ones(80, int), np.full(80, SWITCH)
        )
        chunk = made(war, [[6] * 3], captures=captures)
        values.append(kinds.clustering(chunk, fact(war, weeks=2.0))[0])
    assert values[0] > 1.8
    assert 0.3 < values[1] < 1.5
    with pytest.raises(kinds.Lacking):
        kinds.clustering(made(war, [[6] * 3]), fact(war, weeks=2.0))


def test_the_exponent_of_sizes_is_recovered(war):
    u = np.random.default_rng(2).uniform(size=20_000)
    sizes = np.floor(9.5 * (1 - u) ** (-1 / 1.5) + 0.5)
    nothing = np.zeros(sizes.size, int)
    never = np.full(sizes.size, ORIGIN)
    battles = Battles(nothing, nothing, nothing, nothing, never, never, nothing.astype(bool), np.minimum(sizes, 5e4))
    found = kinds.size_exponent(made(war, [[6] * 3], battles=battles), fact(war, level=10.0))
    assert found[0] == pytest.approx(2.5, abs=0.05)


def counts(n: float, weeks: int, seed: int, members: int = 12):
    """Weekly counts of a self-exciting process with a memory of three weeks."""
    rng = np.random.default_rng(seed)
    made, excited = np.zeros((members, weeks)), np.full(members, 5.0 * n / (1 - n))
    for t in range(weeks):
        made[:, t] = rng.poisson(5.0 + excited)
        excited = excited * np.exp(-1 / 3) + n * (1 - np.exp(-1 / 3)) * made[:, t]
    return made


def attacked(war, values):
    members, weeks = values.shape
    attacks = np.zeros((members, weeks, war.world.nobody, 2), np.float32)
    attacks[:, :, war.world.organisation("guild"), 1] = values
    return made(war, np.full((members, weeks), 6), attacks=attacks, countries=("AA", "BB"))


@pytest.mark.parametrize("share", [0.0, 0.45])
def test_the_share_of_offspring_is_recovered(war, share):
    chunk = attacked(war, counts(share, 500, 3))
    found = kinds.branching(chunk, fact(war, weeks=10.0, country="", **days(0, 499)))
    assert found.mean() == pytest.approx(share, abs=0.08)


def test_counts_and_their_change_by_country(war):
    values = np.array([[9.0] + [2.0] * 10 + [1.0] * 10])
    chunk = attacked(war, values)
    assert kinds.count(chunk, fact(war, country="BB", **days(0, 20))) == pytest.approx([30])
    assert kinds.count(chunk, fact(war, country="AA", **days(0, 20))) == pytest.approx([0])
    assert kinds.change(chunk, fact(war, country="", weeks=10.0, **days(0, 20))) == pytest.approx([0.5])
    abroad = np.zeros((1, 21, war.world.nobody), np.float32)
    abroad[:, :, war.world.organisation("guild")] = 1.5
    both = replace(chunk, strengths={"abroad_attacks": abroad})
    assert kinds.outside_share(both, fact(war, country="", **days(0, 20))) == pytest.approx([0.5])
    with pytest.raises(kinds.Lacking):
        kinds.outside_share(chunk, fact(war, country="", **days(0, 20)))


def test_the_fall_of_a_series_when_land_has_fallen(war):
    series = np.zeros((1, 40, war.world.nobody), np.float32)
    series[:, :, war.world.organisation("guild")] = np.where(np.arange(40) < 20, 100.0, 30.0)
    chunk = made(war, [[6] * 30 + [3] * 10], strengths={"revenue": series})
    assert kinds.fall_when(chunk, fact(war, series="revenue", level=0.3)) == pytest.approx([0.7])
    assert np.isnan(kinds.fall_when(chunk, fact(war, series="revenue", level=0.95)))


def test_members_behind_the_front_have_no_place_of_their_own_beside_them():
    arrays = line()
    arrays["holder"][:] = [0, 0, 1]
    arrays["underground"][0, :, 1] = [10.0, 20.0, 40.0]
    arrays["underground"][0, :, 0] = [1.0, 2.0, 4.0]
    call("watch", arrays)
    assert arrays["behind"].tolist() == [[0.0, 10.0]], "B is beside C, and C is its own"


def test_recruits_from_abroad_are_counted_as_they_join():
    arrays = line()
    arrays["openness"], arrays["credibility"][:] = np.ones(2), 0.5
    before = arrays["reserve"][0, 1, 1]
    call("recruitment", arrays)
    assert arrays["volunteers"][0, 1] == arrays["reserve"][0, 1, 1] - before > 0
    assert arrays["volunteers"][0, 0] == 0


def test_the_verdict_follows_the_rule(war):
    one = fact(war, low=1.0, high=2.0)
    spread = np.linspace(0, 3, 100)
    assert facts.judged(one, spread).verdict == facts.TYPICAL
    assert facts.judged(one, spread + 1.4).verdict == facts.POSSIBLE
    assert facts.judged(one, spread + 5).verdict == facts.MISSED
    assert facts.judged(one, np.full(100, np.inf)).verdict == facts.MISSED
    rare = np.where(np.arange(100) < 19, 1.5, np.nan)
    assert facts.judged(one, rare).verdict == facts.RARE
    assert facts.judged(one, None).verdict == facts.ABSENT
    assert facts.judged(one, np.full(100, -np.inf)).verdict == facts.ABSENT
    found = facts.judged(one, spread)
    assert found.inside == pytest.approx(1 / 3, abs=0.02)
    assert found.members == 100


def test_every_kind_has_a_statistic_or_is_one_of_the_two_that_need_none():
    assert set(FACT_KINDS) == {*kinds.KINDS, "question", "none"}


def test_what_is_wrong_with_a_file_of_facts_is_told_by_line(tmp_path):
    path = write_tiny(tmp_path)
    bad = FILE.replace("loss_rate,2002-01-01,2002-12-31", "loss_rate,2002-01-01,2001-12-31")
    bad = bad.replace("places,2002-01-01,2002-12-01,,,0,0.5", "places,,2002-12-01,,,3,0.5")
    bad = bad.replace(
        "F2,F2,It stalls,stall,2002-01-01,2002-12-31,guild,,",
        "F2,F2,It stalls,stal,2002-01-01,2002-12-31,guild,nowhere,",
    )
    bad = bad.replace(",,,invented,\nF3", ",,,invented,\nF1").replace("invented,nothing says", "invented,")
    (path / "facts.csv").write_text(bad)
    with pytest.raises(ScenarioError) as told:
        load(str(path))
    lines = str(told.value).splitlines()
    assert "facts.csv:2:best: low, best and high are out of order; write them ascending" in lines
    assert (
        "facts.csv:2:start: empty, and a fact of kind loss_rate needs it; fill it in, or choose another kind" in lines
    )
    assert "facts.csv:2:until: not after the origin; give a later day" in lines
    assert "facts.csv:3:kind: unknown word 'stal'; did you mean 'stall'?" in lines
    assert "facts.csv:4:id: fact 'F1' given twice, first on line 2; give each row an id of its own" in lines
    assert "facts.csv:5:note: empty, and a fact of kind none needs it; fill it in, or choose another kind" in lines
    put(path, "facts.csv", "stal,2002", "stall,2002")
    with pytest.raises(ScenarioError, match="no place 'nowhere'"):
        load(str(path))


def test_the_command_judges_every_fact_and_drops_none(war, tmp_path):
    common = ["facts", str(war.path), "--members", "40", "--runs", str(tmp_path)]
    done = CliRunner().invoke(app, [*common, "--json"])
    assert done.exit_code == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["fact"]["id"] for row in rows] == ["F1", "F2", "F3", "F4"]
    assert rows[0]["record"] is not None
    assert rows[0]["wars"] == 40
    assert rows[3]["verdict"] == facts.ABSENT
    shown = CliRunner().invoke(app, [*common, "--fact", "F4", "--fact", "F1"]).stdout
    assert "nothing says" in shown
    wrong = CliRunner().invoke(app, [*common, "--fact", "F9"])
    assert wrong.exit_code == 2
    assert "no fact 'F9'" in wrong.stderr


def test_the_flagships_facts_are_the_fifteen_and_their_sources_carry_a_grade():
    war = load("caliphate")
    found = facts.facts(war)
    assert list(dict.fromkeys(one.fact for one in found)) == [f"S{k}" for k in range(1, 16)]
    assert all(any(grade in one.source for grade in ("[v]", "[k]", "[c]", "[?]", "[v/k]")) for one in found)
    withheld = {one.fact for one in found if one.withheld}
    assert withheld == {"S1", "S2", "S3", "S4", "S5", "S9", "S12", "S13", "S14"}
    for one in found:
        if one.kind == "question":
            assert one.question in {question.id for question in war.questions}


def test_a_fact_speaks_for_the_theory_that_expected_it_better(war):
    from polemos.inference.facts.matrix import evidence_words, matrix_of

    one = fact(war, low=0.0, high=1.0)
    likely, rare = facts.judged(one, np.linspace(0, 1, 100)), facts.judged(one, np.linspace(0.9, 9.9, 100))
    matrix = matrix_of({"author": [likely], "rival": [rare]})
    (row,) = matrix.rows
    assert row.times == pytest.approx(100.5 / 2.5)
    assert matrix.times == pytest.approx(row.times)
    assert matrix.verdicts["author"][facts.TYPICAL] == 1
    assert evidence_words(row.times, *matrix.theories) == "author 40.2 x"
    assert evidence_words(1 / row.times, *matrix.theories) == "rival 40.2 x"
    assert evidence_words(1.05, *matrix.theories) == "neither"
    assert evidence_words(None, *matrix.theories) == ""


def test_the_command_sets_facts_against_theories_and_a_page_shows_them(war, tmp_path):
    from polemos.report.html.result_sections import fact_matrix
    from polemos.report.page.related_results import read

    (war.path / "theories").mkdir(exist_ok=True)
    (war.path / "theories" / "slow.yaml").write_text("title: Slow\npriors: {}\n")
    command = ["facts", str(war.path), "--theories", "neutral,slow", "--members", "20", "--runs", str(tmp_path)]
    told = runner.invoke(app, [*command, "--fact", "F1", "--json"])
    assert told.exit_code == 0, told.output
    file = tmp_path / "facts.json"
    file.write_text(told.stdout)
    result = read(file)
    assert result["kind"] == "facts"
    assert result["evidence"] == "neither"
    html = fact_matrix(result)
    assert "The Guild loses land" in html
    assert html.count('scope="col"') == 4
    plain = runner.invoke(app, [*command, "--fact", "F1"])
    assert "speaks for" in plain.stdout
    assert runner.invoke(app, [*command[:3], "neutral"]).exit_code == 2
