"""Packed workbooks (xlsx, ods): looked through before anything opens them: bombs, far cells, missing values, entities."""

from __future__ import annotations

import copy
import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from yindi.intake.compound import Said, protected
from yindi.intake.limits import CELLS, ENTRIES, RATIO, UNPACKED_BYTES, TooMuch

_CHUNK, _KEEP = 1 << 20, 1 << 12
_TAG = rb"<(?:\w{1,9}:)?"
_CELL = re.compile(_TAG + rb"""c\s[^>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")
_UNPLACED = re.compile(_TAG + rb"""c(?:\s+(?!r\b)[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*>""")
_ROW = re.compile(_TAG + rb"""row\s[^>]*?\br\s*=\s*["'](\d+)""")
_ROW_OR_CELL = re.compile(_TAG + rb"(row|c)[\s>]")
_ERROR = re.compile(_TAG + rb"""c\s([^>]*?\bt\s*=\s*["']e["'][^>]*)>.{0,4000}?""" + _TAG + rb"v>([^<]*)<", re.DOTALL)
_AT = re.compile(rb"""\br\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_BARE = re.compile(
    rb"""<c [^>]*?r="([A-Z]{1,3})(\d{1,7})"[^>]*?>\s*(?:<f[^>]*?/>|<f[^>/]*?>[^<]{0,2000}</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"""
)
_SHEET = re.compile(_TAG + rb"sheet\s([^>]*)>")
_RELATION = re.compile(_TAG + rb"Relationship\s([^>]*)>")
_ODS = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_SHOWN, COPIES = 5, 200_000


def check(path: Path) -> dict[str, Said]:
    """What stands in the cells of every sheet; raises TooMuch for a workbook that is a bomb, protected or too large."""
    with zipfile.ZipFile(path) as packed:
        infos = packed.infolist()
        _whole(path, infos)
        names = {i.filename for i in infos}
        if "META-INF/manifest.xml" in names and b"encryption-data" in _head(packed, "META-INF/manifest.xml"):
            raise protected()
        made: dict[str, Said] = {}
        parts = _parts(packed, names)
        for info in infos:
            if info.filename == "content.xml":
                made |= _ods(_tokens(_pieces(packed, info), info.filename))
            else:
                said = _sheet(packed, info)
                made |= {name: said for name, part in parts.items() if part == info.filename}
    return made


def _whole(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    size, unpacked = path.stat().st_size, sum(i.file_size for i in infos)
    way = "save the sheet that is needed as CSV"
    if len(infos) > ENTRIES:
        raise TooMuch(f"packs {len(infos):,} parts: this is no ordinary workbook.", way)
    if unpacked > UNPACKED_BYTES or unpacked > RATIO * max(size, 10_000):
        raise TooMuch(f"unpacks from {size:,} to {unpacked:,} bytes: this is no ordinary workbook.", way)
    if any(i.flag_bits & 1 for i in infos):
        raise protected()


def _head(packed: zipfile.ZipFile, name: str) -> bytes:
    with packed.open(name) as stream:
        return stream.read(_CHUNK)


def _pieces(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a part in pieces; raises TooMuch where it is more than the archive says, or brings entities of its own."""
    total, honest = 0, copy.copy(info)
    honest.file_size = UNPACKED_BYTES + 1
    with packed.open(honest) as stream:
        while piece := stream.read(_CHUNK):
            total += len(piece)
            if total > info.file_size:
                raise TooMuch(f"{info.filename} unpacks to more than it says.", "save the sheet that is needed as CSV")
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise TooMuch(f"{info.filename} declares entities (DOCTYPE), as no spreadsheet program does.",
                              "open it in a spreadsheet program and save it again")  # fmt: skip
            yield piece


def _parts(packed: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    """Name of a sheet -> the part that holds it."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return {}
    ids = {_attribute(m, b"Id"): _attribute(m, b"Target") for m in _RELATION.findall(_head(packed, "xl/_rels/workbook.xml.rels"))}
    sheets = _SHEET.findall(_head(packed, "xl/workbook.xml"))
    found = {_attribute(m, b"name"): ids.get(_attribute(m, rb"\w+:id"), "") for m in sheets}
    return {name: part[1:] if part.startswith("/") else f"xl/{part}" for name, part in found.items()}


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"(?:^|\s)" + name + rb"""\s*=\s*(?:"([^"]*)"|'([^']*)')""", tag)
    return html.unescape((found[1] or found[2] or b"").decode("utf-8", "replace")) if found else ""


def _number(letters: bytes) -> int:
    n = 0
    for c in letters.upper()[:9]:
        n = n * 26 + c - 64
    return n


def _sheet(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> Said:
    rows = columns = unplaced = 0
    said, tail = Said(), b""
    for new in _pieces(packed, info):
        piece, tail = tail + new, new[-_KEEP:]
        if not rows and b"<c" not in piece and b":c" not in piece:
            continue
        found = _CELL.findall(piece)
        rows = max(rows, max((int(r) for _, r in found), default=0), max((int(r) for r in _ROW.findall(piece)), default=0))
        columns = max(columns, max((_number(c) for c in {c for c, _ in found}), default=0))
        unplaced += _UNPLACED.search(piece) is not None
        if b"<f" in piece:
            said.bare += [(int(r) - 1, _number(c) - 1) for c, r in _BARE.findall(piece)]
        for tag, text in _ERROR.findall(piece) if b"#" in piece else ():
            if at := _AT.search(tag):
                said.errors[int(at[2]) - 1, _number(at[1]) - 1] = text.decode("utf-8", "replace")
    span(info.filename, rows, max(columns, _widest(packed, info) if unplaced else 0))
    said.bare = list(dict.fromkeys(said.bare))
    return said


def _widest(packed: zipfile.ZipFile, info: zipfile.ZipInfo) -> int:
    """Most cells of a row, for sheets whose cells do not say where they stand."""
    widest = now = 0
    for piece in _pieces(packed, info):
        for kind in _ROW_OR_CELL.findall(piece):
            now = 0 if kind == b"row" else now + 1
            widest = max(widest, now)
    return widest


def span(what: str, rows: int, columns: int) -> None:
    """Refuse a sheet that spans more cells than any table has."""
    if rows * columns > CELLS:
        raise TooMuch(f"{what} spans {rows:,} rows and {columns:,} columns: most of them must be empty.",
                      "delete the empty rows and columns beyond the table, or save it as CSV")  # fmt: skip


def bare(what: str, cells: list[str]) -> None:
    """Refuse formulas without a stored value, naming the first."""
    if cells:
        first = ", ".join(cells[:_SHOWN])
        raise TooMuch(f"{what} holds {len(cells)} formula(s) without a stored value, the first in {first}.",
                      "open it in a spreadsheet program and save it, or paste the values")  # fmt: skip


def _tokens(pieces: Iterator[bytes], what: str) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """(closing, name, attributes, what follows) of the tags of tables, rows and cells."""
    rest = b""
    for piece in pieces:
        held = rest + piece
        cut = held.rfind(b"<table:")
        if cut < 0:
            rest = held[-16:]
            continue
        rest = held[cut:]
        if len(rest) > 2 * _CHUNK:
            raise TooMuch(f"{what} holds a cell of more than {2 * _CHUNK:,} bytes.", "save the sheet that is needed as CSV")
        yield from _found(held[:cut])
    yield from _found(rest)


def _found(part: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    yield from ((m[1], m[2], m[3], part[m.end() : m.end() + 200]) for m in _ODS.finditer(part))


def _times(tag: bytes, key: bytes) -> int:
    found = re.search(key + rb"""\s*=\s*["'](\d{1,18})["']""", tag)
    return max(int(found[1]), 0) if found else 1


def _ods(tokens: Iterator[tuple[bytes, bytes, bytes, bytes]]) -> dict[str, Said]:
    made: dict[str, Said] = {}
    said, name = Said(), ""
    row = used = width = column = times = copies = 0
    for closing, kind, tag, after in tokens:
        if kind == b"table" and not closing:
            name = _attribute(tag, b"table:name")
            said, row, used, width = made.setdefault(name, Said()), 0, 0, 0
        elif kind == b"table-row" and closing:
            row, times = row + times, 0
        elif kind == b"table-row":
            times, column = _times(tag, b"number-rows-repeated"), 0
            row, times = (row + times, 0) if tag.endswith(b"/") else (row, times)
        elif kind.endswith(b"cell") and not closing:
            across = _times(tag, b"number-columns-repeated")
            if not tag.endswith(b"/") or b"office:" in tag or b"table:formula" in tag:
                _ods_cell(said, tag, after, (row, column))
                copies += times * across - 1
                used, width = row + times, max(width, column + across)
                span(f"sheet {name!r}", used, width)
                if copies > COPIES:
                    raise TooMuch(f"sheet {name!r} repeats cells more than {COPIES:,} times: this is no table.",
                                  "save the sheet that is needed as CSV, or delete the repeated cells")  # fmt: skip
            column += across
    return made


def _ods_cell(said: Said, tag: bytes, after: bytes, at: tuple[int, int]) -> None:
    if b'calcext:value-type="error"' in tag:
        text = re.search(rb"<text:p>([^<]*)<", after)
        said.errors[at] = text[1].decode("utf-8", "replace") if text else "#ERROR!"
    elif b"table:formula" in tag and b"office:value-type" not in tag:
        said.bare.append(at)
