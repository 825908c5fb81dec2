"""Break: one identity that does not hold, with its row and size; Report: all of a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Break:
    """`row` counts the rows under the header from 1 (0: the whole table), `label` is its first cell; a note proves no error."""

    rule: str
    row: int
    columns: tuple[str, ...]
    found: float
    expected: float
    message: str
    note: bool = False
    label: str = ""

    @property
    def size(self) -> float:
        """Found minus expected."""
        return self.found - self.expected

    def __str__(self) -> str:
        place = f"row {self.row} ({self.label})" if self.row else "table"
        word = "note" if self.note else "broken"
        return f"{word}: {place}, {', '.join(self.columns)}: {self.message} [{self.rule}]"


SHOWN = 60
NO_KIND = "its kind was not recognised, so only copied columns were looked for; name it with --kind"


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found: the kind of table, how many rows were checked, which identities were tried, and the breaks.

    `unknown` names the sheets or files of a folder whose kind was not recognised.
    """

    source: str
    kind: str
    rows: int
    rules: tuple[str, ...]
    breaks: tuple[Break, ...]
    unknown: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """True where no identity is broken (notes do not count)."""
        return all(b.note for b in self.breaks)

    @property
    def broken(self) -> tuple[Break, ...]:
        """The breaks that are not mere notes."""
        return tuple(b for b in self.breaks if not b.note)

    def __str__(self) -> str:
        head = f"{self.source}: {self.kind}, {self.rows} row(s), checked: {', '.join(self.rules)}"
        notes = len(self.breaks) - len(self.broken)
        verdict = f"{len(self.broken)} broken, {notes} note(s)" if self.breaks else self._fine()
        shown = [f"  {b}" for b in (*self.broken, *(b for b in self.breaks if b.note))[:SHOWN]]
        left = [f"  and {len(self.breaks) - SHOWN} more (--json lists all)"] if len(self.breaks) > SHOWN else []
        unknown = [f"  {name}: {NO_KIND}" for name in self.unknown]
        return "\n".join([f"{head} -> {verdict}", *shown, *left, *unknown])

    def _fine(self) -> str:
        return NO_KIND if self.kind == "any" else "every identity holds"
