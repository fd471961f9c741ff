"""Scores of a ledger: what counts, when it was told, against whom; by hand and by a second, slow way."""

from __future__ import annotations

import datetime
import math

import numpy as np
import pytest

from polemos.ledger import base_rate, quantile_scores
from polemos.ledger import scores as scores
from polemos.ledger.chain import append
from polemos.ledger.columns import table
from polemos.ledger.entries import entry
from polemos.scores.rules import HEADLINE

NOON = datetime.timedelta(hours=12)


def at(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.UTC) + NOON


def question(name: str, closes: str = "2021-01-01", topic: str = "bridges", **more):
    return {"id": name, "text": f"{name}?", "closes": closes, "topic": topic} | more


class Book:
    """A ledger written day by day."""

    def __init__(self, path):
        self.path = path

    def say(self, day, owner, name, p=None, kind="forecast", **values):
        asked = values.pop("question", question(name))
        given = {"kind": kind, "owner": owner, "question": asked, "origin": day, "probability": p}
        return append(self.path, [entry(given | values)], now=at(day))[0].number

    def came(self, day, name, outcome="yes", settled=None, **values):
        asked = values.pop("question", question(name))
        given = {"kind": "resolution", "owner": "office", "question": asked, "outcome": outcome}
        given |= {"settled": settled or day, "source": {"citation": "Register"}}
        return append(self.path, [entry(given | values)], now=at(day))[0].number

    def other(self, day, kind, owner, name, of, **values):
        given = {"kind": kind, "owner": owner, "question": question(name), "of": of, "note": "because"}
        return append(self.path, [entry(given | values)], now=at(day))[0].number

    def scores(self, **options):
        return scores.score(table(self.path), **options)

    def one(self, owner, **options):
        rows, _ = self.scores(**options)
        found = [row for row in rows if row.owner == owner]
        assert len(found) == 1, found
        return found[0]


@pytest.fixture
def book(tmp_path):
    return Book(tmp_path / "ledger.sqlite")


def brier(p: float, y: int) -> float:
    return ((1 - HEADLINE) * p + HEADLINE / 2 - y) ** 2


def test_the_last_forecast_before_the_answer_counts(book):
    first = book.say("2020-01-01", "me", "a", 0.2)
    book.say("2020-02-01", "me", "a", 0.6, "revision", of=first)
    book.say("2020-06-01", "me", "a", 0.99, "revision", of=first)
    book.came("2020-06-01", "a", settled="2020-03-01")
    row = book.one("me")
    assert row.basis == "beforehand"
    assert row.brier == pytest.approx(brier(0.6, 1))
    assert row.log == pytest.approx(-math.log((1 - HEADLINE) * 0.6 + HEADLINE / 2))
    assert book.one("me", taking="first").brier == pytest.approx(brier(0.2, 1))
    # 31 days at 0.2, then from noon on the first of February to the first of March, less half a day.
    weights = np.array([31.0, 28.5])
    mean = (weights * [brier(0.2, 1), brier(0.6, 1)]).sum() / weights.sum()
    assert book.one("me", taking="mean").brier == pytest.approx(mean)


def test_what_is_written_down_afterwards_is_scored_apart(book):
    book.say("2020-01-01", "me", "a", 0.7)
    book.say(
        "2020-05-01", "you", "a", 0.9, origin="2019-12-01", made="2019-12-01", source={"citation": "An old letter"}
    )
    book.say("2020-05-01", "late", "a", 1.0)
    book.came("2020-05-02", "a", settled="2020-03-01")
    rows, counts = book.scores()
    assert {(row.owner, row.basis) for row in rows} == {("me", "beforehand"), ("you", "afterwards")}
    assert counts.late == 1


def test_of_the_day_itself_is_not_beforehand(book):
    book.say("2020-02-29", "me", "a", 0.7)
    book.say("2020-03-01", "you", "a", 0.9, origin="2020-02-29")
    book.came("2020-03-02", "a", settled="2020-03-01")
    rows, _ = book.scores()
    assert {row.owner: row.basis for row in rows} == {"me": "beforehand", "you": "afterwards"}


def test_withdrawn_before_the_answer_is_counted_and_after_it_has_no_effect(book):
    mine = book.say("2020-01-01", "me", "a", 0.2)
    yours = book.say("2020-01-01", "you", "a", 0.3)
    hers = book.say("2020-01-01", "she", "a", 0.4)
    book.other("2020-02-01", "withdrawal", "me", "a", mine)
    book.other("2020-02-01", "withdrawal", "she", "a", hers)
    book.say("2020-02-10", "she", "a", 0.5)
    book.came("2020-03-01", "a")
    book.other("2020-03-02", "withdrawal", "you", "a", yours)
    rows, counts = book.scores()
    assert {row.owner: row.brier for row in rows} == pytest.approx({"you": brier(0.3, 1), "she": brier(0.5, 1)})
    assert counts.withdrawn == 1


def test_a_resolution_can_be_disputed_revised_and_withdrawn(book):
    book.say("2020-01-01", "me", "a", 0.2)
    first = book.came("2020-03-01", "a", "yes")
    dispute = book.other("2020-03-02", "dispute", "me", "a", first)
    row = book.one("me")
    assert (row.yes, row.disputed) == (1, 1)
    assert book.scores(undisputed=True)[0] == []
    second = book.came("2020-03-05", "a", "no", settled="2020-03-01")
    row = book.one("me")
    assert (row.yes, row.disputed, row.brier) == (0, 0, pytest.approx(brier(0.2, 0)))
    append(
        book.path,
        [entry({"kind": "withdrawal", "owner": "office", "question": question("a"), "of": second})],
        now=at("2020-03-06"),
    )
    assert book.one("me").disputed == 1
    book.other("2020-03-07", "withdrawal", "me", "a", dispute)
    assert book.one("me").disputed == 0
    book.came("2020-03-08", "a", "annulled")
    rows, counts = book.scores()
    assert rows == []
    assert counts.annulled == 1


def test_base_rates_come_from_what_was_settled_before(book):
    for name, outcome, day in (("a", "yes", "2020-02-01"), ("b", "yes", "2020-03-01"), ("c", "no", "2020-04-01")):
        book.say("2020-01-01", "me", name, 0.5)
        book.came(day, name, outcome)
    book.say("2020-03-15", "me", "d", 0.9)
    book.came("2020-05-01", "d", "yes")
    there = table(book.path)
    done, _ = scores.scored(there)
    base = dict(zip([there.asked[i]["id"] for i in done.question], done.base, strict=True))
    # When d was first asked a and b were settled, both yes: (2 + 1) / (2 + 2).
    assert base == pytest.approx({"a": 0.25, "b": 0.25, "c": 0.25, "d": brier(0.75, 1)})
    row = book.one("me")
    assert row.base == pytest.approx(np.mean([0.25, 0.25, 0.25, brier(0.75, 1)]))
    assert row.gain == pytest.approx(row.base - row.brier)


def test_a_question_is_no_evidence_of_itself(book):
    for name, outcome, day in (("a", "yes", "2020-02-01"), ("b", "no", "2020-02-10")):
        book.say("2020-01-01", "me", name, 0.5)
        book.came(day, name, outcome)
    book.came("2020-03-02", "c", "yes", settled="2020-03-01")
    book.say("2020-05-01", "late", "c", 0.9)
    there = table(book.path)
    order = [asked["id"] for asked in there.asked]
    outcome = np.array([{"a": 1.0, "b": 0.0, "c": 1.0}[name] for name in order])
    days = {"a": "2020-02-01", "b": "2020-02-10", "c": "2020-03-01"}
    settled = np.array([days[name] for name in order], "datetime64[D]")
    rates = dict(zip(order, base_rate.base_rates(there, outcome, settled), strict=True))
    # When c was first asked all three were settled, but it tells nothing of itself: (1 + 1) / (2 + 2).
    assert rates == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.5})


def test_the_model_is_compared_on_shared_questions(book):
    for name in "abcd":
        book.say("2020-01-01", "me", name, 0.8)
        if name != "d":
            book.say("2020-01-01", "model", name, 0.6)
    for day, name in zip(("2020-02-01", "2020-03-01", "2020-04-01", "2020-05-01"), "abcd", strict=True):
        book.came(day, name)
    row = book.one("me")
    assert row.questions == 4
    assert row.shared == 3
    assert row.ahead == pytest.approx(brier(0.6, 1) - brier(0.8, 1))
    assert book.one("model").ahead is None


def test_scores_over_time_and_by_topic(book):
    for name, day, topic in (("a", "2020-02-01", "x"), ("b", "2021-02-01", "x"), ("c", "2021-02-01", "y")):
        asked = question(name, "2022-01-01", topic)
        book.say("2020-01-01", "me", name, 0.8, question=asked)
        book.came(day, name, question=asked)
    rows, _ = book.scores(by="year")
    assert [(row.period, row.topic, row.questions) for row in rows] == [
        ("2020", "x", 1),
        ("2021", "x", 1),
        ("2021", "y", 1),
    ]
    rows, _ = book.scores(by="month")
    assert rows[0].period == "2020-02"
    rows, _ = book.scores()
    assert [(row.topic, row.questions) for row in rows] == [("x", 2), ("y", 1)]


def test_the_error_of_a_gain_knows_what_hangs_together():
    values = np.array([0.1, 0.1, 0.3, 0.3])
    together = scores.clustered(values, np.array([0, 0, 1, 1]))
    apart = scores.clustered(values, np.arange(4))
    assert together == pytest.approx(np.std([0.1, 0.3], ddof=1) / math.sqrt(2))
    assert apart == pytest.approx(np.std(values, ddof=1) / 2)
    assert scores.clustered(values, np.zeros(4)) is None


def test_quantiles_are_scored(book):
    quantiles = {"levels": [0.05, 0.25, 0.5, 0.75, 0.95], "values": [1, 2, 4, 8, "inf"]}
    book.say("2020-01-01", "me", "a", quantiles=quantiles)
    book.came("2020-03-01", "a", None, quantity=5.0)
    (row,) = quantile_scores.spreads(table(book.path))
    assert (row.questions, row.unbounded, row.loss) == (1, 1, None)
    assert (row.inside_50, row.inside_90) == (1.0, 1.0)


def test_the_loss_of_quantiles_by_hand(book):
    book.say("2020-01-01", "me", "a", quantiles={"levels": [0.25, 0.75], "values": [2, 6]})
    book.came("2020-03-01", "a", None, quantity=10.0)
    (row,) = quantile_scores.spreads(table(book.path))
    assert row.loss == pytest.approx(2 * np.mean([0.25 * 8, 0.75 * 4]))
    assert (row.inside_50, row.inside_90) == (0.0, None)


def test_shares_inside_are_over_the_questions_that_give_the_ends(book):
    told = {"levels": [0.05, 0.25, 0.75, 0.95], "values": [1, 2, 6, 9]}
    for name, came in (("a", 1.0), ("b", 2.0), ("c", 6.0), ("d", 9.5), ("e", 0.5), ("f", 8.0)):
        book.say("2020-01-01", "me", name, quantiles=told)
        book.came("2020-03-01", name, None, quantity=came)
    (row,) = quantile_scores.spreads(table(book.path))
    assert (row.inside_50, row.inside_90) == (pytest.approx(2 / 6), pytest.approx(4 / 6))
    book.say("2020-01-01", "half", "a", quantiles={"levels": [0.25, 0.95], "values": [0, 6]})
    (half,) = (row for row in quantile_scores.spreads(table(book.path)) if row.owner == "half")
    assert (half.inside_50, half.inside_90) == (None, None)


def test_calibration_is_of_the_forecasts_that_count(book):
    for number in range(20):
        name = f"q{number}"
        book.say("2020-01-01", "me", name, 0.3)
        book.came("2020-03-01", name, "yes" if number < 6 else "no")
    done, _ = scores.scored(table(book.path))
    (only,) = scores.calibration(done, "me")
    assert (only.forecasts, only.probability, only.observed) == (20, pytest.approx(0.3), pytest.approx(0.3))
    assert scores.calibration(done, "nobody") == []
    assert sum(one.forecasts for one in scores.calibration(done, scores.BASE)) == 20


def test_an_empty_ledger_and_one_without_answers(book):
    append(book.path, [])
    assert book.scores()[0] == []
    book.say("2020-01-01", "me", "a", 0.3)
    for taking in ("last", "first", "mean"):
        rows, counts = book.scores(taking=taking)
        assert rows == []
        assert counts.open == 1


@pytest.mark.parametrize("taking", ["last", "first"])
def test_scores_agree_with_a_plain_loop(book, taking):
    random = np.random.default_rng(3)
    days = np.sort(random.choice(300, 120, replace=False))
    told: dict[tuple[str, str], list[tuple[int, float | None, int]]] = {}
    for day in days:
        date = str(np.datetime64("2020-01-01") + int(day))
        owner, name = f"o{random.integers(3)}", f"q{random.integers(8)}"
        standing = told.setdefault((owner, name), [])
        if standing and standing[-1][1] is not None and random.random() < 0.25:
            number = book.other(date, "withdrawal", owner, name, standing[-1][2])
            standing.append((day, None, number))
        else:
            p = round(random.random(), 3)
            standing.append((day, p, book.say(date, owner, name, p)))
    outcomes = {}
    for q in range(8):
        settled = int(random.integers(100, 300))
        outcomes[f"q{q}"] = settled, int(random.random() < 0.5)
        date = str(np.datetime64("2020-01-01") + settled)
        book.came("2021-06-01", f"q{q}", "yes" if outcomes[f"q{q}"][1] else "no", settled=date)
    expected: dict[tuple[str, str], list[float]] = {}
    for (owner, name), said in told.items():
        settled, y = outcomes[name]
        early = [one for one in said if one[0] < settled]
        if early and early[-1][1] is not None:
            p = early[-1][1] if taking == "last" else next(one[1] for one in early if one[1] is not None)
            expected.setdefault(("beforehand", owner), []).append(brier(p, y))
    rows, _ = book.scores(taking=taking)
    found = {(row.basis, row.owner): (row.questions, row.brier) for row in rows if row.basis == "beforehand"}
    assert found.keys() == expected.keys()
    for at_, values in expected.items():
        assert found[at_] == (len(values), pytest.approx(np.mean(values)))
