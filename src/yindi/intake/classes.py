"""Runs of column heads that spell a classification: recognised by order, also where a head is misspelt or its lines slipped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from yindi.core import resources


@dataclass(frozen=True, slots=True)
class Run:
    """Columns `start` ... carry the classes `codes` of a standard; `repaired`: column -> the right name of a broken head."""

    standard: str
    start: int
    codes: tuple[str, ...]
    repaired: tuple[tuple[int, str], ...] = ()


def plain(name: str) -> str:
    """A head without the group before its last dash, blanks and marks."""
    return re.sub(r"[\s、,，()（）]", "", name.rsplit("-", 1)[-1])


def standards() -> dict[str, list[tuple[str, str]]]:
    """Standard -> its classes in order (code, Chinese name)."""
    table: dict[str, list[tuple[str, str]]] = {}
    for row in resources.rows("classifications.csv"):
        table.setdefault(row["standard"], []).append((row["code"], row["zh"]))
    return table


def find(names: Sequence[str], *, share: float = 0.7) -> list[Run]:
    """All runs of heads that follow a standard in order; at most 30 % of a run may be broken, and must be explained."""
    heads = [plain(n) for n in names]
    found = []
    for standard, classes in standards().items():
        official = [plain(zh) for _, zh in classes]
        size = len(official)
        for start in range(len(heads) - size + 1):
            here = heads[start : start + size]
            same = [a == b for a, b in zip(here, official, strict=True)]
            if sum(same) >= share * size:
                repaired = _repair(here, official, same)
                if repaired is not None:
                    fixed = tuple((start + k, classes[k][1]) for k in repaired)
                    found.append(Run(standard, start, tuple(c for c, _ in classes), fixed))
    return found


def _repair(here: Sequence[str], official: Sequence[str], same: Sequence[bool]) -> list[int] | None:
    """Positions of the broken heads when all are explained: one sign differs, or neighbours share the same signs in all."""
    broken = [k for k, fine in enumerate(same) if not fine]
    block: list[int] = []
    for k in [*broken, None]:
        if block and (k is None or k != block[-1] + 1):
            if not _explained([here[b] for b in block], [official[b] for b in block]):
                return None
            block = []
        if k is not None:
            block.append(k)
    return broken


def _explained(here: Sequence[str], official: Sequence[str]) -> bool:
    if sorted("".join(here)) == sorted("".join(official)):
        return True
    return all(
        len(a) == len(b) and sum(p != q for p, q in zip(a, b, strict=True)) <= 1 for a, b in zip(here, official, strict=True)
    )
