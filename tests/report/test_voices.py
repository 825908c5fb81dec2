"""Voices and annexes: annexes are counted by Word and the page, a brief has no index and still tells every number's place."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx as reader
import made_up_report as made_up
import pytest
from lxml import etree

from yindi.core.document import Document, Heading
from yindi.report import reread, styles
from yindi.report.docx import docx
from yindi.report.html import html
from yindi.report.pdf import markup
from yindi.report.text import quantities

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def with_annex(language: str, voice: str = "plan") -> Document:
    made = made_up.document(language)
    return replace(made, blocks=(*made.blocks, Heading(1, ("任务分工",), annex=True)), voice=voice)


def levels(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tree = etree.fromstring(archive.read("word/numbering.xml"))
    return {x.find(W + "pStyle").get(W + "val"): x.find(W + "lvlText").get(W + "val") for x in tree.iter(W + "lvl")
            if x.find(W + "pStyle") is not None}  # fmt: skip


@pytest.mark.parametrize(("language", "pattern"), [("zh", "附件%1\u3000"), ("en", "Annex %1. ")])
def test_word_counts_annexes_and_the_evidence_index_is_the_last(language: str, pattern: str) -> None:
    content = docx(with_annex(language), made_up.EVIDENCE)
    assert levels(content)["AnnexHeading"] == pattern
    heads = [p.text for p in reader.Document(io.BytesIO(content)).paragraphs if p.style.name == "Annex Heading"]
    assert heads == ["任务分工", "证据索引" if language == "zh" else "Evidence index"]


def test_the_page_and_the_pdf_count_annexes() -> None:
    page = html(with_annex("zh"))
    assert 'class="annex"' in page
    assert page.count("<h2") == made_up_sections() + 1 + 1
    source = markup(with_annex("zh"), {})
    assert source.index('"附件1\u3000"') < source.index('"任务分工"') < source.index('"附件2\u3000"') < source.index('"证据索引"')


def made_up_sections() -> int:
    return sum(isinstance(b, Heading) and b.level == 1 for b in made_up.document("zh").blocks)


def test_a_brief_has_no_index_and_every_number_still_says_its_place() -> None:
    made = replace(made_up.document("zh"), voice="brief")
    content = docx(made, made_up.EVIDENCE)
    assert "AnnexHeading" not in "".join(p.style.style_id for p in reader.Document(io.BytesIO(content)).paragraphs)
    found = [f for f in reread.docx_numbers(content) if f.kind == "number"]
    known = quantities(made)
    assert {f.ref for f in found} == set(known) - figure_only(made)
    assert not reread.check(found, lambda ref: known[ref])


def figure_only(made: Document) -> set[str]:
    """References that stand in pictures alone: a Word picture holds no numbers to read."""
    from yindi.core.document import Figure, block_parts
    from yindi.core.finding import Quantity

    outside = {str(p.ref) for b in made.blocks if not isinstance(b, Figure) for p in block_parts(b) if isinstance(p, Quantity)}
    captions = {str(p.ref) for b in made.blocks if isinstance(b, Figure) for p in b.caption if isinstance(p, Quantity)}
    return set(quantities(made)) - outside - captions


@pytest.mark.parametrize(("voice", "language", "size"), [("plan", "zh", 16), ("research", "zh", 12), ("brief", "zh", 10.5),
                                                         ("plan", "en", 11), ("brief", "en", 10)])  # fmt: skip
def test_each_voice_has_its_usual_look_and_a_named_profile_overrides_it(voice: str, language: str, size: float) -> None:
    assert styles.profile(None, language, voice)["body"]["size"] == size
    assert styles.profile("report", language, voice)["body"]["size"] == 12
