"""Numbers as offices write them: full width, thousands, missing marks, percent, footnote marks. Text is never a number."""

from __future__ import annotations

import datetime
import math
import re
import unicodedata

_NOTES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳¹²³⁴⁵⁶⁷⁸⁹⁰⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽†‡*＊※"
_STRIP_NOTES = str.maketrans("", "", _NOTES)
_MISSING = frozenset(["", "na", "n/a", "n.a.", "#n/a", "nan", "null", "none", "x", "空", "缺失", "无", "不详", "/", "\\", "−"])
_ERRORS = frozenset(["#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!", "#SPILL!", "#CALC!"])
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "―": "-", "﹣": "-", "－": "-"})
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_SPACED = re.compile(r"[+-]?\d{1,3}([ ]\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_YEAR = re.compile(r"(\d{4})(\.0+)?\s*(年|年度)?")


class CellFault(ValueError):
    """A cell that cannot be read as what its column says."""


def clean(raw: object) -> str:
    """The text of a cell in normal form: NFKC, no outer blanks."""
    if raw is None or raw == "":
        return ""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    text = str(raw)
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def number(raw: object, *, unit: str = "plain") -> float | None:
    """The number in a cell, None where the cell is empty or holds a missing mark; raises CellFault for anything else."""
    if isinstance(raw, (bool, datetime.date, datetime.time, datetime.timedelta)):
        raise CellFault(f"{raw!r} is a {type(raw).__name__}, not a number")
    if isinstance(raw, (int, float)):
        return _finite(float(raw), raw)
    text = clean(str(raw or "").translate(_STRIP_NOTES))
    if text.lower() in _MISSING or set(text) <= set("-—–…. "):
        return None
    if text.upper() in _ERRORS:
        raise CellFault(f"{text} is an error of a formula, not a number")
    text = text.translate(_MINUS)
    if not text.endswith(("%", "‰")):
        return _read(text, raw)
    value = _read(text[:-1].strip(), raw)
    return None if value is None else _scaled(value, text[-1], unit, raw)


def _read(text: str, raw: object) -> float | None:
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    elif _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    if not _PLAIN.fullmatch(text) or not text.isascii():
        raise CellFault(f"{_short(raw)} is text, not a number")
    return _finite(float(text), raw)


def _scaled(value: float, sign: str, unit: str, raw: object) -> float:
    points = value if sign == "%" else value / 10
    if unit in ("percent", "points"):
        return points
    if unit in ("share", "ratio", "growth"):
        return points / 100
    raise CellFault(f"{_short(raw)} is a percentage, but the variable's unit is {unit!r}")


def _finite(value: float, raw: object) -> float | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        raise CellFault(f"{_short(raw)} is not a finite number")
    return value


def _short(raw: object) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:57] + "..."


def year(raw: object) -> str:
    """A year as four digits (2013, `2013年`, 2013.0, full width); raises CellFault otherwise."""
    found = _YEAR.fullmatch(clean(raw))
    if not found or not 1900 <= int(found[1]) <= 2200:
        raise CellFault(f"{_short(raw)} is not a year")
    return str(int(found[1]))


def year_or_none(raw: object) -> str | None:
    """The year in a cell, None where it is no year."""
    try:
        return year(raw)
    except CellFault:
        return None
