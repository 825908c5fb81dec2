"""How alike plans are beyond their shared frame: equal sentences, equal industries, and what two regions have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import combinations

import numpy as np

from yindi.core.document import Document, Figure, Grid, Paragraph, Sentence
from yindi.core.finding import Label, Quantity

OWN = "\x00"


@dataclass(frozen=True, slots=True)
class Overlap:
    """Per pair of plans (P,): positions a < b, sentences of the smaller, shared, frame shared; sentence sizes per plan (N,)."""

    a: np.ndarray
    b: np.ndarray
    sentences: np.ndarray
    shared: np.ndarray


def overlap(sets: Sequence[frozenset[int]]) -> Overlap:
    """How many members every two sets share (N sets -> N(N-1)/2 pairs); members of one set alone are counted, not compared."""
    times: dict[int, int] = {}
    for held in sets:
        for member in held:
            times[member] = times.get(member, 0) + 1
    common = {m: n for n, m in enumerate(sorted(m for m, t in times.items() if t > 1))}
    grid = np.zeros((len(sets), len(common)), dtype=np.float32)
    for r, held in enumerate(sets):
        grid[r, [common[m] for m in held if m in common]] = 1
    both = grid @ grid.T
    a, b = np.triu_indices(len(sets), 1)
    sizes = np.array([len(s) for s in sets], dtype=float)
    return Overlap(a, b, np.minimum(sizes[a], sizes[b]), both[a, b].astype(float))


def jaccard(sets: Sequence[frozenset[str]]) -> np.ndarray:
    """Shared members over all members of every two sets (P,), in the order of `overlap`; 0 where both are empty."""
    pairs = list(combinations(sets, 2))
    return np.array([len(x & y) / len(x | y) if x | y else 0.0 for x, y in pairs])


def is_frame(phrase: str, patterns: Sequence[str]) -> bool:
    """True for the key of a phrase that belongs to the shared frame."""
    return any(fnmatchcase(phrase, p) for p in patterns)


def sentences(document: Document) -> Iterable[Sentence]:
    """All sentences of a document: of its paragraphs, and the notes of its tables and figures."""
    for block in document.blocks:
        match block:
            case Paragraph(sentences=said):
                yield from said
            case Grid(note=said) | Figure(note=said):
                yield from said


def plain(sentence: Sentence, region: str, name: str) -> str:
    """The sentence with the region's own name replaced by one placeholder; quantities stay, with value and unit."""
    parts = []
    for part in sentence.parts:
        if isinstance(part, Quantity):
            parts.append(f"{part.value!r} {part.unit}")
        elif isinstance(part, Label):
            own = part.kind == "region" and part.code == region
            parts.append(OWN if own else part.text.replace(name, OWN) if name else part.text)
        else:
            parts.append(part.replace(name, OWN) if name else part)
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Read:
    """One plan as sets of sentences: its own, those of the frame, and the phrase each was said with."""

    own: frozenset[int]
    frame: frozenset[int]


def read(documents: Sequence[Document], names: Mapping[str, str], patterns: Sequence[str]) -> tuple[list[Read], list[str]]:
    """The plans as sets of numbers, one a different sentence; and the phrase of each number."""
    numbers: dict[str, int] = {}
    phrases: list[str] = []
    out = []
    for document in documents:
        own: set[int] = set()
        frame: set[int] = set()
        for s in sentences(document):
            text = plain(s, document.subject, names.get(document.subject, ""))
            if text not in numbers:
                numbers[text] = len(phrases)
                phrases.append(s.finding)
            (frame if is_frame(s.finding, patterns) else own).add(numbers[text])
        out.append(Read(frozenset(own), frozenset(frame)))
    return out, phrases


def most_shared(reads: Sequence[Read], phrases: Sequence[str], found: Overlap) -> list[str]:
    """The phrase that most of the shared sentences of each pair were said with; "" where nothing is shared."""
    out = []
    for a, b, shared in zip(found.a.tolist(), found.b.tolist(), found.shared.tolist(), strict=True):
        counts: dict[str, int] = {}
        for n in reads[a].own & reads[b].own if shared else ():
            counts[phrases[n]] = counts.get(phrases[n], 0) + 1
        out.append(min(counts, key=lambda k: (-counts[k], k)) if counts else "")
    return out


def shared_reasons(facts: Sequence[Mapping[str, object]], found: Overlap) -> list[str]:
    """What two regions have in common (codes, blanks between): facts are equal, or for sets share at least half."""
    return [
        " ".join(k for k in facts[a] if _alike(facts[a][k], facts[b].get(k)))
        for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)
    ]


def _alike(one: object, other: object) -> bool:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return bool(one | other) and 2 * len(one & other) >= len(one | other)
    return bool(one) and one == other


def extremes(share: np.ndarray) -> dict[str, int]:
    """Positions of the pairs with the lowest, the (lower) median and the highest share; ties go to the first."""
    ranked = np.argsort(share, kind="stable")
    lowest, middle = int(ranked[0]), int(ranked[(len(ranked) - 1) // 2])
    return {"lowest": lowest, "median": middle, "highest": int(np.argmax(share))}
