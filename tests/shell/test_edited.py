"""One Word report that a user edited: words may change, numbers must agree."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx as word
import pytest

from yindi.shell import cli


def edit(source: Path, target: Path, change: Callable[[Any], None]) -> Path:
    """A report opened, changed and saved by another program."""
    document = word.Document(str(source))
    change(document)
    document.save(str(target))
    return target


def first(document: Any) -> Any:
    """The first paragraph of text that cites a number."""
    return next(p for p in document.paragraphs if p.hyperlinks and len(p.text) > 20)


def reword(document: Any) -> None:
    next(r for r in first(document).runs if len(r.text) > 3 and not r.text.isdigit()).text = "经会议讨论后改写："


def year_in_words(document: Any) -> None:
    next(r for r in first(document).runs if r.text == "2023").text = "末"


def another_year(document: Any) -> None:
    next(r for r in first(document).runs if r.text == "2023").text = "2024"


def add_words(document: Any) -> None:
    first(document).insert_paragraph_before("我市将成立专班。")


def remove(document: Any) -> None:
    element = first(document)._element
    element.getparent().remove(element)


def type_over(document: Any) -> None:
    link = first(document).hyperlinks[0]
    link.runs[0].text = "987.6"


def own_number(document: Any) -> None:
    first(document).insert_paragraph_before("我市另有 12 个园区。")


def unlink(document: Any) -> None:
    link = first(document).hyperlinks[0]._element
    for child in list(link):
        link.addprevious(child)
    link.getparent().remove(link)


def nothing(document: Any) -> None:
    pass


@pytest.mark.parametrize(
    ("change", "code", "kinds"),
    [
        (nothing, 0, set()),
        (reword, 0, {"changed"}),
        (year_in_words, 0, {"changed"}),
        (another_year, 3, {"changed"}),
        (add_words, 0, {"added"}),
        (remove, 0, {"removed", "number_removed"}),
        (type_over, 3, {"changed"}),
        (own_number, 3, {"added"}),
        (unlink, 3, {"number_removed"}),
    ],
)
def test_words_may_change_and_numbers_may_not(
    change: Callable[[Any], None], code: int, kinds: set[str], example_results: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    mine = edit(example_results / "reports" / "620000.zh.docx", tmp_path / "领导改过的.docx", change)
    assert cli.call(["verify", str(mine), "--against", str(example_results), "--json"]) == code
    said = json.loads(capsys.readouterr().out)
    assert (said["subject"], said["language"]) == ("620000", "zh")
    assert {e["kind"] for e in said["edits"]} == kinds
    assert said["ok"] == (not said["mismatches"]) == (code == 0)
    assert said["numbers"] > 100


def test_it_is_said_in_words(example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = edit(example_results / "reports" / "nation.en.docx", tmp_path / "a.docx", type_over)
    assert cli.call(["verify", str(mine), "--against", str(example_results)]) == 3
    out = capsys.readouterr().out
    assert "changed, paragraph" in out
    assert "the report says '987.6'" in out
    assert "against nation.en" in out
    assert out.splitlines()[-1] == "1 do not agree."


def test_a_report_edited_in_its_place_is_compared_with_what_was_written(
    example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    shutil.copytree(example_results, out)
    path = out / "reports" / "620000.zh.docx"
    edit(path, path, add_words)
    assert cli.call(["verify", str(path), "--against", str(out), "--json"]) == 0
    assert [e["after"] for e in json.loads(capsys.readouterr().out)["edits"]] == ["我市将成立专班。"]


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_report_in_the_users_template(elsewhere: bool, example_results: Path, tmp_path: Path) -> None:
    """Digits of the template itself are no numbers without evidence, also where the file was edited in the folder."""
    out, sheet = tmp_path / "results", word.Document()
    shutil.copytree(example_results, out)
    sheet.add_paragraph("内部资料〔2026〕5号")
    sheet.save(str(tmp_path / "my.docx"))
    assert cli.call(["report", str(out), "--region", "620000", "--template", str(tmp_path / "my.docx")]) == 0
    path = out / "reports" / "620000.zh.docx"
    mine = edit(path, tmp_path / "mine.docx" if elsewhere else path, add_words)
    assert cli.call(["verify", str(mine), "--against", str(out)]) == 0
    edit(mine, mine, type_over)
    assert cli.call(["verify", str(mine), "--against", str(out)]) == 3


def saved(document: Any) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.docx", b"no zip", "no Word file"), ("a.docx", None, "no such file"), ("a.html", b"", "FILE.docx --against DIR"),
     ("a.docx", saved(word.Document()), "cites no number")],
)  # fmt: skip
def test_what_is_no_report(
    name: str, content: bytes | None, said: str, example_results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert cli.call(["verify", str(tmp_path / name), "--against", str(example_results)]) == 2
    assert said.lower() in capsys.readouterr().err.lower()


def test_a_word_file_alone_says_what_is_missing(example_results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.call(["verify", str(example_results / "reports" / "620000.zh.docx")]) == 2
    assert "--against DIR" in capsys.readouterr().err
