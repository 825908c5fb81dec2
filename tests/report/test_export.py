"""Figures as files: every point with its reference, pictures of print size, maps with their notice."""

from __future__ import annotations

import csv
import io

import made_up_report as made_up
import pytest
from lxml import etree
from PIL import Image

from yindi.core.document import Figure
from yindi.report.export import COLUMNS, data, figures
from yindi.report.text import stored


@pytest.fixture(scope="module")
def out() -> dict[str, bytes]:
    return figures(made_up.document("zh"))


def test_three_files_a_figure(out: dict[str, bytes]) -> None:
    assert sorted(out) == sorted(f"620000.zh.figure-{n}.{kind}" for n in range(1, 6) for kind in ("svg", "png", "csv"))


def test_the_csv_holds_every_point_as_stored() -> None:
    blocks = [b for b in made_up.document("zh").blocks if isinstance(b, Figure)]
    for figure in blocks:
        raw = data(figure, "zh")
        assert raw.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
        assert tuple(rows[0]) == COLUMNS
        points = [q for s in figure.series for _, q in s.points]
        assert [(r["reference"], r["value"]) for r in rows] == [(str(q.ref), stored(q)) for q in points]
        assert [r["filled"] == "yes" for r in rows] == [q.marked for q in points]


def test_pictures_are_of_print_size(out: dict[str, bytes]) -> None:
    assert Image.open(io.BytesIO(out["620000.zh.figure-1.png"])).width == 2280


def test_vector_files_stand_alone_and_maps_keep_their_notice(out: dict[str, bytes]) -> None:
    root = etree.fromstring(out["620000.zh.figure-5.svg"])
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    words = "".join(root.itertext())
    assert "GS(2024)0650号" in words
    assert "仅作示意" in words
    assert b"href" not in out["620000.zh.figure-5.svg"]
