"""The front hazard: one x for fit and simulation, by its definition; a fit that recovers; no look-ahead."""

import collections
import dataclasses
import functools
import math

import numpy as np
import pytest

from polemos.forecasters.front_hazard import FrontHazard
from polemos.forecasters.weekly_grid import weeks_back
from polemos.model.front import features, simulate
from polemos.model.front.entries import JUST_OUT, LONG_OUT, NEVER, PRIOR, SOON, entering, entry_rates
from polemos.model.front.fit import CAP, CENTRE, FEEDBACK, HALF_LIFE, LEVELS, replay
from polemos.model.front.memory import ECHO, advance, begin, land
from polemos.model.front.optimise import boxed, fit, fit_together
from polemos.model.inputs import AIR, support_levels
from polemos.questions.questions import question
from polemos.record import world as w
from worlds import START, restless, ring, world_of

WEEK = np.timedelta64(7, "D")
AT = 120
ORIGIN = START + AT * WEEK
LEADS = ORIGIN + np.array([0, 30, 91, 182], "timedelta64[D]")
HAZARD = FrontHazard(members=120)


def supported(world):
    """With patrons in common and aircraft that come and go."""
    days = START + np.array([0, 10, 20, 60, 30], "timedelta64[W]")
    supports = w.Supports(
        ("patron-a", "patron-a", "patron-b", "patron-b", "patron-b"),
        np.array([0, 1, 1, 2, 1], np.int32),
        ("weapons", "troops", "airpower", "money", "weapons"),
        np.array([1.0, 0.33, 0.67, 0.33, 0.33]),
        days,
        np.array([w.OPEN, w.OPEN, days[3], w.OPEN, w.OPEN]),
    )
    return dataclasses.replace(world, supports=supports)


def abandoned(held):
    """With some places held by nobody for a while."""
    held = held.copy()
    held[20:50, 3] = held[40:90, 11] = held[100:, 17] = 3
    return held


@pytest.fixture(scope="module")
def war():
    return supported(world_of(abandoned(restless(rate=0.03))))


@pytest.fixture(scope="module")
def past(war):
    return replay(war.as_of(ORIGIN))


def log_rate(taken, contacts):
    return min(max(math.log((taken + 40 * 0.003) / (contacts + 40) / 0.003), -2.5), 3)


def by_definition(world, week):
    """x of every place and organisation on a week, slowly, straight from the definitions: {(p, o): x}."""
    dates = weeks_back(world, 10_000)
    held = world.holders(dates).astype(int)[: week + 1]
    links, size, nobody = ring(held.shape[1]), held.shape[1], world.nobody
    near = [sorted({*links[links[:, 0] == p, 1], *links[links[:, 1] == p, 0]}) for p in range(size)]

    def faded(span, count, *of):
        """Sum of a count over the weeks t to t + 1, faded."""
        return sum(count(t, *of) * math.exp(-(week - 1 - t) / span) for t in range(week))

    @functools.cache
    def facing(t, o=None, d=None):
        return sum(
            (d is None or held[t, p] == d) and held[t, p] != other and (o is None or o == other)
            for p in range(size)
            for other in {held[t, q] for q in near[p]} - {nobody}
        )

    @functools.cache
    def moved(t, o=None, d=None):
        changes = (held[t] != held[t + 1]) & (o is None or held[t + 1] == o) & (d is None or held[t] == d)
        return int(changes.sum())

    @functools.cache
    def nearby(t, o, around):
        return sum(held[t, p] != held[t + 1, p] == o for p in around)

    def since(p):
        changes = np.flatnonzero(np.diff(held[:, p]))
        return week - 1 - changes[-1] if changes.size else 26 + week

    def stretch(o):
        usual = (held[0] == o).sum() * 1.0
        for t in range(1, week + 1):
            usual += (1 - math.exp(-1 / 52)) * ((held[t] == o).sum() - usual)
        return math.log(((held[week] == o).sum() + 2) / (usual + 2))

    def hops(o):
        mine = [p for p in range(size) if held[week, p] == o]
        reached = {p for p in mine if since(p) >= 26} or set(mine)
        far, n = dict.fromkeys(reached, 0), 0
        while reached:
            n += 1
            reached = {q for p in reached for q in near[p]} - far.keys()
            far |= dict.fromkeys(reached, n)
        return far

    now, rows = dates[week], {}
    running = w.running(world.supports, now)
    given = {}
    for patron, client, scale in zip(running.patron, running.client, running.scale, strict=True):
        given[patron, client] = max(given.get((patron, client), 0), scale)
    air = support_levels(world, np.array([now]), AIR)[0]
    for o in range(nobody):
        if not (held[week] == o).any():
            continue
        far = hops(o)
        for p in range(size):
            d = held[week, p]
            if d == o:
                continue
            mine = [q for q in near[p] if held[week, q] == o]
            second = {r for q in near[p] for r in near[q]} - {p, *near[p]}
            x = dict.fromkeys(features.FEATURES, 0.0)
            two = any(held[week, q] == o for q in second)
            x["next_door" if mine else "two_roads" if two else "farther"] = 1
            x["share"] = len(mine) / len(near[p])
            x["local"] = sum(since(q) < 8 for q in mine) / len(near[p])
            x["core_distance"] = math.log(1 + max(far.get(p, 30) - 1, 0))
            x["return"] = float((held[:, p] == o).any())
            for span in (4, 52):
                x[f"heat_{span}"] = math.log1p(10 * faded(span, nearby, o, frozenset({p, *near[p], *second})))
            x["people"] = math.log((world.places.people[p] + 3000) / 3000) - 2
            for span in (4, 26):
                x[f"gain_{span}"] = log_rate(faded(span, moved, o), faded(span, facing, o))
            x["stretch_own"] = stretch(o)
            if d != nobody:
                for span in (4, 26):
                    x[f"loss_{span}"] = log_rate(faded(span, moved, None, d), faded(span, facing, None, d))
                taken = faded(52, moved, o, d)
                x["pair"] = log_rate(taken, faded(52, facing, o, d))
                x["stretch_foe"] = stretch(d)
                if taken + faded(52, moved, d, o) > 0.3:
                    x["air"] = air[o] - air[d]
                both = [min(given.get((name, o), 0), given.get((name, d), 0)) for name, _ in given]
                x["patron"] = max(both, default=0)
            rows[p, o] = np.array(list(x.values()))
    return rows


@pytest.mark.parametrize("week", [0, 1, 45, 119])
def test_x_is_what_its_definition_says(war, past, week):
    known = war.as_of(ORIGIN)
    held = known.holders(weeks_back(known, 10_000))
    first = sum(rows_of(now, known.nobody) for now in held[:week])
    expected = by_definition(known, week)
    order = sorted(expected)
    assert len(order) == rows_of(held[week], known.nobody)
    got = past.x[first : first + len(order)]
    # Heat below `memory.COLD` counts as none.
    near = np.where([name.startswith("heat") for name in features.FEATURES], 0.011, 1e-5)
    assert (np.abs(got - np.array([expected[key] for key in order])) <= near).all()
    came = past.came[first : first + len(order)]
    assert came.tolist() == [float(held[week + 1, p] == o) for p, o in order]
    flows = collections.Counter((o, held[week, p]) for (p, o), one in zip(order, came, strict=True) if one)
    signs = past.signs[first : first + len(order)]
    parts = [one * min(1, 8 / max(flows[o, held[week, p]], 1)) for (p, o), one in zip(order, came, strict=True)]
    assert signs == pytest.approx(parts)


def rows_of(held, nobody):
    owners = set(held.tolist()) - {nobody}
    return sum(len(owners - {h}) for h in held.tolist())


def test_fit_and_simulation_see_the_same_x(war):
    """Rates as the simulation reckons them, a week before the end, are exp(b . x) of the design's last rows."""
    known = war.as_of(ORIGIN)
    full, before = replay(known), replay(war.as_of(ORIGIN - WEEK))
    b = np.random.default_rng(1).normal(-0.2, 0.3, len(features.FEATURES))
    memory, nobody = before.memory, known.nobody
    appeal, x = np.zeros((nobody, nobody + 1)), np.zeros(b.size)
    simulate.pull(memory, before.air, before.patron, b, np.zeros((nobody, nobody + 1)), x, appeal)
    rates, mine = np.zeros(nobody), np.zeros((nobody, features.PEOPLE + 1))
    seen = []
    for p in range(memory.holder.size):
        total = simulate.place_rates(rates, p, memory, before.land, b, appeal, np.zeros(3), mine)
        assert total == pytest.approx(rates.sum())
        seen += [rates[o] for o in range(nobody) if o != memory.holder[p] and memory.held[o] > 0]
    designed = np.minimum(np.exp(full.x[-len(seen) :] @ b), simulate.MOST)
    assert np.array(seen) == pytest.approx(designed, rel=1e-4)


def test_what_is_not_worked_out_is_below_the_bound(war):
    """Full weeks and thinned ones draw alike: what a week reports changes no member."""
    known = war.as_of(ORIGIN)
    all_told = HAZARD.simulate(known, 20, range(21))[0]
    assert np.array_equal(HAZARD.simulate(known, 20)[0], all_told)
    assert (all_told[:, 1:] != all_told[:, :-1]).sum() > 100


def test_last_step_agrees_with_counts(war):
    known = war.as_of(ORIGIN)
    control, told = FrontHazard(members=4000).simulate(known, 13, [0, 4, 13])
    for row, week in enumerate((0, 4, 13)):
        counts = np.eye(known.nobody + 1)[control[:, week]].mean(0)
        assert told[row] == pytest.approx(counts, abs=0.04)
        assert told[row].sum(-1) == pytest.approx(np.ones(counts.shape[0]))


def test_members_and_threads_disturb_nobody(war):
    known = war.as_of(ORIGIN)
    few = FrontHazard(members=30, threads=1).simulate(known, 8)[0]
    many = FrontHazard(members=130, threads=3).simulate(known, 8)[0]
    assert np.array_equal(few, many[:30])
    assert not np.array_equal(few, FrontHazard(members=30, seed=2).simulate(known, 8)[0])


def test_sees_nothing_after_the_origin(war):
    held = abandoned(restless(rate=0.03))
    held[AT + 1 :] = (held[AT + 1 :] + 1) % 3
    other = supported(world_of(held))
    later = dataclasses.replace(other.supports, scale=np.array([1.0, 0.33, 0.67, 0.33, 0.33]), end=np.full(5, w.OPEN))
    later.end[0] = ORIGIN + 20 * WEEK
    later.end[2] = war.supports.end[2]
    other = dataclasses.replace(other, supports=later)
    assert war.digest() != other.digest()
    first, second = (HAZARD.forecast(world.as_of(ORIGIN), LEADS) for world in (war, other))
    assert first.tobytes() == second.tobytes()
    with pytest.raises(ValueError, match="cut at its origin"):
        HAZARD.forecast(war, LEADS)


def test_gives_probabilities_and_answers(war):
    known = war.as_of(ORIGIN)
    p = HAZARD.forecast(known, LEADS)
    assert p.shape == (4, len(war.places.id), war.nobody + 1)
    assert p.min() > 0
    assert p.sum(-1) == pytest.approx(np.ones(p.shape[:-1]))
    now = known.holders([ORIGIN])[0]
    stay = np.take_along_axis(p, now[np.newaxis, :, np.newaxis].astype(int), -1).mean((1, 2))
    assert (np.diff(stay) < 0).all()
    asked = question(
        id="holds-a-third",
        title="A third of the places",
        asked="Will org-0 hold a third of the places?",
        origin=str(ORIGIN),
        kind="share",
        by="org-0",
        date=str(LEADS[-1]),
        at_least=1 / 3,
    )
    (answer,) = HAZARD.answer(known, [asked], LEADS[-1])
    assert answer.status == "answered"
    control, _ = HAZARD.simulate(known, 26)
    assert answer.probability == pytest.approx(((control[:, -1] == 0).mean(1) >= 1 / 3).mean(), abs=0.02)


def test_recovers_coefficients():
    random = np.random.default_rng(0)
    x = np.c_[np.ones(200_000), random.normal(size=(200_000, 2)), random.random(200_000)].astype(np.float32)
    b = np.array([-4.0, 0.5, -0.3, 1.0])
    came = random.poisson(np.exp(x @ b)).clip(0, 1).astype(np.float32)
    free = np.full(4, -10.0), np.full(4, 10.0)
    got = fit(x, came, np.ones_like(came), np.zeros(4), *free, np.full(4, 1e-6))
    # Two captures of one place in a week count as one, which takes a little off the level.
    assert got == pytest.approx(b, abs=0.1)
    pulled = fit(x, came, np.ones_like(came), np.zeros(4), *free, np.array([1e-6, 1e9, 1e-6, 1e-6]))
    assert pulled[1] == pytest.approx(0, abs=1e-3)
    bound = fit(
        x,
        came,
        np.ones_like(came),
        np.zeros(4),
        np.array([-10, 0.6, 0.0, 0.0]),
        np.array([10, 1.0, 1.0, 0.5]),
        np.full(4, 1e-6),
    )
    assert bound[1:] == pytest.approx([0.6, 0.0, 0.5])


def drawn_rows(b, seed, rows=400):
    random = np.random.default_rng(seed)
    x = np.c_[np.ones(rows), random.normal(size=(rows, len(b) - 1))].astype(np.float32)
    return x, (random.random(rows) < -np.expm1(-np.exp(x @ b))).astype(np.float32), np.ones(rows, np.float32)


def loss(x, came, b):
    """Minus the Poisson log likelihood."""
    u = x.astype(float) @ b
    return np.exp(u).sum() - came @ u


def test_the_likelihood_is_that_of_poisson_and_its_rate_is_capped():
    x, came, _ = drawn_rows(np.array([-1.0, 0.5, -0.4]), 1)
    b, slope, curve = np.array([-1.2, 0.3, 0.1]), np.zeros(3), np.zeros((3, 3))
    assert simulate.likelihood(x, came, np.ones_like(came), b, slope, curve) == pytest.approx(-loss(x, came, b))
    rate = np.exp(x.astype(float) @ b)
    assert slope == pytest.approx((came - rate) @ x)
    assert curve == pytest.approx((x * rate[:, np.newaxis]).T @ x)
    far = simulate.likelihood(np.ones((1, 1), np.float32), *[np.ones(1, np.float32)] * 2, np.array([7.0]), slope, curve)
    assert far == pytest.approx(7 - math.exp(5))


def test_a_weighted_fit_is_that_of_scikit_learn():
    from sklearn.linear_model import PoissonRegressor

    x, came, _ = drawn_rows(np.array([-1.2, 0.6, -0.4]), 5, 3000)
    weight = np.random.default_rng(6).uniform(0, 1, 3000).astype(np.float32)
    weight[::5] = 0
    parts = came * np.float32(0.7)
    other = PoissonRegressor(alpha=0, fit_intercept=False, tol=1e-12, solver="newton-cholesky")
    reference = other.fit(*(values.astype(float) for values in (x, parts, weight)))
    wide = np.full(3, 20.0)
    got = fit(x, parts, weight, np.zeros(3), -wide, wide, np.full(3, 1e-9))
    assert got == pytest.approx(reference.coef_, abs=1e-5)


def test_a_fit_is_the_optimum_that_another_optimiser_finds():
    from scipy.optimize import minimize

    x, came, _ = drawn_rows(np.array([-1.5, 0.8, -0.6, 0.1]), 2)
    centre, ridge = np.array([-1.0, 0.2, 0.0, 0.3]), np.array([0.5, 3.0, 2.0, 40.0])
    for low, high in (
        (np.full(4, -9.0), np.full(4, 9.0)),
        (np.array([-9, 0.9, -0.2, -9]), np.array([-1.6, 9, 9, 9.0])),
    ):
        reference = minimize(
            lambda b: loss(x, came, b) + ridge @ (b - centre) ** 2 / 2,
            np.clip(centre, low, high),
            bounds=list(zip(low, high, strict=True)),
            tol=1e-12,
        )
        assert fit(x, came, np.ones_like(came), centre, low, high, ridge) == pytest.approx(reference.x, abs=2e-4)
        first = np.array([3.0, -2.0, 1.0, 0.0])
        assert fit(x, came, np.ones_like(came), centre, low, high, ridge, first) == pytest.approx(reference.x, abs=2e-4)


def test_a_shared_fit_is_the_optimum_over_what_is_shared_and_each_wars_own():
    """b_w = b + d_w, either with half of the prior variance, by an optimiser that knows b and d_w apart."""
    from scipy.optimize import minimize

    centre, ridge = np.array([-1.0, 0.2]), np.array([2.0, 5.0])
    records = [drawn_rows(np.array(b), seed, rows) for b, seed, rows in (([-1.5, 0.8], 3, 300), ([-0.8, -0.3], 4, 60))]

    def apart(values):
        b, own = values[:2], values[2:].reshape(2, 2)
        told = sum(loss(x, came, b + d) for (x, came, _), d in zip(records, own, strict=True))
        return told + (2 * ridge) @ (b - centre) ** 2 / 2 + ((2 * ridge) * own**2).sum() / 2

    best = minimize(apart, np.r_[centre, np.zeros(4)], tol=1e-12).x
    wide = np.full(2, -20.0), np.full(2, 20.0)
    got = fit_together(records, centre, *wide, ridge)
    assert got == pytest.approx(best[:2] + best[2:].reshape(2, 2), abs=5e-4)
    low = np.array([[-20.0, -20], [-20, 0.1]])
    assert fit_together(records, centre, low, wide[1], ridge)[1, 1] == pytest.approx(0.1)


def test_slope_and_curvature_are_those_of_the_likelihood(past):
    random = np.random.default_rng(2)
    b = np.array([value[0] for value in CENTRE.values()]) + random.normal(0, 0.1, len(CENTRE))
    size = b.size
    slope, curve, other = np.zeros(size), np.zeros((size, size)), np.zeros(size)
    x, came, weight = past.x[::7], past.signs[::7], past.weights()[::7]
    simulate.likelihood(x, came, weight, b, slope, curve)
    for f in range(size):
        e = 1e-4 * (np.arange(size) == f)
        up = simulate.likelihood(x, came, weight, b + e, other, np.zeros((size, size)))
        higher = other.copy()
        down = simulate.likelihood(x, came, weight, b - e, other, np.zeros((size, size)))
        assert (up - down) / 2e-4 == pytest.approx(slope[f], rel=1e-3, abs=1e-3)
        assert (other - higher) / 2e-4 == pytest.approx(curve[f], rel=1e-3, abs=1e-3)


def test_boxed_solves_the_free_problem_and_stops_at_walls():
    random = np.random.default_rng(3)
    a = random.normal(size=(5, 5))
    curve, slope = a @ a.T + np.eye(5), random.normal(size=5)
    wide = np.full(5, 100.0)
    assert boxed(curve, slope, -wide, wide) == pytest.approx(np.linalg.solve(curve, slope), abs=1e-6)
    tight = np.full(5, 0.05)
    s = boxed(curve, slope, -tight, tight)
    left = slope - curve @ s
    # Inside, the slope has vanished; on a wall it points outwards.
    assert ((np.abs(left) < 1e-6) | (np.isclose(np.abs(s), 0.05) & (left * s > 0))).all()


def test_feedback_is_capped_and_prior_is_where_nothing_is_known(war):
    b = HAZARD.coefficients(war.as_of(ORIGIN))
    assert sum(b[name] for name in FEEDBACK) == pytest.approx(CAP) or sum(b[name] for name in FEEDBACK) < CAP
    assert all(low - 1e-12 <= b[name] <= high + 1e-12 for name, (_, low, high) in CENTRE.items())
    prior = tuple(0.5 * (max(low, -6) + high) for _, low, high in CENTRE.values())
    unfitted = FrontHazard(prior=prior).coefficients(war.as_of(START))
    free = [name for name in CENTRE if name not in FEEDBACK]
    expected = dict(zip(CENTRE, prior, strict=True))
    assert [unfitted[name] for name in free] == pytest.approx([expected[name] for name in free])
    assert sum(unfitted[name] for name in FEEDBACK) == pytest.approx(CAP)


def test_names_are_those_of_the_features():
    assert tuple(CENTRE) == features.FEATURES
    assert set(LEVELS) | set(FEEDBACK) < set(features.FEATURES)


def test_support_is_that_of_the_setting(war):
    dates = weeks_back(war.as_of(ORIGIN), 10_000)
    air, patron = features.support(war.as_of(ORIGIN), dates)
    assert np.array_equal(air, support_levels(war, dates, AIR))
    assert air[:, 1].max() == 0.67
    assert np.array_equal(patron, patron.transpose(0, 2, 1))
    assert patron[-1, 0, 1] == patron[-1, 1, 2] == 0.33
    assert patron[-1, 0, 2] == 0


def test_scatter_widens_totals_and_leaves_the_fit(war):
    known = war.as_of(ORIGIN)
    narrow, wide = (FrontHazard(members=400, scatter=sd) for sd in (0.0, 1.0))
    assert narrow.coefficients(known) == wide.coefficients(known)
    spread = [(h.simulate(known, 26)[0][:, -1] == 0).sum(1).std() for h in (narrow, wide)]
    assert spread[1] > spread[0] * 1.1


def test_scatter_is_drawn_anew_every_half_year(war):
    """Whatever is drawn for the second half-year, the first 26 weeks are the same."""
    known = war.as_of(ORIGIN)
    hazard = FrontHazard(members=30)
    short, long = (hazard.simulate(known, weeks)[0] for weeks in (26, 40))
    assert np.array_equal(short, long[:, :27])


def test_wars_share_what_they_teach(war, past):
    known = war.as_of(ORIGIN)
    alone = HAZARD.coefficients(known)
    assert dataclasses.replace(HAZARD, wars=()).coefficients(known) == alone
    judged, lower, upper = np.array(list(CENTRE.values())).T
    ridge = np.full(judged.size, 40.0)
    by_itself = fit(*past.taught(), judged, lower, upper, ridge)
    records = [past.taught()]
    assert fit_together(records, judged, lower, upper, ridge)[0] == pytest.approx(by_itself, abs=2e-3)
    # Nothing known of the one: it is drawn towards the other, half of the way by the prior.
    nothing = (np.zeros((0, judged.size), np.float32), *[np.zeros(0, np.float32)] * 2)
    empty, full = fit_together([nothing, *records], judged, lower, upper, ridge)
    assert full == pytest.approx(by_itself, abs=2e-3)
    inside = (full > lower + 1e-6) & (full < upper - 1e-6) & (empty > lower + 1e-6) & (empty < upper - 1e-6)
    assert (empty - judged)[inside] == pytest.approx((full - judged)[inside] / 2, abs=2e-3)
    assert inside.sum() > 5


def test_other_wars_are_read_up_to_the_origin_alone(war):
    other = world_of(restless(rate=0.1, seed=9), organisations=3)
    known = war.as_of(ORIGIN)
    pooled = FrontHazard(wars=(other,)).coefficients(known)
    assert pooled != FrontHazard().coefficients(known)
    assert FrontHazard(wars=(other.as_of(ORIGIN),)).coefficients(known) == pooled
    early = war.as_of(START + 20 * WEEK)
    assert FrontHazard(wars=(other,)).coefficients(early) == FrontHazard().coefficients(early)


def test_a_row_counts_for_half_every_half_life_and_only_where_somebody_looked(past):
    weight = past.weights()
    by_week = weight[past.weeks[:-1]]
    assert by_week[-1] == 1.0
    assert by_week[-1 - int(HALF_LIFE)] == pytest.approx(0.5)
    assert by_week[0] == pytest.approx(0.5 ** ((by_week.size - 1) / HALF_LIFE))
    looked = np.arange(weight.size) % 3 > 0
    half_seen = dataclasses.replace(past, looked=looked)
    assert np.array_equal(half_seen.weights(), np.where(looked, weight, 0))


def test_a_front_that_falls_in_a_week_counts_for_eight_captures():
    assert [features.sign(n) * n for n in (1.0, 5.0, 8.0)] == pytest.approx([1, 5, 8])
    assert features.sign(80.0) * 80 == pytest.approx(8)


def test_a_simulated_capture_counts_for_a_part_in_the_memory_and_fades_alike(war):
    known = war.as_of(ORIGIN)
    whole, part = (begin(known.holders([ORIGIN])[0], land(known), known.nobody) for _ in range(2))
    then = whole.holder.copy()
    p = int(np.flatnonzero(then != 0)[0])
    d, then[p] = int(then[p]), 0
    ground = land(known)
    near = ground.near[ground.near_start[p] : ground.near_start[p + 1]]
    second = ground.two[ground.two_start[p] : ground.two_start[p + 1]]
    for memory, weight in ((whole, 1.0), (part, ECHO)):
        advance(memory, ground, then, weight)
        assert memory.heat[:, 0, [p, *near, *second]] == pytest.approx(weight)
        assert memory.heat.sum() == pytest.approx(2 * weight * (1 + near.size + second.size))
        assert memory.gained[:, 0] == pytest.approx([weight, weight])
        assert memory.held[0] == (then == 0).sum()
        advance(memory, ground, then, weight)
        assert memory.heat[:, 0, p] == pytest.approx(weight * np.exp([-1 / 4, -1 / 52]))
    if d < known.nobody:
        assert part.taken[0, d] == pytest.approx(ECHO * math.exp(-1 / 52))


def test_heat_raises_the_rate_by_its_factor_and_the_bound_follows(war, past):
    b = np.zeros(len(features.FEATURES))
    b[[features.HEAT_4, features.HEAT_52]] = 0.6, -0.2
    memory = past.memory
    nobody = memory.held.size
    hot = [(o, p) for o, p in np.argwhere(memory.heat[1] > 0).tolist() if memory.holder[p] != o and memory.held[o]]
    assert len(hot) > 10
    rates, mine = np.zeros(nobody), np.zeros((nobody, features.PEOPLE + 1))
    for o, p in hot[:10]:
        h4, h52 = memory.heat[:, o, p]
        factor = math.exp(0.6 * math.log1p(10 * h4) - 0.2 * math.log1p(10 * h52))
        assert features.warmth(p, o, memory, b) == pytest.approx(factor)
        appeal = np.full((nobody, nobody + 1), 1e-3)
        np.fill_diagonal(appeal, 0.0)
        total = simulate.place_rates(rates, p, memory, past.land, b, appeal, np.zeros(3), mine)
        assert rates[o] == pytest.approx(1e-3 * factor)
        others = np.delete(np.arange(nobody), memory.holder[p]) if memory.holder[p] < nobody else np.arange(nobody)
        most = sum(1e-3 * max(1.0, features.warmth(p, other, memory, b)) for other in others)
        assert simulate.most_of(p, memory, b, appeal, np.ones(2)) == pytest.approx(most)
        assert most >= total - 1e-12


def test_the_bound_of_a_place_is_above_its_rate_and_below_that_of_all_places_of_its_holder(past):
    chance, memory = np.random.default_rng(3), past.memory
    nobody, size = memory.held.size, memory.holder.size
    rates, mine = np.zeros(nobody), np.zeros((nobody, features.PEOPLE + 1))
    behind, front, reach = np.zeros(nobody + 1), np.zeros(nobody + 1), np.zeros(2)
    for _ in range(5):
        b = np.array([middle for middle, *_ in CENTRE.values()]) + chance.normal(0, 0.3, len(CENTRE))
        appeal = chance.uniform(0, 2, (nobody, nobody + 1))
        np.fill_diagonal(appeal, 0.0)
        appeal[memory.held == 0] = 0.0
        simulate.bounds(b, appeal, behind, front, reach)
        for p in range(size):
            total = simulate.place_rates(rates, p, memory, past.land, b, appeal, np.zeros(3), mine)
            most = simulate.most_of(p, memory, b, appeal, reach)
            assert total <= most * math.exp(b[features.PEOPLE] * past.land.people[p])
            beset = memory.beside[p] & ~(1 << int(memory.holder[p])) != 0
            edge = (front if beset else behind)[memory.holder[p]]
            assert most <= edge * features.hottest(memory, b) * (1 + 1e-8)


def test_who_never_held_who_just_lost_all_and_who_lost_it_long_ago_come_at_rates_of_their_own():
    # Two places, three organisations: 1 holds one place in the first week alone, 2 comes in the last.
    weeks = SOON + 8
    holders = np.zeros((weeks, 2), np.int8)
    holders[0, 1], holders[-1, 1] = 1, 2
    entry = entry_rates(holders, np.ones((weeks - 1, 2), bool), 3)
    (came, seen), (back, out), (later, long_out) = PRIOR
    # Organisation 2 was away in every week, and came once; 1 was just out for SOON weeks, and then for long.
    assert entry[NEVER] == pytest.approx((came + 1) / (seen + 2 * (weeks - 1)))
    assert entry[JUST_OUT] == pytest.approx(back / (out + 2 * SOON))
    assert entry[LONG_OUT] == pytest.approx(later / (long_out + 2 * (weeks - 2 - SOON)))
    assert [entering(entry, absent) for absent in (-1, 1, SOON, SOON + 1)] == list(entry[[0, 1, 1, 2]])


def test_the_memory_counts_the_weeks_since_an_organisation_lost_all(war):
    ground = land(war)
    size = len(war.places.id)
    memory = begin(np.zeros(size, np.int8), ground, 3)
    assert memory.absent.tolist() == [0, -1, -1]
    lost = np.ones(size, np.int8)
    for weeks in (1, 2, 3):
        advance(memory, ground, lost, 1.0)
        assert memory.absent.tolist() == [weeks, 0, -1]


def test_the_bound_on_heat_lies_above_the_heat_of_anybody_anywhere(past):
    memory, rng = past.memory, np.random.default_rng(1)
    cold = memory._replace(heat=np.zeros_like(memory.heat))
    for _ in range(20):
        hot = memory._replace(heat=rng.exponential(2.0, memory.heat.shape) * (rng.random(memory.heat.shape) < 0.3))
        b = rng.normal(0.0, 1.0, len(features.FEATURES))
        cases = [(p, o) for p in range(memory.holder.size) for o in range(memory.held.size)]
        assert features.hottest(hot, b) >= max(features.warmth(p, o, hot, b) for p, o in cases)
        assert features.hottest(cold, b) == 1.0
