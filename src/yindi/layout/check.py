"""Every plan checked rule by rule outside the solver, from the problem and not from the model."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import EvidenceError
from yindi.layout.problem import Problem
from yindi.layout.settle import settled

TOLERANCE = 1e-6


def broken(problem: Problem, plan: np.ndarray, *, floor: float | None = None) -> tuple[str, ...]:
    """The rules a plan (R,C) of 0 and 1 breaks, in words; empty when it keeps all. `floor`: value lagging regions must keep."""
    plan = np.asarray(plan, dtype=float)
    faults = [] if np.isin(plan, (0.0, 1.0)).all() else ["the plan holds numbers other than 0 and 1"]
    held, spread = plan.sum(axis=1), plan.sum(axis=0)
    most = np.asarray(problem.portfolio_max) + (0 if problem.nation is None else problem.nation.slot_most)
    hard = ~np.isfinite(np.asarray(problem.over_price))
    over = spread > np.where(hard, np.asarray(problem.limit), np.inf)
    for k in np.flatnonzero(over).tolist():
        faults.append(f"industry {problem.industries[k]} stands in {spread[k]:.0f} regions, over its limit")
    for k in np.flatnonzero((held > most) | (held < problem.portfolio_min)).tolist():
        faults.append(f"region {problem.regions[k]} holds {held[k]:.0f} industries, outside its portfolio")
    for name, wrong in (("forbidden", (plan > 0) & problem.shut), ("locked", (plan < 1) & problem.locked)):
        for a, b in np.argwhere(wrong).tolist():
            faults.append(f"{name} pair {problem.regions[a]}, {problem.industries[b]} is not kept")
    if floor is not None:
        kept = float((plan * problem.value)[np.asarray(problem.lagging)].sum())
        if kept < floor - TOLERANCE * max(1.0, abs(floor)):
            faults.append(f"lagging regions keep {kept:.6g}, less than the floor {floor:.6g}")
    return (*faults, *(() if problem.nation is None or faults else settled(problem, plan).faults))


def objective(problem: Problem, plan: np.ndarray) -> float:
    """Value of a plan less what passing limits costs, computed from the problem."""
    over = np.clip(plan.sum(axis=0) - np.asarray(problem.limit), 0.0, None)
    soft = np.isfinite(np.asarray(problem.over_price))
    charged = float((problem.value * plan).sum() - (over[soft] * np.asarray(problem.over_price)[soft]).sum())
    return charged if problem.nation is None else charged + settled(problem, plan).worth


def require(problem: Problem, plan: np.ndarray, *, floor: float | None = None) -> None:
    """Raise EvidenceError when a plan breaks a rule."""
    faults = broken(problem, plan, floor=floor)
    if faults:
        raise EvidenceError(f"layout: the solver's plan breaks {len(faults)} rule(s): {'; '.join(faults[:5])}.")
