"""Panels and residuals by region and year: effects of regions alone do not do where years shock all regions together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.audit.findings import Break
from yindi.audit.numbers import Row, column, numeric
from yindi.core.errors import UsageError

RULES = ("years shock no residual",)
LARGE, RARE = 0.25, 0.001
"""Years matter where they explain so large a share of what regional effects leave, and chance would do so this rarely."""


def check(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """Breaks of residual columns; notes for every other numeric column, whose model needs effects of years as well."""
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
