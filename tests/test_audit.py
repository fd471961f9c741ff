"""The audit of a run finds every fault that it is there for."""

from __future__ import annotations

import numpy as np
import pytest

from polemos.model import conservation

MEN = ("garrison", "assault", "reserve", "transit", "underground", "killed", "captured", "home", "went_over", "joined")


def books():
    """One member, three places and two organisations: 0 holds the first, 1 the second and fights for the first."""
    return {
        "holder": np.array([[0, 1, 2]], np.int8),
        "attacker": np.array([[1, -1, -1]], np.int8),
        "garrison": np.array([[[10.0, 2, 3], [20, 0, 0], [0, 0, 0]]]),
        "assault": np.array([[[5.0, 0, 1], [0, 0, 0], [0, 0, 0]]]),
        "reserve": np.array([[[100.0, 0, 0], [0, 200, 0]]]),
        "transit": np.array([[[[1.0, 2], [0, 0], [0, 0]], [[0, 0], [0, 4], [0, 0]]]]),
        "underground": np.array([[[7.0, 0], [0, 8], [9, 0]]]),
        "killed": np.array([[11.0, 12]]),
        "captured": np.array([[13.0, 14]]),
        "home": np.array([[15.0, 16]]),
        "went_over": np.array([[17.0, 18]]),
        "joined": np.array([[19.0, 20]]),
        "supply": np.array([[1.0, 0, 0.5]]),
        "credibility": np.array([[0.0, 1]]),
    }


def test_every_account_counts_once_and_who_joined_is_taken_off():
    assert conservation.accounts(books()).tolist() == [[15 + 100 + 3 + 16 + 56 - 19, 20 + 6 + 200 + 4 + 8 + 60 - 20]]
    conservation.check(books(), conservation.accounts(books()), 3)


@pytest.mark.parametrize("name", MEN)
def test_a_man_too_many_is_found_in_every_account(name):
    arrays = books()
    arrays[name].flat[0] += 1
    with pytest.raises(AssertionError, match="week 3: men appeared or vanished"):
        conservation.check(arrays, conservation.accounts(books()), 3)


@pytest.mark.parametrize("name", [name for name in MEN if name not in ("garrison", "assault")])
def test_fewer_than_none_is_found_in_every_account(name):
    arrays = books()
    arrays[name].flat[0] = -1
    with pytest.raises(AssertionError, match=f"{name} is negative"):
        conservation.check(arrays, conservation.accounts(arrays), 3)


@pytest.mark.parametrize(
    ("name", "at", "value", "told"),
    [
        ("garrison", (0, 2, 1), 1.0, "nobody owns men"),
        ("holder", (0, 1), 3, "no holder"),
        ("holder", (0, 1), -1, "no holder"),
        ("supply", (0, 1), 1.01, "supply leaves"),
        ("supply", (0, 1), -0.01, "supply leaves"),
        ("credibility", (0, 0), 1.01, "credibility leaves"),
        ("attacker", (0, 0), -1, "an assault without an attacker"),
    ],
)
def test_what_cannot_be_is_found(name, at, value, told):
    arrays = books()
    arrays[name][at] = value
    with pytest.raises(AssertionError, match=told):
        conservation.check(arrays, conservation.accounts(arrays), 3)


def test_rounding_is_no_fault():
    arrays = books()
    arrays["reserve"][0, 0, 0] += 1e-8
    conservation.check(arrays, conservation.accounts(books()), 3)
    small = {name: values * 1e-6 if name in MEN else values for name, values in books().items()}
    owed = conservation.accounts(small)
    small["killed"][0, 0] += 1e-8
    with pytest.raises(AssertionError, match="appeared or vanished"):
        conservation.check(small, owed, 3)
