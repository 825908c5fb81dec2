"""Neighbours, areas and centroids out of a nested TopoJSON: shared arcs are borders, an equal-area projection gives areas."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.errors import UsageError

LEVELS = {"province": "prov", "city": "city", "county": "county"}
KEYS = {"province": "prov", "city": "city", "county": "code"}
SEMI_MAJOR, FLATTENING = 6_378_137.0, 1 / 298.257222101
_E2 = FLATTENING * (2 - FLATTENING)
_E = _E2**0.5
_PARALLELS, _MERIDIAN = (25.0, 47.0), 105.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Area in square kilometres and the centroid (longitude, latitude) in degrees."""

    area: float
    centroid: tuple[float, float]


def _q(sine: np.ndarray | float) -> np.ndarray:
    s = np.asarray(sine)
    value: np.ndarray = (1 - _E2) * (s / (1 - _E2 * s**2) + np.arctanh(_E * s) / _E)
    return value


_QP = float(_q(1.0))
_RADIUS = SEMI_MAJOR * (_QP / 2) ** 0.5


def _authalic(latitude: np.ndarray | float) -> np.ndarray:
    return np.arcsin(np.clip(_q(np.sin(np.radians(latitude))) / _QP, -1, 1))


def _geodetic(authalic: float) -> float:
    e4, e6 = _E2**2, _E2**3
    phi = (authalic + (_E2 / 3 + 31 * e4 / 180 + 517 * e6 / 5040) * np.sin(2 * authalic)
           + (23 * e4 / 360 + 251 * e6 / 3780) * np.sin(4 * authalic) + (761 * e6 / 45360) * np.sin(6 * authalic))  # fmt: skip
    return float(np.degrees(phi))


_B1, _B2 = (float(_authalic(p)) for p in _PARALLELS)
_N = (np.sin(_B1) + np.sin(_B2)) / 2
_C = np.cos(_B1) ** 2 + 2 * _N * np.sin(_B1)


def project(lonlat: np.ndarray) -> np.ndarray:
    """Longitude and latitude (P,2) in degrees -> metres (P,2), Albers equal-area conic, parallels 25 and 47, meridian 105.

    GRS80. Source: Snyder (1987), Map projections, formulas 14-1 to 14-6 on the authalic sphere.
    """
    rho = _RADIUS * np.sqrt(_C - 2 * _N * np.sin(_authalic(lonlat[:, 1]))) / _N
    theta = _N * np.radians(lonlat[:, 0] - _MERIDIAN)
    return np.column_stack([rho * np.sin(theta), -rho * np.cos(theta)])


def unproject(x: float, y: float) -> tuple[float, float]:
    """Metres back to longitude and latitude in degrees."""
    rho = float(np.hypot(x, y))
    sine = (_C - (rho * _N / _RADIUS) ** 2) / (2 * _N)
    return float(np.degrees(np.arctan2(x, -y) / _N) + _MERIDIAN), _geodetic(float(np.arcsin(sine)))


@functools.cache
def topology() -> Mapping[str, Any]:
    """The packaged TopoJSON of China."""
    tree: Mapping[str, Any] = resources.tree("geo/cn.topo.json")
    return tree


def arcs(topo: Mapping[str, Any]) -> list[np.ndarray]:
    """Every arc as longitude and latitude (P,2): running sums of the quantised steps, scaled."""
    scale, shift = np.array(topo["transform"]["scale"]), np.array(topo["transform"]["translate"])
    return [np.cumsum(np.array(a), axis=0) * scale + shift for a in topo["arcs"]]


def _polygons(geometry: Mapping[str, Any]) -> list[list[list[int]]]:
    polygons: list[list[list[int]]] = geometry["arcs"]
    return polygons if geometry["type"] == "MultiPolygon" else [polygons]  # type: ignore[list-item]


def _features(topo: Mapping[str, Any], level: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if level not in LEVELS:
        raise UsageError(f"Level {level!r} is not one of {list(LEVELS)}.")
    for geometry in topo["objects"][LEVELS[level]]["geometries"]:
        yield str(geometry["properties"][KEYS[level]]), geometry


def contiguity(topo: Mapping[str, Any], level: str = "province") -> tuple[tuple[str, str], ...]:
    """Rook contiguity (邻接): pairs of codes that share at least one border arc, each pair once, sorted."""
    users: dict[int, set[str]] = {}
    for code, geometry in _features(topo, level):
        for ring in (r for polygon in _polygons(geometry) for r in polygon):
            for a in ring:
                users.setdefault(a if a >= 0 else ~a, set()).add(code)
    return tuple(sorted({(a, b) for codes in users.values() for a in codes for b in codes if a < b}))


def _ring(ring: Sequence[int], lines: Sequence[np.ndarray]) -> np.ndarray:
    parts = [lines[a] if a >= 0 else lines[~a][::-1] for a in ring]
    return np.concatenate([parts[0], *(p[1:] for p in parts[1:])])


def _moments(xy: np.ndarray) -> np.ndarray:
    x, y = xy[:, 0], xy[:, 1]
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    return np.array([cross.sum() / 2, ((x[:-1] + x[1:]) * cross).sum() / 6, ((y[:-1] + y[1:]) * cross).sum() / 6])


def shapes(topo: Mapping[str, Any], level: str = "province") -> dict[str, Shape]:
    """Area and centroid of every unit of a level, by Green's formula in the equal-area projection."""
    lines = arcs(topo)
    made = {}
    for code, geometry in _features(topo, level):
        total = np.zeros(3)
        for polygon in _polygons(geometry):
            for n, ring in enumerate(polygon):
                part = _moments(project(_ring(ring, lines)))
                total += np.sign(part[0]) * part * (1 if n == 0 else -1)
        made[code] = Shape(float(total[0]) / 1e6, unproject(float(total[1] / total[0]), float(total[2] / total[0])))
    return made


@functools.cache
def borders(level: str = "province") -> tuple[tuple[str, str], ...]:
    """Pairs of codes with a common land border; provinces from the packaged table, other levels from the topology."""
    if level == "province":
        return tuple((r["a"], r["b"]) for r in resources.rows("regions/contiguity_province.csv"))
    return contiguity(topology(), level)


@functools.cache
def places(level: str = "province") -> Mapping[str, Shape]:
    """Area and centroid by code; provinces from the packaged table, other levels from the topology."""
    if level != "province":
        return shapes(topology(), level)
    table = resources.rows("regions/shape_province.csv")
    return {r["code"]: Shape(float(r["area_km2"]), (float(r["longitude"]), float(r["latitude"]))) for r in table}
