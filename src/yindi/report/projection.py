"""Equal-area projections on the authalic sphere, chosen by the extent of what is drawn; degrees (N, 2) to kilometres (N, 2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

EARTH = 6371.0072
Projection = Callable[[np.ndarray], np.ndarray]


def turned(degrees: np.ndarray, middle: float) -> np.ndarray:
    """Longitudes within half a turn of a meridian, so that nothing is torn at the date line."""
    out = degrees.copy()
    out[:, 0] = (out[:, 0] - middle + 180.0) % 360.0 - 180.0 + middle
    return out


def middle_meridian(longitudes: np.ndarray) -> float:
    """The meridian in the middle of the smallest arc that holds all longitudes."""
    order = np.sort(np.unique(np.round(longitudes % 360.0, 3)))
    gaps = np.diff(np.append(order, order[0] + 360.0))
    k = int(gaps.argmax())
    start, wide = order[(k + 1) % len(order)], 360.0 - gaps[k]
    return float((start + wide / 2 + 180.0) % 360.0 - 180.0)


def conic(south: float, north: float, middle: float) -> Projection:
    """Albers equal-area conic with two parallels and a meridian (Snyder 1987, 14-1 to 14-6 on the sphere)."""
    a, b = np.radians(south), np.radians(north)
    n = (np.sin(a) + np.sin(b)) / 2
    c = np.cos(a) ** 2 + 2 * n * np.sin(a)

    def project(degrees: np.ndarray) -> np.ndarray:
        lon, lat = np.radians(degrees[:, 0] - middle), np.radians(degrees[:, 1])
        rho = EARTH * np.sqrt(np.maximum(c - 2 * n * np.sin(lat), 0.0)) / n
        return np.column_stack([rho * np.sin(n * lon), -rho * np.cos(n * lon)])

    return project


def azimuthal(middle: float, latitude: float) -> Projection:
    """Lambert azimuthal equal-area about a point (Snyder 1987, 24-2 to 24-4, 22-4, 22-5 on the sphere)."""
    p = np.radians(latitude)

    def project(degrees: np.ndarray) -> np.ndarray:
        lon, lat = np.radians(degrees[:, 0] - middle), np.radians(degrees[:, 1])
        k = np.sqrt(2.0 / np.maximum(1 + np.sin(p) * np.sin(lat) + np.cos(p) * np.cos(lat) * np.cos(lon), 1e-9))
        x = k * np.cos(lat) * np.sin(lon)
        y = k * (np.cos(p) * np.sin(lat) - np.sin(p) * np.cos(lat) * np.cos(lon))
        return EARTH * np.column_stack([x, y])

    return project


def fitting(degrees: np.ndarray) -> Projection:
    """A projection for an extent: conic for wide bands of middle latitudes, azimuthal else; the date line is no seam."""
    middle = middle_meridian(degrees[:, 0])
    at = turned(degrees, middle)
    (west, south), (east, north) = at.min(axis=0), at.max(axis=0)
    tall, wide = north - south, (east - west) * np.cos(np.radians((south + north) / 2))
    band = wide > 1.2 * tall and 15.0 <= abs((south + north) / 2) <= 65.0 and wide > 8.0 and east - west < 150.0
    chosen = conic(south + tall / 6, north - tall / 6, middle) if band else azimuthal(middle, (south + north) / 2)
    return lambda points: chosen(turned(points, middle))
