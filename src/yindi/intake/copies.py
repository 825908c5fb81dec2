"""Copies and constructions: blocks copied between regions, years or columns, growth that never changes, digits that repeat."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.intake.traces import resolution

Limits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Copy:
    """Cells that repeat others: positions (regions, years) of the copy, where the same stands, and what is shared."""

    kind: str
    regions: tuple[int, ...]
    years: tuple[int, ...]
    other: int
    sure: bool


def digits(value: float) -> int:
    """How many significant digits a number is written with (1200 has two), from its first twelve."""
    text = f"{abs(value):.12g}".split("e")[0].replace(".", "").strip("0")
    return len(text)


def written(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(R,T) significant digits of each known value, 0 elsewhere."""
    made = np.zeros(x.shape, int)
    for at in np.argwhere(known & (x != 0)):
        made[tuple(at)] = digits(float(x[tuple(at)]))
    return made


def between_regions(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[Copy]:
    """Runs of years in which two regions hold the same numbers: together more digits than chance would match."""
    room = written(x, known)
    found = []
    for t0 in range(x.shape[1]):
        order = np.argsort(x[:, t0], kind="stable")
        for i, j in itertools.pairwise(order):
            if not (room[i, t0] and known[j, t0] and x[i, t0] == x[j, t0]) or (t0 and _same(x, known, i, j, t0 - 1)):
                continue
            run = [t0]
            while run[-1] + 1 < x.shape[1] and _same(x, known, i, j, run[-1] + 1):
                run.append(run[-1] + 1)
            shared = int(sum(max(room[i, t] - limits["free"], 0) for t in run))
            if shared >= limits["digits"]:
                found.append(Copy("region", (int(min(i, j)), int(max(i, j))), tuple(run), int(min(i, j)), True))
    return found


def _same(x: np.ndarray, known: np.ndarray, i: int, j: int, t: int) -> bool:
    return bool(known[i, t] and known[j, t] and x[i, t] == x[j, t] and x[i, t] != 0)


def between_years(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[Copy]:
    """Years that are not neighbours and hold the same numbers in most regions (neighbours are traces.repeated)."""
    room = written(x, known)
    found = []
    for t in range(2, x.shape[1]):
        for s in range(t - 1):
            both = known[:, t] & known[:, s]
            same = both & (x[:, t] == x[:, s]) & (room[:, t] >= limits["least"])
            if same.sum() >= max(limits["regions"], limits["share"] * both.sum()):
                found.append(Copy("year", tuple(int(r) for r in np.flatnonzero(same)), (t,), s, True))
    return found


def between_items(values: np.ndarray, known: np.ndarray, limits: Limits) -> list[tuple[int, int, np.ndarray]]:
    """(column a, column b, mask (R,T)) of blocks that two columns of values (R,T,K) share though they differ elsewhere."""
    found = []
    for a in range(values.shape[2]):
        for b in range(a + 1, values.shape[2]):
            both = known[:, :, a] & known[:, :, b]
            same = both & (values[:, :, a] == values[:, :, b]) & (values[:, :, a] != 0)
            if limits["cells"] <= same.sum() <= limits["most"] * both.sum():
                for at in np.argwhere(same):
                    same[tuple(at)] = digits(float(values[at[0], at[1], a])) >= limits["least"]
                if same.sum() >= limits["cells"]:
                    found.append((a, b, same))
    return found


def _resolutions(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(R,T) last written digit of each known value, NaN elsewhere."""
    made = np.full(x.shape, np.nan)
    for at in np.argwhere(known):
        made[tuple(at)] = resolution(float(x[tuple(at)]))
    return made


def steady_growth(x: np.ndarray, known: np.ndarray, limits: Limits) -> np.ndarray:
    """(R,T), True for runs in which the growth rate, or the increment, never changes within the rounding of the figures.

    A run counts where so many equal steps would be met by chance less than `chance` times in the whole variable.
    """
    mask = np.zeros(x.shape, bool)
    step = np.array(
        [[resolution(float(v)) if k else 1.0 for v, k in zip(*rows, strict=True)] for rows in zip(x, known, strict=True)]
    )
    for r in range(len(x)):
        for start, stop in _spans(known[r]):
            if stop - start >= 4:
                mask[r, start:stop] |= _steady(x[r, start:stop], step[r, start:stop], limits, x.size)
    return mask


def _spans(known: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _steady(v: np.ndarray, res: np.ndarray, limits: Limits, cells: int) -> np.ndarray:
    flags = np.zeros(len(v), bool)
    local = np.median(np.stack([res[:-2], res[1:-1], res[2:]]), axis=0)
    ways = [(v[2:] + v[:-2] - 2 * v[1:-1], 2 * local)]
    if (v > 0).all():
        ways.append((np.diff(np.log(v), 2), 2 * local * (1 / v[2:] + 1 / v[1:-1])))
    for bend, error in ways:
        hit = (np.abs(bend) <= error) & (v[1:-1] != v[:-2])
        for a, b in _spans(hit):
            rest = np.abs(np.delete(bend, np.s_[a:b]))
            spread = float(np.median(rest)) if len(rest) else 0.0
            chance = min(1.0, float(error[a:b].mean()) / max(spread, 1e-300))
            if b - a >= limits["steps"] and cells * chance ** (b - a) <= limits["chance"]:
                flags[0 if a == 0 else a + 1 : b + 2 if b == len(hit) else b + 1] = True
    return flags


def alike_digits(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[tuple[int, int, float]]:
    """(year, digit, share) of years in which the last written digit is nearly always the same, unlike in other years."""
    found = []
    last = np.full(x.shape, -1)
    for at in np.argwhere(known & (x != 0)):
        text = f"{abs(x[tuple(at)]):.12g}"
        last[tuple(at)] = int(text[-1]) if "e" not in text and digits(float(x[tuple(at)])) >= limits["least"] else -1
    for t in range(x.shape[1]):
        here = last[:, t][last[:, t] > 0]
        if len(here) < limits["regions"]:
            continue
        digit, count = max(((d, int((here == d).sum())) for d in range(1, 10)), key=lambda p: p[1])
        elsewhere = np.delete(last, t, axis=1)
        usual = float((elsewhere[elsewhere > 0] == digit).mean()) if (elsewhere > 0).any() else 0.1
        if count >= limits["share"] * len(here) and usual < limits["usual"]:
            found.append((t, digit, count / len(here)))
    return found


def rounded(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[int]:
    """Years whose figures are coarser than in the other years by `ratio`, and coarser than the usual change of a year."""
    res = np.array(
        [[resolution(float(v)) if k and v else np.nan for v, k in zip(*rows, strict=True)] for rows in zip(x, known, strict=True)]
    )
    counted = np.isfinite(res).sum(axis=0) >= limits["regions"]
    if counted.sum() < 3:
        return []
    typical = np.full(x.shape[1], np.nan)
    typical[counted] = np.nanquantile(res[:, counted], 1 - limits["share"], axis=0)
    both = known[:, 1:] & known[:, :-1]
    change = np.abs(np.diff(x, axis=1))[both]
    usual = float(np.median(change[change > 0])) if (change > 0).any() else np.inf
    found = []
    for t in np.flatnonzero(counted):
        finer = float(np.nanmedian(np.delete(typical, t)))
        if typical[t] >= limits["ratio"] * finer and typical[t] >= limits["change"] * usual:
            found.append(int(t))
    return found


def totals(x: np.ndarray, known: np.ndarray, limits: Limits) -> list[int]:
    """Regions whose values are the sum of all other regions in nearly every year: a total row read as a region."""
    if len(x) < limits["regions"]:
        return []
    whole = known.all(axis=0)
    found = []
    for r in range(len(x)) if whole.sum() >= 1 else ():
        rest = x[:, whole].sum(axis=0) - x[r, whole]
        fits = np.abs(x[r, whole] - rest) <= limits["near"] * np.abs(rest)
        if fits.mean() >= limits["share"] and (rest != 0).any():
            found.append(r)
    return found
