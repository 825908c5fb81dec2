"""Numbers come back out of HTML and Word, and a single changed digit anywhere is noticed."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import made_up_report as made_up
import pytest

from yindi.core.document import Figure, block_parts
from yindi.core.errors import UsageError
from yindi.core.finding import Quantity
from yindi.core.wording import write
from yindi.report.docx import docx
from yindi.report.html import html
from yindi.report.reread import check, docx_numbers, html_numbers
from yindi.report.text import quantities, spoken

EXTRA = {"author": "made-up office 7", "date": "2026-11-22"}
NAMES = {
    **{("region", c): n for c, n in made_up.PROVINCES.items()},
    **{("variable", c): n for c, n in made_up.INDICATORS.items()},
}


def name(kind: str, code: str, language: str) -> str:
    return str(NAMES[kind, code][0 if language == "zh" else 1])


def page(language: str) -> str:
    return html(made_up.document(language), made_up.EVIDENCE, **EXTRA)


def word(language: str) -> bytes:
    return docx(made_up.document(language), made_up.EVIDENCE, **EXTRA)


def lookup(language: str):
    known = quantities(made_up.document(language))

    def look(ref: str) -> Quantity:
        if ref not in known:
            raise UsageError(f"no {ref}")
        return known[ref]

    return look


def with_part(content: bytes, part: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.namelist():
            data = source.read(entry)
            if entry == part:
                assert data.count(old.encode()) >= 1, old
                data = data.replace(old.encode(), new.encode(), 1)
            target.writestr(entry, data)
    return out.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_reads_back_whole(language: str) -> None:
    found = html_numbers(page(language))
    assert check(found, lookup(language), name) == []
    assert {f.ref for f in found if f.kind == "number"} == set(quantities(made_up.document(language)))
    assert not [f for f in found if f.kind == "stray"]
    assert {f.language for f in found} == {language}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_word_file_reads_back_whole(language: str) -> None:
    found = docx_numbers(word(language))
    assert check(found, lookup(language)) == []
    assert {f.ref for f in found if f.kind == "stored"} == set(spoken(made_up.document(language)))
    said = (b for b in made_up.document(language).blocks if not isinstance(b, Figure))
    assert [f.ref for f in found if f.kind == "number"] == [
        str(p.ref) for b in said for p in block_parts(b) if isinstance(p, Quantity)
    ]
    assert next(f.text for f in found if f.kind == "number") == "0.302"
    assert not [f for f in found if f.kind == "stray"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_text_of_a_number_is_what_wording_writes(language: str) -> None:
    look = lookup(language)
    for f in [*html_numbers(page(language)), *docx_numbers(word(language))]:
        if f.kind == "number":
            assert f.text == write(look(f.ref), language)


def digit_places(text: str) -> list[int]:
    """Digits of the visible body, of the evidence and of the figures; not of style sheet, ids, and links."""
    start = text.index("<body>")
    visible = re.compile(r">[^<]*<")
    places = [m.start() + k for m in visible.finditer(text, start) for k, c in enumerate(m[0]) if c.isdecimal()]
    for attribute in (r'\bvalue="[^"]*"', r'data-ref="[^"]*"', r'data-code="[^"]*"', r'data-value="[^"]*"'):
        places += [m.start() + k for m in re.finditer(attribute, text) for k, c in enumerate(m[0]) if c.isdecimal()]
    script = text.rindex("<script>")
    return [p for p in places if p < script]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_changed_digit_in_a_page_is_noticed(language: str) -> None:
    text, look = page(language), lookup(language)
    places = digit_places(text)
    assert len(places) > 2000
    missed = []
    for place in places[:: max(1, len(places) // 60)]:
        changed = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        if not check(html_numbers(changed), look, name):
            missed.append(text[place - 60 : place + 20])
    assert missed == []


def xml_of(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("word/document.xml").decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_changed_digit_in_a_word_file_is_noticed(language: str) -> None:
    content, look = word(language), lookup(language)
    xml = xml_of(content)
    places = [m.start(1) + k for m in re.finditer(r"<w:t [^>]*>([^<]*)</w:t>", xml) for k, c in enumerate(m[1]) if c.isdecimal()]
    places += [m.start() + k for m in re.finditer(r'w:tooltip="[^"]*"|w:anchor="[^"]*"|descr="[^"]*"', xml)
               for k, c in enumerate(m[0]) if c.isdecimal()]  # fmt: skip
    # the picture's own copy of the alternative text is the one Word shows second; the first is guarded
    places = [p for p in places if "<pic:cNvPr" not in xml[xml.rindex("<", 0, p) : p]]
    missed = []
    for place in places[:: max(1, len(places) // 60)]:
        changed = xml[:place] + str((int(xml[place]) + 1) % 10) + xml[place + 1 :]
        if not check(docx_numbers(with_part(content, "word/document.xml", xml, changed)), look):
            missed.append(xml[place - 80 : place + 20])
    assert missed == []


def test_a_stray_digit_is_noticed_in_words_and_in_the_footer() -> None:
    look = lookup("zh")
    assert check(html_numbers(page("zh").replace("同类地区为", "同类 3 地区为", 1)), look)
    assert check(docx_numbers(with_part(word("zh"), "word/document.xml", "同类地区为", "同类３地区为")), look)
    assert check(docx_numbers(with_part(word("zh"), "word/footer1.xml", "— ", "— 5")), look)


def test_a_stored_value_that_moved_is_noticed() -> None:
    known = quantities(made_up.document("zh"))
    ref = "scores.index[region=620000][year=2023]"
    moved = {**known, ref: replace(known[ref], value=known[ref].value + 1e-9)}
    for found in (html_numbers(page("zh")), docx_numbers(word("zh"))):
        problems = check(found, lambda r: moved[r])
        assert problems
        assert all(ref in p.message for p in problems)


def test_a_lost_mark_is_noticed() -> None:
    assert "0.209<sup>†</sup>" in page("zh")
    found = html_numbers(page("zh").replace("0.209<sup>†</sup>", "0.209"))
    assert any("0.209†" in p.message for p in check(found, lookup("zh")))


def test_what_is_no_word_file_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "b")
    with pytest.raises(UsageError, match="no Word file"):
        docx_numbers(out.getvalue())
