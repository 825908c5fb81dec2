"""Writer: says findings of one study in one language; the blocks of a document are made with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from yindi.core.document import Figure, Grid, Heading, Paragraph, Parts, Sentence, Series
from yindi.core.finding import Choice, Finding, Label, Quantity
from yindi.core.study import Study
from yindi.core.table import Table
from yindi.plan.compose import listed, sentence
from yindi.plan.frame import frame_of
from yindi.plan.phrases import Phrases

Slot = Quantity | Label | tuple[Label, ...] | Choice


@dataclass(frozen=True, slots=True)
class Writer:
    """One study, one language, one subject (a region's code or "nation"), one voice."""

    study: Study
    phrases: Phrases
    subject: str
    voice: str = "plan"
    held: dict[str, Table] = field(default_factory=dict, compare=False, repr=False)
    """Tables read so far; shared by the writers of one study."""

    def about(self, subject: str) -> Writer:
        """The same writer about another subject."""
        return replace(self, subject=subject)

    @property
    def frame(self) -> str:
        """cn or neutral, see data/plan_frames.yaml."""
        return frame_of(self.study)

    @property
    def learned(self) -> bool:
        """True where the candidates are the panel's own activities with learned chances."""
        return self.study.config.opportunities.feasibility == "learned"

    @property
    def year(self) -> str:
        """The last year of the study."""
        return self.study.panel.years[-1]

    def table(self, name: str) -> Table:
        """A result table."""
        if name not in self.held:
            self.held[name] = self.study.table(name)
        return self.held[name]

    def maybe(self, name: str) -> Table | None:
        """A result table, or None where the study has none."""
        stage, _, entry = name.partition(".")
        found = getattr(self.study.results.get(stage), entry, None)
        return found if isinstance(found, Table) else None

    def known(self, kind: str, code: str) -> Label:
        """A label by its name where the tables of names have one, else by its own text."""
        return self.name(kind if code in self.study.names.table.get(kind, {}) else "quote", code)

    def q(self, name: str, column: str = "value", **where: str) -> Quantity:
        """A cell as a Quantity."""
        return self.table(name).quantity(column, **where)

    def config(self, item: str) -> Quantity:
        """A number of the study file."""
        return self.q("config", item=item)

    def say(self, phrase: str, grade: str = "data", /, **fill: Slot) -> Sentence:
        """A sentence of the given phrase, or of its variant for learned candidates, or for the frame, where there is one."""
        variant = self.phrases.known(f"{phrase}_learned", "") if self.learned else ""
        grade = "model" if variant and grade == "judgement" else grade
        phrase = variant or self.phrases.known(f"{phrase}_{self.frame}", phrase)
        quantities = {k: v for k, v in fill.items() if isinstance(v, Quantity)}
        labels = {k: v for k, v in fill.items() if isinstance(v, Label | tuple)}
        choices = {k: v for k, v in fill.items() if isinstance(v, Choice)}
        finding = Finding(phrase, self.subject, quantities, labels, choices, grade)
        return sentence(finding, self.phrases, self.study.names)

    def name(self, kind: str, code: str) -> Label:
        """A label in the writer's language, by its name for the frame of the study where there is one."""
        framed = f"{kind}_{self.frame}"
        own = kind == "dimension" and not self.study.framework.concept
        if not own and code in self.study.names.table.get(framed, {}):
            kind = framed
        return self.study.names.label(kind, code, self.phrases.language)

    def text(self, words: str) -> Label:
        """Words of the vocabulary as a label."""
        return Label("quote", words, words)

    def names(self, kind: str, codes: Iterable[str]) -> tuple[Label, ...]:
        """Labels in the writer's language."""
        return tuple(self.name(kind, c) for c in codes)

    def joined(self, labels: Sequence[Label]) -> Parts:
        """Labels joined in words."""
        return listed(tuple(labels), self.phrases, self.study.names)

    def title(self, key: str) -> Parts:
        """A heading or column head, or its variant for learned candidates, or for the frame, where there is one."""
        learned = f"{key}_learned"
        framed = learned if self.learned and learned in self.phrases.titles else f"{key}_{self.frame}"
        return (self.phrases.title(framed if framed in self.phrases.titles else key),)

    def heading(self, key: str, level: int = 1, *, annex: bool = False) -> Heading:
        """A heading by key."""
        return Heading(level, self.title(key), annex)

    def named(self, region: str, level: int = 2) -> Heading:
        """A heading that is the name of a region."""
        return Heading(level, (self.name("region", region),))

    def titled(self, prefix: str, code: str) -> tuple[Label]:
        """A code by its title `prefix_code` where there is one, else as it is."""
        key = f"{prefix}_{code}"
        return (self.text(self.phrases.titles[key]) if key in self.phrases.titles else self.name("code", code),)

    def word(self, row: str, sign: int) -> Parts:
        """A word of the vocabulary."""
        return (self.phrases.word(row, sign),)

    def has(self, name: str, column: str = "value", **where: str) -> bool:
        """True where a cell is there."""
        return self.table(name).has(column, **where)

    def cell(self, name: str, column: str = "value", **where: str) -> Parts:
        """A cell of a table as Parts; the word for absence where it is absent."""
        table = self.table(name)
        return (table.quantity(column, **where),) if table.has(column, **where) else self.title("none")

    def cells(self, name: str, columns: Sequence[str], **where: str) -> list[Parts]:
        """Several columns of one row."""
        return [self.cell(name, c, **where) for c in columns]

    def grid(
        self,
        caption: str,
        heads: Sequence[str | Parts],
        rows: Iterable[Sequence[Parts]],
        *,
        note: Sequence[Sentence] = (),
        widths: Sequence[float] = (),
        **fill: Slot,
    ) -> Grid:
        """A table whose caption is a phrase and whose heads are titles by key, or parts."""
        head = tuple(self.title(h) if isinstance(h, str) else h for h in heads)
        return Grid(self.say(caption, **fill).parts, head, tuple(tuple(r) for r in rows), tuple(note), tuple(widths))

    def series(self, name: Parts, table: str, column: str, axis: str, labels: Iterable[str], kind: str, **where: str) -> Series:
        """Points of a figure along one axis of a table; absent cells are left out."""
        source = self.table(table)
        points = tuple(
            (self.name(kind, label), source.quantity(column, **{axis: label}, **where))
            for label in labels
            if source.has(column, **{axis: label}, **where)
        )
        return Series(name, points)

    def figure(
        self,
        kind: str,
        caption: str,
        series: Sequence[Series],
        *,
        alt: str,
        emphasis: Sequence[str] = (),
        note: Sequence[Sentence] = (),
        options: dict[str, str] | None = None,
        **fill: Slot,
    ) -> Figure:
        """A figure whose caption and alternative text are phrases."""
        return Figure(
            kind,
            self.say(caption, **fill).parts,
            tuple(series),
            self.say(alt, **fill).parts,
            tuple(note),
            tuple(emphasis),
            options or {},
        )


def body(*sentences: Sentence | None) -> Paragraph:
    """A paragraph of the sentences that are there."""
    return Paragraph(tuple(s for s in sentences if s is not None))


def items(sentences: Iterable[Sentence | None]) -> tuple[Paragraph, ...]:
    """One list item a sentence."""
    return tuple(Paragraph((s,), "item") for s in sentences if s is not None)


def order(table: Table, column: str, axis: str, *, largest: bool = True, **where: str) -> list[str]:
    """Labels of `axis` by a column at the other labels, absent ones left out; ties keep the order of the labels."""
    at = tuple(slice(None) if a == axis else labels.index(where[a]) for a, labels in table.axes)
    values = table.array(column)[at]
    there = np.flatnonzero(~np.isnan(values))
    ranked = there[np.argsort(-values[there] if largest else values[there], kind="stable")]
    labels = table.labels(axis)
    return [labels[n] for n in ranked.tolist()]
