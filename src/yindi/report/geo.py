"""Outlines of provinces and boundary lines in Albers kilometres, from the packaged outline (data/geo/provinces_outline.json)."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources

_SOUTH, _NORTH, _MIDDLE, _EARTH = np.radians(25.0), np.radians(47.0), np.radians(105.0), 6371.0072


def albers(degrees: np.ndarray) -> np.ndarray:
    """Albers equal-area conic, parallels 25 and 47 N, meridian 105 E, on the authalic sphere; (N, 2) degrees to (N, 2) km."""
    lon, lat = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    n = (np.sin(_SOUTH) + np.sin(_NORTH)) / 2
    c = np.cos(_SOUTH) ** 2 + 2 * n * np.sin(_SOUTH)
    rho = _EARTH * np.sqrt(c - 2 * n * np.sin(lat)) / n
    angle = n * (lon - _MIDDLE)
    return np.column_stack([rho * np.sin(angle), -rho * np.cos(angle)])


@dataclass(frozen=True, slots=True)
class Ring:
    """One closed ring or one line in degrees (N, 2)."""

    degrees: np.ndarray

    @property
    def south(self) -> float:
        """Southern limit in degrees."""
        return float(self.degrees[:, 1].min())

    @property
    def north(self) -> float:
        """Northern limit in degrees."""
        return float(self.degrees[:, 1].max())


@dataclass(frozen=True, slots=True)
class Outline:
    """Province code -> rings (outer and inner alike: drawn even-odd), and the boundary lines with the ten-dash line."""

    provinces: dict[str, tuple[Ring, ...]]
    lines: tuple[Ring, ...]


def joined(numbers: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    """The arcs of a ring or line end to end (N, 2); a negative number is an arc backwards."""
    pieces = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])])


def decode(content: dict[str, Any]) -> Outline:
    """The outline from its packed form: arcs as differences of whole steps."""
    arcs = [np.cumsum(np.array(a).reshape(-1, 2), axis=0) * content["step"] for a in content["arcs"]]
    provinces = {
        code: tuple(Ring(joined(ring, arcs)) for polygon in polygons for ring in polygon)
        for code, polygons in content["provinces"].items()
    }
    return Outline(provinces, tuple(Ring(joined(line, arcs)) for line in content["lines"]))


@functools.cache
def outline() -> Outline:
    """The packaged outline."""
    return decode(resources.tree("geo/provinces_outline.json"))
