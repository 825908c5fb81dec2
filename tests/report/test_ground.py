"""Maps of other places: the user's boundaries, cities and counties of China, and bars where there are no boundaries at all."""

from __future__ import annotations

import csv
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from yindi.core.config import read_config
from yindi.core.document import Document, Figure, Series
from yindi.core.errors import Problems, UsageError
from yindi.core.finding import Label, Quantity, Ref
from yindi.intake.outlines import features, outlines
from yindi.report import ground, maps, projection, regional
from yindi.report.charts import drawing
from yindi.report.docx import docx
from yindi.report.draw import Area, Box, Dot, Stroke, Words
from yindi.report.html import html
from yindi.report.png import png
from yindi.report.svg import svg


def square(west: float, south: float, side: float = 2.0, *, clockwise: bool = False) -> list[list[float]]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return ring[::-1] if clockwise else ring


def geojson(rings: dict[str, list[list[list[float]]]]) -> dict:
    shapes = [{"type": "Feature", "properties": {"name": f"Region {c}", "code": c},
               "geometry": {"type": "Polygon", "coordinates": r}} for c, r in rings.items()]  # fmt: skip
    return {"type": "FeatureCollection", "features": shapes}


FOUR = {"A": [square(0, 50)], "B": [square(2, 50, clockwise=True)], "C": [square(0, 52), square(0.5, 52.5, 0.5)],
        "D": [square(0.5, 52.5, 0.5)]}  # fmt: skip


def figure(codes, *, marked=()) -> Figure:
    refs = [Ref("scores.index", (("region", c),), "value") for c in codes]
    points = tuple((Label("region", c, f"地区{c}"), Quantity(float(n + 1), refs[n], "index", marked=c in marked))
                   for n, c in enumerate(codes))  # fmt: skip
    return Figure("map", ("指数",), (Series(("指数",), points),), alt=("指数",))


def read(tmp_path: Path, tree: dict, regions=("A", "B", "C", "D"), **more):
    (tmp_path / "b.json").write_text(json.dumps(tree), encoding="utf-8")
    config = read_config({"title": {"zh": "x", "en": "x"}, "years": [2019, 2020], "inputs": [{"file": "i.csv"}],
                          "regions": {"table": "r.csv", "map": "b.json", **more}})  # fmt: skip
    problems = Problems("intake")
    return *outlines(config, tmp_path, regions, problems), [str(p) for p in problems.found]


def test_rings_are_wound_the_same_way_whatever_the_file_does(tmp_path: Path) -> None:
    found, source, problems = read(tmp_path, geojson(FOUR))
    assert problems == []
    assert source is not None
    area = {c: [float((r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1]).sum() / 2) for r in rings] for c, rings in found.items()}
    # squares of side 2 and 1/2: areas 4 and 1/4, holes negative
    assert area == {"A": [4.0], "B": [4.0], "C": [4.0, -0.25], "D": [0.25]}


def test_topology_gives_the_same_rings_as_geojson() -> None:
    # two squares that share the border x = 2: one arc forth and back; quantised by one tenth
    tree = {"type": "Topology", "transform": {"scale": [0.1, 0.1], "translate": [0, 50]},
            "arcs": [[[20, 0], [0, 20]], [[20, 20], [-20, 0], [0, -20], [20, 0]], [[20, 20], [20, 0], [0, -20], [-20, 0]]],
            "objects": {"x": {"type": "GeometryCollection", "geometries": [
                {"type": "Polygon", "id": "A", "arcs": [[0, 1]], "properties": {}},
                {"type": "Polygon", "id": "B", "arcs": [[-1, -3]], "properties": {}}]}}}  # fmt: skip
    found = {p["id"]: rings for p, rings in features(tree)}
    for code in "AB":
        assert {tuple(p) for p in found[code][0].tolist()} == {tuple(map(float, p)) for p in FOUR[code][0]}


@pytest.mark.parametrize(
    ("tree", "more", "said"),
    [
        (geojson({"A": FOUR["A"]}), {}, "no boundary of B, C, D"),
        (geojson({"X": FOUR["A"]}), {}, "none of its properties"),
        (geojson(FOUR), {"map_code": "name"}, "none of its properties"),
        (geojson({**FOUR, "A": [square(500000, 3000000)]}), {}, "not degrees"),
        ({"type": "Point"}, {}, "no GeoJSON or TopoJSON"),
        ({}, {}, "no GeoJSON or TopoJSON"),
    ],
)
def test_files_that_will_not_do(tree: dict, more: dict, said: str, tmp_path: Path) -> None:
    assert said in read(tmp_path, tree, **more)[2][0]


def shapes_of(tree: dict) -> dict[str, tuple[np.ndarray, ...]]:
    return {p["code"]: rings for p, rings in features(tree)}


def test_every_region_is_drawn_with_its_number_and_nothing_of_china(tmp_path: Path) -> None:
    given = ground.own(shapes_of(geojson(FOUR)), "Made-up survey")
    made = drawing(ground.placed(figure("ABCD", marked="B"), "en", given), "en")
    assert {m.point.ref.at[0][1] for m in made.marks if isinstance(m, Area) and m.point} == set("ABCD")
    said = " ".join(m.text for m in made.marks if isinstance(m, Words))
    assert "Made-up survey" in said
    assert "†" in said
    assert "Tianditu" not in said


def test_a_region_inside_another_is_seen_in_the_picture() -> None:
    given = ground.own(shapes_of(geojson(FOUR)), "")
    made = drawing(ground.placed(figure("DABC"), "zh", given), "zh")
    areas = [m for m in made.marks if isinstance(m, Area) and m.point]
    inner = next(m for m in areas if m.point.ref.at == (("region", "D"),))
    assert areas.index(inner) > next(n for n, m in enumerate(areas) if m.point.ref.at == (("region", "C"),))


def test_far_regions_stand_in_frames_that_hide_nothing() -> None:
    shapes = shapes_of(geojson({**FOUR, "E": [square(-60, 4)], "F": [square(55, -21, 0.01)]}))
    assert regional.clusters(shapes) == [("A", "B", "C", "D"), ("E",), ("F",)]
    made = drawing(ground.placed(figure("ABCDEF"), "en", ground.own(shapes, "")), "en")
    frames = [m for m in made.marks if isinstance(m, Stroke)]
    assert len(frames) == 2
    tops = [min(m.points[1::2]) for m in frames]
    main = [m for m in made.marks if isinstance(m, Area) and m.point and m.point.ref.at[0][1] in "ABCD"]
    assert max(y for m in main for r in m.rings for y in r[1::2]) <= min(tops)
    # the islet of a hundredth of a degree is a speck of its scale, so a dot stands on it
    assert sum(isinstance(m, Dot) for m in made.marks) == 1
    everything = [v for m in made.marks if isinstance(m, Area) for r in m.rings for v in r[::2]]
    assert min(everything) >= 0
    assert max(everything) <= made.wide


def test_regions_on_both_sides_of_the_date_line_hang_together() -> None:
    shapes = shapes_of(geojson({"A": [square(176, -18)], "B": [square(-179, -18)]}))
    assert regional.clusters(shapes) == [("A", "B")]
    made = drawing(ground.placed(figure("AB"), "en", ground.own(shapes, "")), "en")
    spans = [max(r[::2]) - min(r[::2]) for m in made.marks if isinstance(m, Area) for r in m.rings]
    assert min(spans) > 100  # both fill their part of the sheet; torn at the date line they would be specks


@pytest.mark.parametrize("extent", [(-10, 35, 30, 70), (100, -8, 140, 6), (-80, -30, -70, -10), (170, -45, 190, -30)])
def test_projections_keep_areas(extent: tuple[float, ...]) -> None:
    # a cell of one degree: R^2 dlon (sin(lat+1) - sin(lat)), the area of a spherical rectangle
    west, south, east, north = extent
    project = projection.fitting(np.array([(west, south), (east, north), (west, north), (east, south)], float))
    k = np.linspace(0, 1, 60)[:, None]
    for lon, lat in ((west, south), ((west + east) / 2, (south + north) / 2), (east - 1, north - 1)):
        corners = np.array([(lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1), (lon, lat)], float)
        x, y = project(np.concatenate([a + k * (b - a) for a, b in pairwise(corners)])).T
        drawn = abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2
        sphere = projection.EARTH**2 * np.radians(1) * (np.sin(np.radians(lat + 1)) - np.sin(np.radians(lat)))
        assert drawn == pytest.approx(sphere, rel=2e-3)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_boundaries_bars_stand_there_and_say_why(language: str) -> None:
    document = Document("nation", language, ("x",), (), (figure([f"R{n}" for n in range(9)]),))
    made = ground.grounded(document, None)
    shown = made.blocks[0]
    assert isinstance(shown, Figure)
    assert shown.kind == "bars"
    assert [q.value for _, q in shown.series[0].points] == sorted((q.value for _, q in shown.series[0].points), reverse=True)
    assert "regions.map" in html(made)
    assert b"PK" in docx(made)[:4]
    assert ground.grounded(made, None) is made


def test_many_regions_without_boundaries_fit_a_page() -> None:
    shown = ground.placed(figure([f"R{n}" for n in range(300)]), "en", None)
    assert len(shown.series[0].points) == ground.MOST_BARS
    assert {q.value for _, q in shown.series[0].points} >= {1.0, 300.0}
    assert [s.finding for s in shown.note] == ["no_boundaries", "only_ends"]
    made = drawing(shown, "en")
    assert made.high / made.wide < 225 / 156 - 0.1


@pytest.mark.parametrize(("level", "count"), [("city", 375), ("county", 2891)])
def test_cities_and_counties_of_all_china_carry_everything_that_provinces_carry(level: str, count: int) -> None:
    codes = sorted(ground.china(level).shapes)
    assert len(codes) == count
    made = drawing(ground.placed(figure(codes), "zh", None), "zh")
    said = " ".join(m.text for m in made.marks if isinstance(m, Words))
    assert "GS(2024)0650号" in said
    assert "南海诸岛" in said
    assert len({m.point.ref for m in made.marks if isinstance(m, Area) and m.point}) >= count - 3  # 三沙 stands in the inset
    lines = maps.national_frame("zh")
    assert all(any(m == line for m in made.marks) for line in lines)


def test_counties_of_one_province_are_drawn_large_with_the_notice() -> None:
    codes = [c for c in ground.china("county").shapes if c.startswith("62")]
    made = drawing(ground.placed(figure(codes[:-1]), "zh", None), "zh")
    assert sum(isinstance(m, Area) for m in made.marks) == len(codes)
    said = " ".join(m.text for m in made.marks if isinstance(m, Words))
    assert "GS(2024)0650号" in said
    assert "公开出版须另行送审" in said
    assert "无数据" in said


def test_hainan_is_never_drawn_without_its_southern_islands() -> None:
    codes = [c for c in ground.china("city").shapes if c.startswith("46")]
    said = [m.text for m in drawing(ground.placed(figure(codes), "zh", None), "zh").marks if isinstance(m, Words)]
    assert "南海诸岛" in said


def test_a_point_without_boundary_is_refused_where_the_map_was_asked_for() -> None:
    given = ground.own(shapes_of(geojson(FOUR)), "")
    with pytest.raises(UsageError, match="Z"):
        drawing(ground.MapFigure("map", ("x",), figure("AZ").series, ground=given), "zh")


def test_nuts_regions_of_europe(shared: Path) -> None:
    path = shared / "data/eu/nuts2_2021.topojson"
    if not path.is_file():
        pytest.skip("needs the boundaries of NUTS")
    shapes = {p["id"]: rings for p, rings in features(json.loads(path.read_text(encoding="utf-8")))}
    assert len(shapes) == 334
    made = drawing(ground.placed(figure(sorted(shapes)), "en", ground.own(shapes, "EuroGeographics")), "en")
    assert len({m.point.ref for m in made.marks if isinstance(m, Area) and m.point}) == 334
    assert sum(isinstance(m, Stroke) for m in made.marks) >= 5  # French overseas regions, Azores, Madeira
    frame = [m for m in made.marks if isinstance(m, Box)]
    assert frame
    assert len(png(made)) > 10_000
    again = drawing(ground.placed(figure(sorted(shapes)), "en", ground.own(shapes, "EuroGeographics")), "en")
    assert svg(made, title="x") == svg(again, title="x")


def test_the_study_file_is_enough(tmp_path: Path) -> None:
    from yindi.intake.stage import intake

    (tmp_path / "b.json").write_text(json.dumps(geojson(FOUR)), encoding="utf-8")
    (tmp_path / "r.csv").write_text("code,name,name_en\nA,甲,A\nB,乙,B\nC,丙,C\nD,丁,D\n", encoding="utf-8")
    rows = [[c, y, 3 + n] for n, c in enumerate("ABCD") for y in (2019, 2020)]
    with (tmp_path / "i.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["code", "year", "income"], *rows])
    (tmp_path / "fw.yaml").write_text(
        "code: one\ntitle: {zh: 一, en: One}\ndimensions: {d: {zh: 维, en: D}}\n"
        "variables: [{code: income, zh: 收入, en: Income, unit: value}]\nindicators: [{code: income, dimension: d}]\n",
        encoding="utf-8",
    )
    config = read_config({"title": {"zh": "x", "en": "x"}, "years": [2019, 2020], "framework": "fw.yaml",

                          "regions": {"table": "r.csv", "map": "b.json", "map_source": "Survey"},
                          "inputs": [{"file": "i.csv"}]})  # fmt: skip
    made = intake(config, tmp_path)
    assert set(made.space.outlines) == set("ABCD")
    assert any(s.path == "b.json" for s in made.ledger.sources.values())
