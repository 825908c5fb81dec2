"""Periods of a rolling horizon end in a plan that keeps every rule of the problem, whatever came first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yindi.core.errors import InfeasibleError
from yindi.layout.check import broken
from yindi.layout.further import Terms, further
from yindi.layout.problem import Problem
from yindi.layout.rolling import rolling
from yindi.layout.solver import solve

# Two regions, one industry for one of them, worth 3 in the north and 2 in the south. Left alone the north begins it at once.
SCARCE = Problem(np.array([[3.0], [2.0]]), limit=1, regions=["north", "south"], industries=["robots"])


def test_a_locked_pair_of_the_last_period_is_not_shut_out_by_the_first():
    assert rolling(SCARCE, np.zeros((1, 1)), periods=2, lift=0.3).begun.tolist() == [[1], [0]]
    locked = replace(SCARCE, locked=[[False], [True]])
    assert rolling(locked, np.zeros((1, 1)), periods=2, lift=0.3).begun.tolist() == [[0], [1]]


def test_the_floor_of_the_layout_holds_at_the_end_of_the_horizon():
    """Lagging regions can have 2 at most, and must: the only place is the south's."""
    kept = rolling(replace(SCARCE, lagging=[False, True], floor=1.0), np.zeros((1, 1)), periods=2, lift=0.3)
    assert kept.begun.tolist() == [[0], [1]]


def test_what_is_impossible_at_once_is_named_before_any_period():
    with pytest.raises(InfeasibleError, match=r"industry limit: robots .at most 1 regions.; locked pair: north with robots"):
        rolling(replace(SCARCE, locked=True), np.zeros((1, 1)), periods=2, lift=0.3)


def test_further_places_are_given_out_once_and_not_every_period():
    """One region, five industries, two places and one more of the nation's: three in all, however many periods."""
    shape = (1, 5, 1)
    terms = Terms(extra=np.zeros(shape), capacity=np.ones(shape), cost=np.zeros((*shape, 0)), units=np.zeros((1, 0)),
                  pool=np.zeros(0), existing=np.zeros(5), low=np.zeros(5), high=np.full(5, np.inf), zone=np.zeros(1, int),
                  strategic=np.zeros(5, bool), link=np.zeros((0, 4)), bonus=np.zeros(0))  # fmt: skip
    stated = Problem(np.array([[5.0, 4, 3, 2, 1]]), portfolio_max=2, nation=further(terms, slots=1, slot_most=1))
    found = rolling(stated, np.zeros((5, 5)), periods=3, lift=0.0)
    assert (found.begun > 0).tolist() == [[True, True, True, False, False]]


def random_problem(seed: int) -> Problem:
    """Twelve pairs under limits, places, locks and a floor that clash more often than not."""
    rng = np.random.default_rng(seed)
    return Problem(rng.integers(1, 20, (4, 3)) / 2, limit=rng.integers(1, 4, 3), portfolio_min=rng.integers(0, 2, 4),
                   portfolio_max=rng.integers(1, 3, 4), lagging=rng.random(4) < 0.5, floor=0.9, locked=rng.random((4, 3)) < 0.2,
                   closed=rng.random((4, 3)) < 0.1)  # fmt: skip


def test_where_one_plan_exists_the_periods_find_one_that_keeps_every_rule():
    tried = 0
    for seed in range(60):
        stated = random_problem(seed)
        if (stated.locked & stated.closed).any():
            continue
        try:
            once = solve(stated)
        except InfeasibleError:
            continue
        tried += 1
        found = rolling(stated, 0.4 * (1 - np.eye(3)), periods=3, lift=0.5)
        assert broken(stated, (found.begun > 0).astype(float), floor=once.floor) == ()
    assert tried >= 15
