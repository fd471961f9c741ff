"""An argument answered: which runs it takes, why something stays silent, and scores by group with effective cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polemos.argument.claims import Argument
from polemos.ensemble.executor import Executor, Interrupted
from polemos.questions.answer import Answer
from polemos.questions.questions import question
from polemos.questions.resolve import Resolution
from polemos.war import statement_runs, statement_table
from polemos.war.war import load
from scenarios import tiny


def asked(name, origin, date, **more):
    values = {"kind": "held", "id": name, "title": name, "asked": "?", "origin": origin, "by": "north", "date": date}
    return question(**values | more)


def test_questions_of_one_origin_and_need_share_a_run_to_the_last_day_that_one_looks_at():
    questions = [
        asked("a", "2020-01-01", "2020-05-01"),
        asked("b", "2020-01-01", "2021-12-31"),
        asked("c", "2020-01-01", "2020-03-01", processes=["uprising", "attitudes"]),
        asked("d", "2019-01-01", "2020-03-01"),
    ]
    found = statement_runs.sittings(questions)
    assert [[one.id for one in sitting.questions] for sitting in found] == [["d"], ["a", "b"], ["c"]]
    assert [str(sitting.until) for sitting in found] == ["2020-03-08", "2022-01-07", "2020-03-08"]
    assert found[2].processes == ("attitudes", "uprising")
    assert str(found[2]) == "1 question asked on 2020-01-01, to 2020-03-08 with attitudes, uprising"


def claim(identifier, kind, group, mid, value, cause, questions=(), reason=""):
    carrier = {"by": "question"} if questions else {"by": "nothing", "reason": reason}
    return {
        "id": identifier, "kind": kind, "owner": "author" if kind == "forecast" else "rival", "text": identifier,
        "strict": "?", "group": group, "coding": {"low": mid, "mid": mid, "high": mid}, "outcome": {"value": value},
        "mechanisms": [cause], "questions": list(questions), "carrier": carrier,
    }  # fmt: skip


ARGUMENT = Argument.model_validate(
    {
        "title": "t", "published": "p", "vintages": {"V": "2020-01-01"}, "groups": ["land", "order"],
        "claims": [
            claim("P1", "forecast", "order", 0.9, 0, "M1", reason="conduct of a patron"),
            claim("P2", "forecast", "land", 0.8, 1, "M2", ["a"]),
            claim("P3", "forecast", "land", 0.8, 1, "M2", ["b"]),
            claim("P4", "forecast", "land", 0.6, 0, "M3", ["d"]),
            claim("R1", "rival", "land", 0.3, 1, "M4", ["a"]),
        ],
    }
)  # fmt: skip
QUESTIONS = {name: asked(name, "2020-01-01", "2020-05-01") for name in "abd"}
ANSWERS = {
    "a": {
        "forecast": Answer("a", 0.9, 0.01, "answered"),
        "model": Answer("a", 0.7, 0.01, "answered"),
        "still": Answer("a", 0.98, 0.0, "answered"),
    },
    "b": {"model": Answer("b", 0.4, 0.01, "answered"), "still": Answer("b", None, 0.0, "not in the model")},
    "d": {"model": Answer("d", None, 0.0, "beyond horizon"), "still": Answer("d", 0.02, 0.0, "answered")},
}
CAME = {name: Resolution(name, None, None, 0.0, "", None, None, "", None, False) for name in "abd"}


def rows():
    return statement_table.rows(ARGUMENT, QUESTIONS, ANSWERS, CAME)


def test_statements_of_both_sides_stand_by_one_rule_and_silence_has_a_reason():
    table = rows()
    assert [row.claim.id for row in table] == ["P2", "P3", "P4", "R1", "P1"], "by topic, then as the file has them"
    assert {row.claim.id: row.silent for row in table if row.silent} == {
        "P4": "d: beyond horizon",
        "P1": "conduct of a patron",
    }


def test_scores_stand_beside_each_other_on_the_same_claims():
    land = next(one for one in statement_table.groups(rows()) if (one.topic, one.voice) == ("land", "author"))
    assert (land.claims, land.answered, land.rule) == (3, 2, "still")
    assert land.brier == pytest.approx((0.2**2 + 0.2**2 + 0.6**2) / 3, abs=1e-3)
    assert land.beside == pytest.approx(0.04, abs=1e-3)
    assert land.model == pytest.approx((0.3**2 + 0.6**2) / 2, abs=1e-3)
    # It has said nothing on the second, which counts as one half.
    assert land.forecast == pytest.approx((0.1**2 + 0.5**2) / 2, abs=1e-3)
    # A rule that knows nothing says one half.
    assert land.best == pytest.approx((0.02**2 + 0.5**2) / 2, abs=1e-3)
    order = next(one for one in statement_table.groups(rows()) if one.topic == "order")
    assert (order.answered, order.model, order.best) == (0, None, None)


def test_effective_cases_fall_where_claims_share_a_cause():
    assert statement_table.effective(["M1", "M2", "M3"]) == 3
    assert statement_table.effective(["M1", "M1", "M1"]) == 1
    assert statement_table.effective(["M1", "M1", "M2"]) == pytest.approx(9 / 5)
    assert statement_table.effective([]) == 0


def test_the_flagship_leaves_few_statements_without_a_question_each_with_its_reason():
    war = load("caliphate")
    table = statement_table.rows(war.argument, {one.id: one for one in war.questions}, {}, {})
    assert len(table) == 64
    lacking = {row.claim.id: row.silent for row in table if row.question is None}
    assert set(lacking) == {"P5", "P6", "P20", "P24", "P25"}
    assert all(len(reason) > 10 for reason in lacking.values())
    sittings = statement_runs.sittings(statement_runs.of_argument(war))
    assert max(str(sitting.until) for sitting in sittings) >= "2025-12-31"
    assert {str(sitting.origin) for sitting in sittings} >= {"2015-10-04", "2016-01-19", "2017-10-27", "2018-08-31"}


def test_rules_that_know_holders_alone_are_asked_of_nothing_else():
    attacks = {"kind": "count", "what": "attacks", "years": [2020], "at_least": 1}
    base = {"title": "t", "asked": "?", "origin": "2020-01-01"}
    assert statement_runs.of_holders(asked("a", "2020-01-01", "2020-05-01"))
    assert not statement_runs.of_holders(question(id="b", by="north", **attacks, **base))
    assert not statement_runs.of_holders(question(id="c", kind="theatres", of={}, years=[2020], at_least=1, **base))


def test_no_treatment_of_a_claim_judges_it():
    """By form: a treatment says what is done and what is disputed, and like the kinds of wording it praises and blames
    nobody."""
    judging = (
        "wrong",
        "overdrawn",
        "doubtful",
        "unsupported",
        "caricature",
        "gloss",
        "rhetoric",
        "nonsense",
        "reckless",
        "false",
        "true for",
        "untestable",
        "never a fact",
        "supports it",
        "problem",
        "overstated",
        "abusive",
        "polemic",
        "blame by",
    )
    for one in load("caliphate").argument.claims:
        said = f"{one.treatment} {one.carrier.reason} {one.words}".lower()
        assert not [word for word in judging if word in said], one.id


def test_the_page_shows_answers_of_other_days_and_says_so():
    from types import SimpleNamespace

    import numpy as np

    from polemos.report.page import assess
    from polemos.report.page.forecast_rows import forecast_row, score_rows
    from polemos.war.assessment import Assessment, Comparison, outcomes_of

    war = load("caliphate")
    plan = SimpleNamespace(members=1000, origin=np.datetime64("2017-10-27"))
    asked_of = statement_runs.of_argument(war)
    further = {
        one.id: {"forecast": Answer(one.id, 0.7, 0.01, "answered"), "model": Answer(one.id, 0.4, 0.01, "answered")}
        for one in asked_of
    }
    names = ("forecast", "model", "front hazard", "persistence")
    own = Assessment(war, None, Comparison({}, {}), further, outcomes_of(war, further))
    rows_of_page = {row.id: row for row in assess.with_further(own, [], names, plan)}
    assert [row.id for row in rows_of_page.values() if not row.answers] == ["P5", "P20", "P6", "P24", "P25"]
    land = rows_of_page["is-land-2019-end"]
    assert land.note.startswith("Asked on 2016-01-19, in 100 simulated wars of its own.")
    assert (land.answers["forecast"].probability, land.answers["model"].probability) == (0.7, 0.4)
    assert land.answers["front hazard"].status == "not in the model"
    assert all(forecast_row(row).title for row in rows_of_page.values())
    assert {row.group for row in score_rows(list(rows_of_page.values()))} >= {"elsewhere", "organisation"}


def small_sittings(folder):
    """Three runs of a small war."""
    war = load(str(tiny(folder)))
    by, place = war.world.organisations.id[0], war.world.places.id[0]
    days = ("2001-05-01", "2001-06-01", "2001-07-01")
    where = {"ids": [place]}
    questions = [asked(day, day, "2001-09-01", by=by, places=where) for day in days]
    return replace(war, questions=tuple(questions)), statement_runs.sittings(questions)


def test_runs_beside_each_other_give_the_answers_of_runs_one_after_another(tmp_path):
    war, sittings = small_sittings(tmp_path)
    alone = statement_runs.answers(war, sittings, members=30, executor=Executor(1))
    together = statement_runs.answers(war, sittings, members=30, executor=Executor(4))
    assert list(alone) == ["2001-05-01", "2001-06-01", "2001-07-01"]
    assert together == alone
    assert set(alone["2001-05-01"]) == {"forecast", "model"}


def test_who_stops_the_runs_of_statements_is_told_how_many_are_whole(tmp_path, monkeypatch):
    war, sittings = small_sittings(tmp_path)

    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(statement_runs, "of_forecast", stopped)
    with pytest.raises(Interrupted) as error:
        statement_runs.answers(war, sittings, members=30, runs=tmp_path / "runs", executor=Executor(1))
    assert (error.value.total, error.value.unit, error.value.folder) == (3, "runs", tmp_path / "runs")
    assert 1 <= error.value.done <= 3
    assert len(list((tmp_path / "runs").glob("*/answers.npz"))) == error.value.done


@pytest.mark.slow
def test_the_forecast_pools_the_front_hazard_with_the_model_on_the_day_of_a_statement():
    war = load("caliphate")
    (sitting,) = statement_runs.sittings([one for one in war.questions if one.id == "is-land-2018-end"])
    assert str(sitting.origin) == "2017-06-29"
    answers = statement_runs.answers(war, [sitting], members=20)["is-land-2018-end"]
    front = statement_runs.front_wars(war, sitting, members=20)
    alone = front.answer(sitting.questions[0]).probability
    assert 0 < front.share < 0.5
    mixed = (1 - front.share) * alone + front.share * answers["model"].probability
    assert answers["forecast"].probability == pytest.approx(mixed)
    assert set(statement_runs.answers(war, [sitting], members=20, fronts=False)["is-land-2018-end"]) == {"model"}


def test_what_only_the_model_simulates_takes_no_front_hazard():
    war = load("caliphate")
    sittings = statement_runs.sittings(statement_runs.of_argument(war))
    (guerrilla,) = [one for one in sittings if str(one.origin) == "2016-02-24"]
    assert statement_runs.front_wars(war, guerrilla, members=2) is None
