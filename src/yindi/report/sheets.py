"""Reads workbooks and the data of figures back: every number by its reference, and every cell against the file made again."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yindi.core.errors import Problem, YindiError
from yindi.core.wording import write
from yindi.report.export import COLUMNS
from yindi.report.reread import Found, Look, Name
from yindi.report.reread import check as check_found
from yindi.report.words import word
from yindi.report.xlsx import number_format, shown

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_BUILT_IN = {"1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00", "9": "0%", "10": "0.00%"}
"""Format codes that spreadsheet programs save by number alone."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell; `shape` is the format code of a number, empty for words.

    Numbers are compared in the fifteen digits that spreadsheet programs keep when they save.
    """

    text: str
    shape: str = ""

    def __str__(self) -> str:
        return f"{self.text} [{self.shape}]" if self.shape else self.text


def cells(content: bytes) -> dict[tuple[str, str], Cell]:
    """Every filled cell of a workbook by (sheet, place), in the order of the sheets."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist() if n.startswith("xl/") and n.endswith((".xml", ".rels"))}
    shapes, shared = _shapes(parts["xl/styles.xml"]), _shared(parts.get("xl/sharedStrings.xml"))
    targets = {r.get("Id"): r.get("Target") for r in _tree(parts["xl/_rels/workbook.xml.rels"])}
    found = {}
    for sheet in _tree(parts["xl/workbook.xml"]).iter(_MAIN + "sheet"):
        path = targets[sheet.get(_ID)].removeprefix("/xl/")
        for c in _tree(parts[f"xl/{path}"]).iter(_MAIN + "c"):
            cell = _cell(c, shapes, shared)
            if cell.text:
                found[sheet.get("name"), c.get("r")] = cell
    return found


def _digits(value: float) -> str:
    return f"{value:.15g}"


def _tree(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False))


def _shapes(part: bytes) -> list[str]:
    tree = _tree(part)
    codes = _BUILT_IN | {f.get("numFmtId"): f.get("formatCode") for f in tree.iter(_MAIN + "numFmt")}
    return [codes.get(xf.get("numFmtId"), "General") for xf in tree.find(_MAIN + "cellXfs")]


def _words(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(_MAIN + "t"))


def _shared(part: bytes | None) -> list[str]:
    return [_words(si) for si in _tree(part)] if part else []


def _cell(c: Any, shapes: list[str], shared: list[str]) -> Cell:
    value, kind = c.findtext(_MAIN + "v") or "", c.get("t", "n")
    if kind == "inlineStr":
        return Cell(_words(c))
    if kind == "s":
        return Cell(shared[int(value)])
    if kind != "n" or not value:
        return Cell(value)
    return Cell(_digits(float(value)), shapes[int(c.get("s", "0"))])


def xlsx_numbers(content: bytes, language: str) -> list[Found]:
    """The rows of the evidence sheet (stored), the cells they stand behind (cell, within), and numbers without a row (stray)."""
    whole = cells(content)
    proof = word("evidence_index", language)
    rows = {at[1:]: cell.text for (sheet, at), cell in whole.items() if sheet == proof and at[0] == "A" and at != "A1"}
    found, behind = [], set()
    for n, sheet in rows.items():
        at, ref, value = (whole.get((proof, f"{column}{n}"), Cell("")).text for column in "BCD")
        found.append(Found("stored", f"{proof}!C{n}", value, ref, value, language))
        found.append(_behind(whole.get((sheet, at)), f"{sheet}!{at}", ref, value, language))
        behind.add((sheet, at))
    alone = ((k, c) for k, c in whole.items() if c.shape and k not in behind)
    return [*found, *(Found("stray", f"{sheet}!{at}", str(c), language=language) for (sheet, at), c in alone)]


def _behind(cell: Cell | None, place: str, ref: str, value: str, language: str) -> Found:
    if cell is None:
        return Found("stray", place, f"is empty, but the evidence sheet says {value}", language=language)
    return Found("cell" if cell.shape else "within", place, str(cell), ref, value, language)


def check(found: Iterable[Found], look: Look, name: Name | None = None) -> list[Problem]:
    """Compare what was read with the stored values, as reread.check does; numbers of cells with their format."""
    items = list(found)
    problems = check_found((f for f in items if f.kind not in ("cell", "within")), look, name)
    return problems + [p for f in items if f.kind in ("cell", "within") for p in _cell_problems(f, look)]


def _cell_problems(f: Found, look: Look) -> Iterator[Problem]:
    try:
        quantity = look(f.ref)
    except YindiError:
        return  # its row in the evidence sheet says so
    if f.kind == "within":
        yield from _within(f, look)
        return
    expected = str(Cell(_digits(shown(quantity, f.language)), number_format(quantity, f.language)))
    if f.text != expected:
        yield Problem(f.place, f"{f.ref} stands there as {expected!r}, the workbook says {f.text!r}.")


def _within(f: Found, look: Look) -> Iterator[Problem]:
    expected = write(look(f.ref), f.language)
    if expected not in f.text:
        yield Problem(f.place, f"{f.ref} is written {expected!r}, the workbook says {f.text!r}.")


def differences(content: bytes, again: bytes) -> list[Problem]:
    """Cells of a workbook that are not those of the workbook made again from the stored document."""
    said, stored = cells(content), cells(again)
    return [
        Problem(f"{sheet}!{at}", f"says {_said(said, (sheet, at))!r}, stored is {_said(stored, (sheet, at))!r}.")
        for sheet, at in dict.fromkeys([*stored, *said])
        if said.get((sheet, at)) != stored.get((sheet, at))
    ]


def _said(whole: Mapping[tuple[str, str], Cell], key: tuple[str, str]) -> str:
    return str(whole.get(key, ""))


def csv_numbers(content: bytes, language: str) -> list[Found]:
    """The points of a figure's CSV: each with its reference, stored value, written form, and its label."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    if not rows or tuple(rows[0]) != COLUMNS or any(len(row) != len(COLUMNS) for row in rows):
        return [Found("stray", "line 1", f"the columns are not {', '.join(COLUMNS)}", language=language)]
    found = []
    for n, row in enumerate(rows[1:], 2):
        point = dict(zip(COLUMNS, row, strict=True))
        found.append(Found("label", f"line {n}", point["label"], f"{point['kind']}:{point['code']}", "", language))
        found.append(Found("number", f"line {n}", point["written"], point["reference"], point["value"], language))
    return found
