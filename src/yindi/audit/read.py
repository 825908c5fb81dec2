"""A table file as rows of text: CSV (UTF-8 with or without BOM, GB18030), xlsx, xls, ods."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from yindi.core.errors import Problem, ProblemsError

SHEETS = (".xlsx", ".xls", ".ods", ".xlsb", ".xlsm")


def rows(path: Path) -> list[dict[str, str]]:
    """All rows under the first line, header -> cell text; raises ProblemsError where there is no table."""
    if not path.is_file():
        raise ProblemsError("audit", [Problem(str(path), "there is no such file.", "name a CSV, an xlsx, or a results folder")])
    grid = _sheet(path) if path.suffix.lower() in SHEETS else _delimited(path)
    grid = [line for line in grid if any(c.strip() for c in line)]
    if len(grid) < 2:
        raise ProblemsError("audit", [Problem(str(path), "holds no header with rows under it.")])
    heads = [h.strip() or f"column {n}" for n, h in enumerate(grid[0], 1)]
    return [dict(zip(heads, line + [""] * (len(heads) - len(line)), strict=False)) for line in grid[1:]]


def _delimited(path: Path) -> list[list[str]]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        mark = max(",;\t", key=text.partition("\n")[0].count)
        return [list(line) for line in csv.reader(io.StringIO(text), delimiter=mark)]
    raise ProblemsError("audit", [Problem(str(path), "is neither UTF-8 nor GB18030.", "save it as CSV UTF-8")])


def _sheet(path: Path) -> list[list[str]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return [[_cell(c) for c in line] for line in book.get_sheet_by_index(0).to_python()]
    except python_calamine.CalamineError as fault:
        raise ProblemsError("audit", [Problem(str(path), f"cannot be read: {fault}.")]) from fault


def _cell(value: object) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
