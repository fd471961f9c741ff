"""The state at an origin: recorded days, errors by source, contested places, events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from polemos.cli.commands import app
from polemos.forecasters.model_forecaster import ModelForecaster
from polemos.model import engine, initial_state
from polemos.model import event_observations as seen
from polemos.model.rng import member_keys
from polemos.record.theatres import Theatres
from polemos.war.war import load
from scenarios import cut, put, tiny

ORIGIN, UNTIL = np.datetime64("2001-10-10"), np.datetime64("2001-12-31")
MEMBERS = 300
HEAD = "id,date_start,date_end,date_prec,where_prec,side_a,side_b,latitude,longitude,best,low,high,type_of_violence\n"


def events(path: Path, last: str = "2003-01-01") -> Path:
    """Fighting at cedar before every second fall, at fir never; the Guild against the Crown or somebody."""
    lines = []
    days = np.arange(np.datetime64("2001-01-05"), np.datetime64("2002-12-20"), 3)
    for n, day in enumerate(days):
        end = day + 2
        lines.append(f"{n},{day},{end},1,1,The Crown,{'Guild' if n % 2 else 'Strangers'},10.41,20.31,2,1,3,1")
    lines.append("x,2001-06-01,2001-06-30,4,5,The Crown,Guild,10.8,20.5,9,9,9,1")
    lines.append("y,2001-06-01,2001-06-01,1,1,The Crown,Civilians,10.8,20.5,9,9,9,3")
    kept = [line for line in lines if line.split(",")[2] <= last]
    path.write_text(HEAD + "\n".join(kept) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Cedar falls to the Crown on 2001-10-05 within a month, so its day straddles 2001-10-10."""
    return tiny(tmp_path_factory.mktemp("initial"))


@pytest.fixture(scope="module")
def war(path):
    return load(path)


def test_what_the_record_dates_by_the_origin_has_happened_in_every_member(war):
    """Cedar fell to the Crown within a month of 2001-10-05; nobody doubts on 2001-10-10 that it has fallen."""
    setup = engine.prepare(war.world.as_of(ORIGIN), UNTIL, members=MEMBERS, seed=3)
    done = engine.simulate(setup, 0, MEMBERS, audit=True)
    assert (done.control[:, setup.past.size] == war.world.holders([ORIGIN])[0]).all()


def test_a_later_change_does_not_leak_whatever_its_precision(path, war, tmp_path):
    """Its recorded day is after the origin, so it is not seen, though it may have happened before."""
    other = tiny(tmp_path)
    put(other, "control.csv", "birch,guild,2001-05-10,2002-03-01,0,day", "birch,guild,2001-05-10,2001-10-12,0,day")
    put(other, "control.csv", "birch,crown,2002-03-01,,0,week", "birch,crown,2001-10-12,,0,quarter")
    leads = np.array([UNTIL])
    model = ModelForecaster(50, 1, threads=1)
    one, two = (model.forecast(one.world.as_of(ORIGIN), leads) for one in (load(other), war))
    assert one.tobytes() == two.tobytes()
    cut(other, str(ORIGIN))
    assert model.forecast(load(other).world.as_of(ORIGIN), leads).tobytes() == two.tobytes()


def test_a_source_errs_alike_in_all_it_says(war):
    keys = member_keys(1, 0, 4000)
    world = war.world.as_of(ORIGIN)
    crown, guild, hill = (world.organisation(name) for name in ("crown", "guild", "hill"))
    source = tuple("b" if o == hill else "a" for o in world.strengths.organisation)
    split = replace(world, strengths=replace(world.strengths, source=source))
    for share in (0.0, 0.5, 1.0):
        men = np.log(initial_state.strengths(split, keys, np.full(4000, share)))
        tied = np.corrcoef(men.T)
        assert tied[crown, guild] == pytest.approx(share, abs=0.06)
        assert tied[crown, hill] == pytest.approx(0.0, abs=0.06)
        # However much of it is the source's, low and high stay the 5 and 95 % points.
        low, high = np.quantile(men[:, crown], (0.05, 0.95))
        assert high - low == pytest.approx(np.log(40000 / 20000), rel=0.06)
        assert np.median(men[:, crown]) == pytest.approx(
            np.log(30000 * world.organisations.field_share[crown]), abs=0.03
        )


def test_low_best_and_high_are_points_of_the_draw_however_askew(war):
    world = war.world.as_of(ORIGIN)
    guild = world.organisation("guild")
    rows = world.strengths
    mine = rows.organisation == guild
    low, best, high = (np.where(mine, value, there) for value, there in zip(
        (3000.0, 6500.0, 10_000.0), (rows.low, rows.best, rows.high), strict=True))  # fmt: skip
    askew = replace(world, strengths=replace(rows, low=low, best=best, high=high))
    men = initial_state.strengths(askew, member_keys(1, 0, 20_000))[:, guild] / world.organisations.field_share[guild]
    assert np.quantile(men, (0.05, 0.5, 0.95)) == pytest.approx([3000, 6500, 10_000], rel=0.03)


def test_the_balance_at_the_origin_is_that_of_the_record(war):
    setup = engine.prepare(war.world.as_of(ORIGIN), UNTIL, members=30, seed=1)
    arrays = engine.start(setup, 0, 30)
    state, par = {"balance": np.zeros_like(arrays["balance"]), "peak": arrays["peak"].copy()}, dict(setup.values)
    initial_state.believe(setup.world, dict(setup.setting), state, par)
    assert np.abs(state["balance"]).max() > 0.1
    assert arrays["balance"] == pytest.approx(state["balance"])


def test_two_series_are_never_averaged(path, tmp_path):
    """A later estimate of `members`, a wider circle, leaves the fighters as they were."""
    other = tiny(tmp_path)
    with (other / "strengths.csv").open("a") as file:
        file.write("guild,members,2001-09-01,60000,90000,120000,persons,invented,\n")
    keys = member_keys(1, 0, 50)
    one, two = (initial_state.strengths(load(one).world.as_of(ORIGIN), keys) for one in (path, other))
    assert one.tobytes() == two.tobytes()


def test_events_are_laid_on_the_map(path, war, tmp_path):
    found = war.with_events(events(tmp_path / "events.csv")).world.events
    crown, guild = (1 << war.world.organisation(name) for name in ("crown", "guild"))
    assert set(found.place.tolist()) == {war.world.place("cedar"), war.world.place("fir"), -1}
    assert set(found.side_a.tolist()) == {crown}
    assert set(found.side_b.tolist()) == {guild, 0}
    at_fir = [kind for kind, place in zip(found.kind, found.place, strict=True) if place == war.world.place("fir")]
    assert at_fir == [3], "the coarse one is at no place"


def test_events_after_the_origin_change_nothing(war, tmp_path):
    origin = np.datetime64("2002-01-15")
    leads = np.array([np.datetime64("2002-04-15")])
    whole = war.with_events(events(tmp_path / "whole.csv")).world.as_of(origin)
    short = war.with_events(events(tmp_path / "short.csv", str(origin))).world.as_of(origin)
    assert whole.digest() == short.digest()
    assert whole.digest() != war.world.as_of(origin).digest()
    model = ModelForecaster(50, 1, threads=1)
    assert model.forecast(whole, leads).tobytes() == model.forecast(short, leads).tobytes()


def test_fighting_tells_as_much_as_it_told_before(war, tmp_path):
    origin = np.datetime64("2002-09-01")
    world = war.with_events(events(tmp_path / "events.csv")).world.as_of(origin)
    setting = engine.survey(world, "2002-12-01").setting
    cedar, fir = (world.place(name) for name in ("cedar", "fir"))
    weights = setting["fighting"]
    # All that fell next door in this record fell at cedar, dale and elm stayed quiet.
    assert weights[cedar].max() > 1 > weights[fir].min()
    assert np.ptp(seen.front_weights(war.world.as_of(origin), setting["near_start"], setting["near"])) == 0


def test_attacks_begin_as_they_were_seen(war, tmp_path):
    world = war.with_events(events(tmp_path / "events.csv")).world.as_of(ORIGIN)
    crown, guild, hill = (world.organisation(name) for name in ("crown", "guild", "hill"))
    counts = seen.attack_counts(world)
    assert counts[crown] == pytest.approx(7 / 3, abs=0.2)
    assert np.isnan(counts[hill])
    expected = np.array([[0.1, 1.0, 5.0], [0.0, 40.0, 5.0]])
    scale = seen.attack_scale(expected, counts)
    mixed = (26 * counts[crown] + 4 * 0.1) / 30
    assert scale[0, crown] * 0.1 == pytest.approx(mixed)
    assert scale[1, crown] == 1.0
    assert (scale[:, hill] == 1.0).all()
    setup = engine.prepare(world, UNTIL, members=200, seed=1)
    told = engine.simulate(setup, 0, 200).attacks[:, setup.past.size + 1, guild].sum(axis=1)
    assert np.median(told) == pytest.approx(counts[guild], abs=2.0)


def at_home(world, monthly):
    """Theatres of the Crown at home in Aaland [2, M] from January 2001 on; the second is not of the map."""
    months = np.arange("2001-01", np.datetime64("2001-01") + monthly.shape[1], dtype="datetime64[M]")
    names, crown = ("home", "far"), world.organisation("crown")
    return Theatres(
        names, names, names, ("tide",) * 2, ("AA", "ZZ"), ("north",) * 2, np.array([crown, crown], np.int32),
        np.array([True, True]), months.astype("datetime64[D]"), monthly, monthly, monthly,
    )  # fmt: skip


def test_attacks_at_home_begin_as_they_were_counted_by_month_and_country(war):
    whole = load(str(war.path)).world
    monthly = np.array([[100.0] * 3 + [50.0, 60.0, 70.0, 40.0, 30.0, 62.0] + [9_000.0] * 6, [500.0] * 15])
    world = replace(whole, theatres=at_home(whole, monthly)).as_of(ORIGIN)
    crown, guild = world.organisation("crown"), world.organisation("guild")
    counts = seen.home_counts(world)
    assert counts[crown, 0] == 312 / 26, "April to September: October was not over"
    assert np.isnan(counts[crown, 1])
    assert np.isnan(counts[guild]).all()
    assert np.isnan(seen.attack_counts(world)).all()
    setup = engine.prepare(world, UNTIL, members=100, seed=1)
    drawn = engine.simulate(setup, 0, 100).attacks[:, setup.past.size + 1]
    expected = engine.start(setup, 0, 100)["attack_scale"]
    assert (expected[:, guild] == 1.0).all()
    assert np.median(drawn[:, crown, 0]) == pytest.approx(12 * 26 / 30, abs=2.0)
    plain = engine.prepare(world, UNTIL, members=100, seed=1, theory={"observation": 0.0})
    assert (engine.start(plain, 0, 100)["attack_scale"] == 1.0).all()


def test_who_holds_nothing_and_attacks_is_underground_where_it_is_counted(tmp_path):
    path = tiny(tmp_path)
    control = path / "control.csv"
    control.write_text(control.read_text(encoding="utf-8").replace(",hill,", ",guild,"), encoding="utf-8")
    whole = load(str(path)).world
    hill, crown = whole.organisation("hill"), whole.organisation("crown")
    counted = at_home(whole, np.full((2, 15), 80.0))
    counted = replace(counted, core=np.array([hill, crown], np.int32))
    alone, known = whole.as_of(ORIGIN), replace(whole, theatres=counted).as_of(ORIGIN)
    without, hidden = (
        engine.start(engine.prepare(world, UNTIL, members=5, seed=1), 0, 5)["underground"][:, :, hill]
        for world in (alone, known)
    )
    assert not without.any()
    country = np.array(whole.places.country)
    assert (hidden[:, country == "AA"] > 0).all()
    assert not hidden[:, country == "BB"].any()


def test_counts_that_do_not_cover_half_a_year_and_given_events_leave_home_counts_out(war, tmp_path):
    whole = load(str(war.path)).world
    short = replace(whole, theatres=at_home(whole, np.full((2, 15), 80.0))).as_of("2001-05-31")
    assert np.isnan(seen.home_counts(short)).all()
    given = war.with_events(events(tmp_path / "events.csv")).world
    both = replace(given, theatres=at_home(whole, np.full((2, 15), 80.0))).as_of(ORIGIN)
    assert np.isnan(seen.home_counts(both)).all()
    assert np.isfinite(seen.attack_counts(both)).any()


def test_a_run_takes_a_file_of_events_and_says_what_is_wrong_with_it(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    good = events(tmp_path / "events.csv")
    common = ["run", str(path), "--members", "20", "--json", "--events"]
    done = CliRunner().invoke(app, [*common, str(good)])
    assert done.exit_code == 0, done.output
    bad = tmp_path / "bad.csv"
    bad.write_text(good.read_text().replace("10.41", "ten", 1))
    for file, what in ((bad, "bad.csv:2:latitude: 'ten'"), (tmp_path / "none.csv", "No such file")):
        told = CliRunner().invoke(app, [*common, str(file)])
        assert told.exit_code == 2
        assert what in told.output
