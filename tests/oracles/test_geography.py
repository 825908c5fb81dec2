"""Boundaries: contiguity against a published list, areas against official figures, packaged tables against the topology."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from yindi.core import resources
from yindi.intake import geography
from yindi.intake.regions import mainland, provinces


@pytest.fixture(scope="module")
def topo():
    return geography.topology()


def test_edges_equal_the_published_list(shared):
    """127ww (2026): 68 land borders of the 31 mainland provinces, and Hainan bridged to Guangdong."""
    codes = {row["zh"]: code for code, row in provinces().items()}
    with (shared / "oracles" / "nqp127" / "china31_contiguity_edges.csv").open(encoding="utf-8-sig") as file:
        published = {tuple(sorted((codes[r["a"]], codes[r["b"]]))) for r in csv.DictReader(file)}
    ours = {e for e in geography.borders() if set(e) <= set(mainland())}
    assert published - ours == {("440000", "460000")}
    assert ours <= published
    assert len(published) == 69


def test_islands():
    assert ("440000", "810000") in geography.borders()
    linked = {code for edge in geography.borders() for code in edge}
    assert set(provinces()) - linked == {"460000", "710000"}


def test_packaged_contiguity_follows_from_the_topology(topo):
    assert geography.borders() == geography.contiguity(topo)


def test_packaged_shapes_follow_from_the_topology(topo):
    made = geography.shapes(topo)
    assert set(made) == set(geography.places()) == set(provinces())
    for code, shape in geography.places().items():
        assert made[code].area == pytest.approx(shape.area, abs=0.051)
        assert made[code].centroid == pytest.approx(shape.centroid, abs=1e-5)


@pytest.mark.parametrize(
    ("code", "official", "within"),
    [("110000", 16_410, 0.01), ("620000", 425_800, 0.01), ("410000", 167_000, 0.01), ("510000", 486_000, 0.01),
     ("330000", 105_500, 0.03), ("650000", 1_664_900, 0.03)])  # fmt: skip
def test_areas_against_official_figures(code, official, within):
    """Official land areas in km² (statistical yearbooks of the provinces); islands and disputed lines allow 1 to 3 %."""
    assert geography.places()[code].area == pytest.approx(official, rel=within)


def test_projection_of_snyder():
    """A quadrangle of one degree on GRS80 has the area of its zone: b²/2 [sin/(1-e²sin²) + atanh(e sin)/e] per radian."""
    n = 400
    lon, lat = np.linspace(100, 101, n), np.linspace(40, 41, n)
    south, east = np.column_stack([lon, np.full(n, 40)]), np.column_stack([np.full(n, 101), lat])
    north, west = np.column_stack([lon[::-1], np.full(n, 41)]), np.column_stack([np.full(n, 100), lat[::-1]])
    ring = np.concatenate([south, east, north, west])
    xy = geography.project(ring)
    x, y = xy[:, 0], xy[:, 1]
    area = abs((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2) / 1e6
    e, b = 0.08181919104281579, 6356752.314140356

    def zone(phi):
        s = np.sin(np.radians(phi))
        return s / (1 - e**2 * s**2) + np.arctanh(e * s) / e

    by_zone = b**2 / 2 * (zone(41) - zone(40)) * np.radians(1) / 1e6
    assert area == pytest.approx(by_zone, rel=1e-6)
    assert geography.unproject(*geography.project(np.array([[112.5, 33.25]]))[0]) == pytest.approx((112.5, 33.25), abs=1e-7)


def test_no_territory_is_lost(topo):
    """Taiwan, the three parts of 钓鱼岛 and the southern islets are in the map (a plain simplification drops them)."""
    lines = geography.arcs(topo)
    parts = [geography._ring(polygon[0], lines).mean(axis=0)
             for _, geometry in geography._features(topo, "province") for polygon in geography._polygons(geometry)]  # fmt: skip
    lonlat = np.array(parts)
    assert geography.places()["710000"].area == pytest.approx(36_000, rel=0.02)
    diaoyu = (lonlat[:, 0] > 123.3) & (lonlat[:, 0] < 124.7) & (lonlat[:, 1] > 25.5) & (lonlat[:, 1] < 26.1)
    assert diaoyu.sum() == 3
    assert (lonlat[:, 1] < 13).sum() >= 227
    assert min(line[:, 1].min() for line in lines) == pytest.approx(3.83, abs=0.5)


def test_groupings_cover_the_mainland_once():
    rows = resources.rows("regions/groups.csv")
    for grouping in {r["grouping"] for r in rows}:
        assert sorted(r["code"] for r in rows if r["grouping"] == grouping and r["code"] in mainland()) == list(mainland())
    sizes = {r["group"]: sum(s["group"] == r["group"] for s in rows) for r in rows if r["grouping"] == "four_blocks"}
    assert sizes == {"east": 10, "central": 6, "west": 12, "northeast": 3}
