"""Bad inputs through the command line: exit code 3, the file, the row, the reason and the way out; nothing is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from yindi.shell import cli

FILE = "indicators.csv"
Change = Callable[[list[list[str]]], list[list[str]]]


def cell(row: int, column: str, value: str) -> Change:
    """Put a value into a cell (row as people count them)."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        rows[row - 1][rows[0].index(column)] = value
        return rows

    return change


def every(column: str, value: str) -> Change:
    """Put a value into a whole column."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        at = rows[0].index(column)
        return [rows[0], *([*row[:at], value, *row[at + 1 :]] for row in rows[1:])]

    return change


def without(column: str) -> Change:
    """Take a column out."""

    def change(rows: list[list[str]]) -> list[list[str]]:
        at = rows[0].index(column)
        return [row[:at] + row[at + 1 :] for row in rows]

    return change


def negative_share(rows: list[list[str]]) -> list[list[str]]:
    return cell(9, "urbanisation_pct", "-5")(rows)


CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "unknown region": (cell(5, "code", "119999"), (FILE, "row 5", "119999", "->")),
    "unknown name": (cell(5, "code", "亚特兰蒂斯"), (FILE, "row 5", "亚特兰蒂斯", "aliases")),
    "duplicate region and year": (lambda rows: [*rows, list(rows[7])], (FILE, "row 8", "row 343", "->")),
    "text in a number": (cell(6, "patents_per_10k", "about 12"), (FILE, "row 6", "about 12", "->")),
    "a missing column": (without("patents_per_10k"), (FILE, "patents_per_10k", "->")),
    "a constant indicator": (every("patents_per_10k", "7.5"), (FILE, "patents", "constant", "->")),
    "all values absent": (every("patents_per_10k", ""), (FILE, "patents", "->")),
    "negative share": (negative_share, (FILE, "row 9", "-5", "->")),
    "an empty table": (lambda rows: rows[:1], (FILE, "no row of data follows", "->")),
}


@pytest.fixture
def place(example: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "study"
    shutil.copytree(example, copy, ignore=shutil.ignore_patterns("results"))
    return copy


def refused(place: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Run; expect exit code 3, no traceback, no results; return what was said."""
    out = place.parent / "out"
    assert cli.call(["--quiet", "run", str(place), "--out", str(out)]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert [p.name for p in place.parent.iterdir()] == ["study"]
    return said.err


@pytest.mark.parametrize("name", CASES)
def test_bad_rows(name: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, words = CASES[name]
    path = place / FILE
    rows = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
    path.write_text("\n".join(",".join(row) for row in change(rows)) + "\n", encoding="utf-8")
    said = refused(place, capsys)
    assert [w for w in words if w not in said] == [], said


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", (FILE, "empty", "->")),
        (b"code,year\n\xff\xfe\xfd\x00\n", (FILE, "->")),
        (b"code,name_zh,year\n110000,\xb1\xb1\xff\xff,2013\n", (FILE, "row 2", "GB18030", "->")),
    ],
)
def test_bad_bytes(raw: bytes, words: tuple[str, ...], place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / FILE).write_bytes(raw)
    said = refused(place, capsys)
    assert [w for w in words if w not in said] == [], said


def test_a_file_that_is_not_there(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / FILE).rename(place / "indicator.csv")
    said = refused(place, capsys)
    assert FILE in said
    assert "indicator.csv" in said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("seed: 20240305", "sed: 20240305", ("sed", "did you mean 'seed'")),
        ("years: [2013, 2023]", "years: [2023, 2013]", ("years",)),
        ("framework: nqpf_b", "framework: nqpf_x", ("nqpf_x", "nqpf_b")),
        ("layout: long", "layout: tall", ("layout", "tall")),
        ("seed: 20240305", "seed: 20240305\nseed: 1", ("stands twice",)),
        ("region: code", "region: kode", ("kode",)),
    ],
)
def test_bad_study_files(old: str, new: str, words: tuple[str, ...], place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / "study.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    said = refused(place, capsys)
    assert [w for w in words if w not in said] == [], said


def test_all_problems_are_told_at_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = place / FILE
    rows = [line.split(",") for line in path.read_text(encoding="utf-8-sig").splitlines()]
    for change in (cell(5, "code", "119999"), cell(6, "patents_per_10k", "about 12"), cell(9, "urbanisation_pct", "-5")):
        rows = change(rows)
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    said = refused(place, capsys)
    assert [w for w in ("row 5", "row 6", "row 9") if w not in said] == []
