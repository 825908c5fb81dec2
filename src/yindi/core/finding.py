"""Ref, Quantity, Label, Finding: a claim that points at the cells it rests on (law 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yindi.core.errors import UsageError

GRADES = ("data", "model", "judgement")
_REF = re.compile(r"^(?P<name>[a-z_]+(?:\.[a-z_]+)?)(?P<at>(?:\[[a-z_]+=[^\[\]=]+\])*)(?:\.(?P<column>[a-z_]+))?$")
_AT = re.compile(r"\[([a-z_]+)=([^\[\]=]+)\]")


@dataclass(frozen=True, slots=True)
class Ref:
    """One cell of one result: its name, a label per axis, and the column where it has several."""

    name: str
    at: tuple[tuple[str, str], ...] = ()
    column: str = "value"

    def __str__(self) -> str:
        tail = "" if self.column == "value" else f".{self.column}"
        return self.name + "".join(f"[{axis}={label}]" for axis, label in self.at) + tail

    @classmethod
    def parse(cls, text: str) -> Ref:
        """Read `scores.index[region=620000][year=2023]`; raises UsageError when the form is wrong."""
        found = _REF.match(text.strip())
        if not found:
            raise UsageError(f"{text!r} is not a reference; one looks like scores.index[region=620000][year=2023].")
        return cls(found["name"], tuple(_AT.findall(found["at"])), found["column"] or "value")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and the cell it came from: the only way a number enters a sentence."""

    value: float
    ref: Ref
    unit: str = "plain"
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """A name out of a table of names (a region, a year, an industry); `text` is filled per language at composition."""

    kind: str
    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A word that follows from numbers: row `words` of the vocabulary, entered with the sign of quantity `by` minus its pivot.

    The pivot is the quantity in slot `than` where one is named, else `pivot`.
    """

    words: str
    by: str
    than: str = ""
    pivot: float = 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """A typed claim about one subject: the phrase it is said with, and what fills the phrase's slots."""

    kind: str
    subject: str
    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    labels: Mapping[str, Label | tuple[Label, ...]] = field(default_factory=dict)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    grade: str = "data"

    def __post_init__(self) -> None:
        if self.grade not in GRADES:
            raise UsageError(f"Grade {self.grade!r} is not one of {GRADES}.")
