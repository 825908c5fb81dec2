"""Names: what a code is called in each language. One table for regions, variables, industries, levers, groups, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from yindi.core.errors import UsageError
from yindi.core.finding import Label

SELF = ("year", "years", "code", "file", "citation", "version", "date", "cell", "quote")


@dataclass(frozen=True, slots=True)
class Names:
    """kind -> code -> (zh, en); kinds in SELF are called by their own code."""

    table: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)

    def of(self, kind: str, code: str, language: str) -> str:
        """The name in a language; raises UsageError when the table has no such row."""
        if kind in SELF:
            return code
        if code not in self.table.get(kind, {}):
            raise UsageError(f"No name for {kind} {code!r}; kinds: {sorted(self.table)}.")
        return self.table[kind][code][0 if language == "zh" else 1]

    def label(self, kind: str, code: str, language: str) -> Label:
        """The Label with its text filled."""
        return Label(kind, code, self.of(kind, code, language))

    def plus(self, kind: str, rows: Mapping[str, tuple[str, str]]) -> Names:
        """A copy with more names of a kind."""
        return Names({**self.table, kind: {**self.table.get(kind, {}), **rows}})
