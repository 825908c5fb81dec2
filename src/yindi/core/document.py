"""Document: what a report says, already in words of one language, every number still a Quantity. Report only renders it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from yindi.core.finding import Label, Quantity

Part = str | Quantity | Label
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words, labels and quantities in order; words hold no digit. `finding` names the phrase it was said with."""

    parts: Parts
    finding: str
    grade: str = "data"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3, or the title of an annex; numbering is the renderer's."""

    level: int
    parts: Parts
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that belong together; style is body, lead, note or item."""

    sentences: tuple[Sentence, ...]
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a report: each cell is Parts; `units` stands under the caption; `widths` are relative."""

    caption: Parts
    head: tuple[Parts, ...]
    rows: tuple[tuple[Parts, ...], ...]
    note: tuple[Sentence, ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Points of a figure; every point is a Quantity, so that verify can re-read it."""

    name: Parts
    points: tuple[tuple[Label, Quantity], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart or map: kind is map, bars, lines or dots; `low` and `high` are optional series of interval ends."""

    kind: str
    caption: Parts
    series: tuple[Series, ...]
    alt: Parts = ()
    note: tuple[Sentence, ...] = ()
    emphasis: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


Block = Heading | Paragraph | Grid | Figure


@dataclass(frozen=True, slots=True)
class Document:
    """One report: of the nation ("nation") or of one region (its code), in one language and one voice."""

    subject: str
    language: str
    title: Parts
    subtitle: Parts
    blocks: tuple[Block, ...]
    voice: str = "plan"
    """plan (a planning document), research (methods and robustness), brief (one page)."""

    @property
    def name(self) -> str:
        """The name of its files without their ending: SUBJECT.LANGUAGE of a plan, SUBJECT.VOICE.LANGUAGE of the other voices."""
        middle = () if self.voice == "plan" else (self.voice,)
        return ".".join((self.subject, *middle, self.language))

    def parts(self) -> Iterator[Part]:
        """Every part in reading order, figures' points included."""
        yield from self.title
        yield from self.subtitle
        for block in self.blocks:
            yield from block_parts(block)


def block_parts(block: Block) -> Iterator[Part]:
    """Every part of one block in reading order."""
    match block:
        case Heading(parts=parts):
            yield from parts
        case Paragraph(sentences=sentences):
            for s in sentences:
                yield from s.parts
        case Grid():
            yield from block.caption
            for cells in (block.head, *block.rows):
                for cell in cells:
                    yield from cell
            for s in block.note:
                yield from s.parts
        case Figure():
            yield from block.caption
            yield from block.alt
            for series in block.series:
                yield from series.name
                for label, quantity in series.points:
                    yield label
                    yield quantity
            for s in block.note:
                yield from s.parts
