"""Intervals against every redraw there is, origins and blocks against a calendar."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from polemos.hindcasts.cache import key_of
from polemos.hindcasts.origins import later, rolling_origins, spread_origins
from polemos.hindcasts.skill import block_of
from polemos.scores.bootstrap import block_bootstrap, cluster_bootstrap, skill_bootstrap
from worlds import world_of

VALUES = np.array([0.0, 1.0, 4.0, 2.0, 9.0, 3.0])
DRAWS = 20_000


def all_redraws(size, block):
    """Every way to draw circular blocks of a length: indices [ways, size]."""
    starts = np.array(list(product(range(size), repeat=-(-size // block))))
    return ((starts[..., None] + np.arange(block)) % size).reshape(len(starts), -1)[:, :size]


@pytest.mark.parametrize("level", [0.9, 0.5])
@pytest.mark.parametrize("block", [1, 2, 3])
def test_an_interval_is_that_of_all_redraws_in_circular_blocks(block, level):
    means = VALUES[all_redraws(6, block)].mean(1)
    found = block_bootstrap(VALUES, block, level=level, draws=DRAWS)
    assert found.mean == pytest.approx(19 / 6)
    # Means step by 1/6: the share of draws at most an end brackets its probability.
    tail = (1 - level) / 2
    for end, share in ((found.low, tail), (found.high, 1 - tail)):
        assert (means < end - 1e-9).mean() <= share + 0.02
        assert (means <= end + 1e-9).mean() >= share - 0.02


@pytest.mark.parametrize("level", [0.9, 0.5])
def test_a_skill_interval_is_that_of_all_redraws(level):
    other = np.array([2.0, 3.0, 5.0, 5.0, 10.0, 4.0])
    picked = all_redraws(6, 2)
    skills = 1 - VALUES[picked].mean(1) / other[picked].mean(1)
    found = skill_bootstrap(VALUES, other, 2, level=level, draws=DRAWS)
    assert found.mean == pytest.approx(1 - 19 / 29)
    for end, share in ((found.low, (1 - level) / 2), (found.high, (1 + level) / 2)):
        assert (skills < end - 1e-9).mean() <= share + 0.02
        assert (skills <= end + 1e-9).mean() >= share - 0.02


@pytest.mark.parametrize("level", [0.9, 0.5])
def test_clusters_are_redrawn_whole_and_weigh_by_their_size(level):
    clusters = ["a", "b", "b", "b", "c", "c"]
    groups = [VALUES[[c == name for c in clusters]] for name in "abc"]
    means = np.array([np.concatenate([groups[i] for i in ways]).mean() for ways in product(range(3), repeat=3)])
    found = cluster_bootstrap(VALUES, clusters, level=level, draws=DRAWS)
    assert found.mean == pytest.approx(19 / 6)
    for end, share in ((found.low, (1 - level) / 2), (found.high, (1 + level) / 2)):
        assert (means < end - 1e-9).mean() <= share + 0.02
        assert (means <= end + 1e-9).mean() >= share - 0.02


def test_two_blocks_are_the_fewest_that_tell_something():
    assert block_bootstrap(VALUES, 3).low is not None
    assert block_bootstrap(VALUES, 4).low is None
    assert skill_bootstrap(VALUES, VALUES + 1, 3).low is not None
    assert skill_bootstrap(VALUES, VALUES + 1, 4).low is None
    assert cluster_bootstrap([1.0, 3.0], ["a", "b"]).low == 1
    for of in (block_bootstrap, lambda values, block=1: skill_bootstrap(values, values, block)):
        with pytest.raises(ValueError, match="no values"):
            of([])
        with pytest.raises(ValueError, match="at least one"):
            of([1.0, 2.0], 0)


def test_the_same_seed_redraws_the_same():
    assert block_bootstrap(VALUES, 2, draws=50) == block_bootstrap(VALUES, 2, draws=50, seed=0)
    assert block_bootstrap(VALUES, 2, draws=50) != block_bootstrap(VALUES, 2, draws=50, seed=5)


@pytest.fixture(scope="module")
def war():
    """Three years of record that begin on 2001-01-01."""
    return world_of(np.zeros((157, 3), np.int8))


def days(*texts):
    return np.array(texts, "datetime64[D]")


def test_origins_roll_by_months_and_weeks(war):
    assert str(war.until) == "2003-12-29"
    monthly = rolling_origins(war, "2mo", first=days("2003-03-31")[0], leads=(1, 3))
    assert (monthly == days("2003-03-31", "2003-05-31", "2003-07-31")).all()
    weekly = rolling_origins(war, "3w", days("2003-01-01")[0], days("2003-02-12")[0], (1, 3))
    assert (weekly == days("2003-01-01", "2003-01-22", "2003-02-12")).all()
    # To a last day that is named, the shortest lead decides; else the longest.
    late = rolling_origins(war, "1mo", days("2003-10-01")[0], days("2003-12-15")[0], (1, 3))
    assert (late == days("2003-10-01", "2003-11-01")).all()
    with pytest.raises(ValueError, match="do not lie in the record"):
        rolling_origins(war, first=days("2000-12-31")[0])
    with pytest.raises(ValueError, match="too short"):
        rolling_origins(war, first=days("2003-12-01")[0], leads=(1,))


def test_origins_are_spread_from_the_warm_up_to_the_longest_lead(war):
    found = spread_origins(war, 3, (1, 12))
    # Thirty-five months of record: eleven are the warm-up, and the longest lead ends in the last.
    assert (found == days("2001-12-01", "2002-06-01", "2002-12-01")).all()
    short = world_of(np.zeros((40, 3), np.int8))
    # Nine months of record: three of them are the warm-up.
    months = np.arange("2001-04", "2001-10", dtype="datetime64[M]")
    assert (spread_origins(short, 9, (1,)) == months.astype("datetime64[D]")).all()
    with pytest.raises(ValueError, match="too short for a lead of 12mo"):
        spread_origins(short, 3, (1, 12))


def test_a_month_later_is_the_same_day_or_the_last():
    assert later(days("2003-01-31")[0], 1) == days("2003-02-28")[0]
    assert later(days("2004-01-31")[0], 1) == days("2004-02-29")[0]
    assert later(days("2003-01-30")[0], 13) == days("2004-02-29")[0]
    assert later(days("2003-01-15")[0], 12) == days("2004-01-15")[0]


@pytest.mark.parametrize(
    ("gap", "lead", "block"), [(1, 1, 1), (1, 3, 3), (1, 6, 6), (3, 3, 1), (3, 6, 2), (2, 3, 2), (6, 1, 1), (1, 12, 12)]
)
def test_a_block_spans_a_lead(gap, lead, block):
    first = days("2001-01-01")[0]
    origins = [first, *(later(first, gap * k) for k in range(1, 10))]
    assert block_of(origins, lead) == block
    assert block_of(origins[:1], lead) == 1
    assert block_of(origins[:2], lead) == block


def test_forecasters_that_differ_have_other_keys():
    from polemos.forecasters.markov import Persistence, PooledMarkov

    assert key_of(Persistence()) == key_of(Persistence())
    assert key_of(Persistence()) != key_of(PooledMarkov())


def test_each_bin_of_probability_takes_in_its_lower_end():
    from polemos.scores.calibration import curve

    ends = [0, 0.02, 0.1, 0.2, 0.4, 0.6, 0.8]
    bins = curve(ends, [1, 0, 0, 1, 0, 1, 1])
    assert [row.low for row in bins] == [row.probability for row in bins] == ends
    assert [row.high for row in bins] == [*ends[1:], 1]
    assert [row.observed for row in bins] == [1, 0, 0, 1, 0, 1, 1]
    assert curve([1.0], [1])[0].low == 0.8


def test_a_band_shares_out_what_equals_its_ends():
    from polemos.hindcasts.band_scores import coverage

    members = np.arange(10.0)
    # Between two members nothing is equal: inside where the share below lies between 10 and 90 %.
    held, even = coverage(np.tile(members, (4, 1)), np.array([-1.0, 0.5, 4.5, 9.5]))
    assert held.tolist() == [False, False, True, False]
    assert even.tolist() == [0, 0, 1, 0]
    # A tenth of the members equals 4: all of it inside; 0 is below the band whole, and half of two tenths.
    held, even = coverage(np.array([members, members, [0.0] * 2 + [5.0] * 8]), np.array([4.0, 0.0, 0.0]))
    assert held.tolist()[:2] == [True, False]
    assert even == pytest.approx([1, 0, 0.5])
    # An end of the band that falls among its ties cuts them: of a half at 1, from 50 to 100 %, .4 lies inside.
    held, even = coverage(np.array([[0.0] * 5 + [1.0] * 5] * 2), np.array([1.0, 0.0]))
    assert even == pytest.approx([0.8, 0.8])
    assert held.all()
