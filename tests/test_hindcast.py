"""Hindcasts: what reaches a forecaster, calendar leads, scores against a direct computation, intervals."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from polemos.ensemble.executor import Executor, Interrupted
from polemos.forecasters.contiguity import ContiguityMarkov
from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.leads import later
from polemos.forecasters.markov import Persistence, PooledMarkov
from polemos.forecasters.registry import lineup
from polemos.hindcasts import ablation
from polemos.hindcasts.band_scores import BandScore, band_scores, coverage
from polemos.hindcasts.hindcast import hindcast
from polemos.hindcasts.origins import default_leads, rolling_origins, spread_origins
from polemos.hindcasts.place_scores import front, place_scores
from polemos.hindcasts.skill import block_of, summarise
from polemos.report.hindcast.skill import band_cell
from polemos.scores import rules as score_rules
from polemos.scores.bootstrap import best_rule_bootstrap, mean_over_wars, skill_bootstrap
from polemos.war.war import load
from scenarios import cut, tiny
from worlds import START, restless, world_of

FORECASTERS = (Persistence(), PooledMarkov(members=50), ContiguityMarkov(members=50))


@pytest.fixture(scope="module")
def war():
    return world_of(restless(weeks=260))


@pytest.fixture(scope="module")
def done(war):
    return hindcast(war, FORECASTERS, spread_origins(war, 3, ("1mo", "3mo")), (1, 3))


@dataclass
class Spy:
    """Persistence that keeps what it was given."""

    name: str = "spy"
    given: list = field(default_factory=list)

    def forecast(self, world, leads):
        self.given.append((world, leads))
        return Persistence().forecast(world, leads)


def test_a_forecaster_gets_a_cut_world_and_calendar_leads(war):
    spy, seen = Spy(), []
    origin = np.datetime64("2003-08-31")
    hindcast(war, [spy], [origin], ("1mo", "6mo"), lambda n, of: seen.append((n, of)))
    ((world, leads),) = spy.given
    assert world.digest() == war.as_of(origin).digest()
    assert world.spells.start.max() <= origin
    assert leads.tolist() == [np.datetime64(d).item() for d in ("2003-09-30", "2004-02-29")]
    assert seen == [(1, 1)]


@pytest.mark.parametrize(
    ("date", "months", "expected"),
    [("2014-07-01", 12, "2015-07-01"), ("2015-01-31", 1, "2015-02-28"), ("2016-01-31", 1, "2016-02-29")],
)
def test_later(date, months, expected):
    assert later(np.datetime64(date), months) == np.datetime64(expected)


def test_a_record_cut_by_hand_gives_the_same_bytes(war):
    origin = np.datetime64("2003-09-01")
    leads = np.array([later(origin, 1), later(origin, 3)])
    whole = hindcast(war, FORECASTERS, [origin], ("1mo", "3mo"))
    cut = war.as_of(origin)
    for row, forecaster in enumerate(FORECASTERS):
        assert forecaster.forecast(cut, leads).tobytes() == whole.probability[row, 0].tobytes()


def test_default_origins_leave_room_on_both_sides(war):
    long = spread_origins(world_of(restless(weeks=470)), 8, (1, 12))
    assert (long[0], long.size) == (np.datetime64("2003-07-01"), 8)
    origins = spread_origins(war, 4, (1, 6))
    assert origins[0] == np.datetime64("2002-08-01")
    assert later(origins[-1], 6) <= war.until < later(later(origins[-1], 1), 6)
    assert len(origins) == 4
    with pytest.raises(ValueError, match="too short"):
        spread_origins(war, 4, (1, 60))


def test_default_leads_are_those_that_the_record_bears():
    assert default_leads(world_of(restless(weeks=470))) == ("1mo", "3mo", "6mo", "12mo")
    assert default_leads(world_of(restless(weeks=36))) == ("1w", "2w", "1mo")
    with pytest.raises(ValueError, match=r"lead of 12mo; this record bears 1w, 2w, 1mo$"):
        spread_origins(world_of(restless(weeks=36)), 4, ("12mo",))
    with pytest.raises(ValueError, match="too short for any lead: 1 week needs 3 weeks"):
        default_leads(world_of(restless(weeks=3)))


def test_skill_over_the_best_rule_chooses_anew_in_each_redraw():
    """Two rules that are each the better one on half of the origins: the best of a redraw is seldom worse than 1."""
    mine, rules = np.full(40, 0.5), np.array([[1.0, 2.0] * 20, [2.0, 1.0] * 20])
    chosen = best_rule_bootstrap(mine, rules)
    assert (chosen.best, chosen.interval.mean) == (0, pytest.approx(1 - 0.5 / 1.5))
    assert chosen.redraws is not None
    # Whatever is drawn, the two means sum to 3, so that the lower is at most 1.5: no redraw flatters above the point.
    assert chosen.redraws.max() <= chosen.interval.mean + 1e-12
    assert chosen.interval.high <= chosen.interval.mean < skill_bootstrap(mine, rules[0]).high
    # By hand: rule 0 gets a 1 in each of 40 draws with probability 1/2, so the lower mean is 1.5 - |k - 20| / 40.
    k = np.random.default_rng(5).binomial(40, 0.5, 200_000)
    expected = np.quantile(1 - 0.5 / (1.5 - abs(k - 20) / 40), [0.05, 0.95])
    assert (chosen.interval.low, chosen.interval.high) == pytest.approx(tuple(expected), abs=0.005)


def test_with_one_rule_it_is_the_plain_skill():
    random = np.random.default_rng(1)
    mine, rule = random.random(30), random.random(30) + 0.3
    one = best_rule_bootstrap(mine, [rule], 3)
    assert one.interval == skill_bootstrap(mine, rule, 3)
    assert best_rule_bootstrap(mine[:5], [rule[:5]], 3).interval.low is None
    assert best_rule_bootstrap([0.0, 0.0], [[0.0, 0.0]]).interval.mean == 0
    with pytest.raises(ValueError, match="no values"):
        best_rule_bootstrap([], [[]])


def test_the_mean_over_wars_redraws_wars_and_origins():
    alike = mean_over_wars([0.2, 0.2], [None, None])
    assert (alike.mean, alike.low, alike.high) == pytest.approx((0.2, 0.2, 0.2))
    # Two wars of 0 and 1: a redraw has mean 0, 1/2 or 1 with 1/4, 1/2, 1/4.
    apart = mean_over_wars([0.0, 1.0], [None, None])
    assert (apart.mean, apart.low, apart.high) == (0.5, 0.0, 1.0)
    assert mean_over_wars([0.3], [None]).low is None
    inside = mean_over_wars([0.5], [np.linspace(0, 1, 4001)])
    assert (inside.low, inside.high) == pytest.approx((0.05, 0.95), abs=0.03)


def test_refuses_what_cannot_be_scored(war):
    with pytest.raises(ValueError, match="past the record"):
        hindcast(war, FORECASTERS, [war.until], ("1mo",))
    with pytest.raises(ValueError, match="share a name"):
        hindcast(war, [Persistence(), Persistence()], [START + np.timedelta64(900, "D")], ("1mo",))


def test_scores_against_a_direct_computation(war, done):
    rows = {(r.forecaster, r.origin, r.lead, r.scope): r for r in done.scores()}
    assert len(rows) == 3 * 3 * 2 * 2
    origin = done.origins[1]
    p = FORECASTERS[1].forecast(war.as_of(origin), done.dates[1])[0]
    happened = war.holders([later(origin, 1)])[0]
    near = front(war, war.holders([origin])[0])
    mixed = 0.998 * p + 0.002 / p.shape[-1]
    logs = [-np.log(mixed[i, happened[i]]) for i in range(happened.size)]
    row = rows["pooled Markov", origin, "1mo", "all"]
    assert (row.places, row.log) == (happened.size, pytest.approx(np.mean(logs)))
    row = rows["pooled Markov", origin, "1mo", "front"]
    assert (row.places, row.log) == (near.sum(), pytest.approx(np.array(logs)[near].mean()))
    assert row.brier == pytest.approx(score_rules.brier(mixed, happened)[near].mean())


def test_what_is_kept_is_read_and_another_forecaster_is_added(war, tmp_path):
    origins = spread_origins(war, 3, (1, 3))
    done = hindcast(war, FORECASTERS[:2], origins, ("1mo", "3mo"), store=tmp_path)
    assert (done.computed, done.folder.parent) == (3, tmp_path)
    more = hindcast(war, FORECASTERS, origins, ("1mo", "3mo"), store=tmp_path)
    assert (more.computed, more.folder) == (3, done.folder)
    again = hindcast(war, FORECASTERS, origins, ("1mo", "3mo"), store=tmp_path)
    assert again.computed == 0
    assert again.probability.tobytes() == hindcast(war, FORECASTERS, origins, ("1mo", "3mo")).probability.tobytes()
    other = PooledMarkov(members=50, prior=52)
    assert hindcast(war, [other], origins, ("1mo", "3mo"), store=tmp_path).computed == 3
    file = done.folder / "origins" / f"{origins[1]}.npz"
    file.write_bytes(file.read_bytes()[:-100])
    mended = hindcast(war, FORECASTERS, origins, ("1mo", "3mo"), store=tmp_path)
    assert mended.computed == 1
    assert mended.probability.tobytes() == again.probability.tobytes()
    assert hindcast(war, FORECASTERS, origins, ("1mo", "3mo"), fresh=True, store=tmp_path).computed == 3


@dataclass
class Stopper:
    """Persistence that is stopped at its third origin."""

    name: str = "stopper"
    asked: int = 0

    def forecast(self, world, leads):
        self.asked += 1
        if self.asked == 3:
            raise KeyboardInterrupt
        return Persistence().forecast(world, leads)


def test_an_interrupt_keeps_the_origins_that_are_done(war, tmp_path):
    with pytest.raises(Interrupted) as stopped:
        hindcast(war, [Stopper()], spread_origins(war, 4, ("1mo",)), (1,), store=tmp_path)
    assert (stopped.value.done, stopped.value.total) == (2, 4)
    assert hindcast(war, [Stopper()], spread_origins(war, 4, ("1mo",)), (1,), store=tmp_path).computed == 2


def test_files_cut_off_at_the_origin_give_the_same_bytes(tmp_path):
    whole, short = tiny(tmp_path / "whole"), tiny(tmp_path / "short")
    cut(short, "2002-03-15")
    world, known = load(whole).world, load(short).world
    asked = lineup(("contiguity", "front", "priors", "model", "forecast"), members=30, threads=1)
    done = hindcast(world, asked, [np.datetime64("2002-03-15")], ("1mo", "3mo", "6mo"))
    for row, forecaster in enumerate(asked):
        said = forecaster.forecast(known.as_of("2002-03-15"), done.dates[0])
        assert said.tobytes() == done.probability[row, 0].tobytes(), forecaster.name


def test_processes_change_nothing(war, tmp_path):
    origins = spread_origins(war, 3, (1, 3))
    one = hindcast(war, FORECASTERS, origins, ("1mo", "3mo"))
    two = hindcast(war, FORECASTERS, origins, ("1mo", "3mo"), store=tmp_path, executor=Executor(2, "processes"))
    assert one.probability.tobytes() == two.probability.tobytes()
    assert len(list((two.folder / "origins").iterdir())) == 3


def test_leads_past_the_record_are_left_out(war):
    origins = rolling_origins(war, "6mo", np.datetime64("2003-09-01"), war.until, (1, 12))
    assert [str(day) for day in origins] == ["2003-09-01", "2004-03-01", "2004-09-01", "2005-03-01", "2005-09-01"]
    done = hindcast(war, [Persistence()], origins, ("1mo", "12mo"))
    assert done.scored.tolist() == [[True, later(day, 12) <= war.until] for day in origins]
    assert np.isnan(done.probability[0, ~done.scored]).all()
    assert {(row.lead, row.origins) for row in summarise(done.scores(), "persistence")} == {
        ("1mo", 5),
        ("12mo", int(done.scored[:, 1].sum())),
    }
    assert done.table().num_rows == done.scored.sum() * done.held.shape[1] * (war.nobody + 1)
    assert len(rolling_origins(war, "2w", np.datetime64("2003-09-01"), np.datetime64("2003-12-31"), (1,))) == 9


def test_bands_against_a_direct_computation(war):
    done = hindcast(war, [FrontHazard(members=60, threads=1)], spread_origins(war, 2, ("1mo", "3mo")), (1, 3))
    rows = {(row.measure, row.lead): row for row in band_scores(done)}
    assert set(rows) == {(m, lead) for m in ("places", "people") for lead in ("1mo", "3mo", None)}
    totals = done.totals["front hazard"]
    inside, miss, stale = [], [], []
    for at in range(2):
        for o in range(war.nobody):
            members, came = totals[at, 0, :, 1, o], (done.happened[at, 1] == o).sum()
            now = (done.held[at] == o).sum()
            miss.append(np.abs(members - came).mean() - np.abs(members[:, None] - members).mean() / 2)
            stale.append(abs(now - came))
            if now:
                low, high = np.quantile(members, [0.1, 0.9])
                inside.append(low <= came <= high)
    row = rows["places", "3mo"]
    assert (row.cases, row.covered) == (len(inside), np.mean(inside))
    assert row.crps == pytest.approx(np.mean(miss), rel=1e-5)
    assert row.ratio == pytest.approx(np.mean(miss) / np.mean(stale), rel=1e-5)


def test_a_band_beside_a_persistence_without_error_has_no_ratio():
    band = BandScore("model", "places", "1mo", 4, 1.0, 0.8, 0.2, 0.0, math.nan, 0.2)
    assert band_cell(band) == "100 %, -"
    assert band_cell(replace(band, persistence=0.4, ratio=0.5)) == "100 %, 0.50"
    assert band_cell(None) == "-"


def test_perfect_bands_cover_four_fifths_when_ties_are_shared_out():
    rng = np.random.default_rng(4)
    rate = rng.uniform(0.2, 3, 4000)
    closed, even = coverage(rng.poisson(rate[:, None], (4000, 400)).astype(float), rng.poisson(rate).astype(float))
    assert even.mean() == pytest.approx(0.8, abs=0.02)
    assert closed.mean() > 0.85


def test_skill_bootstrap_brackets_the_skill():
    rng = np.random.default_rng(1)
    reference = rng.gamma(4, size=60)
    found = skill_bootstrap(0.8 * reference + rng.normal(0, 0.1, 60), reference, 3)
    assert found.low < found.mean < found.high
    assert found.mean == pytest.approx(0.2, abs=0.03)
    exact = skill_bootstrap(0.8 * reference, reference, 3)
    assert (exact.low, exact.high) == (pytest.approx(0.2), pytest.approx(0.2))
    assert skill_bootstrap([1.0, 2.0], [2.0, 2.0], 2).low is None


def test_front_is_one_link_from_another_holder():
    links = np.array([[0, 1], [1, 2], [2, 3], [3, 4]])
    world = world_of(np.zeros((2, 5), int), links=links)
    assert front(world, np.array([0, 0, 0, 1, 1], np.int8)).tolist() == [False, False, True, True, False]
    assert not front(world, np.zeros(5, np.int8)).any()


def test_certainty_about_the_truth_scores_almost_nothing_and_a_bad_sum_is_refused():
    happened = np.array([[0, 1, 2]])
    sure = np.eye(4)[happened]
    (row,) = place_scores("sure", START, [1], sure, happened, np.zeros(3, bool))
    assert row.log == pytest.approx(-np.log(0.998 + 0.0005))
    assert row.log_second < row.log
    with pytest.raises(ValueError, match="sum to"):
        place_scores("bad", START, [1], sure * 0.9, happened, np.zeros(3, bool))


def test_the_table_holds_every_probability(done):
    table = done.table()
    assert table.num_rows == done.probability.size
    frame = {name: np.array(table[name].to_pylist()) for name in ("forecaster", "origin", "lead", "place", "holder")}
    chosen = (frame["forecaster"] == "contiguity Markov") & (frame["place"] == "place-003") & (frame["lead"] == "3mo")
    chosen &= (frame["origin"] == done.origins[2].item()) & (frame["holder"] == "org-1")
    assert np.array(table["probability"])[chosen] == pytest.approx(done.probability[2, 2, 1, 3, 1])
    happened = np.array(table["happened"]).reshape(done.probability.shape)
    assert (happened.argmax(-1) == done.happened).all()
    assert (happened.sum(-1) == 1).all()


def test_skill_against_a_reference(done):
    rows = done.scores()
    table = summarise(rows, "persistence")
    assert len(table) == 3 * 2 * 2
    for row in table:
        mine = [r.log for r in rows if (r.forecaster, r.lead, r.scope) == (row.forecaster, row.lead, row.scope)]
        base = [r.log for r in rows if (r.forecaster, r.lead, r.scope) == ("persistence", row.lead, row.scope)]
        assert row.log == pytest.approx(np.mean(mine))
        assert row.gain.mean == pytest.approx(np.mean(mine) - np.mean(base))
        if row.lead == "1mo":
            assert row.gain.low <= row.gain.mean <= row.gain.high
        assert row.skill.mean == pytest.approx(1 - np.mean(mine) / np.mean(base))
        assert row.blocks == 3 // row.block
        if row.forecaster == "persistence":
            assert (row.gain.low, row.gain.high, row.skill.mean) == (0, 0, 0)
    with pytest.raises(KeyError, match="nobody-there"):
        summarise(rows, "nobody-there")


def test_blocks_cover_overlapping_futures():
    months = np.arange(0, 24, 2).astype("datetime64[M]").astype("datetime64[D]")
    assert [block_of(months, lead) for lead in (1, 3, 6, 12)] == [1, 2, 3, 6]
    assert block_of(months[:1], 12) == 1


def test_what_a_part_is_worth_is_what_leaving_it_out_costs(war):
    names = ("model", "model without battle", "model without share", "front hazard", "front hazard without air")
    said = [Persistence(stay, name) for stay, name in zip((0.98, 0.9, 0.95, 0.97, 0.6), names, strict=True)]
    done = hindcast(war, said, spread_origins(war, 3, ("1mo", "3mo")), (1, 3))
    rows = ablation.worth(done)
    assert {(row.forecaster, row.part) for row in rows} == {
        ("model", "battle"),
        ("model", "share"),
        ("front hazard", "air"),
    }
    assert len(rows) == 3 * 2 * 2
    logs = {}
    for row in done.scores():
        logs.setdefault((row.forecaster, row.lead, row.scope), []).append(row.log)
    for row in rows:
        without = np.mean(logs[f"{row.forecaster} without {row.part}", row.lead, row.scope])
        assert row.origins == 3
        assert row.log == pytest.approx(without)
        assert row.change.mean == pytest.approx(without - np.mean(logs[row.forecaster, row.lead, row.scope]))
    alone = ablation.worth(hindcast(war, said[3:], spread_origins(war, 3, ("1mo", "3mo")), (1, 3)))
    assert {row.forecaster for row in alone} == {"front hazard"}


def test_every_part_that_can_be_left_out_is(war):
    names = [one.name for one in ablation.forecasters(war, 10)]
    assert names[0] == "model"
    assert len(set(names)) == len(names)
    for part in ("captures", "recruitment"):
        assert f"model without {part}" in names
    assert "front hazard without air" in names
    assert "front hazard without next_door" not in names
