"""Units as written -> the factor to a variable's unit, from one small table; what is not in it is refused."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from yindi.core import resources
from yindi.core.errors import did_you_mean
from yindi.intake.numbers import CellFault


@functools.cache
def table() -> Mapping[str, tuple[str, float, str]]:
    """Unit as written -> quantity, factor to the quantity's base, and our code where there is one."""
    return {r["written"]: (r["quantity"], float(r["factor"]), r["code"]) for r in resources.rows("unit_factors.csv")}


def plain(written: object) -> str:
    """A unit's normal form: NFKC, no blanks, no brackets."""
    return re.sub(r"[\s()\[\]]|单位[::]?", "", unicodedata.normalize("NFKC", str(written)))


def factor(written: object, unit: str) -> float:
    """Number to multiply values `written` with to get them in `unit`; raises CellFault when unknown or of another quantity."""
    have = plain(written)
    if have == unit:
        return 1.0
    if have not in table():
        near = did_you_mean(have, table())
        raise CellFault(f"unit {str(written)!r} is not known" + (f" (did you mean {', '.join(near)}?)" if near else ""))
    if unit not in table() or table()[have][0] != table()[unit][0]:
        raise CellFault(f"unit {str(written)!r} cannot be turned into the variable's unit {unit!r}")
    return float(f"{table()[have][1] / table()[unit][1]:.12g}")


def code_of(written: object) -> str:
    """Our code for a unit as written, "" where it has none."""
    return table().get(plain(written), ("", 0.0, ""))[2]


def over(written: str, below: str) -> str:
    """The unit of a quotient as offices write it: the unit of a total over our unit of what it is divided by (件/万人)."""
    return f"{written}/{next((w for w, (_, _, code) in table().items() if code == below and w != code), below)}"


def factor_per(written: str, below: str, to: str) -> float:
    """Number to multiply totals with, so that their quotient by a variable in `below` is in `to`; raises CellFault."""
    if not written:
        raise CellFault("the unit of the total is not said")
    return factor(over(plain(written), below), to)


def fits(written: str, below: str, to: str) -> bool:
    """Whether a total in a unit, divided by a variable in `below`, has the unit `to`."""
    try:
        return bool(written) and factor_per(written, below, to) > 0
    except CellFault:
        return False
