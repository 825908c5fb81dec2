"""ln|I - rho W| and its derivatives over the whole range of rho, computed once: exactly for small W, else at Chebyshev nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev

from yindi.core.errors import MethodError
from yindi.disparity.arrays import Floats
from yindi.disparity.lag import Weights

EDGE = 0.995
EXACT_UP_TO = 120
_NODES = 21


@dataclass(frozen=True, slots=True)
class Determinant:
    """`low`..`high` is the range of rho; `eigenvalues` (N,) for small W, else `smooth` is ln|I - rho W| - ln(1 - rho r).

    `through` is 1'(I - rho W)^-1 1 / N, needed only where the rows of W do not all sum to 1.
    """

    n: int
    radius: float
    stochastic: bool
    eigenvalues: np.ndarray | None
    smooth: Chebyshev | None
    through: Chebyshev | None

    @property
    def low(self) -> float:
        """Lowest rho considered."""
        return -EDGE / self.radius

    @property
    def high(self) -> float:
        """Highest rho considered."""
        return EDGE / self.radius

    def value(self, rho: Floats) -> Floats:
        """ln|I - rho W| at each rho (B,)."""
        if self.eigenvalues is not None:
            return np.asarray(np.log(np.abs(1.0 - np.outer(rho, self.eigenvalues))).sum(axis=1))
        return np.asarray(_present(self.smooth)(rho) + np.log1p(-rho * self.radius))

    def trace(self, rho: Floats) -> Floats:
        """tr(W (I - rho W)^-1) at each rho (B,), minus the first derivative."""
        if self.eigenvalues is not None:
            return np.asarray(np.real(self.eigenvalues / (1.0 - np.outer(rho, self.eigenvalues))).sum(axis=1))
        return np.asarray(-_present(self.smooth).deriv()(rho) + self.radius / (1.0 - rho * self.radius))

    def trace_of_square(self, rho: float) -> float:
        """tr((W (I - rho W)^-1)^2), minus the second derivative."""
        if self.eigenvalues is not None:
            return float(np.real((self.eigenvalues / (1.0 - rho * self.eigenvalues)) ** 2).sum())
        return float(-_present(self.smooth).deriv(2)(rho) + (self.radius / (1.0 - rho * self.radius)) ** 2)

    def mean_total(self, rho: Floats) -> Floats:
        """1'(I - rho W)^-1 1 / N at each rho (B,)."""
        if self.stochastic:
            return 1.0 / (1.0 - rho)
        return np.asarray(_present(self.through)(rho) / (1.0 - rho * self.radius))


def _present(polynomial: Chebyshev | None) -> Chebyshev:
    if polynomial is None:
        raise MethodError("determinant: neither eigenvalues nor a polynomial were made.")
    return polynomial


def _radius(w: Weights, stochastic: bool, eigenvalues: np.ndarray | None) -> float:
    if stochastic:
        return 1.0
    if eigenvalues is not None:
        return max(float(np.abs(eigenvalues).max()), 1e-12)
    from scipy.sparse.linalg import eigs

    return max(float(np.abs(eigs(w.matrix, k=1, v0=np.ones(w.n), return_eigenvectors=False)[0])), 1e-12)


def _at_nodes(w: Weights, radius: float, ends: bool) -> tuple[Floats, Floats, Floats]:
    """Nodes, the smooth part of the log-determinant, and (1 - rho r) 1'(I - rho W)^-1 1 / N where `ends` asks for it."""
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import splu

    nodes = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES) * EDGE / radius
    one, matrix, eye = np.ones(w.n), csc_matrix(w.matrix), identity(w.n, format="csc")
    smooth, through = np.empty(_NODES), np.zeros(_NODES)
    for m, rho in enumerate(nodes):
        lu: Any = splu(eye - rho * matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        smooth[m] = float(np.log(np.abs(lu.U.diagonal())).sum()) - np.log1p(-rho * radius)
        if ends:
            through[m] = (1.0 - rho * radius) * float(lu.solve(one).mean())
    return nodes, smooth, through


def determinant(w: Weights) -> Determinant:
    """The log-determinant of I - rho W for every admissible rho."""
    sums = np.asarray(w.matrix.sum(axis=1)).ravel()
    stochastic = bool(np.allclose(sums, 1.0, atol=1e-9))
    eigenvalues = np.linalg.eigvals(w.dense) if w.n <= EXACT_UP_TO else None
    radius = _radius(w, stochastic, eigenvalues)
    if eigenvalues is not None and stochastic:
        return Determinant(w.n, radius, True, eigenvalues, None, None)
    nodes, smooth, through = _at_nodes(w, radius, not stochastic)
    domain = [-EDGE / radius, EDGE / radius]
    fit = [Chebyshev.fit(nodes, values, _NODES - 1, domain=domain) for values in (smooth, through)]
    return Determinant(w.n, radius, stochastic, eigenvalues, fit[0], fit[1])
