"""History of the code book (GB/T 2260): the units of a year, what became of them, and the changes that break a series."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from yindi.core import resources

OPEN, SINCE = 9999, 1988


@dataclass(frozen=True, slots=True)
class Era:
    """A unit under one code and name, `first` to `last` year (OPEN: still); `now`: the code it has today, or had last."""

    code: str
    name: str
    first: int
    last: int
    now: str

    def holds(self, year: int) -> bool:
        """True where code and name were valid in a year."""
        return self.first <= year <= self.last


@dataclass(frozen=True, slots=True)
class Change:
    """A change of territory from a year on: merge, split or carve; the codes it came from and went to; how it is told."""

    year: int
    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    zh: str
    en: str


def level_of(code: str) -> str:
    """province, city or county."""
    return "province" if code.endswith("0000") else "city" if code.endswith("00") else "county"


def within(code: str, level: str) -> bool:
    """True where a code belongs to a level; municipalities and units directly under a province count as cities too."""
    if level_of(code) == level:
        return True
    return level == "city" and (code in ("110000", "120000", "310000", "500000") or code[2:4] == "90")


@functools.cache
def eras() -> tuple[Era, ...]:
    """Every unit since 1988 by code and name."""
    found = [Era(r["code"], r["name"], int(r["first"] or 0), int(r["last"] or OPEN), r["now"])
             for r in resources.rows("regions/units.csv")]  # fmt: skip
    return tuple(found)


@functools.cache
def by_code() -> Mapping[str, tuple[Era, ...]]:
    """Code -> its eras."""
    found: dict[str, list[Era]] = {}
    for era in eras():
        found.setdefault(era.code, []).append(era)
    return {c: tuple(es) for c, es in found.items()}


@functools.cache
def by_name() -> Mapping[str, tuple[Era, ...]]:
    """Name -> the eras in which a unit was called so."""
    found: dict[str, list[Era]] = {}
    for era in eras():
        found.setdefault(era.name, []).append(era)
    return {n: tuple(es) for n, es in found.items()}


@functools.cache
def _by_lasting() -> Mapping[str, tuple[Era, ...]]:
    found: dict[str, list[Era]] = {}
    for era in eras():
        for code in {_end(era.now), era.now}:
            found.setdefault(code, []).append(era)
    return {c: tuple(es) for c, es in found.items()}


def eras_of(code: str) -> tuple[Era, ...]:
    """All codes and names that a unit (named by its last code) has had."""
    return _by_lasting().get(code, ())


@functools.cache
def units(level: str) -> Mapping[str, str]:
    """Code -> name (the last it had) of every unit of a level that is, or was dissolved without a successor of its own."""
    return {e.code: e.name for e in sorted(eras(), key=lambda e: (e.code, e.last)) if e.now == e.code and within(e.code, level)}


@functools.cache
def book(level: str, year: int) -> Mapping[str, str]:
    """Code -> name of the units of a level that were valid in a year."""
    return {e.code: e.name for e in eras() if e.holds(year) and within(e.code, level)}


def lasting(code: str, year: int | None = None) -> tuple[str, ...]:
    """The unit a code stood for: its code today, or its last one; several where the code passed from one unit to another."""
    found = by_code().get(code, ())
    held = [e for e in found if year is not None and e.holds(year)] or list(found)
    return tuple(dict.fromkeys(_end(e.now) for e in held))


def _end(code: str) -> str:
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        following = {e.now for e in by_code().get(code, ())}
        if len(following) != 1:
            return code
        code = next(iter(following))
    return code


@functools.cache
def changes(level: str) -> tuple[Change, ...]:
    """Mergers, splits and carve-outs of a level, oldest first."""
    found = [
        Change(int(r["year"]), r["kind"], (r["from"],), tuple(r["into"].split("|")), r["zh"], r["en"])
        for r in resources.rows("regions/changes.csv")
        if r["kind"] != "same" and (r["level"] == level or (level == "city" and r["level"] == "province"))
    ]
    if level == "county":
        found += [_merger(r) for r in resources.rows("regions/county_mergers.csv")]
    return tuple(sorted(found, key=lambda c: (c.year, c.before)))


def _merger(row: Mapping[str, str]) -> Change:
    into = (row["into"],) if row["into"] else ()
    zh, en = f"{row['name']}撤销，并入{row['into_name']}", f"{row['name']} was dissolved into {row['into_name'] or 'other units'}"
    return Change(int(row["year"]), "merge", (row["from"],), into, zh, en)


def concerning(level: str, codes: Collection[str], first: int, last: int) -> list[Change]:
    """Changes that fall inside (first, last] and touch one of the codes."""
    return [c for c in changes(level) if first < c.year <= last and set(codes) & {*c.before, *c.after}]
