"""Each kind of question on wars made by hand, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.spatial import ConvexHull

from polemos.argument.claims import Outcome
from polemos.model.trajectory import Battles, Captures, Trajectories, record_trajectory
from polemos.questions.evaluate import evaluate, reducer, summarise
from polemos.questions.load import load_questions
from polemos.questions.member_answers import STATUS, Verdicts
from polemos.questions.questions import KINDS, question, span
from polemos.questions.resolve import resolve, resolve_all
from polemos.questions.voronoi import cells
from polemos.record import world as w
from polemos.scenario.errors import ScenarioError
from square import small_world

DAYS = "datetime64[D]"
NORTH, SOUTH = 0, 1

WORLD = small_world()
ORIGIN = "2020-02-01"


def ask(kind, trajectories=None, **values):
    """Yes, quantity and status of each member."""
    values = {"id": "q", "title": "t", "asked": "?", "origin": ORIGIN} | values
    verdicts = evaluate(question(kind=kind, **values), trajectories or WEEKS)
    return verdicts.yes.tolist(), verdicts.quantity.tolist(), [STATUS[s] for s in verdicts.status]


def weeks():
    """Five weeks, three members: south takes nothing; takes c in week 2 for two weeks; takes c and d in week 3."""
    dates = np.arange("2020-02-01", "2020-03-07", 7, dtype=DAYS)
    control = np.full((3, 5, 5), NORTH, np.int8)
    control[:, :, :2] = SOUTH
    control[1, 2:4, 2] = SOUTH
    control[2, 3:, 2:4] = SOUTH
    fighters = np.full((3, 5, 2), 100, np.float32)
    fighters[:, 4, SOUTH] = [90, 50, 20]
    attacks = np.zeros((3, 5, 2, 2), np.float32)
    attacks[:, :, SOUTH, 0] = 7
    attacks[2, :, SOUTH, 1] = 14
    battles = Battles(
        member=np.array([1, 1, 2], np.int32),
        place=np.array([2, 2, 3], np.int32),
        attacker=np.array([SOUTH, NORTH, SOUTH], np.int32),
        defender=np.array([NORTH, SOUTH, NORTH], np.int32),
        start=np.array(["2020-02-08", "2020-02-20", "2020-02-10"], DAYS),
        end=np.array(["2020-02-15", "2020-02-29", "NaT"], DAYS),
        captured=np.array([True, True, False]),
        deaths=np.array([100.0, 300.0, 50.0]),
    )
    return Trajectories(
        WORLD.as_of(ORIGIN),
        np.datetime64(ORIGIN),
        dates,
        control,
        strengths={"fighters": fighters, "underground": fighters / 2},
        attacks=attacks,
        countries=("X", "Y"),
        battles=battles,
    )


WEEKS = weeks()
RECORD = record_trajectory(WORLD, np.datetime64(ORIGIN), WORLD.until)
SOUTHERN = {"by": "south"}
REST = {"ids": ["c", "d"]}


def test_held_on_a_day():
    yes, quantity, _ = ask("held", **SOUTHERN, places={"min_people": 3000}, date="2020-02-18")
    assert (yes, quantity) == ([0, 1, 0], [0, 1, 0])
    assert ask("held", **SOUTHERN, places=REST, quantifier="all", date="2020-03-06")[0] == [0, 0, 1]
    assert ask("held", **SOUTHERN, places=REST, quantifier="none", date="2020-03-06")[0] == [1, 1, 0]
    assert ask("held", **SOUTHERN, quantifier="number", amount=3, date="2020-03-06")[0] == [0, 0, 1]
    # people of a, b, c, d: 3,000 of 17,000 and 17,000 of 17,000
    share = {"quantifier": "share", "measure": "people"}
    assert ask("held", **SOUTHERN, **share, amount=0.18, date="2020-03-06")[0] == [0, 0, 1]
    assert ask("held", **SOUTHERN, **share, amount=0.17, date="2020-03-06")[0] == [1, 1, 1]
    assert ask("held", by="nobody", date="2020-03-06", negate=True)[0] == [1, 1, 1]


def test_held_in_a_window():
    window = ["2020-02-01", "2020-03-05"]
    assert ask("held", **SOUTHERN, places=REST, window=window)[0] == [0, 1, 1]
    assert ask("held", **SOUTHERN, places=REST, window=["2020-02-01", "2020-02-15"])[0] == [0, 0, 0]
    assert ask("held", by="north", places={"ids": ["c"]}, window=window, over="always")[0] == [1, 0, 0]
    yes, quantity, _ = ask("held", **SOUTHERN, places=REST, window=window, days=14)
    assert (yes, quantity) == ([0, 1, 0], [0, 14, 12])
    assert ask("held", **SOUTHERN, places=REST, window=window, days=12)[0] == [0, 1, 1]


def test_the_same_place_is_held_for_a_run():
    """c for a week, then d for a week: no place is held for two, but any is."""
    control = np.full((1, 4, 5), NORTH, np.int8)
    control[0, 1, 2] = control[0, 2, 3] = SOUTH
    chunk = Trajectories(WORLD, np.datetime64(ORIGIN), WEEKS.dates[:4], control)
    window = ["2020-02-01", "2020-02-29"]
    assert ask("held", chunk, **SOUTHERN, places=REST, window=window, days=14)[0] == [0]
    assert ask("held", chunk, **SOUTHERN, places=REST, quantifier="number", amount=1, window=window, days=14)[0] == [1]


def test_selectors_look_at_holders_and_leave_out():
    others = {"but_not": {"held": {"by": "south", "on": ORIGIN}}}
    assert ask("held", **SOUTHERN, places=others, date="2020-02-18")[1] == [0, 1, 0]
    assert ask("held", **SOUTHERN, places={"country": "Y", "kind": "town"}, date="2020-03-06")[1] == [0, 0, 1]
    # before the axis stands the record: south held nothing on 5 January
    early = {"held": {"by": "south", "on": "2020-01-05"}}
    assert ask("held", **SOUTHERN, places=early, date="2020-03-06")[1] == [0, 0, 0]


def test_share_and_its_change():
    yes, quantity, _ = ask("share", **SOUTHERN, date="2020-03-06", measure="people", less_than=0.5)
    assert yes == [1, 1, 0]
    assert quantity == pytest.approx([3 / 17, 3 / 17, 1])
    yes, quantity, _ = ask("share", **SOUTHERN, date="2020-03-06", against={"date": "2020-01-05"}, more_than=0.5)
    assert (yes, quantity) == ([0, 0, 1], pytest.approx([0.4, 0.4, 0.8]))
    amount = ask("share", **SOUTHERN, date="2020-03-06", unit="amount", against={"by": "north"}, more_than=0)
    assert amount[:2] == ([0, 0, 1], [-1, -1, 3])


def test_first_time():
    when = {"by": "south", "places": {"ids": ["c"]}}
    yes, quantity, _ = ask("first_time", when=when, no_later_than="2020-02-20")
    assert (yes, quantity) == ([0, 1, 0], [np.inf, 14, np.inf])
    assert ask("first_time", when=when, later_than="2020-02-20")[0] == [1, 0, 1]
    # a run begins the count at its first day
    assert ask("first_time", when=when, days=14, no_later_than="2020-03-05")[1] == [np.inf, 14, np.inf]
    none = {"by": "south", "places": {"ids": ["c"]}, "quantifier": "none"}
    assert ask("first_time", when=none, since="2020-02-16", no_later_than="2020-03-05")[1] == [15, 28, 15]


def test_first_time_is_settled_before_the_horizon_or_beyond_it():
    when = {"by": "south", "places": {"ids": ["c"]}}
    yes, _, status = ask("first_time", when=when, no_later_than="2021-01-01")
    assert yes[1:] == [1, 1]
    assert np.isnan(yes[0])
    assert status == ["beyond horizon", "answered", "answered"]


def test_count_of_captures():
    window = ["2020-02-01", "2020-03-07"]
    assert ask("count", what="captures", **SOUTHERN, window=window, at_least=2)[:2] == ([0, 0, 1], [0, 1, 2])
    assert ask("count", what="losses", **SOUTHERN, window=window, at_least=1)[1] == [0, 1, 0]
    assert ask("count", what="changes", window=window, at_least=1)[1] == [0, 2, 2]
    assert ask("count", what="captures", **SOUTHERN, of="nobody", window=window, at_least=1)[1] == [0, 0, 0]
    # with the record's January: a and b
    assert ask("count", what="captures", **SOUTHERN, window=["2020-01-01", "2020-03-07"], at_least=1)[1] == [2, 3, 4]


def test_events_of_the_model_count_rather_than_differences():
    captures = Captures(
        member=np.array([0, 0], np.int32),
        date=np.array(["2020-02-03", "2020-02-05"], DAYS),
        place=np.array([2, 2], np.int32),
        before=np.array([NORTH, SOUTH], np.int8),
        after=np.array([SOUTH, NORTH], np.int8),
        channel=np.zeros(2, np.int8),
    )
    chunk = Trajectories(WEEKS.world, WEEKS.origin, WEEKS.dates, WEEKS.control, captures=captures)
    window = ["2020-01-01", "2020-03-07"]
    assert ask("count", chunk, what="captures", **SOUTHERN, window=window, at_least=1)[1] == [3, 2, 2]


def test_count_of_attacks_by_country_and_year():
    period = {"what": "attacks", **SOUTHERN, "window": ["2020-02-02", "2020-02-16"]}
    assert ask("count", **period, at_least=1)[1] == pytest.approx([14, 14, 42])
    assert ask("count", **period, countries=["Y"], at_least=1)[1] == pytest.approx([0, 0, 28])
    # seven of the fourteen days of the two steps
    half = {**period, "window": ["2020-02-05", "2020-02-12"]}
    assert ask("count", **half, countries=["X"], at_least=1)[1] == pytest.approx([7, 7, 7])
    yes, _, status = ask("count", what="attacks", **SOUTHERN, years=[2020], at_least=1)
    assert status == ["beyond horizon"] * 3
    assert np.isnan(yes).all()


def test_attacks_unknown_before_the_origin_count_only_where_they_matter():
    attacks = WEEKS.attacks.copy()
    attacks[:, :2] = np.nan
    chunk = Trajectories(
        WEEKS.world, WEEKS.origin, WEEKS.dates, WEEKS.control, attacks=attacks, countries=WEEKS.countries
    )
    period = {"what": "attacks", **SOUTHERN, "at_least": 1}
    assert ask("count", chunk, **period, window=["2020-02-09", "2020-02-16"])[1] == pytest.approx([7, 7, 21])
    assert ask("count", chunk, **period, window=["2020-02-05", "2020-02-16"])[2] == ["not in the model"] * 3


def test_a_count_cut_short_is_a_lower_bound():
    window = ["2020-02-01", "2021-01-01"]
    yes, _, status = ask("count", what="captures", **SOUTHERN, window=window, at_least=2)
    assert status == ["beyond horizon", "beyond horizon", "answered"]
    assert yes[2] == 1
    assert ask("count", what="captures", **SOUTHERN, window=window, at_most=0)[0][1:] == [0, 0]


def test_ratio_of_dates_and_of_windows_around_an_event():
    of = {"kind": "share", "by": "north", "date": "2020-03-06"}
    to = {"kind": "share", "by": "north", "date": ORIGIN}
    yes, quantity, _ = ask("ratio", of=of, to=to, less_than=0.5)
    assert (yes, quantity) == ([0, 0, 1], pytest.approx([1, 1, 1 / 3]))
    event = {"event": {"by": "south", "places": {"ids": ["c"]}}, "since": ORIGIN, "until": "2020-02-25"}
    count = {"kind": "count", "what": "changes"}
    yes, quantity, status = ask(
        "ratio",
        of=count | {"around": event | {"days": [0, 10]}},
        to=count | {"around": event | {"days": [-20, 0]}},
        at_least=1.25,
    )
    # member 1: c on 15 February, nothing in the ten days after it but c itself; no change in the 20 days before but b
    assert status == ["not asked", "answered", "answered"]
    assert quantity[1] == np.inf
    assert quantity[2] == np.inf


def test_ratio_of_nothing_to_nothing_is_one():
    of = {"kind": "share", "by": "nobody", "date": "2020-03-06"}
    assert ask("ratio", of=of, to=of | {"date": ORIGIN}, less_than=0.5)[:2] == ([0, 0, 0], [1, 1, 1])


def test_strength():
    assert ask("strength", **SOUTHERN, series="fighters", date="2020-02-29", at_most=50)[0] == [0, 1, 1]
    assert ask("strength", **SOUTHERN, date="2020-02-29", at_most=30)[1] == [135, 75, 30]
    yes, quantity, _ = ask(
        "strength", **SOUTHERN, series="fighters", date="2020-02-29", relative_to="2019-12-20", at_most=0.5
    )
    # the record's estimate before the origin: 80
    assert (yes, quantity) == ([0, 0, 1], pytest.approx([90 / 80, 50 / 80, 20 / 80]))


def test_battle():
    window = ["2020-02-01", "2020-02-25"]
    assert ask("battle", attacker="south", window=window)[:2] == ([0, 1, 1], [0, 1, 1])
    assert ask("battle", defender="south", window=window, days=9, deaths=300)[0] == [0, 1, 0]
    assert ask("battle", defender="south", window=window, days=10)[0] == [0, 0, 0]
    assert ask("battle", attacker="south", window=window, days=20, negate=True)[2] == [
        "beyond horizon",
        "beyond horizon",
        "answered",
    ]
    assert ask("battle", RECORD, window=window)[2] == ["not in the model"]


def test_compare():
    north = {"kind": "share", "by": "north", "date": "2020-03-06", "unit": "amount"}
    assert ask("compare", first=north, second=north | {"by": "south"}, more_than=0)[:2] == ([1, 1, 0], [1, 1, -3])


def test_the_record_is_a_trajectory_with_one_member():
    assert ask("first_time", RECORD, when=SOUTHERN, since="2020-01-01", no_later_than="2020-02-01")[1] == [-22]
    assert ask("held", RECORD, **SOUTHERN, quantifier="number", amount=2, date="2020-01-20")[0] == [1]
    assert ask("held", RECORD, **SOUTHERN, date="2020-04-01")[2] == ["beyond horizon"]


def test_a_state_stands_for_one_more_step_and_no_longer():
    assert ask("held", **SOUTHERN, date="2020-03-06")[2][0] == "answered"
    assert ask("held", **SOUTHERN, date="2020-03-07")[2][0] == "beyond horizon"


def test_places_chosen_by_a_holder_after_the_run_are_beyond_it():
    chosen = {"held": {"by": "south", "on": "2020-05-01"}}
    assert ask("held", by="south", places=chosen, date="2020-02-15")[2] == ["beyond horizon"] * 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(0, 20), st.integers(1, 12))
def test_weeks_and_days_give_the_same_answers(seed, length, first, run):
    """A daily axis on which each week's state stands for seven days says the same as the weekly one."""
    rng = np.random.default_rng(seed)
    dates = np.arange("2020-02-01", "2020-03-21", 7, dtype=DAYS)
    control = rng.integers(0, 3, (4, dates.size, 5)).astype(np.int8)
    coarse = Trajectories(WORLD, np.datetime64(ORIGIN), dates, control)
    days = np.arange(dates[0], dates[-1] + 7)
    fine = Trajectories(WORLD, np.datetime64(ORIGIN), days, np.repeat(control, 7, axis=1))
    start = np.datetime64(ORIGIN) + first
    window = [str(start), str(start + length)]
    for values in (
        {"kind": "held", **SOUTHERN, "window": window},
        {"kind": "held", **SOUTHERN, "window": window, "days": run},
        {"kind": "held", **SOUTHERN, "window": window, "quantifier": "number", "amount": 2, "days": run},
        {"kind": "held", **SOUTHERN, "window": window, "quantifier": "none", "over": "always"},
        {"kind": "first_time", "when": SOUTHERN | {"places": REST}, "days": run, "no_later_than": window[1]},
    ):
        asked = question(id="q", title="t", asked="?", origin=ORIGIN, **values)
        one, two = evaluate(asked, coarse), evaluate(asked, fine)
        np.testing.assert_array_equal(one.yes, two.yes)
        np.testing.assert_array_equal(one.quantity, two.quantity)


def test_chunks_put_together_say_the_same():
    asked = [
        question(id="x", title="t", asked="?", origin=ORIGIN, kind="held", by="south", places=REST, date="2020-02-18"),
        question(
            id="y",
            title="t",
            asked="?",
            origin=ORIGIN,
            kind="first_time",
            when={"by": "south", "places": {"ids": ["c"]}},
            no_later_than="2020-03-01",
        ),
    ]
    parts = [
        Trajectories(WEEKS.world, WEEKS.origin, WEEKS.dates, WEEKS.control[m : m + 1], countries=WEEKS.countries)
        for m in range(3)
    ]
    whole = reducer(asked)(WEEKS)
    for one in asked:
        table = np.concatenate([reducer(asked)(part)[one.id] for part in parts])
        np.testing.assert_array_equal(table, whole[one.id])
        answer = summarise(one, table)
        assert answer == summarise(one, Verdicts.from_table(table))
    first = summarise(asked[1], whole["y"])
    assert first.probability == pytest.approx(2 / 3)
    assert first.error == pytest.approx(np.sqrt(2 / 9 / 3))
    assert first.quantiles == (14, 14, 21, np.inf, np.inf)


def test_summary_tells_why_there_is_no_answer():
    late = question(id="q", title="t", asked="?", origin=ORIGIN, kind="held", by="south", date="2021-01-01")
    answer = summarise(late, evaluate(late, WEEKS))
    assert (answer.probability, answer.status) == (None, "beyond horizon")
    count = question(
        id="q",
        title="t",
        asked="?",
        origin=ORIGIN,
        kind="count",
        what="attacks",
        by="south",
        window=["2020-02-01", "2020-02-08"],
        at_least=1,
    )
    assert summarise(count, evaluate(count, RECORD)).status == "not in the model"


def test_an_unknown_place_or_organisation_is_named():
    with pytest.raises(KeyError, match="no organisation 'east'"):
        ask("held", by="east", date="2020-02-18")
    with pytest.raises(KeyError, match="no place 'z'"):
        ask("held", by="south", places={"ids": ["z"]}, date="2020-02-18")


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "held", "by": "south"},
        {"kind": "held", "by": "south", "date": "2020-01-01", "days": 3},
        {"kind": "held", "by": "south", "date": "2020-01-01", "quantifier": "share"},
        {"kind": "count", "what": "captures", "by": "south", "window": ["2020-01-01", "2020-02-01"]},
        {"kind": "count", "what": "captures", "by": "south", "at_least": 1},
        {"kind": "first_time", "when": {"by": "south"}},
        {"kind": "strength", "by": "south", "date": "2020-01-01", "at_least": 1, "at_most": 2},
    ],
)
def test_a_question_that_says_too_little_or_too_much_is_refused(values):
    with pytest.raises(ValidationError):
        question(id="q", title="t", asked="?", origin=ORIGIN, **values)


def test_span_covers_all_that_is_looked_at():
    asked = question(
        id="q",
        title="t",
        asked="?",
        origin=ORIGIN,
        kind="ratio",
        of={"kind": "count", "what": "attacks", "by": "south", "years": [2022, 2024]},
        to={"kind": "share", "by": "south", "date": "2019-12-05"},
        at_least=1,
    )
    assert [str(day) for day in span(asked)] == ["2019-12-05", "2024-12-31"]
    assert len(KINDS) == 14


def test_cells_share_out_the_hull():
    """The middle of a square takes half of it, each corner an eighth; a degree of latitude is 111 km."""
    areas = cells(WORLD.places)
    square = 111.195**2 * np.cos(np.radians(0.5))
    assert areas.sum() == pytest.approx(square, rel=1e-3)
    assert areas[4] == pytest.approx(square / 2, rel=1e-3)
    assert areas[:4] == pytest.approx([square / 8] * 4, rel=2e-3)
    line = w.Places(("a", "b"), ("a", "b"), ("X", "X"), ("town", "town"), *[np.array([0.0, 1.0])] * 2, np.zeros(2))
    assert cells(line).tolist() == [0, 0]
    slope = np.array([0.1, 0.2, 0.7])
    third = w.Places(("a", "b", "c"), ("a", "b", "c"), ("X",) * 3, ("town",) * 3, 3 * slope, 0.7 * slope, np.zeros(3))
    assert cells(third).tolist() == [0, 0, 0]


def test_cells_of_any_places_fill_the_hull_and_a_shared_point_is_shared():
    random = np.random.default_rng(3)
    lat, lon = random.uniform(30, 37, 40), random.uniform(36, 45, 40)
    lat[1], lon[1] = lat[0], lon[0]
    names = tuple(f"p{number}" for number in range(40))
    areas = cells(w.Places(names, names, ("X",) * 40, ("town",) * 40, lat, lon, np.zeros(40)))
    flat = np.stack([lon * np.cos(np.radians(lat.mean())), lat], 1) * 111.195
    assert areas.sum() == pytest.approx(ConvexHull(flat).volume, rel=1e-9)
    assert areas[0] == areas[1]
    assert (areas > 0).all()


GOOD = """questions:
  - id: one
    kind: held
    title: One
    asked: Is it?
    origin: 2020-02-01
    by: south
    date: 2020-02-10
"""


def problems_of(tmp_path, text, world=None):
    (tmp_path / "questions.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_questions(tmp_path, world)
    return str(caught.value)


def test_questions_are_read(tmp_path):
    (tmp_path / "questions.yaml").write_text(GOOD)
    (one,) = load_questions(tmp_path, WORLD)
    assert (one.id, one.by) == ("one", ("south",))


def test_an_unknown_key_names_the_nearest_with_its_line(tmp_path):
    told = problems_of(tmp_path, GOOD.replace("    date:", "    dates:"))
    assert "questions.yaml:8:one.dates: unknown key 'dates'; did you mean 'date'?" in told
    nested = GOOD + "    places: {min_poeple: 5}\n"
    assert "questions.yaml:9:one.places.min_poeple: unknown key 'min_poeple'; did you mean 'min_people'?" in (
        problems_of(tmp_path, nested)
    )


def test_all_problems_at_once(tmp_path):
    text = GOOD + GOOD.removeprefix("questions:\n") + GOOD.removeprefix("questions:\n").replace("held", "hold")
    told = problems_of(tmp_path, text)
    assert told.count("id given twice") == 2
    assert "questions.yaml:16" in told
    assert "'held'" in told
    assert "no organisation south; did you mean 'north'?" not in problems_of(tmp_path, text, WORLD)
    assert "no organisation soth; did you mean 'south'?" in problems_of(tmp_path, GOOD.replace("south", "soth"), WORLD)


def test_a_resolution_near_a_loose_date_is_fragile():
    """b falls on 20 January, give or take ten days: 13 of the 21 days are not after the 22nd."""
    values = {"title": "t", "asked": "?", "origin": "2020-01-01", "kind": "held", "by": "south"}
    near = question(id="near", date="2020-01-22", places={"ids": ["b"]}, **values)
    later = question(id="later", date="2020-02-10", places={"ids": ["b"]}, **values)
    one, two = resolve_all([near, later], WORLD, draws=400, seed=3)
    assert (one.value, two.value) == (1, 1)
    assert one.agreement == pytest.approx(13 / 21, abs=0.08)
    assert (one.fragile, two.fragile) == (True, False)
    assert two.agreement == 1


def test_a_question_is_settled_on_the_day_that_decides_it():
    values = {
        "title": "t",
        "asked": "?",
        "origin": "2020-01-01",
        "kind": "held",
        "by": "south",
        "places": {"ids": ["a"]},
    }
    window = ("2020-01-01", "2020-03-01")
    for more, value, on in (
        ({"window": window}, 1, "2020-01-10"),
        ({"window": window, "days": 15}, 1, "2020-01-24"),
        ({"window": window, "over": "always"}, 0, "2020-01-01"),
        ({"date": "2020-02-10"}, 1, "2020-02-10"),
        ({"window": ("2020-01-01", "2020-01-08")}, 0, "2020-01-07"),
    ):
        found = resolve(question(id="q", **values, **more), WORLD, draws=0)
        assert (found.value, str(found.date)) == (value, on), more


def test_what_the_record_cannot_say_is_stated():
    late = {"id": "late", "title": "t", "asked": "?", "origin": "2020-01-01", "kind": "held", "by": "south"}
    said = {"value": 0, "date": "2024-12-08", "source": "a report", "grade": "B"}
    one = resolve(question(**late, date="2024-12-31", outcome=said), WORLD)
    assert (one.value, str(one.date), one.agreement) == (0, "2024-12-08", None)
    assert str(one) == "late: no, a report (grade B)"
    assert resolve(question(**late, date="2024-12-31"), WORLD).value is None
    other = Outcome(value=1, source="another")
    assert resolve(question(**late, date="2024-12-31"), WORLD, {"late": other}).value == 1
