"""y = rho W y + right for many rho at once: Chebyshev steps on a sparse W, ended by a bound on the error that is left."""

from __future__ import annotations

from typing import Any

import numpy as np

from yindi.simulate.dynamics import LARGEST, mutual, spectrum

ENOUGH, EVERY = {np.dtype(np.float32): 4e-6, np.dtype(np.float64): 1e-10}, 8
GROWN, ROUNDING = 4, 64


class FixedPoint:
    """Solves y = rho W y + right over relative levels, rho of its own in each column; W (R,R), rows adding up to one or to none.

    In the distance between highest and lowest, W makes no difference larger, so that what is left is at most
    2 max|rho W y + right - y| / (1 - |rho|): steps end where that residual is below `ENOUGH` for the precision, or no longer
    falls and is below `ROUNDING` units of rounding. Steps are those of Chebyshev for eigenvalues in an ellipse as wide as those
    of W (Manteuffel 1977); should residuals grow, those of the plain iteration, which cannot fail for |rho| < 1.
    """

    def __init__(self, w: np.ndarray, kind: Any) -> None:
        from scipy.sparse import csr_matrix

        self._near = csr_matrix(np.asarray(w, kind))
        self._even = bool(np.allclose(w.sum(axis=1), 1.0))
        self._focus = _focus(w)
        self._enough = ENOUGH[np.dtype(kind)]
        self._steps = 0

    def pull(self, y: np.ndarray) -> np.ndarray:
        """W y of levels (R,D); columns lose their mean, where W is even only at the end, since it keeps a constant constant."""
        found = self._near @ y
        return found if self._even else np.asarray(found - found.mean(axis=0))

    def solve(self, rho: np.ndarray, right: np.ndarray, y: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Relative y, and W y but for a constant, (R,D), for rho (D,) and relative `right` (R,D), beginning at `y` and `near`,
        W y, which is overwritten."""
        if not rho.any():
            return right, self.pull(right)
        bend = rho * rho * rho.dtype.type(self._focus / 4)
        weight, before, best = np.ones_like(rho), y, np.inf
        for step in range(_most(rho, self._enough)):
            near *= rho
            near += right
            if step >= self._steps - 1 or step % EVERY == EVERY - 1:
                left = _largest(near - y)
                if left < self._enough or (left >= best and left < ROUNDING * np.finfo(y.dtype).eps * _largest(y)):
                    self._steps = step
                    break
                if left > GROWN * best:
                    self._focus, bend, weight, best = 0.0, np.zeros_like(rho), np.ones_like(rho), np.inf
                best = min(best, left)
            if step:
                near -= before
                near *= weight
                near += before
            weight = 1 / (1 - (bend if step else 2 * bend) * weight)
            before, y = y, near
            near = self.pull(y)
        else:
            near = near * rho + right
        y, near = near, self.pull(near)
        mean = y.mean(axis=0)
        y -= mean
        near -= mean
        return y, near


def _focus(w: np.ndarray) -> float:
    """Square of the distance of the foci of an ellipse of half-axes 1 and the largest imaginary part of the eigenvalues of W; of
    a large W that is not mutual they are not sought, and the ellipse is a circle."""
    if mutual(w):
        return 1.0
    return 0.0 if len(w) > LARGEST else 1.0 - min(1.0, float(np.abs(spectrum(w).imag).max(initial=0.0))) ** 2


def _largest(a: np.ndarray) -> float:
    return max(float(a.max()), -float(a.min()))


def _most(rho: np.ndarray, enough: float) -> int:
    """Steps that the plain iteration needs at most, and as many again for those before it."""
    strongest = float(np.abs(rho).max())
    return 4 + 2 * int(np.ceil(np.log(enough) / np.log(max(strongest, 1e-3))))
