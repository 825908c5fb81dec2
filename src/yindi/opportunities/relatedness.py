"""Relatedness: proximity of activities, density around what is not yet there, outlook and its exact gain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.opportunities.arrays import amounts, binary, finite, quotient
from yindi.opportunities.neighbours import NEAREST, NEAREST_ABOVE, nearest

TILE, REGIONS, FEW = 256, 1024, 64


@method("relatedness", "proximity", cites=("Hidalgo et al. 2007",), laws=("equivariant", "symmetric", "unit_interval"))
def proximity(m: Any, *, knn: int | None = None, diagonal: float = 0.0) -> np.ndarray:
    """Proximity of activities (产业邻近度): regions that hold both, over the larger of the two ubiquities.

    m: (R,C) presence. Returns (C,C) in [0, 1] with the given diagonal. `knn` keeps, in column p, the k activities nearest to p
    (those tied with the k-th too) and 0 elsewhere, which is no longer symmetric. Left open it keeps all up to 3,000 activities
    and the nearest 50 above; 0 keeps all. An activity nobody holds is near to none. Raises MethodError for knn < 0.
    """
    here = binary(m, dtype=np.float32)
    if knn is None and here.shape[1] > NEAREST_ABOVE:
        knn = NEAREST
    if knn and here.shape[1] > NEAREST_ABOVE:
        few = np.asarray(nearest(here, knn=knn).toarray())
        np.fill_diagonal(few, diagonal)
        return few
    phi = _shared(here)
    np.fill_diagonal(phi, 0.0)
    if knn:
        phi = _nearest(phi, knn)
    np.fill_diagonal(phi, diagonal)
    return phi


def _shared(here: np.ndarray) -> np.ndarray:
    """Joint presences over the larger ubiquity (C,C): one triangle is counted, in single precision (exact below 2^24)."""
    activities = here.shape[1]
    ubiquity = np.maximum(np.ones(len(here), np.float32) @ here, 1.0).astype(float)
    phi = np.empty((activities, activities))
    for start in range(0, activities, TILE):
        rows, onward = slice(start, start + TILE), slice(start, activities)
        part = np.maximum(ubiquity[rows, None], ubiquity[onward], out=phi[rows, onward])
        np.divide(here[:, rows].T @ here[:, onward], part, out=part)
        phi[start + TILE :, rows] = part[:, TILE:].T
    return phi


def _nearest(phi: np.ndarray, knn: int) -> np.ndarray:
    if knn < 0:
        raise MethodError(f"knn must be at least 1, or 0 for all, got {knn}.")
    if knn >= len(phi):
        return phi
    for start in range(0, len(phi), TILE):
        rows = phi[start : start + TILE]
        rows[rows < np.partition(rows, rows.shape[1] - knn, axis=1)[:, rows.shape[1] - knn, None]] = 0.0
    return np.ascontiguousarray(phi.T)


def _phi(m: np.ndarray, phi: Any) -> np.ndarray:
    near = amounts(phi, "phi")
    if near.shape != (m.shape[1], m.shape[1]):
        raise MethodError(f"phi has shape {near.shape}, the activities of m ask for {(m.shape[1],) * 2}.")
    return near


@method("relatedness", "density", cites=("Hidalgo et al. 2007",), laws=("equivariant", "unit_interval", "monotone"))
def density(m: Any, phi: Any) -> np.ndarray:
    """Density (关联密度): share of the proximity around each activity that the region already holds.

    m: (R,C) presence; phi: (C,C), column p holds the proximities to p. Returns (R,C) in [0, 1]; 0 where p has no relation at all.
    """
    here = binary(m)
    return _density(here, _phi(here, phi))


def _density(here: np.ndarray, near: np.ndarray) -> np.ndarray:
    around: np.ndarray = here @ near
    around *= _inverse(near.sum(axis=0))
    return around


def _inverse(total: np.ndarray) -> np.ndarray:
    return quotient(np.ones_like(total), total)


@method("relatedness", "outlook", cites=("Hausmann et al. 2014",), laws=("equivariant",))
def outlook(m: Any, phi: Any, pci: Any) -> np.ndarray:
    """Outlook (COI): complexity of what is absent, weighted by how near it is: sum over absent p of density_rp * pci_p.

    m: (R,C), phi: (C,C), pci: (C,) finite. Returns (R,). Depends on where pci is zero: say which zero was used.
    """
    here = binary(m)
    near, value = _phi(here, phi), finite(pci, "pci", dims=(1,))
    share = _inverse(near.sum(axis=0)) * value
    result: np.ndarray = here @ (near @ share) - _pairs(here, _both_ways(near, share))
    return result


def _both_ways(near: np.ndarray, share: np.ndarray) -> np.ndarray:
    """phi_pq w_q + phi_qp w_p at (p,q), symmetric: what a pair of activities takes from each other's outlook."""
    both: np.ndarray = near * share
    tiles = [slice(start, start + TILE) for start in range(0, len(both), TILE)]
    for n, rows in enumerate(tiles):
        for columns in tiles[n:]:
            tile = both[rows, columns] + both[columns, rows].T
            both[rows, columns], both[columns, rows] = tile, tile.T
    return both


def _pairs(here: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Half the sum of `both` over all pairs of activities that each region holds, (R,): only one triangle is multiplied."""
    total = np.zeros(len(here))
    for start in range(0, len(both), TILE):
        end = start + TILE
        block = here[:, start:end]
        summed = block @ (both[start:end, start:end] / 2)
        if start:
            summed += here[:, :start] @ both[:start, start:end]
        total += np.einsum("rc,rc->r", block, summed)
    return total


@method("relatedness", "gain", cites=("Hausmann et al. 2014",), laws=("equivariant", "outlook_difference"))
def gain(m: Any, phi: Any, pci: Any) -> np.ndarray:
    """Outlook gain (COG): the change of `outlook` when the region adds the activity, exactly.

    gain_rp = sum over absent q != p of phi_pq / phi_.q * pci_q - density_rp * pci_p. Returns (R,C); 0 where already present.
    """
    here = binary(m)
    near, value = _phi(here, phi), finite(pci, "pci", dims=(1,))
    return _gain(here, near, value)


def _gain(here: np.ndarray, near: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Sum over q of phi_pq w_q less the sum over present q of (phi_pq w_q + phi_qp w_p), w = pci / phi_.q: one product."""
    share = _inverse(near.sum(axis=0)) * value
    both, reach = _both_ways(near, share), _reach(near, share)
    gained: np.ndarray = here @ both
    for rows in _some(len(here), FEW):
        gained[rows] -= reach
        gained[rows] *= here[rows] - 1
    return gained


def _reach(near: np.ndarray, share: np.ndarray) -> np.ndarray:
    result: np.ndarray = near @ share - np.diag(near) * share
    return result


def _some(regions: int, step: int) -> Iterator[slice]:
    """Some regions at a time: what is made of them is still at hand for the next step."""
    return (slice(start, start + step) for start in range(0, regions, step))


class Surroundings(NamedTuple):
    """density (R,C), outlook (R,) and gain (R,C) of one presence matrix."""

    density: np.ndarray
    outlook: np.ndarray
    gain: np.ndarray


def surroundings(m: Any, phi: Any, pci: Any) -> Surroundings:
    """Density, outlook and gain at once, with the density computed once: m (R,C), phi (C,C), pci (C,) finite."""
    held = binary(m, dtype=bool)
    near, value = _phi(held, phi), finite(pci, "pci", dims=(1,))
    inverse = _inverse(near.sum(axis=0))
    share = inverse * value
    reach = _reach(near, share)
    around, gained, ahead = np.empty(held.shape), np.empty(held.shape), np.empty(len(held))
    for rows in _some(len(held), REGIONS):
        here = held[rows].astype(float)
        np.matmul(here, near, out=around[rows])
        here *= share
        np.matmul(here, near.T, out=gained[rows])
    for rows in _some(len(held), FEW):
        found, part = around[rows], gained[rows]
        found *= inverse
        worth, absent = found * value, 1.0 - held[rows]
        part += worth
        np.subtract(reach, part, out=part)
        part *= absent
        ahead[rows] = np.einsum("rc,rc->r", worth, absent)
    return Surroundings(around, ahead, gained)


@method("relatedness", "cross_proximity", cites=("Catalan et al. 2022",), laws=("order_free_cross", "turned_over"))
def cross_proximity(sources: Any, targets: Any) -> np.ndarray:
    """Proximity between two kinds of activity (technologies to industries): joint presences over the larger ubiquity.

    sources (R,A), targets (R,C) presence of the same regions. Returns (A,C) in [0, 1]. MethodError where the regions differ.
    """
    left, right = binary(sources, "sources"), binary(targets, "targets")
    if len(left) != len(right):
        raise MethodError(f"sources has {len(left)} regions, targets {len(right)}.")
    largest = np.maximum(left.sum(axis=0)[:, None], right.sum(axis=0))
    return quotient(left.T @ right, largest)


@method("relatedness", "cross_density", cites=("Catalan et al. 2022",), laws=("order_free_cross", "bounded_cross"))
def cross_density(sources: Any, phi: Any) -> np.ndarray:
    """Share of the proximity around each target (R,C) that the region holds among the sources (R,A); phi (A,C).

    What a frontier region has left: industries it lacks around technologies it has. 0 where a target has no relation at all.
    """
    here, near = binary(sources, "sources"), amounts(phi, "phi")
    if near.shape[0] != here.shape[1]:
        raise MethodError(f"phi has {near.shape[0]} sources, the regions' matrix {here.shape[1]}.")
    return _density(here, near)


@method("relatedness", "relative", cites=("Pinheiro et al. 2022",), laws=("order_free_relative", "mean_zero_spread_one"))
def relative(m: Any, around: Any) -> np.ndarray:
    """Density against what the region's other absent activities have (R,C): (density - mean) / sd over its absent ones.

    m (R,C), around (R,C) density. 0 where present, and where a region's absent activities all have the same density.
    """
    here, value = binary(m), finite(around, "around", dims=(2,))
    absent = 1 - here
    count = absent.sum(axis=1, keepdims=True)
    mean = quotient((value * absent).sum(axis=1, keepdims=True), count)
    spread = np.sqrt(quotient(((value - mean) ** 2 * absent).sum(axis=1, keepdims=True), count))
    return quotient((value - mean) * absent, np.where(spread > 1e-12, spread, 0.0))
