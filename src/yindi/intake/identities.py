"""Identities: columns that are the ratio of two others, found in the numbers themselves, and the cells that break them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

Limits = Mapping[str, float]
SAMPLE = 60


@dataclass(frozen=True, slots=True)
class Ratio:
    """Column `made` = `over` / `under` * `factor` (`under` -1: a multiple of `over`), exact, or close with a drift."""

    made: int
    over: int
    under: int
    factor: float
    share: float
    exact: bool


def _logs(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    fine = known & (values > 0)
    logs: np.ndarray = np.where(fine, np.log(np.where(fine, values, 1.0)), np.nan)
    return logs.reshape(-1, values.shape[2])


def find(values: np.ndarray, known: np.ndarray, limits: Limits) -> list[Ratio]:
    """The ratios among the columns of values (R,T,K), each made column once, with the factor nearest to a power of ten."""
    logs = _logs(values, known)
    usable = [k for k in range(logs.shape[1]) if np.isfinite(logs[:, k]).sum() >= limits["cells"]]
    usable = [k for k in usable if np.nanstd(logs[:, k]) > limits["moves"]][: int(limits["columns"])]
    found: dict[int, Ratio] = {}
    for ratio in _candidates(logs, usable, limits):
        old = found.get(ratio.made)
        if old is None or (ratio.exact, ratio.share, -ratio.under) > (old.exact, old.share, -old.under):
            found[ratio.made] = ratio
    return _acyclic(found, _lengths(values, known))


def _lengths(values: np.ndarray, known: np.ndarray) -> list[float]:
    """How many digits the figures of each column are written with, on average over a sample: quotients are long."""
    made = []
    for k in range(values.shape[2]):
        held = values[:, :, k][known[:, :, k]]
        some = held[:: max(1, len(held) // SAMPLE)]
        made.append(float(np.mean([len(f"{abs(v):.15g}".replace(".", "").strip("0")) for v in some])) if len(some) else 0.0)
    return made


def _candidates(logs: np.ndarray, usable: list[int], limits: Limits) -> Iterator[Ratio]:
    for over in usable:
        for made in usable:
            if made == over:
                continue
            left = logs[:, over] - logs[:, made]
            if (multiple := _constant(left, limits)) is not None:
                if made > over and multiple[2]:
                    yield Ratio(made, over, -1, float(np.exp(-multiple[0])), *multiple[1:])
                continue
            for under in usable:
                if under in (made, over):
                    continue
                got = _constant(left - logs[:, under], limits)
                if got is not None and _beyond_size(logs, made, over, under, limits):
                    yield Ratio(made, over, under, float(np.exp(-got[0])), *got[1:])


def _constant(line: np.ndarray, limits: Limits) -> tuple[float, float, bool] | None:
    have = line[np.isfinite(line)]
    if len(have) < limits["cells"]:
        return None
    middle = float(np.median(have))
    off = np.abs(have - middle)
    exact = float((off <= limits["exact"]).mean())
    if exact >= limits["share"]:
        return middle, exact, True
    near = float((off <= limits["close"]).mean())
    power = round(middle / np.log(10)) * float(np.log(10))
    return (power, near, False) if near >= limits["share"] and abs(middle - power) <= limits["round"] else None


def _beyond_size(logs: np.ndarray, made: int, over: int, under: int, limits: Limits) -> bool:
    """A ratio is told only where its parts differ between rows by far more than its tolerance."""
    spread = [float(np.nanstd(logs[:, k])) for k in (made, over, under)]
    return min(spread) > limits["differs"]


def _acyclic(found: dict[int, Ratio], lengths: list[float]) -> list[Ratio]:
    """Of a = b / c, b = a * c and c = b / a only one: the made column has the longest figures, and no others rest on it."""
    kept: list[Ratio] = []
    used: set[frozenset[int]] = set()
    rests = [k for r in found.values() for k in (r.over, r.under)]
    for ratio in sorted(found.values(), key=lambda r: (-round(lengths[r.made]), rests.count(r.made), -r.share, r.made)):
        trio = frozenset((ratio.made, ratio.over, ratio.under))
        made = {k.made for k in kept}
        if trio not in used and not ({ratio.over, ratio.under} & made):
            used.add(trio)
            kept.append(ratio)
    return sorted(kept, key=lambda r: r.made)


def given(values: np.ndarray, ratio: Ratio) -> np.ndarray:
    """What a ratio says its column should hold, (R,T); NaN where a part is not above zero."""
    under = values[:, :, ratio.under] if ratio.under >= 0 else np.ones(values.shape[:2])
    fine = (values[:, :, ratio.over] > 0) & (under > 0)
    made: np.ndarray = np.where(fine, values[:, :, ratio.over] / np.where(fine, under, 1.0) * ratio.factor, np.nan)
    return made


def broken(values: np.ndarray, known: np.ndarray, ratio: Ratio, limits: Limits) -> list[tuple[int, int, float]]:
    """(region, year, what the ratio gives) of the cells that break an exact ratio."""
    said = given(values, ratio)
    have = known[:, :, ratio.made] & known[:, :, ratio.over] & np.isfinite(said)
    if ratio.under >= 0:
        have &= known[:, :, ratio.under]
    off = have & (np.abs(values[:, :, ratio.made] - said) > limits["exact"] * np.abs(said))
    return [(int(r), int(t), float(said[r, t])) for r, t in np.argwhere(off)]
