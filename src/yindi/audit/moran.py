"""Moran's I: p follows from z, the standard error is steady, rho agrees in sign; with data and weights I and z are redone."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.cells import Variable, aligned, variables, year_of
from yindi.audit.findings import Break
from yindi.audit.matrix import Association, Neighbours, associated
from yindi.audit.numbers import Column, Row, bare, column, numeric, roles

RULES = (
    "p follows from z",
    "I exceeds its expectation where z is positive",
    "the standard error is steady",
    "rho and I agree in sign",
)
WITH_DATA = ("I follows from the data", "z is that of Moran's I")
FACTOR = 5.0
"""A p from permutations may differ somewhat from the normal one; beyond five times a reader must be told why."""
STEADY = 1.25


NEAR = 0.05
"""A z by permutation may be off by so much of itself."""
STEM = re.compile(r"^(?P<role>i|moran'?s?i?|莫兰指数|z|zscore|zvalue|z值|p|pvalue|p值)[_ .\-]+(?P<stem>.+)$", re.IGNORECASE)
WORDS = {"z": "z", "zscore": "z", "zvalue": "z", "z值": "z", "p": "p", "pvalue": "p", "p值": "p"}
PRINTED = re.compile(r"[_ .\-]*(published|printed|pub|reported)$", re.IGNORECASE)


def families(headers: Sequence[str]) -> list[dict[str, str]]:
    """Role -> header for every variable of a table: one for plain headers, one a stem for I_stem, Z_stem."""
    plain = roles("moran", headers)
    if "i" in plain:
        return [plain]
    found: dict[str, dict[str, str]] = {}
    for header in headers:
        match = STEM.match(header.strip())
        if match:
            stem = bare(PRINTED.sub("", match["stem"]))
            found.setdefault(stem, {}).setdefault(WORDS.get(bare(match["role"]), "i"), header)
    return [family for family in found.values() if "i" in family]


def check(
    rows: Sequence[Row], found: Mapping[str, str], data: Sequence[Row] | None = None, neighbours: Neighbours | None = None
) -> Iterator[Break]:
    """All breaks of a table with a row per year, for each variable; with data and neighbours I and z are worked out again."""
    every = [dict(found)] if "i" in found else families(list(rows[0]))
    for family in every:
        yield from _family(rows, family)
    if data is not None and neighbours is not None:
        for family in every:
            yield from _again(rows, family, variables(data), neighbours, only=len(every) == 1)


def _family(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    value = column(rows, found["i"])
    z = column(rows, found["z"]) if "z" in found else None
    if z is not None and "p" in found:
        yield from _p_follows(z, column(rows, found["p"]))
    if z is not None:
        expected = column(rows, found["expected"]).values if "expected" in found else None
        yield from _signs(value, z, expected)
        yield from _steady(value, z, expected)
    if "rho" in found:
        yield from _rho(value, column(rows, found["rho"]))


def _again(
    rows: Sequence[Row], found: Mapping[str, str], given: Sequence[Variable], neighbours: Neighbours, *, only: bool
) -> Iterator[Break]:
    """Breaks against the variable of the data whose I comes closest; others' tables are left alone unless there is one only."""
    first = next((h for h in rows[0] if h not in found.values() and h in numeric(rows)), next(iter(rows[0])))
    years, value = [year_of(r[first]) for r in rows], column(rows, found["i"])
    worked = [_worked(v, neighbours, years) for v in given]
    gaps = [statistics.median([abs(w[n].i - value.values[n]) for n in w] or [math.inf]) for w in worked]
    best = gaps.index(min(gaps)) if gaps else -1
    if best < 0 or not worked[best] or (gaps[best] > 0.02 and not (only and len(given) == 1)):
        return
    for n, right in worked[best].items():
        if abs(right.i - value.values[n]) > value.slack(n) + right.blur + 1e-4:
            yield Break(WITH_DATA[0], n + 1, (value.name,), value.values[n], right.i,
                        f"data and weights give I = {right.i:.4g}, printed {value.values[n]:g}")  # fmt: skip
    if "z" in found:
        z = column(rows, found["z"])
        yield from _scores(z, worked[best])


def _worked(v: Variable, neighbours: Neighbours, years: Sequence[str]) -> dict[int, Association]:
    at = aligned(neighbours.labels, v.regions)
    known = {n: v.values[at, v.years.index(year)] for n, year in enumerate(years) if year in v.years}
    return {n: associated(y, neighbours.w, v.half) for n, y in known.items() if y.max() > y.min() and not (y != y).any()}


def _scores(z: Column, worked: Mapping[int, Association]) -> Iterator[Break]:
    """Rows whose z is not Moran's; all rows where some are not and every one is the t of a line through the scatter plot."""
    known = {n: right for n, right in worked.items() if not math.isnan(z.values[n])}
    lines = {n for n, right in known.items() if abs(z.values[n] - right.t_of_line) <= z.slack(n) + 0.02 * abs(right.t_of_line)}
    off = {n for n, right in known.items() if not _is_score(z, right, n)}
    for n in sorted(known if off and len(lines) == len(known) else off):
        right, why = known[n], "; it is the t of a line through the Moran scatter plot" if n in lines else ""
        yield Break(WITH_DATA[1], n + 1, (z.name,), z.values[n], right.z_random,
                    f"z is {right.z_normal:.3g} (normality), {right.z_random:.3g} (randomisation), "
                    f"printed {z.values[n]:g}{why}")  # fmt: skip


def _is_score(z: Column, right: Association, n: int) -> bool:
    ends = sorted((right.z_normal, right.z_random))
    reach = z.slack(n) + NEAR * max(map(abs, ends)) + 0.02
    return ends[0] - reach <= z.values[n] <= ends[1] + reach


def _p_follows(z: Column, p: Column) -> Iterator[Break]:
    for n, (score, given) in enumerate(zip(z.values, p.values, strict=True)):
        if math.isnan(score) or math.isnan(given):
            continue
        weak, strong = (math.erfc(max(0.0, abs(score) + s * z.slack(n)) / math.sqrt(2)) for s in (-1, 1))
        low, high = max(0.0, given - p.slack(n)), given + p.slack(n)
        if low > FACTOR * weak or high < strong / 2 / FACTOR:
            two_sided = math.erfc(abs(score) / math.sqrt(2))
            yield Break("p follows from z", n + 1, (z.name, p.name), given, two_sided,
                        f"z = {score:g} has p = {two_sided:.2g}, one-sided {two_sided / 2:.2g}; printed {given:g}")  # fmt: skip


def _signs(value: Column, z: Column, expected: Sequence[float] | None) -> Iterator[Break]:
    for n, (i, score) in enumerate(zip(value.values, z.values, strict=True)):
        away = i - (expected[n] if expected else 0.0)
        clear = abs(away) > value.slack(n) + (0.0 if expected else 0.1)
        if clear and abs(score) > z.slack(n) and away * score < 0:
            yield Break("I exceeds its expectation where z is positive", n + 1, (value.name, z.name), score, i,
                        f"I = {i:g} and z = {score:g} point in opposite directions")  # fmt: skip


def _steady(value: Column, z: Column, expected: Sequence[float] | None) -> Iterator[Break]:
    errors = {n: (i - (expected[n] if expected else 0.0)) / s for n, (i, s) in enumerate(zip(value.values, z.values, strict=True))
              if abs(s) > 1 and i * s > 0}  # fmt: skip
    if len(errors) < 4:
        return
    middle = statistics.median(errors.values())
    for n, error in errors.items():
        if max(error / middle, middle / error) > STEADY:
            yield Break("the standard error is steady", n + 1, (value.name, z.name), error, middle,
                        f"(I - E) / z is {error:.3g} here, {middle:.3g} in the middle year", note=True)  # fmt: skip


def _rho(value: Column, rho: Column) -> Iterator[Break]:
    for n, (i, r) in enumerate(zip(value.values, rho.values, strict=True)):
        if i > 0.1 and r < -0.1:
            yield Break("rho and I agree in sign", n + 1, (value.name, rho.name), r, i,
                        f"rho = {r:g} beside Moran's I = {i:g}: weights and panel may stand in different row order")  # fmt: skip
