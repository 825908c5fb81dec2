"""Weights: they sum to 1, entropies lie in [0, 1], weights follow from 1 - e, and, given the data, are not reversed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column, is_total, numeric, roles

RULES = ("weights sum to 1", "weights are not negative", "entropy lies in [0, 1]", "divergence is 1 - e",
         "weights follow from divergence", "the order is not reversed",
         "entropies are over the log of all rows")  # fmt: skip
REVERSED, SAME = -0.5, 1e-4


def check(rows: Sequence[Row], found: Mapping[str, str], data: Sequence[Row] | None = None) -> Iterator[Break]:
    """All breaks of a table with a row per indicator (and per scheme); `data` has a column per indicator.

    A row of totals counts for nothing but itself.
    """
    scheme = found.get("scheme")
    for name in dict.fromkeys(r.get(scheme, "") if scheme else "" for r in rows):
        at = [n for n, r in enumerate(rows) if (not scheme or r.get(scheme, "") == name) and not is_total(r)]
        yield from _scheme(rows, found, at)
        if data is not None and "indicator" in found and (not scheme or "entrop" in name or "熵" in name):
            yield from _order(rows, found, at, data)


def _scheme(rows: Sequence[Row], found: Mapping[str, str], at: Sequence[int]) -> Iterator[Break]:
    weight = column(rows, found["weight"])
    total, slack = sum(weight.values[n] for n in at), sum(weight.slack(n) for n in at)
    one = 100.0 if total > 10 else 1.0
    if abs(total - one) > slack * (1 + 1e-6):
        yield Break(
            "weights sum to 1", at[0] + 1, (weight.name,), total, one, f"{len(at)} weights sum to {total:.6g}, not {one:g}"
        )
    for n in at:
        if weight.values[n] < -weight.slack(n):
            yield Break("weights are not negative", n + 1, (weight.name,), weight.values[n], 0.0, f"weight {weight.values[n]:g}")
    if "entropy" in found:
        yield from _entropy(column(rows, found["entropy"]), found, rows, at)
    source = _divergence(rows, found)
    if source is not None:
        yield from _follow(weight, source, at, one)


def _entropy(entropy: Column, found: Mapping[str, str], rows: Sequence[Row], at: Sequence[int]) -> Iterator[Break]:
    given = column(rows, found["divergence"]) if "divergence" in found else None
    for n in at:
        e = entropy.values[n]
        if not -entropy.slack(n) <= e <= 1 + entropy.slack(n):
            yield Break("entropy lies in [0, 1]", n + 1, (entropy.name,), e, 1.0,
                        f"e = {e:g}: divided by the log of too few rows (ln T for ln NT); reverses the weights")  # fmt: skip
        if given is not None and abs(1 - e - given.values[n]) > (entropy.slack(n) + given.slack(n)) * (1 + 1e-6):
            yield Break("divergence is 1 - e", n + 1, (entropy.name, given.name), given.values[n], 1 - e,
                        f"1 - e = {1 - e:.6g}, printed {given.values[n]:.6g}")  # fmt: skip


def _divergence(rows: Sequence[Row], found: Mapping[str, str]) -> Column | None:
    if "divergence" in found:
        return column(rows, found["divergence"])
    if "entropy" not in found:
        return None
    entropy = column(rows, found["entropy"])
    return Column(f"1 - {entropy.name}", tuple(1 - e for e in entropy.values), entropy.half)


def _follow(weight: Column, source: Column, at: Sequence[int], one: float) -> Iterator[Break]:
    total = sum(source.values[n] for n in at)
    blur = sum(source.slack(n) for n in at)
    if not abs(total) > blur:
        return
    for n in at:
        share = source.values[n] / total
        slack = weight.slack(n) + one * (source.slack(n) + abs(share) * blur) / (abs(total) - blur)
        if abs(one * share - weight.values[n]) > slack * (1 + 1e-6):
            yield Break("weights follow from divergence", n + 1, (source.name, weight.name), weight.values[n], one * share,
                        f"{source.name} gives {one * share:.6g}, printed {weight.values[n]:.6g}")  # fmt: skip


def _order(rows: Sequence[Row], found: Mapping[str, str], at: Sequence[int], data: Sequence[Row]) -> Iterator[Break]:
    names = [rows[n].get(found["indicator"], "") for n in at]
    have = set(numeric(data))
    if len(names) < 3 or not set(names) <= have:
        return
    signs = [-1 if _minus(rows[n].get(found.get("direction", ""), "")) else 1 for n in at]
    x = np.array([column(data, name).values for name in names]) * np.array(signs)[:, None]
    spread = np.ptp(x, axis=1)
    if np.isnan(x).any() or (spread == 0).any():
        return
    right = _divergences((x - x.min(axis=1, keepdims=True)) / spread[:, None])
    weight = column(rows, found["weight"])
    printed = np.array([weight.values[n] for n in at])
    yield from _short_log(weight, printed, right, data)
    agreement = _spearman(right, printed)
    if agreement < REVERSED:
        yield Break("the order is not reversed", 0, (found["weight"],), agreement, 1.0,
                    f"the weights rank the indicators against their entropy weights (Spearman {agreement:.3f})")  # fmt: skip


def _short_log(weight: Column, printed: np.ndarray, right: np.ndarray, data: Sequence[Row]) -> Iterator[Break]:
    """The printed weights follow from entropies divided by ln of the years, or of the regions, instead of ln of all rows."""
    given = roles("panel", list(data[0]))
    shares = printed / printed.sum()
    near = 2 * weight.half / abs(float(printed.sum())) + SAME
    if np.abs(right / right.sum() - shares).max() <= near:
        return
    for role in ("year", "region"):
        count = len({r[given[role]] for r in data}) if role in given else 0
        wrong = 1 - (1 - right) * math.log(len(data)) / math.log(count) if 1 < count < len(data) else np.zeros(1)
        if abs(wrong.sum()) > SAME and np.abs(wrong / wrong.sum() - shares).max() <= near:
            yield Break("entropies are over the log of all rows", 0, (weight.name,), math.log(count), math.log(len(data)),
                        f"the weights follow from entropies over ln {count} ({role}s), not ln {len(data)} (rows)")  # fmt: skip


def _minus(text: str) -> bool:
    return text.strip() in ("-", "-1", "−", "负", "负向", "negative")


def _divergences(z: np.ndarray) -> np.ndarray:
    """1 - e of each row of `z` (J,N)."""
    p = z / z.sum(axis=1, keepdims=True)
    return np.asarray(1 + np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0).sum(axis=1) / math.log(z.shape[1]))


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    one, two = (np.array([(x < v).sum() + ((x == v).sum() - 1) / 2 for v in x]) for x in (a, b))
    return float(np.corrcoef(one, two)[0, 1]) if np.ptp(one) > 0 and np.ptp(two) > 0 else 1.0
