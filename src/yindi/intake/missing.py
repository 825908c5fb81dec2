"""Misread names resolved by what is missing: as many open names as missing regions, and only one way to match them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from yindi.intake.regions import Gazetteer, Unresolved, normal


def _one_sign_apart(written: str, name: str) -> bool:
    return len(written) == len(name) > 1 and sum(a != b for a, b in zip(written, name, strict=True)) == 1


def match(names: Collection[str], missing: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Name -> code where every name differs in one sign from a missing region and the pairing of all is unique; else empty.

    `missing`: code -> its names in normal form. A pairing is unique when peeling off names with one candidate uses them all up.
    """
    if len(names) != len(missing):
        return {}
    able = {n: {c for c, called in missing.items() if any(_one_sign_apart(n, name) for name in called)} for n in names}
    found: dict[str, str] = {}
    while len(found) < len(able):
        single = sorted(n for n, codes in able.items() if n not in found and len(codes - set(found.values())) == 1)
        if not single:
            return {}
        found[single[0]] = next(iter(able[single[0]] - set(found.values())))
    return found


def resolve(
    rows: Iterable[tuple[str, str]], gazetteer: Gazetteer, expected: Collection[str] | None
) -> dict[tuple[str, str], str]:
    """(year, name in normal form) -> code for names that only the missing regions of that year can explain.

    `rows`: (year, region as written). `expected`: the codes that must be there; None: those seen in any year of the table.
    """
    seen: dict[str, set[str]] = {}
    open_names: dict[str, set[str]] = {}
    for when, written in rows:
        try:
            seen.setdefault(when, set()).add(gazetteer.resolve(written))
        except Unresolved:
            open_names.setdefault(when, set()).add(normal(written))
    whole = set().union(*seen.values()) if expected is None and seen else set(expected or ())
    made: dict[tuple[str, str], str] = {}
    for when, names in open_names.items():
        gone = {c: gazetteer.called(c) for c in whole - seen.get(when, set())}
        made.update({(when, n): c for n, c in match(names, gone).items()})
    return made
