"""Positions out of boundaries: worked by hand; neighbours by distance are refused where no position is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml

from yindi.core.config import read_config
from yindi.core.errors import ProblemsError
from yindi.intake.outlines import centroid
from yindi.intake.stage import intake

SQUARE = np.array([[0.0, 0], [2, 0], [2, 2], [0, 2]])


def test_the_middle_of_areas() -> None:
    assert centroid((SQUARE,)) == pytest.approx((1, 1))
    # areas 4 at (1, 1) and 16 at (6, 2): (4 + 96) / 20 = 5, (4 + 32) / 20 = 1.8
    assert centroid((SQUARE, SQUARE * 2 + [4, 0])) == pytest.approx((5, 1.8))
    # a hole of 1 at (1.5, 1.5) out of 4 at (1, 1): (4 - 1.5) / 3
    assert centroid((SQUARE, (SQUARE / 2 + 1)[::-1])) == pytest.approx((2.5 / 3, 2.5 / 3))
    assert centroid((SQUARE + [119, 35],)) == pytest.approx((120, 36))


def study(folder, more):
    rows = "".join(f"{c},{y},{n + y - 2019}\n" for n, c in enumerate(("A1", "A2", "A3"), 3) for y in (2019, 2020, 2021))
    (folder / "i.csv").write_text("region,year,income\n" + rows, encoding="utf-8")
    (folder / "r.csv").write_text("code,name\nA1,One\nA2,Two\nA3,Three\n", encoding="utf-8")
    framework = {"code": "one", "title": {"zh": "一", "en": "One"}, "dimensions": {"d": {"zh": "维", "en": "D"}},
                 "variables": [{"code": "income", "zh": "收入", "en": "Income", "unit": "value"}],
                 "indicators": [{"code": "income", "dimension": "d"}]}  # fmt: skip
    (folder / "f.yaml").write_text(yaml.safe_dump(framework, allow_unicode=True), encoding="utf-8")
    return read_config({"title": {"zh": "x", "en": "x"}, "years": [2019, 2021], "framework": "f.yaml",
                        "inputs": [{"file": "i.csv", "region": "region"}],
                        "regions": {"table": "r.csv", "nearest": 1, **more}})  # fmt: skip


def test_neighbours_by_distance_need_positions(tmp_path) -> None:
    with pytest.raises(ProblemsError, match=r"A1, A2, A3.*regions\.map"):
        intake(study(tmp_path, {}), tmp_path)


def test_positions_come_from_the_map_where_the_table_has_none(tmp_path) -> None:
    features = []
    for code, x in (("A1", 0), ("A2", 3), ("A3", 9)):
        shape = {"type": "Polygon", "coordinates": [(SQUARE + [x, 0]).tolist()]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
    (tmp_path / "m.json").write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    space = intake(study(tmp_path, {"map": "m.json", "map_code": "code"}), tmp_path).space
    assert [space.centroids[c] for c in space.regions] == [pytest.approx(p) for p in ((1, 1), (4, 1), (10, 1))]
    assert space.edges == (("A1", "A2"), ("A2", "A3"))
