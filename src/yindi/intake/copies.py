"""Copies and constructions: blocks copied between regions, years or columns, growth that never changes, digits that repeat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.intake.traces import usual_bend
from yindi.intake.written import Written, written

Limits = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Copy:
    """Cells that repeat others: positions (regions, years) of the copy, where the same stands, and what is shared."""

    kind: str
    regions: tuple[int, ...]
    years: tuple[int, ...]
    other: int
    sure: bool


def _room(x: np.ndarray, known: np.ndarray, figures: Written | None) -> np.ndarray:
    """(R,T) significant digits of each known value, 0 elsewhere."""
    made: np.ndarray = np.where(known, (figures or written(x)).digits, 0)
    return made


def between_regions(
    x: np.ndarray, known: np.ndarray, limits: Limits, figures: Written | None = None, looks: int = 0
) -> list[Copy]:
    """Runs of years in which two regions hold the same numbers: together more digits than chance would match.

    `looks`: cells of the whole table. Each meets half of the other regions: so many pairs could be equal by chance.
    """
    pairs_of_all = looks * (len(x) - 1) / 2
    figures = figures or written(x)
    spare = np.maximum(_room(x, known, figures) - limits["free"], 0) * (known & (x != 0))
    later = np.minimum(spare, _digits_of_news(x, known, figures))
    found = []
    for t0 in range(x.shape[1]):
        order = np.argsort(x[:, t0], kind="stable")
        one, two = order[:-1], order[1:]
        pairs = known[one, t0] & known[two, t0] & (x[one, t0] == x[two, t0]) & (x[one, t0] != 0)
        one, two = one[pairs], two[pairs]
        same = known[one] & known[two] & (x[one] == x[two]) & (x[one] != 0)
        begins = ~same[:, t0 - 1] if t0 else np.ones(len(one), bool)
        unbroken = np.logical_and.accumulate(same[:, t0:], axis=1)
        shared = spare[one, t0] + (unbroken * later[one, t0:])[:, 1:].sum(axis=1)
        for n in np.flatnonzero(begins & (shared >= limits["digits"])):
            expected = pairs_of_all * 10.0 ** -float(shared[n])
            if expected <= limits["look"]:
                i, j = sorted((int(one[n]), int(two[n])))
                run = tuple(range(t0, t0 + int(unbroken[n].sum())))
                found.append(Copy("region", (i, j), run, i, expected <= limits["chance"]))
    return found


def _digits_of_news(x: np.ndarray, known: np.ndarray, figures: Written) -> np.ndarray:
    """(R,T) how many digits of a value the year before does not tell: the usual bend of its series over the last place."""
    if x.shape[1] < 3:
        return np.zeros(x.shape)
    bend = usual_bend(x, known[:, 2:] & known[:, 1:-1] & known[:, :-2])
    digits: np.ndarray = np.log10(np.maximum(bend[:, None] / figures.place, 1.0))
    return digits


def between_years(x: np.ndarray, known: np.ndarray, limits: Limits, figures: Written | None = None) -> list[Copy]:
    """Years that are not neighbours and hold the same numbers in most regions (neighbours are traces.repeated)."""
    values, have = np.ascontiguousarray(x.T), np.ascontiguousarray(known.T)
    long = np.ascontiguousarray(_room(x, known, figures).T) >= limits["least"]
    found = []
    for t in range(2, len(values)):
        both = have[t] & have[: t - 1]
        same = both & (values[t] == values[: t - 1]) & long[t]
        many = same.sum(axis=1) >= np.maximum(limits["regions"], limits["share"] * both.sum(axis=1))
        found += [Copy("year", tuple(np.flatnonzero(same[s]).tolist()), (t,), int(s), True) for s in np.flatnonzero(many)]
    return found


def between_items(values: np.ndarray, known: np.ndarray, limits: Limits) -> list[tuple[int, int, np.ndarray]]:
    """(column a, column b, mask (R,T)) of blocks that two columns of values (R,T,K) share though they differ elsewhere."""
    found = []
    columns = [np.ascontiguousarray(values[:, :, k]) for k in range(values.shape[2])]
    held = [np.ascontiguousarray(known[:, :, k]) for k in range(values.shape[2])]
    for a in range(values.shape[2]):
        for b in range(a + 1, values.shape[2]):
            same = held[a] & held[b] & (columns[a] == columns[b]) & (columns[a] != 0)
            count = same.sum()
            if limits["cells"] <= count <= limits["most"] * (held[a] & held[b]).sum():
                same[same] = written(columns[a][same]).digits >= limits["least"]
                if same.sum() >= limits["cells"]:
                    found.append((a, b, same))
    return found


def steady_growth(x: np.ndarray, known: np.ndarray, limits: Limits, figures: Written | None = None, looks: int = 0) -> np.ndarray:
    """(R,T), True for runs in which the growth rate, or the increment, never changes within the rounding of the figures.

    A run counts where so many equal steps would be met by chance less than `chance` times in the whole variable, and less
    than `chance_all` times in all the cells (`looks`) of the table.
    """
    cells = max(x.size, looks * limits["chance"] / limits["chance_all"])
    mask = np.zeros(x.shape, bool)
    step = np.where(known, (figures or written(x)).place, 1.0)
    if x.shape[1] < 4:
        return mask
    likely, usual = _worth_a_look(x, known, step, limits)
    for r in likely:
        for start, stop in _spans(known[r]):
            if stop - start >= 4:
                mask[r, start:stop] |= _steady(x[r, start:stop], step[r, start:stop], usual, limits, cells)
    return mask


def _worth_a_look(x: np.ndarray, known: np.ndarray, step: np.ndarray, limits: Limits) -> tuple[np.ndarray, tuple[float, float]]:
    """Regions whose longest run of equal steps may be no chance: its error at least, and the bends at most, are put in.

    Then the usual bend of all regions, in shares of the value, where the steps are not equal: of the increment, of the growth.
    """
    left, here, right = (step[:, n : n + x.shape[1] - 2] for n in range(3))
    local = np.maximum(np.minimum(left, here), np.minimum(np.maximum(left, here), right))
    three = known[:, 2:] & known[:, 1:-1] & known[:, :-2]
    logs = np.log(np.where(x > 0, x, 1.0))
    above = three & (x[:, 2:] > 0) & (x[:, 1:-1] > 0) & (x[:, :-2] > 0)
    safe = np.where(x > 0, x, 1.0)
    ways = [(three, x[:, 2:] + x[:, :-2] - 2 * x[:, 1:-1], 2 * local),
            (above, np.diff(logs, 2), 2 * local * (1 / safe[:, 2:] + 1 / safe[:, 1:-1]))]  # fmt: skip
    likely, usual = np.zeros(len(x), bool), []
    for (fine, bend, error), size in zip(ways, (np.maximum(np.abs(x[:, 1:-1]), 1e-300), 1.0), strict=True):
        hit = fine & (np.abs(bend) <= error) & (x[:, 1:-1] != x[:, :-2])
        longest = _longest(hit)
        least = np.where(hit, error, np.inf).min(axis=1)
        most = np.where(fine, np.abs(bend), 0.0).max(axis=1)
        chance = np.minimum(1.0, least / np.maximum(most, 1e-300))
        others = (np.abs(bend) / size)[fine & ~hit]
        usual.append(float(np.median(others)) if len(others) else np.inf)
        likely |= (longest >= limits["steps"]) & (x.size * chance**longest <= limits["chance"] * (1 + 1e-9))
    return np.flatnonzero(likely), (usual[0], usual[1])


def _longest(hit: np.ndarray) -> np.ndarray:
    """(R,) length of the longest run of hits."""
    run = longest = np.zeros(len(hit), int)
    for t in range(hit.shape[1]):
        run = (run + 1) * hit[:, t]
        longest = np.maximum(longest, run)
    return longest


def _spans(known: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], known.astype(int), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _steady(v: np.ndarray, res: np.ndarray, usual: tuple[float, float], limits: Limits, cells: float) -> np.ndarray:
    flags = np.zeros(len(v), bool)
    local = np.median(np.stack([res[:-2], res[1:-1], res[2:]]), axis=0)
    ways = [(usual[0], np.abs(v[1:-1]), v[2:] + v[:-2] - 2 * v[1:-1], 2 * local)]
    if (v > 0).all():
        ways.append((usual[1], np.ones(len(v) - 2), np.diff(np.log(v), 2), 2 * local * (1 / v[2:] + 1 / v[1:-1])))
    for common, size, bend, error in ways:
        hit = (np.abs(bend) <= error) & (v[1:-1] != v[:-2])
        for a, b in _spans(hit):
            spread = _spread(np.abs(bend), size, slice(a, b), common)
            chance = min(1.0, float(error[a:b].mean()) / max(spread, 1e-300))
            if b - a >= limits["steps"] and cells * chance ** (b - a) <= limits["chance"]:
                flags[0 if a == 0 else a + 1 : b + 2 if b == len(hit) else b + 1] = True
    return flags


def _spread(bend: np.ndarray, size: np.ndarray, run: slice, common: float) -> float:
    """The least of three measures of how far steps usually differ: the region's own elsewhere, as such and in shares of the
    value there, and the share that is common to all regions. The rest of a run that ended is larger than what is usual."""
    here = float(size[run].mean())
    rest = np.delete(bend, run)
    if len(rest) == 0:
        return 0.0
    own = float(np.median(rest / np.maximum(np.delete(size, run), 1e-300))) * here
    return min(float(np.median(rest)), own, common * here)


def alike_digits(
    x: np.ndarray, known: np.ndarray, limits: Limits, figures: Written | None = None
) -> list[tuple[int, int, float]]:
    """(year, digit, share) of years in which the last written digit is nearly always the same, unlike in other years."""
    read = figures or written(x)
    last = np.where(known & (x != 0) & (read.digits >= limits["least"]), read.last, -1)
    counts = np.stack([(last == d).sum(axis=0) for d in range(1, 10)])
    held, found = counts.sum(axis=0), []
    for t in np.flatnonzero(held >= limits["regions"]):
        digit = int(np.argmax(counts[:, t]))
        count, elsewhere = int(counts[digit, t]), int(held.sum() - held[t])
        usual = int(counts[digit].sum() - count) / elsewhere if elsewhere else 0.1
        if count >= limits["share"] * held[t] and usual < limits["usual"]:
            found.append((int(t), digit + 1, count / int(held[t])))
    return found


def rounded(x: np.ndarray, known: np.ndarray, limits: Limits, figures: Written | None = None) -> list[int]:
    """Years whose figures are coarser than in the other years by `ratio`, and coarser than the usual change of a year."""
    res = np.where(known & (x != 0), (figures or written(x)).place, np.nan)
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
    if not whole.any():
        return []
    rest = x[:, whole].sum(axis=0) - x[:, whole]
    fits = np.abs(x[:, whole] - rest) <= limits["near"] * np.abs(rest)
    return [int(r) for r in np.flatnonzero((fits.mean(axis=1) >= limits["share"]) & (rest != 0).any(axis=1))]
