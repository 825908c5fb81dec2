"""What it adds up to when every region follows the advice on candidate industries, by the sections that carry them."""

from __future__ import annotations

import numpy as np

from yindi.opportunities.crowding import collective_check
from yindi.opportunities.sections import Sections


def following(
    told: np.ndarray, bases: tuple[str, ...], parts: Sections | None, *, commitment: float, cap_share: float
) -> dict[str, np.ndarray]:
    """Columns (C,) of told (R,C): regions, their share, and of industries whose base section is known what they would add.

    expansion is the addition over one year's growth of the section (NaN where it does not grow), national_expansion over its
    output; crowded where the share of regions exceeds `cap_share`.
    """
    count = told.sum(axis=0)
    columns = {"regions": count, "share": count / len(told)}
    columns |= {k: np.full(len(count), np.nan) for k in ("base_share", "addition", "expansion", "national_expansion")}
    if parts is not None:
        listed = [c for c, b in enumerate(bases) if b in parts.labels]
        base = [parts.labels.index(bases[c]) for c in listed]
        check = collective_check(told[:, listed], parts.values[:, -1][:, base], commitment=commitment) if listed else None
        if check is not None:
            growth = parts.growth()[base]
            columns["base_share"][listed], columns["addition"][listed] = check.base_share, check.addition
            columns["expansion"][listed] = np.where(growth > 0, check.addition / np.where(growth > 0, growth, 1.0), np.nan)
            columns["national_expansion"][listed] = check.expansion
    columns["crowded"] = columns["share"] > cap_share
    return columns
