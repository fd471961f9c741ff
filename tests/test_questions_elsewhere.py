"""Men who leave together, risings, theatres and pledges: wars made by hand, answers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from polemos.elsewhere.paths import NEW, Paths
from polemos.elsewhere.pledges import Standing
from polemos.model.trajectory import Moves, Risings, Trajectories
from polemos.questions.evaluate import evaluate
from polemos.questions.member_answers import STATUS
from polemos.questions.questions import question, span
from polemos.questions.threshold_line import line
from square import small_world

DAYS = "datetime64[D]"
NORTH, SOUTH = 0, 1
WORLD = small_world()
ORIGIN = "2020-02-01"
DATES = np.arange("2020-02-01", "2022-01-08", 7, dtype=DAYS)
YES, NO, UNKNOWN = 1.0, 0.0, None


def trajectories(**more):
    control = np.full((3, DATES.size, 5), NORTH, np.int8)
    control[:2, :60, 0] = SOUTH
    return Trajectories(WORLD, np.datetime64(ORIGIN), DATES, control, **more)


def ask(kind, chunk, **values):
    """Yes (None: no answer) and quantity of each member, and the statuses there are."""
    values = {"id": "q", "title": "t", "asked": "?", "origin": ORIGIN} | values
    verdicts = evaluate(question(kind=kind, **values), chunk)
    yes = [None if np.isnan(one) else float(one) for one in verdicts.yes]
    return yes, verdicts.quantity.tolist(), {STATUS[status] for status in verdicts.status}


def moved(kinds=("captured", "went_over")):
    rows = [
        # member, date, place, of, to, men
        (0, "2020-03-07", 2, SOUTH, -1, 150.0),
        (1, "2020-03-07", 2, SOUTH, NORTH, 80.0),
        (1, "2020-04-04", 3, SOUTH, NORTH, 70.0),
        (2, "2021-06-05", 2, NORTH, SOUTH, 500.0),
    ]
    m, date, place, of, to, men = zip(*rows, strict=True)
    moves = Moves(
        np.array(m, np.int32), np.array(date, DAYS), np.array(place, np.int32), np.array(of, np.int8),
        np.array(to, np.int8), np.array(men),
    )  # fmt: skip
    return trajectories(moves=moves, kinds=kinds)


WINDOW = {"window": ["2020-02-01", "2021-01-01"]}


def test_men_are_counted_by_event_and_never_summed_over_events():
    found = ask("moved", moved(), of="south", men=100, **WINDOW)
    assert found == ([YES, NO, NO], [1.0, 0.0, 0.0], {"answered"})
    assert ask("moved", moved(), of="south", men=60, number=2, **WINDOW)[0] == [NO, YES, NO]


def test_captured_and_gone_over_are_told_apart():
    assert ask("moved", moved(), of="south", how="captured", men=50, **WINDOW)[0] == [YES, NO, NO]
    assert ask("moved", moved(), of="south", how="went_over", to="north", men=50, **WINDOW)[0] == [NO, YES, NO]
    assert ask("moved", moved(), of="south", how="went_over", places={"ids": "d"}, men=50, **WINDOW)[1] == [0, 1, 0]
    with pytest.raises(ValidationError, match="to goes with how"):
        question(kind="moved", id="q", title="t", asked="?", origin=ORIGIN, of="south", to="north", men=1, **WINDOW)


def test_a_war_without_the_process_says_nothing_about_it():
    captured = moved(kinds=("captured",))
    assert ask("moved", captured, of="south", how="went_over", men=50, **WINDOW)[2] == {"not in the model"}
    assert ask("moved", captured, of="south", how="captured", men=50, **WINDOW)[2] == {"answered"}
    assert ask("moved", trajectories(), of="south", men=50, **WINDOW)[2] == {"not in the model"}
    assert ask("rising", trajectories(), deaths=5, **WINDOW)[2] == {"not in the model"}


def test_a_window_that_ends_late_is_settled_by_yes_alone():
    late = {"window": ["2020-02-01", "2024-01-01"]}
    assert ask("moved", moved(), of="south", men=100, **late)[0] == [YES, UNKNOWN, UNKNOWN]


def risings():
    rows = [
        # member, date, place, by, against, deaths
        (0, "2020-03-07", 2, SOUTH, NORTH, 15.0),
        (0, "2020-03-28", 2, SOUTH, NORTH, 12.0),
        (1, "2020-03-07", 2, SOUTH, NORTH, 15.0),
        (1, "2020-03-28", 3, SOUTH, NORTH, 12.0),
        (2, "2020-03-07", 2, SOUTH, NORTH, 15.0),
        (2, "2020-05-30", 2, SOUTH, NORTH, 12.0),
    ]
    m, date, place, by, against, deaths = zip(*rows, strict=True)
    return trajectories(
        risings=Risings(
            np.array(m, np.int32), np.array(date, DAYS), np.array(place, np.int32), np.array(by, np.int8),
            np.array(against, np.int8), np.array(deaths),
        )
    )  # fmt: skip


def test_deaths_of_risings_add_up_at_one_place_within_the_days():
    assert ask("rising", risings(), deaths=25, **WINDOW) == ([YES, NO, NO], [27.0, 15.0, 15.0], {"answered"})
    assert ask("rising", risings(), deaths=25, days=120, negate=True, **WINDOW)[0] == [NO, YES, NO]
    assert ask("rising", risings(), deaths=12, places={"ids": "d"}, **WINDOW)[1] == [0.0, 12.0, 0.0]


def elsewhere():
    """Four theatres in 2020 and 2021, 2022 not to its end; three members who differ in the first theatre."""
    attacks = np.zeros((3, 4, 3))
    attacks[:, 0] = [[10, 4, 0], [0, 0, 0], [30, 2, 0]]
    attacks[:, 1] = [6, 6, 0]
    attacks[:, 2] = [0, 5, 0]
    attacks[:, 3] = [0, 1, 0]
    attacks[:, :, 2] = np.nan
    names = ("reef", "reef", "shoal", "reef")
    countries = ("AA", "BB", "AA", NEW)
    pledges = Standing(
        (("a", "tide", np.datetime64("2019-01-01")), ("b", "tide", np.datetime64("2019-01-01"))),
        np.array([["NaT", "NaT"], ["2021-01-01", "NaT"], ["2020-06-01", "2021-06-01"]], DAYS),
        {"tide": np.array([["NaT"], ["2020-05-01"], ["NaT"]], DAYS)},
    )
    return trajectories(
        elsewhere=Paths(
            (2020, 2021, 2022), names, ("tide", "tide", "ebb", "tide"), countries, ("north", "south", "north", NEW),
            {"attacks": attacks, "deaths": 2 * attacks, "civilians": attacks}, pledges, np.datetime64("2022-06-30"),
        )
    )  # fmt: skip


TIDE = {"networks": "tide"}


def test_counts_of_theatres_by_year():
    chunk = elsewhere()
    assert ask("theatres", chunk, of=TIDE, years=2020, at_least=10)[:2] == ([YES, NO, YES], [16.0, 6.0, 36.0])
    assert ask("theatres", chunk, what="deaths", of=TIDE, years=[2020, 2021], take="least", less_than=15)[0] == [
        NO, YES, NO,
    ]  # fmt: skip
    less = ask("theatres", chunk, of=TIDE, less={"networks": "ebb"}, years=2021, more_than=5)
    assert less[1] == [6.0, 2.0, 4.0]
    shares = ask("theatres", chunk, of={"countries": "AA"}, share_of={}, years=[2020, 2021], take="most", more_than=0.6)
    assert shares[1] == pytest.approx([10 / 16, 5 / 12, 30 / 36])


def test_countries_are_counted_once_and_new_ones_are_countries_too():
    chunk = elsewhere()
    assert ask("theatres", chunk, of={}, years=2021, across="active", at_most=3)[1] == [3.0, 3.0, 3.0]
    assert ask("theatres", chunk, of=TIDE, years=2020, across="active", at_most=1)[0] == [NO, YES, NO]
    every = {"networks": "tide", "countries": ["AA", "BB"]}
    assert ask("theatres", chunk, of=every, years=2020, across="least", at_least=1)[0] == [YES, NO, YES]
    absent = {"networks": "tide", "countries": ["AA", "CC"]}
    assert ask("theatres", chunk, of=absent, years=2020, across="least", at_least=1)[0] == [NO, NO, NO]


def test_a_year_not_counted_to_its_end_is_settled_by_what_is_known_alone():
    chunk = elsewhere()
    years = {"years": [2020, 2022]}
    assert ask("theatres", chunk, of=TIDE, take="most", at_least=10, **years)[0] == [YES, UNKNOWN, YES]
    assert ask("theatres", chunk, of=TIDE, take="least", at_least=10, **years)[2] == {"beyond horizon"}
    assert ask("theatre_rank", chunk, by="region", name="north", at_least=1, **years)[0] == [YES, UNKNOWN, YES]
    assert (
        span(question(kind="theatres", id="q", title="t", asked="?", origin=ORIGIN, of={}, at_least=1, years=2021))[
            1
        ].isoformat()
        == "2021-12-31"
    )


def test_ranks_count_years_among_the_first():
    found = ask("theatre_rank", elsewhere(), by="region", name="north", years=[2020, 2021], at_least=2)
    assert found[:2] == ([YES, NO, YES], [2.0, 0.0, 2.0])
    # Nothing at all is no rank.
    assert ask("theatre_rank", elsewhere(), by="country", name="ZZ", top=9, years=[2020], at_least=1)[1] == [0.0] * 3


def test_pledges_on_a_day_and_after_an_event():
    chunk = elsewhere()
    assert ask("pledges", chunk, network="tide", date="2021-03-01", at_least=2)[1] == [2.0, 2.0, 1.0]
    assert ask("pledges", chunk, network="tide", date="2023-01-01", at_least=2)[2] == {"beyond horizon"}
    event = {"by": "south", "places": {"ids": "a"}, "quantifier": "none"}
    around = {"event": event, "since": "2020-02-08", "until": "2021-12-01", "days": [0, 30]}
    found = ask("pledges", chunk, network="tide", around=around, unit="share", less_than=0.6)
    # South leaves a on 2021-03-27 in two wars and is never there in the third, where both pledges stand a month on.
    assert found[:2] == ([NO, YES, NO], [1.0, 0.5, 1.0])
    with pytest.raises(ValidationError, match="exactly one of date and around"):
        question(kind="pledges", id="q", title="t", asked="?", origin=ORIGIN, network="tide", at_least=1)


def test_all_parts_must_hold_and_one_that_fails_settles_it():
    pledged = {"of": {"kind": "pledges", "network": "tide", "date": "2021-03-01"}, "at_least": 2}
    counted = {"of": {"kind": "theatres", "of": TIDE, "years": 2020}, "at_least": 10}
    later = {"of": {"kind": "theatres", "of": TIDE, "years": 2022}, "at_least": 10}
    assert ask("every", elsewhere(), parts=[pledged, counted])[:2] == ([YES, NO, NO], [2.0, 1.0, 1.0])
    assert ask("every", elsewhere(), parts=[pledged, counted, later])[0] == [UNKNOWN, NO, NO]


def test_without_theatres_nothing_is_said():
    assert ask("theatres", trajectories(), of={}, years=2020, at_least=1)[2] == {"not in the model"}
    assert ask("theatres", replace(trajectories(), keys=np.arange(3, dtype=np.uint64)), of={}, years=2020, at_least=1)[
        2
    ] == {"not in the model"}


def test_units_are_those_of_what_is_counted():
    common = {"id": "q", "title": "t", "asked": "?", "origin": ORIGIN}
    counted = question(kind="theatres", of={}, years=2020, across="active", at_most=5, **common)
    assert line(counted) == (5.0, "countries")
    ranked = question(kind="theatre_rank", by="region", name="north", years=2020, at_least=1, **common)
    assert line(ranked) == (1.0, "years")
    assert line(question(kind="moved", of="south", men=100, **WINDOW, **common)) == (1.0, "times")
