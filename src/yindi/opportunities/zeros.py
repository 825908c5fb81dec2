"""Where complexity is zero, and what moves with it: outlook and gain under four zeros of PCI, with the ranks side by side."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import binary, quotient
from yindi.opportunities.complexity import ComplexityWarning, eci_pci, parts
from yindi.opportunities.conventions import ZEROS
from yindi.opportunities.large import around

STATED = ZEROS[0]
CERTAIN, SURE = ("above", "open", "below"), 0.95


@dataclass(frozen=True, slots=True)
class ByZero:
    """eci (R,), pci (C,) with their ranks; by zero: outlook (R,), mean gain (C,) over the regions that lack it, and both ranks.

    at: the pci that counts as zero (NaN for own_eci, which differs by region). agreement: rank correlation of the regions'
    outlook with that under the stated zero, own_eci. NaN where a region or an activity is empty, or nobody lacks the activity;
    1 is best, ties share the smaller rank.
    """

    eci: np.ndarray
    pci: np.ndarray
    eci_rank: np.ndarray
    pci_rank: np.ndarray
    at: Mapping[str, float]
    outlook: Mapping[str, np.ndarray]
    outlook_rank: Mapping[str, np.ndarray]
    gain: Mapping[str, np.ndarray]
    gain_rank: Mapping[str, np.ndarray]
    agreement: Mapping[str, float]


@method("complexity", "by_zero", cites=("Hausmann et al. 2014", "zeros side by side: judgement of this project"),
        laws=("follows_labels", "gain_of_every_zero"))  # fmt: skip
def by_zero(m: Any) -> ByZero:
    """Outlook and gain of a presence matrix m (R,C) under each zero of PCI, with ranks; eci and pci rank alike under all.

    own_eci (stated): an activity counts by what its pci exceeds the region's own eci; mean_pci, eigenvector (the mean over all
    filled cells), lowest: by what it exceeds that. Raises MethodError where the filled part falls into parts without any link, or
    has no direction of complexity, or where all is empty: then no zero is comparable.
    """
    here = binary(m, dtype=bool)
    rows, columns = np.asarray(here.any(axis=1)), np.asarray(here.any(axis=0))
    kept = np.ascontiguousarray(here[rows][:, columns])
    if not kept.size:
        raise MethodError("No region holds any activity.")
    if max(parts(kept)[0]) > 0:
        raise MethodError("The presences fall into parts without any link: complexity has no common zero.")
    eci, pci = eci_pci(kept)
    worth, one = around(kept, pci, np.ones_like(pci))
    cells = kept.sum(axis=0)
    at = {"own_eci": np.nan, "mean_pci": float(pci.mean()), "eigenvector": float(cells @ pci / cells.sum()),
          "lowest": float(pci.min())}  # fmt: skip
    lacking = (~kept).sum(axis=0)
    ahead, gain = {}, {}
    for zero in ZEROS:
        shift = eci if zero == STATED else np.full(len(eci), at[zero])
        ahead[zero] = _back(worth.outlook - shift * one.outlook, rows)
        total = worth.gain.sum(axis=0, dtype=float) - shift @ one.gain
        gain[zero] = _back(np.where(lacking > 0, quotient(total, lacking.astype(float)), np.nan), columns)
    full = _back(eci, rows), _back(pci, columns)
    return ByZero(*full, ranks(full[0]), ranks(full[1]), at, ahead, {z: ranks(v) for z, v in ahead.items()},
                  gain, {z: ranks(v) for z, v in gain.items()},
                  {z: _agreement(v, ahead[STATED]) for z, v in ahead.items()})  # fmt: skip


def _back(value: np.ndarray, kept: np.ndarray) -> np.ndarray:
    full: np.ndarray = np.full(len(kept), np.nan)
    full[kept] = value
    return full


def ranks(value: np.ndarray) -> np.ndarray:
    """Rank of each value (N,), 1 the largest, ties within rounding share the smaller; NaN where the value is NaN."""
    rank = np.full(len(value), np.nan)
    there = np.isfinite(value)
    level = np.sort(np.round(value[there], 10))[::-1]
    rank[there] = np.searchsorted(-level, -np.round(value[there], 10), side="left") + 1.0
    return rank


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    from scipy.stats import rankdata

    both = np.isfinite(one) & np.isfinite(other)
    left, right = rankdata(np.round(one[both], 10)), rankdata(np.round(other[both], 10))
    if left.std() == 0 or right.std() == 0:
        return float("nan")
    return float(np.corrcoef(left, right)[0, 1])


def attempt(m: np.ndarray) -> ByZero | None:
    """`by_zero`, or None where the presences carry no complexity; m (R,C)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ComplexityWarning)
        try:
            return by_zero(m)
        except MethodError:
            return None


def region_columns(found: ByZero) -> dict[str, np.ndarray]:
    """Columns (R,): eci and outlook under the stated zero with their ranks, and outlook's rank under each other zero."""
    columns = {"eci": found.eci, "eci_rank": found.eci_rank, "outlook": found.outlook[STATED],
               "outlook_rank": found.outlook_rank[STATED]}  # fmt: skip
    return columns | {f"rank_{zero}": found.outlook_rank[zero] for zero in ZEROS[1:]}


def activity_columns(found: ByZero) -> dict[str, np.ndarray]:
    """Columns (C,): pci and mean gain under the stated zero with their ranks, and the gain's rank under each other zero."""
    columns = {"pci": found.pci, "pci_rank": found.pci_rank, "gain": found.gain[STATED], "gain_rank": found.gain_rank[STATED]}
    return columns | {f"rank_{zero}": found.gain_rank[zero] for zero in ZEROS[1:]}


def certain(sure: np.ndarray) -> np.ndarray:
    """What is certain of a quotient, by the chance that it exceeds 1: above, below, or open between 5 and 95 per cent."""
    return np.array(CERTAIN)[np.where(sure >= SURE, 0, np.where(sure <= 1 - SURE, 2, 1))]
