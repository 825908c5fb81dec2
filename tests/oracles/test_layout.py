"""Layout kernels against hand-worked plans, brute force and properties every optimum has."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

import yindi
from yindi.core.errors import InfeasibleError, MethodError
from yindi.core.streams import stream
from yindi.layout.check import broken, objective
from yindi.layout.conflict import conflict
from yindi.layout.frontier import front
from yindi.layout.further import Terms, further
from yindi.layout.marginal import gains
from yindi.layout.prices import best_alone, replies
from yindi.layout.problem import Problem
from yindi.layout.rules import Rule
from yindi.layout.stability import frequency, kinds, margins

# Example A of LAYOUT.md 2.6: three regions, two industries, one industry each, band of one region on industry 1.
# Values by plan (industry of regions 1, 2, 3): 1,1,1: 10+8+6 = 24, two over; 1,2,1: 10+7+6 = 23, one over;
# 1,2,2: 10+7+2 = 19, none over. So with a price rho: max(24 - 2 rho, 23 - rho, 19), switching at rho = 1 and rho = 4.
A = np.array([[10.0, 5.0], [8.0, 7.0], [6.0, 2.0]])


def example_a(rho: float = np.inf) -> Problem:
    return Problem(A, limit=[1, np.inf], over_price=[rho, np.inf], portfolio_min=1, portfolio_max=1)


@pytest.mark.parametrize(
    ("rho", "best", "plan"),
    [
        (0.0, 24, (1, 1, 1)),
        (0.5, 23, (1, 1, 1)),
        (2, 21, (1, 2, 1)),
        (3.9, 19.1, (1, 2, 1)),
        (5, 19, (1, 2, 2)),
        (np.inf, 19, (1, 2, 2)),
    ],
)
def test_example_a_with_a_price_on_passing_the_band(rho, best, plan):
    found = yindi.layout.solve(example_a(rho))
    assert found.objective == pytest.approx(best)
    assert tuple(found.allocation.argmax(axis=1) + 1) == plan
    assert found.status == "optimal"
    assert found.bound == pytest.approx(best, rel=1e-6)


# By prices (band hard): region r answers max(V1 - p, V2), the bound is p + sum of answers.
# p = 0.5: 9.5 + 7.5 + 5.5 + 0.5 = 23; p = 2: 8 + 7 + 4 + 2 = 21; p = 4.5: 5.5 + 7 + 2 + 4.5 = 19 = the optimum.
@pytest.mark.parametrize(("price", "bound", "reply"), [(0.5, 23, (1, 1, 1)), (2, 21, (1, 2, 1)), (4.5, 19, (1, 2, 2))])
def test_example_a_by_prices(price, bound, reply):
    said = replies(example_a(), np.array([price, 0.0]))
    assert said.bound == pytest.approx(bound)
    assert tuple(said.plan.argmax(axis=1) + 1) == reply


def test_the_price_of_the_band_lies_where_both_switching_points_are():
    price = yindi.layout.solve(example_a()).duals["limit|c1"].price
    assert 4 <= price <= 5  # any price in [4, 5] supports the plan 1,2,2
    assert replies(example_a(), np.array([price, 0.0])).bound == pytest.approx(19)


def test_what_each_rule_costs_the_plan():
    """Plan 1,2,2 = 19. One more place in industry 1: plan 1,2,1 = 23. Two industries for region 1: it takes both, + 5. Two for
    region 2: it takes both (15) and region 1 answers with industry 2 (5), 15 + 5 + 2 = 22, while the relaxation's price is 7."""
    found = yindi.layout.solve(example_a())
    gained = gains(example_a(), found)
    assert gained["limit|c1"] == pytest.approx(4)
    assert gained["portfolio_max|r1"] == pytest.approx(5)
    assert gained["portfolio_max|r2"] == pytest.approx(3)
    assert gained["portfolio_min|r1"] == pytest.approx(0)


def small(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    r, c = ((3, 4), (4, 3), (2, 6), (6, 2))[seed % 4]
    return Problem(
        rng.integers(1, 30, (r, c)) / 10,
        limit=rng.integers(1, r + 1, c),
        over_price=np.where(rng.random(c) < 0.5, rng.integers(1, 9, c) / 10, np.inf),
        portfolio_min=rng.integers(0, 2, r),
        portfolio_max=2,
        lagging=np.arange(r) >= r // 2,
        floor=rng.choice([0.0, 0.6, 0.9, 1.0]),
        forbidden=rng.random((r, c)) < 0.15,
    )


def enumerate_plans(problem: Problem) -> tuple[float, float]:
    """Best objective and best lagging value by trying all plans."""
    shape, best, lag, kept = problem.value.shape, -np.inf, -np.inf, []
    for bits in itertools.product((0.0, 1.0), repeat=int(np.prod(shape))):
        plan = np.array(bits).reshape(shape)
        if not broken(problem, plan):
            kept.append(plan)
            lag = max(lag, float((plan * problem.value)[problem.lagging].sum()))
    for plan in kept:
        if (plan * problem.value)[problem.lagging].sum() >= problem.floor * lag - 1e-9:
            best = max(best, objective(problem, plan))
    return best, lag


@pytest.mark.parametrize("seed", range(12))
def test_brute_force_agrees(seed):
    problem = small(seed)
    best, lag = enumerate_plans(problem)
    if best == -np.inf:
        with pytest.raises(InfeasibleError):
            yindi.layout.solve(problem)
        return
    found = yindi.layout.solve(problem)
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert found.relaxation >= best - 1e-6
    if problem.floor > 0:
        assert found.lagging_best == pytest.approx(lag, abs=1e-6)


def middle(**changes) -> Problem:
    rng = np.random.default_rng(8)
    base = Problem(rng.random((14, 9)), limit=5, portfolio_min=2, portfolio_max=4, lagging=np.arange(14) > 8, floor=0.9)
    return replace(base, **changes)


def test_wider_limits_and_portfolios_never_lower_the_value_and_a_higher_floor_never_raises_it():
    base = yindi.layout.solve(middle()).objective
    assert yindi.layout.solve(middle(limit=np.full(9, 6.0))).objective >= base - 1e-6
    assert yindi.layout.solve(middle(portfolio_max=np.full(14, 5.0))).objective >= base - 1e-6
    assert yindi.layout.solve(middle(floor=1.0)).objective <= base + 1e-6
    assert yindi.layout.solve(middle(floor=0.0)).objective >= base - 1e-6


def test_values_times_seven_give_the_same_plan_and_seven_times_the_value():
    one, seven = yindi.layout.solve(middle()), yindi.layout.solve(middle(value=middle().value * 7))
    assert seven.objective == pytest.approx(7 * one.objective)
    np.testing.assert_array_equal(one.allocation, seven.allocation)


def test_the_bound_is_proven_again_from_the_prices_alone():
    found = yindi.layout.solve(middle())
    price = np.array([found.duals[f"limit|c{k}"].price for k in range(1, 10)])
    said = replies(middle(), price, floor_price=found.duals["floor"].price, floor=found.floor)
    assert found.objective <= said.bound + 1e-9
    assert said.bound == pytest.approx(found.relaxation, rel=1e-6)


def test_the_order_of_regions_and_industries_does_not_matter_even_in_ties():
    value = np.round(np.random.default_rng(4).random((10, 6)), 1)
    names = {"regions": [f"r{k}" for k in range(10)], "industries": list("abcdef")}
    problem = Problem(value, limit=3, portfolio_max=2, lagging=np.arange(10) < 4, floor=0.8, **names)
    rows, columns = np.random.default_rng(5).permutation(10), np.random.default_rng(6).permutation(6)
    mixed = yindi.layout.solve(problem.take(rows, columns)).allocation
    np.testing.assert_array_equal(mixed, yindi.layout.solve(problem).allocation[np.ix_(rows, columns)])


def test_the_same_seed_gives_the_same_plan():
    np.testing.assert_array_equal(yindi.layout.solve(middle()).allocation, yindi.layout.solve(middle()).allocation)


def test_equal_regions_have_equal_total_value_at_any_tie():
    found = yindi.layout.solve(Problem(np.ones((4, 2)), limit=2, portfolio_max=1))
    assert found.objective == 4.0
    np.testing.assert_array_equal(found.allocation.sum(axis=0), [2, 2])


def test_a_planted_optimum_is_found():
    """Each region's planted industry is worth 1 and every limit fits the plant exactly; nothing else is worth more than 0.9."""
    rng = np.random.default_rng(1)
    planted = np.arange(60) % 12
    value = rng.random((60, 12)) * 0.9
    value[np.arange(60), planted] = 1.0
    found = yindi.layout.solve(Problem(value, limit=5, portfolio_max=1))
    np.testing.assert_array_equal(found.allocation.argmax(axis=1), planted)
    assert found.objective == pytest.approx(60)


def test_front_runs_from_efficiency_to_the_highest_floor():
    found = front(middle(), points=6)
    assert len(found.value) == 6
    assert (np.diff(found.value) <= 1e-6).all()
    assert (np.diff(found.lagging) >= -1e-6).all()
    assert found.value[0] == pytest.approx(yindi.layout.solve(middle(floor=0.0)).objective)
    assert found.floor[-1] == pytest.approx(1.0)
    assert all(not broken(middle(), plan) for plan in found.plans)


def test_front_is_a_point_where_regions_do_not_compete():
    assert len(front(middle(limit=np.full(9, np.inf)), points=6).value) == 1
    assert len(front(middle(), points=0).value) == 0


def test_best_alone_is_the_top_of_each_row():
    # 10 + 5, 8 + 7, 6 + 2 when two are allowed; the largest when one is.
    np.testing.assert_allclose(best_alone(Problem(A, limit=1, portfolio_max=2)), [15, 15, 8])
    np.testing.assert_allclose(best_alone(Problem(A, limit=1, portfolio_max=1)), [10, 8, 6])


def test_conflict_names_exactly_the_rules_that_clash():
    locked = np.zeros((8, 3), bool)
    locked[:4, 1] = True
    problem = Problem(np.ones((8, 3)), limit=3, portfolio_max=2, locked=locked)
    named = conflict(problem)
    assert {r.code for r in named} == {"limit|c2", *(f"locked|r{k}|c2" for k in range(1, 5))}
    with pytest.raises(InfeasibleError, match=r"industry limit: c2 \(at most 3 regions\).*locked pair: r1 with c2") as error:
        yindi.layout.solve(problem)
    assert error.value.exit_code == 4


def test_dropping_any_rule_of_the_conflict_leaves_a_plan():
    problem = Problem(np.ones((5, 3)), limit=2, portfolio_min=2)  # ten places wanted, six there
    named = conflict(problem)
    assert {r.family for r in named} == {"limit", "portfolio_min"}
    for dropped in named:
        limit = np.where([Rule("limit", "", c) in named and c != dropped.industry for c in problem.industries], 2, np.inf)
        least = np.where([Rule("portfolio_min", r) in named and r != dropped.region for r in problem.regions], 2, 0)
        assert yindi.layout.solve(Problem(np.ones((5, 3)), limit=limit, portfolio_min=least)).objective > 0


def test_locked_and_forbidden_together_are_named():
    mask = np.zeros((2, 2), bool)
    mask[0, 1] = True
    with pytest.raises(InfeasibleError, match=r"forbidden pair: r1 with c2; locked pair: r1 with c2"):
        yindi.layout.solve(Problem(np.ones((2, 2)), locked=mask, forbidden=mask))


def test_a_pair_that_is_no_candidate_is_not_said_to_be_forbidden():
    """Freed of the prohibition, the locked pair would still be none: only the lock is to be loosened."""
    mask = np.array([[True, False]])
    with pytest.raises(InfeasibleError, match=r"These cannot all hold: locked pair: r1 with c1\. ->"):
        yindi.layout.solve(Problem(np.ones((1, 2)), locked=mask, forbidden=mask, closed=mask))


def test_a_portfolio_that_cannot_be_filled_is_named():
    with pytest.raises(InfeasibleError, match=r"smallest portfolio: r1 .at least 3 industries."):
        yindi.layout.solve(Problem(np.ones((1, 2)), portfolio_min=3))
    with pytest.raises(InfeasibleError, match="largest portfolio"):
        yindi.layout.solve(Problem(np.ones((2, 3)), portfolio_min=2, portfolio_max=1))


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1)])
def test_one_region_or_one_industry(shape):
    value = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    found = yindi.layout.solve(Problem(value, limit=1, portfolio_max=1))
    assert found.objective == value.max()
    assert found.allocation.sum() == 1


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_empty_sets_give_the_empty_plan(shape):
    found = yindi.layout.solve(Problem(np.zeros(shape), limit=1, portfolio_max=1, floor=0.9, lagging=True))
    assert found.allocation.shape == shape
    assert (found.objective, found.bound, found.gap) == (0.0, 0.0, 0.0)


def test_nothing_allowed_gives_the_empty_plan():
    for rules in ({"limit": 0}, {"portfolio_max": 0}, {"forbidden": True}):
        found = yindi.layout.solve(Problem(np.ones((3, 2)), lagging=True, floor=1.0, **rules))
        assert found.allocation.sum() == 0
        assert found.objective == 0


def test_bad_numbers_are_refused():
    for wrong in ({"value": [[np.nan]]}, {"value": [[-1.0]]}, {"value": [1.0]}, {"value": [[1.0]], "limit": [1, 2]},
                  {"value": [[1.0]], "floor": 1.2}, {"value": [[1.0]], "portfolio_max": np.nan},
                  {"value": np.ones((2, 1)), "regions": ["a", "a"]}):  # fmt: skip
        with pytest.raises(MethodError):
            Problem(**wrong)


def test_the_check_outside_the_solver_sees_every_kind_of_fault():
    problem = replace(example_a(), locked=np.eye(3, 2, dtype=bool), lagging=np.ones(3, bool))
    plan = np.array([[0.5, 0.0], [1.0, 0.0], [1.0, 1.0]])
    said = " ".join(broken(problem, plan, floor=100.0))
    for part in ("other than 0 and 1", "over its limit", "outside its portfolio", "locked pair r1, c1", "less than the floor"):
        assert part in said


def test_margins_at_the_prices_by_hand():
    """Example A with the band at any price p in [4, 5]: net of industry 1 is 10 - p, 8 - p, 6 - p. Region 1 holds it against 5:
    5 - p to spare; region 2 holds industry 2 at 7 against 8 - p; region 3 at 2 against 6 - p."""
    found = yindi.layout.solve(example_a())
    p = found.duals["limit|c1"].price
    expected = [[5 - p, p - 5], [1 - p, p - 1], [4 - p, p - 4]]
    np.testing.assert_allclose(margins(example_a(), found), expected)


def test_margins_count_what_a_package_adds_and_what_its_units_cost():
    """One place, two industries worth 1.0 and 0.9; a package adds 0.2 to the second for one unit: 1.1 against 1.0. The region
    owns the unit, so it costs nothing; with none of its own and none to lend, the place goes to the first: 1.0 against 0.9, and
    the unit has a price that makes the package no better than none."""
    terms = {"extra": np.array([[[0.0, 0.0], [0.0, 0.2]]]), "capacity": np.ones((1, 2, 2)), "cost": np.array([[[[0], [1]]] * 2]),
             "pool": np.zeros(1), "existing": np.zeros(2), "low": np.zeros(2), "high": np.full(2, 9.0), "zone": np.zeros(1, int),
             "strategic": np.zeros(2, bool), "link": np.zeros((0, 4), int), "bonus": np.zeros(0)}  # fmt: skip
    named = {"region_codes": ("r1",), "industry_codes": ("c1", "c2"), "zone_codes": ("z",), "capability_codes": ("m",)}
    for units, expected in ((1, [-0.1, 0.1]), (0, [0.1, -0.1])):
        nation = further(Terms(units=np.array([[units]]), **terms), **named)
        problem = Problem(np.array([[1.0, 0.9]]), portfolio_min=1, portfolio_max=1, nation=nation)
        found = yindi.layout.solve(problem)
        np.testing.assert_allclose(margins(problem, found), [expected], atol=1e-9)


def test_choices_far_ahead_are_core_and_coin_tosses_are_not():
    value = np.array([[9.0, 1.0], [5.0, 5.0]])
    problem = Problem(value, portfolio_min=1, portfolio_max=1)
    found = yindi.layout.solve(problem)
    often = frequency(problem, found, draws=60, rng=stream(1, "f"))
    assert often[0, 0] == 1.0
    assert 0.2 < often[1, 0] < 0.8
    np.testing.assert_allclose(often.sum(axis=1), 1.0)
    said = kinds(found.allocation, often)
    assert said[0, 0] == "core"
    assert "core" not in said[1]
    assert said[0, 1] == ""
