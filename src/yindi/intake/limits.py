"""How much a file may hold before it is read: bytes, unpacked bytes, parts, cells, signs of one text."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path

FILE_BYTES = 300_000_000
UNPACKED_BYTES = 500_000_000
RATIO = 150
ENTRIES = 10_000
CELLS = 12_000_000
TEXT_CHARACTERS = 32_767
"""What Excel holds in one cell; a longer text is an unclosed quotation mark or no table."""
FAULTS = (OSError, ValueError, EOFError, LookupError, NotImplementedError, RuntimeError, OverflowError, struct.error, zlib.error,
          zipfile.BadZipFile, MemoryError)  # fmt: skip


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


def regular(path: Path) -> bool:
    """Whether there is such a file, and no pipe or device; False for a name that cannot be one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def own_results(path: Path, folder: Path) -> bool:
    """Whether a file lies among the results that a run of the study in `folder` wrote."""
    try:
        here, home = path.resolve(), folder.resolve()
    except (OSError, ValueError, RuntimeError):
        return False
    for above in here.parents:
        if regular(above / "manifest.json") and regular(here):
            try:
                said = json.loads((above / "manifest.json").read_text(encoding="utf-8"))
                return bool(said["format"] == "yindi-results" and (above / said["study_folder"]).resolve() == home)
            except (OSError, ValueError, KeyError, TypeError, RecursionError):
                return False
    return False


def unpacked(path: Path) -> bytes:
    """The bytes of a gzip file; refuses one that unpacks to more than any table holds."""
    import gzip

    with gzip.open(path) as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise TooMuch(f"unpacks to more than {FILE_BYTES:,} bytes.", "keep the columns and rows that are needed")
    return data
