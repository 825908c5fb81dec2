"""Correlations between indicators that vary."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import MethodError
from yindi.measure.check import extent
from yindi.measure.ranks import mean_ranks


def correlations(rows: np.ndarray, *, kind: str = "pearson") -> np.ndarray:
    """Correlations (J,J) between columns that vary, exactly 1 on the diagonal and within [-1, 1]."""
    if kind not in ("pearson", "absolute", "spearman"):
        raise MethodError(f"correlation is 'pearson', 'absolute' or 'spearman', not {kind!r}.")
    if kind == "spearman":
        rows = mean_ranks(rows.T).T
    low, high = extent(rows)
    mean = rows.mean(axis=0)
    centred = rows - mean
    centred /= np.maximum(high - mean, mean - low)
    products = centred.T @ centred
    size = np.sqrt(np.diag(products))
    r = np.clip(products / np.outer(size, size), -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray(np.abs(r) if kind == "absolute" else r)
