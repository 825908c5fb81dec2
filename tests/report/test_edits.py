"""Edits made in Word come back as what they are."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace

import docx as word
import made_up_report as made_up
import pytest

from yindi.core.errors import UsageError
from yindi.report.docx import docx
from yindi.report.edits import Edit, edits, paragraphs
from yindi.report.reread import check, docx_numbers
from yindi.report.text import quantities


def original() -> bytes:
    return docx(made_up.document("zh"), made_up.EVIDENCE)


def edited(change) -> bytes:
    """The report opened and saved by python-docx after a change."""
    document = word.Document(io.BytesIO(original()))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def paragraph(document, text: str):
    return next(p for p in document.paragraphs if text in p.text)


def test_saving_without_a_change_is_no_edit() -> None:
    assert edits(original(), edited(lambda d: None)) == []


def test_a_reworded_sentence_is_one_change() -> None:
    def change(document) -> None:
        run = next(r for r in paragraph(document, "补齐年份的指数为").runs if "补齐" in r.text)
        run.text = run.text.replace("补齐年份", "经补齐的年份")

    found = edits(original(), edited(change))
    assert {e.kind for e in found} == {"changed"}
    assert all("经补齐的年份" in e.after and "经补齐的年份" not in e.before for e in found)


def test_a_sentence_with_a_number_of_ones_own_is_added_and_unproved() -> None:
    found = edits(original(), edited(lambda d: paragraph(d, "说明：").insert_paragraph_before("我市另有 12 个园区。")))
    assert [e.kind for e in found] == ["added", "number_unproved"]
    assert all("12" in e.after for e in found)


def test_a_removed_paragraph_takes_its_numbers_along() -> None:
    def change(document) -> None:
        element = next(p for p in document.paragraphs if p.text == "基尼系数为 0.344。")._element
        element.getparent().remove(element)

    found = edits(original(), edited(change))
    assert Edit("removed", found[0].place, "基尼系数为 0.344。", "") in found
    assert [e.before for e in found if e.kind == "number_removed"] == ["0.344 (1)"]


def test_a_number_typed_over_no_longer_agrees() -> None:
    def change(document) -> None:
        link = next(h for p in document.paragraphs for h in p.hyperlinks if h.text == "0.302")
        link.runs[0].text = "0.402"

    known = quantities(made_up.document("zh"))
    problems = check(docx_numbers(edited(change)), lambda ref: known[ref])
    assert [p.message for p in problems] == [
        "scores.index[region=620000][year=2023] is written '0.302', the report says '0.402'."
    ]


def test_tracked_deletions_do_not_count_as_text() -> None:
    content = original()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("word/document.xml").decode()
    run = '<w:r><w:t xml:space="preserve">同类地区为</w:t></w:r>'
    assert run in xml
    gone = '<w:del w:id="900" w:author="a"><w:r><w:delText>同类地区为 9</w:delText></w:r></w:del>'
    come = '<w:ins w:id="901" w:author="a"><w:r><w:t>共 3 个同类地区：</w:t></w:r></w:ins>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name) if name != "word/document.xml" else xml.replace(run, gone + come, 1))
    found = docx_numbers(out.getvalue())
    (stray,) = [f.text for f in found if f.kind == "stray"]
    assert "共 3 个同类地区：" in stray
    assert "9" not in stray
    assert not any("9" in p for p in paragraphs(out.getvalue()) if "同类地区：" in p)


def test_another_report_is_seen_as_removed_and_added() -> None:
    other = docx(replace(made_up.document("zh"), blocks=made_up.document("zh").blocks[:2]))
    kinds = {e.kind for e in edits(original(), other)}
    assert {"removed", "number_removed"} <= kinds


def test_what_is_no_word_file_is_refused() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    with pytest.raises(UsageError, match="no Word file"):
        paragraphs(out.getvalue())


@pytest.mark.slow
def test_libreoffice_keeps_every_number_and_label(tmp_path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs LibreOffice")
    (tmp_path / "a.docx").write_bytes(original())
    run = [office, f"-env:UserInstallation=file://{tmp_path}/home", "--headless", "--convert-to", "docx", "--outdir",
           str(tmp_path / "out"), str(tmp_path / "a.docx")]  # fmt: skip
    subprocess.run(run, check=True, capture_output=True, timeout=120)
    again = (tmp_path / "out" / "a.docx").read_bytes()
    known = quantities(made_up.document("zh"))
    assert check(docx_numbers(again), lambda ref: known[ref]) == []
    numbers = [[f.text for f in docx_numbers(c) if f.kind == "number"] for c in (original(), again)]
    assert numbers[0] == numbers[1]
    assert edits(original(), again) == []
