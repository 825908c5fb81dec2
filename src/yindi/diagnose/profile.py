"""One variable over all regions against their peers; regions without a value are left out here, so kernels never meet them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from yindi.diagnose import endowment as endow
from yindi.diagnose.peers import Peers


def last_year(values: np.ndarray, coverage: float) -> int | None:
    """Position of the last year (R,T) in which the share `coverage` of regions has a value, or else any; None without data."""
    share = (~np.isnan(values)).mean(axis=0)
    for least in (coverage, np.nextafter(0, 1)):
        years = np.flatnonzero(share >= least)
        if len(years):
            return int(years[-1])
    return None


def against(values: np.ndarray, direction: int, peers: Peers) -> tuple[np.ndarray, np.ndarray]:
    """Peers' median (R,), absent where no peer has a value, and the gap (R,), absent also without an own value or at median 0."""
    have = ~np.isnan(values)
    at = np.cumsum(have) - 1
    sets = [[int(at[m]) for m in members if have[m]] for members in peers.members]
    some = np.array([len(s) > 0 for s in sets], dtype=bool)
    middle, relative = np.full(len(values), np.nan), np.full(len(values), np.nan)
    middle[some] = endow.medians(values[have], [s for s in sets if s])
    fair = have & some & (np.nan_to_num(middle) != 0)
    relative[fair] = endow.gap(values[fair], middle[fair], direction=direction)
    return middle, relative


def share_below(values: np.ndarray) -> np.ndarray:
    """Percentile (R,) among the regions with a value; absent where a region, or all others, have none."""
    have = ~np.isnan(values)
    out = np.full(len(values), np.nan)
    if have.sum() >= 2:
        out[have] = endow.percentile(values[have])
    return out


def standing(relative: np.ndarray, least: Mapping[str, float]) -> np.ndarray:
    """Word (R,) for each gap by its percentile among all gaps; `least`: word -> lower end of its range; "" where absent."""
    share = share_below(relative)
    rows = sorted(least.items(), key=lambda item: -item[1])
    return np.select([share >= start for _, start in rows], [word for word, _ in rows], default="")


def stable(relative: np.ndarray, others: Sequence[np.ndarray]) -> np.ndarray:
    """Share (R,) of alternative peer sets in which the gap has the same sign; absent where there is nothing to compare."""
    if not others:
        return np.full(len(relative), np.nan)
    stack = np.stack(others)
    usable = ~np.isnan(stack) & ~np.isnan(relative)
    same = usable & (np.sign(np.round(stack, 12)) == np.sign(np.round(relative, 12)))
    count = usable.sum(axis=0)
    return np.asarray(np.divide(same.sum(axis=0), count, out=np.full(len(relative), np.nan), where=count > 0))
