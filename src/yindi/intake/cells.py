"""Detectors' cells as findings: slips with the right value, filled and copied blocks, oddities of a whole series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from yindi.intake import chance, checks, copies, traces
from yindi.intake import slipped as slips
from yindi.intake.assemble import Cube
from yindi.intake.found import Found, blocks, of_block, rules
from yindi.intake.said import say
from yindi.intake.written import Written

Cells = set[tuple[int, int]]


def slipped(cube: Cube, code: str, x: np.ndarray, known: np.ndarray) -> Iterator[tuple[Found, Cells]]:
    """Signs, decimal points and exchanged rows, each with its cells (positions); a later kind does not look at earlier cells."""
    rule: Mapping[str, Mapping[str, float]] = rules()["slip"]
    still, tails = known.copy(), checks.tails(x, known, rules()["outlier"]["thresholds"])
    for find, name in ((slips.signs, "sign"), (slips.decimals, "decimal"), (slips.swapped, "swapped")):
        seen = find(x, still.copy(), rule[name])
        if name == "swapped" and seen:
            seen = chance.exchanges(x, still, seen, rule[name], len(cube.items))
        for s in seen:
            if s.kind == "decimal point" and _open(s, known) and abs(np.log(s.factor)) < tails[s.region]:
                continue
            at = {(s.region, t) for t in s.years}
            if s.kind == "sign" and _may_be_negative(code):
                if not s.sure:
                    continue
                s = replace(s, sure=False)
            yield _slip(cube, code, x, s), at
            for r, t in at:
                still[r, t] = False


def _may_be_negative(code: str) -> bool:
    """True for a column that may well be negative by its head (profits, balances, growth)."""
    return any(w in code for w in rules()["slip"]["sign"]["may"])


def _open(s: slips.Slipped, known: np.ndarray) -> bool:
    """True for a run that reaches the first or the last known year: nothing shows that the series comes back."""
    years = np.flatnonzero(known[s.region])
    return bool(s.years[0] == years[0] or s.years[-1] == years[-1])


def _slip(cube: Cube, code: str, x: np.ndarray, s: slips.Slipped) -> Found:
    years = tuple(cube.years[t] for t in s.years)
    region = cube.regions[s.region]
    values = [x[s.partner, t] if s.partner >= 0 else x[s.region, t] * s.factor for t in s.years]
    right = tuple((region, y, float(f"{v:.12g}")) for y, v in zip(years, values, strict=True))
    power = f"{abs(np.log10(s.factor)):.0f}" if s.kind == "decimal point" else ""
    en, zh = say(s.kind, power=power, other=cube.regions[s.partner] if s.partner >= 0 else "")
    size = float(np.log(s.factor)) if s.factor > 0 else 0.0
    cells = frozenset((region, y) for y in years)
    return Found(
        code, "outlier", years, (region,), 1 / len(cube.regions), size, s.sure, cells, f"{s.kind}: {en}", zh=zh, right=right
    )


def filled(cube: Cube, code: str, x: np.ndarray, known: np.ndarray, figures: Written) -> Iterator[Found]:
    """Copied, interpolated and constructed blocks of one variable."""
    limits, looks = rules()["filled"]["thresholds"], int((cube.state > 0).sum())
    taken = np.zeros(x.shape, bool)
    steady = copies.steady_growth(x, known, rules()["copied"]["growth"], figures, looks)
    masks = [("copied", traces.repeats(x, known, limits, looks)),
             ("interpolated", traces.interpolations(x, known, limits, looks)),
             ("growth", traces.Traces(steady, np.full(x.shape, np.inf)))]  # fmt: skip
    for how, traced in masks:
        for block in blocks(traced.mask & ~taken):
            en, zh = say(how)
            yield replace(of_block(cube, code, "filled", block, en, zh), sure=traces.surely(block, traced.room, looks, limits))
        taken |= traced.mask
    yield from _copied(cube, code, x, known & ~taken, figures, looks)


def _copied(cube: Cube, code: str, x: np.ndarray, known: np.ndarray, figures: Written, looks: int) -> Iterator[Found]:
    rule: Mapping[str, Any] = rules()["copied"]
    whole = copies.between_years(x, known, rule["year"], figures)
    for c in whole:
        yield _copy(cube, code, c, *say("year", other=cube.years[c.other]))
    for c in copies.between_regions(x, known, rule["region"], figures, looks):
        yield _copy(cube, code, c, *say("region", other=cube.regions[c.other]))


def _copy(cube: Cube, code: str, c: copies.Copy, en: str, zh: str) -> Found:
    block = np.zeros((len(cube.regions), len(cube.years)), bool)
    block[np.ix_(c.regions, c.years)] = True
    return replace(of_block(cube, code, "filled", block, en, zh), sure=c.sure)


def oddities(cube: Cube, code: str, x: np.ndarray, known: np.ndarray, figures: Written) -> Iterator[Found]:
    """What concerns a whole series or a whole year: shifted series, total rows, repeated last digits, coarser years."""
    share = 1 / len(cube.regions)
    for r, lag, then, _ in slips.shifted(x, known, rules()["shifted"]["thresholds"]):
        en, zh = say("late" if lag > 0 else "early", lag=abs(lag))
        yield Found(code, "shifted", cube.years, (cube.regions[r],), share, then, False, detail=en, zh=zh)
    for r in copies.totals(x, known, rules()["total"]["thresholds"]):
        en, zh = say("total")
        yield Found(code, "total", cube.years, (cube.regions[r],), share, 0.0, True, detail=en, zh=zh)
    for t, digit, part in copies.alike_digits(x, known, rules()["digits"]["thresholds"], figures):
        en, zh = say("digits", share=f"{part:.0%}", digit=digit)
        yield Found(code, "digits", (cube.years[t],), cube.regions, 1.0, part, False, detail=en, zh=zh)
    if coarse := copies.rounded(x, known, rules()["rounded"]["thresholds"], figures):
        en, zh = say("rounded")
        yield Found(code, "rounded", tuple(cube.years[t] for t in coarse), cube.regions, 1.0, 0.0, False, detail=en, zh=zh)
