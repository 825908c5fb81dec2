"""What a user changed in a Word report: sentences added, removed, reworded, and numbers that went or came without evidence."""

from __future__ import annotations

import difflib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from yindi.core.errors import UsageError
from yindi.report.reread import Found, W, docx_numbers
from yindi.report.text import ANNEX


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: kind is added, removed, changed, number_removed or number_unproved; place is a paragraph of the edited file."""

    kind: str
    place: str
    before: str
    after: str


def paragraphs(content: bytes) -> list[str]:
    """The visible text of every paragraph and table cell before the evidence index; deleted revisions are left out."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "word/document.xml" not in archive.namelist():
            raise UsageError("This is no Word file: it has no word/document.xml.")
        body = etree.fromstring(archive.read("word/document.xml"))
    out: list[str] = []
    for p in body.iter(W + "p"):
        text = _text_of(p)
        if out and any(b.get(W + "name") == ANNEX for b in p.iter(W + "bookmarkStart")):
            break
        if text:
            out.append(text)
    return out


def _text_of(p: Any) -> str:
    return "".join(t.text or "" for t in p.iter(W + "t")).replace("\u200b", "").strip()


def edits(before: bytes, after: bytes) -> list[Edit]:
    """All changes from the report as written to the file as edited, in the order of the edited file."""
    return [*_texts(paragraphs(before), paragraphs(after)), *_numbers(docx_numbers(before), docx_numbers(after))]


def _texts(old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    for step, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step == "equal":
            continue
        pairs = _paired(old[a:b], new[c:d])
        for left, right in pairs:
            place = f"paragraph {c + 1 + (new[c:d].index(right) if right else 0)}"
            kind = "changed" if left and right else "added" if right else "removed"
            yield Edit(kind, place, left, right)


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, str]]:
    """Replaced paragraphs side by side where they resemble each other, else as removed and added."""
    left, pairs = list(old), []
    for text in new:
        near = difflib.get_close_matches(text, left, n=1, cutoff=0.5)
        if near:
            left.remove(near[0])
        pairs.append((near[0] if near else "", text))
    return [*((text, "") for text in left), *pairs]


def _numbers(old: Sequence[Found], new: Sequence[Found]) -> Iterator[Edit]:
    cited = [Counter(f.ref for f in found if f.kind == "number") for found in (old, new)]
    text = {f.ref: f.text for f in old if f.kind == "number"}
    for ref, times in (cited[0] - cited[1]).items():
        yield Edit("number_removed", ref, f"{text[ref]} ({times})", "")
    known = Counter(f.text for f in old if f.kind == "stray")
    for f in new:
        if f.kind == "stray" and not known[f.text]:
            yield Edit("number_unproved", f.place, "", f.text)
