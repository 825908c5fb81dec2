"""Years as offices write them: 2010, 2010年, 2010年末, FY2010, a date at a year's end; a fiscal year counts as declared."""

from __future__ import annotations

import datetime
import re

from yindi.intake.numbers import CellFault, clean

FIRST, LAST = 1900, 2200
_PLAIN = re.compile(r"(?:fy|cy|yr|year|y|_)?[\s_.-]*(\d{4})(?:\.0+)?\s*(?:年(?:度|末|底|1\s*-\s*12\s*月)?|财年)?", re.IGNORECASE)
_FISCAL = re.compile(r"(?:fy)?\s*(\d{4})\s*[/\-–—~]\s*(\d{2}|\d{4})\s*(?:年度?|财年)?", re.IGNORECASE)
_SHORT_FISCAL = re.compile(r"fy\s*'?(\d{2})", re.IGNORECASE)
_DAY = re.compile(r"(19\d\d)-([01]?[1-9]|10|12)-([012]?[1-9]|10|20)")
_AT_END = re.compile(r"^(.*?\S)[\s_\-–·:：]*?[\[(]?((?:fy)?(?:19|20|21)\d{2})(?:年度?|年末|年底)?[\])]?$", re.IGNORECASE)
_AT_START = re.compile(r"^[\[(]?((?:fy)?(?:19|20|21)\d{2})(?:年度?|年末|年底)?[\])]?[\s_\-–·:：]*(\S.*)$", re.IGNORECASE)


def year(raw: object, fiscal: str | None = None) -> str:
    """A year as four digits; `fiscal`: "start" or "end" says what 2010/11 counts as. Raises CellFault for anything else."""
    if isinstance(raw, datetime.date):
        if (raw.month, raw.day) in ((1, 1), (12, 31)):
            return str(raw.year)
        raise CellFault(f"{raw} is a day, not a year{_serial(raw)}")
    text = clean(raw)
    found = _PLAIN.fullmatch(text)
    if found and FIRST <= int(found[1]) <= LAST:
        return str(int(found[1]))
    return _fiscal(text, fiscal)


def _serial(day: datetime.date) -> str:
    """What a day of 1905 is in a cell of Excel: the number of a year, shown as a date."""
    number = (day - datetime.date(1899, 12, 30)).days
    return f"; the cell holds the number {number}, shown as a date: format it as a number" if 1900 <= number <= 2100 else ""


def _fiscal(text: str, fiscal: str | None) -> str:
    found = _FISCAL.fullmatch(text)
    if found and FIRST <= int(found[1]) < LAST and found[2] in (f"{(int(found[1]) + 1) % 100:02d}", str(int(found[1]) + 1)):
        if fiscal is None:
            raise CellFault(f"{text!r} may be a fiscal year; say what it counts as: fiscal_year: start (or end)")
        return str(int(found[1]) + (fiscal == "end"))
    if _SHORT_FISCAL.fullmatch(text):
        raise CellFault(f"{text!r} is a year with two digits")
    if day := _DAY.fullmatch(text):
        raise CellFault(f"{text} is a day, not a year{_serial(datetime.date(*map(int, day.groups())))}")
    shown = text if len(text) <= 60 else text[:57] + "..."
    raise CellFault(f"{shown!r} is not a year")


def year_or_none(raw: object, fiscal: str | None = None) -> str | None:
    """The year in a cell, None where it is no year."""
    try:
        return year(raw, fiscal)
    except CellFault:
        return None


def split(head: str, fiscal: str | None = None) -> tuple[str, str] | None:
    """(item, year) of a head that holds both ("人口-2010年", "2010年 GDP", "gdp_2010"), None where it does not."""
    for pattern, item, when in ((_AT_END, 1, 2), (_AT_START, 2, 1)):
        found = pattern.match(clean(head))
        if found and (made := year_or_none(found[when], fiscal)):
            name = found[item].strip(" -_–·:：")
            if name and not name[-1:].isdigit():
                return name, made
    return None
