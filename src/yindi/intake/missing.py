"""Misread names resolved by what is missing: as many open names as missing regions, and only one way to match them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from yindi.intake.regions import Gazetteer, Unresolved, normal
from yindi.intake.spelling import simplified


def alike(written: str, name: str) -> bool:
    """True where at least half of the signs of the longer of two names stand in both in the same order."""
    if min(len(written), len(name)) < 2 or written == name:
        return False
    row = [0] * (len(name) + 1)
    for a in written:
        before = row[:]
        for n, b in enumerate(name):
            row[n + 1] = before[n] + 1 if a == b else max(row[n], before[n + 1])
    return 2 * row[-1] >= max(len(written), len(name))


def match(names: Collection[str], missing: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Name -> code where every name is like a missing region and the pairing of all is unique; else empty.

    `missing`: code -> its names in normal form. A pairing is unique when peeling off names with one candidate uses them all up.
    """
    if len(names) != len(missing):
        return {}
    able = {n: {c for c, called in missing.items() if any(alike(simplified(n), normal(name)) for name in called)} for n in names}
    found: dict[str, str] = {}
    while len(found) < len(able):
        single = sorted(n for n, codes in able.items() if n not in found and len(codes - set(found.values())) == 1)
        if not single:
            return {}
        found[single[0]] = next(iter(able[single[0]] - set(found.values())))
    return found


def resolve(
    rows: Iterable[tuple[str, ...]], gazetteer: Gazetteer, expected: Collection[str] | None
) -> dict[tuple[str, str], str]:
    """(year, name in normal form) -> code for names that only the missing regions of that year can explain.

    `rows`: (year, region as written[, its parent]).
    `expected`: the codes that must be there; None: those seen in any year of the table.
    """
    seen: dict[str, set[str]] = {}
    open_names: dict[str, set[str]] = {}
    for when, written, *above in rows:
        try:
            digits = when if len(when) == 4 and when.isdigit() else ""
            seen.setdefault(when, set()).add(gazetteer.resolve(written, year=digits, parent=above[0] if above else ""))
        except Unresolved:
            open_names.setdefault(when, set()).add(normal(written))
    whole = set().union(*seen.values()) if expected is None and seen else set(expected or ())
    made: dict[tuple[str, str], str] = {}
    for when, names in open_names.items():
        gone = {c: gazetteer.called(c) for c in whole - seen.get(when, set())}
        made.update({(when, n): c for n, c in match(names, gone).items()})
    return made
