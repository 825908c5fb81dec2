"""What each rule costs the whole-number plan: solved again with that one rule loosened, since prices are the relaxation's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from yindi.layout import check
from yindi.layout.national import National
from yindi.layout.problem import Problem
from yindi.layout.rules import (
    BAND,
    BAND_LOW,
    FAMILIES,
    FLOOR,
    FORBIDDEN,
    LEAST,
    LIMIT,
    LOCKED,
    MOST,
    POOL,
    SLOTS,
    STRATEGIC,
    UNITS,
    Rule,
)
from yindi.layout.solver import Solution, solve_with_floor

COLUMNS = 500


def loosened(problem: Problem, rule: Rule) -> Problem:
    """The problem with one rule loosened by one unit (a pair set free, the floor dropped)."""
    changes: dict[str, object] = {}
    r = problem.regions.index(rule.region) if rule.region else -1
    c = problem.industries.index(rule.industry) if rule.industry else -1
    if rule.family == FLOOR:
        changes["floor"] = 0.0
    if rule.family == LIMIT:
        changes["limit"] = _changed(problem.limit, c, 1.0)
    if rule.family in (MOST, LEAST):
        changes[rule.family] = _changed(getattr(problem, rule.family), r, 1.0 if rule.family == MOST else -1.0)
    if rule.family in (FORBIDDEN, LOCKED):
        mask = np.array(getattr(problem, rule.family))
        mask[r, c] = False
        changes[rule.family] = mask
    if problem.nation is not None and rule.family in (BAND, BAND_LOW, STRATEGIC, UNITS, POOL, SLOTS):
        changes["nation"] = _further(problem.nation, rule, r, c)
    return replace(problem, **changes)  # type: ignore[arg-type]


def _further(n: National, rule: Rule, r: int, c: int) -> National:
    """Further rules with one of them loosened: a band a unit wider, an industry no longer strategic, a unit or a place more."""
    m = n.capability_codes.index(rule.part) if rule.part else 0
    if rule.family == BAND:
        return replace(n, high=_changed(n.high, c, 1.0))
    if rule.family == BAND_LOW:
        return replace(n, low=_changed(n.low, c, -1.0))
    if rule.family == STRATEGIC:
        kept = np.array(n.strategic)
        kept[c] = False
        return replace(n, strategic=kept)
    if rule.family == UNITS:
        more = np.array(n.units, float)
        more[r, m] += 1.0
        return replace(n, units=more)
    return replace(n, pool=_changed(n.pool, m, 1.0)) if rule.family == POOL else replace(n, slots=n.slots + 1)


def effects(
    problem: Problem, found: Solution, *, families: Sequence[str] = FAMILIES, gap: float = 1e-6, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """Per rule code, what the best plan gains when that rule alone is loosened, and how many pairs of the layout it then does
    without; 0 for rules that do not bind.

    The value lagging regions must keep stays what it was, except where the floor itself is the rule. Nothing is solved again
    under further national rules with more than COLUMNS pairs times packages: each such solution takes seconds.
    """
    if problem.nation is not None and int(problem.open.sum()) * problem.nation.value.shape[1] > COLUMNS:
        return {}
    held = found.floor if problem.floor > 0 and found.lagging_best > 0 else None
    result = {}
    for code, dual in found.duals.items():
        if dual.rule.family not in families:
            continue
        result[code] = (0.0, 0.0)
        if dual.binding or dual.price > 0:
            floor = None if dual.rule.family == FLOOR else held
            plan, _ = solve_with_floor(loosened(problem, dual.rule), floor, gap=gap, seed=seed)
            more = max(0.0, check.objective(loosened(problem, dual.rule), plan) - found.objective)
            result[code] = (more, float((found.allocation * (1 - plan)).sum()) if more > 0 else 0.0)
    return result


def gains(
    problem: Problem, found: Solution, *, families: Sequence[str] = FAMILIES, gap: float = 1e-6, seed: int = 0
) -> dict[str, float]:
    """Per rule code, what the best plan gains when that rule alone is loosened; see `effects`."""
    return {code: gain for code, (gain, _) in effects(problem, found, families=families, gap=gap, seed=seed).items()}


def _changed(given: object, at: int, by: float) -> np.ndarray:
    array = np.array(given, dtype=float)
    array[at] = max(0.0, array[at] + by)
    return array
