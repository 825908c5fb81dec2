"""The PDF: words are never taken for markup, equal bytes, links, tags; set by typst where that is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace

import made_up_report as made_up
import pytest

from yindi.core import errors
from yindi.core.document import Paragraph
from yindi.core.errors import UsageError
from yindi.core.finding import Label
from yindi.core.wording import write
from yindi.report.pdf import markup, pdf
from yindi.report.text import spoken


@pytest.fixture(scope="module")
def typst():
    return pytest.importorskip("typst")


def test_every_spoken_number_links_to_a_row() -> None:
    source = markup(made_up.document("zh"), made_up.EVIDENCE)
    links, rows = set(re.findall(r"#link\(<(E\d+)>\)", source)), set(re.findall(r'#metadata\("(E\d+)"\)<\1>', source))
    assert links == rows
    assert len(rows) == len(spoken(made_up.document("zh")))


def test_words_are_never_markup(typst) -> None:
    evil = made_up.sentence('"; #panic("x") \\ ] $ <a> // *b* ', Label("region", "x", '#panic("5")'))
    document = replace(made_up.document("zh"), blocks=(Paragraph((evil,)),))
    assert pdf(document).startswith(b"%PDF")


@pytest.mark.parametrize(("language", "profile"), [("zh", None), ("zh", "brief"), ("en", None)])
def test_equal_bytes_tags_and_no_clock(typst, language: str, profile: str | None) -> None:
    one = pdf(made_up.document(language), made_up.EVIDENCE, profile=profile)
    assert one == pdf(made_up.document(language), made_up.EVIDENCE, profile=profile)
    assert b"/StructTreeRoot" in one
    assert b"/CreationDate" not in one


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_text_of_the_pdf_holds_the_numbers(typst, tmp_path, language: str) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("needs poppler")
    (tmp_path / "a.pdf").write_bytes(pdf(made_up.document(language), made_up.EVIDENCE))
    run = subprocess.run([reader, "-layout", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True)
    text = run.stdout.decode()
    for quantity in spoken(made_up.document(language)).values():
        assert write(quantity, language) in text
    assert ("证据索引" if language == "zh" else "Evidence index") in text


def test_without_typst_the_extra_is_named(monkeypatch) -> None:
    def missing(name: str):
        raise ImportError(name)

    monkeypatch.setattr(errors.importlib, "import_module", missing)
    with pytest.raises(UsageError, match=r"yindi\[pdf\]"):
        pdf(made_up.document("zh"))
