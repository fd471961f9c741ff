"""Processes that are off until named: each against its equation, all of them together, and what they leave alone."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polemos.model import conservation, engine, groups, initial_state, processes, state
from polemos.model.front import features, memory
from polemos.model.front.distance_levels import pulls
from polemos.model.laws import loyalty
from polemos.model.laws.opinion import move
from polemos.model.processes import events, uprising
from polemos.record.from_scenario import load
from polemos.record.world import ALLIED, NEGLECT, WAR
from scenarios import tiny as write_tiny
from test_processes import call, world_of_three

OFF = tuple(name for name in processes.names() if not processes.load(name).on)
MINE = ("switching", "uprising", "events", "pull", "money", "attitudes", "leaders", "affiliates")
UNTIL = "2002-12-31"
NO_ROADS = np.zeros(4, np.int32), np.zeros(0, np.int32)


def line(members: int = 1) -> dict:
    """`world_of_three` with a memory of the front, inputs by week, and addresses of pairs and organisations."""
    arrays = world_of_three(members)
    near = (arrays["near_start"], arrays["near"])
    ground = memory.Land(*near, *NO_ROADS, np.zeros(3))
    past = memory.begin(arrays["holder"][0], ground, 2)
    organisations = np.array([3, 4], np.uint64)
    arrays |= {
        "front": initial_state.remember(past, members),
        "organisation_site": organisations,
        "pair_site": arrays["place_site"][:, None] * np.uint64(3) ^ organisations[None, :] * np.uint64(5),
        "arms_level": np.zeros((60, 2)),
        "air_level": np.zeros((60, 2)),
        "country": np.zeros(3, np.int32),
        "well": np.zeros(3),
        "core": np.zeros((3, 2), bool),
        "entry_hours": np.full((3, 2), np.inf),
        "fight_weight": np.ones((members, 3, 2)),
        "kin": np.array([[0.0, 0.5], [0.5, 0.0]]),
        "leader": np.zeros((60, 2), np.int8),
        "age": np.zeros(2),
        "intercept": np.zeros(members),
        "slope": np.ones(members),
    }
    arrays["leader"][:, 1] = 1
    return arrays


def begin(name: str, arrays: dict) -> None:
    """Call the kernel that a process has for the origin."""
    kernel = processes.load(name).begin
    kernel(*groups.bind(kernel, arrays))


def men(arrays: dict) -> np.ndarray:
    """Men of everyone over all accounts, less those who joined [m, O]: constant whatever happens."""
    return conservation.accounts(arrays)


def local_unit(members: int, others: float) -> dict:
    arrays = line(members)
    arrays["garrison"][:, 1, 2] = 300.0
    arrays["garrison"][:, 1, 0] = others
    arrays["garrison"][:, 2, :] = 500.0
    for name, value in {"rho": 0.5, "theta": 0.0, "s_theta": 0.0, "z_w": 0.0, "z_n": 0.0, "z_f": 0.0}.items():
        arrays[name][:] = value
    return arrays


def test_a_unit_goes_over_with_the_chance_of_the_equation_and_takes_the_place_where_it_is_the_larger_part():
    arrays = local_unit(4000, 100.0)
    before = men(arrays)
    call("switching", arrays)
    gone = arrays["holder"][:, 1] == 1
    chance = 1 - math.exp(-0.5 * 0.5)
    assert gone.mean() == pytest.approx(chance, abs=5 * math.sqrt(chance / 4000))
    assert arrays["went_over"][gone, 0] == pytest.approx(300.0)
    assert arrays["joined"][gone, 1] == pytest.approx(300.0)
    assert arrays["garrison"][gone, 1].sum(1) == pytest.approx(300.0)
    assert arrays["reserve"][gone, 0].sum(1) == pytest.approx(30.0)
    assert (arrays["change"][gone, 1] == state.SWITCH).all()
    assert men(arrays) == pytest.approx(before, rel=1e-12)


def test_belief_in_a_side_grows_with_every_place_it_has_just_taken():
    """strength times exp(z_t places taken there in 8 weeks), of men next door and here and a man more each."""
    arrays = line()
    arrays["holder"][:] = [0, 1, 0]
    arrays["garrison"][0, :, 0] = [99.0, 49.0, 199.0]
    told = []
    for weeks in ([50, 50, 50], [50, 50, 3], [7, 8, 3]):
        strength = np.zeros(2)
        roads = groups.Roads(*(arrays[name] for name in groups.Roads._fields))
        forces = loyalty.Forces(*(arrays[name] for name in loyalty.Forces._fields))
        loyalty.beliefs(0, 1, forces, np.array(weeks), roads, 0.5, strength)
        told.append(strength.tolist())
    assert told[0] == [300.0, 50.0]
    assert told[1] == pytest.approx([300 * math.exp(0.5), 50])
    assert told[2] == pytest.approx([300 * math.exp(1.0), 50])


def test_a_small_unit_leaves_without_the_place_and_a_besieged_one_joins_the_besiegers():
    for besieged in (False, True):
        arrays = local_unit(200, 900.0)
        arrays["rho"][:] = 50.0
        if besieged:
            arrays["attacker"][:, 1] = 1
        call("switching", arrays)
        assert (arrays["holder"][:, 1] == 0).all()
        there = arrays["assault"][:, 1, 2] if besieged else arrays["reserve"][:, 1, 2]
        assert there == pytest.approx(300.0)


def test_units_that_saw_their_neighbours_go_are_likelier_to_go_and_thresholds_are_fixed():
    arrays = local_unit(3000, 100.0)
    calm = local_unit(3000, 100.0)
    for one in (arrays, calm):
        one["z_n"][:], one["theta"][:] = 4.0, 2.0
    arrays["left"][:, 0], arrays["left_step"][:, 0] = 0, 0
    for one in (arrays, calm):
        call("switching", one)
    assert (arrays["holder"][:, 1] == 1).mean() > 1.5 * (calm["holder"][:, 1] == 1).mean()
    stern = local_unit(2000, 100.0)
    stern["s_theta"][:], stern["rho"][:], stern["z_w"][:] = 60.0, 50.0, 0.0
    weeks = []
    for week in (1, 2, 3):
        stern["step"] = week
        call("switching", stern)
        weeks.append((stern["holder"][:, 1] == 1).mean())
    assert weeks[0] == pytest.approx(0.5, abs=0.06)
    assert weeks[2] - weeks[0] < 0.03, "those whose threshold is too high this week have it next week too"


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e4), st.floats(1, 1e4), st.floats(0.05, 0.15))
def test_people_take_part_by_epsteins_rule(grievance, aversion, guards, active, threshold):
    caught = uprising.risk(guards, active)
    assert 0 <= caught <= 1
    assert uprising.risk(active, active) == pytest.approx(1 - math.exp(-2.3))
    assert uprising.takes_part(grievance, aversion, caught, threshold) == (grievance - aversion * caught > threshold)


def rebels(members: int) -> dict:
    arrays = line(members)
    arrays["garrison"][:, 1, :] = 10.0
    arrays["underground"][:, 1, 1] = 600.0
    for name, value in {"uprisings": 0.0, "u_c": 500.0, "reemerging": 0.3, "rising": 0.2, "g_min": 50.0}.items():
        arrays[name][:] = value
    arrays["supply"][:], arrays["slope"][:] = 0.01, 4.0
    return arrays


def test_an_underground_steps_into_the_open_above_u_c_and_below_the_least_garrison_only():
    arrays = rebels(3000)
    before = men(arrays)
    call("uprising", arrays)
    risen = arrays["attacker"][:, 1] == 1
    chance = 1 - math.exp(-0.3)
    assert risen.mean() == pytest.approx(chance, abs=5 * math.sqrt(chance / 3000))
    assert (arrays["outcome"][risen, 1] == state.ATTACKER_WON).mean() > 0.99
    assert arrays["assault"][risen, 1, 2] == pytest.approx(600.0)
    assert men(arrays) == pytest.approx(before, rel=1e-12)
    for name, value in (("u_c", np.inf), ("g_min", 20.0)):
        none = rebels(500)
        none[name][:] = value
        call("uprising", none)
        assert not (none["attacker"] >= 0).any(), name


def test_residents_rise_where_grievance_exceeds_risk_unless_switched_off():
    arrays = rebels(3000)
    arrays["u_c"][:], arrays["uprisings"][:] = np.inf, 1.0
    arrays["attitude"][:, 1, 1], arrays["grievance"][:, 1, 1], arrays["aversion"][:] = 0.4, 0.4, 0.0
    arrays["capacity"][:] = 10.0
    call("uprising", arrays)
    risen = arrays["attacker"][:, 1] == 1
    assert risen.mean() == pytest.approx(1 - math.exp(-0.2), abs=0.04)
    crowd = 0.4 * 10.0 * 30.0
    assert arrays["joined"][risen, 1] == pytest.approx(crowd)
    assert arrays["assault"][risen, 1, 2] == pytest.approx(600.0 + crowd)


def test_events_keep_the_mean_of_the_plain_counts_and_cluster():
    arrays = line(6000)
    arrays["underground"][:, 0, 1] = 100.0
    for name, value in {"nu_u": 0.02, "nu_f": 0.0, "branching": 0.45, "event_memory": 3.0, "alpha_s": 2.5}.items():
        arrays[name] = np.full(6000, value)
    counts = []
    for week in range(40):
        arrays["step"] = week
        call("events", arrays)
        counts.append(arrays["attacks"][:, 1, 0].copy())
    late = np.array(counts)[20:]
    assert late.mean() == pytest.approx(2.0, rel=0.02), "background / (1 - n) is the rate of the plain counts"
    assert late.var() > 1.04 * late.mean()
    assert np.corrcoef(late[:-1].ravel(), late[1:].ravel())[0, 1] > 0.05


def test_reports_are_the_events_where_nothing_is_missed_or_wrong():
    arrays = line(300)
    arrays["underground"][:, 0, 1] = 500.0
    arrays["nu_u"], arrays["nu_f"] = np.full(300, 0.05), np.zeros(300)
    arrays["reporting"][:], arrays["distortion"][:] = 1.0, 0.0
    call("events", arrays)
    assert arrays["attacks"].sum() > 0
    assert (arrays["reported"] == arrays["attacks"]).all()
    assert arrays["reported_deaths"] == pytest.approx(arrays["deaths"])
    assert (arrays["deaths"] >= arrays["attacks"]).all()
    arrays["reporting"][:] = 0.25
    call("events", arrays)
    assert arrays["reported"].sum() / arrays["attacks"].sum() == pytest.approx(0.25, abs=0.03)


@settings(max_examples=20)
@given(st.floats(0.01, 0.99), st.floats(1.7, 3.9))
def test_quick_sizes_are_those_of_the_power_law(u, alpha):
    from polemos.model.laws.power_law import power_law, powers

    assert events.draw_size(u, alpha, powers(alpha, 1, 1000)) == power_law(u, alpha, 1000)
    assert events.gumbel(0.5) == pytest.approx(1.0)


def test_kin_gain_from_an_organisation_that_stands_worse_and_nobody_is_lost():
    arrays = line()
    arrays["reserve"][:] = 1000.0
    arrays["credibility"][:] = [[0.2, 0.9]]
    arrays["tau_q"][:], arrays["z_q"][:] = 0.02, 5.0
    before = men(arrays)
    call("pull", arrays)
    flow = 1000 * (1 - math.exp(-0.02 * 0.5 * math.tanh(5 * 0.7 / 2)))
    assert arrays["reserve"][0, 1, 0] == pytest.approx(1000 + flow), "and none move to who stands worse"
    assert arrays["reserve"][0, 1, 2] == 1000.0, "locals stay"
    assert arrays["went_over"][0, 0] == pytest.approx(2 * flow)
    assert men(arrays) == pytest.approx(before, rel=1e-12)
    assert arrays["reserve"].sum() == pytest.approx(6000.0)


def test_the_treasury_is_never_negative_and_the_books_balance():
    arrays = line()
    arrays["reserve"][:] = 3000.0
    arrays["tax"][:], arrays["pay"][:], arrays["savings"][:] = 1.0, 80.0, 1.0
    begin("money", arrays)
    start, flow = arrays["treasury"].copy(), 0.0
    for week in range(1, 30):
        arrays["step"] = week
        if week == 15:
            arrays["reserve"][:] = 10.0
        call("money", arrays)
        flow = flow + arrays["revenue"] - arrays["wages"]
        assert (arrays["treasury"] >= 0).all()
        assert (arrays["debt"] >= 0).all()
        assert not (arrays["treasury"] * arrays["debt"]).any()
        assert arrays["treasury"] - arrays["debt"] == pytest.approx(start + flow)
        if week == 14:
            assert (arrays["arrears"] > 0).all()
            assert (arrays["pay_ok"] < 1).all()
    assert (arrays["pay_ok"] == 1).all()


def test_land_wells_and_patrons_pay_and_air_power_strikes_wells():
    arrays = line()
    arrays["people"] = np.array([200_000.0, 30_000.0, 60_000.0])
    arrays["well"] = np.array([2.0, 1.0, 3.0])
    arrays["arms_level"], arrays["air_level"] = np.full((60, 2), 0.5), np.zeros((60, 2))
    for name, value in {"tax": 2.0, "well_income": 0.7, "strike": 0.4, "patron_money": 6.0, "pay": 80.0}.items():
        arrays[name][:] = value
    mine, theirs = arrays["holder"][0] == 0, arrays["holder"][0] == 1
    land = [arrays["people"][held].sum() * 2 / 1e6 + 3.0 for held in (mine, theirs)]
    wells = [arrays["well"][held].sum() * 0.7 for held in (mine, theirs)]
    call("money", arrays)
    assert arrays["revenue"][0] == pytest.approx(np.add(land, wells))
    arrays["air_level"][:, 1] = 0.2
    call("money", arrays)
    assert arrays["revenue"][0] == pytest.approx([land[0] + 0.6 * wells[0], land[1] + wells[1]])


def test_unpaid_men_leave_faster_and_fewer_come():
    paid, unpaid = line(), line()
    unpaid["arrears"][:], unpaid["pay_ok"][:], unpaid["eta_b"][:] = 10.0, 0.4, 0.05
    for one in (paid, unpaid):
        one["reserve"][:] = 1000.0
        one["openness"] = np.zeros(2)
        call("exit", one)
        call("recruitment", one)
    assert (unpaid["home"] > paid["home"]).all()
    assert unpaid["joined"] == pytest.approx(0.4 * paid["joined"])


def opinion(**given: float) -> dict:
    arrays = line()
    quiet = {"chi": 0.0, "ell": 0.0, "legit": 0.0, "mood_sd": 0.0, "backing": 0.3, "third_camp": 1.0, "exclusion": 0.5}
    for name, value in (quiet | given).items():
        arrays[name][:] = value
    arrays["underground"][:, 0, 1] = 50.0
    begin("attitudes", arrays)
    return arrays


def test_attitudes_are_shares_and_move_by_exclusion_rule_and_legitimacy():
    still = opinion()
    start = still["attitude"].copy()
    assert start[0, 0] == pytest.approx([0.3, 0.3])
    assert (still["welcome"][0, 0] == 1).all()
    call("attitudes", still)
    assert (still["attitude"] == start).all()
    shut = opinion(chi=0.5, exclusion=1.0)
    call("attitudes", shut)
    assert shut["attitude"][0, 0, 1] - 0.3 == pytest.approx(0.4 * (1 - math.exp(-0.5 / 52)))
    tired = opinion(ell=0.5)
    call("attitudes", tired)
    assert tired["attitude"][0, 0] == pytest.approx([0.3 * math.exp(-0.5 / 52), 0.3])
    settled = opinion(legit=0.1, exclusion=0.0)
    call("attitudes", settled)
    assert settled["attitude"][0, 0, 0] > 0.3 > settled["attitude"][0, 0, 1]
    assert settled["attitude"][0, 0].sum() == pytest.approx(0.6)
    for one in (shut, tired, settled):
        assert (one["attitude"] >= 0).all()
        assert (one["attitude"].sum(2) <= 1 + 1e-12).all()


def test_opinion_moves_by_hand():
    """Four organisations: 0 holds, 1 and 2 are at war with it, 3 is not."""
    relation = np.full((4, 4), NEGLECT, np.int8)
    relation[1, 0] = relation[2, 0] = WAR
    mine = np.array([0.2, 0.1, 0.3, 0.1])
    move(mine, 0, relation, 0.08, 0.25, 0.1, 1.5)
    # A tenth of the others comes round; foes swing by 1.5; of the gain a quarter is shared, the rest goes to the most.
    assert mine == pytest.approx([0.2 + 0.05, 0.09 * 1.5 + 0.01, 0.27 * 1.5 + 0.01 + 0.06, 0.09])
    full = np.array([0.5, 0.5, 0.0, 0.0])
    move(full, 0, relation, 0.5, 0.0, 0.0, 1.0)
    assert full == pytest.approx([0.5 / 1.5, 1.0 / 1.5, 0, 0])
    alone = np.array([0.4, 0.2, 0.2, 0.1])
    move(alone, 0, np.full((4, 4), NEGLECT, np.int8), 0.5, 0.5, 0.0, 2.0)
    assert alone == pytest.approx([0.4, 0.2, 0.2, 0.1])


def test_fear_hides_opinion_from_a_poll_and_leaves_it_as_it_is():
    arrays = opinion(falsifying=0.8)
    call("attitudes", arrays)
    open_ = arrays["poll"][0, 0].copy()
    assert open_ == pytest.approx(arrays["attitude"][0, 0])
    arrays["garrison"][:, 0, :] = 1e9
    call("attitudes", arrays)
    assert arrays["poll"][0, 0] == pytest.approx([0.2 * 0.3 + 0.8, 0.2 * 0.3], rel=1e-3)
    assert arrays["attitude"][0, 0] == pytest.approx([0.3, 0.3])


def test_a_leader_in_hiding_costs_credibility_and_less_in_an_old_organisation():
    arrays = line()
    arrays["hiding"][:], arrays["loss"][:] = 1.0, 2.0
    call("leaders", arrays)
    assert arrays["leader_effect"][0, 0] == 0
    assert arrays["leader_effect"][0, 1] == pytest.approx(-1 / (1 + 1 / 520))
    arrays["age"][:] = 30.0
    call("leaders", arrays)
    assert arrays["leader_effect"][0, 1] == pytest.approx(-0.25, rel=0.01)
    bright = line()
    call("credibility", bright)
    call("credibility", arrays)
    assert arrays["credibility"][0, 1] < bright["credibility"][0, 1]
    assert arrays["credibility"][0, 0] == bright["credibility"][0, 0]


def test_branches_elsewhere_belong_to_a_claim_and_follow_the_core_by_rho():
    arrays = line(5000)
    arrays["births_rate"][:], arrays["rho_c"][:], arrays["phi_c"][:] = 0.2, 0.9, 0.95
    arrays["credibility"][:] = 0.5
    begin("affiliates", arrays)
    draw = np.random.default_rng(1).normal(size=5000)
    arrays["credibility"][:, 1] = 0.5 + 0.01 * draw
    call("affiliates", arrays)
    assert not arrays["affiliates"][:, 0].any()
    assert arrays["affiliates"][:, 1].mean() == pytest.approx(0.2 * 0.5, rel=0.2)
    assert np.corrcoef(arrays["abroad"][:, 1], draw)[0, 1] > 0.5
    assert abs(np.corrcoef(arrays["abroad"][:, 0], draw)[0, 1]) < 0.05


def test_a_threatened_core_calls_the_others_back():
    """B is threatened by C's holder; once B is core, the garrison at A goes back to the reserve."""
    calm, threatened = line(), line()
    threatened["core"][1, 0] = True
    for one in (calm, threatened):
        one["garrison"][:, 0, :] = 10.0
        one["recall"][:], one["g0"][:], one["g1"][:] = 0.2, 1000.0, 0.0
        one["supply"][:] = 0.0
        call("allocation", one)
    assert calm["garrison"][0, 0].sum() == 30.0
    assert threatened["garrison"][0, 0].sum() == pytest.approx(30 * math.exp(-0.2))
    assert threatened["reserve"][0, 0].sum() == pytest.approx(30 * (1 - math.exp(-0.2)))


def front(members: int) -> dict:
    """Organisation 1 next door to B, with a rate of a tenth a week."""
    arrays = line(members)
    slopes = np.zeros((members, len(features.FEATURES)))
    slopes[:, features.NEXT_DOOR] = math.log(0.1)
    arrays |= {
        "ground": memory.Land(*(arrays[name] for name in ("near_start", "near")), *NO_ROADS, np.zeros(3)),
        "near_hours": np.zeros(4),
        "slopes": slopes,
        "patron": np.zeros((60, 2, 2)),
    }
    return arrays


def test_memory_pulls_those_who_have_been_taking_towards_those_who_lost():
    arrays = front(1)
    arrays["slopes"][0, features.GAIN_4] = 1.0
    arrays["holder"][:] = [0, 1, 1]
    call("memory", arrays)
    pull = np.zeros((1, 2, 3))
    pulls(1, *(arrays[name] for name in ("front", "slopes", "air_level", "patron")), pull)
    assert pull[0, 1, 0] > pull[0, 0, 1]
    assert arrays["front"].weeks[0].tolist()[1] < arrays["front"].weeks[0].tolist()[0]


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    return load(str(write_tiny(tmp_path_factory.mktemp("war")))).as_of("2002-01-01")


def run(world, members=40, until=UNTIL, **more):
    setup = engine.prepare(world, until, members=members, seed=1, **more)
    return engine.simulate(setup, 0, members, audit=True)


def test_going_underground_more_never_leaves_fewer_there(cut):
    """Invariant 11, by common random numbers."""
    few, many = (run(cut, 60, theory={"c_u": share, "iota": 0.0}) for share in (0.1, 0.9))
    assert np.nanmean(many.strengths["underground"][:, -1]) > np.nanmean(few.strengths["underground"][:, -1])


def test_a_heavier_weight_of_land_never_slows_the_fall_of_credibility_once_losing():
    """Invariant 11: below half of its peak, an organisation that claims statehood loses by beta_t."""
    values = []
    for weight in (0.0, 1.0, 4.0):
        arrays = line()
        arrays["peak"][:], arrays["beta_t"][:], arrays["l_min"][:] = 1e9, weight, 0.0
        call("credibility", arrays)
        values.append(arrays["credibility"][0, 1])
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


def test_a_longer_siege_never_raises_supply():
    arrays = line()
    arrays["holder"][:] = [1, 0, 1]
    arrays["leak"][:] = 0.3
    course = []
    for _ in range(30):
        call("supply", arrays)
        course.append(arrays["supply"][0, 1])
    assert course == sorted(course, reverse=True)
    assert course[-1] >= 0.3


def test_switching_runs_away_as_thresholds_of_others_are_crossed():
    """Granovetter: a unit that nothing else moves stays, and goes once its neighbours have (z_n)."""
    gone = {}
    for pushed in (False, True):
        arrays = local_unit(400, 0.0)
        arrays["rho"][:], arrays["theta"][:], arrays["z_n"][:] = 50.0, 20.0, 40.0
        if pushed:
            arrays["left"][:, 0], arrays["left_step"][:, 0] = 0, 0
            arrays["left"][:, 2], arrays["left_step"][:, 2] = 0, 0
        call("switching", arrays)
        gone[pushed] = (arrays["holder"][:, 1] == 1).mean()
    assert gone[False] < 0.01
    assert gone[True] > 0.99


def test_with_all_of_them_off_a_run_is_what_it_was_before_there_were_any(cut):
    """Pinned before they were added. Change the hash when a process that is on changes, or where it begins."""
    control = run(cut, 20).control
    assert hashlib.sha256(control.tobytes()).hexdigest()[:16] == "8bce07ab2af76f35"


def test_off_until_named(cut):
    assert set(MINE) <= set(OFF)
    assert not {process.name for process in engine.prepare(cut, UNTIL, members=1, seed=1).processes} & set(OFF)
    setup = engine.prepare(cut, UNTIL, members=1, seed=1, added=("events",))
    assert {"events"} <= {p.name for p in setup.processes}
    assert "attacks" not in {p.name for p in setup.processes}
    with pytest.raises(KeyError, match="no process 'raid'"):
        engine.prepare(cut, UNTIL, members=1, seed=1, added=("raid",))


@pytest.mark.parametrize("name", MINE)
def test_each_keeps_the_books_and_a_process_leaves_the_draws_of_others(cut, name):
    whole = run(cut, 10, added=(name,))
    assert whole.members == 10
    if name in ("events", "affiliates"):
        plain = run(cut, 10)
        assert whole.control.tobytes() == plain.control.tobytes()
        assert whole.strengths["fighters"].tobytes() == plain.strengths["fighters"].tobytes()


def test_all_together_keep_the_books_and_chunks_change_nothing(cut):
    setup = engine.prepare(cut, UNTIL, members=20, seed=3, added=MINE, theory={"rho": 0.5})
    whole = engine.simulate(setup, 0, 20, audit=True)
    part = engine.simulate(setup, 10, 20, audit=True)
    assert whole.control[10:].tobytes() == part.control.tobytes()
    for name in ("fighters", "underground", "treasury", "affiliates"):
        assert whole.strengths[name][10:].tobytes() == part.strengths[name].tobytes(), name
    assert (whole.captures.channel == state.SWITCH).any()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("war", "origin", "until"),
    [
        ("caliphate", "2016-01-19", "2017-07-19"),
        ("mali", "2012-06-01", "2013-03-01"),
        ("sri_lanka", "2007-06-01", "2008-12-01"),
    ],
)
def test_the_wars_that_ship_keep_their_books_with_everything_on(war, origin, until):
    run(load(war).as_of(origin), 20, until, added=MINE)


def test_without_war_no_unit_goes_over_and_nobody_rises(cut):
    arrays = local_unit(100, 10.0)
    arrays["relation"][:] = ALLIED
    arrays["rho"][:], arrays["underground"][:, 0, 1] = 50.0, 1e5
    for name in ("switching", "uprising"):
        call(name, arrays)
    assert (arrays["holder"] == [0, 0, 1]).all()
    assert (arrays["attacker"] < 0).all()
