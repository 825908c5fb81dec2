"""Files -> grids of raw cells that remember file, sheet, row and column as people count them (from 1)."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yindi.core import resources
from yindi.core.errors import Problem, ProblemsError, UsageError, did_you_mean
from yindi.intake import books, charset, frames, limits
from yindi.intake.books import letters, sheet_names

TEXT = (".csv", ".tsv", ".txt")
PACKED = (".csv.gz", ".tsv.gz", ".txt.gz")
BOOKS = books.KINDS


__all__ = ["BOOKS", "PACKED", "READ", "TEXT", "Grid", "decode", "kind_of", "letters", "read", "sha256", "sheet_names"]


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
    if not limits.regular(path):
        raise _fail(file, "there is no such file.", "correct `file` in study.yaml, or put the file there", _near(path))
    if path.stat().st_size == 0:
        raise _fail(file, "the file is empty (0 bytes).", "export it again")
    kind = kind_of(path)
    if kind not in READ:
        raise _unread(file, kind)
    try:
        limits.size(path)
        grid = _grid(path, file, sheet, kind, encoding)
    except ProblemsError:
        raise
    except UsageError as fault:
        raise _fail(file, str(fault), "install it, or save the file as CSV") from None
    except limits.FAULTS as fault:
        raise _fail(
            file, f"{fault}", getattr(fault, "way_out", "open it in the program that made it and save it again")
        ) from None
    _long_texts(grid)
    if not any(_filled(row) for row in grid.rows):
        raise _fail(file, "the table is empty: no cell holds anything.", "export it again, or name another `sheet`")
    return grid


def _near(path: Path) -> tuple[str, ...]:
    try:
        return did_you_mean(path.name, [p.name for p in path.parent.iterdir()])
    except (OSError, ValueError):
        return ()


def _unread(file: str, kind: str) -> ProblemsError:
    """The refusal of a kind of file, with what it is and how it is saved as one that is read."""
    known = {r["ending"]: r for r in resources.rows("formats.csv")}.get(kind)
    if known is None:
        return _fail(file, f"files of type {kind or '(none)'} are not read.", f"save it as {', '.join(READ)}")
    return _fail(file, f"is {known['what']}: files of type {kind} are not read.", known["way_out"])


def _long_texts(grid: Grid) -> None:
    for n, row in enumerate(grid.rows, 1):
        long = next((k for k, c in enumerate(row, 1) if c.__class__ is str and len(c) > limits.TEXT_CHARACTERS), None)
        if long is not None:
            raise _fail(grid.place(n, long), f"holds a text of more than {limits.TEXT_CHARACTERS:,} signs.",
                        "look for a quotation mark that is not closed, or shorten the text")  # fmt: skip


def _grid(path: Path, file: str, sheet: str | None, kind: str, encoding: str | None) -> Grid:
    if kind in BOOKS:
        name, cells = books.read(path, file, sheet)
        return Grid(file, name, tuple(map(tuple, cells)))
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
    csv.field_size_limit(limits.TEXT_CHARACTERS)
    try:
        return tuple(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise _fail(file, f"is not well-formed CSV: {error}.", "check the quotation marks, or export it again") from None
