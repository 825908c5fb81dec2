"""Normalising a panel whose indicators may be compared within segments of years only, and its alternatives for the draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from yindi.measure import normalise
from yindi.measure.check import constant
from yindi.measure.copies import Copies
from yindi.measure.treat import KEPT, WINSORISED, clip_quantiles, treat

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


def treated(x: np.ndarray, segments: Segments, *, rule: str = "treat") -> tuple[np.ndarray, list[list[str]]]:
    """`x` (R,T,J) with the outliers of each indicator treated within each segment, and what was done there.

    `rule`: "treat" (COINr's) or "clip" (cut at 2.5 and 97.5 %).
    """
    made, how = x.copy(), []
    for j, parts in enumerate(segments):
        found = []
        for years in parts:
            values, said = _one(x[:, years, j].reshape(-1, 1), rule)
            made[:, years, j] = values.reshape(x.shape[0], len(years))
            found.append(said)
        how.append(found)
    return made, how


def _one(column: np.ndarray, rule: str) -> tuple[np.ndarray, str]:
    if rule == "clip":
        cut = clip_quantiles(column)
        moved = int((cut != column).sum())
        return cut, f"{WINSORISED} {moved}" if moved else KEPT
    found = treat(column)
    return found.values, f"{found.how[0]} {found.moved[0]}" if found.moved[0] else found.how[0]


def constant_segments(x: np.ndarray, segments: Segments) -> list[tuple[int, np.ndarray]]:
    """Indicator and years of every segment in which an indicator does not vary."""
    pairs = ((j, years) for j, parts in enumerate(segments) for years in parts)
    return [(j, years) for j, years in pairs if constant(x[:, years, j].reshape(-1, 1))[0]]


def alternatives(x: np.ndarray, direction: Sequence[int], segments: Segments, *, floor: float = 0.01) -> list[np.ndarray]:
    """The matrices (R,T,J) of ALTERNATIVES, each mapped to [floor, 1] by one affine map for all columns.

    One common map leaves every arithmetic ranking as it was and makes geometric means possible.
    """
    return [_lifted(by_segment(x, direction, segments, fn), floor) for fn in _FUNCTIONS]


def alternatives_of(
    values: np.ndarray,
    given: Copies,
    direction: Sequence[int],
    segments: Segments,
    *,
    floor: float = 0.01,
    prepare: Callable[[np.ndarray, Segments], np.ndarray] = lambda x, _: x,
) -> Iterator[np.ndarray]:
    """The ALTERNATIVES of every copy of the data, one after the other; only columns that differ from `values` are scaled anew.

    `prepare` (outlier treatment) is applied to the columns of each copy; `values` are prepared already.
    """
    base = [by_segment(values, direction, segments, fn) for fn in _FUNCTIONS]
    signs, parts = [direction[j] for j in given.columns], [segments[j] for j in given.columns]
    for uncertain in given.uncertain():
        prepared = prepare(uncertain, parts)
        for fn, z in zip(_FUNCTIONS, base, strict=True):
            made = z.copy()
            made[..., given.columns] = by_segment(prepared, signs, parts, fn)
            yield _lifted(made, floor)


_FUNCTIONS: tuple[Normaliser, ...] = (
    lambda part, direction: normalise.minmax(part, direction=direction),
    lambda part, direction: normalise.minmax(part, direction=direction, scope="per_year", constant=0.5),
    lambda part, direction: normalise.zscore(part, direction=direction),
    lambda part, direction: normalise.rank(part, direction=direction, scaled=True),
)


def _lifted(z: np.ndarray, floor: float) -> np.ndarray:
    low, high = z.min(), z.max()
    return np.asarray(floor + (1 - floor) * (z - low) / (high - low if high > low else 1.0))
