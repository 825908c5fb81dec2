"""Spatial weights inside kernels: a checked matrix (dense or sparse), its sums, and its product with values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.disparity.arrays import Floats, Whole

DENSE_UP_TO = 400


@dataclass(frozen=True, slots=True)
class Weights:
    """A checked weights matrix W (N,N): `matrix` is dense up to 400 units, else CSR."""

    n: int
    matrix: Any

    def lag(self, x: Floats) -> Floats:
        """W x for x (N,) or (N,K)."""
        return np.asarray(self.matrix @ x)

    @property
    def sparse(self) -> Any:
        """W as CSR."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self.matrix)

    @property
    def dense(self) -> Floats:
        """W as an array."""
        return self.matrix if isinstance(self.matrix, np.ndarray) else np.asarray(self.matrix.toarray())

    def entries(self) -> tuple[Whole, Whole, Floats]:
        """Row, column and value of every weight that is not zero, rows ascending."""
        if isinstance(self.matrix, np.ndarray):
            rows, columns = np.nonzero(self.matrix)
            return rows, columns, self.matrix[rows, columns]
        m = self.matrix.tocoo()
        return m.row.astype(np.intp), m.col.astype(np.intp), np.asarray(m.data)

    def sums(self) -> tuple[float, float, float]:
        """S0, S1, S2 of Cliff & Ord."""
        m = self.matrix
        both = m + m.T
        squared = float((both * both).sum() if isinstance(m, np.ndarray) else both.multiply(both).sum())
        rows, columns = np.asarray(m.sum(axis=1)).ravel(), np.asarray(m.sum(axis=0)).ravel()
        return float(rows.sum()), squared / 2.0, float(np.sum((rows + columns) ** 2))


def weights_of(w: Any, n: int, *, where: str, linked: bool = True) -> Weights:
    """W checked: (n,n), finite, no negative entry, empty diagonal; `linked` asks for at least one link. Raises MethodError."""
    if isinstance(w, Weights):
        matrix = w.matrix
    elif hasattr(w, "tocsr"):
        matrix = w.tocsr().astype(np.float64)
        matrix.eliminate_zeros()
    else:
        matrix = np.asarray(w, dtype=np.float64)
    if matrix.shape != (n, n):
        raise MethodError(f"{where}: {n} units but weights of shape {matrix.shape}.")
    values = matrix if isinstance(matrix, np.ndarray) else matrix.data
    if not np.isfinite(values).all() or (values < 0).any():
        raise MethodError(f"{where}: weights must be finite and not negative.")
    if np.any(matrix.diagonal() != 0):
        raise MethodError(f"{where}: {int((matrix.diagonal() != 0).sum())} unit(s) are their own neighbour; empty the diagonal.")
    if linked and not values.any():
        raise MethodError(f"{where}: no unit has a neighbour.")
    return Weights(n, _stored(matrix, n))


def _stored(matrix: Any, n: int) -> Any:
    if isinstance(matrix, np.ndarray) and n > DENSE_UP_TO:
        from scipy.sparse import csr_matrix

        return csr_matrix(matrix)
    return matrix if n > DENSE_UP_TO or isinstance(matrix, np.ndarray) else matrix.toarray()
