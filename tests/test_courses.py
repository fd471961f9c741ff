"""Courses of a war, on invented wars whose courses are known."""

from __future__ import annotations

import numpy as np
import pytest

import polemos as pm
from polemos.courses.clusters import groups, parting, shares, steps
from polemos.courses.courses import courses, first_sign, sentence, sign_words
from polemos.courses.k_means import k_means, silhouette, squared_distances
from scenarios import tiny as write_tiny

NORTH, SOUTH, NOBODY = 0, 1, 2
NAMES = ("North", "South", "nobody")
DATES = np.arange("2001-01-01", "2002-01-01", 7, dtype="datetime64[D]")
PEOPLE = np.array([50.0, 20.0, 20.0, 10.0])


def invented(sizes, seed=0):
    """Wars of three kinds, shuffled: place 3 is left; South takes places 1 and 2 from week 10 on; South takes all from
    week 25 on, which place 3 in its hands from week 5 foretells."""
    chance = np.random.default_rng(seed)
    wars, kinds = [], []
    for kind, size in enumerate(sizes):
        for _ in range(size):
            war = np.zeros((len(DATES), 4), np.int8)
            late = int(chance.integers(0, 9))
            if kind == 1:
                war[10 + late :, 1] = SOUTH
                war[10 + int(chance.integers(0, 9)) :, 2] = SOUTH
            if kind == 2:
                war[5:, 3] = SOUTH
                war[25 + late :, 0] = SOUTH
                war[25 + int(chance.integers(0, 9)) :, 1:] = SOUTH
            if kind == 0:
                war[int(chance.integers(5, 50)) :, 3] = NOBODY
            wars.append(war)
            kinds.append(kind)
    order = chance.permutation(len(wars))
    return np.array(wars)[order], np.array(kinds)[order]


def test_wars_of_three_kinds_are_three_courses_with_their_shares():
    control, kinds = invented((50, 30, 20))
    found = courses(control, DATES, PEOPLE, 3)
    assert [one.share for one in found] == [0.5, 0.3, 0.2]
    for kind, one in enumerate(found):
        assert set(kinds[list(one.members)]) == {kind}
        assert one.typical in one.members
    still, part, whole = found
    assert sentence(still, NAMES, "the end") == "By the end, of the people: 90 % for North (from 100 %)."
    assert sentence(part, NAMES, "the end") == (
        "By the end, of the people: 40 % for South (from 0 %); 60 % for North (from 100 %)."
    )
    assert sentence(whole, NAMES, "the end") == (
        "By the end, of the people: 100 % for South (from 0 %); 0 % for North (from 100 %)."
    )


def test_a_course_has_its_first_sign_and_the_day_it_parts():
    control, _ = invented((50, 30, 20))
    still, part, whole = courses(control, DATES, PEOPLE, 3)
    at = DATES[steps(len(DATES))]
    assert whole.sign is not None
    assert (whole.sign.place, whole.sign.holder) == (3, SOUTH)
    assert whole.sign.date == at[at >= DATES[5]][0], "the town that foretells it, long before the rest falls"
    assert whole.sign.inside == 1
    assert whole.sign.outside == 0
    assert sign_words(whole, ("A", "B", "C", "D"), NAMES, "1 March") == (
        "D has passed to South by 1 March: in 100 % of these wars, in 0 % of the others."
    )
    assert part.sign is not None
    assert part.sign.place in (1, 2)
    assert whole.parts is not None
    assert DATES[25] < whole.parts <= DATES[36], "until then some of these wars look like the others"
    assert part.parts is not None
    assert DATES[10] < part.parts <= DATES[22]
    assert still.parts is not None


def test_a_first_sign_is_a_change_and_not_the_state_of_the_first_day():
    # South takes place 1 in half of the wars in week 10; in the others nothing moves.
    control = np.zeros((40, len(DATES), 4), np.int8)
    control[:20, 10:, 1] = SOUTH
    found = courses(control, DATES, PEOPLE, 3)
    assert len(found) == 2
    taken, still = sorted(found, key=lambda one: one.sign is not None and one.sign.unchanged)
    assert taken.sign is not None
    assert still.sign is not None
    assert not taken.sign.unchanged
    assert still.sign.unchanged
    day = DATES[steps(len(DATES))]
    assert taken.sign.date == still.sign.date == day[day >= DATES[10]][0], "not the first day, on which all are alike"
    places = ("A", "B", "C", "D")
    assert sign_words(taken, places, NAMES, "May") == (
        "B has passed to South by May: in 100 % of these wars, in 0 % of the others."
    )
    assert sign_words(still, places, NAMES, "May") == (
        "B is still held by North on May: in 100 % of these wars, in 0 % of the others."
    )


def test_a_faint_difference_is_no_sign():
    control = np.zeros((100, len(DATES), 4), np.int8)
    control[:10, 10:, 1] = SOUTH
    inside = np.arange(100) < 50
    assert first_sign(control, DATES, inside, 3) is not None, "20 % of these wars, and none of the others"
    control[0, :, 1] = NORTH
    assert first_sign(control, DATES, inside, 3) is None


def test_a_clear_change_goes_before_what_stays():
    # In half of the wars nothing moves but place 3, which South takes late; in the others North loses place 1 early.
    control = np.zeros((40, len(DATES), 4), np.int8)
    control[:20, 40:, 3] = SOUTH
    control[20:, 10:, 1] = SOUTH
    quiet = next(one for one in courses(control, DATES, PEOPLE, 3) if 0 in one.members)
    assert quiet.sign is not None
    assert (quiet.sign.place, quiet.sign.holder, quiet.sign.unchanged) == (3, SOUTH, False)


@pytest.mark.parametrize("sizes", [(40, 40), (60, 25, 15)])
def test_the_number_of_courses_is_found(sizes):
    control, kinds = invented(sizes, seed=3)
    assert len(courses(control, DATES, PEOPLE, 3)) == len(sizes)
    assert len(kinds) == sum(sizes)


def test_wars_that_go_alike_are_one_course_without_a_sign():
    control = np.zeros((20, 10, 4), np.int8)
    (only,) = courses(control, DATES[:10], PEOPLE, 3)
    assert only.share == 1
    assert sentence(only, NAMES, "the end") == "Nobody gains or loses 2 % of the people by the end."
    assert only.sign is None
    assert only.parts is None
    (single,) = courses(control[:1], DATES[:10], PEOPLE, 3)
    assert single.members == (0,)


def test_a_handful_of_odd_wars_is_no_course():
    control, _ = invented((98, 2))
    assert len(courses(control, DATES, PEOPLE, 3)) == 1


def test_what_happened_is_nearest_to_a_course():
    control, kinds = invented((50, 30, 20))
    record = control[kinds == 1][0]
    assert [one.happened for one in courses(control, DATES, PEOPLE, 3, record)] == [False, True, False]
    unseen = np.full_like(record, -1)
    assert not any(one.happened for one in courses(control, DATES, PEOPLE, 3, unseen))


def test_sites_alone_weigh_alike_and_shares_sum_to_one():
    control, _ = invented((30, 30, 30))
    assert len(courses(control, DATES, np.zeros(4), 3)) == 3
    assert np.allclose(shares(control, PEOPLE, 3).sum(-1), 1)


def test_groups_that_meet_again_do_not_part_for_good():
    path = np.zeros((20, 4, 1), np.float32)
    path[10:, 1:3] = 1
    group = groups(path)
    assert parting(path, group, 0) is None
    path[10:, 3] = 1
    assert parting(path, group, 1) == 1


def test_without_a_war_there_is_no_course():
    with pytest.raises(ValueError, match="no simulated war"):
        courses(np.zeros((0, 3, 4), np.int8), DATES[:3], PEOPLE, 3)


def test_a_run_has_its_courses_as_a_table(tmp_path):
    run = pm.load(write_tiny(tmp_path)).run(members=30, origin="2001-06-01", until="2001-12-01")
    table = run.courses()
    assert list(table.columns) == ["share", "what happens", "first sign", "parts on", "typical", "members", "happened"]
    assert table.share.sum() == pytest.approx(1)
    assert sorted(number for members in table.members for number in members) == list(range(30))
    assert table.happened.sum() == 1
    assert 1 <= len(table) <= 5


@pytest.mark.parametrize("seed", range(3))
def test_groups_and_their_silhouette_are_those_of_scikit_learn(seed):
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    chance = np.random.default_rng(seed)
    middles = chance.normal(size=(4, 24)) * 0.6
    points = middles[chance.integers(4, size=300)] + chance.normal(size=(300, 24)) * 0.3
    away = np.sqrt(squared_distances(points, points))
    np.fill_diagonal(away, 0.0)
    for number in (2, 3, 4, 5):
        group = k_means(points, number)
        assert (group == KMeans(number, n_init=10, random_state=0).fit_predict(points)).all()
        assert silhouette(away, group) == pytest.approx(silhouette_score(points, group), abs=1e-9)


def test_a_group_that_is_left_empty_gets_the_farthest_point():
    points = np.array([[0.0], [0.0], [0.0], [9.0]])
    assert sorted(np.bincount(k_means(points, 2)).tolist()) == [1, 3]
    assert silhouette(np.abs(points - points.T), np.array([0, 0, 0, 1])) == pytest.approx(0.75)
