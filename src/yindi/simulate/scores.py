"""How good forecasts were: errors, coverage, continuous ranked probability score, order kept."""

from __future__ import annotations

import numpy as np


def crps(sample: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Continuous ranked probability score (R,) of samples (R,D) against actual values (R,): lower is better, 0 perfect."""
    ordered = np.sort(sample, axis=1)
    d = ordered.shape[1]
    place = 2 * np.arange(1, d + 1) - d - 1
    spread = (ordered * place).sum(axis=1) / d**2
    return np.asarray(np.abs(sample - actual[:, None]).mean(axis=1) - spread)


def covered(sample: np.ndarray, actual: np.ndarray, *, interval: float) -> np.ndarray:
    """(R,) True where the actual value lies inside the central interval of the sample (R,D)."""
    low, high = np.quantile(sample, [(1 - interval) / 2, (1 + interval) / 2], axis=1)
    return np.asarray((actual >= low) & (actual <= high))


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation of two rows (R,); 0 where one of them does not vary."""
    from scipy.stats import rankdata

    x, y = rankdata(a) - (len(a) + 1) / 2, rankdata(b) - (len(b) + 1) / 2
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 0 else 0.0


def gini(level: np.ndarray) -> np.ndarray:
    """Gini coefficient along the first axis of positive levels (R,...)."""
    return gini_of_ordered(np.sort(np.moveaxis(level, 0, -1), axis=-1))


def gini_of_ordered(ordered: np.ndarray) -> np.ndarray:
    """Gini coefficient along the last axis of positive levels in ascending order."""
    n = ordered.shape[-1]
    return np.asarray(ordered @ (2.0 * np.arange(1, n + 1) - n - 1) / (n * ordered.sum(axis=-1)))


def wolfson_of_ordered(ordered: np.ndarray) -> np.ndarray:
    """Wolfson's bipolarisation (极化指数) 4 (mean / median) (1/2 - L(1/2) - G/2) along the last axis of ordered levels."""
    n = ordered.shape[-1]
    mean, median = ordered.mean(axis=-1), (ordered[..., (n - 1) // 2] + ordered[..., n // 2]) / 2
    lower = ordered[..., : n // 2].sum(axis=-1) + (ordered[..., n // 2] / 2 if n % 2 else 0.0)
    return np.asarray(4 * mean / median * (0.5 - lower / (n * mean) - gini_of_ordered(ordered) / 2))


def quantiles(values: np.ndarray, shares: tuple[float, ...]) -> list[np.ndarray]:
    """Quantiles along the last axis, linear between order statistics as numpy's; sorts once."""
    ordered = np.sort(values, axis=-1, kind="stable" if values.dtype.kind in "iu" else None)
    found = []
    for share in shares:
        place = share * (ordered.shape[-1] - 1)
        low = int(place)
        high = min(low + 1, ordered.shape[-1] - 1)
        found.append(ordered[..., low] * (1 - (place - low)) + ordered[..., high] * (place - low))
    return found


def classes(place: np.ndarray, count: int, *, k: int = 4) -> np.ndarray:
    """Class 0 (highest) to k-1 of ranks 1..count: as equal in size as they can be."""
    return np.asarray((place - 1) * min(k, count) // count)


def transitions(start: np.ndarray, later: np.ndarray) -> np.ndarray:
    """(k,k) share of what was in a class (row) at the start (R,) that is in each class later (R,D)."""
    k = int(start.max()) + 1
    pair = start[:, None] * k + later
    counted = np.bincount(pair.ravel(), minlength=k * k).reshape(k, k)
    return np.asarray(counted / counted.sum(axis=1, keepdims=True))


def shorrocks(start: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Shorrocks mobility (流动性) (k - trace) / (k - 1) of class transitions from start (R,) to later (H,R,D), (H,)."""
    k = int(start.max()) + 1
    stay = (later == start[None, :, None]).mean(axis=2)
    trace = sum(stay[:, start == c].mean(axis=1) for c in range(k))
    return np.asarray((k - trace) / (k - 1) if k > 1 else np.zeros(len(stay)))


def ranks(level: np.ndarray) -> np.ndarray:
    """Rank along the first axis, 1 the highest; equal levels in the order given."""
    order = np.argsort(-level, axis=0, kind="stable")
    result = np.empty_like(order)
    np.put_along_axis(result, order, np.arange(1, len(level) + 1).reshape(-1, *[1] * (level.ndim - 1)), axis=0)
    return result
