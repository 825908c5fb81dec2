"""Workbooks (xlsx, xlsm, xls, ods) as rows of raw cells, known by their content; merged texts spread, errors kept as text."""

from __future__ import annotations

import functools
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from yindi.core.errors import Problem, ProblemsError
from yindi.intake import compound, limits, packed

SPARSE = 300_000
KINDS = (".xlsx", ".xlsm", ".xls", ".ods")
Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]
_MARKUP = (b"<html", b"<!doctype html", b"<table", b"<?xml", b"<workbook", b"\xef\xbb\xbf<")


def _fail(place: str, message: str, way_out: str, candidates: Sequence[str] = ()) -> ProblemsError:
    return ProblemsError("intake", [Problem(place, message, way_out, tuple(candidates))])


def _damaged(file: str, error: BaseException) -> ProblemsError:
    return _fail(file, f"cannot be opened as a workbook: {error}.", "open it in a spreadsheet program and save it again")


@functools.lru_cache(maxsize=16)
def _checked(path: Path, _stamp: tuple[int, int]) -> dict[str, compound.Said]:
    """What stands in the cells of every sheet beside values; raises TooMuch before anything is opened that must not be."""
    if zipfile.is_zipfile(path):
        return packed.check(path)
    data = path.read_bytes()
    if data.startswith(compound.MAGIC):
        return compound.check(data)
    if data[:200].lstrip().lower().startswith(_MARKUP):
        way = "open it in a spreadsheet program and save it as xlsx"
        raise limits.TooMuch("is a web page or XML by its content, whatever its name says.", way)
    raise limits.TooMuch("cannot be opened as a workbook: its first bytes are those of none.",
                         "open it in a spreadsheet program and save it again; a text table is named .csv")  # fmt: skip


def checked(path: Path) -> dict[str, compound.Said]:
    """What stands in the cells of every sheet of a file as it is now, looked through once."""
    limits.size(path)
    seen = path.stat()
    return _checked(path, (seen.st_mtime_ns, seen.st_size))


def read(path: Path, file: str, sheet: str | None) -> tuple[str, list[list[Any]]]:
    """(name of the sheet, its rows from A1 on); raises ProblemsError where the file or the sheet cannot be read."""
    from python_calamine import CalamineError

    said = checked(path)
    try:
        book = _open(path)
        chosen = _sheet_name(list(book.sheet_names), file, sheet)
        return chosen, _rows(book.get_sheet_by_name(chosen), chosen, said.get(chosen, compound.Said()))
    except (ProblemsError, limits.TooMuch):
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise _damaged(file, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file, error) from None


def _open(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    with path.open("rb") as stream:
        old = stream.read(8) == compound.MAGIC
    if old == (path.suffix.lower() == ".xls"):
        return CalamineWorkbook.from_path(str(path))
    return CalamineWorkbook.from_filelike(path.open("rb"))


def _rows(page: Any, name: str, said: compound.Said) -> list[list[Any]]:
    packed.bare(f"sheet {name!r}", [f"{letters(c + 1)}{r + 1}" for r, c in said.bare])
    end = page.end or (0, 0)
    packed.span(f"sheet {name!r}", end[0] + 1, end[1] + 1)
    rows = page.to_python(skip_empty_area=False)
    _dense(rows, name)
    for (r, c), text in said.errors.items():
        if r < len(rows) and c < len(rows[r]):
            rows[r][c] = text
    return spread(rows, page.merged_cell_ranges or [])


def _dense(rows: list[list[Any]], name: str) -> None:
    """Refuse a large sheet with hardly a cell that holds anything, naming the last one that does."""
    if len(rows) * len(rows[0] if rows else ()) < SPARSE:
        return
    filled = [len(row) - row.count("") for row in rows]
    if sum(filled) < len(rows) * len(rows[0]) / 100:
        last = max(n for n, some in enumerate(filled) if some)
        at = f"{letters(max(k for k, c in enumerate(rows[last], 1) if c != ''))}{last + 1}"
        size = f"{len(rows):,} rows and {len(rows[0]):,} columns"
        message = f"sheet {name!r} spans {size}, and only {sum(filled):,} cells hold anything, the last in {at}."
        raise limits.TooMuch(message, "delete what stands beyond the table, or save it as CSV")


def letters(column: int) -> str:
    """Column number -> letters as in a spreadsheet (1 -> A, 27 -> AA)."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def spread(rows: list[list[Any]], merged: Merged) -> list[list[Any]]:
    """Write the text of a merged block into all its cells (labels only: a merged number stands for one cell)."""
    covered, width = 0, max(map(len, rows), default=0)
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]) or not isinstance(rows[top][left], str):
            continue
        covered += (min(bottom, len(rows)) - top + 1) * (min(right, width) - left + 1)
        if covered > limits.CELLS:
            raise limits.TooMuch(f"has merged blocks that cover more than {limits.CELLS:,} cells.",
                                 "undo the merging, or save the sheet as CSV")  # fmt: skip
        for row in rows[top : bottom + 1]:
            for k in range(left, min(right + 1, len(row))):
                row[k] = rows[top][left]
    return rows


def sheet_names(path: Path, file: str) -> list[str]:
    """The names of a workbook's sheets; raises ProblemsError when it cannot be opened."""
    from python_calamine import CalamineError

    try:
        checked(path)
        return list(_open(path).sheet_names)
    except limits.TooMuch as fault:
        raise _fail(file, str(fault), fault.way_out) from None
    except (CalamineError, *limits.FAULTS) as error:
        raise _damaged(file, error) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file, error) from None


def _sheet_name(names: list[str], file: str, sheet: str | None) -> str:
    chosen = sheet if sheet is not None else (names or [""])[0]
    if chosen not in names:
        raise _fail(file, f"has no sheet {chosen!r}.", "correct `sheet`", names)
    if sheet is None and len(names) > 1:
        raise _fail(file, f"has {len(names)} sheets.", "name the one to read with `sheet`", names)
    return chosen
