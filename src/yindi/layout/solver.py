"""solve: the plan of highest value under the rules, its proven bound, and the prices of the rules."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from yindi.core.errors import InfeasibleError, MethodError
from yindi.core.registry import method
from yindi.layout import check, highs
from yindi.layout.conflict import conflict, words
from yindi.layout.problem import Problem
from yindi.layout.rules import Assembled, Rule, assemble
from yindi.layout.search import search
from yindi.layout.sound import require_solve


@dataclass(frozen=True, slots=True)
class Dual:
    """One named rule at the plan: its activity, its limit, its price and whether it binds.

    The price is what the objective of the linear relaxation, at its optimum, gains when the rule is loosened by one unit.
    A whole-number plan may gain more or less.
    """

    rule: Rule
    activity: float
    limit: float
    price: float
    binding: bool


@dataclass(frozen=True, slots=True)
class Solution:
    """A layout: `allocation` (R,C) of 0 and 1, its `objective`, the proven `bound`, `duals` by rule code, `status`.

    `relaxation`: optimum of the linear relaxation; `floor`: value the lagging regions had to keep; `lagging_best`: the
    highest they could have had.
    """

    allocation: np.ndarray
    objective: float
    bound: float
    duals: dict[str, Dual]
    status: str
    relaxation: float
    floor: float
    lagging_best: float

    @property
    def gap(self) -> float:
        """Proven distance to the best plan, relative to the objective."""
        return max(0.0, self.bound - self.objective) / max(abs(self.objective), 1e-12)


@method("layout", "milp", cites=("Huangfu and Hall 2018",), laws=("feasible", "equivariant", "bounded_by_relaxation", "scales"))
def solve(problem: Problem, *, gap: float = 1e-6, seed: int = 0) -> Solution:
    """Solve one layout (布局) to a relative `gap`; ties are broken by solving in the order of the labels, so that the order
    in which regions and industries are given never matters.

    Raises InfeasibleError (exit 4) naming the rules that contradict each other. Source: HiGHS (Huangfu and Hall 2018).
    """
    if not isinstance(problem, Problem):
        raise MethodError(f"layout: solve takes a Problem, got {type(problem).__name__}; see yindi.layout.Problem.")
    require_solve(gap, seed)
    rows, columns = problem.order()
    found = _solve_sorted(problem.take(rows, columns), gap, seed)
    plan = np.zeros_like(found.allocation)
    plan[np.ix_(rows, columns)] = found.allocation
    return replace(found, allocation=plan)


def highest_for_lagging(problem: Problem, *, gap: float = 1e-6, seed: int = 0) -> float:
    """The highest value lagging regions together can have under all other rules (the first extreme)."""
    lagging = np.asarray(problem.lagging)
    if not lagging.any():
        return 0.0
    built = assemble(problem, objective=np.where(lagging[:, None], problem.value, 0.0))
    plan = _plan(built, search(built.model.matrix(), gap=gap, seed=seed)[0], problem)
    return float((plan * problem.value)[lagging].sum())


def solve_with_floor(problem: Problem, floor: float | None, *, gap: float = 1e-6, seed: int = 0) -> tuple[np.ndarray, float]:
    """Plan (R,C) and bound when lagging regions must keep the value `floor` together (None: no floor)."""
    built = assemble(problem, floor=floor)
    outcome, _ = search(built.model.matrix(), gap=gap, seed=seed)
    plan = _plan(built, outcome, problem)
    check.require(problem, plan, floor=floor)
    return plan, outcome.bound


def refuse(problem: Problem) -> InfeasibleError:
    """The error that names the rules which contradict each other."""
    return InfeasibleError(words(problem, conflict(problem)))


def _plan(built: Assembled, outcome: highs.Outcome, problem: Problem) -> np.ndarray:
    if outcome.status == highs.INFEASIBLE:
        raise refuse(problem)
    return np.asarray(np.round(outcome.x[built.pairs]) + 0.0)


def _solve_sorted(problem: Problem, gap: float, seed: int) -> Solution:
    best = highest_for_lagging(problem, gap=gap, seed=seed) if problem.floor > 0 else 0.0
    floor = problem.floor * best - 1e-9 * max(1.0, best) if problem.floor > 0 and best > 0 else None
    built = assemble(problem, floor=floor)
    found, relaxed = search(built.model.matrix(), gap=gap, seed=seed)
    plan = _plan(built, found, problem)
    check.require(problem, plan, floor=floor)
    objective = check.objective(problem, plan)
    duals = {d.rule.code: d for d in _duals(problem, built, relaxed, built.point(found.x, plan))}
    return Solution(plan, objective, max(objective, found.bound), duals, highs.OPTIMAL, relaxed.objective, floor or 0.0, best)


def _duals(problem: Problem, built: Assembled, relaxed: highs.Outcome, x: np.ndarray) -> list[Dual]:
    matrix = built.model.matrix()
    activity = matrix.activity(x)
    found = []
    for rule, (row, lower) in built.rows.items():
        limit = float((matrix.row_lower if lower else matrix.row_upper)[row])
        price = _clean(-relaxed.row_duals[row] if lower else relaxed.row_duals[row])
        slack = activity[row] - limit if lower else limit - activity[row]
        found.append(Dual(rule, float(activity[row]), limit, price, bool(slack <= check.TOLERANCE * max(1.0, abs(limit)))))
    return found + _pair_duals(problem, built, relaxed)


def _pair_duals(problem: Problem, built: Assembled, relaxed: highs.Outcome) -> list[Dual]:
    found = []
    for family, mask, at in (("forbidden", problem.forbidden, 0.0), ("locked", problem.locked, 1.0)):
        for r, c in np.argwhere(np.asarray(mask)).tolist():
            reduced = float(relaxed.column_duals[built.pairs[r, c]])
            price = _clean(reduced if family == "forbidden" else -reduced)
            found.append(Dual(Rule(family, problem.regions[r], problem.industries[c]), at, at, price, True))
    return found


def _clean(price: float) -> float:
    return max(0.0, float(price)) if abs(price) > 1e-12 else 0.0
