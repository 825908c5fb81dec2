"""Stage disparity (区域差距): from scores.index to every table of core.results.Disparity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from yindi.core.axes import REGION, YEAR
from yindi.core.errors import MethodError, Problems
from yindi.core.study import Bench, Study
from yindi.disparity import association, converge, decompose, overview

_INPUTS = ("scores.index", "space")
_GROUP_COLUMNS = {c: c for c in ("mean", "population_share", "income_share")} | {"gini": "group_gini"}


@dataclass(frozen=True, slots=True)
class _Case:
    """The index (R,T) with its regions sorted by code, so that the order of input rows decides nothing."""

    study: Study
    regions: tuple[str, ...]
    years: tuple[str, ...]
    index: np.ndarray
    marks: np.ndarray
    groups: tuple[str, ...]
    names: tuple[str, ...]
    weights: np.ndarray

    @property
    def grouping(self) -> str:
        return self.study.config.regions.grouping

    @property
    def group_marks(self) -> np.ndarray:
        """(T,G), True where a group holds a marked region that year."""
        member = np.array([[g == name for name in self.names] for g in self.groups])
        out: np.ndarray = (self.marks[:, :, None] & member[:, None, :]).any(axis=0)
        return out


def disparity(study: Study) -> Study:
    """The study with all tables of Disparity; raises ProblemsError where the index or the neighbours do not carry them."""
    case = _case(study)
    bench = Bench(study, "disparity")
    _dagum(bench, case)
    _theil(bench, case)
    _sigma(bench, case)
    _moran(bench, case)
    _local(bench, case)
    _summary(bench, case)
    _further(bench, case)
    return bench.done()


def _case(study: Study) -> _Case:
    table = study.scores.index
    regions = tuple(sorted(table.labels(REGION)))
    table = table.select(region=regions)
    groups = study.space.group_of(study.config.regions.grouping, regions)
    marks = np.zeros(table.shape, bool) if table.marks is None else table.marks
    case = _Case(study, regions, table.labels(YEAR), table.dense(), marks, groups, tuple(sorted(set(groups))),
                 study.space.weights(regions))  # fmt: skip
    _refuse(case)
    return case


def _refuse(case: _Case) -> None:
    problems = Problems("disparity")
    if len(case.regions) < 4:
        problems.add("scores.index", f"{len(case.regions)} region(s) cannot be compared with their neighbours.",
                     "take at least 4 regions into the study (regions.scope)")  # fmt: skip
    if case.index.min() < 0:
        r, t = np.argwhere(case.index < 0)[0]
        problems.add(f"scores.index[region={case.regions[r]}][year={case.years[t]}]", "is negative; shares of it mean nothing.",
                     "choose a normaliser with values from 0 (measure.normaliser: minmax)")  # fmt: skip
    for t, year in enumerate(case.years):
        if np.ptp(case.index[:, t]) <= 1e-12 * np.abs(case.index).max():
            problems.add(f"scores.index[year={year}]", "is the same in every region; there is no disparity to measure.",
                         "check the indicators of that year, or leave it out (years)")  # fmt: skip
    if not case.weights.any():
        problems.add("space", "no region has a neighbour.", "declare bridges between regions (regions.bridges)")
    problems.raise_if_any()


def _dagum(bench: Bench, case: _Case) -> None:
    options = case.study.config.disparity
    results = [
        decompose.dagum(
            case.index[:, t], case.groups, bootstrap=options.bootstrap, seed=case.study.config.seed, level=options.interval
        )
        for t in range(len(case.years))
    ]
    params = {"grouping": case.grouping, "bootstrap": options.bootstrap, "interval": options.interval, "weights": "equal"}
    years, by_year = ((YEAR, case.years),), case.marks.any(axis=0)
    parts = {part: np.array([getattr(r, part) for r in results]) for part in decompose.PARTS}
    shares = {f"{part}_share": parts[part] / parts["gini"] for part in decompose.PARTS[1:]}
    ends = {
        end: np.array([np.nan if r.interval is None else r.interval[n] for r in results]) for n, end in enumerate(("low", "high"))
    }
    units = {**dict.fromkeys((*parts, *ends), "coefficient"), **dict.fromkeys(shares, "share")}
    bench.make("dagum", years, {**parts, **shares, **ends}, method="decomposition.dagum", inputs=_INPUTS, units=units,
               params=params, cites=("Dagum 1997",), marks=by_year)  # fmt: skip
    _dagum_pairs(bench, case, results, params)
    columns = {c: np.array([getattr(r, field) for r in results]) for c, field in _GROUP_COLUMNS.items()}
    bench.make("dagum_groups", (*years, ("group", case.names)), columns, method="decomposition.dagum", inputs=_INPUTS,
               params=params, cites=("Dagum 1997",), marks=case.group_marks,
               units={"gini": "coefficient", "mean": "index", "population_share": "share", "income_share": "share"})  # fmt: skip


def _dagum_pairs(bench: Bench, case: _Case, results: list[decompose.Dagum], params: dict[str, object]) -> None:
    pairs = tuple(combinations(range(len(case.names)), 2))
    labels = tuple(f"{case.names[j]}|{case.names[h]}" for j, h in pairs)
    columns = {
        column: np.array([[getattr(r.pairs, field)[j, h] for j, h in pairs] for r in results]).reshape(len(results), len(pairs))
        for column, field in (("gini", "gini"), ("distance", "distance"), ("between_mean_gap", "gap"))
    }
    marks = np.array([[g[j] | g[h] for j, h in pairs] for g in case.group_marks]).reshape(len(results), len(pairs))
    bench.make("dagum_pairs", ((YEAR, case.years), ("pair", labels)), columns, method="decomposition.dagum", inputs=_INPUTS,
               params=params, cites=("Dagum 1997",), marks=marks,
               units={"gini": "coefficient", "distance": "coefficient", "between_mean_gap": "growth"})  # fmt: skip


def _theil(bench: Bench, case: _Case) -> None:
    results = [decompose.theil(case.index[:, t], case.groups) for t in range(len(case.years))]
    columns = {c: np.array([getattr(r, c) for r in results]) for c in ("total", "between", "within")}
    columns["between_share"] = columns["between"] / columns["total"]
    units = {"total": "coefficient", "between": "coefficient", "within": "coefficient", "between_share": "share"}
    bench.make("theil", ((YEAR, case.years),), columns, method="decomposition.theil", inputs=_INPUTS, units=units,
               params={"grouping": case.grouping, "weights": "equal"}, cites=("Theil 1967",),
               marks=case.marks.any(axis=0))  # fmt: skip


def _sigma(bench: Bench, case: _Case) -> None:
    found = converge.sigma(case.index)
    logs = np.full(len(case.years), np.nan) if found.sd_log is None else found.sd_log
    bench.make("sigma", ((YEAR, case.years),), {"cv": found.cv, "sd_log": logs}, method="convergence.sigma",
               inputs=("scores.index",), units="coefficient", params={"ddof": 1}, cites=("Barro & Sala-i-Martin 1992",),
               marks=case.marks.any(axis=0))  # fmt: skip


def _space_params(case: _Case) -> dict[str, object]:
    bridges = [f"{a}-{b}" for a, b in case.study.space.bridges if a in case.regions and b in case.regions]
    return {
        "weights": "contiguity, row-standardised",
        "bridges": bridges,
        "permutations": case.study.config.disparity.permutations,
    }


def _moran(bench: Bench, case: _Case) -> None:
    options = case.study.config.disparity
    results = [
        association.moran(case.index[:, t], case.weights, permutations=options.permutations, seed=case.study.config.seed)
        for t in range(len(case.years))
    ]
    columns = {c: np.array([getattr(r, c) for r in results]) for c in ("i", "expected", "z", "p")}
    bench.make("moran", ((YEAR, case.years),), columns, method="association.moran", inputs=_INPUTS,
               units={"i": "coefficient", "expected": "coefficient", "z": "ratio", "p": "p_value"},
               params={**_space_params(case), "alternative": "greater"}, cites=("Moran 1950", "Cliff & Ord 1981"),
               marks=case.marks.any(axis=0))  # fmt: skip


def _local(bench: Bench, case: _Case) -> None:
    options = case.study.config.disparity
    found = association.local_moran(
        case.index[:, -1], case.weights, permutations=options.permutations, seed=case.study.config.seed
    )
    wanted = case.study.scores.index.labels(REGION)
    at = [case.regions.index(r) for r in wanted]
    columns = {"i": found.i[at], "p": found.p[at], "p_adjusted": found.p_adjusted[at],
               "quadrant": np.where(found.significant, found.quadrant, "")[at]}  # fmt: skip
    bench.make("local", ((REGION, wanted),), columns, method="association.local_moran", inputs=_INPUTS,
               units={"i": "coefficient", "p": "p_value", "p_adjusted": "p_value", "quadrant": "plain"},
               params={**_space_params(case), "fdr": 0.05, "year": case.years[-1]},
               cites=("Anselin 1995", "Benjamini & Hochberg 1995"), marks=case.marks[at, -1])  # fmt: skip


def _first_last(bench: Bench, table: str, column: str, name: str) -> dict[str, float]:
    series = bench.made[table].array(column)
    return {f"{name}_first": float(series[0]), f"{name}_last": float(series[-1]), f"{name}_change": float(series[-1] - series[0])}


def _beta_items(case: _Case) -> dict[str, float]:
    if case.index.min() <= 0 or len(case.years) < 2:
        return {}
    found = converge.beta(case.index)
    items = {"beta": found.coefficient, "beta_p": found.p}
    more = {"beta_speed": found.speed, "beta_half_life": found.half_life}
    return {**items, **{k: v for k, v in more.items() if v is not None}}


def _summary(bench: Bench, case: _Case) -> None:
    options = case.study.config.disparity
    items = {
        "regions": float(len(case.regions)),
        "groups": float(len(case.names)),
        "bootstrap": float(options.bootstrap),
        "permutations": float(options.permutations),
        **_first_last(bench, "dagum", "gini", "gini"),
        **_first_last(bench, "dagum", "between_share", "between_share"),
        **_first_last(bench, "theil", "total", "theil"),
        **_first_last(bench, "sigma", "cv", "cv"),
        **_first_last(bench, "moran", "i", "moran"),
        "moran_p_last": float(bench.made["moran"].array("p")[-1]),
        **_beta_items(case),
    }
    bench.make("summary", (("item", tuple(items)),), np.array(list(items.values())), method="disparity.summary", units="value",
               inputs=("scores.index", *(f"disparity.{t}" for t in ("dagum", "theil", "sigma", "moran"))),
               params={"first": case.years[0], "last": case.years[-1]}, marks=case.marks.any())  # fmt: skip


def _further(bench: Bench, case: _Case) -> None:
    """The tables that not every study carries; what is missing is told in `left_out` with its reason."""
    makers: dict[str, Callable[[Bench, _Case], None]] = {
        "change": _change, "polarisation": _polarisation, "weighted": _weighted, "density": _density, "markov": _markov,
        "spatial_markov": _spatial_markov, "clubs": _clubs, "convergence": _convergence, "ellipse": _ellipse,
        "network": _network,
    }  # fmt: skip
    reasons = {}
    for name, make in makers.items():
        try:
            make(bench, case)
        except MethodError as error:
            reasons[name] = str(error)
    if reasons:
        bench.make("left_out", (("table", tuple(reasons)),), {"reason": np.array(list(reasons.values()))},
                   method="disparity.left_out", inputs=_INPUTS)  # fmt: skip


def _change(bench: Bench, case: _Case) -> None:
    options, seed = case.study.config.disparity, case.study.config.seed
    found = decompose.change(case.index[:, 0], case.index[:, -1], case.groups, bootstrap=options.bootstrap, seed=seed,
                             level=options.interval)  # fmt: skip
    params = {"grouping": case.grouping, "first": case.years[0], "last": case.years[-1], "bootstrap": options.bootstrap}
    marks = bool(case.marks[:, [0, -1]].any())
    bench.make("change", (("part", decompose.PARTS),), overview.change_parts(found), method="decomposition.change",
               inputs=_INPUTS, params=params, cites=("Dagum 1997", "Shorrocks 2013"), marks=marks,
               units={"change": "index_change", "low": "index_change", "high": "index_change", "certainty": "share"})  # fmt: skip
    cells, columns = overview.change_cells(found)
    bench.make("change_cells", (("pair", cells),), columns, method="decomposition.change", inputs=_INPUTS, units="index_change",
               params=params, cites=("Dagum 1997", "Shorrocks 2013"), marks=marks)  # fmt: skip


def _polarisation(bench: Bench, case: _Case) -> None:
    found = overview.early_warning(case.index, case.groups, bootstrap=max(100, case.study.config.disparity.bootstrap // 4),
                                   seed=case.study.config.seed)  # fmt: skip
    names = tuple(s.name for s in found.signals)
    params, cites = {"grouping": case.grouping, "alpha": 1.5}, ("Wolfson 1994", "Esteban & Ray 1994", "Duclos et al. 2004")
    bench.make("polarisation", ((YEAR, case.years),), {s.name: s.values for s in found.signals},
               method="polarisation.early_warning", inputs=_INPUTS, units="coefficient", params=params,
               cites=cites, marks=case.marks.any(axis=0))  # fmt: skip
    columns = overview.warning_columns(found, case.years)
    units = {"rise": "index_change", "relative": "growth", "certainty": "share", "chance": "p_value", "step_share": "share",
             "years": "count"}  # fmt: skip
    bench.make("warning", (("measure", names),), columns, method="polarisation.early_warning", inputs=_INPUTS, units=units,
               params=params, cites=cites, marks=case.marks.any())  # fmt: skip
    drivers = np.stack([s.drivers for s in found.signals], axis=1)
    bench.make("warning_drivers", ((REGION, case.regions), ("measure", names)), drivers, method="polarisation.early_warning",
               inputs=_INPUTS, units="index_change", params=params, cites=cites,
               marks=np.asarray(case.marks.any(axis=1))[:, None])  # fmt: skip


def _weighted(bench: Bench, case: _Case) -> None:
    panel = case.study.panel
    if "population" not in panel.items:
        raise MethodError("weighted: the panel holds no population.")
    people = panel.take(regions=case.regions, years=case.years, items=("population",))
    if np.isnan(people.values).any():
        raise MethodError("weighted: population is not there for every region and year.")
    bench.make("weighted", ((YEAR, case.years),), overview.weighted(case.index, people.values[:, :, 0], case.groups),
               method="inequality.all", inputs=("scores.index", "panel", "space"), units="coefficient",
               params={"weights": "population", "grouping": case.grouping},
               marks=(case.marks | people.marks()[:, :, 0]).any(axis=0))  # fmt: skip


def _density(bench: Bench, case: _Case) -> None:
    grid, densities, columns = overview.densities(case.index, seed=case.study.config.seed)
    by_year = np.asarray(case.marks.any(axis=0))
    points = tuple(str(n + 1) for n in range(len(grid)))
    surface = {"x": np.broadcast_to(grid, densities.shape), "density": densities}
    bench.make("density", ((YEAR, case.years), ("point", points)), surface, method="distribution.kde",
               inputs=("scores.index",), units={"x": "index", "density": "ratio"},
               params={"bandwidth": "silverman of all years together", "floor": 0}, cites=("Silverman 1986",),
               marks=by_year[:, None])  # fmt: skip
    bench.make("modes", ((YEAR, case.years),), columns, method="distribution.silverman_test", inputs=("scores.index",),
               units={"modes": "count", "fewest": "count", "most": "count", "p_one": "p_value", "bandwidth": "coefficient"},
               params={"draws": overview.MODE_DRAWS}, cites=("Silverman 1981",), marks=by_year)  # fmt: skip


def _markov(bench: Bench, case: _Case) -> None:
    found = overview.markov(case.index, k=overview.CLASSES)
    names = overview.class_names(overview.CLASSES)
    params = {"classes": overview.CLASSES, "cuts": found.cuts.tolist(), "n": int(found.counts.sum())}
    moves = {"count": found.counts, "p": found.p, "passage": overview.finite(found.passage)}
    bench.make("markov", (("from", names), ("to", names)), moves, method="distribution.markov", inputs=("scores.index",),
               units={"count": "count", "p": "share", "passage": "ratio"}, params=params, cites=("Quah 1993",),
               marks=case.marks.any())  # fmt: skip
    steady = np.full(len(names), np.nan) if found.steady is None else found.steady
    states = {"upper": np.append(found.cuts, np.nan), "starts": found.n, "steady": steady}
    bench.make("markov_classes", (("class", names),), states, method="distribution.markov", inputs=("scores.index",),
               units={"upper": "index", "starts": "count", "steady": "share"}, params=params, cites=("Quah 1993",),
               marks=case.marks.any())  # fmt: skip


def _spatial_markov(bench: Bench, case: _Case) -> None:
    options = case.study.config
    found = overview.spatial_markov(case.index, case.weights, k=overview.CLASSES, permutations=99, seed=options.seed)
    names = overview.class_names(overview.CLASSES)
    params = {**_space_params(case), "classes": overview.CLASSES, "permutations": 99, "q": found.q, "lr": found.lr,
              "freedom": found.freedom, "q_p": found.q_p, "lr_p": found.lr_p, "lr_permutation": found.lr_permutation}  # fmt: skip
    bench.make("spatial_markov", (("neighbours", names), ("from", names), ("to", names)), {"count": found.counts, "p": found.p},
               method="distribution.spatial_markov", inputs=_INPUTS, units={"count": "count", "p": "share"}, params=params,
               cites=("Rey 2001",), marks=case.marks.any())  # fmt: skip


def _clubs(bench: Bench, case: _Case) -> None:
    found = converge.clubs(case.index)
    bench.make("clubs", ((REGION, case.regions),), {"club": found.club}, method="convergence.clubs", inputs=("scores.index",),
               units="count", params={"t": found.overall.t, "tests": [test.t for test in found.tests]},
               cites=("Phillips & Sul 2007",), marks=case.marks.any(axis=1))  # fmt: skip


def _convergence(bench: Bench, case: _Case) -> None:
    models, columns = overview.convergence(case.index, case.weights, seed=case.study.config.seed)
    units = {"coefficient": "coefficient", "low": "coefficient", "high": "coefficient", "speed": "growth", "half_life": "ratio"}
    bench.make("convergence", (("model", models),), columns, method="convergence.beta", inputs=_INPUTS, units=units,
               params=_space_params(case), cites=("Barro & Sala-i-Martin 1992", "Lee & Yu 2010"),
               marks=case.marks.any())  # fmt: skip


def _ellipse(bench: Bench, case: _Case) -> None:
    missing = [r for r in case.regions if r not in case.study.space.centroids]
    if missing:
        raise MethodError(f"ellipse: no centroid is known for {missing[:5]}.")
    places = np.array([case.study.space.centroids[r] for r in case.regions])
    bench.make("ellipse", ((YEAR, case.years),), overview.ellipses(places, case.index), method="spatial.ellipse", inputs=_INPUTS,
               params={"projection": "Albers 105E 25N 47N", "convention": "yuill", "weights": "index"}, cites=("Yuill 1971",),
               units={"longitude": "ratio", "latitude": "ratio", "major": "km", "minor": "km", "azimuth": "ratio",
                      "area": "count", "shift": "km", "direction": "ratio"}, marks=case.marks.any(axis=0))  # fmt: skip


def _network(bench: Bench, case: _Case) -> None:
    missing = [r for r in case.regions if r not in case.study.space.centroids]
    if missing:
        raise MethodError(f"network: no centroid is known for {missing[:5]}.")
    places = np.array([case.study.space.centroids[r] for r in case.regions])
    table, nodes = overview.network_of(places, case.index[:, -1])
    params = {
        "mass": "index",
        "distance": "great circle between centroids",
        "exponent": 2,
        "rule": "row_mean",
        "year": case.years[-1],
    }
    marks = case.marks[:, -1]
    bench.make("network", (("multiple", overview.MULTIPLE_NAMES),), table, method="spatial.threshold_sensitivity", inputs=_INPUTS,
               units=dict.fromkeys(table, "share"), params=params, cites=("Krackhardt 1994",), marks=marks.any())  # fmt: skip
    bench.make("network_regions", ((REGION, case.regions),), nodes, method="spatial.concor", inputs=_INPUTS,
               units={"out_degree": "share", "in_degree": "share", "betweenness": "share", "block": "count", "role": "plain"},
               params=params, cites=("Krackhardt 1994", "Breiger, Boorman & Arabie 1975"), marks=marks)  # fmt: skip
