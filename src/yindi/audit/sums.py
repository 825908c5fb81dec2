"""The identities of every decomposition: parts add to the whole, shares follow from parts and add to one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence

from yindi.audit.findings import Break
from yindi.audit.numbers import Column, Row, column


def decomposition(rows: Sequence[Row], found: Mapping[str, str], whole: str, parts: Sequence[str]) -> Iterator[Break]:
    """All breaks of one whole with its parts; shares are the roles `<part>_share`, as fractions or per cent."""
    total = column(rows, found[whole])
    pieces = {p: column(rows, found[p]) for p in parts if p in found}
    shares = {p: column(rows, found[f"{p}_share"]) for p in parts if f"{p}_share" in found}
    hundred = _hundred(list(shares.values()))
    for n in range(len(rows)):
        if len(pieces) == len(parts):
            yield from _adds_up(total, pieces, n)
        for part, piece in pieces.items():
            yield from _in_range(total, piece, n)
            if part in shares:
                yield from _share_follows(total, piece, shares[part], n, hundred)
        if len(shares) == len(parts):
            yield from _shares_add(shares, n, hundred)


def _hundred(shares: Sequence[Column]) -> float:
    largest = max((v for s in shares for v in s.values if not math.isnan(v)), default=0.0)
    return 100.0 if largest > 1.5 else 1.0


def _adds_up(total: Column, pieces: Mapping[str, Column], n: int) -> Iterator[Break]:
    summed = sum(p.values[n] for p in pieces.values())
    slack = total.slack(n) + sum(p.slack(n) for p in pieces.values())
    if abs(summed - total.values[n]) > slack * (1 + 1e-6):
        names = tuple(p.name for p in pieces.values())
        yield Break("parts add to the whole", n + 1, (*names, total.name), summed, total.values[n],
                    f"the parts sum to {summed:.6g}, the whole is {total.values[n]:.6g}")  # fmt: skip


def _in_range(total: Column, piece: Column, n: int) -> Iterator[Break]:
    value, most = piece.values[n], total.values[n]
    if value < -piece.slack(n) or value > most + piece.slack(n) + total.slack(n):
        yield Break("a part lies between 0 and the whole", n + 1, (piece.name, total.name), value, most,
                    f"{value:.6g} is not between 0 and {most:.6g}")  # fmt: skip


def _share_follows(total: Column, piece: Column, share: Column, n: int, hundred: float) -> Iterator[Break]:
    whole = total.values[n]
    if math.isnan(whole) or whole <= total.slack(n):
        return
    ratio = piece.values[n] / whole
    slack = share.slack(n) + hundred * (piece.slack(n) + abs(ratio) * total.slack(n)) / (whole - total.slack(n))
    if abs(hundred * ratio - share.values[n]) > slack * (1 + 1e-6):
        yield Break("shares follow from parts", n + 1, (piece.name, share.name), share.values[n], hundred * ratio,
                    f"{piece.name} / {total.name} is {hundred * ratio:.6g}, printed {share.values[n]:.6g}")  # fmt: skip


def _shares_add(shares: Mapping[str, Column], n: int, hundred: float) -> Iterator[Break]:
    summed = sum(s.values[n] for s in shares.values())
    slack = sum(s.slack(n) for s in shares.values())
    if abs(summed - hundred) > slack * (1 + 1e-6):
        yield Break("shares add to the whole", n + 1, tuple(s.name for s in shares.values()), summed, hundred,
                    f"the shares sum to {summed:.6g}, not {hundred:g}")  # fmt: skip


def twins(rows: Sequence[Row], names: Sequence[str]) -> Iterator[Break]:
    """Numeric columns that agree in every row, three rows or more with three values or more: one was copied.

    The first column may be repeated as its key, so whole numbers in it are let pass; whole numbers elsewhere are noted.
    """
    if len(rows) < 3:
        return
    alike: dict[tuple[float, ...], list[Column]] = {}
    for c in (column(rows, name) for name in names):
        if len(set(c.values)) >= 3 and not any(map(math.isnan, c.values)):
            alike.setdefault(c.values, []).append(c)
    key = next(iter(rows[0]))
    for same in alike.values():
        whole = all(v.is_integer() for v in same[0].values)
        for one, two in itertools.combinations([c for c in same if not (whole and c.name == key)], 2):
            yield Break("columns differ", 0, (one.name, two.name), 0.0, 0.0,
                        f"{one.name} and {two.name} are identical in all {len(rows)} rows", note=whole)  # fmt: skip
