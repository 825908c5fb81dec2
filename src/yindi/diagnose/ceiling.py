"""Necessary condition analysis (必要条件分析, NCA): ceilings over a cloud of points, effect size, bottlenecks, permutations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream

BLOCK = 4_000_000
TENTHS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
Kind = Literal["ce_fdh", "cr_fdh"]


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling over x (condition) and y (outcome), and how much of the scope lies empty above it.

    `effect` = `zone` / `scope`; `peers` (P,2) are the points the ceiling rests on; `slope` and `intercept` are those of the
    line (CR-FDH), 0 and the highest y for steps without a line; `accuracy` is the share of points on or below; `p` is absent
    (None) without permutations. Inefficiencies are shares of the range in which the condition does not constrain.
    """

    ceiling: str
    effect: float
    zone: float
    scope: float
    peers: np.ndarray
    slope: float
    intercept: float
    accuracy: float
    condition_inefficiency: float
    outcome_inefficiency: float
    p: float | None
    permutations: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def height(self, x: ArrayLike) -> np.ndarray:
        """Ceiling y at x, not above the highest y observed."""
        at = np.asarray(x, dtype=float)
        if self.ceiling == "ce_fdh":
            step = np.searchsorted(self.peers[:, 0], at, side="right") - 1
            return np.asarray(np.where(step < 0, self.y_range[0], self.peers[np.maximum(step, 0), 1]))
        return np.asarray(np.minimum(self.intercept + self.slope * at, self.y_range[1]))

    def bottleneck(self, levels: ArrayLike = TENTHS) -> np.ndarray:
        """Share of the x range needed for each level of the y range (瓶颈水平) (L,); 0 where nothing is necessary.

        Above 1 where the line asks for more than was ever observed.
        """
        low, high = self.x_range
        wanted = self.y_range[0] + np.asarray(levels, dtype=float) * (self.y_range[1] - self.y_range[0])
        if self.ceiling == "ce_fdh":
            step = np.searchsorted(self.peers[:, 1], wanted - 1e-12 * max(1.0, abs(self.y_range[1])), side="left")
            needed = self.peers[np.minimum(step, len(self.peers) - 1), 0]
        elif self.slope > 0:
            needed = (wanted - self.intercept) / self.slope
        else:
            needed = np.full(wanted.shape, low)
        return np.asarray(np.maximum((needed - low) / (high - low), 0.0))


def _ends(x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Order of the points by x, the last position of each distinct x in that order, and the distinct x."""
    order = np.argsort(x, kind="stable")
    last = np.flatnonzero(np.append(np.diff(x[order]) > 0, True))
    return order, last, x[order][last]


def _steps(y: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Highest y up to each distinct x, for rows of y (R,N) already in the order of x."""
    return np.asarray(np.maximum.accumulate(y, axis=1))[:, last]


def _zone_of_steps(steps: np.ndarray, at: np.ndarray, top: float) -> np.ndarray:
    return np.asarray((top - steps[:, :-1]) @ np.diff(at))


def _line(steps: np.ndarray, at: np.ndarray, top: float) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept (R,) of the least-squares line through the points where the steps rise; 0 and `top` for one point."""
    rises = np.ones(steps.shape, dtype=bool)
    rises[:, 1:] = steps[:, 1:] > steps[:, :-1]
    x0, y0 = at.mean(), top
    dx, dy = rises * (at - x0), np.where(rises, steps - y0, 0.0)
    n = rises.sum(axis=1)
    sx, sy = dx.sum(axis=1), dy.sum(axis=1)
    sxx, sxy = (dx * dx).sum(axis=1) - sx**2 / n, (dx * dy).sum(axis=1) - sx * sy / n
    several = n > 1
    slope = np.divide(sxy, sxx, out=np.zeros(len(n)), where=several)
    intercept = np.where(several, y0 + sy / n - slope * (x0 + sx / n), top)
    return slope, intercept


def _zone_of_line(slope: np.ndarray, intercept: np.ndarray, ends: tuple[float, float], y: tuple[float, float]) -> np.ndarray:
    """Area (R,) between the line and the highest y, inside the scope: the integral of the clipped difference, closed form."""
    tall = y[1] - y[0]

    def below(height: np.ndarray) -> np.ndarray:
        h = np.maximum(height, 0.0)
        return np.asarray(np.where(h < tall, h * h / 2, tall * tall / 2 + tall * (h - tall)))

    first, last = (y[1] - intercept - slope * x for x in ends)
    safe = np.where(slope > 0, slope, 1.0)
    return np.asarray(np.where(slope > 0, (below(first) - below(last)) / safe, 0.0))


def _zones(y: np.ndarray, last: np.ndarray, at: np.ndarray, ends: tuple[float, float], kind: Kind) -> np.ndarray:
    low, high = float(y[0].min()), float(y[0].max())
    steps = _steps(y, last)
    if kind == "ce_fdh":
        return _zone_of_steps(steps, at, high)
    return _zone_of_line(*_line(steps, at, high), ends, (low, high))


def _p_value(
    y: np.ndarray, seen: float, draws: int, seed: int, zones: tuple[np.ndarray, np.ndarray, tuple[float, float], Kind]
) -> float:
    """Share of permuted outcomes whose zone is at least as large, the observed one counted in."""
    rng = stream(seed, "diagnose.nca")
    last, at, ends, kind = zones
    rows = max(1, BLOCK // len(y))
    beaten = 0
    for start in range(0, draws, rows):
        block = rng.permuted(np.tile(y, (min(rows, draws - start), 1)), axis=1)
        beaten += int((_zones(block, last, at, ends, kind) >= seen * (1 - 1e-12)).sum())
    return (1 + beaten) / (draws + 1)


@method("configuration", "nca", cites=("Dul (2016) Organizational Research Methods 19(1):10-52",),
        laws=("effect_in_unit_interval", "effect_unit_free", "case_order_free", "refuses_nan"))  # fmt: skip
def nca(x: ArrayLike, y: ArrayLike, *, ceiling: Kind = "ce_fdh", permutations: int = 0, seed: int = 0) -> Ceiling:
    """Necessary condition analysis of a condition x (N,) for an outcome y (N,): is high y impossible without high x?

    Ceilings: CE-FDH (steps over the points) or CR-FDH (least-squares line through the corners of the steps). The effect size is
    the empty share of the scope; the permutation test permutes y. For the absence of x pass -x. Raises MethodError for absent
    values, constant x or y, and an unknown ceiling.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if a.ndim != 1 or a.shape != b.shape or not np.isfinite(a).all() or not np.isfinite(b).all():
        raise MethodError(f"nca: x {a.shape} and y {b.shape} must be (N,) and finite.")
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0 or ceiling not in ("ce_fdh", "cr_fdh") or permutations < 0:
        raise MethodError(f"nca: x and y must vary, and the ceiling {ceiling!r} be ce_fdh or cr_fdh.")
    order, last, at = _ends(a)
    ends, sides = (float(at[0]), float(at[-1])), (float(b.min()), float(b.max()))
    zone = float(_zones(b[None, order], last, at, ends, ceiling)[0])
    p = _p_value(np.sort(b), zone, permutations, seed, (last, at, ends, ceiling)) if permutations else None
    steps = _steps(b[None, order], last)
    return _describe(a, b, steps, at, zone, ends, sides, ceiling, p, permutations)


def _describe(
    a: np.ndarray, b: np.ndarray, steps: np.ndarray, at: np.ndarray, zone: float, ends: tuple[float, float],
    sides: tuple[float, float], kind: Kind, p: float | None, permutations: int,
) -> Ceiling:  # fmt: skip
    rises = np.append(True, steps[0, 1:] > steps[0, :-1])
    peers = np.stack([at[rises], steps[0, rises]], axis=1)
    slope, intercept = (float(v[0]) for v in _line(steps, at, sides[1])) if kind == "cr_fdh" else (0.0, sides[1])
    scope = (ends[1] - ends[0]) * (sides[1] - sides[0])
    start = peers[0, 1] if kind == "ce_fdh" else min(max(intercept + slope * ends[0], sides[0]), sides[1])
    reach = peers[-1, 0] if kind == "ce_fdh" else (sides[1] - intercept) / slope if slope > 0 else ends[0]
    wide, tall = ends[1] - ends[0], sides[1] - sides[0]
    idle = (max(0.0, (ends[1] - reach) / wide), float((start - sides[0]) / tall))
    found = Ceiling(kind, zone / scope, zone, scope, peers, slope, intercept, 1.0, *idle, p, permutations, ends, sides)
    slack = 1e-9 * max(1.0, float(np.abs(b).max()))
    return replace(found, accuracy=float((b <= found.height(a) + slack).mean()))
