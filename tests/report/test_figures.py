"""Charts place points where their values are, in SVG and PNG alike, and say what they cannot draw."""

from __future__ import annotations

import io

import docx as word
import made_up_report as made_up
import numpy as np
import pytest
from lxml import etree
from PIL import Image

from yindi.core.document import Figure, Series
from yindi.core.errors import UsageError
from yindi.report import fonts
from yindi.report.charts import COLOURS, drawing, for_picture
from yindi.report.docx import docx
from yindi.report.draw import Box, Dot, Words, ticks, width
from yindi.report.png import SCALE, png
from yindi.report.svg import svg

FIGURES = [made_up.index_lines, made_up.band_lines, made_up.percentile_bars, made_up.peer_dots, made_up.index_map]


def test_ticks_are_round_and_cover() -> None:
    assert ticks(0.0, 0.42) == pytest.approx((0.0, 0.1, 0.2, 0.3, 0.4, 0.5))
    assert ticks(-3.0, 7.0) == pytest.approx((-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0))
    assert ticks(5.0, 5.0)[0] <= 5.0 <= ticks(5.0, 5.0)[-1]
    assert len(ticks(0.0, 0.0)) > 1


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", FIGURES)
def test_svg_is_well_formed_and_the_same_every_time(make, language: str) -> None:
    figure = make(made_up.Words(language))
    one = svg(drawing(figure, language), title="t & <t>", description="d", alone=True)
    assert one == svg(drawing(figure, language), title="t & <t>", description="d", alone=True)
    root = etree.fromstring(one.encode())
    values = {e.get("data-ref"): float(e.get("data-value")) for e in root.iter() if e.get("data-ref")}
    low_and_high = {str(q.ref) for k in ("low", "high") if k in figure.options
                    for _, q in figure.series[int(figure.options[k])].points}  # fmt: skip
    expected = {str(q.ref): q.value for s in figure.series for _, q in s.points if str(q.ref) not in low_and_high}
    assert values == expected


@pytest.mark.parametrize("make", FIGURES)
def test_everything_is_on_the_sheet(make) -> None:
    for language in ("zh", "en"):
        sheet = drawing(make(made_up.Words(language)), language)
        for m in sheet.marks:
            if isinstance(m, Words):
                long = width(m.text, m.size)
                left = {"start": m.x, "middle": m.x - long / 2, "end": m.x - long}[m.anchor]
                assert left >= -6, m
                assert left + long <= sheet.wide + 14, m
                assert 0 < m.y <= sheet.high, m


def test_bars_are_as_long_as_their_values() -> None:
    bars = [m for m in drawing(made_up.percentile_bars(made_up.Words("zh")), "zh").marks if isinstance(m, Box) and m.point]
    per_value = {round(b.wide / b.point.value, 3) for b in bars}
    assert len(bars) == 5
    assert max(per_value) - min(per_value) < 0.01


def test_negative_bars_go_to_the_left_of_zero() -> None:
    w = made_up.Words("zh")
    points = tuple((w.region(c), made_up.quantity("x.y", v, "plain", region=c)) for c, v in (("110000", 2.0), ("120000", -1.0)))
    up, down = (
        m for m in drawing(Figure("bars", ("图",), (Series(("列",), points),)), "zh").marks if isinstance(m, Box) and m.point
    )
    assert down.x + down.wide == pytest.approx(up.x)
    assert up.wide == pytest.approx(2 * down.wide)


def test_a_missing_year_breaks_the_line_and_stays_without_a_dot() -> None:
    w = made_up.Words("zh")
    points = tuple((w.year(y), made_up.index("110000", y)) for y in made_up.YEARS if y != "2015")
    whole = tuple((w.year(y), made_up.index("120000", y)) for y in made_up.YEARS)
    figure = Figure("lines", ("图",), (Series(("全",), whole), Series(("缺",), points)))
    dots = [m for m in drawing(figure, "zh").marks if isinstance(m, Dot)]
    assert len(dots) == len(whole) + len(points)


def test_filled_values_are_hollow_points() -> None:
    dots = [m for m in drawing(made_up.index_lines(made_up.Words("zh")), "zh").marks if isinstance(m, Dot)]
    assert [d.point.marked for d in dots if d.fill == "#ffffff"] == [True]


def test_series_differ_in_grey_by_shape() -> None:
    dots = [m for m in drawing(made_up.peer_dots(made_up.Words("zh")), "zh").marks if isinstance(m, Dot)]
    assert {(d.stroke, d.shape) for d in dots} == {(COLOURS[0], "circle"), (COLOURS[1], "square")}


@pytest.mark.parametrize("make", FIGURES)
def test_png_is_the_same_every_time_and_has_the_size_of_the_drawing(make) -> None:
    sheet = drawing(make(made_up.Words("zh")), "zh")
    one = png(sheet)
    assert one == png(sheet)
    image = Image.open(io.BytesIO(one))
    assert image.size == (round(sheet.wide * SCALE), round(sheet.high * SCALE))
    assert (np.asarray(image.convert("L")) < 128).mean() > 0.002
    assert image.convert("RGB").getpixel((2, 2)) == (255, 255, 255)


def test_png_shows_a_bar_in_its_colour() -> None:
    sheet = drawing(made_up.percentile_bars(made_up.Words("zh")), "zh")
    bar = next(m for m in sheet.marks if isinstance(m, Box) and m.point and m.wide > 100)
    image = Image.open(io.BytesIO(png(sheet))).convert("RGB")
    red, green, blue = image.getpixel((round((bar.x + 20) * SCALE), round((bar.y + bar.high / 2) * SCALE)))
    assert (abs(red - 0x17), abs(green - 0x50), abs(blue - 0x7F)) < (12, 12, 12)


def test_unknown_kinds_and_empty_figures_are_refused() -> None:
    w = made_up.Words("zh")
    with pytest.raises(UsageError, match="pie"):
        drawing(Figure("pie", ("饼",), made_up.index_lines(w).series), "zh")
    with pytest.raises(UsageError, match="no points"):
        drawing(Figure("bars", ("空",), (Series(("空",), ()),)), "zh")


def test_a_font_for_chinese_holds_the_probe_or_is_none() -> None:
    path = fonts.chinese()
    assert path is None or fonts.holds(path, "因地制宜")


def test_latin_fonts_do_not_pass_as_chinese(tmp_path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert not fonts.holds(tmp_path / "broken.ttf", "因")
    latin = next((f for f in fonts._files() if "DejaVuSans.ttf" in f.name), None)
    assert latin is None or not fonts.holds(latin, "因地制宜")


@pytest.mark.parametrize("make", FIGURES)
def test_without_a_chinese_font_codes_stand_for_names(make, monkeypatch) -> None:
    monkeypatch.setattr(fonts, "chinese", lambda: None)
    texts = [m.text for m in for_picture(make(made_up.Words("zh")), "zh").marks if isinstance(m, Words)]
    assert all(ord(c) < 0x2E80 for t in texts for c in t)
    assert texts


def test_without_a_chinese_font_the_word_file_says_so(monkeypatch) -> None:
    monkeypatch.setattr(fonts, "chinese", lambda: None)
    said = word.Document(io.BytesIO(docx(made_up.document("zh", subject="x")))).paragraphs
    assert any("本机没有中文字体" in p.text for p in said)
