"""What paths come to: bands by region, the gap between regions, polarisation and mobility, and what a scenario changes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from yindi.simulate.scores import classes, gini_of_ordered, quantiles, ranks, shorrocks, transitions, wolfson_of_ordered

SHARE = 0.4
GAPS = ("gini", "spread", "ratio", "polarisation")
Columns = dict[str, np.ndarray]


def by_region(path: np.ndarray, nation: np.ndarray, place: np.ndarray, tails: tuple[float, float]) -> Columns:
    """Columns (H,R) of standing, index and rank with bands; path (H,R,D) relative log levels, nation (H,D), place (H,R,D)."""
    parts = {"": np.exp(path), "index": np.exp(path + nation[:, None, :]), "rank": place}
    found: Columns = {}
    for name, values in parts.items():
        low, middle, high = quantiles(values, (tails[0], 0.5, tails[1]))
        prefix = f"{name}_" if name else ""
        found |= {name or "standing": middle, f"{prefix}low": low, f"{prefix}high": high}
    return found


def order(path: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks (H,R,D), 1 the highest, equal levels in the order given, and the levels of each year and draw in ascending order
    (H,D,R), of paths (H,R,D)."""
    across = np.swapaxes(path, 1, 2).copy()
    by_size = np.argsort(-across, axis=-1, kind="stable")
    place = np.empty(by_size.shape, np.int16)
    np.put_along_axis(place, by_size, np.arange(1, path.shape[1] + 1, dtype=np.int16)[None, None], axis=-1)
    return np.swapaxes(place, 1, 2).copy(), np.exp(np.take_along_axis(across, by_size[..., ::-1], axis=-1))


def gaps(path: np.ndarray, ordered: np.ndarray, lead: np.ndarray, lag: np.ndarray) -> Columns:
    """(H,D) of the gap between regions: Gini, standard deviation of logs, lead over lag, Wolfson; `ordered` as `order` gives."""
    ratio = np.exp(path[:, lead]).mean(axis=1) / np.exp(path[:, lag]).mean(axis=1)
    parts = (gini_of_ordered(ordered), path.std(axis=1), ratio, wolfson_of_ordered(ordered))
    return dict(zip(GAPS, parts, strict=True))


def ends(last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the leading and of the lagging regions at the start (R,), `SHARE` of all each."""
    count, order = max(1, round(SHARE * len(last))), np.argsort(last, kind="stable")
    return order[-count:], order[:count]


def by_nation(path: np.ndarray, place: np.ndarray, ordered: np.ndarray, last: np.ndarray, tails: tuple[float, float]) -> Columns:
    """Columns (H,) of the nation: each gap with bands, mobility of ranks and classes, probabilities that the gap narrows and that
    regions polarise against the start `last` (R,)."""
    found, start = gaps(path, ordered, *ends(last)), at_start(last)
    columns: Columns = {}
    for name, values in found.items():
        low, middle, high = quantiles(values, (tails[0], 0.5, tails[1]))
        columns |= {name: middle, f"{name}_low": low, f"{name}_high": high}
    first, count = ranks(last), len(last)
    columns["mobility"] = np.abs(place - first[None, :, None]).mean(axis=(1, 2))
    columns["class_mobility"] = shorrocks(classes(first, count), classes(place, count))
    columns["narrowing"] = (found["spread"] < start["spread"]).mean(axis=1)
    columns["polarising"] = (found["polarisation"] > start["polarisation"]).mean(axis=1)
    return columns


def at_start(last: np.ndarray) -> dict[str, float]:
    """The gap between regions at the start (R,)."""
    path = last[None, :, None]
    return {name: float(v[0, 0]) for name, v in gaps(path, order(path)[1], *ends(last)).items()}


def by_class(place: np.ndarray, last: np.ndarray) -> np.ndarray:
    """(k,k) transitions between classes of standing from the start (R,) to ranks `place` (R,D)."""
    return transitions(classes(ranks(last), len(last)), classes(place, len(last)))


def against(
    end: np.ndarray, base: np.ndarray, places: np.ndarray, last: np.ndarray, added: np.ndarray, tails: tuple[float, float]
) -> Columns:
    """Columns (R,) of a scenario against the baseline at the horizon: end, base (R,D) relative log levels, `places` (R,D) gained,
    `added` (D,) what the mean of all regions gains."""
    difference = end - base
    low, high = quantiles(difference, tails)
    return {"change": difference.mean(axis=1), "low": low, "high": high, "places": places.mean(axis=1),
            "rising": (end > last[:, None]).mean(axis=1), "gain": difference.mean(axis=1) + float(added.mean())}  # fmt: skip


def deviation(path: np.ndarray, base: np.ndarray, added: np.ndarray, tails: tuple[float, float]) -> Columns:
    """Columns (H,R) of a scenario against the baseline, year by year: path, base (H,R,D), `added` (H,D) to the mean so far."""
    difference = path - base
    low, high = quantiles(difference, tails)
    mean = difference.mean(axis=2)
    return {"change": mean, "low": low, "high": high, "gain": mean + added.mean(axis=1)[:, None]}


def returns(whole: np.ndarray, without: np.ndarray, spending: np.ndarray) -> tuple[Columns, Columns]:
    """What levers bring: (L,H) for the nation and (L,R,H) for regions, of gains (H,R) with all, (L,H,R) without each lever, and
    spending (L,R). `per_unit`: of the nation, gain of the mean log index per unit spent on average over regions; of a region, its
    gain per unit spent there (what neighbours' spending brings it counted in), NaN where nothing is spent."""
    gain = np.moveaxis(whole - without, 1, 2)
    nation, spent = gain.mean(axis=1), np.broadcast_to(spending[:, :, None], gain.shape)
    mean = np.broadcast_to(spending.mean(axis=1)[:, None], nation.shape)
    return ({"gain": nation, "spending": mean * spending.shape[1], "per_unit": _per(nation, mean)},
            {"gain": gain, "spending": spent, "per_unit": _per(gain, spent)})  # fmt: skip


def _per(gain: np.ndarray, spent: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(gain, spent, out=np.full(gain.shape, np.nan), where=spent > 1e-12))


def stacked(rows: Mapping[str, Columns]) -> Columns:
    """One array per column, scenarios first."""
    return {name: np.array([columns[name] for columns in rows.values()]) for name in next(iter(rows.values()))}
