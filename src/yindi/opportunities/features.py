"""What is known of a region and an activity before the entry: sizes, its own quotient, relatedness. All at one date."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from yindi.opportunities.advantage import rca
from yindi.opportunities.arrays import quotient
from yindi.opportunities.complexity import links_of
from yindi.opportunities.large import surroundings
from yindi.opportunities.neighbours import nearest
from yindi.opportunities.relatedness import density, proximity

GROUPS = ("marginals", "own", "relatedness")
NEIGHBOURS = (10, 20, 50)
SIMILAR = 30
FACTORS = 20
LARGEST = 3000


@dataclass(frozen=True, slots=True)
class Features:
    """Names of the features as (group, name), and in that order their values, each (R,C) or broadcast to it."""

    names: tuple[tuple[str, str], ...]
    parts: tuple[np.ndarray, ...]
    shape: tuple[int, int]

    def _chosen(self, groups: tuple[str, ...]) -> list[np.ndarray]:
        used = [v for (group, _), v in zip(self.names, self.parts, strict=True) if group in groups]
        return [np.broadcast_to(v, self.shape) for v in used]

    def of(self, *groups: str) -> np.ndarray:
        """The features of some groups, (R,C,f)."""
        return np.stack(self._chosen(groups), axis=2)

    def rows(self, cells: np.ndarray, *groups: str) -> np.ndarray:
        """The features of some groups in the chosen cells (R,C), (N,f): nothing else is copied."""
        at = np.nonzero(cells)
        made: np.ndarray = np.empty((len(at[0]), sum(g in groups for g, _ in self.names)))
        for n, v in enumerate(self._chosen(groups)):
            made[:, n] = v[at]
        return made

    def one(self, name: str) -> np.ndarray:
        """One feature by name, (R,C)."""
        return np.asarray(np.broadcast_to(self.parts[[n for _, n in self.names].index(name)], self.shape), dtype=float)


def features(x: np.ndarray, here: np.ndarray) -> Features:
    """Features of every cell from amounts x (R,C) and presence (R,C) at the same date.

    Above 3,000 regions or activities the factorisations and the likeness of regions and activities, which need the square or the
    cube of that number, are left out; relatedness then rests on the nearest activities, and all is kept in single precision.
    """
    if max(x.shape) > LARGEST:
        return _large(x, here)
    expected = _expected(x)
    surplus = np.log1p(x) - np.log1p(expected)
    made = {("marginals", k): v for k, v in _marginals(x, here, expected).items()}
    made |= {("own", k): v for k, v in _own(x, surplus).items()}
    made |= {("relatedness", k): v for k, v in {**_near(here, x > 0), **_alike(x, here, surplus)}.items()}
    return Features(tuple(made), tuple(made.values()), (x.shape[0], x.shape[1]))


def _expected(x: np.ndarray) -> np.ndarray:
    made: np.ndarray = x.sum(axis=1, keepdims=True) * x.sum(axis=0) / max(float(x.sum()), 1e-300)
    return made


def _large(x: np.ndarray, here: np.ndarray) -> Features:
    single = np.asarray(x, dtype=np.float32)
    expected = _expected(single)
    made = {("marginals", k): v for k, v in _marginals(single, here, expected).items()}
    made |= {("own", k): v for k, v in _own(single, np.log1p(single) - np.log1p(expected)).items()}
    made |= {("relatedness", k): v for k, v in _near_large(here, x > 0).items()}
    kept = tuple(np.asarray(v, dtype=np.float32) for v in made.values())
    return Features(tuple(made), kept, (x.shape[0], x.shape[1]))


def _near_large(here: np.ndarray, active: np.ndarray) -> dict[str, np.ndarray]:
    m, a, none = links_of(here), links_of(active), np.zeros(here.shape[1])
    made = {f"density_{k}": surroundings(m, nearest(m, knn=k), none)[0] for k in NEIGHBOURS}
    made["density"] = made["density_50"]
    made["density_active"] = surroundings(a, nearest(a, knn=NEIGHBOURS[1]), none)[0]
    middle = made[f"density_{NEIGHBOURS[1]}"]
    made["relative_region"] = quotient(middle, middle.mean(axis=1, keepdims=True)).astype(np.float32)
    made["relative_activity"] = quotient(middle, middle.mean(axis=0, keepdims=True)).astype(np.float32)
    return made


def _marginals(x: np.ndarray, here: np.ndarray, expected: np.ndarray) -> dict[str, np.ndarray]:
    made = {"expected": np.log1p(expected)}
    for axis, name in ((1, "region"), (0, "activity")):
        made[f"{name}_size"] = np.log1p(x.sum(axis=axis, keepdims=True))
        made[f"{name}_present"] = np.log1p(here.sum(axis=axis, keepdims=True))
        made[f"{name}_active"] = np.log1p((x > 0).sum(axis=axis, keepdims=True))
    made["sizes"] = made["region_size"] + made["activity_size"]
    made["presences"] = made["region_present"] * made["activity_present"]
    return made


def _own(x: np.ndarray, surplus: np.ndarray) -> dict[str, np.ndarray]:
    return {"quotient": rca(x), "amount": np.log1p(x), "active": (x > 0).astype(float), "surplus": surplus}


def _near(here: np.ndarray, active: np.ndarray) -> dict[str, np.ndarray]:
    m, a = here.astype(float), active.astype(float)
    phi = proximity(m)
    made = {"density": density(m, phi), "density_active": density(a, proximity(a))}
    for k in NEIGHBOURS:
        made[f"density_{k}"] = density(m, proximity(m, knn=min(k, m.shape[1])))
    middle = made[f"density_{NEIGHBOURS[1]}"]
    made["relative_region"] = quotient(middle, middle.mean(axis=1, keepdims=True))
    made["relative_activity"] = quotient(middle, middle.mean(axis=0, keepdims=True))
    return made


def _alike(x: np.ndarray, here: np.ndarray, surplus: np.ndarray) -> dict[str, np.ndarray]:
    m, a = here.astype(float), (x > 0).astype(float)
    root = np.sqrt(np.minimum(rca(x), 5.0))
    centred = root - root.mean(axis=0)
    double = surplus - surplus.mean(axis=0) - surplus.mean(axis=1, keepdims=True)
    made = {
        "like_activities": _neighbours(root),
        "like_regions": _neighbours(root.T).T,
        "like_regions_present": _neighbours(m.T).T,
        "like_regions_above": _neighbours(np.maximum(centred, 0.0).T).T,
        "like_regions_active": _neighbours(a.T).T,
    }
    for name, y, ridge in (("present", m, 0.05), ("present_smooth", m, 0.2), ("quotient", centred, 0.1), ("surplus", double, 0.1),
                           ("active", a - a.mean(axis=0), 0.05)):  # fmt: skip
        made[f"linear_{name}"] = _linear(y, ridge * len(y))
    for name, y in (("present", m - m.mean(axis=0)), ("quotient", centred), ("surplus", double), ("active", a - a.mean(axis=0))):
        made[f"factors_{name}"] = _factors(y)
    return made


def _neighbours(y: np.ndarray) -> np.ndarray:
    """Mean of the most similar columns (cosine), weighted by similarity: what a column's neighbours would lead one to expect."""
    length = np.sqrt((y**2).sum(axis=0))
    unit = quotient(y, length)
    alike = unit.T @ unit
    np.fill_diagonal(alike, 0.0)
    keep = min(SIMILAR, len(alike) - 1)
    if keep < len(alike) - 1:
        alike = np.where(alike >= np.partition(alike, len(alike) - keep, axis=0)[len(alike) - keep], alike, 0.0)
    return quotient(y @ alike, alike.sum(axis=0))


def _linear(y: np.ndarray, ridge: float) -> np.ndarray:
    """Each column from all others by one ridge regression in closed form (EASE, Steck 2019)."""
    inverse = np.linalg.inv(y.T @ y + ridge * np.eye(y.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    result: np.ndarray = y @ weights
    return result


def _factors(y: np.ndarray) -> np.ndarray:
    """The matrix rebuilt from its leading singular vectors."""
    u, s, v = np.linalg.svd(y, full_matrices=False)
    keep = min(FACTORS, max(1, len(s) // 3))
    result: np.ndarray = (u[:, :keep] * s[:keep]) @ v[:keep]
    return result
