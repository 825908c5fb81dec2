"""Reads the numbers back out of reports (HTML and Word) and compares each with the stored value: what `yindi verify` rests on."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from yindi.core.errors import Problem, UsageError, YindiError
from yindi.core.finding import Quantity
from yindi.core.names import SELF
from yindi.core.wording import write
from yindi.report.text import ANNEX, checksum, has_digit, stored

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_GUARDED = re.compile(r'<(svg|script)\b[^>]*\bdata-sum="([0-9a-f]*)"[^>]*>(.*?)</\1>', re.DOTALL)
_UNGUARDED = re.compile(r'<(?:svg\b|script type="application/json")(?![^>]*\bdata-sum=)')
_SKIPPED = {"script", "style", "svg", "head"}

Look = Callable[[str], Quantity]
Name = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a report: kind is number (text of a quantity), stored (value without text), label, title
    (of a page, not its heading) or stray.

    `ref` is the reference of a number, or `kind:code` of a label; `value` is the stored value as text.
    """

    kind: str
    place: str
    text: str
    ref: str = ""
    value: str = ""
    language: str = "zh"


def html_numbers(text: str) -> list[Found]:
    """Everything in a page that holds a digit: numbers, labels, points of figures, and stray digits."""
    from lxml import html

    tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    language = "zh" if (tree.get("lang") or "").startswith("zh") else "en"
    found = list(_walk(tree.body, language))
    found += [_point(e, language) for e in tree.iter() if isinstance(e.tag, str) and e.get("data-ref") and e.tag != "data"]
    for kind, sum_, inner in _GUARDED.findall(text):
        if checksum(inner) != sum_:
            found.append(Found("stray", f"<{kind}>", "its content is not what was written", language=language))
    found += [Found("stray", "<svg> or <script>", "has lost its checksum", language=language) for _ in _UNGUARDED.findall(text)]
    title, head = tree.findtext("head/title") or "", tree.find(".//h1")
    if title != ("" if head is None else " ".join(head.text_content().split())):
        found.append(Found("title", "<title>", title, language=language))
    return found


def _walk(element: Any, language: str) -> Iterator[Found]:
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    place = f"line {element.sourceline}"
    if element.tag == "data":
        yield Found("number", place, element.text_content(), element.get("data-ref") or "", element.get("value") or "", language)
        return
    if element.get("class") == "label":
        yield Found(
            "label", place, element.text_content(), f"{element.get('data-kind')}:{element.get('data-code')}", "", language
        )
        return
    yield from _stray(element.text, place, language)
    for child in element:
        yield from _walk(child, language)
        yield from _stray(child.tail, place, language)


def _stray(text: str | None, place: str, language: str) -> Iterator[Found]:
    if text and has_digit(text):
        yield Found("stray", place, " ".join(text.split()), language=language)


def _point(element: Any, language: str) -> Found:
    value = element.get("data-value") or ""
    return Found("stored", f"line {element.sourceline}", value, element.get("data-ref") or "", value, language)


def docx_numbers(content: bytes) -> list[Found]:
    """Everything in a Word file that holds a digit: numbers, rows of the evidence index, labels, and stray digits."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "word/document.xml" not in archive.namelist():
            raise UsageError("This is no Word file: it has no word/document.xml.")
        body = etree.fromstring(archive.read("word/document.xml"))
        core = archive.read("docProps/core.xml").decode()
        edges = [etree.fromstring(archive.read(n)) for n in archive.namelist() if re.match(r"word/(footer|header)\d*\.xml", n)]
    language = "zh" if "<dc:language>zh" in core else "en"
    rows, found = _index(body, language)
    reader = _Reader(language, rows)
    found += [f for n, p in enumerate(body.iter(W + "p"), 1) if p not in reader.indexed for f in reader.paragraph(p, n)]
    found += [f for edge in edges for p in edge.iter(W + "p") for f in _Reader(language, rows).paragraph(p, 0)]
    title = re.search(r"<dc:title>(.*?)</dc:title>", core, re.DOTALL)
    if title and has_digit(title[1]) and " ".join(_text(next(body.iter(W + "p"))).split()) != _unescaped(title[1]):
        found.append(Found("stray", "title in the properties", title[1], language=language))
    return found


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _text(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(W + "t"))


@dataclass(frozen=True, slots=True)
class _Row:
    ref: str
    value: str
    paragraphs: tuple[Any, ...]


def _index(body: Any, language: str) -> tuple[dict[str, _Row], list[Found]]:
    """Rows of the evidence index by bookmark, and what they hold."""
    rows: dict[str, _Row] = {}
    found: list[Found] = []
    for start in body.iter(W + "bookmarkStart"):
        name = start.get(W + "name") or ""
        tr = start.getparent().getparent().getparent()
        if not re.fullmatch(r"E\d+", name) or tr.tag != W + "tr":
            continue
        number, ref, value = [_text(tc) for tc in tr.findall(W + "tc")][:3]
        cells = tr.findall(W + "tc")[:3]
        rows[name] = _Row(ref, value, tuple(p for tc in cells for p in tc.iter(W + "p")))
        found.append(Found("stored", f"evidence index {name}", value, ref, value, language))
        if number != name:
            found.append(Found("stray", f"evidence index {name}", number, language=language))
    return rows, found


class _Reader:
    """Reads paragraphs as yindi, Word or LibreOffice wrote them; counts captions, follows fields across paragraphs."""

    def __init__(self, language: str, rows: dict[str, _Row]):
        self.language, self.rows = language, rows
        self.indexed = {p for row in rows.values() for p in row.paragraphs}
        self.counted: dict[str, int] = {}
        self.guard, self.guard_id = "", ""
        self.fields: list[list[str]] = []

    def paragraph(self, p: Any, n: int) -> Iterator[Found]:
        """What one paragraph holds."""
        place = f"paragraph {n}" if n else "header or footer"
        merged: list[list[Any]] = []
        for kind, key, text in self._pieces(p):
            if merged and merged[-1][:2] == [kind, key] and kind in ("words", "guard"):
                merged[-1][2] += text
            else:
                merged.append([kind, key, text])
        for kind, key, text in merged:
            yield from self._judge(kind, key, text, place)

    def _pieces(self, element: Any) -> Iterator[tuple[str, Any, str]]:
        for child in element:
            match child.tag.removeprefix(W) if isinstance(child.tag, str) else "":
                case "hyperlink" if child.get(W + "anchor"):
                    yield "number", child, _text(child)
                case "bookmarkStart" if re.match(r"L\d+_|E\d+$", child.get(W + "name") or ""):
                    self.guard, self.guard_id = child.get(W + "name"), child.get(W + "id")
                case "bookmarkEnd" if child.get(W + "id") == self.guard_id:
                    self.guard, self.guard_id = "", ""
                case "fldSimple":
                    yield "count", child.get(W + "instr") or "", _text(child)
                case "r":
                    yield from self._run(child)
                case "ins" | "sdt" | "sdtContent" | "smartTag" | "moveTo" | "hyperlink":
                    yield from self._pieces(child)

    def _run(self, run: Any) -> Iterator[tuple[str, Any, str]]:
        for child in run:
            match child.tag.removeprefix(W) if isinstance(child.tag, str) else "":
                case "fldChar":
                    yield from self._field(child.get(W + "fldCharType") or "")
                case "instrText" if self.fields:
                    self.fields[-1][0] += child.text or ""
                case "t" if self.fields:
                    self.fields[-1][1] += child.text or ""
                case "t":
                    yield ("guard", self.guard, child.text or "") if self.guard else ("words", "", child.text or "")
                case _:
                    yield from (("picture", words, "") for words in child.iter(_WP + "docPr"))

    def _field(self, step: str) -> Iterator[tuple[str, Any, str]]:
        if step == "begin":
            self.fields.append(["", ""])
        elif step == "end" and self.fields:
            code, text = self.fields.pop()
            if "SEQ" in code:
                yield "count", code, text
            elif not re.match(r"\s*(TOC|PAGE|PAGEREF)\b", code):
                yield "words", "", text

    def _judge(self, kind: str, key: Any, text: str, place: str) -> Iterator[Found]:
        match kind:
            case "number":
                yield self._number(key, text, place)
            case "guard" if key.startswith("L"):
                good = key.endswith(f"_{checksum(text)}")
                yield Found("label" if good else "stray", place, text, language=self.language)
            case "count":
                yield from self._count(key, text, place)
            case "picture":
                alt = key.get("descr") or ""
                if has_digit(alt) and not (key.get("name") or "").endswith(f"_{checksum(alt)}"):
                    yield Found("stray", f"{place}, alternative text", alt, language=self.language)
            case _:
                yield from _stray(text, place, self.language)

    def _number(self, link: Any, text: str, place: str) -> Found:
        anchor = link.get(W + "anchor")
        tip = link.get(W + "tooltip") or link.get(W + "tgtFrame") or ""  # LibreOffice saves the one as the other
        ref, _, value = tip.partition(" = ")
        row = self.rows.get(anchor)
        if (row is None and (anchor != ANNEX or not value)) or (row is not None and tip and (row.ref, row.value) != (ref, value)):
            said = f"{text}: its link {anchor} and its reference {tip!r} disagree"
            return Found("stray", place, said, language=self.language)
        return Found("number", place, text, *((row.ref, row.value) if row else (ref, value)), self.language)

    def _count(self, code: str, text: str, place: str) -> Iterator[Found]:
        key = " ".join(code.split())
        self.counted[key] = self.counted.get(key, 0) + 1
        if text != str(self.counted[key]):
            yield Found("stray", place, text, language=self.language)


def check(found: Iterable[Found], look: Look, name: Name | None = None) -> list[Problem]:
    """Compare what was read with the stored values; `look` gives the quantity of a reference, `name` the name of a label."""
    problems = []
    for f in found:
        match f.kind:
            case "title":
                problems.append(Problem(f.place, f"{f.text!r} is not the heading of the page."))
            case "stray":
                problems.append(Problem(f.place, f"{f.text!r} holds digits that no reference stands behind."))
            case "label":
                problems += _label_problems(f, name)
            case _:
                problems += _number_problems(f, look)
    return problems


def _label_problems(f: Found, name: Name | None) -> Iterator[Problem]:
    kind, _, code = f.ref.partition(":")
    if kind in (*SELF, "author") and f.text != code:
        yield Problem(f.place, f"{f.text!r} stands for {kind} {code!r}.")
    elif kind and kind not in (*SELF, "author") and name is not None and name(kind, code, f.language) != f.text:
        yield Problem(f.place, f"{f.text!r} is not what {kind} {code!r} is called ({name(kind, code, f.language)!r}).")


def _number_problems(f: Found, look: Look) -> Iterator[Problem]:
    try:
        quantity = look(f.ref)
    except YindiError as error:
        yield Problem(f.place, f"{f.text!r} points at {f.ref!r}, which cannot be read: {error}")
        return
    if f.value != stored(quantity):
        yield Problem(f.place, f"{f.ref} is {stored(quantity)}, the report holds {f.value!r}.", "run `yindi report` again")
    if f.kind == "number" and f.text != write(quantity, f.language):
        expected = write(quantity, f.language)
        yield Problem(f.place, f"{f.ref} is written {expected!r}, the report says {f.text!r}.", "run `yindi report` again")
