"""Protection, gap rules and rolling horizons against hand-worked plans."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import yindi
from yindi.core.errors import InfeasibleError, MethodError
from yindi.layout import highs
from yindi.layout.accounts import by_goal
from yindi.layout.check import broken
from yindi.layout.frontier import front
from yindi.layout.problem import Problem
from yindi.layout.rolling import option_value, raised, relatedness, rolling
from yindi.layout.rules import assemble
from yindi.layout.variants import _shocks, aiming_at, between, protected, under_gap_rule, with_gap_rule, worst_case

# Example C of LAYOUT.md 2.6: items of 10 +- 6 and 8 +- 1, one of them; with a part Gamma of the worst industry failing the best
# is max(10 - 6 Gamma, 8 - Gamma), which switches at Gamma = 0.4.
C = Problem(np.array([[10.0, 8.0]]), portfolio_max=1)
LOSS = np.array([0.6, 0.125])


@pytest.mark.parametrize(("failing", "best", "item"), [(0.0, 10, 0), (0.3, 8.2, 0), (0.5, 7.5, 1), (1.0, 7.0, 1)])
def test_example_c(failing, best, item):
    found = protected(C, failing=failing, loss=LOSS)
    assert found.worst == pytest.approx(best)
    assert found.plan[0].argmax() == item
    assert found.bound == pytest.approx(best, rel=1e-6)


def test_at_the_switching_point_both_items_are_worth_the_same():
    assert protected(C, failing=0.4, loss=LOSS).worst == pytest.approx(7.6)


def test_worst_case_takes_the_largest_losses_and_a_part_of_the_next():
    # losses 5, 3, 1: one fails 5; two and a half 5 + 3 + 0.5
    by, loss = np.array([10.0, 30.0, 5.0]), np.array([0.5, 0.1, 0.2])
    assert worst_case(by, loss, 1) == 5
    assert worst_case(by, loss, 2.5) == 8.5
    assert worst_case(by, loss, 9) == 9


def middle() -> Problem:
    rng = np.random.default_rng(12)
    return Problem(rng.random((10, 6)), limit=4, portfolio_min=1, portfolio_max=3, lagging=np.arange(10) > 5)


def test_protection_costs_value_and_saves_more_in_the_worst_case():
    nominal = yindi.layout.solve(middle())
    left = nominal.objective - worst_case((nominal.allocation * middle().value).sum(axis=0), np.full(6, 0.5), 1)
    safe = protected(middle(), failing=1, loss=0.5)
    assert safe.worst >= left - 1e-9
    assert safe.value <= nominal.objective + 1e-6
    assert broken(middle(), safe.plan) == ()
    assert protected(middle(), failing=0, loss=0.5).value == pytest.approx(nominal.objective)


def test_protection_against_brute_force():
    value = np.array([[5.0, 3.0, 2.0], [4.0, 3.5, 1.0]])
    problem = Problem(value, portfolio_max=2, limit=2)
    best = -np.inf
    for bits in itertools.product((0.0, 1.0), repeat=6):
        plan = np.array(bits).reshape(2, 3)
        if not broken(problem, plan):
            best = max(best, (plan * value).sum() - worst_case((plan * value).sum(axis=0), np.full(3, 0.8), 1.5))
    assert protected(problem, failing=1.5, loss=0.8).worst == pytest.approx(best)


def test_protection_refuses_shares_beyond_one_and_names_conflicts():
    with pytest.raises(MethodError, match="share between 0 and 1"):
        protected(C, failing=1, loss=1.2)
    with pytest.raises(InfeasibleError, match="smallest portfolio"):
        protected(Problem(np.ones((1, 2)), portfolio_min=3), failing=1, loss=0.5)


def test_a_gap_rule_levels_down_where_only_leaders_can_be_held_back():
    """A leader can gain 10 or 6 or 1, the laggard 2 at best: a gap of at most 0 leaves the leader with 1, and 3 in all; a gap of
    at most 4 leaves 6, and 8 in all. The laggard gains nothing by it: that is levelling down."""
    problem = Problem(np.array([[10.0, 6.0, 1.0], [2.0, 1.0, 1.0]]), portfolio_min=1, portfolio_max=1, lagging=[False, True])
    free = yindi.layout.solve(problem).allocation
    assert between(problem, free) == 8
    for most, total in ((0.0, 3), (4.0, 8), (8.0, 12)):
        plan = with_gap_rule(problem, most=most)
        assert (plan * problem.value).sum() == pytest.approx(total)
        assert (plan * problem.value)[1].sum() == 2
    assert with_gap_rule(problem, most=-2.0) is None
    assert with_gap_rule(Problem(np.ones((2, 2)))) is None


# One region, one place a period, two periods: a is worth 5 and opens nothing; b is worth 4 and raises c (worth 3) by its
# relatedness 1 x lift 1.2 to 6.6. Myopic: a (5), then b (4): 9. With option values b counts 4 + (6.6 - 5, since a would have been
# next without it) = 5.6 against 5 for a, which opens nothing: b (4), then c (6.6): 10.6.
STONES = Problem(np.array([[5.0, 4.0, 3.0]]), portfolio_max=2, industries=["a", "b", "c"])
OPENS = np.array([[0.0, 0, 0], [0, 0, 1.0], [0, 0, 0]])


def test_a_stepping_stone_is_taken_for_what_it_opens():
    myopic = rolling(STONES, OPENS, periods=2, lift=1.2, stepping=False)
    assert myopic.begun.tolist() == [[1, 2, 0]]
    assert myopic.total == pytest.approx(9)
    stepping = rolling(STONES, OPENS, periods=2, lift=1.2)
    assert stepping.option[0].tolist() == pytest.approx([0.0, 1.6, 0.0])  # best next: 6.6 with b held, 5 without
    assert stepping.begun.tolist() == [[0, 1, 2]]
    assert stepping.value.tolist() == pytest.approx([4.0, 6.6])


def test_a_discount_makes_the_stone_not_worth_its_wait():
    assert rolling(STONES, OPENS, periods=2, lift=1.2, discount=0.5).begun.tolist() == [[1, 2, 0]]


def test_one_period_without_lift_is_the_plain_layout():
    found = rolling(middle(), np.zeros((6, 6)), periods=1, lift=0.0)
    assert found.total == pytest.approx(yindi.layout.solve(middle()).objective)


def test_every_period_keeps_the_limits_and_what_was_begun_stays():
    found = rolling(middle(), relatedness(np.random.default_rng(3).random((6, 4))), periods=3, lift=0.5)
    assert broken(middle(), (found.begun > 0).astype(float)) == ()
    for t, most in ((1, 1), (2, 2), (3, 3)):  # three places, a third each period
        assert ((found.begun > 0) & (found.begun <= t)).sum(axis=1).max() <= most


def test_values_rise_with_the_nearest_industry_held():
    related = np.array([[0.0, 0.5], [0.2, 0.0]])
    np.testing.assert_allclose(raised(np.array([[4.0, 4.0]]), np.array([[1.0, 0.0]]), related, 0.5), [[4.0, 5.0]])
    np.testing.assert_allclose(option_value(np.array([[4.0, 4.0]]), related, lift=0.5, places=np.ones(1), discount=1.0,
                                            open_=np.ones((1, 2), bool)), [[1.0, 0.4]])  # fmt: skip
    np.testing.assert_allclose(relatedness([[1, 0], [1, 0], [0, 2]]), [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    with pytest.raises(MethodError, match="numbers in"):
        rolling(middle(), np.full((6, 6), 2.0), periods=2, lift=0.5)


def test_the_number_of_threads_changes_no_point_of_the_front():
    one, four = front(middle(), points=6, workers=1), front(middle(), points=6, workers=4)
    np.testing.assert_array_equal(one.plans, four.plans)


# Two regions, one industry each, the second lagging: best 10 + 3 = 13. A goal that prefers the other pair in both regions (5 and
# 4 against 1 and 1) gives 6 + 2 = 8 without a floor. The floor keeps 3 for the second region: 6 + 3 = 9, 9/13 of the layout.
TWO = Problem(np.array([[10.0, 6.0], [2.0, 3.0]]), portfolio_min=1, portfolio_max=1, lagging=[False, True], floor=1.0)
OTHER = np.array([[1.0, 5.0], [4.0, 1.0]])


def test_a_goal_alone_keeps_the_floor_of_the_layout():
    found = yindi.layout.solve(TWO)
    assert found.objective == 13
    assert aiming_at(TWO, OTHER).tolist() == [[0, 1], [1, 0]]
    assert aiming_at(TWO, OTHER, floor=found.floor).tolist() == [[0, 1], [0, 1]]
    reasons = np.array([[1.0, 1.0], [1.0, 0.5]])
    columns = by_goal(TWO, found, OTHER, reasons, np.array([3.0, 1.0]), gap=1e-9, seed=0)
    assert columns["weight"].tolist() == [0.75, 0.25]
    # the second goal halves the second industry: 1 against 2.5 in the first region, so the plan is the same
    np.testing.assert_allclose(columns["kept"], [9 / 13, 9 / 13])
    assert columns["changed"].tolist() == [1, 1]


def test_a_goal_alone_pays_for_passing_limits_as_the_layout_does():
    # both want the first industry, of which one is free and the second costs 3: by the goal 5 + 4 - 3 = 6 against 5 + 2 = 7
    problem = Problem(np.ones((2, 2)), limit=[1, 2], over_price=[3.0, np.inf], portfolio_min=1, portfolio_max=1)
    assert aiming_at(problem, np.array([[5.0, 1.0], [4.0, 2.0]])).tolist() == [[1, 0], [0, 1]]
    assert aiming_at(problem, np.array([[5.0, 1.0], [9.0, 2.0]])).tolist() == [[1, 0], [1, 0]]


@pytest.mark.parametrize("seed", range(5))
def test_no_goal_is_worth_more_than_the_layout(seed):
    rng = np.random.default_rng(seed)
    problem = Problem(rng.random((12, 6)), limit=4, portfolio_min=1, portfolio_max=3, lagging=np.arange(12) > 6, floor=0.97)
    found = yindi.layout.solve(problem)
    kept = by_goal(problem, found, rng.random((12, 6)), rng.random((6, 4)), np.ones(4), gap=1e-6, seed=0)["kept"]
    assert (kept <= found.bound / found.objective + 1e-9).all()
    assert (kept > 0).all()


def test_the_search_keeps_the_gap_and_the_bound_where_the_relaxation_is_not_whole():
    """Against HiGHS over all columns at once: never more than the gap below it, and the bound never below it."""
    rng = np.random.default_rng(4)
    problem = Problem(rng.random((24, 20)), limit=5, portfolio_min=2, portfolio_max=4, lagging=np.arange(24) > 14)
    best = yindi.layout.solve(problem).objective
    for loss in (0.3, 0.8):
        for gap in (1e-3, 1e-5):
            found = protected(problem, failing=2, loss=loss, gap=gap)
            built = assemble(problem)
            _shocks(built, problem, np.full(20, loss), 2)
            plain = highs.run(built.model.matrix(), gap=1e-7)
            assert found.worst >= plain.objective * (1 - gap) - 1e-9
            assert plain.objective - 1e-9 <= found.bound <= best
            assert found.bound - found.worst <= gap * found.worst + 1e-9


def test_a_gap_rule_ends_by_nodes_and_says_how_near_it_came():
    """Without limits the rule is a subset sum of real numbers, whose proof to 1e-7 would not end. Each end brackets the longer
    search: no better than it, and it no better than the bound."""
    value, lagging = np.random.default_rng(2).random((10, 4)), np.arange(10) < 4
    problem = Problem(value, lagging=lagging)
    short, longer = (under_gap_rule(problem, gap=1e-7, nodes=n) for n in (1, 200))
    assert short is not None
    assert longer is not None
    worth, most = ((plan * value).sum() for plan, _ in (short, longer))
    assert worth <= most + 1e-9
    assert most <= worth * (1 + short[1]) + 1e-9
    assert 0 < longer[1] < short[1] < 1e-3
    assert between(problem, short[0]) <= 1e-6
    again = under_gap_rule(problem, gap=1e-7, nodes=200)
    assert again is not None
    assert (again[0] == longer[0]).all()
