"""Levels: steps and whole series far from all other regions, as a slipped unit or decimal point makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.intake.checks import growth


@dataclass(frozen=True, slots=True)
class Step:
    """The strange side of a step: region, year, size (log, beside the year's median change), and whether it is sure."""

    region: int
    year: int
    size: float
    sure: bool


def _logs(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    fine = known & (x > 0)
    logs: np.ndarray = np.where(fine, np.log(np.where(fine, x, 1.0)), np.nan)
    return logs


def _range_of_others(logs: np.ndarray, r: int) -> tuple[float, float] | None:
    others = np.delete(logs, r, axis=0)
    others = others[np.isfinite(others)]
    return (float(others.min()), float(others.max())) if len(others) else None


def steps(x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> list[Step]:
    """Steps of one region beside the year's median change, in any year, the last and the first among them.

    A step of `sure` (log) to a level that no other region has in any year is sure; from `step` on it is worth a look.
    """
    g, logs = growth(x, known), _logs(x, known)
    counted = np.isfinite(g).sum(axis=0)
    enough = counted >= 3
    median = np.zeros(g.shape[1])
    if enough.any():
        median[enough] = np.nanmedian(g[:, enough], axis=0)
    found: dict[tuple[int, int], Step] = {}
    for r, b in np.argwhere(np.isfinite(g) & (np.abs(np.nan_to_num(g - median)) >= limits["step"]) & enough):
        usual = float(np.nanmedian(logs[r]))
        t = int(b + 1 if abs(logs[r, b + 1] - usual) >= abs(logs[r, b] - usual) else b)
        size = float(g[r, b] - median[b]) * (1 if t == b + 1 else -1)
        own = np.abs(np.delete(g[r] - median, [c for c in (b - 1, b, b + 1) if 0 <= c < len(median)]))
        own = own[np.isfinite(own)]
        usual_own = float(np.median(own)) if len(own) >= 3 else 0.0
        if abs(size) < limits.get("own", 0.0) * usual_own:
            continue
        calm = usual_own <= limits.get("calm", np.inf)
        step = Step(int(r), t, size, calm and abs(size) >= limits["sure"] and _outside(logs, int(r), t))
        if (r, t) not in found or step.sure:
            found[int(r), t] = step
    return list(found.values())


def _outside(logs: np.ndarray, r: int, t: int) -> bool:
    others = _range_of_others(logs, r)
    return others is not None and not others[0] <= logs[r, t] <= others[1]


def counted(x: np.ndarray, known: np.ndarray) -> bool:
    """True for whole numbers throughout: counts, of which few are moved by chance."""
    have = x[known]
    return len(have) > 0 and bool((have % 1 == 0).all())


def chance(value: float, size: float) -> float:
    """Usual movement (log) of a count between `value` and what it stands `size` (log) away from, were both Poisson."""
    expected = value / np.exp(size)
    return float(np.sqrt(1 / max(value, 1.0) + 1 / max(float(expected), 1.0)))


def far_series(x: np.ndarray, known: np.ndarray, limits: Mapping[str, float]) -> list[tuple[int, float]]:
    """(region, log distance) of series that lie as a whole `far` (log) above or below every value of all other regions."""
    logs = _logs(x, known)
    live = np.flatnonzero(np.isfinite(logs).any(axis=1))
    found = []
    least, most = (pick(logs[live], axis=1) if len(live) else np.empty(0) for pick in (np.nanmin, np.nanmax))
    lowest, highest = np.sort(least)[:2], np.sort(most)[-2:]
    for r, own_low, own_high in zip(live, least, most, strict=True) if len(live) > max(limits["regions"], 1) else ():
        low = float(lowest[1] if own_low == lowest[0] else lowest[0])
        high = float(highest[0] if own_high == highest[1] else highest[1])
        above, below = float(own_low) - high, low - float(own_high)
        if max(above, below) >= limits["far"]:
            found.append((int(r), above if above > below else -below))
    return found
