"""Questions with options, with a range, with criteria; and skill by how far ahead a forecast was made."""

from __future__ import annotations

import datetime
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.ledger import scores as scores
from polemos.ledger.chain import append, read
from polemos.ledger.columns import table
from polemos.ledger.distribution import points, read_off, spread_out
from polemos.ledger.entries import Range, entry
from polemos.ledger.entry_fields import LedgerError
from polemos.ledger.horizon_scores import skill_by_horizon
from polemos.ledger.import_export import export_lines, import_lines
from polemos.ledger.quantile_scores import spreads
from polemos.ledger.register import register
from polemos.ledger.verify import verify
from polemos.scores.rules import HEADLINE


def noon(day: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(day + "T12:00:00+00:00")


def who(name: str = "ridge", closes: str = "2021-01-01", **more):
    text = f"Who holds {name} on {closes}?"
    options = ["crown", "guild", "nobody"]
    return {"id": f"{name}-{closes}", "text": text, "closes": closes, "topic": "towns", "options": options} | more


def said(choices, owner="me", question=None, origin="2020-01-01", **values):
    given = {"kind": "forecast", "owner": owner, "question": question or who(), "origin": origin, "choices": choices}
    return entry(given | values)


def came(choice, question=None, settled="2021-01-01", **values):
    given = {"kind": "resolution", "owner": "office", "question": question or who(), "choice": choice}
    return entry(given | {"settled": settled, "source": {"citation": "Gazette"}} | values)


def test_a_choice_among_options_is_written_read_verified_and_revised(tmp_path):
    path = tmp_path / "ledger.sqlite"
    criteria = "As the Gazette says it."
    append(path, [said([0.5, 0.3, 0.2], question=who(criteria=criteria))], now=noon("2020-01-01"))
    register(path, [said([0.6, 0.3, 0.1], question=who(criteria=criteria))], now=noon("2020-02-01"))
    register(path, [said([0.6, 0.3, 0.1], question=who(criteria=criteria))], now=noon("2020-03-01"))
    append(path, [came("guild", who(criteria=criteria))], now=noon("2021-01-02"))
    kept = read(path)
    assert [one.entry.kind for one in kept] == ["forecast", "revision", "resolution"]
    assert kept[1].entry.choices == (0.6, 0.3, 0.1)
    assert kept[0].entry.question.criteria == criteria
    assert verify(path).whole
    other = tmp_path / "copy.sqlite"
    import_lines(other, list(export_lines(path)))
    assert read(other) == kept


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"choices": [0.5, 0.5]}, "2 probabilities for 3 options"),
        ({"choices": [0.5, 0.3, 0.3]}, "sum to 1.1"),
        ({"probability": 0.5}, "takes the probabilities of these"),
        ({"choices": [0.5, 0.3, 0.2], "question": who(options=["crown"])}, "two or more"),
        ({"choices": [0.5, 0.5], "question": who(options=["a", "a"])}, "each once"),
        ({"cdf": [0.1, 0.2]}, "2 values for a range of 0 points"),
    ],
)
def test_what_does_not_fit_the_options_is_refused(values, words):
    given = {"kind": "forecast", "owner": "me", "question": who(), "origin": "2020-01-01"}
    with pytest.raises(LedgerError, match=words):
        entry(given | values)


def test_a_resolution_names_one_of_the_options():
    with pytest.raises(LedgerError, match="none of crown, guild, nobody"):
        came("bishop")
    with pytest.raises(LedgerError, match="not yes or no"):
        came(None, outcome="yes")
    assert came(None, outcome="annulled").outcome == "annulled"


def test_choices_are_scored_as_half_the_sum_of_squares_and_by_the_option_that_came(tmp_path):
    path = tmp_path / "ledger.sqlite"
    append(path, [said([0.5, 0.3, 0.2])], now=noon("2020-01-01"))
    append(path, [came("guild")], now=noon("2021-01-02"))
    there = table(path)
    (row,), counts = scores.score(there)
    p = np.array([0.5, 0.3, 0.2]) * (1 - HEADLINE) + HEADLINE / 3
    assert row.brier == pytest.approx((p[0] ** 2 + (1 - p[1]) ** 2 + p[2] ** 2) / 2)
    assert row.log == pytest.approx(-math.log(p[1]))
    # Nothing was settled before: each option a third.
    assert row.base == pytest.approx((1 / 9 + 4 / 9 + 1 / 9) / 2)
    assert counts.open == 0
    done, _ = scores.scored(there)
    bins = scores.calibration(done, "me")
    assert sum(one.forecasts for one in bins) == 3
    assert sum(one.forecasts * one.observed for one in bins) == pytest.approx(1)


def test_two_options_score_as_yes_and_no(tmp_path):
    path = tmp_path / "ledger.sqlite"
    pair = who(options=["yes it is", "no it is not"])
    plain = {key: value for key, value in who("plain").items() if key != "options"}
    binary = {"kind": "forecast", "owner": "me", "question": plain, "origin": "2020-01-01", "probability": 0.7}
    append(path, [said([0.7, 0.3], question=pair), entry(binary)], now=noon("2020-01-01"))
    answer = {"kind": "resolution", "owner": "o", "question": plain, "outcome": "no", "settled": "2021-01-01"}
    append(path, [came("no it is not", pair), entry(answer | {"source": {"citation": "G"}})], now=noon("2021-01-02"))
    done, _ = scores.scored(table(path))
    assert done.brier[0] == pytest.approx(done.brier[1])
    assert done.log[0] == pytest.approx(done.log[1])


def test_the_base_rate_of_options_counts_those_that_came_before(tmp_path):
    path = tmp_path / "ledger.sqlite"
    for month in (2, 3, 4):
        day = f"2020-{month:02}-01"
        append(path, [said([1 / 3] * 3, question=who(closes=day))], now=noon("2020-01-01"))
        append(path, [came("guild", who(closes=day), settled=day)], now=noon(day))
    append(path, [said([1 / 3] * 3, question=who(), origin="2020-05-01")], now=noon("2020-05-01"))
    append(path, [came("guild")], now=noon("2021-01-02"))
    done, _ = scores.scored(table(path))
    # Three of three before were the guild's: (0 + 1, 3 + 1, 0 + 1) / 6.
    p = np.array([1, 4, 1]) / 6 * (1 - HEADLINE) + HEADLINE / 3
    assert done.base[-1] == pytest.approx((p[0] ** 2 + (1 - p[1]) ** 2 + p[2] ** 2) / 2)


SPAN = {"low": 0, "high": 100, "points": 5}


def test_a_whole_distribution_is_kept_and_scored_by_its_quantiles(tmp_path):
    path = tmp_path / "ledger.sqlite"
    asked = {"id": "dead", "text": "How many?", "closes": "2021-01-01", "unit": "persons", "range": SPAN}
    told = {"kind": "forecast", "owner": "me", "question": asked, "origin": "2020-01-01"}
    append(path, [entry(told | {"cdf": [0, 0.5, 1, 1, 1]})], now=noon("2020-01-01"))
    answer = {"kind": "resolution", "owner": "o", "question": asked, "quantity": 30, "settled": "2021-01-01"}
    append(path, [entry(answer | {"source": {"citation": "G"}})], now=noon("2021-01-02"))
    assert verify(path).whole
    (row,) = spreads(table(path))
    levels, values = read_off(Range(**SPAN), [0, 0.5, 1, 1, 1])
    assert values == pytest.approx([2.5, 12.5, 25, 37.5, 47.5])
    q, a = np.array(values), np.array(levels)
    assert row.loss == pytest.approx(2 * np.mean(((q >= 30) - a) * (q - 30)))
    assert row.inside_50


@pytest.mark.parametrize(
    ("cdf", "words"),
    [([0, 0.5, 0.4, 1, 1], "must not descend"), ([0, 1], "2 values for a range of 5 points")],
)
def test_a_distribution_ascends_and_has_a_value_a_point(cdf, words):
    asked = {"id": "dead", "text": "How many?", "closes": "2021-01-01", "range": SPAN}
    with pytest.raises(LedgerError, match=words):
        entry({"kind": "forecast", "owner": "me", "question": asked, "origin": "2020-01-01", "cdf": cdf})


@given(
    st.lists(st.floats(1, 999), min_size=3, max_size=3, unique=True).map(sorted),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0.0]),
)
def test_a_distribution_over_a_range_never_descends_and_meets_its_quantiles(values, open_low, open_high, zero):
    span = Range(low=1, high=1000, zero=zero, open_low=open_low, open_high=open_high)
    cdf = spread_out(span, [0.1, 0.5, 0.9], values)
    assert len(cdf) == 201
    assert all(b >= a for a, b in itertools.pairwise(cdf))
    assert (cdf[0] == 0) == (not open_low)
    assert (cdf[-1] == 1) == (not open_high)
    grid = points(span)
    assert np.all(np.diff(grid) > 0)
    before = grid[grid <= values[1]]
    assert cdf[before.size - 1] <= 0.5 + 1e-12


def test_a_logarithmic_range_has_its_points_where_forecasting_sites_put_them():
    grid = points(Range(low=200, high=100_000_000, zero=0.0))
    assert grid[0] == pytest.approx(200)
    assert grid[-1] == pytest.approx(100_000_000)
    assert grid[100] == pytest.approx(math.sqrt(200 * 100_000_000))


def monthly(path, owner, chances, months=24):
    """One question a month, each forecast one, three and six months ahead."""
    for month in range(months):
        closes = np.datetime64("2020-07") + month
        for ahead in (6, 3, 1):
            made = str((closes - ahead).astype("datetime64[D]"))
            question = who(closes=str(closes.astype("datetime64[D]")))
            p = chances[ahead]
            register(path, [said([1 - p, p, 0], owner, question, origin=made)], now=noon(made))


def test_skill_is_told_by_how_far_ahead_a_forecast_was_made(tmp_path):
    path = tmp_path / "ledger.sqlite"
    monthly(path, "me", {1: 0.9, 3: 0.6, 6: 0.5})
    monthly(path, "persistence", {1: 0.5, 3: 0.5, 6: 0.5})
    for month in range(24):
        day = str((np.datetime64("2020-07") + month).astype("datetime64[D]"))
        register(path, [came("guild", who(closes=day), settled=day)], now=noon("2023-01-01"))
    rows = {(row.horizon, row.owner): row for row in skill_by_horizon(table(path), ("persistence", "contiguity"))}
    near, middle, far = (rows[name, "me"] for name in ("up to 1 month", "1 to 3 months", "3 to 6 months"))
    assert [row.forecasts for row in (near, middle, far)] == [24, 24, 24]
    assert [row.days for row in (near, middle, far)] == [24, 24, 24]

    def log(p):
        return -math.log(p * (1 - HEADLINE) + HEADLINE / 3)

    assert near.log == pytest.approx(log(0.9))
    assert near.skill == pytest.approx(1 - log(0.9) / log(0.5))
    assert near.low == pytest.approx(near.skill)
    assert middle.skill == pytest.approx(1 - log(0.6) / log(0.5))
    assert far.skill == pytest.approx(0)
    assert near.best == "persistence"


def test_a_withdrawn_forecast_has_no_horizon(tmp_path):
    path = tmp_path / "ledger.sqlite"
    (first,) = append(path, [said([0.5, 0.3, 0.2])], now=noon("2020-01-01"))
    gone = {"kind": "withdrawal", "owner": "me", "question": who(), "of": first.number}
    append(path, [entry(gone)], now=noon("2020-02-01"))
    append(path, [came("guild")], now=noon("2021-01-02"))
    assert skill_by_horizon(table(path)) == []
