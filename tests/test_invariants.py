"""The table of invariants names a test for each; and invariant 14, halving the step, kernel by kernel.

The step of the model is a week. That a hazard is composed exactly over shorter steps can be stated for each kernel that
has one: two steps at half the rate are one at the whole rate. Decays are compared to the last digit, events by their
share over many members within four Monte Carlo errors.
"""

from __future__ import annotations

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

from polemos.model.processes import fate
from test_processes import beaten, call, world_of_three
from test_switches import line, local_unit, men, rebels

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "invariants.md"
MEMBERS = 6000


def rows() -> dict[int, tuple[str, list[str]]]:
    """Number, statement and tests of each row of the table."""
    found = {}
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in text.strip("|").split("|")]
        if cells[0].isdigit():
            found[int(cells[0])] = cells[1], re.findall(r"`(test_\w+\.py::test_\w+)`", cells[2])
    return found


def test_every_invariant_has_a_test_that_is_there():
    table = rows()
    assert list(table) == list(range(1, 25))
    there = {
        f"{path.name}::{node.name}"
        for path in TESTS.glob("test_*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for number, (statement, named) in table.items():
        assert statement, number
        assert named, f"invariant {number} has no test"
        assert set(named) <= there, f"invariant {number}: {set(named) - there}"


def steps(make, name: str, rates: tuple[str, ...], happened) -> tuple[np.ndarray, np.ndarray]:
    """What happened [m] in one step at the whole rate, and in two at half of it."""
    whole, halves = make(), make()
    call(name, whole)
    for rate in rates:
        halves[rate][:] *= 0.5
    call(name, halves)
    first = happened(halves)
    halves["step"] += 1
    call(name, halves)
    return happened(whole), first | happened(halves)


def switching():
    return local_unit(MEMBERS, 100.0)


def uprising():
    arrays = rebels(MEMBERS)
    arrays["reemerging"][:] = 0.5
    return arrays


HAZARDS = {
    "switching": (switching, ("rho",), lambda a: a["holder"][:, 1] == 1),
    "uprising": (uprising, ("reemerging",), lambda a: a["attacker"][:, 1] == 1),
}


@pytest.mark.parametrize("name", HAZARDS)
def test_a_hazard_over_two_half_steps_is_that_of_one(name):
    """Invariant 14."""
    make, rates, happened = HAZARDS[name]
    whole, halves = steps(make, name, rates, happened)
    share = whole.mean()
    assert 0.05 < share < 0.95
    assert halves.mean() == pytest.approx(share, abs=4 * math.sqrt(2 * share * (1 - share) / MEMBERS))


DECAYS = {
    "supply": (("tau_s", "tau_r"), "supply"),
    "exit": (("delta",), "reserve"),
    "underground": (("mu0",), "underground"),
    "pull": (("tau_q",), "reserve"),
    "attitudes": (("ell",), "attitude"),
}


def decaying(name: str) -> dict:
    arrays = line()
    arrays["reserve"][:] = 1000.0
    arrays["garrison"][:, 1, :] = 100.0
    if name == "supply":
        arrays["holder"][:] = [1, 0, 1]
    if name == "underground":
        arrays["underground"][0, 1, 1] = 50.0
        arrays["growth"][:] = 0.0
    if name == "pull":
        arrays["kin"] = np.array([[0.0, 1.0], [0.0, 0.0]])
        arrays["credibility"][:] = [[0.2, 0.9]]
        arrays["reserve"][:, 1, :] = 0.0
    if name == "attitudes":
        arrays["attitude"][:, :, :] = 0.2
        for still in ("chi", "legit", "mood_sd"):
            arrays[still][:] = 0.0
    return arrays


@pytest.mark.parametrize("name", DECAYS)
def test_a_decay_over_two_half_steps_is_that_of_one(name):
    """Invariant 14."""
    rates, moved = DECAYS[name]
    whole, halves = decaying(name), decaying(name)
    before = whole[moved].copy()
    call(name, whole)
    for rate in rates:
        halves[rate][:] *= 2.0 if rate.startswith("tau_") and rate != "tau_q" else 0.5
    for _ in range(2):
        call(name, halves)
        halves["step"] += 1
    assert (whole[moved] != before).any()
    assert halves[moved] == pytest.approx(whole[moved], rel=1e-12)


def test_swapping_the_sides_swaps_the_fates():
    """Invariant 7: the same battle with the labels of the two organisations exchanged."""
    one, other = world_of_three(), world_of_three()
    beaten(one)
    beaten(other)
    other["holder"][:] = 1 - other["holder"]
    other["attacker"][:, 1] = 0
    for arrays in (one, other):
        arrays["claim"] = np.zeros(2)
        call("fate", arrays)
    for name in ("killed", "captured", "home"):
        assert (one[name][:, ::-1] == other[name]).all(), name
    assert (one["transit"][:, ::-1] == other["transit"]).all()
    assert fate.PROCESS.name == "fate"


def test_men_pass_from_account_to_account_in_every_kernel_that_moves_them():
    """Invariant 1, for the kernels one by one; `engine.simulate(..., audit=True)` holds it for whole wars."""
    for name, make in (("switching", switching), ("uprising", uprising), ("exit", lambda: decaying("exit"))):
        arrays = make()
        before = men(arrays)
        call(name, arrays)
        assert men(arrays) == pytest.approx(before, rel=1e-12), name
