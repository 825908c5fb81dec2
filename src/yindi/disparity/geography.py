"""Where the weight lies: equal-area projection, weighted centre, standard deviational ellipse (标准差椭圆) and its shift."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import method
from yindi.disparity.arrays import Floats, numbers, shares

EARTH_KM = 6371.0072
WGS84_KM, WGS84_E2 = 6378.137, 0.00669437999014


@dataclass(frozen=True, slots=True)
class Albers:
    """Albers equal-area conic: central meridian, two standard parallels, origin (degrees), axis in km and squared eccentricity.

    The defaults are the usual ones for China. `forward` and `inverse` after Snyder (1987), chapter 14.
    """

    meridian: float = 105.0
    parallels: tuple[float, float] = (25.0, 47.0)
    origin: float = 0.0
    axis: float = WGS84_KM
    e2: float = WGS84_E2

    def _q(self, sine: Floats) -> Floats:
        if self.e2 == 0:
            return 2.0 * sine
        e = math.sqrt(self.e2)
        return (1 - self.e2) * (sine / (1 - self.e2 * sine**2) - np.log((1 - e * sine) / (1 + e * sine)) / (2 * e))

    def _constants(self) -> tuple[float, float, float]:
        """Snyder's n, C and rho of the origin."""
        sine = np.sin(np.radians([*self.parallels, self.origin]))
        m = np.sqrt(1 - sine[:2] ** 2) / np.sqrt(1 - self.e2 * sine[:2] ** 2)
        q = self._q(sine)
        n = float(sine[0]) if self.parallels[0] == self.parallels[1] else float((m[0] ** 2 - m[1] ** 2) / (q[1] - q[0]))
        c = float(m[0] ** 2 + n * q[0])
        return n, c, self.axis * math.sqrt(c - n * float(q[2])) / n

    def forward(self, lonlat: ArrayLike) -> Floats:
        """Kilometres east and north (N,2) of degrees of longitude and latitude (N,2)."""
        place = lonlat_of(lonlat, "albers")
        n, c, rho0 = self._constants()
        rho = self.axis * np.sqrt(c - n * self._q(np.sin(np.radians(place[:, 1])))) / n
        turn = n * np.radians(place[:, 0] - self.meridian)
        return np.column_stack([rho * np.sin(turn), rho0 - rho * np.cos(turn)])

    def inverse(self, plane: ArrayLike) -> Floats:
        """Degrees of longitude and latitude (N,2) of kilometres east and north (N,2)."""
        xy = numbers(plane, where="albers", ndim=2)
        n, c, rho0 = self._constants()
        rho = np.hypot(xy[:, 0], rho0 - xy[:, 1])
        q = (c - (rho * n / self.axis) ** 2) / n
        latitude = np.arcsin(np.clip(q / 2.0, -1, 1))
        for _ in range(12):
            sine = np.sin(latitude)
            latitude = latitude + (1 - self.e2 * sine**2) ** 2 / (2 * np.cos(latitude)) * (q - self._q(sine)) / (1 - self.e2)
        turn = np.arctan2(xy[:, 0], rho0 - xy[:, 1])
        return np.column_stack([self.meridian + np.degrees(turn / n), np.degrees(latitude)])


def lonlat_of(places: ArrayLike, where: str) -> Floats:
    """Longitude and latitude in degrees (N,2), checked."""
    out = numbers(places, where=where, ndim=2)
    if out.shape[1] != 2 or (np.abs(out[:, 0]) > 180).any() or (np.abs(out[:, 1]) >= 90).any():
        raise MethodError(f"{where}: needs (N,2) degrees of longitude and latitude, got shape {out.shape}.")
    return out


def great_circle(lonlat: ArrayLike) -> Floats:
    """Great-circle distances in km (N,N) between places (N,2) in degrees."""
    lon, lat = np.radians(lonlat_of(lonlat, "great_circle")).T
    gap = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(gap, 0, 1))))


@dataclass(frozen=True, slots=True)
class Ellipse:
    """Weighted centre in degrees and in the plane (km), half axes (km), azimuth of the long one from north, area (km2)."""

    centre: tuple[float, float]
    plane: tuple[float, float]
    major: float
    minor: float
    azimuth: float
    area: float


@method("spatial", "ellipse", cites=("Lefever 1926", "Yuill 1971"), laws=("points_order_free", "weights_unit_free"))
def ellipse(
    lonlat: ArrayLike,
    weights: ArrayLike,
    *,
    projection: Albers | None = None,
    convention: Literal["yuill", "squared", "crimestat"] = "yuill",
) -> Ellipse:
    """Standard deviational ellipse of places (N,2) in degrees with weights (N,), measured in an equal-area plane.

    `yuill` weighs squared distances with w, `squared` with w squared (ArcGIS and most Chinese papers), `crimestat` is `yuill`
    with n - 2 for n and axes longer by root two. Raises MethodError where the places are fewer than 3 or all on one line.
    """
    if convention not in ("yuill", "squared", "crimestat"):
        raise MethodError(f"ellipse: convention is yuill, squared or crimestat, got {convention!r}.")
    plane = projection or Albers()
    xy = plane.forward(lonlat)
    p = shares(weights, len(xy), where="ellipse")
    if len(xy) < 3:
        raise MethodError(f"ellipse: needs at least 3 places, got {len(xy)}.")
    centre = p @ xy
    q = p**2 / np.sum(p**2) if convention == "squared" else p
    values, vectors = np.linalg.eigh((xy - centre).T @ ((xy - centre) * q[:, None]))
    if values[0] <= 1e-12 * values[1]:
        raise MethodError("ellipse: all places with weight lie on one line.")
    stretch = 2.0 * len(xy) / (len(xy) - 2) if convention == "crimestat" else 1.0
    minor, major = np.sqrt(values * stretch)
    east, north = vectors[:, 1]
    lon, lat = plane.inverse(centre[None, :])[0]
    return Ellipse((float(lon), float(lat)), (float(centre[0]), float(centre[1])), float(major), float(minor),
                   math.degrees(math.atan2(east, north)) % 180.0, math.pi * float(major * minor))  # fmt: skip


def shift(before: Ellipse, after: Ellipse) -> tuple[float, float]:
    """How far (km) and in which direction (azimuth in degrees) the centre moved, in the plane of the projection."""
    east, north = after.plane[0] - before.plane[0], after.plane[1] - before.plane[1]
    return math.hypot(east, north), math.degrees(math.atan2(east, north)) % 360.0
