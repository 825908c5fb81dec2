"""Totals of a file turned into what the study measures per head, per unit of output ...: divided by another variable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yindi.core.config import Input
from yindi.core.errors import Problems, did_you_mean
from yindi.core.framework import Variable
from yindi.intake.assemble import DERIVED, Cube


def divide(cube: Cube, specs: Sequence[Input], variables: Mapping[str, Variable], problems: Problems) -> None:
    """Divide the variables that inputs declare `per` another, in place; every quotient is a derived cell."""
    declared = {code: by for spec in specs for code, by in spec.per.items()}
    for code, by in declared.items():
        place = f"study.yaml: per: {{{code}: {by}}}"
        gone = next((v for v in (code, by) if v not in cube.items), None)
        if gone is not None:
            problems.add(place, f"the files hold no variable {gone!r}.", "map its column", did_you_mean(gone, variables))
            continue
        k, i = cube.at(code), cube.at(by)
        have, under = cube.known[:, :, k], cube.known[:, :, i] & (cube.values[:, :, i] != 0)
        lacking = np.argwhere(have & ~under)
        if len(lacking):
            r, t = lacking[0]
            message = f"{by} is absent or 0 in {len(lacking)} cell(s), the first {cube.regions[r]} {cube.years[t]}."
            problems.add(place, message, f"complete {by}")
            continue
        cube.values[:, :, k] = np.where(have, cube.values[:, :, k] / np.where(under, cube.values[:, :, i], 1.0), 0.0)
        cube.state[:, :, k] = np.where(have, DERIVED, cube.state[:, :, k])
