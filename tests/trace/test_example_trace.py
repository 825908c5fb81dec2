"""From a sentence of a real report to the cell of a file and back; a digit changed anywhere is caught."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import yindi
from yindi.core.finding import Quantity
from yindi.core.study import Study
from yindi.shell import cli, render, store
from yindi.shell.verify import Looker, Report, check_report, verify


@pytest.fixture(scope="module")
def study(example_results: Path) -> Study:
    return yindi.load(example_results)


def test_every_number_of_every_report_agrees(example_results: Path) -> None:
    report = verify(example_results)
    assert report.ok, report.mismatches[:5]
    assert report.checked["reports"] == 3 * 2 * 2 * 32
    assert report.checked["numbers in reports"] > report.checked["numbers in documents"] > 10_000


def test_every_kind_of_number_has_a_trace_to_a_file(study: Study) -> None:
    """One reference of every table and column that any report cites; all end at a file, the map or the study file."""
    cited = {(p.ref.name, p.ref.column): p.ref for d in render.documents(study) for p in d.parts() if isinstance(p, Quantity)}
    assert len(cited) > 40
    ends = re.compile(r"indicators\.csv row \d+ column \d+|industries\.csv row \d+ column \d+|<- file |<- space|<- study\.yaml")
    lost = [str(ref) for ref in cited.values() if not ends.search(study.why(ref))]
    assert not lost


def test_the_evidence_of_every_number_is_short_and_not_empty(study: Study) -> None:
    evidence = render.Evidence(study)
    for document in render.documents(study)[:4]:
        for part in document.parts():
            if isinstance(part, Quantity):
                lines = evidence.lines(part)
                assert 1 <= len(lines) <= 3
                assert any("<-" in line for line in lines), (part.ref, lines)


def test_from_the_printed_page_back_to_the_file(example_results: Path, example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The patents of Gansu in 2023, as the page prints them, are in line 309 of indicators.csv (counted by hand)."""
    page = (example_results / "reports" / "620000.zh.html").read_text(encoding="utf-8")
    ref = "panel[region=620000][year=2023][indicator=patents]"
    refs = set(re.findall(r'data-ref="([^"]+)"', page))
    assert len(refs) > 100
    assert cli.call(["why", str(example_results), ref]) == 0
    out = capsys.readouterr().out
    line = (example / "indicators.csv").read_text(encoding="utf-8-sig").splitlines()[308]
    assert line.startswith("620000,甘肃,2023,")
    assert f"| {line}" in out
    assert "(observed, indicators.csv row 309 column 8)" in out


def other_digit(text: str) -> str:
    """The text with its last digit changed."""
    at = max(n for n, c in enumerate(text) if c.isdigit())
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def swap(pattern: str, group: int = 1, nth: int = 5) -> Callable[[str], str]:
    """Changes the last digit of the n-th match of a pattern."""

    def change(text: str) -> str:
        found = list(re.finditer(pattern, text, re.DOTALL))[nth]
        return text[: found.start(group)] + other_digit(found[group]) + text[found.end(group) :]

    return change


HTML = {
    "the text of a number": swap(r"<data [^>]*>([^<]*\d)"),
    "the stored value of a number": swap(r'<data class="q" value="([^"]+)"'),
    "the reference of a number": swap(r'<data [^>]*data-ref="[^"]*\[year=(\d{4})\]', nth=1),
    "a year in words": swap(r'data-kind="year" data-code="\d+">(\d+)<'),
    "a point of a figure": swap(r'<(?:rect|circle|path)[^>]*data-value="([^"]+)"'),
    "a digit from nowhere": lambda text: text.replace("</span>", "7</span>", 1),
    "a picture": swap(r'<svg\b[^>]*>.*? x="(\d+)', nth=0),
    "the evidence": swap(r'<script type="application/json"[^>]*>[^<]*?(\d)', nth=0),
}
WORD = {
    "the text of a number": swap(r"<w:hyperlink (?:(?!</w:hyperlink>).)*<w:t[^>]*>([^<]*\d[^<]*)</w:t>"),
    "a stored value": swap(r"(\d+\.\d{9,})"),
    "a digit from nowhere": lambda text: text.replace("</w:t>", "7</w:t>", 1),
}


def faults(study: Study, path: Path) -> list[str]:
    report = Report()
    check_report(study, path, Looker(study), report)
    return [m.message for m in report.mismatches]


@pytest.mark.parametrize("what", HTML)
@pytest.mark.parametrize("name", ["620000.zh.html", "nation.en.html"])
def test_a_changed_digit_in_a_page(what: str, name: str, example_results: Path, study: Study, tmp_path: Path) -> None:
    text = (example_results / "reports" / name).read_text(encoding="utf-8")
    forged = HTML[what](text)
    assert forged != text
    (tmp_path / name).write_text(forged, encoding="utf-8")
    assert faults(study, tmp_path / name)


@pytest.mark.parametrize("what", WORD)
@pytest.mark.parametrize("name", ["620000.zh.docx", "nation.en.docx"])
def test_a_changed_digit_in_a_word_file(what: str, name: str, example_results: Path, study: Study, tmp_path: Path) -> None:
    raw = (example_results / "reports" / name).read_bytes()
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        parts = {i.filename: old.read(i) for i in old.infolist()}
    text = parts["word/document.xml"].decode()
    parts["word/document.xml"] = WORD[what](text).encode()
    assert parts["word/document.xml"].decode() != text
    with zipfile.ZipFile(tmp_path / name, "w") as new:
        for part, content in parts.items():
            new.writestr(part, content)
    assert faults(study, tmp_path / name)


WORDS = {"zh": ("低于", "高于"), "en": ("below", "above")}


@pytest.mark.parametrize("kind", ["html", "docx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_comparative_word_that_was_turned(
    kind: str, language: str, example_results: Path, study: Study, tmp_path: Path
) -> None:
    """One word of one sentence says the opposite: exactly that sentence is told, and no other."""
    name = f"620000.{language}.{kind}"
    raw = (example_results / "reports" / name).read_bytes()
    was, now = (w.encode() for w in WORDS[language])
    if kind == "html":
        at = raw.index(was, raw.index(b"<main"))
        forged = raw[:at] + now + raw[at + len(was) :]
    else:
        forged = with_body(raw, lambda body: body.replace(was, now, 1))
    (tmp_path / name).write_bytes(forged)
    (fault,) = faults(study, tmp_path / name)
    should, stands = fault.split(", there stands ")
    assert was.decode() in should
    assert now.decode() in stands


def test_a_sentence_that_is_gone_or_moved(example_results: Path, study: Study, tmp_path: Path) -> None:
    name = "620000.zh.html"
    page = (example_results / "reports" / name).read_text(encoding="utf-8")
    first, second = re.findall(r"<p class=\"body\">.*?</p>", page)[:2]
    (tmp_path / name).write_text(page.replace(first, ""), encoding="utf-8")
    assert "it should say" in faults(study, tmp_path / name)[0]
    swapped = page.replace(first, "@").replace(second, first).replace("@", second)
    (tmp_path / name).write_text(swapped, encoding="utf-8")
    assert "words differ" in faults(study, tmp_path / name)[0]


def with_body(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The Word file with its text changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for i in old.infolist():
            content = old.read(i)
            changed = change(content) if i.filename == "word/document.xml" else content
            assert i.filename != "word/document.xml" or changed != content
            new.writestr(i.filename, changed)
    return out.getvalue()


def test_a_damaged_report_is_no_crash(example_results: Path, study: Study, tmp_path: Path) -> None:
    raw = (example_results / "reports" / "620000.zh.docx").read_bytes()
    (tmp_path / "620000.zh.docx").write_bytes(raw[: len(raw) // 2])
    assert "cannot be read" in faults(study, tmp_path / "620000.zh.docx")[0]


def test_verify_names_every_changed_file(example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "results"
    shutil.copytree(example_results, out)
    table = out / "tables" / "scores.index.csv"
    table.write_text(other_digit(table.read_text(encoding="utf-8")), encoding="utf-8")
    page = out / "reports" / "620000.zh.html"
    page.write_text(HTML["the text of a number"](page.read_text(encoding="utf-8")), encoding="utf-8")
    (out / "reports" / "110000.en.docx").unlink()
    manifest = store.manifest(out)
    manifest["study_folder"] = str(Path(__file__).resolve().parents[2] / "examples" / "china-provinces")
    manifest["outputs"] = store.hashes(out)
    store.write_manifest(manifest, out)
    assert cli.call(["verify", str(out)]) == 3
    said = capsys.readouterr().out
    assert "tables/scores.index.csv: line " in said
    assert "reports/620000.zh.html: line " in said
    assert "reports/110000.en.docx: is missing" in said
    assert "3 do not agree." in said
