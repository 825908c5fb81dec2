"""A report in a user's own template keeps the template's page, styles, header and cover, and stays verifiable."""

from __future__ import annotations

import io

import docx as word
import made_up_report as made_up
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.shared import Mm, Pt

from yindi.core.errors import UsageError
from yindi.report.reread import check, docx_numbers
from yindi.report.template import fill
from yindi.report.text import quantities


def template(*, holder: bool = True) -> bytes:
    """A template as an office would have it: cover, header, own fonts, one placeholder."""
    document = word.Document()
    document.sections[0].page_width, document.sections[0].left_margin = Mm(200), Mm(40)
    document.styles["Normal"].font.name = "Courier New"
    document.styles["Heading 1"].font.size = Pt(33)
    document.styles.add_style("Own Style", WD_STYLE_TYPE.PARAGRAPH)
    document.sections[0].header.paragraphs[0].text = "机关内部资料 {{title}}"
    document.add_paragraph("封面：{{title}}", style="Own Style")
    document.add_paragraph("{{author}}，{{date}}")
    if holder:
        document.add_paragraph("{{report}}")
    document.add_paragraph("后记。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def filled(language: str = "zh", **options: bool) -> bytes:
    return fill(made_up.document(language), template(**options), made_up.EVIDENCE, author="某市发展改革委", date="二〇二六年")


def opened(content: bytes):
    return word.Document(io.BytesIO(content))


def test_the_report_stands_where_the_template_wants_it() -> None:
    texts = [p.text for p in opened(filled()).paragraphs]
    assert texts[0].startswith("封面：甘肃因地制宜")
    assert texts[1] == "某市发展改革委，二〇二六年"
    assert texts[2] == "摘要"
    assert texts[-1] == "后记。"
    assert not any("{{" in t for t in texts)


def test_without_a_placeholder_the_report_follows() -> None:
    texts = [p.text for p in opened(filled(holder=False)).paragraphs]
    assert texts.index("后记。") < texts.index("摘要")


def test_page_header_and_styles_stay_the_templates() -> None:
    document = opened(filled())
    assert document.sections[0].page_width == pytest.approx(Mm(200), abs=700)
    assert "甘肃因地制宜" in document.sections[0].header.paragraphs[0].text
    assert document.styles["Normal"].font.name == "Courier New"
    heading = next(p for p in document.paragraphs if p.text == "摘要")
    assert heading.style.name == "Heading 1"
    assert heading.style.font.size == Pt(33)
    used = {p.style.name for p in document.paragraphs}
    assert {"Own Style", "Heading 1", "Heading 2", "Caption", "Lead"} <= used


def test_tables_fit_the_templates_page_and_pictures_are_there() -> None:
    document = opened(filled())
    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 635
    for table in document.tables:
        assert sum(int(c.get(f"{{{table._tbl.nsmap['w']}}}w")) for c in table._tbl.tblGrid) <= room + 10
    assert len(document.inline_shapes) == 5
    assert all(s.width <= section.page_width - section.left_margin - section.right_margin for s in document.inline_shapes)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_numbers_read_back_from_a_filled_template(language: str) -> None:
    known = quantities(made_up.document(language))
    found = docx_numbers(filled(language))
    assert check(found, lambda ref: known[ref]) == []
    assert sum(f.kind == "number" for f in found) == 85


def test_every_style_in_use_is_defined_once() -> None:
    document = opened(filled())
    ids = [s.get(k) for s in document.styles.element for k in s.attrib if k.endswith("styleId")]
    assert len(ids) == len(set(ids))
    body = document.element.body
    used = {e.get(k) for e in body.iter() for k in e.attrib if e.tag.endswith(("pStyle", "rStyle", "tblStyle"))}
    assert used <= set(ids)


def test_equal_bytes() -> None:
    sheet = template()
    one, two = (fill(made_up.document("zh"), sheet, made_up.EVIDENCE) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_what_is_no_template_is_refused(content: bytes) -> None:
    with pytest.raises(UsageError, match="template is no Word file"):
        fill(made_up.document("zh"), content)
