"""Laws of layouts and of lever budgets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.errors import InfeasibleError
from yindi.core.registry import Method
from yindi.layout.check import broken
from yindi.layout.instances import instance
from yindi.layout.levers import LeverProblem
from yindi.layout.national import National, faults
from yindi.layout.problem import Problem

SEEDS = st.integers(0, 2**32 - 1)
few = settings(law_settings, max_examples=15)


def problem(seed: int) -> Problem:
    """A random problem of up to 8 x 6, often tight, sometimes without a plan."""
    rng = np.random.default_rng(seed)
    r, c = int(rng.integers(1, 9)), int(rng.integers(1, 7))
    return Problem(
        rng.integers(0, 11, (r, c)) / 10,
        limit=rng.integers(0, r + 1, c),
        over_price=np.where(rng.random(c) < 0.3, rng.random(c), np.inf),
        portfolio_min=rng.integers(0, 2, r),
        portfolio_max=rng.integers(1, 4, r),
        lagging=rng.random(r) < 0.4,
        floor=float(rng.choice([0.0, 0.9, 1.0])),
        forbidden=rng.random((r, c)) < 0.1,
    )


def feasible(method: Method, given_problem: Problem) -> tuple[bool, object]:
    try:
        return True, method.fn(given_problem)
    except InfeasibleError as error:
        return False, error


@law("layout", "feasible")
def every_plan_keeps_every_rule(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated = problem(seed)
        found, result = feasible(method, stated)
        if found:
            assert broken(stated, result.allocation, floor=result.floor or None) == ()
        else:
            assert "cannot all hold" in str(result)

    check()


@law("layout", "equivariant")
def the_order_of_labels_does_not_matter(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated, rng = problem(seed), np.random.default_rng(seed + 1)
        rows, columns = (rng.permutation(n) for n in stated.value.shape)
        found, result = feasible(method, stated)
        found_again, mixed = feasible(method, stated.take(rows, columns))
        assert found == found_again
        if found:
            np.testing.assert_array_equal(mixed.allocation, result.allocation[np.ix_(rows, columns)])

    check()


@law("layout", "bounded_by_relaxation")
def no_plan_is_worth_more_than_the_relaxation(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        found, result = feasible(method, problem(seed))
        if found:
            assert result.objective <= result.bound + 1e-9
            assert result.bound <= result.relaxation + 1e-6

    check()


@law("layout", "scales")
def values_times_a_number_scale_the_optimum(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated = problem(seed)
        found, result = feasible(method, stated)
        if found:
            seven = Problem(stated.value * 7, limit=stated.limit, over_price=np.asarray(stated.over_price) * 7,
                            portfolio_min=stated.portfolio_min, portfolio_max=stated.portfolio_max, lagging=stated.lagging,
                            floor=stated.floor, forbidden=stated.forbidden)  # fmt: skip
            assert method.fn(seven).objective == pytest.approx(7 * result.objective, rel=1e-5, abs=1e-6)

    check()


def budgets(seed: int) -> LeverProblem:
    rng = np.random.default_rng(seed)
    r, l = int(rng.integers(1, 7)), int(rng.integers(1, 4))
    return LeverProblem(0.1 + rng.random((r, l)), rng.random(l) * 4, half=0.2 + rng.random((r, l)), weight=0.1 + rng.random(r))


def optional(method: Method) -> None:
    if method.name == "levers":
        pytest.importorskip("clarabel", reason="needs the extra `levers`")


@law("layout", "spends_all")
def budgets_are_spent_and_not_passed(method: Method) -> None:
    optional(method)

    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated = budgets(seed)
        spent = method.fn(stated).spending
        assert (spent >= 0).all()
        np.testing.assert_allclose(spent.sum(axis=0), stated.budget, rtol=1e-4, atol=1e-4)

    check()


@law("layout", "equal_for_equal")
def equal_regions_get_equal_budgets(method: Method) -> None:
    optional(method)

    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        one = budgets(seed)
        twin = LeverProblem(np.vstack([one.effect, one.effect[:1]]), one.budget, half=np.vstack([one.half, one.half[:1]]),
                            weight=np.append(one.weight, one.weight[0]))  # fmt: skip
        spent = method.fn(twin).spending
        np.testing.assert_allclose(spent[0], spent[-1], atol=2e-3)

    check()


def national(seed: int) -> National:
    rng = np.random.default_rng(seed)
    return instance(int(rng.integers(4, 10)), int(rng.integers(6, 10)), candidates=5, seed=seed % 1000)


@law("layout", "national_feasible")
def every_national_plan_keeps_every_hard_rule(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated = national(seed)
        try:
            found = method.fn(stated, gap=1e-4)
        except InfeasibleError:
            return
        assert faults(stated, found.allocation) == ()
        assert found.objective <= found.bound + 1e-9

    check()


@law("layout", "national_monotone")
def larger_pools_never_lower_the_value(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated = national(seed)
        try:
            found = method.fn(stated, gap=1e-6)
        except InfeasibleError:
            return
        more = method.fn(replace(stated, pool=stated.pool + 2, slots=stated.slots + 1), gap=1e-6)
        assert more.objective >= found.objective - 1e-5 * abs(found.objective)

    check()


@law("layout", "protected_monotone")
def more_failing_industries_never_leave_more(method: Method) -> None:
    @few
    @given(SEEDS)
    def check(seed: int) -> None:
        stated, rng = problem(seed), np.random.default_rng(seed)
        loss, few_fail = rng.random(stated.value.shape[1]), float(rng.random() * 2)
        try:
            less, more = (method.fn(stated, failing=f, loss=loss) for f in (few_fail, few_fail + 1))
        except InfeasibleError:
            return
        assert more.worst <= less.worst + 1e-6
        assert broken(stated, more.plan) == ()
        assert less.worst <= less.bound + 1e-9

    check()
