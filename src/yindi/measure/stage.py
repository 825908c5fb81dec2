"""measure(study): normalise, weigh, aggregate, rank, and say how sure each rank is (综合评价)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDICATOR, REGION, YEAR
from yindi.core.errors import Problems
from yindi.core.panel import ABSENT, IMPUTED, Panel
from yindi.core.registry import get
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.core.table import Axes
from yindi.measure import aggregate, hierarchy, normalise, robust, sensitivity, treat, weights, yardsticks
from yindi.measure import influence as effect
from yindi.measure.ranks import DIGITS, ranks

PERTURBATION = 0.25
SOBOL_DRAWS = 1024
REPLICATES = 8
LEAST_COVERED = 3
FLOOR = 0.01
_LOADED = (aggregate, normalise, robust, weights)


@dataclass(frozen=True, slots=True)
class Input:
    """What is measured: the panel, directions, dimensions, comparable years, values (R,T,J), and how outliers were treated."""

    panel: Panel
    direction: tuple[int, ...]
    dimension: tuple[str, ...]
    segments: tuple[tuple[np.ndarray, ...], ...]
    values: np.ndarray
    outliers: dict[str, list[str]]

    @property
    def axes(self) -> Axes:
        """Region and year."""
        return ((REGION, self.panel.regions), (YEAR, self.panel.years))

    @property
    def marks(self) -> np.ndarray:
        """True (R,T,J) where a cell was corrected or imputed."""
        return self.panel.marks()

    @property
    def any_mark(self) -> np.ndarray:
        """True (R,T) where any indicator's cell was corrected or imputed."""
        return np.asarray(self.marks.any(axis=2))


def measure(study: Study) -> Study:
    """The study with `scores`: normalised values, weights, index, dimensions, ranks with intervals, trend, and what moves ranks.

    Raises ProblemsError naming every absent indicator, absent cell and indicator that does not vary where it is compared.
    """
    given = _input(study)
    bench = Bench(study, "scores")
    z = _normalise(bench, given)
    w = _weights(bench, given, z)
    index = _index(bench, given, z, w)
    _dimensions(bench, given, z, w, index)
    rank = np.moveaxis(ranks(np.moveaxis(index, 0, -1), digits=DIGITS), -1, 0)
    bench.make("rank", given.axes, rank, method="ranks", inputs=["scores.index"], units="rank", marks=given.any_mark,
               params={"ties": "share the smaller number"})  # fmt: skip
    _intervals(bench, given, rank)
    _trend(bench, given, index, rank)
    _national(bench, given, index)
    _influence(bench, given, z, w)
    _frameworks(bench, given, index)
    return bench.done()


def _input(study: Study) -> Input:
    """The framework's part of the panel, or every problem it has."""
    problems = Problems("measure")
    wanted = study.framework.indicators
    for missing in (i.code for i in wanted if i.code not in study.panel.items):
        problems.add(f"framework {study.framework.code}", f"its indicator {missing} is in no input file.",
                     "map a column to it (inputs: columns), drop it (treatments: absent), or take another framework")  # fmt: skip
    problems.raise_if_any()
    panel = study.panel.take(items=[i.code for i in wanted])
    _refuse_absent(panel, problems)
    years = {y: n for n, y in enumerate(panel.years)}
    segments = tuple(tuple(np.array([years[y] for y in part]) for part in panel.segments_of(i.code)) for i in wanted)
    _refuse_gaps(panel, segments, problems)
    problems.raise_if_any()
    for j, at in yardsticks.constant_segments(panel.values, segments):
        span = f"{panel.years[at[0]]}-{panel.years[at[-1]]}"
        problems.add(f"{panel.items[j]} in {span}", "is the same in all regions and years that are compared; nothing can be read "
                     "from it.", "drop it (treatments: constant, choice drop)")  # fmt: skip
    problems.raise_if_any()
    values, outliers = panel.dense(), {}
    if study.config.measure.outliers == "treat":
        values, how = yardsticks.treated(values, segments)
        outliers = {i: h for i, h in zip(panel.items, how, strict=True) if set(h) != {treat.KEPT}}
    return Input(panel, tuple(i.direction for i in wanted), tuple(i.dimension for i in wanted), segments, values, outliers)


def _refuse_absent(panel: Panel, problems: Problems) -> None:
    for j, item in enumerate(panel.items):
        cells = np.argwhere(panel.status[..., j] == ABSENT)
        if len(cells):
            first = ", ".join(f"{panel.regions[r]} in {panel.years[t]}" for r, t in cells[:3])
            problems.add(item, f"{len(cells)} absent cell(s), the first: {first}.",
                         "answer it under treatments (absent: impute, drop)")  # fmt: skip


def _refuse_gaps(panel: Panel, segments: Sequence[Sequence[np.ndarray]], problems: Problems) -> None:
    for item, parts in zip(panel.items, segments, strict=True):
        if sorted(np.concatenate(parts).tolist()) != list(range(len(panel.years))):
            problems.add(item, f"its comparable years {panel.segments_of(item)} are not each year once.")


def _normalise(bench: Bench, given: Input) -> np.ndarray:
    config = bench.study.config.measure
    found = get("normaliser", config.normaliser)
    options: dict[str, object] = {"scaled": True} if config.normaliser == "rank" else {}
    options |= {"scope": config.scope} if "scope" in found.params else {}
    z = yardsticks.by_segment(given.values, given.direction, given.segments, found.bind(**options))
    split = {i: [f"{given.panel.years[s[0]]}-{given.panel.years[s[-1]]}" for s in parts]
             for i, parts in zip(given.panel.items, given.segments, strict=True) if len(parts) > 1}  # fmt: skip
    axes = (*given.axes, (INDICATOR, given.panel.items))
    bench.make("normalised", axes, z, method=f"normaliser.{config.normaliser}", inputs=["panel"], cites=found.cites,
               marks=given.marks, params={"direction": list(given.direction), "compared within": split,
               "outliers": given.outliers or config.outliers, **options})  # fmt: skip
    return z


def _weights(bench: Bench, given: Input, z: np.ndarray) -> np.ndarray:
    config = bench.study.config.measure
    methods = [get("weights", scheme) for scheme in config.weights]
    zeros = {"zeros": config.zeros, "epsilon": config.epsilon}
    each = [_scheme(given, z, m.bind(**zeros) if m.name == "entropy" else m.fn, config.levels) for m in methods]
    combined = weights.combine(each, rule=config.combination)
    axes = (("scheme", (*config.weights, "combined")), (INDICATOR, given.panel.items))
    params = {"schemes": list(config.weights), "rows": z.shape[0] * z.shape[1], "levels": config.levels, **zeros}
    bench.make("weights", axes, np.stack([*each, combined]), method=f"combination.{config.combination}", units="share",
               inputs=["scores.normalised"], params=params,
               cites=tuple(dict.fromkeys(c for m in methods for c in m.cites)))  # fmt: skip
    return combined


def _scheme(given: Input, z: np.ndarray, fn: Callable[..., Any], levels: str) -> np.ndarray:
    if levels == "flat":
        return np.asarray(fn(z))
    labels = tuple(dict.fromkeys(given.dimension))
    return hierarchy.nested_weights(z.reshape(-1, z.shape[-1]), [labels.index(d) for d in given.dimension], fn)


def _index(bench: Bench, given: Input, z: np.ndarray, w: np.ndarray) -> np.ndarray:
    name = bench.study.config.measure.aggregate
    found = get("aggregate", name)
    lifted = name in ("geometric", "harmonic")
    index: np.ndarray = found.fn(aggregate.lift(z, floor=FLOOR) if lifted else z, w)
    bench.make("index", given.axes, index, method=f"aggregate.{name}", inputs=["scores.normalised", "scores.weights"],
               units="index", cites=found.cites, marks=given.any_mark, params={"floor": FLOOR} if lifted else {})  # fmt: skip
    return index


def _dimensions(bench: Bench, given: Input, z: np.ndarray, w: np.ndarray, index: np.ndarray) -> None:
    """Contributions: weight times value, summed by dimension; another aggregate is divided in the same proportions."""
    labels = tuple(dict.fromkeys(given.dimension))
    member = np.array([[d == label for d in given.dimension] for label in labels], dtype=float)
    parts = (z * w) @ member.T
    whole = parts.sum(axis=2, keepdims=True)
    if bench.study.config.measure.aggregate != "arithmetic":
        parts = np.where(whole > 0, parts / np.where(whole > 0, whole, 1.0), member @ w) * index[..., None]
    marks = (given.marks[..., None, :] & member.astype(bool)).any(axis=-1)
    bench.make("dimensions", (*given.axes, ("dimension", labels)), parts, method="aggregate.contributions", units="index",
               inputs=["scores.normalised", "scores.weights", "scores.index"], marks=marks)  # fmt: skip


def _intervals(bench: Bench, given: Input, rank: np.ndarray) -> None:
    config, seed = bench.study.config.measure, bench.study.config.seed
    table = bench.made["weights"]
    names = tuple(dict.fromkeys((*config.weights, "equal")))
    published = dict(zip(table.labels("scheme"), table.array(), strict=True))
    equal = np.full(len(given.direction), 1 / len(given.direction))
    schemes = [published.get(n, equal) for n in names]
    data = _replicates(bench, given)
    drawn = robust.draw(
        schemes, draws=config.draws, matrices=len(yardsticks.ALTERNATIVES), aggregations=len(robust.AGGREGATIONS),
        perturbation=PERTURBATION, leave_out=True, rng=stream(seed, "measure.rank_intervals"), replicates=len(data),
    )  # fmt: skip
    yardstick = [a for x in data for a in yardsticks.alternatives(x, given.direction, given.segments, floor=FLOOR)]
    index = robust.scores(yardstick, drawn)
    places = np.moveaxis(ranks(np.moveaxis(index, 1, -1)), -1, 1)
    found = robust.summarise(places, interval=config.interval, top=1)
    outside = int(((rank < found.low) | (rank > found.high)).sum())
    params = {"draws": config.draws, "seed": seed, "interval": config.interval, "floor": FLOOR, "perturbation": PERTURBATION,
              "noise": config.noise, "imputed_noise": config.imputed_noise, "replicates": len(data),
              "published ranks outside, to which the interval was widened": outside}  # fmt: skip
    common: dict[str, Any] = {"method": "robustness.rank_intervals", "cites": (robust.SAISANA,), "params": params,
                              "inputs": ["panel", "scores.weights", "scores.rank", "config"]}  # fmt: skip
    marks = given.any_mark
    bench.make("rank_low", given.axes, np.minimum(found.low, rank), units="rank", marks=marks, **common)
    bench.make("rank_high", given.axes, np.maximum(found.high, rank), units="rank", marks=marks, **common)
    _choices(bench, given, names, places, drawn, common)
    _standing(bench, given, places[..., -1], common)
    _drivers(bench, given, [a[:, -1] for a in yardstick[: len(yardsticks.ALTERNATIVES)]], schemes)


def _replicates(bench: Bench, given: Input) -> list[np.ndarray]:
    """The values, and where figures are uncertain REPLICATES noisy copies instead; a region's noise follows its label."""
    config, seed = bench.study.config.measure, bench.study.config.seed
    spread = np.where(given.panel.status == IMPUTED, np.hypot(config.noise, config.imputed_noise), config.noise)
    if not spread.any():
        return [given.values]
    shape = (REPLICATES, *given.values.shape[1:])
    noise = [stream(seed, f"measure.noise {region}").standard_normal(shape) for region in given.panel.regions]
    return list(given.values * np.exp(spread * np.stack(noise, axis=1)))


def _choices(
    bench: Bench, given: Input, schemes: Sequence[str], places: np.ndarray, drawn: robust.Draws, common: dict[str, Any]
) -> None:
    options = {
        "weights": "; ".join(schemes),
        "perturbation": f"each weight times {1 - PERTURBATION:g} to {1 + PERTURBATION:g}",
        "normaliser": "; ".join(yardsticks.ALTERNATIVES),
        "aggregate": "; ".join(robust.AGGREGATIONS),
        "indicator": "all; " + "; ".join(f"without {i}" for i in given.panel.items),
        "data": "noisy copies of uncertain figures",
        "interactions": "what no choice explains alone",
    }
    shares = robust.explained(places, drawn.designs)
    columns = {"options": np.array([options[c] for c in shares]), "share": np.array(list(shares.values()))}
    bench.make("choices", (("choice", tuple(shares)),), columns, units={"share": "share"}, **common)


def _trend(bench: Bench, given: Input, index: np.ndarray, rank: np.ndarray) -> None:
    first, last = index[:, 0], index[:, -1]
    span = int(given.panel.years[-1]) - int(given.panel.years[0])
    growth = np.full(first.shape, np.nan)
    rising = (first > 0) & (last > 0) & (span > 0)
    growth[rising] = (last[rising] / first[rising]) ** (1 / max(span, 1)) - 1
    columns = {"first": first, "last": last, "change": last - first, "growth": growth, "rank_first": rank[:, 0],
               "rank_last": rank[:, -1], "rank_change": rank[:, 0] - rank[:, -1]}  # fmt: skip
    units = {"first": "index", "last": "index", "change": "index_change", "growth": "growth", "rank_first": "rank",
             "rank_last": "rank", "rank_change": "places"}  # fmt: skip
    bench.make("trend", ((REGION, given.panel.regions),), columns, method="trend", inputs=["scores.index", "scores.rank"],
               units=units, params={"first": given.panel.years[0], "last": given.panel.years[-1]},
               marks=given.any_mark[:, [0, -1]].any(axis=1))  # fmt: skip


def _national(bench: Bench, given: Input, index: np.ndarray) -> None:
    columns = {
        "mean": index.mean(axis=0),
        "median": np.median(index, axis=0),
        "lowest": index.min(axis=0),
        "highest": index.max(axis=0),
    }
    bench.make("national", ((YEAR, given.panel.years),), columns, method="national", inputs=["scores.index"], units="index",
               params={"regions": "unweighted"}, marks=given.any_mark.any(axis=0))  # fmt: skip


def _influence(bench: Bench, given: Input, z: np.ndarray, w: np.ndarray) -> None:
    found = effect.influence(z, w)
    columns = {"nominal": found.nominal, "variance_share": found.variance_share, "correlation": found.correlation}
    bench.make("influence", ((INDICATOR, given.panel.items),), columns, method="influence", cites=(effect.PARUOLO,),
               inputs=["scores.normalised", "scores.weights"],
               units={"nominal": "share", "variance_share": "share", "correlation": "coefficient"})  # fmt: skip


def _standing(bench: Bench, given: Input, places: np.ndarray, common: dict[str, Any]) -> None:
    """Probability of the best and of the worst quarter over the draws `places` (D,R) of the last year, and the median rank."""
    regions = places.shape[1]
    quarter = max(1, round(regions / 4))
    columns = {"upper": (places <= quarter).mean(axis=0), "lower": (places > regions - quarter).mean(axis=0),
               "median": np.median(places, axis=0)}  # fmt: skip
    units = {"upper": "share", "lower": "share", "median": "rank"}
    params = {**common["params"], "quarter": quarter, "year": given.panel.years[-1]}
    bench.make("standing", ((REGION, given.panel.regions),), columns, units=units, marks=given.any_mark[:, -1],
               **{**common, "params": params})  # fmt: skip


def _drivers(bench: Bench, given: Input, matrices: Sequence[np.ndarray], schemes: Sequence[np.ndarray]) -> None:
    model, factors = sensitivity.rank_model(matrices, schemes, aggregations=len(robust.AGGREGATIONS), perturbation=PERTURBATION)
    found = sensitivity.sobol(model, factors=factors, draws=SOBOL_DRAWS, seed=bench.study.config.seed)
    columns = {"first": np.column_stack(list(found.first.values())), "total": np.column_stack(list(found.total.values()))}
    bench.make("drivers", ((REGION, given.panel.regions), ("choice", tuple(factors))), columns, method="robustness.sobol",
               inputs=["panel", "scores.weights", "config"], units="share", cites=(sensitivity.SALTELLI,),
               params={"draws": SOBOL_DRAWS, "seed": bench.study.config.seed, "year": given.panel.years[-1]},
               marks=given.any_mark[:, [-1]])  # fmt: skip


def _frameworks(bench: Bench, given: Input, index: np.ndarray) -> None:
    """The same data under each packaged framework, as far as the panel covers it: how far the ranks of the last year agree."""
    names = resources.names("frameworks", ".yaml")
    rows = []
    for name in names:
        wanted = resources.tree(f"frameworks/{name}.yaml")["indicators"]
        covered = _covered(bench.study, [(i["code"], int(i["direction"])) for i in wanted])
        rows.append([len(wanted), len(covered), *_agreement(bench, index[:, -1], covered)])
    heads = ("indicators", "covered", "spearman", "kendall", "mean_shift", "largest_shift")
    units = dict(zip(heads, ("count", "count", "coefficient", "coefficient", "places", "places"), strict=True))
    bench.make("frameworks", (("framework", names),), dict(zip(heads, np.array(rows, dtype=float).T, strict=True)), units=units,
               method="agreement", inputs=["panel", "scores.index"],
               params={"year": given.panel.years[-1], "least covered": LEAST_COVERED})  # fmt: skip


Part = tuple[str, int, tuple[np.ndarray, ...]]


def _covered(study: Study, wanted: Sequence[tuple[str, int]]) -> list[Part]:
    """The indicators that the panel holds without gaps and that vary: code, direction, segments."""
    years = {y: n for n, y in enumerate(study.panel.years)}
    kept: list[Part] = []
    for code, direction in wanted:
        if code in study.panel.items:
            one = study.panel.take(items=[code])
            parts = tuple(np.array([years[y] for y in part]) for part in study.panel.segments_of(code))
            if not (one.status == ABSENT).any() and not yardsticks.constant_segments(one.values, [parts]):
                kept.append((code, direction, parts))
    return kept


def _agreement(bench: Bench, published: np.ndarray, covered: Sequence[Part]) -> list[float]:
    """Spearman, Kendall, mean and largest shift; absent where too few indicators are covered or an index does not vary."""
    if len(covered) < LEAST_COVERED:
        return [np.nan] * 4
    codes, directions, segments = zip(*covered, strict=True)
    panel = bench.study.panel.take(items=codes)
    other = _plain_index(bench, Input(panel, directions, codes, segments, panel.dense(), {}))[:, -1]
    if not (np.ptp(published) > 0 and np.ptp(other) > 0):
        return [np.nan] * 4
    found = effect.agreement(published, other)
    return [found.spearman, found.kendall, found.mean_shift, found.largest_shift]


def _plain_index(bench: Bench, given: Input) -> np.ndarray:
    """Index (R,T) by pooled min-max, the study's weight schemes and rule, arithmetic."""
    config = bench.study.config.measure
    z = yardsticks.by_segment(given.values, given.direction, given.segments, normalise.minmax)
    w = weights.combine([get("weights", scheme).fn(z) for scheme in config.weights], rule=config.combination)
    return aggregate.arithmetic(z, w)
