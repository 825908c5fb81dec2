"""Targets from evidence: the region's own growth, the frontier of its peers, and how far such targets missed in the past.

Values are taken on a scale on which growth adds up: the logarithm, or the logit for shares and percentages, so that
a target of a share stays below the whole. `direction` is 1 where more is better and -1 where less is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from yindi.core.errors import MethodError

METHODS = ("trend", "peers", "hold", "chosen")
TREND, PEERS, HOLD = range(3)
_WHOLE = {"share": 1.0, "percent": 100.0}
_EDGE = 1e-9


def to_scale(values: np.ndarray, bound: str) -> np.ndarray:
    """Values on the additive scale: logit of a share or percentage, else the logarithm; raises MethodError below zero."""
    values = np.asarray(values, dtype=float)
    if bound in _WHOLE:
        share = np.clip(values / _WHOLE[bound], _EDGE, 1 - _EDGE)
        return np.asarray(np.log(share / (1 - share)))
    if (values <= 0).any():
        raise MethodError("Growth needs positive values; leave the others out first.")
    return np.asarray(np.log(values))


def from_scale(values: np.ndarray, bound: str) -> np.ndarray:
    """The inverse of `to_scale`."""
    if bound in _WHOLE:
        return np.asarray(_WHOLE[bound] / (1 + np.exp(-np.asarray(values))))
    return np.asarray(np.exp(values))


@dataclass(frozen=True, slots=True)
class Course:
    """One variable: scaled values (R,T), where one was observed (R,T), and its years of the last comparable span (T,)."""

    values: np.ndarray
    seen: np.ndarray
    span: np.ndarray
    direction: int

    def __post_init__(self) -> None:
        if not np.isfinite(self.values[self.seen]).all():
            raise MethodError("A course has values that are not finite where it says they were observed.")


@dataclass(frozen=True, slots=True)
class Rules:
    """share of the gap closed by the end; quantile of the peers (from worst to best); least yearly changes; least peers;
    reach: least share of regions that reached such targets in the past; pace: most change a year (on the scale of logarithms);
    tail: of past misses, for low and high; damping: what each year keeps of the year before's growth."""

    share: float = 0.5
    quantile: float = 0.75
    changes: int = 4
    peers: int = 3
    reach: float = 0.2
    pace: float = 0.18
    tail: float = 0.1
    damping: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidates:
    """Per region (R,), scaled, NaN where there is none: base, trend, peers, ceiling, chosen; rate a year; method, model peer."""

    base: np.ndarray
    rate: np.ndarray
    trend: np.ndarray
    peers: np.ndarray
    ceiling: np.ndarray
    chosen: np.ndarray
    method: np.ndarray
    model: np.ndarray
    capped: np.ndarray

    def of(self, method: str) -> np.ndarray:
        """The targets of one method."""
        return {"trend": self.trend, "peers": self.peers, "hold": self.base, "chosen": self.chosen}[method]


def yearly_changes(course: Course, until: int) -> np.ndarray:
    """Changes (R,T-1) between consecutive observed years of the comparable span up to position `until`; NaN elsewhere."""
    use = course.seen & course.span
    use[:, until + 1 :] = False
    both = use[:, 1:] & use[:, :-1]
    return np.where(both, np.diff(np.where(use, course.values, 0.0), axis=1), np.nan)


def growth(changes: np.ndarray, least: int) -> np.ndarray:
    """Median yearly change (R,): robust to single years; NaN where fewer than `least` changes are known."""
    enough = np.isfinite(changes).sum(axis=1) >= least
    out = np.full(len(changes), np.nan)
    if enough.any():
        out[enough] = np.nanmedian(changes[enough], axis=1)
    return out


def damped(years: np.ndarray, damping: float) -> np.ndarray:
    """Years' worth of growth (R,) in so many years when each keeps `damping` of the growth of the one before (Gardner 1985)."""
    if not 0 < damping <= 1:
        raise MethodError(f"damping must lie above 0 and at most at 1, got {damping}.")
    years = np.asarray(years, dtype=float)
    return years if damping == 1 else np.asarray(damping * (1 - damping**years) / (1 - damping))


def last_seen(course: Course, until: int, oldest: int) -> np.ndarray:
    """Position (R,) of the last observed year of the comparable span in `oldest`..`until`; -1 where there is none."""
    use = course.seen & course.span
    window = use[:, oldest : until + 1]
    back = np.argmax(window[:, ::-1], axis=1)
    return np.where(window.any(axis=1), until - back, -1)


def fastest(course: Course, until: int, length: int) -> np.ndarray:
    """The best yearly growth (R,) ever kept up over `length` years of the comparable span, towards the better; NaN if unknown."""
    use = (course.seen & course.span)[:, : until + 1]
    values = np.where(use, course.values[:, : until + 1], np.nan)
    if length < 1 or values.shape[1] <= length:
        return np.full(len(values), np.nan)
    pace = course.direction * (values[:, length:] - values[:, :-length]) / length
    known = np.isfinite(pace).any(axis=1)
    out = np.full(len(values), np.nan)
    out[known] = course.direction * np.nanmax(pace[known], axis=1)
    return out


def _frontier(base: np.ndarray, peers: np.ndarray, direction: int, rules: Rules) -> tuple[float, int]:
    """(value, peer) at the wanted quantile of the peers, a value that one of them has; (NaN, -1) where too few are known."""
    known = peers[(peers >= 0) & np.isfinite(base[np.maximum(peers, 0)])]
    if len(known) < rules.peers:
        return np.nan, -1
    ranked = known[np.argsort(direction * base[known], kind="stable")]
    model = int(ranked[int(np.ceil(rules.quantile * (len(ranked) - 1)))])
    return float(base[model]), model


def candidates(
    course: Course,
    peers: np.ndarray,
    at: np.ndarray,
    until: int,
    horizon: np.ndarray,
    rules: Rules,
    *,
    use: tuple[bool, bool] = (True, True),
    total: bool = False,
) -> Candidates:
    """All candidate targets `horizon` (R,) years after the base years at positions `at` (R,), known at position `until`.

    `use`: whether trend and peers may be chosen (where that leaves the base unbettered, the other stands in). Peers set no
    target of a `total`: regions of unlike size have unlike totals.

    peers: (R,k) positions, -1 where there is none. trend = base + rate x years; peers = their upper quartile, moved on with
    the median rate of the peers, less what is not closed of the gap; growth is damped from
    year to year. The more ambitious of both is chosen, but not more
    than the fastest growth that the region or a peer ever kept up, nor than `pace`; where neither betters the base, it is held.
    """
    d, steps = course.direction, damped(horizon, rules.damping)
    base = np.where(at >= 0, course.values[np.arange(len(at)), np.maximum(at, 0)], np.nan)
    rate = growth(yearly_changes(course, until), rules.changes)
    trend = base + rate * steps
    front, pull, model, top = (np.full(len(base), np.nan) for _ in range(4))
    paces = {int(h): fastest(course, until, min(int(h), max(_length(course, until), 1))) for h in np.unique(horizon[at >= 0])}
    for r in np.flatnonzero(at >= 0):
        front[r], model[r] = _frontier(base, peers[r], d, rules)
        own = peers[r][peers[r] >= 0]
        pull[r] = _median(rate[own])
        fast = _largest(d * paces[int(horizon[r])][[r, *own]])
        top[r] = base[r] + steps[r] * d * (min(fast, rules.pace) if np.isfinite(fast) else rules.pace)
    gap = front - base
    close = base + pull * steps + rules.share * gap
    ahead = np.where(np.isfinite(gap), d * gap, -1.0) > 0
    lead = np.where(ahead & (not total), close, np.nan)
    return _choose(base, rate, trend, lead, top, model, d, use)


def _length(course: Course, until: int) -> int:
    return int(course.span[: until + 1].sum()) - 1


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else np.nan


def _largest(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if len(known) else np.nan


def _choose(
    base: np.ndarray,
    rate: np.ndarray,
    trend: np.ndarray,
    lead: np.ndarray,
    top: np.ndarray,
    model: np.ndarray,
    d: int,
    use: tuple[bool, bool],
) -> Candidates:
    """The more ambitious of trend and peers, under the ceiling, never behind the base; NaN where no growth is known."""
    score = np.stack([np.where(np.isfinite(x), d * x, -np.inf) for x in (trend, lead)])
    wanted = np.where(np.array(use)[:, None], score, -np.inf)
    score = np.where(wanted.max(axis=0) > d * base, wanted, score)
    method = np.argmax(score, axis=0)
    best = score.max(axis=0)
    limit = np.where(np.isfinite(top), d * top, np.inf)
    capped = best > limit
    best = np.minimum(best, limit)
    held = np.isfinite(base) & np.isfinite(rate) & ~(best > d * base)
    method = np.where(held, HOLD, method)
    chosen = np.where(held, base, d * best)
    chosen[~(np.isfinite(base) & np.isfinite(rate))] = np.nan
    return Candidates(base, rate, trend, lead, top, chosen, method, model, capped & ~held)


@dataclass(frozen=True, slots=True)
class Skill:
    """How targets set earlier fared: regions, miss (median of result over target), size, reached; low, high (scaled, a year)."""

    regions: int
    miss: float
    size: float
    reached: float
    low: float
    high: float


def skill(target: np.ndarray, actual: np.ndarray, *, years: int, direction: int, bound: str, tail: float) -> Skill | None:
    """Targets (R,) against results (R,), both scaled, NaN where unknown; None where fewer than five regions can be compared.

    miss > 0: results were better than the targets. low, high: the quantiles tail and 1 - tail of result minus target a year.
    """
    both = np.isfinite(target) & np.isfinite(actual)
    if both.sum() < 5:
        return None
    off = actual[both] - target[both]
    relative = direction * (from_scale(actual[both], bound) / from_scale(target[both], bound) - 1)
    low, high = np.quantile(off / years, [tail, 1 - tail])
    reached = float((direction * off >= -1e-12).mean())
    return Skill(
        int(both.sum()), float(np.median(relative)), float(np.median(np.abs(relative))), reached, float(low), float(high)
    )


def hindcast(
    course: Course, peers: np.ndarray, rules: Rules, *, years: int, bound: str, total: bool = False
) -> dict[str, Skill | None]:
    """Every method's targets set `years` before the last year with what was known then, against what came (per METHODS).

    The choice between trend and peers is made with the reach of these same targets, so `chosen` is judged kindly.
    """
    last = course.values.shape[1] - 1
    origin = last - years
    if origin < 1 or not course.span[origin : last + 1].all():
        return dict.fromkeys(METHODS)
    at = last_seen(course, origin, origin)
    found = candidates(course, peers, at, origin, np.full(len(at), years), rules, total=total)
    actual = np.where(course.seen[:, last], course.values[:, last], np.nan)

    def judged(name: str, made: Candidates) -> Skill | None:
        target = np.where(np.isfinite(made.chosen), made.of(name), np.nan)
        return skill(target, actual, years=years, direction=course.direction, bound=bound, tail=rules.tail)

    out = {m: judged(m, found) for m in METHODS[:3]}
    made = candidates(course, peers, at, origin, np.full(len(at), years), rules, use=usable(out, rules), total=total)
    return {**out, "chosen": judged("chosen", made)}


def usable(skills: Mapping[str, Skill | None], rules: Rules) -> tuple[bool, bool]:
    """Whether trend and peers may set targets: those that enough regions reached in the past; the trend where neither was.

    A method that could not be tested may be used.
    """
    trend, peers = (not rarely_reached(skills.get(m), rules) for m in ("trend", "peers"))
    return (trend or not peers, peers)


def rarely_reached(skill_of: Skill | None, rules: Rules) -> bool:
    """True where past targets of a method were reached by too few regions."""
    return skill_of is not None and skill_of.reached < rules.reach


def path(base: np.ndarray, final: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Scaled values on the straight way from base to final after `share` of the time."""
    return np.asarray(base + (final - base) * share)


def period(last: int, given: tuple[int, int] | None) -> tuple[int, int]:
    """Middle and final year: as given, else the next multiple of five at least five years on, and halfway rounded up."""
    if given is not None:
        if not last < given[0] < given[1]:
            raise MethodError(f"plan.period {list(given)}: wants a middle and a later final year, both after {last}.")
        return given
    final = -(-(last + 5) // 5) * 5
    return last + -(-(final - last) // 2), final
