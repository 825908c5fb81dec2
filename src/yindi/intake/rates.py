"""Rates (比率) in a table without years: columns that others make, shares of a hundred, signs and fractions out of place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from yindi.intake.culprits import kind_of

FACTORS, HOLDS, ROWS, MOST = (1.0, 100.0, 1000.0), 0.97, 20, 400
WHOLES, WHOLE, FEW, RANGE, DECIMAL = (100.0, 1.0, 1000.0), 0.997, 0.003, 3.0, 0.3
DAY = 1440


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell out of line: its value, the right one, the kind, the evidence (rate, hundred, sign, fraction), its columns."""

    row: int
    column: int
    found: float
    right: float
    kind: str
    evidence: str
    of: tuple[int, ...]
    sure: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """Column `made` = sum of `over` / `under` * `factor`, to `step` (its last written digit)."""

    made: int
    over: tuple[int, ...]
    under: int
    factor: float
    step: float


def odd(x: np.ndarray, known: np.ndarray) -> list[Odd]:
    """All cells out of line of x (N,C), mended one after the other: rates first, then shares, signs and fractions."""
    if len(x) < ROWS or x.shape[1] > MOST:
        return []
    steps = _steps(x, known)
    now, made = x.copy(), []
    for found in (_of_rates, _of_shares, _signs, _fractions):
        more = list(found(now, known, steps))
        made += more
        for o in more:
            now[o.row, o.column] = o.right
    return made


def _steps(x: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(C,), the last written digit of columns with decimals in most cells; 1 for all others."""
    steps = np.ones(x.shape[1])
    for j in range(x.shape[1]):
        have = x[known[:, j], j]
        if len(have) >= ROWS and (have % 1 != 0).mean() > DECIMAL:
            places = [len(f"{v:.10g}".partition(".")[2]) for v in have[:: max(1, len(have) // 200)].tolist()]
            steps[j] = 10.0 ** -int(np.quantile(places, 0.9))
    return steps


def find(x: np.ndarray, known: np.ndarray, steps: np.ndarray) -> list[Rate]:
    """The rates among the columns: numerator a column, or a run of neighbouring (or every second) ones, over another column."""
    counts = np.flatnonzero((steps == 1) & known.any(axis=0))
    made = []
    for j in np.flatnonzero((steps < 1) & (steps >= 1e-4)):
        have = np.flatnonzero(known[:, j] & (x[:, j] > 0))
        if len(have) >= ROWS and len(counts) > 1:
            made += _rate(x, have, int(j), float(steps[j]), counts)
    return made


def _rate(x: np.ndarray, have: np.ndarray, j: int, step: float, counts: np.ndarray) -> list[Rate]:
    """The rate of column j, begun at one row or (where that one is wrong) at another."""
    order = have[np.argsort(x[np.ix_(have, counts)].sum(axis=1), kind="stable")]
    tried = order[np.linspace(len(order) // 2, len(order) - 1, 9).astype(int)]
    for begin in tried[:-3:-1]:
        left = _first(x, int(begin), j, step, counts)
        for i in tried[tried != begin]:
            strikes = left[5] + (np.abs(_value(x, int(i), left, counts) - x[i, j]) > step)
            left = [a[strikes <= 1] for a in (*left[:5], strikes)]
        rates = [_as_rate(j, step, counts, left, n) for n in range(len(left[0]))]
        fits = [(float((np.abs(given(x, r)[have] - x[have, j]) <= step).mean()), -len(r.over), r) for r in rates]
        if good := [f for f in fits if f[0] >= HOLDS]:
            return [max(good, key=lambda f: (round(f[0], 3), f[1], -f[2].under))[2]]
    return []


def _first(x: np.ndarray, i: int, j: int, step: float, counts: np.ndarray) -> list[np.ndarray]:
    """Candidates of one row: start, stop, stride of the numerator's run, the denominator, the factor, strikes (none yet)."""
    runs = [(a, b, s) for s in (1, 2) for a in range(len(counts)) for b in range(a + s, min(a + 60, len(counts)) + s, s)]
    runs = [r for r in runs if r[1] <= len(counts) + r[2] - 1 and (r[2] == 1 or r[1] - r[0] > 2)]
    table = np.array(runs)
    sums = np.array([x[i, counts[a:b:s]].sum() for a, b, s in runs])
    order = np.argsort(sums, kind="stable")
    found: list[tuple[int, int, int, int, int, int]] = []
    for d, under in enumerate(counts):
        for f, factor in enumerate(FACTORS):
            low, high = ((x[i, j] + sign * step) * x[i, under] / factor for sign in (-1, 1))
            first, last = np.searchsorted(sums[order], [low, high])
            found += [(*table[n], d, f, 0) for n in order[first:last] if not table[n][0] <= d < table[n][1]]
    columns = np.array(found, dtype=int).reshape(len(found), 6)
    return [columns[:, k] for k in range(6)]


def _value(x: np.ndarray, i: int, left: Sequence[np.ndarray], counts: np.ndarray) -> np.ndarray:
    line = x[i, counts]
    one = np.concatenate([[0.0], np.cumsum(line)])
    two = line.copy()
    for k in range(2, len(two)):
        two[k] += two[k - 2]
    a, b, s, d, f, _ = left
    last = a + ((b - a - 1) // 2) * 2
    every = two[np.minimum(last, len(line) - 1)] - np.where(a >= 2, two[np.maximum(a - 2, 0)], 0.0)
    over = np.where(s == 1, one[np.minimum(b, len(line))] - one[a], every)
    under = line[d]
    made: np.ndarray = np.where(under > 0, over / np.where(under > 0, under, 1.0) * np.array(FACTORS)[f], np.inf)
    return made


def _as_rate(j: int, step: float, counts: np.ndarray, left: Sequence[np.ndarray], n: int) -> Rate:
    a, b, s, d, f, _ = (int(c[n]) for c in left)
    return Rate(j, tuple(int(c) for c in counts[a:b:s]), int(counts[d]), FACTORS[f], step)


def given(x: np.ndarray, rate: Rate) -> np.ndarray:
    """What a rate says its column should hold, (N,); NaN where the denominator is not above zero."""
    under = x[:, rate.under]
    made: np.ndarray = np.where(
        under > 0, x[:, list(rate.over)].sum(axis=1) / np.where(under > 0, under, 1.0) * rate.factor, np.nan
    )
    return made


def _of_rates(x: np.ndarray, known: np.ndarray, steps: np.ndarray) -> Iterator[Odd]:
    held = find(x, known, steps)
    off: list[tuple[int, Rate, float]] = []
    for rate in held:
        made = given(x, rate)
        wrong = known[:, rate.made] & np.isfinite(made) & (np.abs(np.nan_to_num(made) - x[:, rate.made]) > 1.5 * rate.step)
        off += [(int(i), rate, float(made[i])) for i in np.flatnonzero(wrong)]
    for i, rate, said in off:
        others = [r for n, r, _ in off if n == i and r is not rate]
        alone = not any({r.under, *r.over} & {rate.under, *rate.over} for r in others)
        places = round(-np.log10(rate.step))
        right, found = round(said, places), float(x[i, rate.made])
        yield Odd(i, rate.made, found, right, _kind(found, right), "rate", (*rate.over[:1], *rate.over[-1:], rate.under), alone)


def _kind(found: float, right: float) -> str:
    """The kind of slip, also a number that a spreadsheet took for a time of day: 3.33 kept as 3:33, a fraction of a day."""
    minutes = int(right) * 60 + round((right % 1) * 100)
    if 0 < found < 1 and right > 1 and abs(found * DAY - minutes) <= 1.01:
        return "time of day"
    return kind_of(found, right) or "other"


def _of_shares(x: np.ndarray, known: np.ndarray, steps: np.ndarray) -> Iterator[Odd]:
    """Neighbouring columns with decimals that sum to 100 (or 1, or 1000) in nearly all rows, and where they do not."""
    shares, start = np.flatnonzero(steps < 1), 0
    while start < len(shares):
        run = _hundred(x, known, steps, shares[start:])
        if run is None:
            start += 1
            continue
        columns, whole = run
        start += len(columns)
        room = float(steps[columns].sum()) * 1.01
        gap = whole - x[:, columns].sum(axis=1)
        for i in np.flatnonzero(known[:, columns].all(axis=1) & (np.abs(gap) > room)):
            yield from _share(x, int(i), columns, float(gap[i]), steps)


def _hundred(x: np.ndarray, known: np.ndarray, steps: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, float] | None:
    for many in range(2, min(12, len(shares)) + 1):
        columns = shares[:many]
        if columns[-1] - columns[0] != many - 1:
            return None
        rows = known[:, columns].all(axis=1)
        sums = x[np.ix_(rows, columns)].sum(axis=1)
        for whole in WHOLES:
            if len(sums) >= ROWS and (np.abs(sums - whole) <= steps[columns].sum() * 1.01).mean() >= HOLDS:
                return columns, whole
    return None


def _share(x: np.ndarray, i: int, columns: np.ndarray, gap: float, steps: np.ndarray) -> Iterator[Odd]:
    rights = {int(j): round(float(x[i, j]) + gap, round(-np.log10(steps[j]))) for j in columns}
    kinds = {j: _kind(float(x[i, j]), r) for j, r in rights.items() if 0 <= r <= RANGE * 100}
    clear = [j for j, k in kinds.items() if k in ("lost digits", "extra digits", "decimal point", "sign", "time of day")]
    of = (int(columns[0]), int(columns[-1]))
    if len(clear) == 1:
        j = clear[0]
        yield Odd(i, j, float(x[i, j]), rights[j], kinds[j], "hundred", of, True)


def _signs(x: np.ndarray, known: np.ndarray, steps: np.ndarray) -> Iterator[Odd]:
    """Negative values of a column that hardly has any, whose turned value lies in the range of the others."""
    for j in range(x.shape[1]):
        have = x[known[:, j], j]
        negative = np.flatnonzero(known[:, j] & (x[:, j] < 0))
        positive = have[have > 0]
        if 0 < len(negative) <= max(1, FEW * len(have)) and len(positive) > 0.5 * len(have) and len(have) >= ROWS:
            low, high = float(positive.min()) / RANGE, float(positive.max()) * RANGE
            for i in negative:
                v = float(x[i, j])
                if low <= -v <= high:
                    yield Odd(int(i), j, v, -v, "sign", "sign", (j,), True)


def _fractions(x: np.ndarray, known: np.ndarray, steps: np.ndarray) -> Iterator[Odd]:
    """Fractions in a column of whole numbers: a decimal point that slipped in, moved out of the number again."""
    for j in np.flatnonzero(steps == 1):
        have = known[:, j]
        part = np.flatnonzero(have & (x[:, j] % 1 != 0))
        if have.sum() >= 5 * ROWS and 0 < len(part) <= (1 - WHOLE) * have.sum() + 1:
            for i in part:
                v = float(x[i, j])
                places = len(f"{v:.10g}".partition(".")[2])
                yield Odd(int(i), int(j), v, round(v * 10**places), "decimal point", "fraction", (int(j),), False)
