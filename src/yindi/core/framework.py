"""Variables (what a column means) and Framework (which variables make the index, in which dimension and direction)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from yindi.core.errors import YindiError

LEVERS = ("science", "data", "reform", "finance", "talent")
BOUNDS = ("", "share", "percent", "nonnegative", "positive")


@dataclass(frozen=True, slots=True)
class Variable:
    """One statistical variable: names, unit, what values are possible, which lever moves it, and its identity if it has one.

    `kind` is intensity, total or index; `identity` is "a / b * k" over other variables, checked where those are present.
    """

    code: str
    zh: str
    en: str
    unit: str
    kind: str = "intensity"
    bound: str = "nonnegative"
    direction: int = 1
    lever: str = ""
    capability: str = ""
    identity: str = ""
    pace: str = "slow"
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A variable's place in a framework; `weight` is the printed one, in any unit, where its authors print it."""

    code: str
    dimension: str
    direction: int = 1
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class Framework:
    """An index system: its indicators, dimensions (code -> (zh, en)) and where it was published.

    `concept` says what it measures (nqpf, hqd, ...): only frameworks of one concept are alternatives to each other.
    """

    code: str
    title: tuple[str, str]
    source: str
    indicators: tuple[Indicator, ...]
    dimensions: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    note: str = ""
    version: str = ""
    concept: str = ""

    def __post_init__(self) -> None:
        codes = [i.code for i in self.indicators]
        if len(set(codes)) != len(codes) or not codes:
            raise YindiError(f"Framework {self.code!r}: indicators must be there and differ, got {codes}.")
        stray = [i.code for i in self.indicators if i.dimension not in self.dimensions or i.direction not in (-1, 1)]
        if stray:
            raise YindiError(f"Framework {self.code!r}: {stray} have an unknown dimension or a direction other than 1, -1.")

    def without(self, dropped: set[str]) -> Framework:
        """The framework less some indicators, and less the dimensions that thereby became empty."""
        kept = tuple(i for i in self.indicators if i.code not in dropped)
        used = {i.dimension for i in kept}
        dims = {d: names for d, names in self.dimensions.items() if d in used}
        return replace(self, indicators=kept, dimensions=dims)
