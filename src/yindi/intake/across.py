"""Findings across the columns of a cube: ratios that break or drift, blocks shared by two columns, nations, parts, stocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.core import resources
from yindi.intake import checks, copies, identities
from yindi.intake.additivity import kind_of
from yindi.intake.assemble import Cube
from yindi.intake.found import Found, of_block, rules
from yindi.intake.said import say

Totals = Mapping[tuple[str, str], tuple[float, int]]
PER = re.compile(r"人均|户均|地均|单位|每[百千万十]|比重|比率|占比|强度|密度|率\(|率$|per |share|ratio|intensity|_per_|percent")


def ratios(cube: Cube) -> list[identities.Ratio]:
    """The ratios among the columns of a cube."""
    return identities.find(cube.values, cube.known, rules()["identity"]["thresholds"])


def formula(cube: Cube, r: identities.Ratio) -> str:
    """A ratio in the names of its columns."""
    under = f" / {cube.items[r.under]}" if r.under >= 0 else ""
    factor = "" if abs(r.factor - 1) < 1e-6 else f" × {r.factor:.6g}"
    return f"{cube.items[r.over]}{under}{factor}"


def of_ratios(cube: Cube, held: Sequence[identities.Ratio]) -> Iterator[Found]:
    """Cells that break an exact ratio, with what it gives; years in which a close one snaps (columns of different revisions)."""
    limits = rules()["identity"]["thresholds"]
    for ratio in held:
        name, words = cube.items[ratio.made], formula(cube, ratio)
        if ratio.exact:
            for r, t, right in identities.broken(cube.values, cube.known, ratio, limits):
                yield _breach(cube, name, r, t, right, say("identity", formula=words, share=f"{ratio.share:.0%}"))
        else:
            yield from _drifts(cube, ratio, words)


def _breach(cube: Cube, name: str, r: int, t: int, right: float, text: tuple[str, str]) -> Found:
    region, year = cube.regions[r], cube.years[t]
    found = float(cube.values[r, t, cube.at(name)])
    right = float(f"{right:.9g}")
    kind = kind_of(found, right) if right > 0 and found > 0 else ""
    size = float(np.log(right / found)) if right > 0 and found > 0 else 0.0
    detail = f"{kind}: {text[0]}" if kind else text[0]
    return Found(name, "identity", (year,), (region,), 1 / len(cube.regions), size, True, frozenset([(region, year)]), detail,
                 zh=text[1], right=((region, year, right),))  # fmt: skip


def _drifts(cube: Cube, ratio: identities.Ratio, words: str) -> Iterator[Found]:
    known = cube.held(ratio.made) & cube.held(ratio.over)
    said = identities.given(cube.values, ratio)
    x = np.where(known, cube.values[:, :, ratio.made], 0.0)
    breaks = checks.vintage_by_identity(x, np.nan_to_num(said), known & np.isfinite(said), rules()["vintage"]["thresholds"])
    en, zh = say("drift", formula=words)
    for b in breaks:
        yield Found(
            cube.items[ratio.made], "vintage", (cube.years[b.at],), cube.regions, b.share, b.size, b.sure, detail=en, zh=zh
        )


def shared_columns(cube: Cube) -> Iterator[Found]:
    """Blocks that two columns share though they differ elsewhere."""
    most = int(rules()["identity"]["thresholds"]["columns"])
    part = cube.values[:, :, :most]
    for a, b, mask in copies.between_items(part, cube.known[:, :, :most], rules()["copied"]["item"]):
        yield of_block(cube, cube.items[b], "filled", mask, *say("item", other=cube.items[a]))


def against_nation(cube: Cube, totals: Totals) -> Iterator[Found]:
    """Years in which the regions do not sum to the nation's row as they usually do, with the cell that explains it."""
    limits = rules()["sum"]["thresholds"]
    for k, item in enumerate(cube.items):
        years = [t for t, y in enumerate(cube.years) if (item, y) in totals and cube.known[:, t, k].all()]
        nation = np.array([totals[item, cube.years[t]][0] for t in years])
        if len(years) < 2 or (nation == 0).any():
            continue
        share = cube.values[:, years, k].sum(axis=0) / nation
        usual = float(np.median(share))
        if abs(usual - 1) > limits["near"]:
            continue
        for n, beside in _off(share, limits):
            told = _national(cube, item, years[n], float(nation[n]) * beside, (float(share[n]), beside))
            if told.right or (0 < n < len(share) - 1 and abs(share[n] - beside) > 2 * limits["away"]):
                yield told


def _off(share: np.ndarray, limits: Mapping[str, float]) -> Iterator[tuple[int, float]]:
    """(position, what the years beside let expect) of shares that leave the years beside them; a share may drift."""
    beside = [float(np.median(np.delete(share[max(0, n - 2) : n + 3], min(n, 2)))) for n in range(len(share))]
    away = np.abs(share - np.array(beside))
    noise = float(np.median(np.abs(np.diff(share)))) if len(share) > 1 else 0.0
    for n in np.flatnonzero(away > max(limits["away"], limits["ratio"] * noise)):
        near = [abs(float(share[m] - share[n])) for m in (n - 1, n + 1) if 0 <= m < len(share)]
        if min(near) > limits["away"]:
            yield int(n), beside[n]


def _national(cube: Cube, item: str, t: int, should: float, shares: tuple[float, float]) -> Found:
    x = cube.values[:, t, cube.at(item)]
    gap = should - float(x.sum())
    fits = [(r, x[r] * f) for r in range(len(x)) for f in (-1.0, 0.01, 0.001, 0.1, 10.0, 100.0, 1000.0)
            if x[r] and abs(x[r] * f - x[r] - gap) <= 0.02 * abs(gap)]  # fmt: skip
    en, zh = say("nation", share=f"{shares[0]:.1%}", usual=f"{shares[1]:.1%}")
    one = fits[0] if len(fits) == 1 else None
    regions = (cube.regions[one[0]],) if one else cube.regions
    right = ((regions[0], cube.years[t], float(f"{one[1]:.12g}")),) if one else ()
    return Found(item, "sum", (cube.years[t],), regions, len(regions) / len(cube.regions), gap, True,
                 frozenset((r, cube.years[t]) for r in regions), en, zh=zh, right=right)  # fmt: skip


def stocks(cube: Cube, size: str, intensities: Sequence[str]) -> Iterator[Found]:
    """Columns named as intensities that grow in proportion to the regions' size (population)."""
    limits = rules()["stock"]["thresholds"]
    people, have = cube.values[:, :, cube.at(size)], cube.held(cube.at(size))
    for item in intensities:
        x, both = cube.values[:, :, cube.at(item)], cube.held(cube.at(item)) & have
        both &= (x > 0) & (people > 0)
        years = [t for t in range(len(cube.years)) if both[:, t].sum() >= limits["regions"]]
        told = [_slope(np.log(people[both[:, t], t]), np.log(x[both[:, t], t])) for t in years]
        if not told:
            continue
        correlation, slope = (float(np.median([p[n] for p in told])) for n in (0, 1))
        if correlation >= limits["correlation"] and limits["low"] <= slope <= limits["high"]:
            en, zh = say("stock", other=size, share=f"{correlation:.2f}")
            yield Found(item, "stock", tuple(cube.years[t] for t in years), cube.regions, 1.0, slope, False, detail=en, zh=zh)


def _slope(people: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    if people.std() < 1e-9 or x.std() < 1e-9:
        return 0.0, 0.0
    correlation = float(np.corrcoef(people, x)[0, 1])
    return correlation, correlation * float(x.std() / people.std())


def population_of(items: Sequence[str]) -> str | None:
    """The column that holds the population, by its name."""
    names = resources.rows("variables.csv")
    known = {r["zh"] for r in names if r["code"] == "population"} | {"population", "pop"}
    bare = {i: re.sub(r"\(.*", "", i) for i in items}
    exact = [i for i, b in bare.items() if b in known or b in ("总人口", "常住人口", "人口数", "人口", "年末人口", "年末总人口")]
    return exact[0] if exact else None
