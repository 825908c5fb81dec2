"""measure(study): normalise, weigh, aggregate, rank, and say how sure each rank is (综合评价)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDICATOR, REGION, YEAR
from yindi.core.errors import MethodError, Problems, did_you_mean
from yindi.core.panel import ABSENT, IMPUTED, Panel
from yindi.core.registry import get
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.core.table import Axes
from yindi.measure import aggregate, copies, judgement, normalise, robust, sensitivity, systems, told, treat, weights, yardsticks
from yindi.measure import influence as effect
from yindi.measure.ranks import DIGITS, ranks
from yindi.measure.recipe import FLOOR, JUDGED, LIFTED, Columns, Recipe
from yindi.measure.systems import System

PERTURBATION = 0.25
SOBOL_DRAWS = 1024
REPLICATES, FILLS = 8, 4
_LOADED = (aggregate, normalise, robust, weights)


@dataclass(frozen=True, slots=True)
class Input:
    """What is measured: the panel, its columns with outliers treated, how they were, and the study's recipe."""

    panel: Panel
    columns: Columns
    outliers: dict[str, list[str]]
    recipe: Recipe

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
    _intervals(bench, given, rank, _frameworks(bench, given, index))
    _trend(bench, given, index, rank)
    _national(bench, given, index)
    _influence(bench, given, z, w)
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
    return _with_recipe(study, panel, segments, problems)


def _with_recipe(study: Study, panel: Panel, segments: tuple[tuple[np.ndarray, ...], ...], problems: Problems) -> Input:
    config, wanted = study.config.measure, study.framework.indicators
    for code in sorted(set(config.goalposts) - set(panel.items)):
        problems.add(
            "study.yaml: measure.goalposts", f"{code!r} is no indicator of the framework.", "", did_you_mean(code, panel.items)
        )
    for code, (low, high) in config.goalposts.items():
        if low >= high:
            problems.add(f"study.yaml: measure.goalposts.{code}", f"low {low:g} is not below high {high:g}.")
    packaged = resources.names("frameworks", ".yaml")
    for name in sorted(set(config.frameworks) - set(packaged)):
        problems.add("study.yaml: measure.frameworks", f"{name!r} is no packaged framework.", "", did_you_mean(name, packaged))
    problems.raise_if_any()
    values, how = _treated(study, panel.dense(), segments)
    columns = Columns(panel.items, tuple(i.direction for i in wanted), tuple(i.dimension for i in wanted), segments, values,
                      tuple(i.weight for i in wanted))  # fmt: skip
    outliers = {i: h for i, h in zip(panel.items, how, strict=True) if set(h) - {treat.KEPT}}
    recipe = Recipe(config.normaliser, config.scope, config.weights, config.combination, config.aggregate, config.levels,
                    {"zeros": config.zeros, "epsilon": config.epsilon}, config.goalposts, config.pairwise)  # fmt: skip
    return Input(panel, columns, outliers, recipe)


def _treated(study: Study, values: np.ndarray, segments: Sequence[Sequence[np.ndarray]]) -> tuple[np.ndarray, list[list[str]]]:
    rule = study.config.measure.outliers
    return (values, [[] for _ in segments]) if rule == "keep" else yardsticks.treated(values, segments, rule=rule)


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
    config, recipe = bench.study.config.measure, given.recipe
    z = recipe.normalise(given.columns)
    split = {i: [f"{given.panel.years[s[0]]}-{given.panel.years[s[-1]]}" for s in parts]
             for i, parts in zip(given.panel.items, given.columns.segments, strict=True) if len(parts) > 1}  # fmt: skip
    posts = {"goalposts": {i: list(p) for i, p in recipe.goalposts.items()}} if recipe.goalposts else {}
    axes = (*given.axes, (INDICATOR, given.panel.items))
    bench.make("normalised", axes, z, method=f"normaliser.{config.normaliser}", inputs=["panel"], marks=given.marks,
               cites=get("normaliser", config.normaliser).cites,
               params={"direction": list(given.columns.direction), "compared within": split,
               "outliers": given.outliers or config.outliers, **recipe.options(), **posts})  # fmt: skip
    return z


def _weights(bench: Bench, given: Input, z: np.ndarray) -> np.ndarray:
    config, recipe = bench.study.config.measure, given.recipe
    each = [recipe.weigh(given.columns, z, scheme) for scheme in config.weights]
    combined = recipe.combine(each)
    axes = (("scheme", (*config.weights, "combined")), (INDICATOR, given.panel.items))
    params = {"schemes": list(config.weights), "rows": z.shape[0] * z.shape[1], "levels": config.levels, **recipe.zeros}
    if "ahp" in config.weights:
        params["consistency ratio"] = judgement.consistency(config.pairwise).ratio
    cited = [c for name in config.weights if name not in JUDGED for c in get("weights", name).cites]
    judged = {"ahp": judgement.SAATY, "published": bench.study.framework.source}
    cited += [judged[name] for name in config.weights if name in JUDGED]
    bench.make("weights", axes, np.stack([*each, combined]), method=f"combination.{config.combination}", units="share",
               inputs=["scores.normalised"], params=params, cites=tuple(dict.fromkeys(cited)))  # fmt: skip
    return combined


def _index(bench: Bench, given: Input, z: np.ndarray, w: np.ndarray) -> np.ndarray:
    name = bench.study.config.measure.aggregate
    index = given.recipe.aggregate(z, w)
    bench.make("index", given.axes, index, method=f"aggregate.{name}", inputs=["scores.normalised", "scores.weights"],
               units="index", cites=get("aggregate", name).cites, marks=given.any_mark,
               params={"floor": FLOOR} if name in LIFTED else {})  # fmt: skip
    return index


def _dimensions(bench: Bench, given: Input, z: np.ndarray, w: np.ndarray, index: np.ndarray) -> None:
    """Contributions: weight times value, summed by dimension; another aggregate is divided in the same proportions."""
    labels = tuple(dict.fromkeys(given.columns.dimension))
    member = np.array([[d == label for d in given.columns.dimension] for label in labels], dtype=float)
    parts = (z * w) @ member.T
    whole = parts.sum(axis=2, keepdims=True)
    if bench.study.config.measure.aggregate != "arithmetic":
        parts = np.where(whole > 0, parts / np.where(whole > 0, whole, 1.0), member @ w) * index[..., None]
    marks = (given.marks[..., None, :] & member.astype(bool)).any(axis=-1)
    bench.make("dimensions", (*given.axes, ("dimension", labels)), parts, method="aggregate.contributions", units="index",
               inputs=["scores.normalised", "scores.weights", "scores.index"], marks=marks)  # fmt: skip


def _intervals(bench: Bench, given: Input, rank: np.ndarray, others: Sequence[System]) -> None:
    config, seed = bench.study.config.measure, bench.study.config.seed
    names = tuple(dict.fromkeys((*config.weights, "equal")))
    joint, at = systems.joined([_own(bench.study, given), *others])
    data = _copies(bench, joint)
    choices = robust.Choices(
        _systems(bench, given, others, names, at, len(joint.codes)), normalisers=len(yardsticks.ALTERNATIVES),
        fills=data.fills.shape[0] if data.fills.ndim == 4 else 1, copies=len(data.noise), perturbation=PERTURBATION,
    )  # fmt: skip
    drawn = robust.draw(choices, draws=config.draws, rng=stream(seed, "measure.rank_intervals"))
    matrices = yardsticks.alternatives_of(joint.values, data, joint.direction, joint.segments, floor=FLOOR,
                                          prepare=lambda x, parts: _treated(bench.study, x, parts)[0])  # fmt: skip
    last: list[np.ndarray] = []
    index = robust.scores(_last_years(matrices, last), drawn)
    places = np.moveaxis(ranks(np.moveaxis(index, 1, -1)), -1, 1)
    found = robust.summarise(places, interval=config.interval, top=1)
    outside = int(((rank < found.low) | (rank > found.high)).sum())
    params = {"draws": config.draws, "seed": seed, "interval": config.interval, "floor": FLOOR, "perturbation": PERTURBATION,
              "noise": config.noise, "imputed_noise": config.imputed_noise, "replicates": choices.copies, "fills": choices.fills,
              "frameworks": [bench.study.framework.code, *(o.code for o in others)], "coverage": config.coverage,
              "published ranks outside, to which the interval was widened": outside}  # fmt: skip
    common: dict[str, Any] = {"method": "robustness.rank_intervals", "cites": (robust.SAISANA,), "params": params,
                              "inputs": ["panel", "scores.weights", "scores.rank", "config"]}  # fmt: skip
    marks = given.any_mark
    bench.make("rank_low", given.axes, np.minimum(found.low, rank), units="rank", marks=marks, **common)
    bench.make("rank_high", given.axes, np.maximum(found.high, rank), units="rank", marks=marks, **common)
    _choices(bench, names, joint.codes, choices, robust.explained(places, drawn.designs), common)
    _standing(bench, given, places[..., -1], common)
    _drivers(bench, given, last, choices)


def _last_years(matrices: Iterable[np.ndarray], kept: list[np.ndarray]) -> Iterator[np.ndarray]:
    """The matrices (R,T,J) as they come, keeping the last year of each."""
    for matrix in matrices:
        kept.append(matrix[:, -1].copy())
        yield matrix


def _systems(
    bench: Bench, given: Input, others: Sequence[System], names: Sequence[str], at: Sequence[np.ndarray], width: int
) -> np.ndarray:
    """Weight schemes of each system on all columns: the published ones of the study's own, recomputed ones of the others."""
    table = bench.made["weights"]
    published = dict(zip(table.labels("scheme"), table.array(), strict=True))
    size = len(given.columns.codes)
    own = np.stack([published.get(n, np.full(size, 1 / size)) for n in names])
    made = np.zeros((1 + len(others), len(names), width))
    for f, part in enumerate([own, *(systems.schemes(given.recipe, o.columns, names) for o in others)]):
        made[f][:, at[f]] = part
    return made


def _copies(bench: Bench, joint: Columns) -> copies.Copies:
    """Copies of all columns as they were read; a region's fills and noise follow its label."""
    config, seed, panel = bench.study.config.measure, bench.study.config.seed, bench.study.panel
    part = panel.take(items=joint.codes)
    filled = part.status == IMPUTED
    spread = np.where(filled, np.hypot(config.noise, config.imputed_noise), config.noise)
    shape, years = len(joint.codes), len(panel.years)
    noise = [stream(seed, f"measure.noise {r}").standard_normal((REPLICATES, years, shape)) for r in panel.regions]
    share = [stream(seed, f"measure.fill {r}").random((FILLS, shape)) for r in panel.regions]
    return copies.copies(part.dense(), joint.segments, filled=filled, spread=spread, shares=np.stack(share, axis=1),
                         normal=np.stack(noise, axis=1))  # fmt: skip


def _choices(
    bench: Bench, schemes: Sequence[str], items: Sequence[str], choices: robust.Choices, shares: dict[str, float],
    common: dict[str, Any],
) -> None:  # fmt: skip
    frameworks = bench.made["frameworks"]
    use = dict(zip(frameworks.labels("framework"), frameworks.array("use").tolist(), strict=True))
    options = told.options(schemes, items, choices, use)
    columns = {"options": np.array([options[c] for c in shares]), "share": np.array(list(shares.values()))}
    bench.make("choices", (("choice", tuple(shares)),), columns, units={"share": "share"},
               **{**common, "inputs": [*common["inputs"], "scores.frameworks"]})  # fmt: skip


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


def _drivers(bench: Bench, given: Input, matrices: Sequence[np.ndarray], choices: robust.Choices) -> None:
    model, factors = sensitivity.rank_model(matrices, choices=choices)
    found = sensitivity.sobol(model, factors=factors, draws=SOBOL_DRAWS, seed=bench.study.config.seed)
    columns = {"first": np.column_stack(list(found.first.values())), "total": np.column_stack(list(found.total.values()))}
    bench.make("drivers", ((REGION, given.panel.regions), ("choice", tuple(factors))), columns, method="robustness.sobol",
               inputs=["panel", "scores.weights", "config"], units="share", cites=(sensitivity.SALTELLI,),
               params={"draws": SOBOL_DRAWS, "seed": bench.study.config.seed, "year": given.panel.years[-1]},
               marks=given.any_mark[:, [-1]])  # fmt: skip


def _own(study: Study, given: Input) -> System:
    """The study's own framework, under a label of its own where it is no packaged one but carries the code of one."""
    framework, packaged = study.framework, resources.names("frameworks", ".yaml")
    clash = study.config.framework not in packaged and framework.code in packaged
    label = f"{framework.code} (own)" if clash else framework.code
    return System(label, framework.version, framework.concept, len(framework.indicators), given.columns)


def _packaged(study: Study, name: str) -> System:
    """A packaged framework on the study's panel: the indicators without gaps that vary."""
    tree = resources.tree(f"frameworks/{name}.yaml")
    years = {y: n for n, y in enumerate(study.panel.years)}
    kept: list[tuple[dict[str, Any], tuple[np.ndarray, ...]]] = []
    for row in tree["indicators"]:
        if row["code"] in study.panel.items:
            one = study.panel.take(items=[row["code"]])
            parts = tuple(np.array([years[y] for y in part]) for part in study.panel.segments_of(row["code"]))
            if not (one.status == ABSENT).any() and not yardsticks.constant_segments(one.values, [parts]):
                kept.append((row, parts))
    codes, segments = tuple(row["code"] for row, _ in kept), tuple(parts for _, parts in kept)
    values = _treated(study, study.panel.take(items=codes).dense(), segments)[0] if kept else np.zeros((0, 0, 0))
    columns = Columns(codes, tuple(int(row["direction"]) for row, _ in kept), tuple(row["dimension"] for row, _ in kept),
                      segments, values, tuple(row.get("weight") for row, _ in kept))  # fmt: skip
    return System(name, str(tree["version"]), str(tree["concept"]), len(tree["indicators"]), columns)


def _frameworks(bench: Bench, given: Input, index: np.ndarray) -> list[System]:
    """The same data and recipe under each framework: how far the ranks of the last year agree; returns those for the draws."""
    study, config = bench.study, bench.study.config.measure
    own = _own(study, given)
    others = [_packaged(study, name) for name in resources.names("frameworks", ".yaml") if name != own.code]
    verdict = systems.verdicts(own, others, coverage=config.coverage, named=config.frameworks)
    listed = sorted([own, *others], key=lambda s: s.code)
    use = [told.OWN if s is own else verdict[s.code] or told.DRAWN for s in listed]
    heads = ("indicators", "covered", "spearman", "kendall", "mean_shift", "largest_shift")
    rows = [[s.size, s.held, *_agreement(given, index[:, -1], s)] for s in listed]
    columns: dict[str, Any] = dict(zip(heads, np.array(rows, dtype=float).T, strict=True))
    columns |= {"concept": np.array([s.concept for s in listed]), "version": np.array([s.version for s in listed]),
                "use": np.array(use)}  # fmt: skip
    units = dict(zip(heads, ("count", "count", "coefficient", "coefficient", "places", "places"), strict=True))
    bench.make("frameworks", (("framework", tuple(s.code for s in listed)),), columns, units=units, method="agreement",
               inputs=["panel", "scores.index", "config"], params={"year": given.panel.years[-1], "least covered": systems.LEAST,
               "coverage": config.coverage})  # fmt: skip
    return [s for s in others if not verdict[s.code]]


def _agreement(given: Input, published: np.ndarray, other: System) -> list[float]:
    """Spearman, Kendall, mean and largest shift; absent where too few indicators are held or an index does not vary."""
    if other.held < systems.LEAST:
        return [np.nan] * 4
    try:
        index = given.recipe.index(other.columns)[:, -1]
        found = effect.agreement(published, index)
    except MethodError:
        return [np.nan] * 4
    return [found.spearman, found.kendall, found.mean_shift, found.largest_shift]
