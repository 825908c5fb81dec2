"""The words of a report file against those of its document: every heading, sentence and row of a table, in reading order.

Digits are left out here: each stands in a number or a label, and those are compared by themselves.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Any

from yindi.core.document import Document, Figure, Grid, Heading, Paragraph, Parts
from yindi.report.text import plain

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SILENT = ("head", "script", "style", "svg", "nav")
_UNSAID = re.compile(r"[\s\d\u200b\u00ad]+")
_SHOWN = 160


def html_words(raw: bytes) -> str:
    """The words of a page in reading order, pictures and contents left out."""
    from lxml import etree, html

    tree = html.document_fromstring(raw, parser=html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    return str(tree.text_content())


def docx_words(raw: bytes) -> str:
    """The words of a Word file in reading order."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        body: Any = etree.fromstring(archive.read("word/document.xml"))
    return "".join(t.text or "" for t in body.iter(_W + "t"))


def said(document: Document) -> Iterator[str]:
    """What a document says, piece by piece: title, headings, sentences, captions, rows of tables."""
    yield from ("".join(plain(p, document.language) for p in parts) for parts in _pieces(document))


def _pieces(document: Document) -> Iterator[Parts]:
    yield document.title
    for block in document.blocks:
        match block:
            case Heading(parts=parts):
                yield parts
            case Paragraph(sentences=sentences):
                yield from (s.parts for s in sentences)
            case Grid():
                yield block.caption
                yield from (tuple(chain.from_iterable(row)) for row in (block.head, *block.rows))
                yield from (s.parts for s in block.note)
            case Figure():
                yield from (s.parts for s in block.note)


def _bare(text: str) -> str:
    return _UNSAID.sub("", text)


def differences(text: str, document: Document) -> list[str]:
    """What a file should say and does not, with what stands there instead; empty where all is said in order."""
    there, at, found = _bare(text), 0, []
    wanted = [(piece, bare) for piece in said(document) if (bare := _bare(piece))]
    for (piece, bare), (_, following) in pairwise([*wanted, ("", "")]):
        where = there.find(bare, at)
        early = following != bare and len(following) >= len(bare) and there.find(following, at, max(where, at)) >= 0
        if where < 0 or early:
            found.append(_told(piece, there[at:], following))
        else:
            at = where + len(bare)
    return found


def _told(piece: str, rest: str, following: str) -> str:
    end = rest.find(following) if following else -1
    instead = rest[: end if end >= 0 else len(piece)]
    return f"its words differ: it should say {_short(piece)!r}, there stands {_short(instead)!r} (spaces and digits left out)."


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
