"""The outline loses nothing that the official map shows, and the map shows all of it."""

from __future__ import annotations

import json
from itertools import pairwise

import made_up_report as made_up
import numpy as np
import pytest

from yindi.core import resources
from yindi.core.document import Figure, Series
from yindi.core.errors import UsageError
from yindi.core.finding import Label
from yindi.report import geo, maps
from yindi.report.charts import drawing
from yindi.report.draw import Area, Stroke, Words
from yindi.report.svg import svg

W = made_up.Words("zh")


def rings():
    return [(code, ring) for code, parts in geo.outline().provinces.items() for ring in parts]


def area(degrees: np.ndarray) -> float:
    x, y = geo.albers(degrees).T
    return float(abs((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2)


def test_all_thirty_four_provinces_with_taiwan() -> None:
    assert len(geo.outline().provinces) == 34
    # 35,887 km2: main island and islets as in the source data (Taiwan's statistics give 36,197 km2 of land)
    assert sum(area(r.degrees) for c, r in rings() if c == "710000") == pytest.approx(36_000, rel=0.02)


def test_three_parts_of_diaoyu() -> None:
    at = [c for c, r in rings() if r.degrees[:, 0].min() > 123 and 25.5 < r.south < r.north < 26.2]
    assert at == ["710000"] * 3


def test_the_islands_of_the_south_china_sea() -> None:
    # 228 parts in the official data south of 13 N; the simplification of the topology merged two (shared/geo/README.md)
    assert sum(r.north < 13 for _, r in rings()) >= 227
    assert min(r.south for _, r in rings()) == pytest.approx(3.83, abs=0.005)


def test_the_ten_dash_line_is_whole() -> None:
    south = [
        line for line in geo.outline().lines if line.south < 25 and len(line.degrees) <= 6 and line.degrees[:, 0].max() > 108
    ]
    west_to_east = [
        line for line in south if line.degrees[:, 0].min() > 108 and (line.north < 17 or line.degrees[:, 0].min() > 118)
    ]
    assert len(west_to_east) == 10


def test_areas_stay_within_one_in_a_hundred_of_the_topology() -> None:
    topology = json.loads(resources.text("geo/cn.topo.json"))
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(np.array(a), axis=0) * scale + shift for a in topology["arcs"]]
    for g in topology["objects"]["prov"]["geometries"]:
        polygons = [g["arcs"]] if g["type"] == "Polygon" else g["arcs"]
        before = [area(geo.joined(ring, arcs)) for polygon in polygons for ring in polygon]
        after = [area(r.degrees) for r in geo.outline().provinces[g["properties"]["prov"]]]
        assert len(before) == len(after), g["properties"]
        assert sum(after) == pytest.approx(sum(before), rel=0.01), g["properties"]


def test_albers_is_equal_area_and_keeps_its_meridian() -> None:
    # a cell of one degree: R^2 * dlon * (sin(lat+1) - sin(lat)), the area of a spherical rectangle
    for lon, lat in ((75.0, 39.0), (110.0, 5.0), (130.0, 50.0)):
        k = np.linspace(0, 1, 50)
        edge = [np.column_stack([lon + k, 0 * k + lat]), np.column_stack([0 * k + lon + 1, lat + k]),
                np.column_stack([lon + 1 - k, 0 * k + lat + 1]), np.column_stack([0 * k + lon, lat + 1 - k])]  # fmt: skip
        sphere = 6371.0072**2 * np.radians(1) * (np.sin(np.radians(lat + 1)) - np.sin(np.radians(lat)))
        assert area(np.concatenate(edge)) == pytest.approx(sphere, rel=1e-3)
    assert geo.albers(np.array([(105.0, 30.0)]))[0, 0] == pytest.approx(0.0)


def test_every_ring_and_every_line_is_on_the_main_sheet_or_in_the_inset() -> None:
    for code, parts in geo.outline().provinces.items():
        main = len(maps.main_rings(code))
        inset_only = [r for r in parts if r.north <= maps.MAIN_NORTH_OF]
        assert main + len(inset_only) == len(parts)
        assert len(maps.inset_rings(code)) >= len(inset_only)
    dashes = [line for line in geo.outline().lines if line.north <= maps.MAIN_NORTH_OF]
    assert dashes
    left, top, right, bottom = maps._frame()
    inside = [
        s for s in maps._lines() if left <= min(s.points[::2]) and max(s.points[::2]) <= right and top <= min(s.points[1::2])
    ]
    assert len(inside) >= len(dashes) + 3
    assert all(y < bottom for s in inside for y in s.points[1::2])


def test_taiwan_is_not_behind_the_inset() -> None:
    left, top, right, bottom = maps._frame()
    for ring in maps.main_rings("710000"):
        xs, ys = np.array(ring[::2]), np.array(ring[1::2])
        assert not ((xs > left) & (xs < right) & (ys > top) & (ys < bottom)).any()
    assert right <= maps.WIDE


def test_clipping_a_square_by_a_window() -> None:
    square = np.array([(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)])
    cut = maps.clipped(square, (1.0, 1.0, 9.0, 3.0))
    assert {tuple(p) for p in cut.tolist()} == {(1.0, 1.0), (4.0, 1.0), (4.0, 3.0), (1.0, 3.0)}
    assert len(maps.clipped(square, (5.0, 5.0, 6.0, 6.0))) == 0


def test_classes_hold_all_values_in_order_without_overlap() -> None:
    values = [float(v) for v in (5, 1, 9, 3, 3, 3, 7, 8, 2, 6, 4)]
    limits = maps.classes(values)
    assert limits[0][0] == 1.0
    assert limits[-1][1] == 9.0
    assert all(a[1] < b[0] for a, b in pairwise(limits))
    assert all(any(low <= v <= high for low, high in limits) for v in values)
    assert maps.classes([2.0, 0.0, 2.0, 1.0]) == [(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]


def test_shades_are_darker_for_larger_values_in_grey_too() -> None:
    def grey(colour: str) -> float:
        red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    greys = [grey(c) for c in maps.SHADES]
    assert all(a - b > 25 for a, b in pairwise(greys))


def test_the_map_says_its_source_and_that_it_is_simplified() -> None:
    words = " ".join(m.text for m in drawing(made_up.index_map(W), "zh").marks if isinstance(m, Words))
    assert "审图号：GS(2024)0650号" in words
    assert "仅作示意" in words
    assert "本图审图号" in words
    assert "南海诸岛" in words


def test_regions_without_data_are_drawn_as_such() -> None:
    marks = drawing(made_up.index_map(W), "zh").marks
    bare = [m for m in marks if isinstance(m, Area) and m.fill == maps.NOTHING and m.point is None]
    assert len(bare) >= 3  # Taiwan, Hong Kong, Macao
    assert any(isinstance(m, Stroke) for m in marks)


def test_a_map_of_something_else_is_refused() -> None:
    points = ((Label("region", "620102", "城关区"), made_up.index("620000", "2023")),)
    with pytest.raises(UsageError, match="620102"):
        drawing(Figure("map", ("x",), (Series(("x",), points),)), "zh")


def test_same_map_same_bytes() -> None:
    one, two = (svg(drawing(made_up.index_map(W), "zh"), title="x") for _ in range(2))
    assert one == two
