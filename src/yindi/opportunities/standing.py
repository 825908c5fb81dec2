"""How sure each specialisation is, and complexity beside its other zeros: columns for the tables that show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from yindi.opportunities.advantage import present, rca
from yindi.opportunities.arrays import quotient
from yindi.opportunities.noise import counts, eci_interval, rca_interval
from yindi.opportunities.sections import Sections
from yindi.opportunities.zeros import STATED, activity_columns, attempt, certain, region_columns

DRAWS = 100
Axes = tuple[tuple[str, tuple[str, ...]], ...]
UNITS = {"share": "share", "quotient": "ratio", "low": "ratio", "high": "ratio", "sure": "share", "expected": "plain",
         "above": "share", "at": "coefficient", "agreement": "coefficient"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """One table: its name, axes, columns, the method it comes from, parameters and marks."""

    name: str
    axes: Axes
    columns: Mapping[str, np.ndarray]
    method: str
    marks: np.ndarray
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column of numbers."""
        known = {k: UNITS.get(k, "rank" if "rank" in k else "coefficient") for k in self.columns}
        return {k: u for k, u in known.items() if self.columns[k].dtype.kind != "U"}


def standing(parts: Sections, regions: tuple[str, ...], *, least: int, seed: int) -> list[Shown]:
    """The last year's structure; of counts, what is certain; from `least` activities, complexity with its ranks by zero."""
    x, year = parts.values[:, -1], parts.years[-1]
    axes = (("region", regions), ("industry", parts.labels))
    columns = {"share": quotient(x, x.sum(axis=1, keepdims=True)), "quotient": rca(x)}
    made = [Shown("structure", axes, columns, "advantage.rca", parts.marks[:, -1], {"year": year, "rest": parts.rest})]
    names, listed = parts.labels[: parts.listed.shape[2]], parts.listed
    if listed.shape[2] and counts(listed[:, -1]):
        made.append(_certain(listed[:, -1], regions, names, parts.marks[:, -1, : len(names)], year))
    if listed.shape[2] >= least:
        made += _complexity(listed, regions, names, bool(parts.marks.any()), {"year": year, "stated": STATED}, seed)
    return made


def _certain(x: np.ndarray, regions: tuple[str, ...], names: tuple[str, ...], marks: np.ndarray, year: str) -> Shown:
    axes = (("region", regions), ("activity", names))
    return Shown("specialisation", axes, specialisation(x), "noise.rca_interval", marks, {"year": year, "interval": 0.90})


def specialisation(x: np.ndarray) -> dict[str, np.ndarray]:
    """Columns (R,C) of counts x: quotient, its 90 % interval, the chance to exceed 1, and what is certain of it."""
    found = rca_interval(x)
    return {"quotient": rca(x), "low": found.low, "high": found.high, "sure": found.sure, "certain": certain(found.sure)}


def _complexity(
    x: np.ndarray, regions: tuple[str, ...], names: tuple[str, ...], marked: bool, params: dict[str, object], seed: int
) -> list[Shown]:
    order = np.argsort(regions)
    back = np.argsort(order)
    by_code = x[order]
    found = attempt(present(by_code)[:, -1])
    if found is None:
        return []
    columns = region_columns(found) | interval(by_code[:, -1], found.eci, seed=seed)
    zeros = {"at": np.array(list(found.at.values())), "agreement": np.array([found.agreement[z] for z in found.at])}

    def shown(name: str, label: str, labels: tuple[str, ...], given: Mapping[str, np.ndarray]) -> Shown:
        return Shown(name, ((label, labels),), given, "complexity.by_zero", np.full(len(labels), marked), params)

    return [shown("complexity", "region", regions, {k: v[back] for k, v in columns.items()}),
            shown("complexity_activities", "activity", names, activity_columns(found)),
            shown("zeros", "zero", tuple(found.at), zeros)]  # fmt: skip


def interval(x: np.ndarray, eci: np.ndarray, *, seed: int, draws: int = DRAWS) -> dict[str, np.ndarray]:
    """Columns (R,) of the last year's amounts x (R,C): ends of eci's 90 % interval and the chance to be above the mean.

    Each interval holds the eci that is published beside it. NaN where the amounts are no counts, and for a region that is empty
    in most draws.
    """
    if not counts(x):
        return {k: np.full(len(x), np.nan) for k in ("eci_low", "eci_high", "above")}
    found = eci_interval(x, draws=draws, seed=seed)
    return {"eci_low": np.minimum(found.low, eci), "eci_high": np.maximum(found.high, eci), "above": found.sure}
