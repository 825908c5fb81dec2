"""What a file may be before it is opened: bounds against bombs, giant empty sheets, and formulas that hold no value."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

FILE_BYTES = 300_000_000
UNPACKED_BYTES = 1_000_000_000
RATIO = 150
CELLS = 30_000_000
FIELD_CHARACTERS = 1_000_000
FAULTS = (OSError, ValueError, EOFError, LookupError, NotImplementedError, RuntimeError, OverflowError, struct.error, zlib.error,
          zipfile.BadZipFile)  # fmt: skip
_CHUNK, _KEEP = 1 << 20, 1 << 12
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"')
_BARE_FORMULA = re.compile(
    rb'<c [^>]*?r="([A-Z]{1,3}\d{1,7})"[^>]*?>\s*(?:<f[^>]*?/>|<f[^>/]*?>[^<]{0,2000}</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)


class TooMuch(ValueError):
    """A file beyond the bounds; `way_out` says what to do."""

    def __init__(self, message: str, way_out: str):
        super().__init__(message)
        self.way_out = way_out


def size(path: Path) -> None:
    """Refuse a file that is too large to be a table of regional statistics."""
    if path.stat().st_size > FILE_BYTES:
        raise TooMuch(
            f"has {path.stat().st_size:,} bytes, more than {FILE_BYTES:,}.", "split it, or keep the columns that are needed"
        )


def cells(rows: int, columns: int) -> None:
    """Refuse a data set with more cells than are held in memory."""
    if rows * columns > CELLS * 2:
        raise TooMuch(f"holds {rows:,} rows and {columns:,} columns.", "keep the columns and rows that are needed")


def unpacked(path: Path) -> bytes:
    """The bytes of a gzip file; refuses one that unpacks to more than any table holds."""
    import gzip

    with gzip.open(path) as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise TooMuch(f"unpacks to more than {FILE_BYTES:,} bytes.", "keep the columns and rows that are needed")
    return data


def book(path: Path) -> None:
    """Refuse zip bombs, sheets that span more cells than any table has, and formulas without a stored value."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
        unpacked = sum(i.file_size for i in infos)
        if unpacked > UNPACKED_BYTES or unpacked > RATIO * max(path.stat().st_size, 10_000):
            raise TooMuch(f"unpacks from {path.stat().st_size:,} to {unpacked:,} bytes: this is no ordinary workbook.",
                          "save the sheet that is needed as CSV")  # fmt: skip
        for info in infos:
            if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                _sheet(packed, info)


def _chunks(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    tail, total = b"", 0
    with packed.open(info) as stream:
        while piece := stream.read(_CHUNK):
            total += len(piece)
            if total > UNPACKED_BYTES:
                raise TooMuch(f"{info.filename} unpacks to more than it says.", "save the sheet that is needed as CSV")
            yield tail + piece
            tail = piece[-_KEEP:]


def _number(letters: bytes) -> int:
    n = 0
    for c in letters:
        n = n * 26 + c - 64
    return n


def _sheet(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    rows = columns = 0
    bare: dict[str, None] = {}
    for piece in _chunks(packed, info):
        found = _CELL.findall(piece)
        rows = max(rows, max((int(r) for _, r in found), default=0))
        columns = max(columns, max((_number(c) for c in {c for c, _ in found}), default=0))
        if b"<f" in piece:
            bare.update(dict.fromkeys(c.decode() for c in _BARE_FORMULA.findall(piece)))
    if rows * columns > CELLS:
        raise TooMuch(f"{info.filename} spans {rows:,} rows and {columns:,} columns: most of them must be empty.",
                      "delete the empty rows and columns beyond the table, or save it as CSV")  # fmt: skip
    if bare:
        first = ", ".join(list(bare)[:5])
        raise TooMuch(f"{info.filename} holds {len(bare)} formula(s) without a stored value, the first in {first}.",
                      "open it in a spreadsheet program and save it, or paste the values")  # fmt: skip
