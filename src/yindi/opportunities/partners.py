"""Partner regions for collaborative innovation: strong where the other is weak, and near."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import amounts, finite, quotient, unit

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Partners:
    """partner (R,k) positions, best first; score, complement, distance, similarity (R,R)."""

    partner: np.ndarray
    score: np.ndarray
    complement: np.ndarray
    distance: np.ndarray
    similarity: np.ndarray


@method("partners", "great_circle", cites=("Sinnott 1984",), laws=("symmetric", "order_free"))
def great_circle(longitude: Any, latitude: Any) -> np.ndarray:
    """Great-circle distance (R,R) in kilometres between points (R,) in degrees (haversine, mean earth radius)."""
    east, north = (np.radians(finite(v, n, dims=(1,))) for v, n in ((longitude, "longitude"), (latitude, "latitude")))
    half = np.sin((north[:, None] - north) / 2) ** 2
    half = half + np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    result: np.ndarray = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result


@method("partners", "complement", cites=("judgement of this project",), laws=("bounded", "order_free", "scale_free"))
def complement(level: Any, weakness: Any) -> np.ndarray:
    """How far s is above r where r is weak: sum_q w_rq max(0, l_sq - l_rq) / sum_q w_rq, (R,R) in 0..1, row = who is helped.

    level: (R,Q) in 0..1; weakness: (R,Q) >= 0, a region without any weakness gets a row of 0.
    """
    have, weak = unit(level, "level"), amounts(weakness, "weakness")
    if have.shape != weak.shape:
        raise MethodError(f"level {have.shape} and weakness {weak.shape} differ.")
    share = quotient(weak, weak.sum(axis=1, keepdims=True))
    result: np.ndarray = (share[:, None, :] * np.maximum(have[None, :, :] - have[:, None, :], 0.0)).sum(axis=2)
    return result


@method("partners", "similarity", cites=("judgement of this project",), laws=("symmetric", "bounded", "order_free"))
def similarity(level: Any, *, known: Any = None) -> np.ndarray:
    """1 - mean absolute difference of two regions' levels over what both know, (R,R) symmetric in 0..1; 0 if nothing."""
    have = unit(level, "level")
    seen = np.ones(have.shape, bool) if known is None else np.asarray(known, bool)
    both = seen[:, None, :] & seen[None, :, :]
    alike = np.where(both, 1 - np.abs(have[:, None, :] - have[None, :, :]), 0.0)
    return quotient(alike.sum(axis=2), both.sum(axis=2))


@method("partners", "choose", cites=("Balland & Boschma 2021",), laws=("order_free_score", "nobody_is_its_own", "scale_free"))
def choose(level: Any, weakness: Any, distance: Any, *, known: Any = None, count: int = 3, reach: float = 1000.0) -> Partners:
    """Partners of each region: complement in either direction (half weight for what it gives back), discounted by distance.

    score_rs = (complement_rs + complement_sr / 2) * reach / (reach + distance_rs); ties go to the earlier region.
    level (R,Q) in 0..1 (0 where `known` is False), weakness (R,Q) >= 0, distance (R,R) km.
    Raises MethodError for fewer than two regions.
    """
    far = amounts(distance, "distance")
    given = complement(level, weakness)
    if far.shape != given.shape or len(far) < 2:
        raise MethodError(f"distance has shape {far.shape}; the levels ask for {given.shape}, with two regions at least.")
    score: np.ndarray = (given + given.T / 2) * reach / (reach + far)
    ranked = score.copy()
    np.fill_diagonal(ranked, -np.inf)
    order = np.argsort(-ranked, axis=1, kind="stable")[:, : min(count, len(far) - 1)]
    return Partners(order, score, given, far, similarity(level, known=known))


def named(
    regions: tuple[str, ...],
    level: np.ndarray,
    weakness: np.ndarray,
    distance: np.ndarray | None,
    *,
    known: np.ndarray,
    count: int,
    reach: float,
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Columns (R,k) of each region's partners by code, and their positions; the order of the regions changes nothing.

    distance (R,R) km, or None where regions have no place: then nobody is nearer than others.
    """
    by_code, rows = np.argsort(regions), np.arange(len(regions))[:, None]
    back = np.argsort(by_code)
    far = np.zeros((len(regions),) * 2) if distance is None else distance
    found = choose(
        level[by_code], weakness[by_code], far[np.ix_(by_code, by_code)], known=known[by_code], count=count, reach=reach
    )
    chosen: np.ndarray = np.asarray(by_code[found.partner[back]])
    helps, alike = (a[np.ix_(back, back)] for a in (found.complement, found.similarity))
    columns = {
        "partner": np.array(regions)[chosen],
        "complement": helps[rows, chosen],
        "returned": helps[chosen, rows],
        "distance": np.full(chosen.shape, np.nan) if distance is None else distance[rows, chosen],
        "similarity": alike[rows, chosen],
    }
    return columns, chosen
