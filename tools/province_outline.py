"""Extracts provinces and boundary lines from cn.topo.json into data/geo/provinces_outline.json: arcs thinned, no ring dropped.

Usage: province_outline.py CN.TOPO.JSON OUT.JSON
Arcs are joined where only counties meet, then thinned by Douglas-Peucker in Albers kilometres;
rings of islets keep all their points, so that none disappears.
"""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from yindi.report.geo import albers

TOLERANCE_KM = 3.2
SMALL_KM = 40.0
STEP = 0.001


def thin(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Indices kept by Douglas-Peucker; the ends always stay."""
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    stack = [(0, len(points) - 1)]
    while stack:
        a, b = stack.pop()
        if b - a < 2:
            continue
        chord, inner = points[b] - points[a], points[a + 1 : b] - points[a]
        length = float(np.hypot(*chord))
        away = np.abs(inner[:, 0] * chord[1] - inner[:, 1] * chord[0]) / length if length else np.hypot(inner[:, 0], inner[:, 1])
        far = int(away.argmax())
        if away[far] > tolerance:
            keep[a + 1 + far] = True
            stack += [(a, a + 1 + far), (a + 1 + far, b)]
    return np.flatnonzero(keep)


def polygons(geometry: dict[str, Any]) -> list[Any]:
    """The `arcs` of a geometry as for its Multi- form."""
    return [geometry["arcs"]] if geometry["type"] in ("Polygon", "LineString") else geometry["arcs"]


class Chains:
    """Arcs joined where no other province begins or ends, thinned and packed once each."""

    def __init__(self, degrees: list[np.ndarray]):
        self.degrees = degrees
        self.owner: dict[int, set[int]] = {}
        self.known: dict[tuple[int, ...], int] = {}
        self.arcs: list[list[int]] = []
        self.rings = 0

    def see(self, ring: list[int]) -> None:
        """Note which ring uses which arcs."""
        self.rings += 1
        for n in ring:
            self.owner.setdefault(max(n, ~n), set()).add(self.rings)

    def cut(self, ring: list[int]) -> list[int]:
        """A ring as chain numbers, a new chain wherever the neighbour changes."""
        sides = [self.owner[max(n, ~n)] for n in ring]
        starts = [k for k in range(len(ring)) if sides[k] != sides[k - 1]]
        if len(starts) < 2:
            return self.whole(ring)
        turned = ring[starts[0] :] + ring[: starts[0]]
        ends = [k - starts[0] for k in starts[1:]] + [len(ring)]
        return [n for a, b in pairwise([0, *ends]) for n in self.whole(turned[a:b])]

    def whole(self, part: list[int]) -> list[int]:
        """Arcs that follow each other as one chain."""
        forward, back = tuple(part), tuple(~n for n in reversed(part))
        if back in self.known:
            return [~self.known[back]]
        if forward not in self.known:
            self.known[forward] = len(self.arcs)
            self.arcs.append(self.pack(forward))
        return [self.known[forward]]

    def pack(self, part: tuple[int, ...]) -> list[int]:
        """The thinned points of a chain as differences of whole steps."""
        pieces = [self.degrees[n] if n >= 0 else self.degrees[~n][::-1] for n in part]
        line = np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])])
        km = albers(line)
        small = float(np.ptp(km, axis=0).max()) < SMALL_KM
        whole = np.rint((line if small else line[thin(km, TOLERANCE_KM)]) / STEP).astype(int)
        return np.diff(whole, axis=0, prepend=[[0, 0]]).ravel().tolist()  # type: ignore[no-any-return]


def main(source: Path, target: Path) -> None:
    topology = json.loads(source.read_text("utf-8"))
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    objects = {name: topology["objects"][name]["geometries"] for name in ("prov", "lines")}
    degrees = [np.cumsum(np.array(a), axis=0) * scale + shift for a in topology["arcs"]]
    chains = Chains(degrees)
    provinces = [(g["properties"]["prov"], polygons(g)) for g in objects["prov"]]
    for _, parts in provinces:
        for ring in (ring for polygon in parts for ring in polygon):
            chains.see(ring)
    packed = {code: [[chains.cut(ring) for ring in polygon] for polygon in parts] for code, parts in sorted(provinces)}
    lines = [chains.whole(part) for g in objects["lines"] for part in polygons(g)]
    out = {"step": STEP, "arcs": chains.arcs, "provinces": packed, "lines": lines}
    target.write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
