"""Panels and residuals by region and year: effects of regions alone do not do where years shock all regions together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.audit.cells import aligned, variables
from yindi.audit.findings import Break
from yindi.audit.matrix import Neighbours, associated
from yindi.audit.numbers import Row, column, numeric
from yindi.core.errors import UsageError

RULES = ("years shock no residual",)
ORDER = "weights and panel stand in one order"
LARGE, RARE = 0.25, 0.001
"""Years matter where they explain so large a share of what regional effects leave, and chance would do so this rarely."""


def check(rows: Sequence[Row], found: Mapping[str, str], neighbours: Neighbours | None = None) -> Iterator[Break]:
    """Breaks of residual columns; notes for every other numeric column, whose model needs effects of years as well.

    With neighbours: a break where they name the regions in another order than the panel.
    """
    if neighbours is not None:
        yield from _order(rows, neighbours)
    at = _cells(rows, found["region"], found["year"])
    chance_share = 1 / at.shape[0]
    for name in numeric(rows):
        if name in (found["region"], found["year"]):
            continue
        share, chance = year_share(np.array(column(rows, name).values)[at])
        if share > LARGE and chance < RARE:
            residual = name == found.get("residual")
            cure = "effects were one-way; take two-way ones" if residual else "a model of it needs two-way effects"
            yield Break(RULES[0], 0, (name,), share, chance_share,
                        f"yearly means explain {share:.0%} of what regional means leave (by chance {chance_share:.0%}): {cure}",
                        note=not residual)  # fmt: skip


def _order(rows: Sequence[Row], neighbours: Neighbours) -> Iterator[Break]:
    """Software that multiplies W by the rows as they come mixes up regions; one variable shows how much that matters."""
    given = variables(rows)
    if not given or neighbours.labels == given[0].regions:
        return
    at = aligned(neighbours.labels, given[0].regions)
    usable = [v for v in given if not np.isnan(v.values).any() and (np.ptp(v.values, axis=0) > 0).all()]
    worked = [(v.name, _mean_i(v.values[at], neighbours.w), _mean_i(v.values, neighbours.w)) for v in usable]
    n = next(n for n, (a, b) in enumerate(zip(neighbours.labels, given[0].regions, strict=True)) if a != b)
    shown = f"row {n + 1} is {given[0].regions[n]!r} in the panel, {neighbours.labels[n]!r} in the weights"
    if worked:
        name, right, wrong = max(worked, key=lambda case: abs(case[1] - case[2]))
        yield Break(ORDER, 0, (name,), wrong, right,
                    f"{shown}; row by row Moran's I of {name} is {wrong:.2f}, by label {right:.2f}: match by label")  # fmt: skip
    else:
        yield Break(ORDER, 0, (next(iter(rows[0])),), 0.0, 0.0, f"{shown}: match by label")


def _mean_i(y: np.ndarray, w: np.ndarray) -> float:
    return float(np.mean([associated(column, w).i for column in y.T]))


def _cells(rows: Sequence[Row], region: str, year: str) -> np.ndarray:
    """Row numbers (R,T) of a panel that holds every region in every year once; raises UsageError otherwise."""
    where = {(r.get(region, ""), r.get(year, "")): n for n, r in enumerate(rows)}
    regions, years = (sorted({key[k] for key in where}) for k in (0, 1))
    if len(where) != len(rows) or len(where) != len(regions) * len(years) or min(len(regions), len(years)) < 2:
        raise UsageError(f"a panel holds each of two or more regions in each of two or more years once; here: {len(rows)} rows "
                         f"for {len(regions)} regions and {len(years)} years.")  # fmt: skip
    return np.array([[where[r, t] for t in years] for r in regions])


def year_share(y: np.ndarray) -> tuple[float, float]:
    """Share of the variance of y (R,T) within regions that yearly means explain, and the chance of as much (F test)."""
    from scipy.special import fdtrc

    if np.isnan(y).any():
        return 0.0, 1.0
    inside = y - y.mean(axis=1, keepdims=True)
    whole = float((inside**2).sum())
    if whole <= 1e-24 * float((y**2).sum()) or whole == 0:
        return 0.0, 1.0
    share = min(1.0, y.shape[0] * float((inside.mean(axis=0) ** 2).sum()) / whole)
    years = y.shape[1] - 1
    ratio = share * (y.shape[0] - 1) / max(1 - share, 1e-15)
    return share, float(fdtrc(years, years * (y.shape[0] - 1), ratio))
