"""Attrition against its closed forms and what it keeps (invariants 4 and 5), and one published campaign."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from polemos.model.laws import attrition

MEN, RATE, DAYS = st.floats(10, 1e5), st.floats(1e-4, 0.3), st.floats(0.01, 60)
W = st.floats(0.01, 1.0)


@given(MEN, MEN, RATE, RATE, st.floats(0.01, 5))
def test_at_one_it_is_the_square_law(A0, B0, a, b, t):
    m = math.sqrt(a * b)
    A = A0 * math.cosh(m * t) - B0 * math.sqrt(b / a) * math.sinh(m * t)
    B = B0 * math.cosh(m * t) - A0 * math.sqrt(a / b) * math.sinh(m * t)
    assume(A > 0.01 * A0 and B > 0.01 * B0)
    assert attrition.helmbold(A0, B0, a, b, 1.0, t) == pytest.approx((A, B), rel=1e-9)


@given(MEN, MEN, RATE, RATE, st.floats(0.01, 5))
def test_at_a_half_it_is_linear(A0, B0, a, b, t):
    """Along a A - b B = constant; in time, the roots of A and B obey the square law at half the rates."""
    m = math.sqrt(a * b) / 2
    root = math.sqrt(A0) * math.cosh(m * t) - math.sqrt(B0 * b / a) * math.sinh(m * t)
    other = math.sqrt(B0) * math.cosh(m * t) - math.sqrt(A0 * a / b) * math.sinh(m * t)
    assume(root > 0.1 * math.sqrt(A0) and other > 0.1 * math.sqrt(B0))
    A, B = attrition.helmbold(A0, B0, a, b, 0.5, t)
    assert pytest.approx((root**2, other**2), rel=1e-9) == (A, B)
    assert a * A - b * B == pytest.approx(a * A0 - b * B0, abs=1e-9 * (a * A0 + b * B0))


@given(MEN, MEN, RATE, RATE, DAYS)
def test_at_zero_it_is_logarithmic(A0, B0, a, b, t):
    A, B = attrition.helmbold(A0, B0, a, b, 0.0, t)
    assert pytest.approx((A0 * math.exp(-b * t), B0 * math.exp(-a * t)), rel=1e-12) == (A, B)
    assert a * math.log(A) - b * math.log(B) == pytest.approx(a * math.log(A0) - b * math.log(B0), abs=1e-9)
    close = attrition.helmbold(A0, B0, a, b, 1e-6, min(t, 3.0))
    assert close == pytest.approx(attrition.helmbold(A0, B0, a, b, 0.0, min(t, 3.0)), rel=1e-4)


@given(MEN, MEN, RATE, RATE, W, DAYS)
def test_any_exponent_keeps_its_quantity(A0, B0, a, b, w, t):
    A, B = attrition.helmbold(A0, B0, a, b, w, t)
    assert 0 <= A <= A0
    assert 0 <= B <= B0
    before, scale = a * A0 ** (2 * w) - b * B0 ** (2 * w), a * A0 ** (2 * w) + b * B0 ** (2 * w)
    assert a * A ** (2 * w) - b * B ** (2 * w) == pytest.approx(before, abs=1e-9 * scale)


@given(MEN, MEN, RATE, RATE, st.floats(0, 1))
def test_days_add_up(A0, B0, a, b, w):
    once = attrition.helmbold(A0, B0, a, b, w, 7.0)
    assume(min(once) > 1e-3)
    daily = (A0, B0)
    for _ in range(7):
        daily = attrition.helmbold(*daily, a, b, w, 1.0)
    assert daily == pytest.approx(once, rel=1e-6)


@pytest.mark.parametrize("w", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_it_solves_the_equations(w):
    from scipy.integrate import solve_ivp

    a, b, start = 0.02, 0.05, (900.0, 700.0)
    right = solve_ivp(
        lambda _, s: [-b * s[0] ** (1 - w) * s[1] ** w, -a * s[1] ** (1 - w) * s[0] ** w],
        (0, 15),
        start,
        rtol=1e-10,
        atol=1e-8,
    )
    assert attrition.helmbold(*start, a, b, w, 15.0) == pytest.approx(right.y[:, -1], rel=1e-7)


def test_a_force_that_is_gone_leaves_what_the_quantity_says():
    A, B = attrition.helmbold(1000.0, 400.0, 0.05, 0.05, 1.0, 500.0)
    assert B == 0
    assert pytest.approx(math.sqrt(1000**2 - 400**2)) == A
    assert attrition.helmbold(A, 0.0, 0.05, 0.05, 1.0, 1.0) == (A, 0.0)


@given(st.floats(10, 2000), st.floats(10, 2000), st.floats(1e-6, 1e-4), st.floats(1e-6, 1e-4), DAYS)
def test_area_fire_keeps_the_line_and_solves_its_equation(A0, B0, a, b, t):
    A, B = attrition.area_fire(A0, B0, a, b, t)
    assert a * A - b * B == pytest.approx(a * A0 - b * B0, abs=1e-9 * (a * A0 + b * B0))
    h = 1e-3
    slope = (attrition.area_fire(A0, B0, a, b, t + h)[0] - attrition.area_fire(A0, B0, a, b, t - h)[0]) / (2 * h)
    assert slope == pytest.approx(-b * A * B, rel=1e-4, abs=1e-7)


def test_area_fire_at_even_strength():
    A, B = attrition.area_fire(100.0, 50.0, 1e-4, 2e-4, 10.0)
    assert pytest.approx((100 / 1.1, 50 / 1.1)) == (A, B)


@given(st.floats(100, 50_000), st.floats(10, 5000), st.floats(1e-6, 1e-4), st.floats(1e-3, 1), st.floats(0.01, 200))
def test_guerrillas_keep_deitchmans_quantity(C0, G0, k, g, t):
    C, G = attrition.deitchman(C0, G0, k, g, t)
    assert 0 <= C <= C0 * (1 + 1e-12)
    assert 0 <= G <= G0 * (1 + 1e-9)
    scale = k * C0**2 / 2 + g * G0
    assert k * C**2 / 2 - g * G == pytest.approx(k * C0**2 / 2 - g * G0, abs=1e-9 * scale)


def test_regulars_need_the_root_of_the_guerrillas():
    """At C0 = sqrt(2 g G0 / k) neither wins; four times as many guerrillas take twice as many regulars."""
    k, g = 1e-5, 0.05
    for G0 in (100.0, 400.0):
        C0 = math.sqrt(2 * g * G0 / k)
        assert attrition.deitchman(C0 * 1.01, G0, k, g, 1e5)[1] == pytest.approx(0.0, abs=1e-6)
        assert attrition.deitchman(C0 * 0.99, G0, k, g, 1e5)[0] == 0.0
    from scipy.integrate import solve_ivp

    for C0 in (500.0, 1000.0, 1400.0):
        right = solve_ivp(lambda _, s: [-g * s[1], -k * s[0] * s[1]], (0, 80), (C0, 100.0), rtol=1e-10, atol=1e-9)
        assert attrition.deitchman(C0, 100.0, k, g, 80.0) == pytest.approx(right.y[:, -1], rel=1e-6)


def test_the_landing_under_the_square_law():
    """Engel 1954 [k]: 0.0544 and 0.0106 a day, three landings, 21,500 defenders, about 52,735 left at day 36 [k].

    The equations give 51,985: tolerance 1.5 % of those left, and 4 % of those lost.
    """
    landed = np.zeros(36)
    landed[0], landed[2], landed[5] = 54_000, 6_000, 13_000
    attackers, defenders = attrition.campaign(0.0, 21_500.0, 0.0106, 0.0544, landed)
    assert attackers[36] == pytest.approx(52_735, rel=0.015)
    assert 73_000 - attackers[36] == pytest.approx(73_000 - 52_735, rel=0.04)
    assert defenders[36] < 0.02 * 21_500
    assert attackers.max() == pytest.approx(attackers[6])


def test_who_has_no_men_neither_loses_nor_kills():
    for w in (0.0, 0.5, 1.0):
        assert attrition.helmbold(0.0, 7.0, 0.1, 0.2, w, 5.0) == (0.0, 7.0)
        assert attrition.helmbold(7.0, 0.0, 0.1, 0.2, w, 5.0) == (7.0, 0.0)
        assert attrition.helmbold(-1.0, 7.0, 0.1, 0.2, w, 5.0) == (0.0, 7.0)


def test_where_one_side_does_not_kill_the_law_is_linear():
    assert attrition.hyperbolic(10.0, 4.0, 0.0, 0.5, 2.0) == pytest.approx((10 - 4 * 0.5 * 2, 4))
    assert attrition.hyperbolic(10.0, 4.0, 0.1, 0.0, 2.0) == pytest.approx((10, 4 - 10 * 0.1 * 2))
    assert attrition.hyperbolic(10.0, 4.0, 0.0, 2.0, 2.0) == (0.0, 4.0)


def test_reinforcements_never_leave_fewer_than_none():
    left, other = attrition.reinforced(1.0, 100.0, 0.1, 0.2, 0.5, 9.0)
    assert left == 0.0
    assert other > 0.0
    left, other = attrition.reinforced(100.0, 1.0, 0.1, 0.2, 0.5, 9.0)
    assert left > 0.0
    assert other == 0.0
