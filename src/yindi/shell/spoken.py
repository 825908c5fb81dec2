"""The words of a report file against those of its document: every heading, sentence and row of a table, in reading order.

Digits are left out here: each stands in a number or a label, and those are compared by themselves.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from yindi.core.document import Block, Document, Figure, Grid, Heading, Paragraph, Parts, Sentence
from yindi.report.points import figure_grid
from yindi.report.text import ANNEX, any_marked, plain
from yindi.report.words import word

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SILENT = ("head", "script", "style", "svg", "nav", "aside")
_UNSAID = re.compile(r"[\s\d\u200b\u00ad]+")
_SHOWN = 160


def html_words(raw: bytes) -> str:
    """The words of a page in reading order, pictures and contents left out."""
    from lxml import etree, html

    tree = html.document_fromstring(raw, parser=html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    return str(tree.text_content())


def docx_words(raw: bytes) -> str:
    """The words of a Word file in reading order, without its evidence index."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        body: Any = etree.fromstring(archive.read("word/document.xml"))
    out: list[str] = []
    for p in body.iter(_W + "p"):
        if out and any(b.get(_W + "name") == ANNEX for b in p.iter(_W + "bookmarkStart")):
            break
        out.append("".join(t.text or "" for t in p.iter(_W + "t")))
    return "".join(out)


def said(document: Document, kind: str, author: str = "", date: str = "", *, front: bool = True) -> Iterator[str]:
    """What a file of a kind (html or docx) says, piece by piece in reading order: all of the document and the words around it.

    Without `front` title, subtitle, author and date are left out: a user's template chooses whether and where they stand.
    """
    yield word("skip", document.language) if kind == "html" else ""
    if front:
        yield from (_text(document.title, document), _text(document.subtitle, document), author, date)
    for block in document.blocks:
        yield from (_on_page if kind == "html" else _in_word)(block, document)
    if any_marked(document):
        yield word("legend_marked", document.language)


def _text(parts: Parts, document: Document) -> str:
    return "".join(plain(p, document.language) for p in parts)


def _sentences(sentences: Sequence[Sentence], document: Document, *, grades: bool) -> Iterator[str]:
    for s in sentences:
        grade = word(f"grade_{s.grade}", document.language) if grades and s.grade != "data" else ""
        yield _text(s.parts, document) + grade


def _rows(grid: Grid, document: Document) -> Iterator[str]:
    yield from ("".join(_text(cell, document) for cell in row) for row in (grid.head, *grid.rows))


def _on_page(block: Block, document: Document) -> Iterator[str]:
    match block:
        case Heading(parts=parts):
            yield _text(parts, document)
        case Paragraph(sentences=sentences):
            yield from _sentences(sentences, document, grades=True)
        case Grid():
            yield from (_text(block.caption, document), *_rows(block, document))
            yield from _sentences(block.note, document, grades=True)
        case Figure():
            yield from (*_sentences(block.note, document, grades=True), word("figure_data", document.language))
            yield from (*_rows(figure_grid(block, document.language), document), _text(block.caption, document))


def _in_word(block: Block, document: Document) -> Iterator[str]:
    match block:
        case Heading(parts=parts):
            yield _text(parts, document)
        case Paragraph(sentences=sentences):
            yield from _sentences(sentences, document, grades=False)
        case Grid():
            yield from (word("table", document.language) + _text(block.caption, document), *_rows(block, document))
            yield from _sentences(block.note, document, grades=False)
        case Figure():
            yield word("figure", document.language) + _text(block.caption, document)
            yield from _sentences(block.note, document, grades=False)


def _bare(text: str) -> str:
    return _UNSAID.sub("", text)


def differences(text: str, pieces: Iterable[str], *, whole: bool = True) -> list[str]:
    """What a file should say and does not, with what stands there instead, and (whole) what it says besides."""
    there, at, found, lost = _bare(text), 0, list[str](), False
    wanted = [(piece, bare) for piece in pieces if (bare := _bare(piece))]
    for (piece, bare), (_, following) in pairwise([*wanted, ("", "")]):
        where = there.find(bare, at)
        early = following != bare and len(following) >= len(bare) and there.find(following, at, max(where, at)) >= 0
        if where < 0 or early:
            found.append(_told(piece, there[at:], following))
            lost = True
            continue
        if whole and where > at and not lost:
            found.append(_besides(there[at:where]))
        at, lost = where + len(bare), False
    if whole and there[at:] and not lost:
        found.append(_besides(there[at:]))
    return found


def _besides(text: str) -> str:
    return f"its words differ: {_short(text)!r} is not in the stored document (spaces and digits left out)."


def _told(piece: str, rest: str, following: str) -> str:
    end = rest.find(following) if following else -1
    instead = rest[: end if end >= 0 else len(piece)]
    return f"its words differ: it should say {_short(piece)!r}, there stands {_short(instead)!r} (spaces and digits left out)."


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
