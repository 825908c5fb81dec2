"""How often chance alone would exchange two regions: large movements are common in some variables, and pairs are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from yindi.intake.slipped import Slipped, unusual

NEARLY = 0.7
"""Movements of this share of the exchange's size count as large enough to make one."""


def exchanges(
    x: np.ndarray, known: np.ndarray, found: Sequence[Slipped], limits: Mapping[str, float], variables: int = 1
) -> list[Slipped]:
    """The exchanges that chance would give less than `look` times in `variables` such variables; sure ones less than `chance`."""
    away, usual = unusual(x, known)
    logs = np.where(known & (x > 0), np.log(np.where(known & (x > 0), x, 1.0)), np.nan)
    rest = np.delete(away, sorted({s.region for s in found}), axis=0)
    others = np.sort(rest[np.isfinite(rest)])
    pairs = variables * len(x) * (len(x) - 1)
    kept = []
    for s in found:
        first, last = s.years[0] - 1, s.years[-1]
        closed = first >= 0 and last < away.shape[1]
        rates = [_rate(away, logs, usual, s, b, others, limits) for b in (first, last) if 0 <= b < away.shape[1]]
        looks = pairs * away.shape[1]
        expected = looks * max(rates, default=0.0)
        if closed and len(s.years) > 1:
            expected = min(expected, looks * away.shape[1] / 2 * rates[0] * rates[1])
        if expected <= limits["look"]:
            kept.append(replace(s, sure=s.sure and bool(expected <= limits["chance"])))
    return kept


def _rate(
    away: np.ndarray, logs: np.ndarray, usual: np.ndarray, s: Slipped, b: int, others: np.ndarray, limits: Mapping[str, float]
) -> float:
    """How often one region moves up so far, another down, and the one lands on the level of the other."""
    size = float(np.nan_to_num(min(abs(away[s.region, b]), abs(away[s.partner, b]))))
    least, total = NEARLY * size, max(len(others), 1)
    up = total - int(np.searchsorted(others, least)) if len(others) else 0
    down = int(np.searchsorted(others, -least, side="right"))
    noise = max(float(usual[s.region]), float(usual[s.partner]), limits["least"])
    landed = np.abs(logs[:, b] - logs[s.partner, b]) <= limits["near"] * noise
    return up * down / total**2 * float(landed.mean())
