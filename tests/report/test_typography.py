"""The typography of the standard on real plans: every Word file of the example's whole and of one region, as it is written."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from yindi.core.document import Document, Figure
from yindi.report.charts import COLOURS, DASHES, FILLS, SHAPES, drawing
from yindi.report.draw import Box, Dot
from yindi.report.maps import SHADES
from yindi.report.styles import text_width
from yindi.shell import render, store

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
NAMES = ("620000.zh", "nation.zh", "620000.en", "nation.en")
HEADINGS = ("Heading1", "Heading2", "Heading3", "AnnexHeading")


@pytest.fixture(scope="module", params=NAMES)
def parts(request: pytest.FixtureRequest, example_results: Path) -> dict[str, etree._Element]:
    with zipfile.ZipFile(io.BytesIO((example_results / f"reports/{request.param}.docx").read_bytes())) as archive:
        kept = [n for n in archive.namelist() if n.startswith("word/") and n.endswith(".xml")]
        return {"name": request.param, **{n.removeprefix("word/"): etree.fromstring(archive.read(n)) for n in kept}}


@pytest.fixture(scope="module")
def documents(example_results: Path) -> tuple[Document, ...]:
    return render.documents(store.load(example_results))


def style_of(p: etree._Element) -> str:
    found = p.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(W + "val")


def text_of(p: etree._Element) -> str:
    return "".join(t.text or "" for t in p.iter(W + "t"))


def blocks(parts: dict[str, etree._Element]) -> list[etree._Element]:
    return list(parts["document.xml"].find(W + "body"))


def test_chinese_plans_stand_as_the_standard_says(parts: dict[str, etree._Element]) -> None:
    if not parts["name"].endswith("zh"):
        pytest.skip("the standard is for Chinese documents")
    body = parts["document.xml"]
    margins = body.find(f".//{W}pgMar")
    # GB/T 9704-2012: top 37, bottom 35, left 28, right 26 mm; 22 lines of 28.95 points: a pitch of 579 twips
    assert [round(int(margins.get(W + k)) / 1440 * 25.4) for k in ("top", "bottom", "left", "right")] == [37, 35, 28, 26]
    assert (body.find(f".//{W}docGrid").get(W + "type"), body.find(f".//{W}docGrid").get(W + "linePitch")) == ("lines", "579")
    styles = {s.get(W + "styleId"): s for s in parts["styles.xml"].iter(W + "style")}
    wanted = {"Normal": ("仿宋_GB2312", "32"), "Title": ("方正小标宋简体", "44"), "Heading1": ("黑体", "32"),
              "Heading2": ("楷体_GB2312", "32"), "Heading3": ("仿宋_GB2312", "32")}  # fmt: skip
    for ident, (font, size) in wanted.items():
        look = styles[ident].find(W + "rPr")
        assert (look.find(W + "rFonts").get(W + "eastAsia"), look.find(W + "sz").get(W + "val")) == (font, size)
    for ident in ("Normal", "Heading1", "Heading2", "Heading3"):
        assert styles[ident].find(f"{W}pPr/{W}spacing").get(W + "line") == "579"
        assert styles[ident].find(f"{W}pPr/{W}ind").get(W + "firstLineChars") == "200"
    levels = [t.get(W + "val") for t in parts["numbering.xml"].iter(W + "lvlText")][:3]
    assert levels == ["%1、", "（%2）", "%3."]
    assert parts["footer1.xml"].find(f".//{W}jc").get(W + "val") == "right"
    assert parts["footer2.xml"].find(f".//{W}jc").get(W + "val") == "left"
    assert parts["settings.xml"].find(W + "evenAndOddHeaders") is not None
    assert parts["styles.xml"].find(f".//{W}lang").get(W + "eastAsia") == "zh-CN"


def test_every_heading_keeps_with_what_follows_and_none_stands_alone(parts: dict[str, etree._Element]) -> None:
    styles = {s.get(W + "styleId"): s for s in parts["styles.xml"].iter(W + "style")}
    for ident in HEADINGS:
        assert styles[ident].find(f"{W}pPr/{W}keepNext") is not None
    order = [b for b in blocks(parts) if b.tag in (W + "p", W + "tbl")]
    for here, after in pairwise([*order, order[-1]]):
        level = HEADINGS.index(style_of(here)) if style_of(here) in HEADINGS else None
        if level is not None:
            assert text_of(here)
            assert after is not here, text_of(here)
            following = style_of(after)
            assert following not in HEADINGS or HEADINGS.index(following) > level, text_of(here)
            assert following != style_of(here), f"{text_of(here)} / {text_of(after)}"


def test_tables_fit_the_page_repeat_their_heads_and_keep_their_captions(parts: dict[str, etree._Element]) -> None:
    margins = parts["document.xml"].find(f".//{W}pgMar")
    wide = 11906 - int(margins.get(W + "left")) - int(margins.get(W + "right"))
    order = blocks(parts)
    tables = [b for b in order if b.tag == W + "tbl"]
    assert tables
    for table in tables:
        columns = [int(c.get(W + "w")) for c in table.find(W + "tblGrid")]
        assert sum(columns) <= wide + len(columns)
        rows = table.findall(W + "tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(r.find(f"{W}trPr/{W}cantSplit") is not None for r in rows)
        before = order[order.index(table) - 1]
        if style_of(before) == "TableCaption":
            assert before.find(f"{W}pPr/{W}keepNext") is not None
            assert all(p.find(f"{W}pPr/{W}keepNext") is not None for p in rows[0].iter(W + "p"))


def test_pictures_have_words_and_their_captions_below(parts: dict[str, etree._Element]) -> None:
    order = blocks(parts)
    pictures = [b for b in order if next(b.iter(_WP + "inline"), None) is not None]
    assert pictures
    for p in pictures:
        assert all(len(d.get("descr")) > 8 for d in p.iter(_WP + "docPr"))
        assert style_of(order[order.index(p) + 1]) == "FigureCaption"


def test_a_long_title_breaks_before_its_bracket(parts: dict[str, etree._Element]) -> None:
    title = next(p for p in blocks(parts) if style_of(p) == "Title")
    breaks = list(title.iter(W + "br"))
    if parts["name"] == "620000.zh":
        assert len(breaks) == 1
        assert text_of(breaks[0].getparent().getnext()).startswith("（")


def grey(colour: str) -> float:
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_figures_can_be_read_in_grey(documents: tuple[Document, ...]) -> None:
    figures = [(b, d.language) for d in documents for b in d.blocks if isinstance(b, Figure)]
    assert {b.kind for b, _ in figures} >= {"map", "lines", "bars"}
    for one, other in pairwise(SHADES):
        assert grey(one) - grey(other) > 25
    for figure, language in figures:
        shown = len(figure.series) - sum(k in figure.options for k in ("low", "high"))
        if figure.kind in ("lines", "dots"):  # shape, or dash and name beside the line, tells series apart without colour
            assert shown <= len(SHAPES) * (len(DASHES) if figure.kind == "lines" else 1), figure.caption
            assert all(grey(c) < 190 for c in COLOURS[:shown])
        elif figure.kind == "bars":
            assert shown <= len(FILLS)
            fills = [grey(m.fill) for m in drawing(figure, language).marks if isinstance(m, Box) and m.point]
            assert all(f < 215 for f in fills)
            assert all(abs(grey(a) - grey(b)) > 20 for a, b in pairwise(FILLS[:shown]))
        marks = [m for m in drawing(figure, language).marks if isinstance(m, Dot)]
        assert all(grey(m.stroke) < 200 for m in marks)


def test_no_figure_is_taller_than_the_page(documents: tuple[Document, ...]) -> None:
    for d in documents:
        for figure in (b for b in d.blocks if isinstance(b, Figure)):
            shown = drawing(figure, d.language)
            assert shown.high / shown.wide < 1.35, figure.caption
    assert text_width({"page": {"left": 28, "right": 26}}) == 8844
