"""Kernel density (核密度) with its modes, modes over bandwidths, and Silverman's test of how many modes there are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.core.streams import stream
from yindi.disparity import binned
from yindi.disparity.arrays import Floats, Whole, numbers, shares, varied, whole

RULES = ("silverman", "scott", "matlab", "stata")
_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Density:
    """Density (G,) on `grid` (G,), its modes (places of the peaks), the bandwidth used and the rule it came from."""

    grid: Floats
    density: Floats
    modes: Floats
    bandwidth: float
    rule: str


def bandwidth_of(y: Floats, rule: str) -> float:
    """The bandwidth a tool takes by itself: R (silverman), scipy (scott), MATLAB ksdensity (matlab), Stata kdensity (stata)."""
    n, spread = len(y), float(y.std(ddof=1))
    low, middle, high = np.quantile(y, [0.25, 0.5, 0.75])
    robust = min(spread, float(high - low) / 1.349) or spread
    mad = float(np.median(np.abs(y - middle))) / 0.6745 or spread
    rules: dict[str, float] = {
        "silverman": 0.9 * robust * n**-0.2,
        "stata": 0.9 * robust * n**-0.2,
        "scott": spread * n**-0.2,
        "matlab": (4.0 / (3.0 * n)) ** 0.2 * mad,
    }
    if rule not in rules:
        raise MethodError(f"kde: bandwidth is a number or one of {RULES}, got {rule!r}.")
    return rules[rule]


def _kernel(distance: Floats, rule: str) -> Floats:
    if rule == "stata":
        inside = np.maximum(0.0, 1.0 - distance**2 / 5.0)
        return 0.75 / math.sqrt(5.0) * inside
    out: Floats = np.exp(-0.5 * distance**2) / math.sqrt(2.0 * math.pi)
    return out


def _evaluate(grid: Floats, y: Floats, p: Floats, h: float, rule: str = "") -> Floats:
    if rule != "stata" and len(grid) * len(y) >= binned.WORTH and binned.affordable(grid, y, h):
        return binned.gaussian(grid, y, p, h)
    step = max(1, _BLOCK // len(y))
    parts = [_kernel((grid[s : s + step, None] - y[None, :]) / h, rule) @ p / h for s in range(0, len(grid), step)]
    return np.concatenate(parts)


def peaks(density: Floats) -> Whole:
    """Positions of the peaks of a density (G,); a flat top counts once, at its middle; ripples of rounding do not count."""
    moves = np.diff(density)
    moves[np.abs(moves) < 1e-12 * density.max()] = 0.0
    turning = np.flatnonzero(moves)
    ups, downs = moves[turning[:-1]] > 0, moves[turning[1:]] < 0
    at = np.flatnonzero(ups & downs)
    return np.asarray((turning[at] + 1 + turning[at + 1]) // 2, dtype=np.intp)


def _grid(y: Floats, h: float, grid: int | ArrayLike) -> Floats:
    if isinstance(grid, int | np.integer):
        return np.linspace(y.min() - 4 * h, y.max() + 4 * h, whole(int(grid), name="grid", least=16, where="kde"))
    given = numbers(grid, where="kde grid", least=3)
    if (np.diff(given) <= 0).any():
        raise MethodError("kde: the grid must ascend.")
    return given


@method("distribution", "kde", cites=("Silverman 1986",), laws=("symmetric_density", "integrates_to_one", "shift_with_data"))
def kde(
    y: ArrayLike,
    *,
    grid: int | ArrayLike = 512,
    bandwidth: float | str = "silverman",
    weights: ArrayLike | None = None,
    floor: float | None = None,
) -> Density:
    """Kernel density of y (N,), Gaussian (`stata`: Epanechnikov), on `grid` points or a given grid (G,).

    `floor` is a value below which nothing can lie: what would spill over it is reflected. Raises MethodError where y does not
    vary and no bandwidth is given.
    """
    v = numbers(y, where="kde", least=2)
    p = shares(weights, len(v), where="kde")
    rule = bandwidth if isinstance(bandwidth, str) else "given"
    h = bandwidth_of(varied(v, where="kde"), bandwidth) if isinstance(bandwidth, str) else float(bandwidth)
    if not (math.isfinite(h) and h > 0):
        raise MethodError(f"kde: the bandwidth must be above 0, got {h}.")
    points = _grid(v, h, grid)
    density = _evaluate(points, v, p, h, rule)
    if floor is not None:
        if v.min() < floor:
            raise MethodError(f"kde: the lowest value {v.min()} lies below the floor {floor}.")
        density = np.where(points >= floor, density + _evaluate(2.0 * floor - points, v, p, h, rule), 0.0)
    return Density(points, density, points[peaks(density)], h, rule)


@dataclass(frozen=True, slots=True)
class Modes:
    """Number of modes by bandwidth: (H,) bandwidths ascending and counts."""

    bandwidths: Floats
    counts: Whole


def _count(y: Floats, h: float, points: int = 512) -> int:
    grid = np.linspace(y.min() - 3 * h, y.max() + 3 * h, points)
    return len(peaks(_evaluate(grid, y, np.full(len(y), 1.0 / len(y)), h)))


@method("distribution", "modes", cites=("Silverman 1981",), laws=("order_free", "scale_free"))
def modes(y: ArrayLike, *, low: float = 0.5, high: float = 2.0, steps: int = 16) -> Modes:
    """How many modes y (N,) shows when Silverman's bandwidth is multiplied by `low` to `high` in `steps` steps."""
    v = varied(numbers(y, where="modes", least=4), where="modes")
    if not 0 < low < high:
        raise MethodError(f"modes: needs 0 < low < high, got {low} and {high}.")
    widths = bandwidth_of(v, "silverman") * np.geomspace(low, high, whole(steps, name="steps", least=2, where="modes"))
    return Modes(widths, np.array([_count(v, float(h)) for h in widths], dtype=np.intp))


@dataclass(frozen=True, slots=True)
class Multimodality:
    """Silverman's test for each number of modes 1..M: critical bandwidths (M,), p (M,), and the first number not rejected."""

    critical: Floats
    p: Floats
    modes: int


def critical_bandwidth(y: Floats, count: int, *, tolerance: float = 1e-3) -> float:
    """The smallest Gaussian bandwidth at which y (N,) shows at most `count` modes (fewer modes as the bandwidth grows)."""
    high = float(np.ptp(y))
    while _count(y, high) > count:
        high *= 2.0
    low = 0.0
    while high - low > tolerance * high:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _count(y, middle) > count else (low, middle)
    return high


def _resampled_counts(y: Floats, h: float, count: int, rng: np.random.Generator, points: int = 256) -> Whole:
    """Modes (count,) of smoothed resamples that keep the variance of y, at bandwidth h."""
    shrink = 1.0 / math.sqrt(1.0 + h * h / float(y.var()))
    drawn = y[rng.integers(0, len(y), (count, len(y)))] + h * rng.standard_normal((count, len(y)))
    drawn = y.mean() + shrink * (drawn - y.mean())
    ends = np.stack([drawn.min(axis=1) - 3 * h, drawn.max(axis=1) + 3 * h])
    grid = ends[0][:, None] + np.linspace(0.0, 1.0, points) * (ends[1] - ends[0])[:, None]
    density = np.exp(-0.5 * ((grid[:, :, None] - drawn[:, None, :]) / h) ** 2).sum(axis=2)
    return _peak_counts(density)


def _peak_counts(density: Floats) -> Whole:
    """Number of peaks of each row (B,G): turns from up to down, level stretches passed over."""
    moves = np.diff(density, axis=1)
    moves[np.abs(moves) < 1e-12 * density.max(axis=1, keepdims=True)] = 0.0
    signs = np.sign(moves).astype(np.int8)
    at = np.maximum.accumulate(np.where(signs != 0, np.arange(signs.shape[1]), 0), axis=1)
    held = np.take_along_axis(signs, at, axis=1)
    return np.asarray(np.sum((held[:, :-1] > 0) & (held[:, 1:] < 0), axis=1), dtype=np.intp)


def _share_of_resamples_with_more(y: Floats, count: int, h: float, draws: int, rng: np.random.Generator) -> float:
    block = max(1, _BLOCK // (256 * len(y)))
    sizes = [min(block, draws - start) for start in range(0, draws, block)]
    exceeding = sum(int((_resampled_counts(y, h, size, rng) > count).sum()) for size in sizes)
    return exceeding / draws


@method("distribution", "silverman_test", cites=("Silverman 1981",), laws=("order_free",))
def silverman_test(y: ArrayLike, *, most: int = 4, draws: int = 500, seed: int = 0, level: float = 0.10) -> Multimodality:
    """Silverman's bump test (多峰检验) of y (N,): for m = 1..`most`, p of "at most m modes" by smoothed bootstrap."""
    v = np.sort(varied(numbers(y, where="silverman_test", least=5), where="silverman_test"))
    rng = stream(seed, "disparity.silverman")
    critical, p = [], []
    for m in range(1, whole(most, name="most", least=1, where="silverman_test") + 1):
        critical.append(critical_bandwidth(v, m))
        p.append(_share_of_resamples_with_more(v, m, critical[-1], draws, rng))
    kept = [m for m, value in enumerate(p, 1) if value >= level]
    return Multimodality(np.array(critical), np.array(p), kept[0] if kept else most + 1)
