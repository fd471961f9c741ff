"""Violence off the map: counts that are negative binomial, learnt before the origin, unknown after the file's end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from polemos.elsewhere import counts, learn, paths, pledges
from polemos.model.rng import member_keys
from polemos.record.from_scenario import load
from polemos.record.theatres import MEASURES, Pledges, Theatres
from scenarios import tiny

START, ORIGIN = np.datetime64("1995-01"), np.datetime64("2002-01-31")
MONTHS = np.arange(START, np.datetime64("2003-01"))
PLEDGES = """affiliate,network,date,event,source,note
,tide,1990-01-01,land_held,invented,
reef,tide,1996-01-01,pledge,invented,
shoal,tide,1997-01-01,pledge,invented,
shoal,tide,2000-01-01,end,invented,
cape,tide,2002-06-01,pledge,invented,
"""


def theatres(attacks: np.ndarray) -> Theatres:
    """Theatres of a network tied to nobody, from attacks [T, M]; each kills two, one of them a civilian."""
    size = len(attacks)
    names = tuple(f"t{number}" for number in range(size))
    return Theatres(
        names, names, names, ("tide",) * size, names, ("north",) * size, np.full(size, -1, np.int32),
        np.zeros(size, bool), MONTHS.astype("datetime64[D]"), attacks, 2 * attacks, attacks,
    )  # fmt: skip


def world(tmp_path, attacks: np.ndarray):
    return replace(load(str(tiny(tmp_path))), theatres=theatres(attacks)).as_of(ORIGIN)


def steady(theatre_count: int = 12) -> np.ndarray:
    return np.random.default_rng(3).negative_binomial(1.5, 0.2, (theatre_count, MONTHS.size)).astype(float)


def one_block(learnt, mode: list[float], members: int, *, years: int = 1) -> paths.Paths:
    """Paths without doubt about parameters and without births."""
    model = counts.Autoregression(np.array(mode), np.eye(7) * 1e-18, 1, 0)
    fixed = replace(learnt, model=model, births={})
    until = np.datetime64(f"{2001 + years}-12-31")
    dates = np.arange(ORIGIN, until, 7)
    keys = member_keys(5, 0, members)
    return paths.simulated(fixed, ORIGIN, until, dates, np.zeros((members, dates.size, 3)), keys)


def test_log_probabilities_are_scipys():
    count, mean, size = np.arange(40.0), np.linspace(0.2, 30, 40), 0.7
    assert counts.log_nb(count, mean, size) == pytest.approx(stats.nbinom.logpmf(count, size, size / (size + mean)))
    assert counts.log_nb(np.array([0.0, 1.0]), np.zeros(2), size).tolist() == [0.0, -np.inf]


def test_a_block_ahead_is_the_negative_binomial_in_closed_form(tmp_path):
    attacks = np.zeros((1, MONTHS.size))
    attacks[:, -24:-1] = 1.0
    learnt = learn.learn(world(tmp_path, np.concatenate([attacks, steady(4)])))
    found = one_block(learnt, [1.0, 0.6, 0.0, 0.0, 0.0, np.log(0.8), 0.0], 2000, years=2)
    # The blocks begin in February: of a block's attacks eleven months fall into its first year.
    last = learnt.attacks[0, -1]
    mean, size = np.exp(1.0 + 0.6 * np.log1p(last)), 0.8
    first = (
        found.counts["attacks"][:, 0, found.years.index(2002)]
        - attacks[0, np.isin(MONTHS, [ORIGIN.astype(MONTHS.dtype)])]
    )
    thinned = stats.nbinom(size, size / (size + mean * 11 / 12))
    assert first.mean() == pytest.approx(thinned.mean(), rel=0.06)
    assert first.var() == pytest.approx(thinned.var(), rel=0.15)
    for quantile in (0.1, 0.5, 0.9):
        assert np.mean(first <= thinned.ppf(quantile)) == pytest.approx(thinned.cdf(thinned.ppf(quantile)), abs=0.03)


def test_deaths_of_several_attacks_are_one_negative_binomial():
    rng = np.random.default_rng(1)
    together = counts.draw_nb(rng, np.full(20_000, 7 * 3.0), 7 * 0.4)
    apart = counts.draw_nb(rng, np.full((20_000, 7), 3.0), 0.4).sum(axis=1)
    closed = stats.nbinom(7 * 0.4, 0.4 / 3.4)
    for drawn in (together, apart):
        assert drawn.mean() == pytest.approx(closed.mean(), rel=0.03)
        assert np.mean(drawn == 0) == pytest.approx(closed.pmf(0), abs=0.01)


def test_what_made_the_counts_is_learnt_back():
    rng = np.random.default_rng(2)
    before = rng.poisson(rng.gamma(0.8, 30, 1500)).astype(float)
    abroad, home = rng.normal(0, 1, 1500), np.zeros(1500)
    true = np.array([0.6, 0.8, -1.5, 0.5, 0.0, -0.5, 0.4])
    after = counts.draw_nb(rng, counts.mean_of(true, before, abroad, home), counts.size_of(true, before))
    model = counts.fit(before, after, abroad, home)
    for which in (0, 1, 2, 3, 5, 6):
        low, high = model.interval(which)
        assert high - low < (1.0 if which == 2 else 0.4)
        assert low - 0.1 < true[which] < high + 0.1
    # Nothing tells the tie at home: it keeps its prior of sd 0.5.
    assert np.sqrt(model.covariance[4, 4]) == pytest.approx(counts.TIES, rel=0.01)


def test_a_rate_is_the_gamma_posterior_of_jeffreys():
    rate = pledges.Rate(3, 12.0)
    closed = stats.gamma(3.5, scale=1 / 12)
    drawn = [rate.draw(np.random.default_rng(seed)) for seed in range(4000)]
    assert rate.mean == pytest.approx(closed.mean())
    assert np.quantile(drawn, [0.1, 0.9]) == pytest.approx(closed.ppf([0.1, 0.9]), rel=0.08)


def test_nothing_after_the_origin_is_seen(tmp_path):
    attacks = steady()
    attacks[-1] = 0.0
    attacks[-1, -5:] = 9.0
    cut = world(tmp_path, attacks)
    assert cut.theatres.months[-1] == np.datetime64("2002-01-01")
    assert "t11" not in cut.theatres.id, "it began after the origin"
    later = attacks.copy()
    later[:, ~(MONTHS <= ORIGIN)] += 500
    one, two = (learn.learn(world(tmp_path / name, table)) for name, table in (("a", attacks), ("b", later)))
    assert np.array_equal(one.model.mode, two.model.mode)


def test_members_do_not_depend_on_their_chunk(tmp_path):
    learnt = learn.learn(world(tmp_path, steady()))
    until, keys = np.datetime64("2003-12-31"), member_keys(4, 0, 6)
    dates = np.arange(ORIGIN, until, 7)
    places = np.ones((6, dates.size, 3))
    whole = paths.simulated(learnt, ORIGIN, until, dates, places, keys)
    parts = [paths.simulated(learnt, ORIGIN, until, dates, places[s], keys[s]) for s in (slice(0, 2), slice(2, 6))]
    assert np.array_equal(
        whole.counts["civilians"], np.concatenate([part.counts["civilians"] for part in parts]), equal_nan=True
    )


def test_what_lies_after_the_files_end_is_unknown_and_not_zero(tmp_path):
    found = paths.recorded(replace(load(str(tiny(tmp_path))), theatres=theatres(steady())))
    assert not np.isnan(found.counts["deaths"][..., found.years.index(2002)]).any()
    assert 2003 not in found.years
    short = theatres(steady())
    over = np.arange(MONTHS.size) < MONTHS.size - 6
    short = replace(short, **{name: np.where(over, short.counts(name), np.nan) for name in MEASURES})
    found = paths.recorded(replace(load(str(tiny(tmp_path / "b"))), theatres=short))
    assert np.isnan(found.counts["attacks"][..., found.years.index(2002)]).all()


def test_a_core_that_falls_takes_its_home_with_it(tmp_path):
    tied = replace(theatres(steady(2)), core=np.array([1, 1], np.int32), home=np.array([True, False]))
    cut = replace(load(str(tiny(tmp_path))), theatres=tied).as_of(ORIGIN)
    learnt = replace(learn.learn(replace(cut, theatres=theatres(steady(2)).as_of(ORIGIN))), theatres=cut.theatres)
    until, keys = np.datetime64("2002-12-31"), member_keys(4, 0, 400)
    learnt = replace(
        learnt, model=counts.Autoregression(np.array([1, 0.7, 0, 0.0, 1.0, 0, 0]), np.eye(7) * 1e-18, 1, 0)
    )
    dates = np.arange(ORIGIN, until, 7)
    means = []
    for left in (20.0, 0.0):
        places = np.full((400, dates.size, 3), 20.0)
        places[:, 1:] = left
        found = paths.simulated(learnt, ORIGIN, until, dates, places, keys)
        means.append(found.counts["attacks"][:, :2, found.years.index(2002)].mean(axis=0))
    assert means[1][0] < 0.25 * means[0][0]
    assert means[1][1] == pytest.approx(means[0][1], rel=0.25)


def test_pledges_stand_until_they_end_and_their_rates_are_of_the_past(tmp_path):
    folder = tiny(tmp_path)
    (folder / "pledges.csv").write_text(PLEDGES)
    whole = load(str(folder))
    cut = whole.as_of("2002-01-01")
    assert [one[0] for one in cut.pledges.spells()] == ["reef", "shoal"]
    ends, joins = pledges.pledge_rates(cut)
    assert (ends[False].events, joins[False].events) == (1, 1)
    assert ends[False].years == pytest.approx(6 + 3, abs=0.02)
    assert joins[False].years == pytest.approx(6, abs=0.02)
    found = paths.recorded(replace(whole, theatres=theatres(steady(1))))
    origin = np.datetime64("1999-01-01")
    count, share = found.pledges.on("tide", origin, np.array(["2001-01-01"], "datetime64[D]"))
    assert (count.tolist(), share.tolist()) == ([1.0], [0.5])


def test_pledges_to_come_end_at_the_rate_that_was_learnt(tmp_path):
    origin, until = np.datetime64("2002-01-01"), np.datetime64("2012-01-01")
    days = np.array(["1996-01-01"] * 40, "datetime64[D]")
    names = tuple(f"a{number}" for number in range(40))
    made = Pledges(names, ("tide",) * 40, days, ("pledge",) * 40)
    cut = replace(world(tmp_path, steady()), pledges=made)
    rate = {land: pledges.Rate(50_000, 500_000.0) for land in (True, False)}
    learnt = replace(learn.learn(cut), ends=rate, joins={land: pledges.Rate(0, 1e9) for land in rate}, births={})
    dates = np.arange(origin, until, 7)
    found = paths.simulated(learnt, origin, until, dates, np.zeros((60, dates.size, 3)), member_keys(1, 0, 60))
    at = np.full(60, np.datetime64("2007-01-01"))
    _, share = found.pledges.on("tide", origin, at)
    assert share.mean() == pytest.approx(stats.expon(scale=10).sf(5), abs=0.02)


def test_faults_in_the_tables_are_told_together(tmp_path):
    from polemos.scenario.load import check

    folder = tiny(tmp_path)
    (folder / "theatres.csv").write_text(
        "id,name,organisation,network,country,region,core,home,counted_from,counted_until,source\n"
        "reef,Reef,reef,tide,CC,north,,1,2001-01-01,2002-01-01,invented\n"
    )
    (folder / "theatre_counts.csv").write_text(
        "theatre,month,attacks,deaths,civilians\nreef,2001-02-03,1,1,1\nreed,2001-02-01,1,1,1\nreef,2002-01-01,1,1,1\n"
    )
    (folder / "pledges.csv").write_text(PLEDGES.replace("shoal,tide,1997-01-01,pledge,invented,\n", ""))
    told = {(one.file, one.line, one.field) for one in check(str(folder)) if one.level == "error"}
    assert told == {
        ("theatres.csv", 2, "home"),
        ("theatre_counts.csv", 2, "month"),
        ("theatre_counts.csv", 3, "theatre"),
        ("theatre_counts.csv", 4, "month"),
        ("pledges.csv", 4, "event"),
    }


def test_the_tool_counts_each_event_once_and_says_until_when(tmp_path, monkeypatch):
    import pandas as pd

    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "tools"))
    import theatres as tool

    reef = {"id": "reef", "name": "Reef", "network": "tide", "core": "guild", "home": ["Ceeland"], "counts": ["R", "Q"]}
    settings = {
        "since": "2001-01-01",
        "organisations": [
            reef,
            {"id": "shoal", "name": "Shoal", "network": "tide", "counts": ["S"]},
        ],
        "regions": {"north": ["Ceeland"], "south": ["Deeland"]},
        "codes": {"Ceeland": "CC", "Deeland": "DD"},
        "shown": {},
    }
    names = ["id", "date_start", "country", "type_of_violence", "side_a", "side_b", "best"]
    events = pd.DataFrame(
        [
            (1, "2000-12-31", "Ceeland", 1, "State", "R", 9),
            (2, "2001-02-03", "Ceeland", 1, "State", "R, Q, S", 4),
            (3, "2001-02-20", "Ceeland", 3, "Q", "Civilians", 7),
            (4, "2001-03-01", "Deeland", 2, "S", "R", 1),
            (5, "2001-05-31", "Deeland", 1, "State", "Nobody counted", 99),
        ],
        columns=names,
    )
    theatres_, months = tool.tables(events, settings, "invented")
    assert theatres_["id"].tolist() == ["reef-cc", "reef-dd", "shoal-cc", "shoal-dd"]
    assert theatres_["home"].tolist() == [1, 0, 0, 0]
    assert set(theatres_["counted_until"]) == {"2001-06-01"}
    assert months.to_numpy().tolist() == [
        ["reef-cc", "2001-02-01", 2, 11, 7],
        ["reef-dd", "2001-03-01", 1, 1, 0],
        ["shoal-cc", "2001-02-01", 1, 4, 0],
        ["shoal-dd", "2001-03-01", 1, 1, 0],
    ]
    with pytest.raises(ValueError, match="no region for Deeland"):
        tool.tables(events, settings | {"regions": {"north": ["Ceeland"]}}, "invented")
