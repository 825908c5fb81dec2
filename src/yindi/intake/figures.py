"""The numbers of the columns of a wide table, whole columns at once; what is no plain number is looked at cell by cell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from yindi.core.errors import Problem
from yindi.intake.reader import Reader
from yindi.intake.store import Block

Row = Sequence[object]


def plain(raw: object) -> float | None:
    """The number of a cell that holds nothing but one; None for every other cell."""
    if type(raw) is float:
        return raw
    if type(raw) is str and raw.isascii() and raw.replace(".", "", 1).isdigit():
        return float(raw)
    return None


def texts(held: Sequence[str]) -> list[float] | None:
    """The numbers of texts, NaN for empty ones; None where one holds more than a sign, digits and a point."""
    joined = "".join(held)
    if not joined.isascii() or not joined.replace(".", "").replace("-", "").isdigit():
        return None
    try:
        return [float(text) if text else math.nan for text in held]
    except ValueError:
        return None


def columns(cells: Sequence[Sequence[object]]) -> tuple[np.ndarray, np.ndarray]:
    """Plain numbers (N,K) of columns of cells, NaN for no value; positions (M,2), row by row, of what is to be read singly."""
    values = np.full((len(cells[0]) if cells else 0, len(cells)), np.nan)
    singly = np.zeros(values.shape, bool)
    for k, held in enumerate(cells):
        kinds = set(map(type, held))
        whole = held if kinds == {float} else texts(cast("Sequence[str]", held)) if kinds == {str} else None
        if whole is not None:
            values[:, k] = whole
        else:
            told = [plain(raw) for raw in held]
            values[:, k] = [math.nan if v is None else v for v in told]
            singly[:, k] = [v is None and raw != "" for v, raw in zip(told, held, strict=True)]
    singly |= np.isinf(values)
    return values, np.argwhere(singly)


def block(r: Reader, kept: Sequence[tuple[int, Row, int]], pairs: Sequence[tuple[str, str]], items: Mapping[int, str],
          factors: Mapping[int, float]) -> Block:  # fmt: skip
    """The block of the rows that were kept: (row, its cells, how many problems there were when it was read) and whose they are.

    Problems of cells are put where they belong, behind those of the rows above.
    """
    raw = [[row[at] if at < len(row) else "" for _, row, _ in kept] for at in items]
    values, singly = columns(raw)
    fine = np.ones(values.shape, bool)
    at_items, said = list(items.items()), []
    for n, k in singly.tolist():
        at, item = at_items[k]
        before = len(r.problems.found)
        fine[n, k], value = r.number_of(raw[k][n], kept[n][0], at, item)
        values[n, k] = np.nan if value is None else value
        if not fine[n, k]:
            r.reading.faulty.add((*pairs[n], item))
            said += [(kept[n][2], p) for p in r.problems.found[before:]]
            del r.problems.found[before:]
    _put_between(r.problems.found, said)
    values *= np.array([factors[at] for at in items])
    rows, places = tuple(n for n, _, _ in kept), tuple(at + 1 for at in items)
    return Block(tuple(pairs), rows, tuple(items.values()), places, values, fine)


def _put_between(found: list[Problem], said: Sequence[tuple[int, Problem]]) -> None:
    """Put problems, in their order, behind so many of those that were found before."""
    whole: list[Problem] = []
    done = 0
    for at, problem in said:
        whole += found[done:at]
        whole.append(problem)
        done = max(done, at)
    found[:] = whole + found[done:]
