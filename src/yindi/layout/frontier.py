"""The front between the value of all and the value of the lagging regions: extremes first, then equal steps of the floor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError
from yindi.layout.check import objective
from yindi.layout.problem import Problem
from yindi.layout.solver import highest_for_lagging, solve_with_floor
from yindi.layout.sound import require_solve

SAME, WORKERS = 1e-9, 2


@dataclass(frozen=True, slots=True)
class Front:
    """Per point: the floor asked for (share of the attainable), value of the plan, value of lagging and leading regions,
    gap (mean value of a leading region less that of a lagging one), and the plans (P,R,C)."""

    floor: np.ndarray
    value: np.ndarray
    lagging: np.ndarray
    leading: np.ndarray
    gap: np.ndarray
    plans: np.ndarray


def front(problem: Problem, *, points: int, gap: float = 1e-6, seed: int = 0, workers: int = WORKERS) -> Front:
    """Up to `points` plans by epsilon-constraint on the floor; one point where efficiency already gives lagging regions all.

    Extremes come first; the points between are solved by `workers` threads at once (HiGHS lets Python go on), each by one thread,
    so that the number of workers changes nothing but the time. Source: Haimes, Lasdon and Wismer (1971). Raises InfeasibleError
    as solve does, MethodError for a number of points that is none.
    """
    require_solve(gap, seed)
    if not isinstance(points, int | np.integer) or points < 0:
        raise MethodError(f"layout: a front has a whole number of points, not negative, got {points!r}.")
    if points == 0:
        return _front(problem, [], [], 0.0)
    rows, columns = problem.order()
    ordered = problem.take(rows, columns)
    efficient, _ = solve_with_floor(ordered, None, gap=gap, seed=seed)
    low, best = _lagging(ordered, efficient), highest_for_lagging(ordered, gap=gap, seed=seed)
    plans, floors = [efficient], [low]
    if best - low > SAME * max(1.0, best):
        wanted = [float(level) for level in np.linspace(low, best, points)[1:]]
        asked = [level - SAME * max(1.0, best) for level in wanted]
        with ThreadPoolExecutor(max(1, workers)) as pool:
            plans += pool.map(lambda least: solve_with_floor(ordered, least, gap=gap, seed=seed)[0], asked)
        floors += wanted
    unsorted = [np.zeros_like(p) for p in plans]
    for plan, back in zip(plans, unsorted, strict=True):
        back[np.ix_(rows, columns)] = plan
    return _front(problem, unsorted, floors, best)


def _lagging(problem: Problem, plan: np.ndarray) -> float:
    return float((plan * problem.value)[np.asarray(problem.lagging)].sum())


def _front(problem: Problem, plans: list[np.ndarray], floors: list[float], best: float) -> Front:
    lag = np.asarray(problem.lagging)
    kept = np.array([_lagging(problem, p) for p in plans])
    value = np.array([objective(problem, p) for p in plans])
    lead = np.array([float((p * problem.value)[~lag].sum()) for p in plans])
    between = lead / max(1, int((~lag).sum())) - kept / max(1, int(lag.sum()))
    share = np.array(floors) / best if best > 0 else np.zeros(len(floors))
    stack = np.array(plans).reshape(len(plans), *problem.value.shape)
    return Front(share, value, kept, lead, between, stack)
