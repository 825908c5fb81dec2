"""Slipped cells of one variable (R,T): decimal points, signs, rows that changed places, each with what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from yindi.intake.checks import growth
from yindi.intake.middles import median as middle_of

Limits = Mapping[str, float]
NEAREST = 6


@dataclass(frozen=True, slots=True)
class Slipped:
    """A run of cells of one region: its years (positions), the kind, what to multiply them with, the partner, how sure."""

    region: int
    years: tuple[int, ...]
    kind: str
    factor: float = 1.0
    partner: int = -1
    sure: bool = True


def unusual(x: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log growth less the year's median (R,T-1), NaN where not known, and each region's usual size of it (R,)."""
    g = growth(x, known)
    enough = np.isfinite(g).sum(axis=0) >= 3
    median = np.zeros(g.shape[1])
    if enough.any():
        median[enough] = middle_of(g[:, enough], 0)
    away = np.where(enough, g - median, np.nan)
    counted = np.isfinite(away).sum(axis=1) >= 4
    usual = np.full(len(x), np.inf)
    if counted.any():
        usual[counted] = middle_of(np.abs(away[counted]), 1)
    return away, usual


def _near_change(row: np.ndarray, known: np.ndarray, t: int) -> float:
    """The usual change between the known years nearest to year t, without t itself."""
    years = [int(y) for y in np.flatnonzero(known) if y != t]
    years = sorted(sorted(years, key=lambda y: abs(y - t))[:NEAREST])
    return float(np.median(np.abs(np.diff(row[years])))) if len(years) > 1 else 0.0


def steps_of(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(R,), the usual size of a region's change from one year to the next, in the unit of the variable; 0 where there is none."""
    both = known[:, 1:] & known[:, :-1]
    change = np.where(both, np.abs(np.diff(x, axis=1)), np.nan)
    usual: np.ndarray = np.nan_to_num(middle_of(change, 1))
    return usual


def decimals(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[Slipped]:
    """Runs that stand a power of ten above or below their series: entered with such a step and left with its reverse.

    A run at the end of the series has one step only; it is sure where the region hardly ever moves (`end`, log).
    """
    away, usual = unusual(x, known)
    found: list[Slipped] = []
    near = np.minimum(np.maximum(limits["near"], limits["room"] * usual), limits["nearest"])
    powers = np.round(np.nan_to_num(away) / np.log(10)).astype(int)
    fits = (powers != 0) & (np.abs(np.nan_to_num(away) - powers * np.log(10)) <= near[:, None])
    for r in np.flatnonzero((usual <= limits["steady"]) & fits.any(axis=1)):
        steps = [(int(b), int(powers[r, b])) for b in np.flatnonzero(fits[r])]
        runs = _runs(int(r), steps, np.flatnonzero(known[r]), bool(usual[r] <= limits["end"]))
        found += [s if s.sure else replace(s, sure=_nowhere(x, known, s)) for s in runs]
    return found


def _nowhere(x: np.ndarray, known: np.ndarray, s: Slipped) -> bool:
    """True for a step of two or more powers of ten to a level that no other region has in any year."""
    others = np.delete(x, s.region, axis=0)[np.delete(known, s.region, axis=0)]
    here = x[s.region, list(s.years)]
    apart = len(others) > 0 and bool((here > others.max()).all() or (here < others.min()).all())
    return apart and bool(abs(np.log10(s.factor)) > 1.5)


def _runs(r: int, steps: list[tuple[int, int]], years: np.ndarray, steady: bool) -> Iterator[Slipped]:
    """Steps (boundary, power) of one region as runs: each closed by its reverse, else to the nearer end of the series."""
    while steps:
        b, power = steps.pop(0)
        back = next((n for n, (_, p) in enumerate(steps) if p == -power), None)
        if back is not None:
            end = steps.pop(back)[0]
            run = [int(t) for t in years if b < t <= end]
        else:
            late, early = [int(t) for t in years if t > b], [int(t) for t in years if t <= b]
            run, power = (late, power) if len(late) <= len(early) else (early, -power)
        yield Slipped(r, tuple(run), "decimal point", 10.0**-power, sure=back is not None or steady)


def signs(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[Slipped]:
    """Negative values of a region that has only positive ones beside, in a variable that hardly has any; size as expected."""
    negative, positive = known & (x < 0), known & (x > 0)
    if not negative.any() or negative.sum() > limits["share"] * known.sum():
        return []
    found = []
    for r, t in np.argwhere(negative):
        if -x[r, t] <= limits["zero"] * _near_change(x[r], known[r], int(t)):
            continue
        beside = np.abs(x[r, known[r] & (np.arange(x.shape[1]) != t)])
        if positive[r].sum() >= 2 and len(beside) and beside.min() / limits["size"] <= -x[r, t] <= beside.max() * limits["size"]:
            found.append(Slipped(int(r), (int(t),), "sign", -1.0, sure=_beside(x[r], known[r], int(t), limits)))
    return found


def _beside(row: np.ndarray, known: np.ndarray, t: int, limits: Limits) -> bool:
    """True where the turned value stands within `beside` (log) of the known years on either side, or of their usual steps."""
    years = [int(y) for y in np.flatnonzero(known & (row > 0)) if y != t]
    near = sorted(years, key=lambda y: abs(y - t))[:2]
    logs = np.log(row[years])
    usual = float(np.median(np.abs(np.diff(logs)))) if len(years) > 2 else 0.0
    return bool(np.abs(np.log(-row[t]) - np.log(row[near])).min() <= max(limits["beside"], limits["room"] * usual))


def swapped(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[Slipped]:
    """Two regions whose values changed places for a year or a run of years: both series step onto the level of the other."""
    away, usual = unusual(x, known)
    logs = np.where(known & (x > 0), np.log(np.where(known & (x > 0), x, 1.0)), np.nan)
    steps: dict[tuple[int, int], list[int]] = {}
    for b in range(away.shape[1]):
        for i, j in _exchanged(away[:, b], logs[:, b], usual, limits):
            steps.setdefault((i, j), []).append(b)
    found = []
    for (i, j), at in steps.items():
        steady = max(float(usual[i]), float(usual[j])) <= limits["end"]
        calm = steady and all(int((np.abs(np.nan_to_num(away[:, b])) >= limits["apart"]).sum()) <= limits["crowd"] for b in at)
        for run in _spans(at, np.flatnonzero(known[i] & known[j]), calm):
            found += [Slipped(i, run, "changed places", partner=j), Slipped(j, run, "changed places", partner=i)]
    return found


def _exchanged(away: np.ndarray, level: np.ndarray, usual: np.ndarray, limits: Limits) -> list[tuple[int, int]]:
    size = np.abs(np.nan_to_num(away))
    able = limits["ratio"] <= limits["near"] or size >= (1 - 1e-9) * (limits["ratio"] - limits["near"]) * usual
    moved = np.flatnonzero(np.isfinite(away) & (size >= limits["apart"]) & able)
    made = []
    for n, i in enumerate(moved[:-1]):
        rest = moved[n + 1 :]
        apart, noise = level[rest] - level[i], np.maximum(np.maximum(usual[i], usual[rest]), limits["least"])
        fits = np.maximum(np.abs(away[i] - apart), np.abs(away[rest] + apart)) <= limits["near"] * noise
        fits &= (np.abs(apart) >= limits["ratio"] * noise) & (np.abs(apart) >= limits["apart"])
        made += [(int(i), int(j)) for j in rest[fits]]
    return made


def _spans(steps: list[int], years: np.ndarray, steady: bool) -> Iterator[tuple[int, ...]]:
    """Runs between an exchange and its reverse; one without reverse goes to the nearer end, of steady series only."""
    for first, last in zip(steps[::2], [*steps[1::2], None], strict=False):
        if last is not None:
            yield tuple(int(t) for t in years if first < t <= last)
        elif steady:
            yield _nearer(years, first)


def _nearer(years: np.ndarray, b: int) -> tuple[int, ...]:
    late, early = [int(t) for t in years if t > b], [int(t) for t in years if t <= b]
    return tuple(late if len(late) <= len(early) else early)


def shifted(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[tuple[int, int, float, float]]:
    """(region, lag, correlation at the lag, at none) of series that follow the common movement a year late or early."""
    g = growth(x, known)
    if g.shape[1] < limits["years"] or np.isfinite(g).all(axis=1).sum() < limits["regions"]:
        return []
    common = middle_of(np.where(np.isfinite(g).sum(axis=0) >= 3, g, 0.0), 0)
    swing = float(np.std(common))
    found = []
    for r in _following(g, common, limits["follows"]):
        for lag, own, other in ((1, g[r, 1:], common[:-1]), (-1, g[r, :-1], common[1:])):
            then = _correlation(own, other)
            if then < limits["follows"]:
                continue
            now, residual = _correlation(g[r], common), float(np.std(own - other))
            if now <= limits["not_now"] and residual <= limits["residual"] * swing:
                found.append((int(r), lag, then, now))
    return found


def _following(g: np.ndarray, common: np.ndarray, least: float) -> np.ndarray:
    """Regions with every year whose correlation with the common movement a year late or early may reach `least`."""
    whole = np.flatnonzero(np.isfinite(g).all(axis=1))
    may = np.zeros(len(whole), bool)
    for own, other in ((g[whole, 1:], common[:-1]), (g[whole, :-1], common[1:])):
        own, other = own - own.mean(axis=1, keepdims=True), other - other.mean()
        room = np.sqrt((own**2).sum(axis=1) * (other**2).sum())
        may |= own @ other >= (least - 1e-6) * room
    return whole[may]


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 3 or np.std(a) < 1e-12 or np.std(b) < 1e-12:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
