"""search: whole numbers near the linear relaxation first, all others only where that does not reach the gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yindi.layout import highs
from yindi.layout.model import Matrix

KERNEL, FEWEST, WHOLE, ROUNDING = 0.08, 40, 1e-7, 1e-9


def search(matrix: Matrix, *, gap: float = 1e-6, seed: int = 0, nodes: int | None = None) -> tuple[highs.Outcome, highs.Outcome]:
    """The best whole-number point to a relative `gap` with its proven bound, and the linear relaxation.

    Where the relaxation is whole it is the plan. Else a kernel is searched, the other columns staying where the relaxation has
    them; a point close enough to the relaxation needs no further proof. Only where there is none are all columns searched but
    those that reduced costs exclude: moving one would lose more than the relaxation is above the point found. Source: Angelelli,
    Mansini and Speranza (2010). Raises YindiError as highs.run does.
    """
    relaxed = highs.run(matrix, relax=True, seed=seed)
    if relaxed.status == highs.INFEASIBLE or not len(relaxed.x):
        return relaxed, relaxed
    kernel = _kernel(matrix, relaxed)
    if not kernel.any():
        return replace(relaxed, x=np.where(matrix.integer, np.round(relaxed.x), relaxed.x)), relaxed
    if kernel[matrix.integer & (matrix.upper > matrix.lower)].all():
        return highs.run(matrix, gap=gap, seed=seed, nodes=nodes), relaxed
    target = relaxed.objective - gap * abs(relaxed.objective)
    found = highs.run(_held(matrix, relaxed, ~kernel), gap=gap, seed=seed, target=target, nodes=nodes)
    if found.status == highs.OPTIMAL and found.objective >= target:
        return replace(found, bound=relaxed.objective), relaxed
    return _wide(matrix, relaxed, found, gap, seed, nodes), relaxed


def _kernel(matrix: Matrix, relaxed: highs.Outcome) -> np.ndarray:
    """Whole-number columns the relaxation leaves undecided, with the others of least reduced cost; none if all are whole."""
    undecided = matrix.integer & (np.abs(relaxed.x - np.round(relaxed.x)) > WHOLE)
    kernel = np.zeros(len(undecided), bool)
    if undecided.any():
        free = matrix.integer & (matrix.upper > matrix.lower)
        cost = np.where(undecided, -1.0, np.where(free, np.abs(relaxed.column_duals), np.inf))
        count = int(undecided.sum()) + max(FEWEST, int(KERNEL * free.sum()))
        kernel[np.argsort(cost, kind="stable")[:count]] = True
    return kernel


def _held(matrix: Matrix, relaxed: highs.Outcome, held: np.ndarray) -> Matrix:
    """The model with the whole-number columns `held` where the relaxation has them."""
    at, held = np.round(relaxed.x), held & matrix.integer
    return matrix.within(np.where(held, at, matrix.lower), np.where(held, at, matrix.upper))


def _wide(
    matrix: Matrix, relaxed: highs.Outcome, found: highs.Outcome, gap: float, seed: int, nodes: int | None
) -> highs.Outcome:
    """All columns but the excluded ones, begun at the point found; the bound holds for plans that move those as well."""
    if found.status != highs.OPTIMAL:
        return highs.run(matrix, gap=gap, seed=seed, nodes=nodes)
    loss = relaxed.objective - found.objective + ROUNDING * max(1.0, abs(relaxed.objective))
    whole = np.abs(relaxed.x - np.round(relaxed.x)) <= WHOLE
    excluded = whole & (np.abs(relaxed.column_duals) > loss)
    wide = highs.run(_held(matrix, relaxed, excluded), gap=gap, seed=seed, start=found.x, nodes=nodes)
    if wide.status != highs.OPTIMAL:
        return replace(found, bound=relaxed.objective)
    return replace(wide, bound=min(relaxed.objective, max(wide.bound, found.objective)))
