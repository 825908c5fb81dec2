"""Reports in more formats, profiles and the user's template: written by `yindi report`, listed, and verified."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import docx as word
import openpyxl
import pytest

import yindi
from yindi.core.study import Study
from yindi.shell import cli, render, store
from yindi.shell import verify as verifying
from yindi.shell.verify import Looker, Report, check_report

GANSU = ["--region", "620000", "--lang", "zh", "--voice", "plan"]


@pytest.fixture(scope="module")
def out(example_results: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results with one region's report in every format, and another's in a look of its own."""
    pytest.importorskip("typst")
    place = tmp_path_factory.mktemp("formats") / "results"
    shutil.copytree(example_results, place)
    assert cli.call(["report", str(place), *GANSU, "--format", "pdf,xlsx,figures"]) == 0
    assert (
        cli.call(["report", str(place), "--region", "540000", "--voice", "plan", "--profile", "brief", "--format", "docx,pdf"])
        == 0
    )
    (place.parent / "my.docx").write_bytes(template())
    assert (
        cli.call(["report", str(place), "--region", "650000", "--voice", "plan", "--template", str(place.parent / "my.docx")])
        == 0
    )
    return place


@pytest.fixture(scope="module")
def study(out: Path) -> Study:
    return yindi.load(out)


def template() -> bytes:
    """An office's template with digits of its own."""
    document = word.Document()
    document.add_paragraph("内部资料〔2026〕5号：{{title}}")
    document.add_paragraph("{{report}}")
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def test_the_manifest_lists_every_file(out: Path, study: Study) -> None:
    listed = set(store.manifest(out)["outputs"])
    (document,) = [d for d in render.documents(study) if d.name == "620000.zh"]
    names = [n for kind in render.FORMATS for n in render.names(document, kind)]
    assert {f"reports/{n}" for n in names} <= listed
    assert sum(n.startswith("reports/figures/620000.zh/620000.zh.figure-") for n in listed) == len(names) - 4 >= 3
    assert (out / "reports" / "620000.zh.pdf").read_bytes().startswith(b"%PDF")


def test_default_formats_stay_word_and_html(study: Study) -> None:
    assert {k for _, k in render.chosen(study)} == {"docx", "html"}


def test_a_whole_folder_with_all_formats_agrees(out: Path, example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["verify", str(out), "--inputs", str(example), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["checked"]["PDF files made again"] == 2
    assert said["checked"]["reports"] == 3 * 128 + 1
    figures = len(list((out / "reports" / "figures" / "620000.zh").glob("*.csv")))
    assert said["checked"]["figure data"] == said["checked"]["drawings"] == figures
    assert said["unchecked"] == {"PNG pictures (only their sha256 is compared)": figures}


def test_a_profile_is_for_its_language(out: Path) -> None:
    looks = store.manifest(out)["looks"]
    assert looks["540000.zh.pdf"]["profile"] == looks["540000.zh.docx"]["profile"] == "brief"
    assert "540000.en.docx" not in looks
    brief = word.Document(out / "reports" / "540000.zh.docx").styles["Normal"].font.size.pt
    assert (brief, word.Document(out / "reports" / "620000.zh.docx").styles["Normal"].font.size.pt) == (10.5, 16)


def test_a_template_is_filled_and_its_own_digits_are_known(out: Path, study: Study) -> None:
    path = out / "reports" / "650000.zh.docx"
    first = word.Document(path).paragraphs[0].text
    assert first.startswith("内部资料〔2026〕5号：新疆")
    assert store.manifest(out)["looks"]["650000.zh.docx"]["own"] == [first]
    assert not (out / "reports" / "650000.zh.pdf").exists()
    assert any("digits that no reference" in f for f in faults(study, path))  # without the manifest they are strange
    assert verified(study, path, out) == []


def faults(study: Study, path: Path) -> list[str]:
    report = Report()
    check_report(study, path, Looker(study), report)
    return [m.message for m in report.mismatches]


def in_workbook(change: Callable[[openpyxl.Workbook], None]) -> Callable[[bytes], bytes]:
    def apply(raw: bytes) -> bytes:
        book, held = openpyxl.load_workbook(io.BytesIO(raw)), io.BytesIO()
        change(book)
        book.save(held)
        return held.getvalue()

    return apply


def first_number(book: openpyxl.Workbook) -> openpyxl.cell.Cell:
    return next(c for row in book["表1"].iter_rows() for c in row if isinstance(c.value, float | int))


def raise_it(book: openpyxl.Workbook) -> None:
    first_number(book).value += 1


def retitle(book: openpyxl.Workbook) -> None:
    book["表1"]["A1"].value += "2030"


CHANGES = {
    "a number of the workbook": ("620000.zh.xlsx", in_workbook(raise_it), "stands there as"),
    "words of the workbook": ("620000.zh.xlsx", in_workbook(retitle), "2030"),
    "the PDF": ("620000.zh.pdf", lambda raw: raw.replace(b"%PDF-1.7", b"%PDF-1.6", 1), "not what typst makes"),
    "a point of a figure": ("figures/620000.zh/620000.zh.figure-1.csv", lambda raw: raw.replace(b",0.", b",1.", 1), "holds '1."),
    "a point left out": ("figures/620000.zh/620000.zh.figure-1.csv", lambda raw: b"\r\n".join(raw.split(b"\r\n")[:-2] + [b""]),
                         "not the data of the stored figure"),
    "a drawing": ("figures/620000.zh/620000.zh.figure-1.svg", lambda raw: raw.replace(b'y="', b'y="9', 1), "not the drawing"),
    "a workbook cut off": ("620000.zh.xlsx", lambda raw: raw[:500], "cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_told(what: str, out: Path, study: Study, tmp_path: Path) -> None:
    name, change, said = CHANGES[what]
    raw = (out / "reports" / name).read_bytes()
    path = tmp_path / Path(name).name
    path.write_bytes(raw)
    if not name.endswith("pdf"):
        assert faults(study, path) == []
    path.write_bytes(change(raw))
    assert path.read_bytes() != raw
    found = verified(study, path, out)
    assert any(said in message for message in found), found


def verified(study: Study, path: Path, out: Path) -> list[str]:
    report = Report()
    reader = verifying.Reader(study, Looker(study), store.manifest(out))
    document = next(d for d in render.documents(study) if path.name.startswith(f"{d.subject}.{d.language}."))
    verifying._read_report(reader, path.parent, path.name, document, report)
    return [m.message for m in report.mismatches]


def test_without_typst_a_pdf_is_said_to_be_unchecked(out: Path, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "typst_version", lambda: None)
    report = Report()
    check_report(study, out / "reports" / "620000.zh.pdf", Looker(study), report)
    assert report.ok
    assert not report.checked
    assert any("extra `pdf`" in line for line in verifying.lines(report))


def test_a_pdf_of_the_run_itself_is_made_again(example_results: Path, out: Path, study: Study) -> None:
    """The run notes the version of typst; `yindi report` notes it again where it writes a PDF later."""
    libraries = store.manifest(example_results)["libraries"]
    assert libraries["typst"] == render.typst_version()
    document = next(d for d in render.documents(study) if (d.subject, d.language) == ("620000", "zh"))
    path = out / "reports" / "620000.zh.pdf"
    seen = verifying.Reader(study, Looker(study), {"libraries": libraries}).read(path, path.name, document)
    assert (seen.unchecked, seen.problems) == ("", ())
    old = {"libraries": {"typst": "0.1.0"}}
    assert "0.1.0" in verifying.Reader(study, Looker(study), old).read(path, path.name, document).unchecked


@pytest.mark.parametrize("arguments", [["report", "{out}", "--format", "pdf"],
                                       ["run", "{example}", "--out", "{tmp}/new", "-c", "report.formats=[pdf]"]])  # fmt: skip
def test_without_typst_no_pdf_is_begun(
    arguments: list[str], example: Path, example_results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, "typst", None)
    given = [a.format(out=example_results, example=example, tmp=tmp_path) for a in arguments]
    assert cli.call(["--quiet", *given]) == 2
    assert "yindi[pdf]" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--format", "odt"], "docx, figures, html, pdf, xlsx"), (["--profile", "breif"], "brief"),
     (["--profile", "brief", "--lang", "en"], "reports in zh"), (["--profile", "en", "--format", "html,xlsx"], "docx and pdf"),
     (["--template", "{my}", "--profile", "en"], "not both"), (["--template", "{my}", "--format", "pdf"], "add docx"),
     (["--template", "nowhere.docx"], "nowhere.docx"), (["--template", "{no}"], "no Word file")],
)  # fmt: skip
def test_what_does_not_go_together(
    arguments: list[str], said: str, out: Path, example: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (out / "manifest.json").read_bytes()
    given = [a.format(my=out.parent / "my.docx", no=example / "study.yaml") for a in arguments]
    assert cli.call(["report", str(out), *given]) == 2
    assert said in capsys.readouterr().err
    assert (out / "manifest.json").read_bytes() == before
