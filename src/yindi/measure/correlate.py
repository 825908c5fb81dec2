"""Correlations between indicators that vary."""

from __future__ import annotations

import numpy as np

from yindi.core.errors import MethodError
from yindi.measure.ranks import mean_ranks


def correlations(rows: np.ndarray, *, kind: str = "pearson") -> np.ndarray:
    """Correlations (J,J) between columns that vary, exactly 1 on the diagonal and within [-1, 1]."""
    if kind not in ("pearson", "absolute", "spearman"):
        raise MethodError(f"correlation is 'pearson', 'absolute' or 'spearman', not {kind!r}.")
    if kind == "spearman":
        rows = mean_ranks(rows.T).T
    centred = rows - rows.mean(axis=0)
    centred = centred / np.abs(centred).max(axis=0)
    unit = centred / np.sqrt((centred**2).sum(axis=0))
    r = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray(np.abs(r) if kind == "absolute" else r)
