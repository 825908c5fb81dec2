"""The user's own boundaries (GeoJSON or TopoJSON in degrees) as rings per region: exteriors counter-clockwise, holes not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from yindi.core.config import StudyConfig
from yindi.core.errors import Problems
from yindi.core.ledger import Source
from yindi.intake.limits import regular
from yindi.intake.read import sha256

Rings = tuple[np.ndarray, ...]
Feature = tuple[Mapping[str, str], Rings]
_POLYGONS = ("Polygon", "MultiPolygon")


def outlines(
    config: StudyConfig, folder: Path, regions: Sequence[str], problems: Problems
) -> tuple[dict[str, Rings], Source | None]:
    """Region -> rings (N,2) in degrees from `regions.map`, and the file as a source; what is wrong with it is gathered."""
    chosen = config.regions
    if chosen.map is None:
        return {}, None
    path = folder / chosen.map
    if not regular(path):
        problems.add(chosen.map, "there is no such file.", "correct `regions.map` in study.yaml")
        return {}, None
    try:
        found = list(features(json.loads(path.read_text(encoding="utf-8-sig"))))
        rings = _by_code(found, chosen.map_code, chosen.map, regions, problems)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError) as fault:
        problems.add(chosen.map, f"is no GeoJSON or TopoJSON that can be read ({type(fault).__name__}: {fault}).",
                     "save the boundaries again as GeoJSON in WGS 84 (longitude and latitude)")  # fmt: skip
        return {}, None
    return rings, Source("regions.map", chosen.map_source, chosen.map, sha256(path))


def centroid(rings: Rings) -> tuple[float, float]:
    """Longitude and latitude of the middle of an area given by its rings (N,2) in degrees, holes wound the other way."""
    middle = np.concatenate(rings).mean(axis=0)
    total, first = 0.0, np.zeros(2)
    for ring in rings:
        x, y = (ring - middle).T
        cross = x * np.roll(y, -1) - np.roll(x, -1) * y
        total += cross.sum() / 2
        first += np.array([((x + np.roll(x, -1)) * cross).sum(), ((y + np.roll(y, -1)) * cross).sum()]) / 6
    at = middle + (first / total if total else 0.0)
    return float(at[0]), float(at[1])


def features(tree: Mapping[str, Any]) -> Iterator[Feature]:
    """The properties (as text, `id` among them) and rings of every polygon feature; raises KeyError or ValueError."""
    if tree["type"] == "Topology":
        arcs = _arcs(tree)
        for layer in tree["objects"].values():
            for geometry in layer.get("geometries", [layer]):
                if geometry["type"] in _POLYGONS:
                    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
                    yield _texts(geometry), _wound([[_joined(ring, arcs) for ring in part] for part in parts])
        return
    if tree["type"] not in ("FeatureCollection", "Feature"):
        raise ValueError(f"its type is {tree['type']!r}")
    for feature in tree.get("features", [tree]):
        shape = feature["geometry"]
        if shape and shape["type"] in _POLYGONS:
            parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            yield _texts(feature), _wound([[np.array(ring, dtype=float)[:, :2] for ring in part] for part in parts])


def _texts(feature: Mapping[str, Any]) -> dict[str, str]:
    own = {"id": feature["id"]} if "id" in feature else {}
    return {k: str(v) for k, v in {**own, **(feature.get("properties") or {})}.items() if isinstance(v, (str, int))}


def _arcs(tree: Mapping[str, Any]) -> list[np.ndarray]:
    if "transform" not in tree:
        return [np.array(a, dtype=float)[:, :2] for a in tree["arcs"]]
    scale, shift = (np.array(tree["transform"][k], dtype=float) for k in ("scale", "translate"))
    return [np.cumsum(np.array(a, dtype=float)[:, :2], axis=0) * scale + shift for a in tree["arcs"]]


def _joined(ring: Sequence[int], arcs: Sequence[np.ndarray]) -> np.ndarray:
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in ring]
    return np.concatenate([parts[0], *(p[1:] for p in parts[1:])])


def _wound(polygons: Sequence[Sequence[np.ndarray]]) -> Rings:
    """Rings as RFC 7946 wants them, whatever way the file winds them; raises ValueError for what are no degrees."""
    out = []
    for rings in polygons:
        for n, ring in enumerate(rings):
            if len(ring) < 3 or not np.isfinite(ring).all():
                raise ValueError("a ring has less than three points, or a coordinate is no number")
            if np.abs(ring[:, 0]).max() > 360 or np.abs(ring[:, 1]).max() > 90:
                raise ValueError("its coordinates are not degrees of longitude and latitude")
            out.append(np.round(ring if (_area(ring) > 0) == (n == 0) else ring[::-1], 5))
    return tuple(out)


def _area(ring: np.ndarray) -> float:
    """Twice the signed area in squared degrees; positive counter-clockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return float((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _by_code(
    found: Sequence[Feature], key: str | None, file: str, regions: Sequence[str], problems: Problems
) -> dict[str, Rings]:
    keys = [key] if key else list(dict.fromkeys(k for properties, _ in found for k in properties))
    hits = {k: {p[k] for p, _ in found if k in p} & set(regions) for k in keys}
    best = max(hits, key=lambda k: len(hits[k]), default=None)
    if best is None or not hits[best]:
        problems.add(file, f"none of its properties ({', '.join(keys[:8]) or 'there are none'}) holds the codes of the regions.",
                     "name the property with the codes: regions.map_code")  # fmt: skip
        return {}
    gone = [r for r in regions if r not in hits[best]]
    if gone:
        problems.add(file, f"has no boundary of {', '.join(gone[:5])} (of {len(gone)} regions) in its property {best!r}.",
                     "add them, name another property (regions.map_code), or leave regions.map out")  # fmt: skip
    out: dict[str, Rings] = {}
    for properties, rings in found:
        code = properties.get(best, "")
        if code in hits[best]:
            out[code] = (*out.get(code, ()), *rings)
    return out
