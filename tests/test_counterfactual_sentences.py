"""One sentence a counterfactual claim: a quantity, its interval, and a verdict by a line drawn beforehand."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest
from pydantic import ValidationError

from polemos.argument.claims import Claim, Yardstick
from polemos.counterfactual import sentences
from polemos.war.war import load
from square import small_world

WORLD = small_world()
NORTH, SOUTH, NOBODY = 0, 1, 2
MEMBERS, WEEKS = 40, 10


def claim(owner="author", sign="more", **measure):
    values = {"of": "south", "sign": sign, **measure}
    experiment = {"text": "patron := 0", "changes": ["supports.patron=0@2020-02-01"], "measure": values}
    carrier = {"by": "counterfactual"}
    return Claim.model_validate(
        {
            "id": "C1",
            "kind": "counterfactual",
            "owner": owner,
            "text": "t",
            "experiment": experiment,
            "carrier": carrier,
        }
    )


def pair(lost, *, series=None):
    """Two runs: south holds four places throughout, or in the other run loses `lost` [m] of them half way."""
    before = np.full((MEMBERS, WEEKS, 5), NORTH, np.int8)
    before[:, :, :4] = SOUTH
    after = before.copy()
    for member, number in enumerate(lost):
        after[member, WEEKS // 2 :, : int(number)] = NOBODY
    more = series or ({}, {})
    deaths = {"deaths": np.zeros(MEMBERS)}
    return SimpleNamespace(
        before={"control": before, **deaths, **more[0]}, after={"control": after, **deaths, **more[1]}
    )


def test_the_effect_is_a_mean_over_the_run_and_shows_where_no_threshold_is_reached():
    effect = sentences.effect_of(claim(), pair([2] * MEMBERS), WORLD)
    assert (effect.without, effect.with_change, effect.difference) == (4.0, 3.0, -1.0)
    assert (effect.low, effect.high, effect.smallest) == (-1.0, -1.0, pytest.approx(0.4))
    assert (effect.verdict, effect.bears_out) == (sentences.NAMED, False)
    end = sentences.effect_of(claim(over="end"), pair([2] * MEMBERS), WORLD)
    assert end.difference == -2.0


def test_the_interval_of_the_mean_is_that_of_the_pairs_and_that_of_single_wars_is_wider():
    lost = np.tile([0, 4], MEMBERS // 2)
    effect = sentences.effect_of(claim(sign="less"), pair(lost), WORLD)
    width = 1.6448536 * np.std(np.tile([0.0, -2.0], MEMBERS // 2), ddof=1) / np.sqrt(MEMBERS)
    assert effect.high - effect.low == pytest.approx(2 * width)
    assert (effect.least, effect.most) == (-2.0, 0.0)
    assert (effect.verdict, effect.bears_out) == (sentences.NAMED, True)


@pytest.mark.parametrize(
    ("lost", "smallest", "verdict"),
    [
        ([0] * MEMBERS, 0.1, sentences.SMALL),
        ([1] + [0] * (MEMBERS - 1), 0.1, sentences.SMALL),
        ([0, 2] * (MEMBERS // 2), 0.13, sentences.OPEN),
        ([2] * MEMBERS, 0.3, sentences.SMALL),
    ],
)
def test_small_and_open_are_told_apart_by_a_line_drawn_beforehand(lost, smallest, verdict):
    effect = sentences.effect_of(claim(smallest=smallest), pair(lost), WORLD)
    assert (effect.verdict, effect.bears_out) == (verdict, None)


def test_nobody_and_single_places_can_be_measured():
    effect = sentences.effect_of(claim(of="nobody"), pair([2] * MEMBERS), WORLD)
    assert (effect.without, effect.with_change) == (0.0, 1.0)
    one = sentences.effect_of(claim(places=["a"]), pair([1] * MEMBERS), WORLD)
    assert (one.without, one.with_change) == (1.0, 0.5)
    assert "among a" in one.what


def test_a_series_that_a_run_does_not_keep_gives_no_number():
    effect = sentences.effect_of(claim(series="told_opinion"), pair([0] * MEMBERS), WORLD)
    assert effect.verdict == sentences.ABSENT
    assert sentences.sentence(effect, claim()) == (
        "C1 (author: t): nothing is known of told opinion of S over the run in these wars, so nothing can be said."
    )
    # None in any war is no effect of nothing.
    none = sentences.effect_of(claim(series="deaths"), pair([2] * MEMBERS), WORLD)
    assert none.verdict == sentences.ABSENT
    assert sentences.sentence(none, claim()) == (
        "C1 (author: t): battle deaths of all are in no simulated war, with the change or without, "
        "so nothing can be said."
    )


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (-4_837_222.0, "4,840,000"),
        (999.6, "1,000"),
        (62.54, "62.5"),
        (0.02944, "0.0294"),
        (2.31e-5, "0.0000231"),
        (0, "0"),
    ],
)
def test_amounts_are_read_without_powers_of_ten(value, words):
    assert sentences.amount(value) == words


def test_the_sentence_has_one_form_for_either_side():
    said = []
    for owner in ("author", "rival"):
        one = claim(owner=owner, sign="less")
        said.append(sentences.sentence(sentences.effect_of(one, pair([2] * MEMBERS), WORLD), one))
    assert said[0].replace("author", "rival") == said[1]
    assert "over the run go from 4 to 3, a change of -1 [-1 to -1; in single wars -1 to -1]" in said[0]
    assert said[0].endswith("more than the smallest effect worth naming, 0.4, with the sign that is claimed.")
    still = sentences.sentence(sentences.effect_of(claim(), pair([0] * MEMBERS), WORLD), claim())
    assert re.search(r"a change of 0 \[0 to 0.*which is less than the smallest effect", still)


def test_the_smallest_effect_is_above_nothing():
    with pytest.raises(ValidationError, match="greater than 0"):
        Yardstick(of="south", sign="more", smallest=0)


def test_every_counterfactual_of_the_flagship_has_a_quantity_and_a_sign_written_beforehand():
    argument = load("caliphate").argument
    claims = argument.select("counterfactual")
    assert len(claims) == 14
    for one in claims:
        assert one.experiment.measure is not None, one.id
        assert 0 < one.experiment.measure.smallest <= 0.2
    assert {one.owner for one in claims} == {"author", "rival"}
