"""Scores with ranks: the best score has rank 1; given the data, ranks by equal weights follow from them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.audit.findings import Break
from yindi.audit.numbers import Row, bare, column, numeric

RULES = ("ranks follow from scores",)
WITH_DATA = "ranks follow from the data"
EQUAL = ("ew", "equal", "equalweights", "等权", "等权重")


def check(rows: Sequence[Row], found: Mapping[str, str], data: Sequence[Row] | None = None) -> Iterator[Break]:
    """All breaks of a table with a row per unit; with data (a column per indicator, the more the better) of equal weights too."""
    if {"score", "rank"} <= set(found):
        yield from _follow(rows, found)
    if data is not None:
        for name in rows[0]:
            if bare(name) in EQUAL:
                yield from _equal(rows, name, data)


def _follow(rows: Sequence[Row], found: Mapping[str, str]) -> Iterator[Break]:
    """Within every year: a lower score has no better rank; ties of the printed digits may stand in any order."""
    score, rank = column(rows, found["score"]), column(rows, found["rank"])
    year = found.get("year")
    for name in dict.fromkeys(r.get(year, "") if year else "" for r in rows):
        at = [n for n, r in enumerate(rows) if (not year or r.get(year, "") == name) and score.values[n] == score.values[n]]
        s, k = (np.array([c.values[n] for n in at]) for c in (score, rank))
        s = -s if _rises(s, k) else s
        slack = np.array([2 * score.slack(n) for n in at])
        for m, n in enumerate(at):
            best, worst = 1 + int(np.sum(s > s[m] + slack[m])), int(np.sum(s >= s[m] - slack[m]))
            if not math.isnan(k[m]) and not best <= k[m] <= worst:
                yield Break(RULES[0], n + 1, (score.name, rank.name), float(k[m]), float(best),
                            f"{best - 1} score(s) are better than {abs(s[m]):g}, printed rank {k[m]:g}")  # fmt: skip


def _rises(s: np.ndarray, k: np.ndarray) -> bool:
    """True where rank 1 belongs to the lowest score, as in a table of burdens."""
    there = ~np.isnan(k)
    return bool(there.sum() > 2 and np.ptp(s[there]) > 0 and np.ptp(k[there]) > 0 and np.corrcoef(s[there], k[there])[0, 1] > 0.5)


def _equal(rows: Sequence[Row], name: str, data: Sequence[Row]) -> Iterator[Break]:
    units, labels = ([next(iter(r.values())).strip() for r in table] for table in (data, rows))
    if sorted(units) != sorted(labels):
        return
    x = np.array([[c.values[units.index(label)] for label in labels] for c in (column(data, h) for h in numeric(data))])
    if np.isnan(x).any() or not x.size:
        return
    printed = np.array(column(rows, name).values)
    less, mean = x - x.min(axis=1, keepdims=True), x - x.mean(axis=1, keepdims=True)
    scaled = {"min-max": less / np.ptp(x, axis=1, keepdims=True), "z-scores": mean / x.std(axis=1, keepdims=True)}
    agree = {how: int(np.sum(_ranks(z.mean(axis=0)) == printed)) for how, z in scaled.items()}
    if max(agree.values()) < len(rows):
        told = ", ".join(f"{how} give {count} of {len(rows)}" for how, count in agree.items())
        yield Break(WITH_DATA, 0, (name,), float(max(agree.values())), float(len(rows)),
                    f"equal weights over these data: {told}; other bounds, directions or units lie behind")  # fmt: skip


def _ranks(score: np.ndarray) -> np.ndarray:
    return np.array([1 + int(np.sum(score > s + 1e-12)) for s in score])
