"""Normalising a panel whose indicators may be compared within segments of years only, and its alternatives for the draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from yindi.measure import normalise
from yindi.measure.check import constant
from yindi.measure.treat import treat

Segments = Sequence[Sequence[np.ndarray]]
Normaliser = Callable[..., np.ndarray]
ALTERNATIVES = ("minmax pooled", "minmax per_year", "zscore pooled", "rank pooled")


def by_segment(x: np.ndarray, direction: Sequence[int], segments: Segments, fn: Normaliser) -> np.ndarray:
    """`fn` applied to each indicator of `x` (R,T,J) within each of its segments (positions of years); (R,T,J)."""
    z = np.empty_like(x)
    for j, parts in enumerate(segments):
        for years in parts:
            z[:, years, j] = fn(x[:, years, j][..., None], direction=direction[j])[..., 0]
    return z


def treated(x: np.ndarray, segments: Segments) -> tuple[np.ndarray, list[list[str]]]:
    """`x` (R,T,J) with the outliers of each indicator treated within each segment, and what was done there."""
    made, how = x.copy(), []
    for j, parts in enumerate(segments):
        found = [treat(x[:, years, j].reshape(-1, 1)) for years in parts]
        for years, one in zip(parts, found, strict=True):
            made[:, years, j] = one.values.reshape(x.shape[0], len(years))
        how.append([f"{one.how[0]} {one.moved[0]}" if one.moved[0] else one.how[0] for one in found])
    return made, how


def constant_segments(x: np.ndarray, segments: Segments) -> list[tuple[int, np.ndarray]]:
    """Indicator and years of every segment in which an indicator does not vary."""
    pairs = ((j, years) for j, parts in enumerate(segments) for years in parts)
    return [(j, years) for j, years in pairs if constant(x[:, years, j].reshape(-1, 1))[0]]


def alternatives(x: np.ndarray, direction: Sequence[int], segments: Segments, *, floor: float = 0.01) -> list[np.ndarray]:
    """The matrices (R,T,J) of ALTERNATIVES, each mapped to [floor, 1] by one affine map for all columns.

    One common map leaves every arithmetic ranking as it was and makes geometric means possible.
    """
    made: list[Normaliser] = [
        lambda part, direction: normalise.minmax(part, direction=direction),
        lambda part, direction: normalise.minmax(part, direction=direction, scope="per_year", constant=0.5),
        lambda part, direction: normalise.zscore(part, direction=direction),
        lambda part, direction: normalise.rank(part, direction=direction, scaled=True),
    ]
    return [_lifted(by_segment(x, direction, segments, fn), floor) for fn in made]


def _lifted(z: np.ndarray, floor: float) -> np.ndarray:
    low, high = z.min(), z.max()
    return np.asarray(floor + (1 - floor) * (z - low) / (high - low if high > low else 1.0))
