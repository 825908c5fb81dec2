"""When later data come in: what of a plan was built, which forecasts held, what to look at again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError


@dataclass(frozen=True, slots=True)
class Review:
    """`built`: share of the planned, not yet present pairs that were there later; `elsewhere`: the same share among pairs that
    were neither planned nor present; `by_region` (R,), `by_industry` (C,): share built, NaN where nothing was planned; `missed`
    (R,C): planned and not built; `unplanned` (R,C): came without a plan; `lost` (R,C): present before and gone."""

    built: float
    elsewhere: float
    by_region: np.ndarray
    by_industry: np.ndarray
    missed: np.ndarray
    unplanned: np.ndarray
    lost: np.ndarray


@dataclass(frozen=True, slots=True)
class Held:
    """`inside` (R,) whether the outcome lay in the band; `coverage` their share; `skill` against persistence (1 - error ratio,
    NaN where persistence was exact); `above`, `below`: shares over and under the band."""

    inside: np.ndarray
    coverage: float
    skill: float
    above: float
    below: float


def review(planned: np.ndarray, before: np.ndarray, after: np.ndarray) -> Review:
    """Planned against actual (R,C), all of zeros and ones; raises MethodError for other shapes or numbers."""
    plan, was, now = (np.asarray(a, float) for a in (planned, before, after))
    if not plan.shape == was.shape == now.shape or plan.ndim != 2 or not all(np.isin(a, (0, 1)).all() for a in (plan, was, now)):
        raise MethodError(f"review: planned, before and after must be zeros and ones of one (R,C) shape, got {plan.shape}, "
                          f"{was.shape}, {now.shape}.")  # fmt: skip
    wanted, free = (plan > 0) & (was == 0), (plan == 0) & (was == 0)
    came = wanted & (now > 0)
    return Review(
        _share(came.sum(), wanted.sum()),
        _share((free & (now > 0)).sum(), free.sum()),
        _shares(came.sum(axis=1), wanted.sum(axis=1)),
        _shares(came.sum(axis=0), wanted.sum(axis=0)),
        wanted & (now == 0),
        free & (now > 0),
        (was > 0) & (now == 0),
    )


def held(low: np.ndarray, middle: np.ndarray, high: np.ndarray, last: np.ndarray, actual: np.ndarray) -> Held:
    """Forecast bands (R,) against what came, beside persistence at `last` (R,)."""
    low, middle, high, last, actual = (np.asarray(a, float) for a in (low, middle, high, last, actual))
    above, below = actual > high, actual < low
    still = float(np.sqrt(((last - actual) ** 2).mean()))
    error = float(np.sqrt(((middle - actual) ** 2).mean()))
    return Held(~above & ~below, float((~above & ~below).mean()), 1 - error / still if still > 0 else np.nan,
                float(above.mean()), float(below.mean()))  # fmt: skip


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else np.nan


def _shares(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
