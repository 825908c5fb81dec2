"""How numbers are written: significant digits, the last written place and the last digit, read from the first twelve digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DIGITS = 12
_POWERS = 10 ** np.arange(DIGITS, dtype=np.int64)
_PLACES = np.array([10.0**p for p in range(-DIGITS - 4, DIGITS + 1)])
_SCALES = np.array([10.0**p for p in range(-280, 301)])
_UNSURE = 0.01


@dataclass(frozen=True, slots=True)
class Written:
    """Of each value: its significant digits, the value of its last written place, its last digit (-1 with an exponent)."""

    digits: np.ndarray
    place: np.ndarray
    last: np.ndarray


def digits(value: float) -> int:
    """How many significant digits a number is written with (1200 has two), from its first twelve."""
    return len(f"{abs(value):.12g}".split("e")[0].replace(".", "").strip("0"))


def resolution(value: float) -> float:
    """The last written digit of a number, e.g. 0.01 of 465.09 and 100 of 500, read from its first twelve digits."""
    text = f"{value:.12g}"
    if "e" in text:
        return abs(value) * 1e-12
    whole, point, decimals = text.partition(".")
    return float(10.0 ** -len(decimals)) if point else float(10.0 ** (len(whole) - len(whole.rstrip("0"))))


def _last(value: float) -> int:
    text = f"{abs(value):.12g}"
    return -1 if "e" in text or not text[-1].isdigit() else int(text[-1])


def _zeros(whole: np.ndarray) -> np.ndarray:
    """How many zeros whole numbers of twelve digits end in."""
    found, rest = np.zeros(len(whole), np.int64), whole
    for many in (8, 4, 2, 1):
        quotient = rest // _POWERS[many]
        fits = rest == quotient * _POWERS[many]
        found += many * fits
        rest = np.where(fits, quotient, rest)
    return found


def written(values: np.ndarray) -> Written:
    """All values (any shape) at once; what sits on the edge of rounding is written out as text, one by one."""
    size = np.abs(values.ravel())
    fine = np.isfinite(size) & (size > 1e-280)
    safe = np.where(fine, size, 1.0)
    power = np.floor(np.log10(safe)).astype(np.int64)
    shift = (DIGITS - 1) - power
    scaled = np.where(shift >= 0, safe * _SCALES[np.maximum(shift, 0) + 280], safe / _SCALES[np.maximum(-shift, 0) + 280])
    edge = (np.abs(scaled - np.floor(scaled) - 0.5) < _UNSURE) | (scaled < 10.0 ** (DIGITS - 1)) | (scaled >= 10.0**DIGITS - 1)
    whole = np.rint(np.clip(scaled, 10.0 ** (DIGITS - 1), 10.0**DIGITS - 1)).astype(np.int64)
    zeros = _zeros(whole)
    exponent = (power >= DIGITS) | (power < -4)
    at = np.clip(zeros - shift, -DIGITS - 4, DIGITS)
    place = np.where(exponent, size * 1e-12, _PLACES[at + DIGITS + 4])
    last = np.where(exponent, -1, np.where(at > 0, 0, whole // _POWERS[zeros] % 10))
    made = Written(DIGITS - zeros, place, last)
    _by_text(values.ravel(), np.flatnonzero(edge | ~fine), made)
    return Written(*(part.reshape(values.shape) for part in (made.digits, made.place, made.last)))


def _by_text(values: np.ndarray, which: np.ndarray, made: Written) -> None:
    nothing = which[values[which] == 0]
    made.digits[nothing], made.place[nothing], made.last[nothing] = digits(0.0), resolution(0.0), _last(0.0)
    for n in which[values[which] != 0]:
        value = float(values[n])
        made.digits[n], made.place[n], made.last[n] = digits(value), resolution(value), _last(value)
