"""Region x year x activity panels in the shapes people have them: arrays, tables, rows with names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.opportunities.arrays import amounts

AXES = "RTC"
ACTIVITY = ("activity", "industry", "item")
DUPLICATES = ("refuse", "sum")


@dataclass(frozen=True, slots=True)
class Cube:
    """values (R,T,C), non-negative and finite, no year empty; regions, years and activities as text, in the order of the axes."""

    values: np.ndarray
    regions: tuple[str, ...]
    years: tuple[str, ...]
    activities: tuple[str, ...]


def cube(panel: Any, *, axes: str = AXES, duplicates: str = "refuse") -> Cube:
    """A panel as (R,T,C), from any of these:

    * an array (R,T,C), or in the order that `axes` tells by its letters ("TRC", "RCT", ...), years in order; (R,C) is one year;
    * a core Panel, or a Table with the axes region, year and activity (or industry, item) in any order;
    * rows: a data frame, or a mapping of columns, with region, year, activity (or industry, item) and value, in any order;
    * a mapping (region, activity, year) -> value.
    Of rows and mappings, labels are sorted and a cell that is not listed is 0. A cell listed twice is refused, or added up with
    duplicates="sum". Raises MethodError for NaN, negative values, a year in which nothing is made, and anything else.
    """
    if duplicates not in DUPLICATES:
        raise MethodError(f"duplicates must be one of {', '.join(DUPLICATES)}, not {duplicates!r}.")
    made = _read(panel, axes, duplicates)
    x = amounts(made.values, "panel", dims=(3,))
    if not x.size:
        raise MethodError(f"panel is empty: its shape is {x.shape}.")
    with np.errstate(over="ignore"):
        totals = x.sum(axis=(0, 2))
    if not np.isfinite(totals).all():
        raise MethodError("The amounts are too large to be added up: give them in a larger unit.")
    empty = [y for y, total in zip(made.years, totals, strict=True) if total == 0]
    if empty:
        raise MethodError(f"Nothing is made in year(s) {', '.join(empty)} (counted from 0 in an array): leave them out.")
    return Cube(np.ascontiguousarray(x), made.regions, made.years, made.activities)


def calendar(label: str) -> int | None:
    """The year that a label names: a whole number, or the only number of four digits in it; None where there is none."""
    text = label.strip()
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    found = set(re.findall(r"(?<!\d)\d{4}(?!\d)", text))
    return int(found.pop()) if len(found) == 1 else None


def in_order(years: Sequence[str]) -> list[int]:
    """Positions of year labels in time: by the year each names, else by all numbers from the year down (2020Q1, 2020-06).

    Raises MethodError for several labels that no number puts in order.
    """
    named = [calendar(y) for y in years]
    if len(set(named) - {None}) == len(years):
        return sorted(range(len(years)), key=lambda n: named[n] or 0)
    parts = [tuple(int(n) for n in re.findall(r"\d+", y)) for y in years]
    falling = all(p and (len(str(p[0])) == 4 or len(p) == 1) for p in parts)
    if len(years) > 1 and not (falling and len(set(parts)) == len(years)):
        raise MethodError(
            f"The years {', '.join(list(years)[:6])} cannot be put in order: write them as 2019, 2019Q3 or 2019-06-30."
        )
    return sorted(range(len(years)), key=lambda n: parts[n])


def _read(panel: Any, axes: str, duplicates: str) -> Cube:
    if isinstance(panel, Cube):
        return panel
    if hasattr(panel, "dense"):
        return _table(panel) if hasattr(panel, "labels") else _panel(panel)
    if isinstance(panel, Mapping) and panel and all(isinstance(k, tuple) for k in panel):
        keys = list(panel)
        if any(len(k) != 3 for k in keys):
            raise MethodError("A mapping is keyed by (region, activity, year).")
        region, activity, year = ([str(k[n]) for k in keys] for n in range(3))
        return _rows((region, year, activity), np.array(list(panel.values()), dtype=float), duplicates)
    if isinstance(panel, Mapping) or hasattr(panel, "columns"):
        return _columns(panel, duplicates)
    return _array(panel, axes)


def _panel(panel: Any) -> Cube:
    return Cube(panel.dense(), tuple(panel.regions), tuple(panel.years), tuple(panel.items))


def _table(table: Any) -> Cube:
    names = [a for a, _ in table.axes]
    activity = next((a for a in ACTIVITY if a in names), None)
    if activity is None or len(names) != 3 or not {"region", "year"} <= set(names):
        raise MethodError(f"A table needs the axes region, year and one of {', '.join(ACTIVITY)}; it has {', '.join(names)}.")
    order = ("region", "year", activity)
    values = np.moveaxis(table.dense(), [names.index(a) for a in order], (0, 1, 2))
    return _sorted(values, *(tuple(table.labels(a)) for a in order))


def _sorted(values: np.ndarray, regions: tuple[str, ...], years: tuple[str, ...], activities: tuple[str, ...]) -> Cube:
    by = [sorted(range(len(labels)), key=labels.__getitem__) for labels in (regions, activities)]
    by.insert(1, in_order(years))
    kept = [tuple(labels[n] for n in order) for labels, order in zip((regions, years, activities), by, strict=True)]
    return Cube(values[np.ix_(*by)], *kept)


def _array(panel: Any, axes: str) -> Cube:
    if sorted(axes) != sorted(AXES):
        raise MethodError(f"axes must hold the letters R (regions), T (years) and C (activities) once each, got {axes!r}.")
    x = np.asarray(panel, dtype=float)
    if x.ndim == 2:
        x = (x if axes.index("R") < axes.index("C") else x.T)[:, None, :]
    elif x.ndim == 3:
        x = np.moveaxis(x, [axes.index(a) for a in AXES], (0, 1, 2))
    else:
        raise MethodError(f"A panel has two or three dimensions (one year, or several), not {x.ndim}.")
    return Cube(np.ascontiguousarray(x), *(tuple(str(n) for n in range(size)) for size in x.shape))


def _columns(rows: Any, duplicates: str) -> Cube:
    names = [str(c) for c in (rows.columns if hasattr(rows, "columns") else rows)]
    activity = next((a for a in ACTIVITY if a in names), ACTIVITY[0])
    missing = [c for c in ("region", "year", activity, "value") if c not in names]
    if missing:
        raise MethodError(f"Rows need the columns region, year, activity, value; {', '.join(missing)} missing of {names}.")
    region, year, what = ([str(v) for v in rows[c]] for c in ("region", "year", activity))
    return _rows((region, year, what), np.asarray(list(rows["value"]), dtype=float), duplicates)


def _rows(keys: tuple[Sequence[str], Sequence[str], Sequence[str]], value: np.ndarray, duplicates: str) -> Cube:
    """Regions, years and activities of each row (N,) with its value (N,), as sums in sorted order."""
    if not len(value):
        raise MethodError("panel has no row.")
    bad = np.flatnonzero(~np.isfinite(value) | (value < 0))
    if len(bad):
        at = ", ".join(k[int(bad[0])] for k in keys)
        raise MethodError(f"{len(bad)} value(s) negative or no finite number, the first {value[bad[0]]} of {at}. Leave out what "
                          "is not known; what is not listed counts as 0.")  # fmt: skip
    found = [np.unique(np.array(k, dtype=object).astype(str), return_inverse=True) for k in keys]
    regions, years, activities = (tuple(str(v) for v in labels) for labels, _ in found)
    order = in_order(years)
    found[1], years = (found[1][0][order], np.argsort(order)[found[1][1]]), tuple(years[n] for n in order)
    shape = len(regions), len(years), len(activities)
    cell = np.ravel_multi_index(tuple(codes for _, codes in found), shape)
    count = np.bincount(cell, minlength=shape[0] * shape[1] * shape[2])
    if duplicates == "refuse" and count.max() > 1:
        at = ", ".join(str(labels[n]) for (labels, _), n in zip(found, np.unravel_index(int(count.argmax()), shape), strict=True))
        raise MethodError(f"{int((count > 1).sum())} cell(s) listed twice or more, for one {at}; duplicates='sum' adds them up.")
    return Cube(np.bincount(cell, value, minlength=len(count)).reshape(shape), regions, years, activities)
