"""What the stage tells about a whole panel, as columns of arrays: the kernels applied year by year and put side by side."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yindi.disparity import converge, decompose
from yindi.disparity.arrays import Floats, varied
from yindi.disparity.density import bandwidth_of, kde, modes, silverman_test
from yindi.disparity.distribution import markov, spatial_markov
from yindi.disparity.geography import ellipse, great_circle, shift
from yindi.disparity.inequality import atkinson, cv, gini, mld, theil
from yindi.disparity.network import gravity, network, threshold_sensitivity
from yindi.disparity.relations import concor
from yindi.disparity.warning import EarlyWarning, early_warning

__all__ = ["early_warning", "markov", "spatial_markov"]


CLASSES, POINTS, MODE_DRAWS = 4, 128, 200
MULTIPLES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
MULTIPLE_NAMES = tuple(f"{m:g}" for m in MULTIPLES)
Columns = dict[str, NDArray[np.float64] | NDArray[np.str_]]


def finite(values: Floats) -> Floats:
    """Values with what is infinite made absent."""
    return np.where(np.isfinite(values), values, np.nan)


def class_names(k: int) -> tuple[str, ...]:
    """Classes from the lowest, "1" to "k"."""
    return tuple(str(n + 1) for n in range(k))


def change_parts(found: decompose.Change) -> Columns:
    """Change, interval and certainty by part; absent without bootstrap."""
    out: Columns = {"change": np.array([getattr(found, part) for part in decompose.PARTS])}
    for column, at in (("low", 0), ("high", 1)):
        out[column] = np.array([np.nan if found.intervals is None else found.intervals[p][at] for p in decompose.PARTS])
    out["certainty"] = np.array([np.nan if found.certainty is None else found.certainty[p] for p in decompose.PARTS])
    return out


def change_cells(found: decompose.Change) -> tuple[tuple[str, ...], Columns]:
    """Every group and pair of groups, both directions together: effect of inequality, of shares, and their sum."""
    k = len(found.groups)
    pairs = [(j, h) for j in range(k) for h in range(j, k)]
    names = tuple(found.groups[j] if j == h else f"{found.groups[j]}|{found.groups[h]}" for j, h in pairs)
    both = [np.array([m[j, h] if j == h else m[j, h] + m[h, j] for j, h in pairs]) for m in (found.inequality, found.shares)]
    return names, {"inequality": both[0], "shares": both[1], "change": both[0] + both[1]}


def warning_columns(found: EarlyWarning, years: tuple[str, ...]) -> Columns:
    """One row a measure: since which year, for how many, how far, how sure, and the greatest step; text "" without a rise."""
    signals, last = found.signals, len(years) - 1
    numbers = ("rise", "relative", "certainty", "chance", "step_share")
    out: Columns = {name: np.array([getattr(s, name) for s in signals]) for name in numbers}
    out["years"] = np.array([float(last - s.since) for s in signals])
    out["since"] = np.array([years[s.since] if s.rise > 0 else "" for s in signals])
    out["step"] = np.array([years[s.step] if s.rise > 0 else "" for s in signals])
    out["level"] = np.array([s.level for s in signals])
    return out


def weighted(y: Floats, people: Floats, groups: tuple[str, ...]) -> Columns:
    """Indices by year under population weights (R,T), Theil and Dagum with their parts; mld absent where a value is zero."""
    span = range(y.shape[1])
    pairs = [(y[:, t], people[:, t]) for t in span]
    parts = [decompose.dagum(v, groups, weights=p) for v, p in pairs]
    nested = [decompose.theil(v, groups, weights=p) for v, p in pairs]
    return {
        "gini": np.array([gini(v, weights=p) for v, p in pairs]),
        "theil": np.array([theil(v, weights=p) for v, p in pairs]),
        "mld": np.array([mld(v, weights=p) if v.min() > 0 else np.nan for v, p in pairs]),
        "atkinson": np.array([atkinson(v, weights=p) for v, p in pairs]),
        "cv": np.array([cv(v, weights=p) for v, p in pairs]),
        **{f"gini_{part}": np.array([getattr(r, part) for r in parts]) for part in decompose.PARTS[1:]},
        **{f"theil_{part}": np.array([getattr(r, part) for r in nested]) for part in ("between", "within")},
    }


def densities(y: Floats, *, seed: int) -> tuple[Floats, Floats, Columns]:
    """Grid (G,), densities (T,G) with one bandwidth for all years, and the modes of each year under its own bandwidth."""
    years = [varied(column, where="density") for column in y.T]
    h = float(np.mean([bandwidth_of(column, "silverman") for column in years]))
    grid = np.linspace(0.0, float(y.max()) + 4 * h, POINTS)
    surface = np.array([kde(column, grid=grid, bandwidth=h, floor=0.0).density for column in years])
    found = [modes(column) for column in years]
    own = [kde(column) for column in years]
    tests = [silverman_test(column, most=1, draws=MODE_DRAWS, seed=seed) for column in years]
    columns: Columns = {
        "modes": np.array([float(len(d.modes)) for d in own]),
        "fewest": np.array([float(m.counts.min()) for m in found]),
        "most": np.array([float(m.counts.max()) for m in found]),
        "p_one": np.array([float(test.p[0]) for test in tests]),
        "bandwidth": np.array([d.bandwidth for d in own]),
    }
    return grid, surface, columns


def convergence(y: Floats, w: Floats, *, seed: int) -> tuple[tuple[str, ...], Columns]:
    """Beta convergence absolute, with region and year effects, and spatial (direct effect of SDM), with 95 % intervals."""
    rows: dict[str, tuple[float, float, float, float | None, float | None]] = {}
    for name, found in (("absolute", converge.beta(y)), ("panel", converge.beta(y, model="panel"))):
        reach = 1.96 * found.se
        rows[name] = (found.coefficient, found.coefficient - reach, found.coefficient + reach, found.speed, found.half_life)
    if (w.sum(axis=1) > 0).all():
        spatial = converge.spatial_beta(y, w, seed=seed)
        rows["spatial"] = (spatial.direct, *spatial.direct_interval, spatial.speed, spatial.half_life)
    names = ("coefficient", "low", "high", "speed", "half_life")
    table = np.array([[np.nan if v is None else v for v in row] for row in rows.values()])
    return tuple(rows), {name: table[:, n] for n, name in enumerate(names)}


def ellipses(places: Floats, y: Floats) -> Columns:
    """Ellipse of the index by year, and how far its centre moved since the year before (absent in the first)."""
    found = [ellipse(places, column) for column in y.T]
    moves = [shift(a, b) for a, b in pairwise(found)]
    return {
        "longitude": np.array([e.centre[0] for e in found]),
        "latitude": np.array([e.centre[1] for e in found]),
        **{name: np.array([getattr(e, name) for e in found]) for name in ("major", "minor", "azimuth", "area")},
        "shift": np.array([np.nan, *(m[0] for m in moves)]),
        "direction": np.array([np.nan, *(m[1] for m in moves)]),
    }


def network_of(places: Floats, y: Floats) -> tuple[Columns, Columns]:
    """Gravity network of one year: its measures by multiple of the row-mean threshold, and every region's place in it."""
    flows = gravity(y, great_circle(places))
    by, base = threshold_sensitivity(flows, multiples=MULTIPLES), network(flows)
    names = ("density", "connectedness", "hierarchy", "efficiency", "kept", "rank_agreement")
    blocks = concor(base.links.astype(np.float64))
    nodes: Columns = {name: getattr(base, name) for name in ("out_degree", "in_degree", "betweenness")}
    nodes["block"] = np.asarray(blocks.block + 1, dtype=np.float64)
    nodes["role"] = np.array([blocks.role[b] for b in blocks.block])
    return {name: getattr(by, name) for name in names}, nodes
