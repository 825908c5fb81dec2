"""Parts as text: what a Part is called in a language, which labels need a mark, which quantities a document holds."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

from yindi.core.document import Document, Figure, Grid, Part, Parts, block_parts
from yindi.core.errors import EvidenceError
from yindi.core.finding import Label, Quantity
from yindi.core.wording import write

ANNEX = "evidence"
CHAIN = "<- "
"""How a line of evidence begins that says what a whole table rests on."""

Evidence = Mapping[str, Sequence[str]]
"""Reference as text -> short lines that say where the number comes from."""


def has_digit(text: str) -> bool:
    """True where any character is a digit of any script."""
    return any(c.isdigit() for c in text)


def checksum(text: str) -> str:
    """Eight hexadecimal digits that change with the text: guards what holds digits but is no quantity."""
    return f"{zlib.crc32(text.encode()):08x}"


def plain(part: Part, language: str) -> str:
    """One part as text; raises EvidenceError where bare words hold a digit or a label has no text."""
    match part:
        case Quantity():
            return write(part, language)
        case Label():
            if not part.text:
                raise EvidenceError(f"Label {part.kind} {part.code!r} came without its text.")
            return part.text
        case str():
            if has_digit(part):
                raise EvidenceError(f"Words with a digit outside a quantity or label: {part!r}.")
            return part


def joined(parts: Iterable[Part], language: str) -> str:
    """Parts one after another as text."""
    return "".join(plain(p, language) for p in parts)


def short(parts: Parts, language: str) -> str:
    """Parts as text for an attribute or a title, blanks collapsed."""
    return " ".join(joined(parts, language).split())


def broken(title: Parts) -> tuple[Parts, Parts]:
    """A title before and from its bracket of full width; nothing after where it has none (or begins with it)."""
    for n, part in enumerate(title):
        if isinstance(part, str) and "（" in part and (n or not part.startswith("（")):
            at = part.index("（")
            return (*title[:n], part[:at]), (part[at:], *title[n + 1 :])
    return title, ()


def quantities(document: Document) -> dict[str, Quantity]:
    """Every quantity of a document by reference, in reading order; raises EvidenceError when one reference has two values."""
    found: dict[str, Quantity] = {}
    for part in document.parts():
        if isinstance(part, Quantity):
            ref = str(part.ref)
            known = found.setdefault(ref, part)
            if known.value != part.value:
                raise EvidenceError(f"{ref} stands for {known.value!r} and for {part.value!r} in one report.")
    return found


def spoken(document: Document) -> dict[str, Quantity]:
    """The quantities that stand in sentences, titles and captions, by reference in reading order; table cells are left out."""
    inside = [
        p
        for block in document.blocks
        for p in (_outside_cells(block) if isinstance(block, Grid | Figure) else block_parts(block))
    ]
    said = {str(p.ref) for p in (*document.title, *document.subtitle, *inside) if isinstance(p, Quantity)}
    return {ref: q for ref, q in quantities(document).items() if ref in said}


def _outside_cells(block: Grid | Figure) -> Parts:
    return (*block.caption, *(p for s in block.note for p in s.parts))


def source_of(lines: Sequence[str]) -> str:
    """Where a number comes from, for its row of the evidence index; what its table rests on is said once, by `chains`."""
    return "; ".join(line for line in lines if not line.startswith(CHAIN))


def chains(references: Iterable[str], evidence: Evidence) -> dict[str, str]:
    """Table -> what it rests on, for the tables that references point into, in their order."""
    found: dict[str, str] = {}
    for ref in references:
        chain = "; ".join(line.removeprefix(CHAIN) for line in evidence.get(ref, ()) if line.startswith(CHAIN))
        if chain:
            found.setdefault(ref.partition("[")[0], chain)
    return found


def any_marked(document: Document) -> bool:
    """True where any quantity rests on filled or corrected cells."""
    return any(isinstance(p, Quantity) and p.marked for p in document.parts())


def stored(quantity: Quantity) -> str:
    """The stored value as text that reads back to the same float."""
    return repr(float(quantity.value))


def is_number(parts: Parts) -> bool:
    """True where a cell holds one quantity and nothing else that counts."""
    return sum(isinstance(p, Quantity) for p in parts) == 1 and all(isinstance(p, Quantity) or not p for p in parts)


def is_range(parts: Parts) -> bool:
    """True where a cell holds quantities with signs or a year between them, and no words that name anything else."""
    return any(isinstance(p, Quantity) for p in parts) and all(p.kind == "year" for p in parts if isinstance(p, Label))
