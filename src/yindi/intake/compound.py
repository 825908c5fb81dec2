"""Compound files (xls): sound before anything opens them, no password, no cell beyond the format, no value that is missing."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from yindi.intake.limits import CELLS, TooMuch

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
ROOT, SMALL = "Root Entry", 4096
ROWS, COLUMNS = 65_536, 256
_LAST = 0xFFFFFFFA
_FORMULA, _ERROR, _DIMENSIONS, _STRINGS, _PASSWORD, _SHEET, _START = 0x06, 0x205, 0x200, 0xFC, 0x2F, 0x85, 0x809
_CELLS = frozenset([_FORMULA, _ERROR, 0x201, 0x203, 0x204, 0x27E, 0xBD, 0xBE, 0xFD, 0xD6])
_SAVE = "open it in a spreadsheet program and save it as xlsx"


@dataclass(slots=True)
class Said:
    """What the cells of one sheet hold beside values: errors of formulas by (row, column) from 0, formulas without a value.

    `counted`: some formula of an xls holds a value, so that an empty one is a result and not a formula that was never counted.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    bare: list[tuple[int, int]] = field(default_factory=list)
    counted: bool = False


def _damaged(what: str) -> TooMuch:
    return TooMuch(f"cannot be opened as a workbook: {what}.", _SAVE)


@dataclass(frozen=True, slots=True)
class Compound:
    """The bytes of a compound file, its sector size, its allocation table, and its streams: name -> (first sector, size)."""

    data: bytes
    sector: int
    table: array[int]
    streams: dict[str, tuple[int, int]]
    small: array[int]

    def chain(self, first: int) -> list[int]:
        """The sectors of a chain; raises TooMuch where it is cut, leaves the file or comes back to itself."""
        return _chain(self.table, first)

    def stream(self, name: str) -> bytes:
        """The bytes of a stream; those of less than 4,096 bytes lie in sectors of 64 within the root's."""
        first, size = self.streams[name]
        if size < SMALL and name != ROOT:
            root = self.stream(ROOT) if ROOT in self.streams else b""
            return b"".join(root[n * 64 : n * 64 + 64] for n in _chain(self.small, first))[:size]
        return b"".join(self.data[(n + 1) * self.sector : (n + 2) * self.sector] for n in self.chain(first))[:size]


def _chain(table: array[int], first: int) -> list[int]:
    made: list[int] = []
    while first < _LAST:
        if first >= len(table) or len(made) > len(table):
            raise _damaged("a chain of its sectors leads out of the file or never ends")
        made.append(first)
        first = table[first]
    return made


def _words(data: bytes) -> array[int]:
    return array("I", data[: len(data) // 4 * 4])


def opened(data: bytes) -> Compound:
    """A compound file whose chains are sound and whose streams lie within it; raises TooMuch otherwise."""
    if len(data) < 1536 or not data.startswith(MAGIC):
        raise _damaged("its first bytes are not those of an xls file")
    shift, small = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or small != 6:
        raise _damaged("its sectors have no size that the format knows")
    sector = 1 << shift
    most = len(data) // sector
    directories, tables = struct.unpack_from("<II", data, 40)
    first, _, _, small_first, smalls, more, mores = struct.unpack_from("<IIIIIII", data, 48)
    if max(directories, tables, smalls, mores) > most:
        raise _damaged("its head counts more sectors than the file has")
    table = _table(data, sector, most, more)
    small = _words(b"".join(data[(n + 1) * sector : (n + 2) * sector] for n in _chain(table, small_first)))
    whole = b"".join(data[(n + 1) * sector : (n + 2) * sector] for n in _chain(table, first))
    return Compound(data, sector, table, _streams(whole, table, len(data)), small)


def _table(data: bytes, sector: int, most: int, more: int) -> array[int]:
    at = [n for n in struct.unpack_from("<109I", data, 76) if n < _LAST]
    for _ in range(most + 1):
        if more >= _LAST:
            break
        words = _words(data[(more + 1) * sector : (more + 2) * sector])
        if len(words) < sector // 4:
            raise _damaged("its table of sectors leads out of the file")
        at += [n for n in words[:-1] if n < _LAST]
        more = words[-1]
    else:
        raise _damaged("its table of sectors never ends")
    if len(at) > most or any(n >= most for n in at):
        raise _damaged("its table of sectors leads out of the file")
    return _words(b"".join(data[(n + 1) * sector : (n + 2) * sector] for n in at))


def _streams(directory: bytes, table: array[int], size: int) -> dict[str, tuple[int, int]]:
    made = {}
    for at in range(0, len(directory) - 127, 128):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        if kind not in (2, 5):
            continue
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        first, long = struct.unpack_from("<IQ", directory, at + 116)
        long &= 0xFFFFFFFF
        if long > size:
            raise _damaged(f"its part {name!r} claims {long:,} bytes, more than the file has")
        if (kind == 5 or long >= SMALL) and long:
            _chain(table, first)
        made[name] = (first, long)
    return made


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """(kind, where its content begins, length) of every record."""
    at, end = 0, len(stream)
    while at + 4 <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, at + 4, min(length, end - at - 4)
        at += 4 + length


def check(data: bytes) -> dict[str, Said]:
    """What stands in the cells of every sheet of an xls file; raises TooMuch for one that is damaged, protected or too large."""
    book = opened(data)
    if "EncryptedPackage" in book.streams:
        raise protected()
    name = next((n for n in ("Workbook", "Book", "WORKBOOK", "BOOK") if n in book.streams), None)
    if name is None:
        kinds = {"WordDocument": "a Word document", "PowerPoint Document": "a presentation"}
        what = next((said for n, said in kinds.items() if n in book.streams), "no workbook that is known here")
        raise TooMuch(f"is {what} by its content.", "save the table as xlsx")
    return _sheets(book.stream(name))


def protected() -> TooMuch:
    """The refusal of a workbook that wants a password."""
    way = "open it with its password, take the password off (in Excel: File, Info, Protect Workbook) and save it"
    return TooMuch("is protected by a password.", way)


def _sheets(stream: bytes) -> dict[str, Said]:
    names: dict[int, str] = {}
    made: dict[str, Said] = {}
    said = Said()
    for kind, at, length in _records(stream):
        if kind in _CELLS:
            _cell(stream, kind, at, length, said)
        elif kind == _START:
            said = made.setdefault(names.get(at - 4, ""), Said())
        elif kind == _PASSWORD:
            raise protected()
        elif kind == _SHEET and length >= 8:
            names[struct.unpack_from("<I", stream, at)[0]] = _name(stream[at + 6 : at + length])
        elif kind == _DIMENSIONS and length >= 10:
            _dimensions(stream, at, length)
        elif kind == _STRINGS and length >= 8 and struct.unpack_from("<I", stream, at + 4)[0] > len(stream) // 3:
            raise _damaged("it counts more texts than it can hold")
    for one in made.values():
        one.bare = [] if one.counted else one.bare
    return made


def _name(content: bytes) -> str:
    wide = len(content) > 1 and content[1] & 1
    return (
        content[2 : 2 + content[0] * (2 if wide else 1)].decode("utf-16-le" if wide else "latin-1", "replace") if content else ""
    )


def _dimensions(stream: bytes, at: int, length: int) -> None:
    form = "<IIHH" if length >= 14 else "<HHHH"
    top, bottom, left, right = struct.unpack_from(form, stream, at)
    rows, columns = bottom - top, right - left
    if bottom > ROWS or right > COLUMNS or top > bottom or left > right or rows * columns > max(CELLS, ROWS * COLUMNS):
        raise _damaged(f"a sheet claims rows {top + 1:,} to {bottom:,} and columns {left + 1:,} to {right:,}")


def _cell(stream: bytes, kind: int, at: int, length: int, said: Said) -> None:
    if length < 6:
        return
    row, column = struct.unpack_from("<HH", stream, at)
    last = struct.unpack_from("<H", stream, at + length - 2)[0] if kind in (0xBD, 0xBE) else column
    if max(column, last) >= COLUMNS:
        raise _damaged(f"a cell stands in column {max(column, last) + 1:,}, and the format has {COLUMNS}")
    if kind == _ERROR and length >= 8 and stream[at + 7] == 1:
        said.errors[row, column] = ERRORS.get(stream[at + 6], "#ERROR!")
    elif kind == _FORMULA and length >= 16:
        result, flags = stream[at + 6 : at + 14], stream[at + 14]
        if result[6:] == b"\xff\xff" and result[0] == 2:
            said.errors[row, column] = ERRORS.get(result[2], "#ERROR!")
        elif (result[6:] == b"\xff\xff" and result[0] == 3) or (flags & 2 and result == bytes(8)):
            said.bare.append((row, column))
        else:
            said.counted = True
