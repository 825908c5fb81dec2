"""Axis names, and the one rule of labels (law 2): equal labels, or an error that names the difference."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from yindi.core.errors import AxisError

REGION, YEAR, INDICATOR, INDUSTRY, LEVER = "region", "year", "indicator", "industry", "lever"


def require_same(axis: str, left: Sequence[str], right: Sequence[str], *, where: str) -> None:
    """Raise AxisError unless both label sequences are identical, order included."""
    if tuple(left) == tuple(right):
        return
    only_left = [x for x in left if x not in set(right)][:3]
    only_right = [x for x in right if x not in set(left)][:3]
    kind = f"only left {only_left}, only right {only_right}" if only_left or only_right else "the order differs"
    raise AxisError(
        f"{where}: axis {axis!r}: {kind} ({len(left)} against {len(right)} labels). Match them first with select({axis}=...)."
    )


def positions(axis: str, wanted: Sequence[str], have: Sequence[str], *, where: str) -> np.ndarray:
    """Position in `have` of each wanted label (len(wanted),); raises AxisError naming the ones that are not there."""
    index = {label: n for n, label in enumerate(have)}
    missing = [w for w in wanted if w not in index]
    if missing:
        raise AxisError(f"{where}: axis {axis!r} has no {missing[:5]} ({len(missing)} of {len(wanted)} asked for).")
    return np.array([index[w] for w in wanted], dtype=np.intp)
