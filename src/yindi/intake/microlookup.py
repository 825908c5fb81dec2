"""Look-ups from codes of records to labels: GB/T 2260 by level, GB/T 4754 by level, or the study's own table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from yindi.core import resources
from yindi.core.errors import Problems, ProblemsError, did_you_mean
from yindi.intake import charset, history, limits, sidetables
from yindi.intake.microspec import IndustryOf, Lookup, RegionOf

DIGITS = {"section": 2, "division": 2, "group": 3, "class": 4}
MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Way:
    """How a code becomes a label: the part of it that is looked up, the pairs (None: nothing is looked up), what the label is.

    `lettered`: a letter before digits is dropped; `label_digits`: the label is the code's first signs and not the looked-up text.
    """

    key_digits: int | None
    pairs: Mapping[str, str] | None
    width: int | None = None
    lettered: bool = False
    label_digits: int | None = None
    fill: str = ""


def region(asked: RegionOf, folder: Path, problems: Problems) -> Way:
    """The way of the region column."""
    if asked.level is None:
        return _own(asked, folder, "region.table", problems)
    return Way(6, units(asked.level, today=asked.boundaries == "today"), asked.width)


def industry(asked: IndustryOf, folder: Path, problems: Problems) -> Way:
    """The way of the industry column."""
    if asked.standard is None or asked.level is None:
        return _own(asked, folder, "industry.table", problems)
    pairs = divisions(asked.standard, asked.level)
    digits = DIGITS[asked.level]
    return Way(2, pairs, asked.width, lettered=True, label_digits=digits if digits > 2 else None)


def divisions(standard: str, level: str) -> dict[str, str]:
    """Division of an edition of GB/T 4754 -> its section, or itself; a section's letter stands for itself."""
    rows = [r for r in resources.rows("industries/divisions.csv") if r["standard"] == standard]
    if level == "section":
        return {r["division"]: r["section"] for r in rows} | {r["section"]: r["section"] for r in rows}
    return {r["division"]: r["division"] for r in rows}


def units(level: str, *, today: bool) -> dict[str, str]:
    """Code of GB/T 2260 (whole, or without the zeros at its end) -> the unit of a level that it lies in.

    `today`: by the unit that a code belongs to now; codes that passed to several units have no label then.
    """
    made = {}
    for code in history.by_code():
        last = history.lasting(code) if today else (code,)
        label = above(last[0], level) if len(last) == 1 else ""
        if label:
            made[code] = label
            made |= dict.fromkeys(_short(code), label)
    return made


def above(code: str, level: str) -> str:
    """The unit of a level that a code of GB/T 2260 lies in; "" where the code stands above that level."""
    if level == "province":
        return code[:2] + "0000"
    if level == "city" and code[:2] in MUNICIPALITIES:
        return code[:2] + "0000"
    if history.level_of(code) == "province" or (level == "county" and history.level_of(code) != "county"):
        return ""
    return code if level == "county" or code[2:4] == "90" else code[:4] + "00"


def _short(code: str) -> Iterable[str]:
    if code.endswith("00"):
        yield code[:4]
    if code.endswith("0000"):
        yield code[:2]


def _own(asked: Lookup, folder: Path, place: str, problems: Problems) -> Way:
    if asked.table is None:
        return Way(asked.digits, None, asked.width, fill=asked.fill)
    return Way(asked.digits, _table(asked, folder, place, problems), asked.width)


def _table(asked: Lookup, folder: Path, place: str, problems: Problems) -> dict[str, str]:
    file = folder / str(asked.table)
    if not limits.regular(file):
        near = did_you_mean(file.name, [p.name for p in file.parent.iterdir()]) if file.parent.is_dir() else ()
        problems.add(f"{place}: {asked.table}", "there is no such file.", "put it beside the spec", near)
        return {}
    try:
        rows = sidetables.lines(charset.decode(file.read_bytes(), str(asked.table))[0], str(asked.table), problems)
    except ProblemsError as fault:
        problems.found.extend(fault.problems)
        return {}
    head = [h.strip() for h in rows[0]] if rows else []
    for column in (asked.key, asked.to):
        if head.count(column) != 1:
            problems.add(f"{asked.table}, row 1", f"has {head.count(column)} columns {column!r}.",
                         "name the columns with `key` and `to`", did_you_mean(column, head) or head)  # fmt: skip
    if any(head.count(c) != 1 for c in (asked.key, asked.to)):
        return {}
    return _pairs(asked, rows, head.index(asked.key), head.index(asked.to), problems)


def _pairs(asked: Lookup, rows: list[list[str]], key: int, to: int, problems: Problems) -> dict[str, str]:
    """Every code once: a code with two labels would count its records twice."""
    made: dict[str, str] = {}
    seen: dict[str, int] = {}
    for n, row in enumerate(rows[1:], 2):
        code, label = (row[k].strip() if k < len(row) else "" for k in (key, to))
        if not code and not label:
            continue
        if not code or not label:
            problems.add(
                f"{asked.table}, row {n}",
                "has a code without a label, or a label without a code.",
                "fill it in, or delete the row",
            )
        elif made.setdefault(code, label) != label:
            problems.add(f"{asked.table}, row {n}", f"{code} belongs to {label} here and to {made[code]} in row {seen[code]}.",
                         "keep one of them; its records would count twice")  # fmt: skip
        seen.setdefault(code, n)
    return made
