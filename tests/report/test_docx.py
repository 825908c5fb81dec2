"""Word files: the standard's typography asserted on the XML, links and evidence index, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import docx as reader
import made_up_report as made_up
import pytest
from lxml import etree

from yindi.core import resources
from yindi.core.document import Figure, Grid, Paragraph, block_parts
from yindi.core.errors import EvidenceError, UsageError
from yindi.core.finding import Quantity
from yindi.report import tables
from yindi.report.docx import docx
from yindi.report.text import quantities, spoken

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


@pytest.fixture(scope="module")
def zh() -> dict[str, bytes]:
    return parts(docx(made_up.document("zh"), made_up.EVIDENCE, author="某省发展改革委", date="2026-11-22"))


@pytest.fixture(scope="module")
def body(zh: dict[str, bytes]):
    return etree.fromstring(zh["word/document.xml"])


@pytest.fixture(scope="module")
def styles(zh: dict[str, bytes]) -> dict[str, etree._Element]:
    return {s.get(W + "styleId"): s for s in etree.fromstring(zh["word/styles.xml"]).iter(W + "style")}


def value(element, path: str, attribute: str) -> str | None:
    found = element.find("/".join(W + step for step in path.split("/")))
    return None if found is None else found.get(W + attribute)


def test_page_of_the_standard(body) -> None:
    # GB/T 9704-2012: A4, top 37, bottom 35, left 28, right 26 mm; 1 mm = 56.69 twips
    margins = body.find(f".//{W}pgMar")
    got = {k: int(margins.get(W + k)) for k in ("top", "bottom", "left", "right")}
    assert got == {"top": 2098, "bottom": 1984, "left": 1587, "right": 1474}
    assert (body.find(f".//{W}pgSz").get(W + "w"), body.find(f".//{W}pgSz").get(W + "h")) == ("11906", "16838")
    grid = body.find(f".//{W}docGrid")
    assert (grid.get(W + "type"), grid.get(W + "linePitch")) == ("lines", "579")


@pytest.mark.parametrize(
    ("style", "font", "half_points"),
    [("Normal", "仿宋_GB2312", "32"), ("Heading1", "黑体", "32"), ("Heading2", "楷体_GB2312", "32"),
     ("Heading3", "仿宋_GB2312", "32"), ("Title", "方正小标宋简体", "44")],
)  # fmt: skip
def test_fonts_of_the_standard(styles, style: str, font: str, half_points: str) -> None:
    assert value(styles[style], "rPr/rFonts", "eastAsia") == font
    assert value(styles[style], "rPr/sz", "val") == half_points


def test_lines_are_fixed_and_paragraphs_begin_two_characters_in(styles) -> None:
    spacing, indent = styles["Normal"].find(f"{W}pPr/{W}spacing"), styles["Normal"].find(f"{W}pPr/{W}ind")
    assert (spacing.get(W + "line"), spacing.get(W + "lineRule")) == ("579", "exact")
    assert (indent.get(W + "firstLineChars"), indent.get(W + "firstLine")) == ("200", "640")
    assert value(styles["Title"], "pPr/jc", "val") == "center"


def test_headings_are_numbered_by_word(zh, styles) -> None:
    levels = list(etree.fromstring(zh["word/numbering.xml"]).iter(W + "lvl"))[:3]
    assert [lv.find(W + "lvlText").get(W + "val") for lv in levels] == ["%1、", "（%2）", "%3."]
    assert [lv.find(W + "numFmt").get(W + "val") for lv in levels] == ["chineseCounting", "chineseCounting", "decimal"]
    assert [value(styles[f"Heading{n}"], "pPr/numPr/numId", "val") for n in (1, 2, 3)] == ["1"] * 3
    assert [value(styles[f"Heading{n}"], "pPr/outlineLvl", "val") for n in (1, 2, 3)] == ["0", "1", "2"]


def test_page_numbers_stand_between_dashes_odd_right_even_left(zh, body) -> None:
    odd, even = (etree.fromstring(zh[f"word/footer{n}.xml"]) for n in (1, 2))
    for footer, side in ((odd, "right"), (even, "left")):
        assert value(footer, "p/pPr/jc", "val") == side
        assert value(footer, "p/r/rPr/sz", "val") == "28"
        assert [t.text for t in footer.iter(W + "t")] == ["— ", " —"]
        assert footer.find(f".//{W}instrText").text.strip() == "PAGE"
    assert etree.fromstring(zh["word/settings.xml"]).find(W + "evenAndOddHeaders") is not None
    assert {r.get(W + "type") for r in body.iter(W + "footerReference")} == {"default", "even"}


def test_no_theme_fonts_and_chinese_is_set(zh) -> None:
    everything = b"".join(v for k, v in zh.items() if k.endswith(".xml"))
    assert b"Theme=" not in everything
    assert b'w:eastAsia="zh-CN"' in zh["word/styles.xml"]
    assert "仿宋_GB2312".encode() in zh["word/fontTable.xml"]
    assert b"w:altName" in zh["word/fontTable.xml"]


def test_tables_have_three_lines_and_heads_that_repeat(zh, body, styles) -> None:
    borders = styles["ThreeLine"].find(f"{W}tblPr/{W}tblBorders")
    assert [b.tag.removeprefix(W) for b in borders] == ["top", "bottom"]
    for table in body.iter(W + "tbl"):
        assert value(table, "tblPr/tblStyle", "val") == "ThreeLine"
        first, *rest = table.findall(W + "tr")
        assert first.find(f"{W}trPr/{W}tblHeader") is not None
        assert all(tc.find(f"{W}tcPr/{W}tcBorders/{W}bottom") is not None for tc in first.iter(W + "tc"))
        assert all(tr.find(f"{W}trPr/{W}cantSplit") is not None for tr in rest)
        wide = sum(int(c.get(W + "w")) for c in table.find(W + "tblGrid"))
        assert 8700 <= wide <= 8860  # 156 mm of text = 8844 twips
        assert all(len(tr.findall(W + "tc")) == len(table.find(W + "tblGrid")) for tr in table.iter(W + "tr"))


def test_captions_stay_with_what_they_name(body, styles) -> None:
    assert styles["TableCaption"].find(f"{W}pPr/{W}keepNext") is not None
    assert styles["Figure"].find(f"{W}pPr/{W}keepNext") is not None
    children = list(body[0])
    for n, child in enumerate(children):
        style = value(child, "pPr/pStyle", "val") if child.tag == W + "p" else None
        if style == "TableCaption":
            assert children[n + 1].tag == W + "tbl"
        if style == "Figure":
            assert value(children[n + 1], "pPr/pStyle", "val") == "FigureCaption"
    assert styles["Heading1"].find(f"{W}pPr/{W}keepNext") is not None


def test_figures_have_alternative_text_and_fit_the_page(body) -> None:
    pictures = [e for e in body.iter() if etree.QName(e).localname == "docPr"]
    assert len(pictures) == 5
    assert all(p.get("descr") for p in pictures)
    extents = [e for e in body.iter() if etree.QName(e).localname == "extent"]
    assert all(int(e.get("cx")) <= 5616000 and int(e.get("cy")) < 8100000 for e in extents)  # 156 x 225 mm


def test_every_number_links_to_its_row_without_looking_like_a_link(body, styles) -> None:
    links = list(body.iter(W + "hyperlink"))
    rows = {b.get(W + "name") for b in body.iter(W + "bookmarkStart") if re.fullmatch(r"[ET]\d+", b.get(W + "name"))}
    said = [b for b in made_up.document("zh").blocks if not isinstance(b, Figure)]
    assert len(links) == sum(isinstance(p, Quantity) for b in said for p in block_parts(b)) == 85
    assert {link.get(W + "anchor") for link in links} == {*rows, "evidence"}
    assert len(rows) == len(spoken(made_up.document("zh")))
    tips = [re.fullmatch(r"(\S+) = (\S+)", link.get(W + "tooltip")).groups() for link in links]
    known = quantities(made_up.document("zh"))
    assert all(known[ref].value == float(value) for ref, value in tips)
    assert all(value(link, "r/rPr/rStyle", "val") == "Number" for link in links)
    assert value(styles["Number"], "rPr/u", "val") == "none"


def test_bookmarks_are_paired_and_unique(body) -> None:
    starts = [(b.get(W + "id"), b.get(W + "name")) for b in body.iter(W + "bookmarkStart")]
    assert len({i for i, _ in starts}) == len({n for _, n in starts}) == len(starts)
    assert sorted(b.get(W + "id") for b in body.iter(W + "bookmarkEnd")) == sorted(i for i, _ in starts)
    assert all(len(n) <= 40 for _, n in starts)


def test_relations_and_content_types_are_complete(zh, body) -> None:
    targets = set(re.findall(r'Target="([^"]+)"', zh["word/_rels/document.xml.rels"].decode()))
    assert all(f"word/{t}" in zh for t in targets)
    ids = set(re.findall(r'Id="([^"]+)"', zh["word/_rels/document.xml.rels"].decode()))
    used = set(re.findall(r'r:(?:id|embed)="([^"]+)"', zh["word/document.xml"].decode()))
    assert used <= ids
    for name in re.findall(r'PartName="/([^"]+)"', zh["[Content_Types].xml"].decode()):
        assert name in zh


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("profile", sorted(resources.tree("report/profiles.yaml")))
def test_every_profile_opens_and_gives_equal_bytes(profile: str, language: str) -> None:
    one = docx(made_up.document(language), made_up.EVIDENCE, profile=profile)
    assert one == docx(made_up.document(language), made_up.EVIDENCE, profile=profile)
    opened = reader.Document(io.BytesIO(one))
    assert opened.paragraphs[0].style.name == "Title"
    assert len(opened.tables) == 3
    assert len(opened.inline_shapes) == 5


def test_the_clock_is_never_written(zh) -> None:
    assert b"dcterms" not in zh["docProps/core.xml"]


def test_the_contents_come_when_asked_for() -> None:
    text = parts(docx(made_up.document("zh"), contents=True))["word/document.xml"].decode()
    assert "TOC \\o" in text
    assert "TOC \\o" not in parts(docx(made_up.document("zh")))["word/document.xml"].decode()


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="gbt9704"):
        docx(made_up.document("zh"), profile="gbt9740")


def test_two_values_under_one_reference_are_refused() -> None:
    q = made_up.index("620000", "2023")
    twice = Paragraph((made_up.sentence(q, "、", Quantity(q.value + 1, q.ref, q.unit)),))
    with pytest.raises(EvidenceError, match="in one report"):
        docx(replace(made_up.document("zh"), blocks=(twice,)))


def test_columns_fill_the_page_and_leave_room_for_numbers() -> None:
    w = made_up.Words("en")
    grid = made_up.endowments(w)
    free = Grid(grid.caption, grid.head, grid.rows)
    wide = tables.columns(free, "en", 9000, 9.5)
    assert sum(wide) == pytest.approx(9000, abs=5)
    assert min(wide) > 500
    assert wide[0] > wide[3]
    given = tables.columns(grid, "en", 9000, 9.5)
    assert given[0] == pytest.approx(3 / 8.4 * 9000 * 8.4 / sum(grid.widths), abs=1)


def test_given_widths_give_way_where_a_word_would_break_and_only_there() -> None:
    head = (("Indicator",), ("Observed",), ("n",))
    narrow = Grid(("t",), head, ((("a",), ("b",), ("c",)),), widths=(8, 1, 2))
    wide = tables.columns(narrow, "en", 9000, 9.5)
    assert sum(wide) == pytest.approx(9000, abs=3)
    assert wide[1] > 9000 / 11 + 50
    assert wide[0] < 9000 * 8 / 11
    roomy = Grid(("t",), head, ((("a",), ("b",), ("c",)),), widths=(4, 4, 3))
    assert tables.columns(roomy, "en", 9000, 9.5) == [round(9000 * w / 11) for w in (4, 4, 3)]
    hopeless = Grid(("t",), head, ((("a",), ("b",), ("c",)),), widths=(1, 1, 1))
    assert tables.columns(hopeless, "en", 1200, 9.5) == [400, 400, 400]
