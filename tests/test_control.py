"""Curves of control, and records drawn within the precision of their dates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.record.control import draw_starts, drawn_holders, held_totals
from polemos.record.from_scenario import load
from polemos.record.world import day


def restarted(world, starts):
    """The world with other starts of its spells, spell by spell: the slow way, to compare with."""
    spells = world.spells
    ends = spells.end.copy()
    follows = spells.place[1:] == spells.place[:-1]
    ends[:-1][follows] = starts[1:][follows]
    return replace(world, spells=replace(spells, start=starts, end=ends))


@pytest.fixture(scope="module")
def caliphate():
    return load("caliphate")


def test_curves_of_tiny(tiny):
    world = load(tiny)
    curve = held_totals(world, [day("2001-01-01"), day("2001-12-15"), day("2002-12-31")])
    assert curve["places"].tolist() == [[2, 2, 2], [2, 2, 1], [4, 2, 0]]
    assert curve["people"].tolist() == [
        [240000, 55000, 90000],
        [225000, 70000, 90000],
        [295000, 90000, 0],
    ]


# First of the month, as the source's own check prints them: places and pre-war residents.
@pytest.mark.parametrize(
    ("date", "places", "people"),
    [
        ("2013-07-01", 0, 0),
        ("2014-07-01", 81, 3_758_260),
        ("2015-01-01", 104, 4_384_627),
        ("2017-11-01", 21, 703_915),
        ("2018-06-01", 6, 100_322),
        ("2019-03-01", 1, 10_649),
        ("2019-04-01", 0, 0),
    ],
)
def test_curve_of_the_flagship_agrees_with_its_source(caliphate, date, places, people):
    curve = held_totals(caliphate, [day(date)])
    mine = caliphate.organisation("is")
    assert (curve["places"][0, mine], curve["people"][0, mine]) == (places, people)


def check_order(world, starts):
    """Starts keep the order of each place, inside the record and within their precision."""
    spells = world.spells
    days = starts.astype("datetime64[D]").astype(np.int64)
    follows = spells.place[1:] == spells.place[:-1]
    assert np.all((days[:, 1:] - days[:, :-1])[:, follows] >= 1)
    assert np.all(np.abs(days - spells.start.astype(np.int64)) <= spells.precision)
    assert np.all((starts >= world.start) & (starts <= world.until))


def test_drawn_dates_of_the_flagship(caliphate):
    starts = draw_starts(caliphate, seed=1, draws=20)
    check_order(caliphate, starts)
    vague = caliphate.spells.precision > 0
    first = np.r_[True, caliphate.spells.place[1:] != caliphate.spells.place[:-1]]
    assert np.all(starts[:, ~vague | first] == caliphate.spells.start[~vague | first])
    assert np.mean(starts[:, vague & ~first] != caliphate.spells.start[vague & ~first]) > 0.9


def test_drawn_records_have_no_gap(caliphate):
    dates = np.arange("2012-01-01", "2020-01-01", 30, dtype="datetime64[D]")
    holders = drawn_holders(caliphate, draw_starts(caliphate, seed=2, draws=3), dates)
    assert holders.shape == (3, dates.size, 260)
    assert not np.any(holders == caliphate.nobody)
    assert 0.002 < np.mean(holders != caliphate.holders(dates)) < 0.05


def test_draws_are_seeded_by_the_place(tiny):
    world = load(tiny)
    assert np.array_equal(draw_starts(world, 5, 8), draw_starts(world, 5, 8))
    assert not np.array_equal(draw_starts(world, 5, 8), draw_starts(world, 6, 8))


def test_draws_are_uniform_within_the_precision(tiny):
    world = load(tiny)
    row = int(np.flatnonzero((world.spells.place == 1) & (world.spells.precision == 7))[0])
    moved = (draw_starts(world, 3, 6000)[:, row] - world.spells.start[row]).astype(int)
    counts = np.bincount(moved + 7, minlength=15)
    assert counts.size == 15
    assert np.all(np.abs(counts - 400) < 5 * 20)


def test_dates_whose_windows_meet_are_uniform_over_the_ordered_pairs(tiny):
    # Two spells of cedar, +-20 days, 20 days apart: the mean gap of ordered uniform dates, by counting.
    world = load(tiny)
    a, b = np.flatnonzero((world.spells.place == 2) & (world.spells.precision == 20))
    offsets = np.arange(-20, 21)
    x, y = np.meshgrid(offsets, 20 + offsets, indexing="ij")
    expected = (y - x)[y > x].mean()
    starts = draw_starts(world, 4, 20000)
    gaps = (starts[:, b] - starts[:, a]).astype(int)
    assert gaps.min() == 1
    assert gaps.mean() == pytest.approx(expected, abs=0.3)


@settings(max_examples=40, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=12),
    widths=st.lists(st.integers(0, 90), min_size=12, max_size=12),
    seed=st.integers(0, 2**32),
)
def test_any_spells_stay_in_order(tmp_path_factory, lengths, widths, seed):
    folder = tmp_path_factory.mktemp("spells")
    (folder / "scenario.yaml").write_text(
        "title: T\nstart: 2001-01-01\nend: 2004-01-01\norganisations: {a: {name: A}, b: {name: B}}\n"
    )
    (folder / "places.csv").write_text("id,name,lat,lon\np,P,1,1\n")
    (folder / "links.csv").write_text("a,b\n")
    dates = [day("2001-01-01")]
    for length in lengths:
        dates.append(dates[-1] + np.timedelta64(length, "D"))
    text = "place,holder,start,end,precision\n"
    for row, start in enumerate(dates):
        end = dates[row + 1] if row + 1 < len(dates) else ""
        text += f"p,{'ab'[row % 2]},{start},{end},{widths[row % 12]}\n"
    (folder / "control.csv").write_text(text)
    world = load(folder)
    check_order(world, draw_starts(world, seed, 16))
    every = np.arange(world.start, world.until + 1)
    starts = draw_starts(world, seed, 2)
    drawn = drawn_holders(world, starts, every)
    assert not np.any(drawn == world.nobody)
    for holders, begun in zip(drawn, starts, strict=True):
        assert np.array_equal(holders, restarted(world, begun).holders(every))
