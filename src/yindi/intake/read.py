"""Files -> grids of raw cells that remember file, sheet, row and column as people count them (from 1)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yindi.core.errors import Problem, ProblemsError, UsageError, did_you_mean
from yindi.intake import charset, frames, limits

TEXT = (".csv", ".tsv", ".txt")
PACKED = (".csv.gz", ".tsv.gz", ".txt.gz")
BOOKS = (".xlsx", ".xlsm", ".xls", ".ods", ".xlsb")


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: raw cells as read; `rows[i][j]` stands in row i + 1, column j + 1 of the file."""

    file: str
    sheet: str
    rows: tuple[tuple[object, ...], ...]
    labels: tuple[str, ...] = ()
    encoding: str = ""

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell is, in words."""
        sheet = f", sheet {self.sheet!r}" if self.sheet else ""
        return f"{self.file}{sheet}, row {row}" + ("" if column is None else f", column {column} ({letters(column)})")


def letters(column: int) -> str:
    """Column number -> letters as in a spreadsheet (1 -> A, 27 -> AA)."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def sha256(path: Path) -> str:
    """Digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fail(place: str, message: str, way_out: str, candidates: Sequence[str] = ()) -> ProblemsError:
    return ProblemsError("intake", [Problem(place, message, way_out, tuple(candidates))])


def kind_of(path: Path) -> str:
    """The ending that says what a file is, in lower case."""
    name = path.name.lower()
    return next((e for e in PACKED if name.endswith(e)), path.suffix.lower())


READ = (*TEXT, *PACKED, *BOOKS, *frames.KINDS)


def read(path: Path, file: str, sheet: str | None = None, encoding: str | None = None) -> Grid:
    """One sheet of a file as a Grid; raises ProblemsError when the file is absent, empty, undecodable or damaged."""
    if not path.is_file():
        near = did_you_mean(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else ()
        raise _fail(file, "there is no such file.", "correct `file` in study.yaml, or put the file there", near)
    if path.stat().st_size == 0:
        raise _fail(file, "the file is empty (0 bytes).", "export it again")
    kind = kind_of(path)
    if kind not in READ:
        raise _fail(file, f"files of type {kind or '(none)'} are not read.", f"save it as {', '.join(READ)}")
    try:
        limits.size(path)
        if kind in BOOKS:
            limits.book(path)
        grid = _grid(path, file, sheet, kind, encoding)
    except ProblemsError:
        raise
    except UsageError as fault:
        raise _fail(file, str(fault), "install it, or save the file as CSV") from None
    except limits.FAULTS as fault:
        raise _fail(
            file, f"{fault}", getattr(fault, "way_out", "open it in the program that made it and save it again")
        ) from None
    if not any(_filled(row) for row in grid.rows):
        raise _fail(file, "the table is empty: no cell holds anything.", "export it again, or name another `sheet`")
    return grid


def _grid(path: Path, file: str, sheet: str | None, kind: str, encoding: str | None) -> Grid:
    if kind in BOOKS:
        return _book(path, file, sheet)
    if kind in frames.KINDS:
        rows, labels = frames.read(path, kind, encoding)
        return Grid(file, "", rows, labels)
    data = limits.unpacked(path) if kind in PACKED else path.read_bytes()
    text, name = charset.decode(data, file, encoding)
    return Grid(file, "", _delimited(text, file), (), name)


def _filled(row: Sequence[object]) -> bool:
    return any(c is not None and str(c).strip() != "" for c in row)


def decode(data: bytes, file: str) -> str:
    """Text of a CSV, see `charset.decode`."""
    return charset.decode(data, file)[0]


def _delimited(text: str, file: str) -> tuple[tuple[str, ...], ...]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(limits.FIELD_CHARACTERS)
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _fail(file, f"is not well-formed CSV: {error}.", "check the quotation marks, or export it again") from None


def _book(path: Path, file: str, sheet: str | None) -> Grid:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        chosen = _sheet_name(list(book.sheet_names), file, sheet)
        page = book.get_sheet_by_name(chosen)
        rows = _spread(page.to_python(skip_empty_area=False), page.merged_cell_ranges or [])
    except ProblemsError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(file, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file, error) from None
    return Grid(file, chosen, tuple(tuple(row) for row in rows))


def _spread(rows: list[list[Any]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> list[list[Any]]:
    """Write the text of a merged block into all its cells (labels only: a merged number stands for one cell)."""
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]) or not isinstance(rows[top][left], str):
            continue
        for row in rows[top : bottom + 1]:
            for k in range(left, min(right + 1, len(row))):
                row[k] = rows[top][left]
    return rows


def sheet_names(path: Path, file: str) -> list[str]:
    """The names of a workbook's sheets; raises ProblemsError when it cannot be opened."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        limits.size(path)
        limits.book(path)
        return list(CalamineWorkbook.from_path(str(path)).sheet_names)
    except (CalamineError, *limits.FAULTS) as error:
        raise _damaged(file, error) from None


def _damaged(file: str, error: BaseException) -> ProblemsError:
    return _fail(file, f"cannot be opened as a workbook: {error}.", "open it in a spreadsheet program and save it again")


def _sheet_name(names: list[str], file: str, sheet: str | None) -> str:
    chosen = sheet if sheet is not None else (names or [""])[0]
    if chosen not in names:
        raise _fail(file, f"has no sheet {chosen!r}.", "correct `sheet`", names)
    if sheet is None and len(names) > 1:
        raise _fail(file, f"has {len(names)} sheets.", "name the one to read with `sheet`", names)
    return chosen
