"""The lever layer against hand-worked spending, the closed form, and what any optimum must obey."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yindi.core.errors import InfeasibleError, MethodError
from yindi.layout.levers import LeverProblem, gains_of, levers, water_filling

pytest.importorskip("clarabel", reason="needs the extra `levers`")
BOTH = pytest.mark.parametrize("method", [water_filling, levers])
LN2, LN3, LN4 = 0.6931471805599453, 1.0986122886681098, 1.3862943611198906

# Example B of LAYOUT.md 2.6: effects 2 and 1, half 1, budget 4. Marginal gains 2/(1+b1) = 1/(1+b2) with b1 + b2 = 4
# give b = (3, 1), gain 2 ln 4 + ln 2 = 3.46574 and the price 2/4 = 0.5.
B = LeverProblem(np.array([[2.0], [1.0]]), np.array([4.0]))


@BOTH
def test_example_b(method):
    found = method(B)
    np.testing.assert_allclose(found.spending[:, 0], [3, 1], atol=1e-4)
    assert found.objective == pytest.approx(2 * LN4 + LN2, abs=1e-7)
    np.testing.assert_allclose(found.price, [0.5], atol=1e-4)


def test_example_b_with_a_floor_under_the_second_region():
    found = levers(replace(B, least_gain=np.array([-np.inf, LN3])))  # 1 + b2 >= 3
    np.testing.assert_allclose(found.spending[:, 0], [2, 2], atol=1e-4)
    assert found.objective == pytest.approx(3 * LN3, abs=1e-6)


def test_mean_of_the_worst_lifts_like_the_floor_it_stands_for():
    found = levers(replace(B, level=np.array([5.0, 0.0]), worst=1, floor=LN3))
    np.testing.assert_allclose(found.spending[:, 0], [2, 2], atol=1e-4)


@BOTH
def test_equal_regions_get_equal_budgets(method):
    found = method(LeverProblem(np.ones((4, 2)), np.array([8.0, 2.0])))
    np.testing.assert_allclose(found.spending, np.tile([2.0, 0.5], (4, 1)), atol=1e-4)


@BOTH
def test_ring_spillover_of_one_half_doubles_the_gain_and_keeps_the_split(method):
    ring = (np.eye(4, k=1) + np.eye(4, k=-1) + np.eye(4, k=3) + np.eye(4, k=-3)) / 2
    alone = LeverProblem(np.ones((4, 1)), np.array([8.0]))
    found = method(replace(alone, w=ring, rho=0.5))
    np.testing.assert_allclose(found.spending, 2.0, atol=1e-4)
    assert found.objective == pytest.approx(2 * 4 * LN3, abs=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_cones_agree_with_the_closed_form(seed):
    rng = np.random.default_rng(seed)
    r, l = 9, 3
    w = rng.random((r, r)) * (1 - np.eye(r))
    problem = LeverProblem(rng.random((r, l)) * (rng.random((r, l)) < 0.8), rng.random(l) * 5, half=0.2 + rng.random((r, l)),
                           weight=rng.random(r), w=w / w.sum(axis=1, keepdims=True), rho=0.4)  # fmt: skip
    closed, cones = water_filling(problem), levers(problem)
    assert cones.objective == pytest.approx(closed.objective, rel=1e-6)
    np.testing.assert_allclose(cones.price, closed.price, rtol=1e-3)
    np.testing.assert_allclose(cones.spending, closed.spending, atol=2e-3)


def test_price_is_what_one_more_unit_brings():
    more = water_filling(replace(B, budget=np.array([4.001])))
    assert (more.objective - water_filling(B).objective) / 0.001 == pytest.approx(0.5, abs=1e-3)


def test_absorption_limits_and_least_spending_hold():
    found = levers(LeverProblem(np.array([[5.0, 5.0], [1.0, 1.0]]), np.array([3.0, 3.0]), most=[2.5, np.inf]))
    assert found.spending.sum(axis=1)[0] == pytest.approx(2.5, abs=1e-5)
    np.testing.assert_allclose(found.spending.sum(axis=0), 3.0, atol=1e-5)
    kept = levers(LeverProblem(np.array([[5.0], [0.0]]), np.array([3.0]), least=[0.0, 1.0]))
    np.testing.assert_allclose(kept.spending[:, 0], [2, 1], atol=1e-5)


def test_a_budget_of_nothing_spends_nothing_and_says_what_the_first_unit_brings():
    problem = LeverProblem(np.array([[2.0, 1.0]]), np.array([0.0, 3.0]))
    np.testing.assert_allclose(levers(problem).spending, [[0, 3]], atol=1e-5)
    assert water_filling(problem).price[0] == 2.0


def test_impossible_demands_raise_with_a_reason():
    with pytest.raises(InfeasibleError, match="least spending adds up to 5, the budgets to 4"):
        levers(replace(B, least=np.array([2.5, 2.5])))
    with pytest.raises(InfeasibleError, match="floor or least gains"):
        levers(replace(B, least_gain=np.array([9.0, 9.0])))
    with pytest.raises(MethodError, match="knows budgets only"):
        water_filling(replace(B, most=np.array([1.0, 1.0])))


def test_gains_are_recomputed_without_the_solver():
    assert gains_of(B, np.array([[3.0], [1.0]])).sum() == pytest.approx(2 * LN4 + LN2)


def test_a_rule_about_gains_that_binds_nowhere_changes_nothing():
    """With it gains are columns that neighbours join, without it each logarithm counts with its worth to all: one plan."""
    rng = np.random.default_rng(5)
    w = rng.random((8, 8)) * (1 - np.eye(8))
    free = LeverProblem(rng.random((8, 3)), np.array([6.0, 3.0, 4.0]), half=0.2 + rng.random((8, 3)), rho=0.4,
                        w=w / w.sum(axis=1, keepdims=True), most=np.full(8, 2.5), weight=0.5 + rng.random(8))  # fmt: skip
    one, other = levers(free), levers(replace(free, least_gain=np.zeros(8)))
    np.testing.assert_allclose(one.spending, other.spending, atol=5e-4)
    np.testing.assert_allclose(one.price, other.price, atol=1e-4)
    assert one.objective == pytest.approx(other.objective, abs=1e-6)
    assert one.spending.sum(axis=1).max() == pytest.approx(2.5, abs=1e-4)


def test_cones_too_say_what_the_first_unit_of_an_empty_budget_brings():
    """One region, effects 2 and 1, half 1, budgets 0 and 3. First unit of the first lever: 2 / (1 + 0) = 2. Where it absorbs
    1 at most the second is not used up (price 0), a unit of room is worth 1 / (1 + 1) = 0.5, so the first unit 2 - 0.5."""
    stated = LeverProblem(np.array([[2.0, 1.0]]), np.array([0.0, 3.0]))
    np.testing.assert_allclose(levers(stated).price, [2.0, 0.25], atol=1e-4)
    np.testing.assert_allclose(levers(replace(stated, most=1.0)).price, [1.5, 0.0], atol=1e-4)
    assert levers(LeverProblem(np.array([[1.0, 0.0]]), np.array([1.0, 1.0]))).price[1] == 0.0


def test_the_price_of_an_empty_budget_under_a_rule_about_gains():
    """What a thousandth of a unit brings, over the thousandth: two regions, ring spillover, a least gain that binds."""
    w = np.array([[0.0, 1.0], [1.0, 0.0]])
    stated = LeverProblem(np.array([[2.0, 1.0], [1.0, 0.5]]), np.array([0.0, 2.0]), w=w, rho=0.3, least_gain=[-np.inf, 0.55])
    before, more = levers(stated, tolerance=1e-10), levers(replace(stated, budget=[1e-3, 2.0]), tolerance=1e-10)
    assert before.gain[1] == pytest.approx(0.55, abs=1e-5)
    assert (more.objective - before.objective) / 1e-3 == pytest.approx(before.price[0], rel=5e-3)


def test_complementary_levers_lift_no_more_than_the_one_that_does_least():
    """Two equal regions, budgets 4 and 4, effects 1: 2 each of both, gain ln 3 each. Effects 2 and 1 in one region with
    budgets 1 and 3: 2 ln 2 = ln 4, both levers bind; with 8 of the second the gain stays 2 ln 2, a unit more of it is worth
    nothing."""
    even = levers(LeverProblem(np.ones((2, 2)), np.array([4.0, 4.0]), complementary=True))
    np.testing.assert_allclose(even.gain, np.log(3), atol=1e-5)
    one = LeverProblem(np.array([[2.0, 1.0]]), np.array([1.0, 3.0]), complementary=True)
    assert levers(one).objective == pytest.approx(2 * np.log(2), abs=1e-5)
    more = levers(replace(one, budget=[1.0, 8.0]))
    assert more.objective == pytest.approx(2 * np.log(2), abs=1e-5)
    np.testing.assert_allclose(more.price, [1.0, 0.0], atol=1e-3)  # 2 / (1 + 1) of the first


def test_complementary_levers_spread_to_neighbours_and_know_regions_without_any():
    """Ring of two, rho 0.5: own gain e gives e / 0.75 and, to a region no lever reaches, half of that by its neighbour alone."""
    w = np.array([[0.0, 1.0], [1.0, 0.0]])
    found = levers(LeverProblem(np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([3.0, 3.0]), w=w, rho=0.5, complementary=True))
    np.testing.assert_allclose(found.gain, [np.log(4) / 0.75, 0.5 * np.log(4) / 0.75], atol=1e-5)
    with pytest.raises(MethodError, match="knows budgets only"):
        water_filling(LeverProblem(np.ones((1, 2)), np.ones(2), complementary=True))
    with pytest.raises(MethodError, match="all need a `budget`"):
        LeverProblem(np.ones((1, 2)), np.array([0.0, 1.0]), complementary=True)
