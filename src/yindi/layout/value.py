"""What an industry in a region is worth: fit x attractiveness x size to a power, and what adoption would add to output."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yindi.core.errors import MethodError

REST = "rest"
REASONS = ("growth", "modernisation", "advantage", "system", "concepts")


def attractiveness(reasons: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted mean (C,) of the reasons (C,K) with weights (K,) >= 0, not all zero (目标导向)."""
    weights = np.asarray(weights, float)
    if (weights < 0).any() or weights.sum() <= 0:
        raise MethodError("layout: weights of the reasons must be nonnegative and not all zero.")
    return np.asarray(np.asarray(reasons, float) @ (weights / weights.sum()))


def value(fit: np.ndarray, attractive: np.ndarray, size: np.ndarray, *, exponent: float) -> np.ndarray:
    """Value (R,C) = fit (R,C) x attractiveness (C,) x (size / mean size) (R,) ** exponent."""
    relative = np.ones(len(fit)) if exponent == 0 else (size / size.mean()) ** exponent
    return np.asarray(fit * attractive[None, :] * relative[:, None])


def lagging(index: np.ndarray, *, share: float) -> np.ndarray:
    """(R,) True for the lowest `share` of regions (rounded to whole regions; equal values in the order given)."""
    count = int(np.floor(share * len(index) + 0.5))
    mask = np.zeros(len(index), bool)
    mask[np.argsort(index, kind="stable")[:count]] = True
    return mask


def expansion(plan: np.ndarray, base: np.ndarray, growth: np.ndarray, *, commitment: float) -> np.ndarray:
    """Implied expansion (C,): what adopters add, each `commitment` of its output (R,C) that carries the industry, over one
    year's growth (C,) of that output in the nation; NaN where it does not grow or is not known."""
    added = commitment * (plan * base).sum(axis=0)
    return np.asarray(np.divide(added, growth, out=np.full(added.shape, np.nan), where=growth > 0))


def carriers(
    years: Sequence[str], items: Sequence[str], x: np.ndarray, total: np.ndarray | None, base: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Output (R,C) of the section `base` that carries each industry in the last complete year, and its yearly growth (C,).

    `x` (R,T,K) is the output of the sections `items`; what is left of `total` (R,T) is the section "rest", where there is none of
    that name. A year is complete where nothing is absent. NaN where no section carries an industry, or only one year is complete.
    """
    whole = np.isfinite(x).all(axis=(0, 2))
    held = {item: x[..., k] for k, item in enumerate(items)}
    if total is not None and REST not in held:
        held[REST] = np.maximum(total - x.sum(axis=2), 0.0)
        whole = whole & np.isfinite(total).all(axis=0)
    at = np.flatnonzero(whole)
    output, growth = np.full((len(x), len(base)), np.nan), np.full(len(base), np.nan)
    span = int(years[at[-1]]) - int(years[at[0]]) if len(at) else 0
    for n, name in enumerate(base):
        if name in held and span:
            output[:, n], growth[n] = held[name][:, at[-1]], (held[name][:, at[-1]] - held[name][:, at[0]]).sum() / span
    return output, growth
