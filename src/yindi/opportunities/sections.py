"""Sections of the activity over the complete years, with the remainder of the total as a section of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.core.errors import Problems

REST = "rest"


@dataclass(frozen=True, slots=True)
class Sections:
    """labels (S), years (T), values (R,T,S) without absence, marks (R,T,S); `rest` True where the last label is the remainder."""

    labels: tuple[str, ...]
    years: tuple[str, ...]
    values: np.ndarray
    marks: np.ndarray
    rest: bool

    @property
    def listed(self) -> np.ndarray:
        """Values of the sections that were read, (R,T,S) without the remainder."""
        return self.values[..., :-1] if self.rest else self.values

    def of(self, years: tuple[str, ...]) -> np.ndarray:
        """Values of the sections that were read in some years, (R,t,S)."""
        return self.listed[:, [self.years.index(y) for y in years]]

    def growth(self) -> np.ndarray:
        """Average yearly change of the national output of each section, (S,); NaN with a single year."""
        nation = self.values.sum(axis=0)
        span = int(self.years[-1]) - int(self.years[0])
        return (nation[-1] - nation[0]) / span if span else np.full(len(self.labels), np.nan)


def sections(
    labels: tuple[str, ...], years: tuple[str, ...], values: np.ndarray, marks: np.ndarray, total: np.ndarray | None
) -> Sections:
    """The years in which every cell (R,T,S), and the total (R,T) if there is one, is present; total - sum becomes `rest`.

    Raises ProblemsError when no year is complete, or with the first cells where sections exceed the total by over a thousandth.
    """
    problems = Problems("opportunities")
    whole = np.isfinite(values).all(axis=(0, 2)) & (True if total is None else np.isfinite(total).all(axis=0))
    if not whole.any():
        problems.add("activity", "no year is complete for all regions and sections.", "impute or drop regions in study.yaml")
    problems.raise_if_any()
    kept = tuple(y for y, ok in zip(years, whole, strict=True) if ok)
    x, m = values[:, whole], marks[:, whole]
    if total is None or REST in labels:
        return Sections(labels, kept, x, m, False)
    left = total[:, whole] - x.sum(axis=2)
    for r, t in np.argwhere(left < -1e-3 * total[:, whole])[:5]:
        problems.add(f"activity: region {r + 1} of the study, {kept[t]}", "the sections sum to more than the total.",
                     "check the units of both files")  # fmt: skip
    problems.raise_if_any()
    x = np.concatenate([x, np.maximum(left, 0.0)[..., None]], axis=2)
    return Sections((*labels, REST), kept, x, np.concatenate([m, m.any(axis=2, keepdims=True)], axis=2), True)
