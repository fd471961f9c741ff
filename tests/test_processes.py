"""Each process against its equation, its limits, and the invariants that concern it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polemos.model import processes, state
from polemos.model.groups import Clock, Roads, bind, parts, reads
from polemos.model.laws.force_ratio import win
from polemos.model.parameters import parameters
from polemos.model.process import Parameter, Prior, beta, lognormal, loguniform, normal, uniform
from polemos.model.processes import release
from polemos.model.rng import member_keys
from polemos.record.world import ALLIED, WAR, Floats, Holders, site

PLACES, ORGANISATIONS = 3, 2
NOBODY = ORGANISATIONS


def world_of_three(members: int = 1) -> dict:
    """A - B - C in a line: organisation 0 holds A (a depot) and B, organisation 1 holds C (a depot)."""
    everyone = tuple(processes.load(name) for name in processes.names())
    sizes = {"place": 3, "organisation": 2, "rival": 2, "target": 3, "cohort": 3, "lag": state.LAGS, "country": 1}
    sizes["edge"] = 4
    arrays = state.allocate(everyone, members, sizes)
    relation = np.full((60, 2, 2), WAR, np.int8)
    relation[:, [0, 1], [0, 1]] = ALLIED
    depots = np.full((3, 2), np.inf)
    depots[0, 0] = depots[2, 1] = 0.0
    arrays |= {
        "keys": member_keys(1, 0, members),
        "step": 1,
        "near_start": np.array([0, 1, 3, 4], np.int32),
        "near": np.array([1, 0, 2, 1], np.int32),
        "near_hours": np.array([2.0, 2.0, 3.0, 3.0]),
        "depot_hours": depots,
        "relation": relation,
        "people": np.array([200_000.0, 30_000.0, 60_000.0]),
        "claim": np.array([0.0, 1.0]),
        "place_site": np.array([site(x) for x in "abc"], np.uint64),
    }
    arrays["holder"][:] = [0, 0, 1]
    arrays["before"][:] = [0, 0, 1]
    for _, parameter in parameters(everyone):
        shape = (members, 2) if parameter.per else (members,)
        arrays[parameter.name] = np.broadcast_to(parameter.prior.quantile(np.array(0.5)), shape).copy()
    return arrays


def call(name: str, arrays: dict, kernel=None) -> None:
    process = processes.load(name)
    arrays["process"] = site(f"process {name}")
    (kernel or process.kernel)(*bind(process.kernel, arrays))


def test_every_process_says_what_it_is_and_writes_what_it_is_given():
    for name in processes.names():
        process = processes.load(name)
        module = __import__(f"polemos.model.processes.{name}", fromlist=["x"])
        assert process.name == name
        assert "ource" in module.__doc__ or name == "memory", name
        assert set(process.writes) <= set(process.reads), name
        for parameter in process.parameters:
            assert all((parameter.source, parameter.unit, parameter.meaning, parameter.basis_until)), parameter


class Inputs(NamedTuple):
    """What the kernel below reads."""

    people: Floats
    holder: Holders


def grouped(clock: Clock, inputs: Inputs, roads: Roads, rate, gone):
    """A kernel of three groups and two arrays."""
    gone[:] = rate[:, None] * inputs.people * (clock.step + roads.near_hours.sum())


def test_a_kernel_is_given_its_groups_by_the_names_of_their_fields():
    assert reads(grouped) == (
        *("keys", "process", "step", "people", "holder"),
        *("near_start", "near", "near_hours", "rate", "gone"),
    )
    arrays = {**world_of_three(), "process": site("process x"), "rate": np.array([0.5]), "gone": np.zeros((1, 3))}
    clock, inputs, roads, rate, gone = bind(grouped, arrays)
    assert clock.step == 1
    assert inputs.holder is arrays["holder"]
    assert roads.near is arrays["near"]
    grouped(clock, inputs, roads, rate, gone)
    assert arrays["gone"][0].tolist() == [0.5 * people * 11.0 for people in (200_000, 30_000, 60_000)]
    with pytest.raises(KeyError, match="rate"):
        bind(grouped, {**world_of_three(), "process": site("process x")})


def test_no_kernel_of_a_process_takes_more_than_eight_arguments():
    for name in processes.names():
        process = processes.load(name)
        for kernel in (process.kernel, process.begin, *(opening.kernel for opening in process.openings)):
            assert kernel is None or len(parts(kernel)) <= 8, (name, tuple(parts(kernel)))


def test_an_unknown_process_is_named_with_those_there_are():
    with pytest.raises(KeyError, match="no process 'suply'"):
        processes.load("suply")


@pytest.mark.parametrize("name", ["attack", "seizure", "battle", "battle_full", "vacuum", "entry"])
def test_a_process_that_is_gone_says_what_does_it_now(name):
    message = f"no process {name!r}; it was removed; captures, which runs by default, does its work"
    with pytest.raises(KeyError, match=message):
        processes.load(name)
    with pytest.raises(KeyError, match=message):
        processes.choose((), (name,))
    assert name not in processes.names()


def test_a_process_that_nothing_replaces_says_so():
    with pytest.raises(KeyError, match="no process 'raids'; it was removed, because it changed no answer"):
        processes.load("raids")
    both = "rate of captures counts support; no process 'power'; it was removed; uprising and switching count men"
    with pytest.raises(KeyError, match=both):
        processes.choose(("support", "power"))


@given(st.floats(0.001, 0.999))
def test_priors_invert_their_distribution(u):
    from scipy import stats

    for prior, reference in (
        (uniform(2, 5), stats.uniform(2, 3)),
        (loguniform(0.01, 2), stats.loguniform(0.01, 2)),
        (normal(1, 0.3), stats.norm(1, 0.3)),
        (lognormal(40, 0.8), stats.lognorm(0.8, scale=40)),
        (beta(3, 7), stats.beta(3, 7)),
    ):
        assert prior.quantile(np.array(u)) == pytest.approx(reference.ppf(u), rel=1e-9)


def test_an_unknown_prior_is_refused():
    with pytest.raises(ValueError, match="unknown prior"):
        Prior("cauchy", 0, 1).quantile(np.array(0.5))
    assert Parameter("x", uniform(0, 1), "-", "-", "-").basis_until == "-"


def test_hours_run_over_own_roads_only():
    arrays = world_of_three()
    call("supply", arrays)
    assert arrays["hours"].tolist() == [[0.0, 2.0, 0.0]]
    arrays["holder"][:] = [1, 0, 1]
    call("supply", arrays)
    assert arrays["hours"][0, 1] == np.inf


def test_a_cut_garrison_decays_exactly_exponentially_and_mends_when_linked():
    arrays = world_of_three()
    arrays["holder"][:] = [1, 0, 1]
    arrays["leak"][:], arrays["tau_s"][:], arrays["tau_r"][:] = 0.0, 10.0, 5.0
    for week in range(1, 31):
        call("supply", arrays)
        assert arrays["supply"][0, 1] == pytest.approx(math.exp(-week / 10), rel=1e-12)
    arrays["holder"][:] = [0, 0, 1]
    low = arrays["supply"][0, 1]
    call("supply", arrays)
    assert 1 - arrays["supply"][0, 1] == pytest.approx((1 - low) * math.exp(-1 / 5), rel=1e-12)


def test_an_allys_depot_next_door_supplies():
    arrays = world_of_three()
    arrays["relation"][:] = ALLIED
    arrays["holder"][:] = [1, 0, 1]
    call("supply", arrays)
    assert arrays["hours"][0, 1] == 2.0


@given(st.floats(0.05, 20), st.floats(-2, 2), st.floats(0.1, 3))
def test_victory_rises_with_the_ratio_and_is_symmetric(ratio, a, b):
    assert win(1.0, 0.0, b) == pytest.approx(0.5)
    assert win(ratio * 1.1, a, b) > win(ratio, a, b)
    assert win(ratio, 0.0, b) + win(1 / ratio, 0.0, b) == pytest.approx(1.0)


def test_the_fitted_curve_gives_the_published_odds():
    """Dupuy Institute, 752 cases, logistic fit of mechanisms.md A3 [c]: 50, 63, 70, 78 % at 1, 2, 3, 5 to 1."""
    for ratio, share in ((1, 0.50), (2, 0.63), (3, 0.70), (5, 0.78)):
        assert win(float(ratio), 0.005, 0.78) == pytest.approx(share, abs=0.006)


def beaten(arrays: dict, men: float = 900.0) -> None:
    arrays["garrison"][:, 1, :] = men / 3
    arrays["assault"][:, 1, :] = 500.0
    arrays["attacker"][:, 1] = 1
    arrays["outcome"][:, 1] = state.ATTACKER_WON


def test_the_fates_of_a_beaten_garrison_sum_to_it():
    arrays = world_of_three()
    beaten(arrays)
    call("fate", arrays)
    gone = arrays["killed"][0, 0] + arrays["captured"][0, 0] + arrays["home"][0, 0]
    kept = arrays["transit"][0, 0].sum() + arrays["underground"][0, 1, 0]
    assert gone + kept == pytest.approx(900.0, rel=1e-12)
    assert arrays["garrison"][0, 1].sum() == 0


def test_no_retreat_without_an_open_neighbour():
    arrays = world_of_three()
    arrays["holder"][:] = [1, 0, 1]
    arrays["deal_base"][:] = -50.0
    arrays["deal_siege"][:] = 0.0
    beaten(arrays)
    call("fate", arrays)
    assert arrays["transit"][0, 0].sum() == 0
    arrays = world_of_three()
    beaten(arrays)
    call("fate", arrays)
    assert arrays["transit"][0, 0].sum() > 0


def test_a_deal_delivers_every_survivor_elsewhere():
    arrays = world_of_three()
    arrays["holder"][:] = [1, 0, 1]
    arrays["deal_base"][:] = 50.0
    beaten(arrays)
    call("fate", arrays)
    assert arrays["transit"][0, 0].sum() == pytest.approx(900.0 * (1 - arrays["killed_share"][0]))


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_claim_closes_the_way_underground_by_iota(c_u, iota):
    arrays = world_of_three()
    arrays["holder"][:] = [1, 1, 0]
    arrays["c_u"][:], arrays["iota"][:] = c_u, iota
    arrays["garrison"][0, 1, 2] = 1000.0
    arrays["attacker"][0, 1] = 0
    arrays["outcome"][0, 1] = state.ATTACKER_WON
    call("fate", arrays)
    survivors = 1000.0 * (1 - arrays["killed_share"][0]) * (1 - arrays["captured_open"][0])
    assert arrays["underground"][0, 1, 1] == pytest.approx(survivors * c_u * (1 - iota), abs=1e-9)


def test_released_besiegers_are_committed_less_losses_less_garrison():
    arrays = world_of_three()
    beaten(arrays)
    call("release", arrays)
    lost = arrays["killed"][0, 1]
    stays = arrays["garrison"][0, 1].sum()
    assert arrays["transit"][0, 1].sum() == pytest.approx(1500.0 - lost - stays)
    assert arrays["holder"][0, 1] == 1
    assert arrays["change"][0, 1] == state.CAPTURE


def test_underground_settles_at_containment():
    """Hunted and growing, it settles where one week's growth replaces one week's losses (Kress and Szechtman)."""
    arrays = world_of_three()
    arrays["garrison"][:, 1, :] = 100.0
    arrays["mu0"][:], arrays["growth"][:], arrays["g50"][:], arrays["capacity"][:] = 0.01, 0.02, 300.0, 4.0
    arrays["underground"][0, 1, 1] = 5.0
    for _ in range(5000):
        call("underground", arrays)
    kept = math.exp(-0.01 * 300 / 600)
    fixed = 120.0 * (1 - (1 / kept - 1) / 0.02) / 1.0
    assert arrays["underground"][0, 1, 1] * kept == pytest.approx(fixed, rel=1e-9)
    assert fixed > 0


def test_leaving_is_faster_when_the_cause_is_doubted_and_foreigners_leave_no_faster():
    arrays = world_of_three()
    arrays["reserve"][:] = 1000.0
    arrays["credibility"][:] = [[1.0, 0.2]]
    arrays["foreign_ties"][:] = 0.5
    call("exit", arrays)
    left = 1000.0 - arrays["reserve"][0]
    assert left[1, 0] > left[0, 0]
    assert left[1, 1] <= left[1, 0]
    assert left[0, 0] == pytest.approx(1000 * (1 - math.exp(-arrays["delta"][0])))


def test_credibility_rises_with_land_where_statehood_is_claimed_and_only_there():
    arrays = world_of_three()
    arrays["peak"][:] = 1_000_000.0
    call("credibility", arrays)
    low = arrays["credibility"].copy()
    arrays["peak"][:] = 0.0
    call("credibility", arrays)
    assert arrays["credibility"][0, 1] > low[0, 1]
    assert arrays["credibility"][0, 0] == low[0, 0]


def test_attacks_are_counted_with_the_mean_of_the_equation():
    arrays = world_of_three(4000)
    arrays |= {"country": np.zeros(3, np.int32), "organisation_site": np.array([3, 4], np.uint64)}
    arrays["underground"][:, 0, 1] = 200.0
    arrays["nu_u"][:], arrays["nu_f"][:] = 0.02, 0.5
    call("attacks", arrays)
    counts = arrays["attacks"][:, 1, 0]
    mean = 200 * 0.02 + 0.5
    assert counts.mean() == pytest.approx(mean, abs=5 * math.sqrt(mean / 4000))
    assert counts.var() == pytest.approx(mean, rel=0.1)


def test_kernels_run_as_plain_python_too():
    compiled, plain = world_of_three(), world_of_three()
    for arrays in (compiled, plain):
        beaten(arrays)
        arrays["holder"][:] = [0, 0, 1]
    call("release", compiled)
    call("release", plain, release.step.py_func)
    for name in ("garrison", "transit", "killed", "holder", "supply"):
        assert (compiled[name] == plain[name]).all(), name
