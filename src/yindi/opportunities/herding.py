"""What regions do in common: similar structures, piling in and leaving again, and signs of overcapacity one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import amounts, finite, quotient

RISING_IS_BAD = {"utilisation": False, "inventories": True, "receivables": True, "price": False, "planned_to_market": True}
PAIRS = 4096


@dataclass(frozen=True, slots=True)
class Similarity:
    """Mean over pairs: cosine of the mixes (产业同构), and half the Krugman distance; of the asked pairs and of all pairs.

    `activities` is the number of activities compared: both numbers move with it, so neither is ever shown without it.
    """

    cosine: float
    krugman: float
    cosine_all: float
    krugman_all: float
    activities: int


@method("crowding", "similarity", cites=("UNIDO 1979", "Krugman 1991"),
        laws=("order_free", "scale_free_mixes", "bounded", "alike_to_itself"))  # fmt: skip
def similarity(x: Any, *, pairs: Any = None) -> Similarity:
    """Likeness of the mixes of regions, x (R,C) amounts: of `pairs` (P,2) of positions, beside all pairs.

    Cosine of shares (UNIDO); Krugman / 2 = half the sum of absolute differences of shares, 0 alike to 1 nothing in common.
    Raises MethodError for fewer than two regions or an empty region.
    """
    made = amounts(x, "x")
    if len(made) < 2 or not (made.sum(axis=1) > 0).all():
        raise MethodError("Likeness needs two regions at least, none of them empty.")
    share = made / made.sum(axis=1, keepdims=True)
    length = np.linalg.norm(share, axis=1)
    every = np.stack(np.triu_indices(len(made), 1), axis=1)
    asked = every if pairs is None else np.asarray(pairs, dtype=np.intp)

    def mean(of: np.ndarray) -> tuple[float, float]:
        cosine, apart = [], []
        for start in range(0, len(of), PAIRS):
            a, b = of[start : start + PAIRS].T
            cosine.append((share[a] * share[b]).sum(axis=1) / length[a] / length[b])
            apart.append(np.abs(share[a] - share[b]).sum(axis=1) / 2)
        return float(np.concatenate(cosine).mean()), float(np.concatenate(apart).mean())

    of_all = mean(every)
    return Similarity(*(of_all if pairs is None else mean(asked)), *of_all, made.shape[1])


@dataclass(frozen=True, slots=True)
class Herding:
    """Per activity (C,): entrants over all years, the share of them in the busiest year (`rush`; even pace is 1 / (T - 1)), the
    share of all regions that entered in that year (`breadth`), and the share of entrants that had left again by the end (`left`).

    0 where nobody entered.
    """

    entrants: np.ndarray
    rush: np.ndarray
    breadth: np.ndarray
    left: np.ndarray


@method("crowding", "herding", cites=("judgement of this project",),
        laws=("order_free", "bounded", "none_from_standing_still"))  # fmt: skip
def herding(here: Any) -> Herding:
    """Piling in (一哄而上): here (R,T,C) presence by year. An entrant is a region that was absent the year before.

    A region that enters twice counts twice in the pace and once among those who left. MethodError for fewer than two years.
    """
    present = finite(here, "here", dims=(3,)) > 0
    if present.shape[1] < 2:
        raise MethodError("Piling in needs two years at least.")
    entered = present[:, 1:] & ~present[:, :-1]
    per_year = entered.sum(axis=0).astype(float)
    ever = entered.any(axis=1)
    gone = (ever & ~present[:, -1]).sum(axis=0)
    return Herding(
        per_year.sum(axis=0),
        quotient(per_year.max(axis=0), per_year.sum(axis=0)),
        per_year.max(axis=0) / len(present),
        quotient(gone.astype(float), ever.sum(axis=0).astype(float)),
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """One component of the overcapacity board (C,): its last value, its place in its own history from 0 (best) to 1 (worst), and
    its last change in the bad direction (positive = worse)."""

    last: np.ndarray
    strain: np.ndarray
    worsening: np.ndarray


@method("crowding", "board", cites=("judgement of this project",), laws=("order_free", "bounded", "scale_free_signs"))
def board(components: Mapping[str, Any]) -> dict[str, Sign]:
    """Overcapacity (产能过剩) by components, each (C,T) in time order: never one number.

    utilisation and price are bad when they fall; inventories, receivables and planned_to_market when they rise. What is not given
    is not on the board. Raises MethodError for an unknown component or fewer than two years.
    """
    unknown = sorted(set(components) - set(RISING_IS_BAD))
    if unknown:
        raise MethodError(f"The board has {sorted(RISING_IS_BAD)}, not {unknown}.")
    return {name: _sign(name, finite(values, name, dims=(2,))) for name, values in components.items()}


def _sign(name: str, values: np.ndarray) -> Sign:
    if values.shape[1] < 2:
        raise MethodError(f"{name} needs two years at least.")
    bad = values if RISING_IS_BAD[name] else -values
    last = bad[:, -1:]
    worse = (bad[:, :-1] < last).sum(axis=1) + 0.5 * (bad[:, :-1] == last).sum(axis=1)
    return Sign(values[:, -1], worse / (values.shape[1] - 1), bad[:, -1] - bad[:, -2])


@method("crowding", "common_choices", cites=("Jaccard 1901",), laws=("order_free", "bounded", "symmetric_pairs"))
def common_choices(portfolios: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """Mean over regions of the overlap (Jaccard) of two kinds of portfolio (R,C): declared, revealed, recommended.

    A region with both lists empty is left out. Raises MethodError for shapes that differ.
    """
    sets = {name: np.asarray(m, dtype=float) > 0 for name, m in portfolios.items()}
    if len({m.shape for m in sets.values()}) > 1:
        raise MethodError(f"Portfolios differ in shape: { {n: m.shape for n, m in sets.items()} }.")
    names = list(sets)
    found = {}
    for i, left in enumerate(names):
        for right in names[i + 1 :]:
            both, either = (sets[left] & sets[right]).sum(axis=1), (sets[left] | sets[right]).sum(axis=1)
            found[left, right] = float((both[either > 0] / either[either > 0]).mean()) if either.any() else 0.0
    return found
