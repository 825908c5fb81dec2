"""HiGHS in process: one thread, a gap and never a time limit, a fixed seed; so the same model gives the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import YindiError
from yindi.layout.model import Matrix

INFEASIBLE, OPTIMAL = "infeasible", "optimal"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the solver says: status, point x, its objective, the proven bound, and (LP only) duals of rows and columns.

    Duals are gains of the maximised objective for one unit more on the right side.
    """

    status: str
    x: np.ndarray
    objective: float
    bound: float
    row_duals: np.ndarray
    column_duals: np.ndarray


def run(matrix: Matrix, *, relax: bool = False, gap: float = 1e-6, seed: int = 0, target: float = np.inf) -> Outcome:
    """Maximise; `relax` drops integrality; a whole-number search may stop at a point worth `target`.

    Raises YindiError when the solver ends neither optimal nor infeasible.
    """
    n, m = len(matrix.cost), len(matrix.row_lower)
    if n == 0:
        return _without_columns(matrix)
    import highspy

    solver = _loaded(highspy, matrix, relax, gap, seed, target)
    solver.run()
    status = solver.getModelStatus()
    known = highspy.HighsModelStatus
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Outcome(INFEASIBLE, np.zeros(n), np.nan, np.nan, np.zeros(m), np.zeros(n))
    if status not in (known.kOptimal, known.kObjectiveTarget):
        raise YindiError(
            f"HiGHS ended with {solver.modelStatusToString(status)!r}: neither a plan nor a proof that there is none."
        )
    return _outcome(solver, matrix, relax)


def _loaded(highspy: Any, matrix: Matrix, relax: bool, gap: float, seed: int, target: float) -> Any:
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", seed % 2**31), ("mip_rel_gap", gap),
                          ("mip_abs_gap", 1e-9)):  # fmt: skip
        solver.setOptionValue(option, value)
    if np.isfinite(target) and not relax:
        solver.setOptionValue("objective_target", -target)
    n, m = len(matrix.cost), len(matrix.row_lower)
    kind = np.where(matrix.integer & (not relax), 1, 0).astype(np.int32)
    solver.passModel(
        n, m, len(matrix.index), int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
        -matrix.cost, matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper,
        matrix.start, matrix.index, matrix.coefficient, kind,
    )  # fmt: skip
    return solver


def _outcome(solver: Any, matrix: Matrix, relax: bool) -> Outcome:
    solution = solver.getSolution()
    x = np.array(solution.col_value)
    lp = relax or not matrix.integer.any()
    objective = float(matrix.cost @ x)
    bound = objective if lp else -float(solver.getInfo().mip_dual_bound)
    rows = -np.array(solution.row_dual) if lp else np.zeros(len(matrix.row_lower))
    columns = -np.array(solution.col_dual) if lp else np.zeros(len(x))
    return Outcome(OPTIMAL, x, objective, bound, rows, columns)


def _without_columns(matrix: Matrix) -> Outcome:
    fits = bool(np.all(matrix.row_lower <= 0) and np.all(matrix.row_upper >= 0))
    m = len(matrix.row_lower)
    return Outcome(OPTIMAL if fits else INFEASIBLE, np.zeros(0), 0.0, 0.0, np.zeros(m), np.zeros(0))
