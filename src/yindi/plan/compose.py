"""Finding -> Sentence: the template's slots are filled with quantities, labels and words that follow from quantities."""

from __future__ import annotations

from dataclasses import replace

from yindi.core.document import Part, Parts, Sentence
from yindi.core.errors import EvidenceError
from yindi.core.finding import Choice, Finding, Label
from yindi.core.names import Names
from yindi.plan.phrases import Phrases, slots

COMMON = ("variable", "indicator", "industry", "dimension", "dimension_neutral", "requirement")


def sentence(finding: Finding, phrases: Phrases, names: Names) -> Sentence:
    """The finding said in a language; raises EvidenceError for a slot that nothing fills."""
    parts: list[Part] = []
    for words, slot in slots(phrases.template(finding.kind)):
        if words:
            parts.append(words)
        if slot is not None:
            parts.extend(_fill(slot, finding, phrases, names))
    return Sentence(_merged(_lowered(parts) if phrases.language == "en" else parts), finding.kind, finding.grade)


def _fill(slot: str, finding: Finding, phrases: Phrases, names: Names) -> Parts:
    if slot in finding.quantities:
        return (finding.quantities[slot],)
    if slot in finding.labels:
        value = finding.labels[slot]
        return listed(value if isinstance(value, tuple) else (value,), phrases, names)
    if slot in finding.choices:
        return (phrases.word(finding.choices[slot].words, sign(finding.choices[slot], finding)),)
    have = sorted([*finding.quantities, *finding.labels, *finding.choices])
    raise EvidenceError(f"Finding {finding.kind!r} of {finding.subject} fills {have}, not the slot {slot!r}.")


def sign(choice: Choice, finding: Finding) -> int:
    """Sign of the quantity a word follows, against its pivot."""
    pivot = finding.quantities[choice.than].value if choice.than else choice.pivot
    value = finding.quantities[choice.by].value
    return (value > pivot) - (value < pivot)


def listed(labels: tuple[Label, ...], phrases: Phrases, names: Names) -> Parts:
    """Labels in the language, joined as a list in words; with semicolons where a name itself holds a comma or the last joiner."""
    named = [names.label(label.kind, label.code, phrases.language) for label in labels]
    join, last = phrases.join, phrases.last
    if "," in join and any(last in x.text or join in x.text for x in named):
        join = join.replace(",", ";")
        last = join + last.lstrip()
    parts: list[Part] = []
    for n, label in enumerate(named):
        if n:
            parts.append(last if n == len(named) - 1 else join)
        parts.append(label)
    return tuple(parts)


def _lowered(parts: list[Part]) -> list[Part]:
    """English common names that stand inside a sentence start small; acronyms such as R&D stay."""
    out: list[Part] = parts[:1]
    for part in parts[1:]:
        small = isinstance(part, Label) and part.kind in COMMON and part.text[1:2].islower()
        out.append(replace(part, text=part.text[0].lower() + part.text[1:]) if isinstance(part, Label) and small else part)
    return out


def _merged(parts: list[Part]) -> Parts:
    merged: list[Part] = []
    for part in parts:
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    return tuple(merged)
