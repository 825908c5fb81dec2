"""Deflation (价格平减) by a declared price index: values in the prices of one year, every cell a derived one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yindi.core.errors import MethodError, Problems
from yindi.core.inputs import Deflator
from yindi.intake.assemble import DERIVED, Cube


def level(index: np.ndarray, known: np.ndarray, base: int, *, chain: bool) -> tuple[np.ndarray, np.ndarray]:
    """Price level (R,T) with 1 in year position `base`, and its mask; a chain index compares with the year before (= 100).

    Raises MethodError for an index that is not above zero.
    """
    if (index[known] <= 0).any():
        raise MethodError("a price index must be above zero.")
    if not chain:
        at = known & known[:, [base]]
        under = np.where(at, index[:, [base]], 1.0)
        return np.where(at, index / under, 1.0), at
    steps = np.where(known, index / 100, 1.0)
    made, have = np.ones(index.shape), np.zeros(index.shape, bool)
    have[:, base] = True
    for t in range(base + 1, index.shape[1]):
        made[:, t], have[:, t] = made[:, t - 1] * steps[:, t], have[:, t - 1] & known[:, t]
    for t in range(base - 1, -1, -1):
        made[:, t], have[:, t] = made[:, t + 1] / steps[:, t + 1], have[:, t + 1] & known[:, t + 1]
    return made, have


def deflate(cube: Cube, declared: Mapping[str, Deflator], problems: Problems) -> None:
    """Deflate the declared variables of a cube in place; what cannot be deflated is a problem."""
    for variable, how in declared.items():
        place = f"study.yaml: deflators.{variable}"
        gone = [v for v in (variable, how.index) if v not in cube.items]
        if gone or str(how.base) not in cube.years:
            what = f"the files hold no variable {gone[0]!r}." if gone else f"the base year {how.base} is not in the study."
            problems.add(place, what, "correct the name, or the year")
            continue
        k, i = cube.at(variable), cube.at(how.index)
        try:
            base = cube.years.index(str(how.base))
            prices, have = level(cube.values[:, :, i], cube.known[:, :, i], base, chain=how.chain)
        except MethodError as fault:
            problems.add(place, str(fault), "look at the index")
            continue
        lacking = np.argwhere(cube.known[:, :, k] & ~have)
        if len(lacking):
            r, t = lacking[0]
            message = f"the index lacks {len(lacking)} cell(s), the first {cube.regions[r]} {cube.years[t]}."
            problems.add(place, message, "complete the index")
            continue
        cube.values[:, :, k] = np.where(cube.known[:, :, k], cube.values[:, :, k] / prices, 0.0)
        cube.state[:, :, k] = np.where(cube.known[:, :, k], DERIVED, 0)
