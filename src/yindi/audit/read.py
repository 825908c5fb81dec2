"""Table files as rows of text: CSV (UTF-8, UTF-16, GB18030), xlsx, xls, ods, with captions and merged heads."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from yindi.audit.numbers import is_number
from yindi.core.errors import Problem, ProblemsError

SHEETS = (".xlsx", ".xls", ".ods", ".xlsm")
TEXTS = (".csv", ".tsv", ".txt")
Rows = list[dict[str, str]]
Grid = list[list[str]]
_WAY = "give it one line of headers with rows under it"


def rows(path: Path) -> Rows:
    """All rows of the first table under its headers, header -> cell text; raises ProblemsError where there is none."""
    return next(iter(tables(path).values()))


def tables(path: Path) -> dict[str, Rows]:
    """Every table of a file by the name of its sheet ("" in a text file); raises ProblemsError where there is none."""
    if not path.is_file():
        raise ProblemsError("audit", [Problem(str(path), "there is no such file.", "name a CSV, an xlsx, or a results folder")])
    grids = _sheets(path) if path.suffix.lower() in SHEETS else {"": _delimited(path)}
    found = {name: _table(grid) for name, grid in grids.items()}
    kept = {name: lines for name, lines in found.items() if lines}
    if not kept:
        raise ProblemsError("audit", [Problem(str(path), "holds no header with rows under it.", _WAY)])
    return kept


def _table(grid: Grid) -> Rows:
    """The rows under the headers; lines before them that fill one cell alone are a caption, those after the last a note."""
    filled = [line for line in grid if any(c.strip() for c in line)]
    wide = [n for n, line in enumerate(filled) if sum(bool(c.strip()) for c in line) > 1]
    if wide:
        filled = filled[wide[0] :]
        while len(filled) > 1 and sum(bool(c.strip()) for c in filled[-1]) == 1 and not is_number(filled[-1][0]):
            filled.pop()
    if len(filled) < 2:
        return []
    heads, start = _heads(filled, max(map(len, filled)))
    return [dict(zip(heads, _to(line, len(heads)), strict=True)) for line in filled[start:]]


def transposed(lines: Rows | Sequence[Mapping[str, str]]) -> Rows:
    """The table on its side: the first column becomes the headers; empty where its cells are numbers or occur twice."""
    heads = list(lines[0])
    names = [line[heads[0]].strip() for line in lines]
    if len(heads) < 2 or len(set(names)) < len(names) or any(not name or is_number(name) for name in names):
        return []
    return [{heads[0]: column, **{name: line[column] for name, line in zip(names, lines, strict=True)}} for column in heads[1:]]


def _to(line: Sequence[str], width: int) -> list[str]:
    return [*line, *[""] * (width - len(line))]


def _heads(grid: Grid, width: int) -> tuple[list[str], int]:
    """One header a column, all different, and where the rows begin: two lines of heads are joined where the upper has gaps."""
    upper, lower = _to(grid[0], width), _to(grid[1], width)
    gaps = any(not a.strip() and b.strip() for a, b in zip(upper, lower, strict=True))
    merged = len(grid) > 2 and gaps and not any(map(is_number, lower))
    if merged:
        last, carried = "", []
        for a in upper:
            last = a.strip() or last
            carried.append(last)
        upper = [_joined(a, b) for a, b in zip(carried, lower, strict=True)]
    names = [h.strip() or f"column {n}" for n, h in enumerate(upper, 1)]
    seen = [names[:n].count(name) for n, name in enumerate(names)]
    return [f"{name} ({times + 1})" if times else name for name, times in zip(names, seen, strict=True)], 1 + merged


def _joined(above: str, below: str) -> str:
    return " ".join(dict.fromkeys(part for part in (above, below.strip()) if part))


def _delimited(path: Path) -> Grid:
    data = path.read_bytes()
    marks = (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if data.startswith(marks) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        first = next((line for line in text.splitlines() if line.strip()), "")
        mark = max(",;\t", key=lambda m: (first.count(m), text[:20_000].count(m)))
        try:
            return [list(line) for line in csv.reader(io.StringIO(text), delimiter=mark)]
        except csv.Error as fault:
            raise ProblemsError("audit", [Problem(str(path), f"is no table of text: {fault}.", _WAY)]) from fault
    raise ProblemsError("audit", [Problem(str(path), "is no text in UTF-8, UTF-16 or GB18030.", "save it as CSV UTF-8 or xlsx")])


def _sheets(path: Path) -> dict[str, Grid]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        return {
            name: [[_cell(c) for c in line] for line in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
        }
    except (python_calamine.CalamineError, OSError) as fault:
        raise ProblemsError("audit", [Problem(str(path), f"cannot be read: {fault}.", "save it again as xlsx or CSV")]) from fault


def _cell(value: object) -> str:
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)
