"""The relaxation of a large model: solved over promising columns, then over those its prices call for, until none is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from yindi.layout import highs
from yindi.layout.model import Matrix

LARGE, ROUNDS, WORTH = 50_000, 30, 1e-7


def relaxation(matrix: Matrix, *, first: np.ndarray, seed: int = 0, large: int = LARGE) -> highs.Outcome:
    """The optimum of the linear relaxation, the same as without sifting (Bixby et al. 1992).

    first: (columns,) True for whole-number columns to begin with; continuous and locked ones always take part. Models with at
    most `large` columns, and those without a point over the first columns, are solved whole.
    """
    if len(matrix.cost) <= large:
        return highs.run(matrix, relax=True, seed=seed)
    active = first | ~matrix.integer | (matrix.lower > 0)
    for _ in range(ROUNDS):
        found = highs.run(matrix.within(matrix.lower, np.where(active, matrix.upper, 0.0)), relax=True, seed=seed)
        if found.status == highs.INFEASIBLE:
            break
        reduced = matrix.reduced(found.row_duals)
        called = ~active & (reduced > WORTH)
        if not called.any():
            return replace(found, column_duals=np.where(active, found.column_duals, reduced))
        active |= called
    return highs.run(matrix, relax=True, seed=seed)
