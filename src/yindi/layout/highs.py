"""HiGHS in process: one thread, a gap and never a time limit, a fixed seed; so the same model gives the same answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import YindiError
from yindi.layout.model import Matrix

INFEASIBLE, OPTIMAL, UNKNOWN = "infeasible", "optimal", "unknown"
LEAN = {"mip_pscost_minreliable": 0, "mip_heuristic_run_rens": False, "mip_heuristic_run_root_reduced_cost": False}


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


def run(
    matrix: Matrix,
    *,
    relax: bool = False,
    gap: float = 1e-6,
    seed: int = 0,
    target: float = np.inf,
    start: np.ndarray | None = None,
    nodes: int | None = None,
    lean: bool = False,
) -> Outcome:
    """Maximise; `relax` drops integrality; a whole-number search may stop at a point worth `target` and begin at `start`.

    A `lean` one takes branching costs as the tree shows them, without trying branches out first, and of the searches in smaller
    problems only the neighbourhood of the best point (RINS): for models whose bound is near long before a plan is. A search may
    stop after `nodes` of its tree too, with the best point and the bound until then; UNKNOWN where it has neither found a point
    nor shown that there is none.

    Raises YindiError when the solver ends neither optimal nor infeasible.
    """
    n, m = len(matrix.cost), len(matrix.row_lower)
    if n == 0:
        return _without_columns(matrix)
    import highspy

    solver = _loaded(highspy, matrix, relax, gap, seed, target)
    more = {**(LEAN if lean else {}), **({} if nodes is None else {"mip_max_nodes": nodes})}
    for option, setting in more.items():
        solver.setOptionValue(option, setting)
    if start is not None:
        point = highspy.HighsSolution()
        point.col_value = list(start)
        solver.setSolution(point)
    solver.run()
    status = solver.getModelStatus()
    known = highspy.HighsModelStatus
    if status in (known.kInfeasible, known.kUnboundedOrInfeasible):
        return Outcome(INFEASIBLE, np.zeros(n), np.nan, np.nan, np.zeros(m), np.zeros(n))
    if status == known.kSolutionLimit and not solver.getSolution().value_valid:
        return Outcome(UNKNOWN, np.zeros(n), np.nan, np.inf, np.zeros(m), np.zeros(n))
    if status not in (known.kOptimal, known.kObjectiveTarget, known.kSolutionLimit):
        raise YindiError(
            f"HiGHS ended with {solver.modelStatusToString(status)!r}: neither a plan nor a proof that there is none."
        )
    return _outcome(solver, matrix, relax)


def relaxations(matrix: Matrix, variants: Iterable[Matrix]) -> Iterator[Outcome | None]:
    """The relaxation of each variant of a model that has the same rows and columns, begun at the model's own optimal basis; None
    where a variant has no plan. The basis saves steps and changes no optimum."""
    if not len(matrix.cost):
        yield from (_without_columns(v) for v in variants)
        return
    import highspy

    first = _loaded(highspy, matrix, True, 0.0, 0, np.inf)
    first.run()
    basis = first.getBasis()
    for variant in variants:
        solver = _loaded(highspy, variant, True, 0.0, 0, np.inf)
        if basis.valid:
            solver.setBasis(basis)
        solver.run()
        optimal = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        yield _outcome(solver, variant, True) if optimal else None


def model(matrix: Matrix) -> Any:
    """HiGHS with a model loaded that is not solved: for writing it to a file."""
    import highspy

    return _loaded(highspy, matrix, False, 0.0, 0, np.inf)


def _loaded(highspy: Any, matrix: Matrix, relax: bool, gap: float, seed: int, target: float) -> Any:
    solver = _quiet(highspy, seed)
    for option, value in (("mip_rel_gap", gap), ("mip_abs_gap", 1e-9)):
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


def _quiet(highspy: Any, seed: int) -> Any:
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", 1), ("random_seed", seed % 2**31)):
        solver.setOptionValue(option, value)
    return solver


class Master:
    """The master of a decomposition: columns that regions share, a share of one among each region's replies, national rows.

    Each national row may be broken either way at its price plus or minus `width`, so prices stay in a box and a point exists.
    """

    def __init__(
        self,
        together: Any,
        cost: np.ndarray,
        bounds: tuple[np.ndarray, np.ndarray],
        sides: tuple[np.ndarray, np.ndarray],
        regions: int,
        prices: np.ndarray,
        width: float,
    ):
        import highspy
        from scipy.sparse import csr_matrix, hstack, identity, vstack

        self.rows, self.shared, self.regions = together.shape[0], together.shape[1], regions
        square = identity(self.rows, format="csr")
        top = hstack([together, square, -square]).tocsr()
        whole = vstack([top, csr_matrix((regions, top.shape[1]))]).tocsr()
        slack = np.zeros(2 * self.rows)
        price = np.concatenate([cost, prices - width, -(prices + width)])
        self.solver = _quiet(highspy, 0)
        self.solver.passModel(
            whole.shape[1], whole.shape[0], whole.nnz, int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
            -price, np.concatenate([bounds[0], slack]), np.concatenate([bounds[1], slack + np.inf]),
            np.concatenate([sides[0], np.ones(regions)]), np.concatenate([sides[1], np.ones(regions)]),
            whole.indptr.astype(np.int32), whole.indices.astype(np.int32), whole.data, np.zeros(whole.shape[1], np.int32),
        )  # fmt: skip
        self._added = 0

    def add(self, columns: Any, cost: np.ndarray) -> None:
        """One more reply (rows, regions) of every region, worth `cost` (regions,)."""
        from scipy.sparse import identity, vstack

        more = vstack([columns, identity(self.regions, format="csc")]).tocsc()
        count = self.regions
        self.solver.addCols(count, -cost, np.zeros(count), np.full(count, np.inf), more.nnz,
                            more.indptr.astype(np.int32), more.indices.astype(np.int32), more.data)  # fmt: skip
        self._added += 1

    def solve(self) -> tuple[float, np.ndarray]:
        """The master's value and its prices of the national rows."""
        self.solver.run()
        value = -float(self.solver.getInfo().objective_function_value)
        return value, -np.array(self.solver.getSolution().row_dual[: self.rows])

    def weights(self) -> np.ndarray:
        """(rounds, regions) the share of each reply in the master's point."""
        value = np.array(self.solver.getSolution().col_value[self.shared + 2 * self.rows :])
        return value.reshape(self._added, self.regions)


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
