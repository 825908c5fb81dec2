"""Lists for all regions at once: the best advice whose sum the nation can take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import InfeasibleError, MethodError
from yindi.opportunities.arrays import amounts, finite
from yindi.opportunities.scoring import best

CAP = 0.10
SHORT = 50


@dataclass(frozen=True, slots=True)
class Lists:
    """chosen (R,C) bool, value of the whole numbers found, bound of the linear program (nothing whole exceeds it), price (C,).

    The price of an activity's limit is what one more unit of addition would be worth.
    """

    chosen: np.ndarray
    value: float
    bound: float
    price: np.ndarray


@dataclass(frozen=True, slots=True)
class Together:
    """Lists (R,C) made region by region (`alone`) and all at once (`chosen`), and the expansion (C,) that each implies.

    An expansion is the sum of what every told region lacks to its proportional part, over the national total.
    """

    alone: np.ndarray
    chosen: np.ndarray
    expansion_alone: np.ndarray
    expansion: np.ndarray


def together(chance: np.ndarray, made: np.ndarray, candidates: np.ndarray, *, count: int = 10, cap: float = CAP) -> Together:
    """The best `count` per region, alone and with no activity expanded beyond `cap` of its total; chance, made (R,C) amounts.

    Of each region the 50 best candidates (five times `count` where that is more) enter the linear program.
    """
    total = made.sum(axis=0)
    expected = made.sum(axis=1, keepdims=True) * total / max(float(total.sum()), 1e-300)
    more, base = np.maximum(expected - made, 0.0), np.where(total > 0, total, 1.0)
    alone = best(chance, candidates, count)
    short = best(chance, candidates, max(SHORT, 5 * count))
    chosen = lists(chance, more, cap * total, count=count, candidates=candidates, short=short).chosen
    return Together(alone, chosen, (alone * more).sum(axis=0) / base, (chosen * more).sum(axis=0) / base)


def lists(
    score: Any, addition: Any, limit: Any, *, count: int = 10, candidates: Any = None, short: np.ndarray | None = None
) -> Lists:
    """Choose `count` candidates per region with the largest sum of scores, while each activity's additions stay within its limit.

    score, addition: (R,C), addition >= 0 in the unit of limit (C,); candidates: (R,C) bool (default all). The relaxation is
    solved by HiGHS; its few broken cells are filled by the best that still fits, so a list may fall short where limits bind.
    `short` (R,C) bool: the candidates that enter the linear program; the others only fill short lists.
    Raises MethodError for shapes that differ, InfeasibleError when HiGHS finds no optimum.
    """
    worth, more = finite(score, "score", dims=(2,)), amounts(addition, "addition")
    most = amounts(limit, "limit", dims=(1,))
    open_to = np.ones(worth.shape, bool) if candidates is None else np.asarray(candidates, bool)
    if more.shape != worth.shape or open_to.shape != worth.shape or most.shape != worth.shape[1:]:
        raise MethodError(f"score {worth.shape}, addition {more.shape}, limit {most.shape} and candidates do not fit together.")
    r, c = np.nonzero(open_to if short is None else open_to & short)
    share, price, bound = _relaxed(worth[r, c], more[r, c], most, r, c, count)
    chosen: np.ndarray = np.zeros(worth.shape, bool)
    chosen[r, c] = share > 1 - 1e-6
    _fill(chosen, worth, more, most, open_to, count)
    return Lists(chosen, float(worth[chosen].sum()), bound, price)


def _relaxed(
    worth: np.ndarray, more: np.ndarray, most: np.ndarray, r: np.ndarray, c: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, float]:
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, vstack

    cells = np.arange(len(r))
    scale = np.where(most > 0, most, 1.0)
    per_region = csr_matrix((np.ones(len(r)), (r, cells)), shape=(int(r.max(initial=-1)) + 1, len(r)))
    per_activity = csr_matrix((more / scale[c], (c, cells)), shape=(len(most), len(r)))
    right = np.concatenate([np.full(per_region.shape[0], float(count)), (most > 0).astype(float)])
    found = linprog(-worth, A_ub=vstack([per_region, per_activity]), b_ub=right, bounds=(0, 1), method="highs")
    if found.status != 0:
        raise InfeasibleError(f"No lists: {found.message}")
    price = -found.ineqlin.marginals[per_region.shape[0] :] / scale
    return found.x, price, float(-found.fun)


def _fill(chosen: np.ndarray, worth: np.ndarray, more: np.ndarray, most: np.ndarray, open_to: np.ndarray, count: int) -> None:
    """Give regions with a short list the best candidates that still fit, best pairs first."""
    left = most - (chosen * more).sum(axis=0)
    short = count - chosen.sum(axis=1)
    rows, columns = np.nonzero(open_to & ~chosen & (short > 0)[:, None] & (worth > 0))
    for n in np.argsort(-worth[rows, columns], kind="stable"):
        r, c = rows[n], columns[n]
        if short[r] > 0 and more[r, c] <= left[c]:
            chosen[r, c], short[r], left[c] = True, short[r] - 1, left[c] - more[r, c]
