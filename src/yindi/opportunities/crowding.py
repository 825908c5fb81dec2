"""The collective check: what it adds up to when every region follows its own advice (一哄而上, 重复建设)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import amounts, binary, quotient, unit


@dataclass(frozen=True, slots=True)
class CollectiveCheck:
    """Per item (C,): regions that are told it, their share of all regions and of the nation's size (base_share), the addition.

    addition is in the unit of size; expansion is addition over the item's national total. `overlap` is the mean over pairs of
    regions of the common part of their two lists (Jaccard); `largest` the position of the most crowded item. years_of_growth:
    addition over the item's yearly growth; idle_cover: output that idle capacity could make over the addition (1 and more: no new
    plant is needed); infinite where there is nothing to add, None where growth or utilisation was not given.
    """

    regions: np.ndarray
    share: np.ndarray
    base_share: np.ndarray
    addition: np.ndarray
    expansion: np.ndarray
    overlap: float
    largest: int
    years_of_growth: np.ndarray | None = None
    idle_cover: np.ndarray | None = None


@method(
    "crowding",
    "collective_check",
    cites=("judgement of this project",),
    laws=("equivariant", "scale_free", "counts", "nothing_from_nothing"),
)
def collective_check(
    recommended: Any, size: Any, *, commitment: float | None = None, growth: Any = None, utilisation: Any = None
) -> CollectiveCheck:
    """How many regions share each recommended item, and what national expansion that implies.

    recommended: (R,C) zeros and ones. size: (R,) size of each region, or (R,C) what each region makes of each item now.
    With `commitment`: every follower adds that share of its own (R,C) output, or of its (R,) size.
    Without: every follower rises to its proportional part of the item (location quotient 1), so (R,) sizes imply an expansion
    equal to the followers' share of the nation, and (R,C) amounts deduct what is there already.
    growth (C,): past yearly growth of each item, above 0. utilisation (C,): capacity use in (0, 1].
    Raises MethodError for shapes that differ, an item nobody makes, or growth or utilisation outside what they may be.
    """
    told = binary(recommended, "recommended")
    weight = amounts(size, "size", dims=(1, 2))
    if weight.shape not in (told.shape, told.shape[:1]):
        raise MethodError(f"size has shape {weight.shape}; recommended {told.shape} asks for {told.shape[:1]} or {told.shape}.")
    if not told.size:
        raise MethodError("recommended is empty.")
    base = np.broadcast_to(weight[:, None], told.shape) if weight.ndim == 1 else weight
    total = base.sum(axis=0)
    if not (total > 0).all():
        nobody = np.flatnonzero(total <= 0)[:5].tolist()
        raise MethodError(f"size: nobody has any of item(s) {nobody}; their expansion has no base.")
    addition = (told * _added(base, weight.ndim, commitment)).sum(axis=0)
    regions = told.sum(axis=0)
    base_share = (told * base).sum(axis=0) / total
    years, idle = _years(addition, growth), _idle(addition, total, utilisation)
    return CollectiveCheck(regions, regions / len(told), base_share, addition, addition / total, overlap(told),
                           int(regions.argmax()), years, idle)  # fmt: skip


def _added(base: np.ndarray, dims: int, commitment: float | None) -> np.ndarray:
    if commitment is not None or dims == 1:
        return base * (1.0 if commitment is None else commitment)
    expected = base.sum(axis=1, keepdims=True) * base.sum(axis=0) / base.sum()
    result: np.ndarray = np.maximum(expected - base, 0.0)
    return result


def _years(addition: np.ndarray, growth: Any) -> np.ndarray | None:
    if growth is None:
        return None
    yearly = amounts(growth, "growth", dims=(1,))
    if yearly.shape != addition.shape or not (yearly > 0).all():
        raise MethodError("growth needs one number above 0 per item; an item that shrinks has no years of growth.")
    return np.asarray(addition / yearly)


def _idle(addition: np.ndarray, total: np.ndarray, utilisation: Any) -> np.ndarray | None:
    if utilisation is None:
        return None
    used = unit(utilisation, "utilisation", dims=(1,))
    if used.shape != addition.shape or not (used > 0).all():
        raise MethodError("utilisation needs one number in (0, 1] per item.")
    idle = total * (1 / used - 1)
    return np.asarray(np.divide(idle, addition, out=np.full(len(idle), np.inf), where=addition > 0))


def overlap(recommended: Any) -> float:
    """Mean over pairs of regions of common items / items of either (Jaccard); 0 for fewer than two regions."""
    told = binary(recommended, "recommended")
    common = told @ told.T
    count = told.sum(axis=1)
    either = count[:, None] + count - common
    pairs = np.triu_indices(len(told), 1)
    return float(quotient(common, either)[pairs].mean()) if len(told) > 1 else 0.0
