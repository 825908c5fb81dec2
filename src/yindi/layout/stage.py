"""Stage layout: opportunities of all regions in, one plan of all regions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yindi.core import resources
from yindi.core.axes import INDUSTRY, REGION, require_same
from yindi.core.errors import EvidenceError, Problems, did_you_mean
from yindi.core.names import Names
from yindi.core.streams import stream
from yindi.core.study import Bench, Study
from yindi.layout.frontier import front
from yindi.layout.marginal import gains
from yindi.layout.prices import best_alone
from yindi.layout.problem import Problem
from yindi.layout.rules import FLOOR, FORBIDDEN, LIMIT, LOCKED, Rule
from yindi.layout.solver import Solution, solve
from yindi.layout.stability import CORE, FRAGILE, SWING, frequency, kinds, margins
from yindi.layout.value import REASONS, attractiveness, expansion, lagging, value

OPPORTUNITIES = ("opportunities.fit", "opportunities.industries", "scores.index", "config")
CITES = ("Huangfu and Hall 2018",)
REST = "rest"
DRAWS = 100
SOLUTION_UNITS = {**dict.fromkeys(("objective", "bound", "relaxation", "value_alone", "floor", "lagging_best", "lagging_value",
                                   "leading_value"), "points"), "gap": "small_share", "kept_share": "share"}  # fmt: skip
PRICED = (LIMIT, FLOOR, FORBIDDEN, LOCKED)


@dataclass(frozen=True, slots=True)
class Stated:
    """The planner's problem, what region-by-region advice would give (R,C), and which cells rest on filled input."""

    problem: Problem
    before: np.ndarray
    known: np.ndarray
    marks: np.ndarray | None


def layout(study: Study) -> Study:
    """The coordinated layout (协同布局), its front, prices and comparison with region-by-region advice.

    Raises InfeasibleError (exit 4) naming the rules that contradict each other.
    """
    stated = _stated(study)
    config = study.config.layout
    found = solve(stated.problem, gap=config.gap, seed=study.config.seed)
    bench = Bench(replace(study, names=_names(study.names, found)), "layout")
    _allocation(bench, stated, found)
    _regions(bench, stated, found)
    _industries(bench, stated, found)
    _duals(bench, found, gains(stated.problem, found, families=PRICED, gap=config.gap, seed=study.config.seed))
    _solution(bench, stated, found)
    _frontier(bench, stated)
    return bench.done()


def _stated(study: Study) -> Stated:
    fit, config = study.table("opportunities.fit"), study.config.layout
    regions, industries = fit.labels(REGION), fit.labels(INDUSTRY)
    independent = study.table("opportunities.independent")
    require_same(REGION, regions, independent.labels(REGION), where="layout: fit and independent")
    require_same(INDUSTRY, industries, independent.labels(INDUSTRY), where="layout: fit and independent")
    raw = fit.array()
    locked = _pairs(config.locked, regions, industries)
    forbidden = _pairs(config.forbidden, regions, industries)
    known = ~np.isnan(raw)
    candidate = known & (np.nan_to_num(raw) >= config.minimum_fit) | locked
    open_ = candidate.sum(axis=1)
    worth = value(np.where(known, raw, 0.0), _attractive(study, industries), _size(study, regions),
                  exponent=config.size_exponent)  # fmt: skip
    _known(study, regions, industries)
    problem = Problem(
        worth,
        limit=_limits(study, regions, industries),
        portfolio_min=np.minimum(config.portfolio_min, open_).astype(float),
        portfolio_max=config.portfolio_max,
        lagging=_lagging(study, regions),
        floor=config.floor,
        forbidden=forbidden,
        locked=locked,
        closed=~candidate,
        regions=regions,
        industries=industries,
    )
    return Stated(problem, np.nan_to_num(independent.array()), known, fit.marks)


def _names(names: Names, found: Solution) -> Names:
    """Names of the rules, made of the names of their families, regions and industries."""
    families = {r["rule"]: (r["zh"], r["en"]) for r in resources.rows("layout_rules.csv")}

    def say(rule: Rule, language: int) -> str:
        parts = {"region": rule.region, "industry": rule.industry}
        known = {k: names.table.get(k, {}).get(v, (v, v))[language] for k, v in parts.items()}
        return families[rule.family][language].format(**known)

    return names.plus("rule", {code: (say(d.rule, 0), say(d.rule, 1)) for code, d in found.duals.items()})


def _known(study: Study, regions: tuple[str, ...], industries: tuple[str, ...]) -> None:
    config, problems = study.config.layout, Problems("layout")

    def look(place: str, kind: str, given: object, known: tuple[str, ...]) -> None:
        if given not in known:
            problems.add(place, f"{given!r} is no {kind} of this study.", f"use one of its {len(known)} codes",
                         did_you_mean(str(given), known))  # fmt: skip

    for name in config.cap_overrides:
        look("layout.cap_overrides", "industry", name, industries)
    for name in config.attractiveness:
        look("layout.attractiveness", "reason", name, REASONS)
    for place in ("forbidden", "locked"):
        for region, names in getattr(config, place).items():
            look(f"layout.{place}", "region", region, regions)
            for name in names:
                look(f"layout.{place}", "industry", name, industries)
    problems.raise_if_any()


def _attractive(study: Study, industries: tuple[str, ...]) -> np.ndarray:
    table, given = study.table("opportunities.industries").select(industry=industries), study.config.layout.attractiveness
    if not given or set(given) - set(REASONS):
        return table.dense("attractiveness")
    reasons = np.column_stack([table.dense(r) for r in REASONS])
    return attractiveness(reasons, np.array([given.get(r, 0.0) for r in REASONS]))


def _size(study: Study, regions: tuple[str, ...]) -> np.ndarray:
    if study.config.layout.size_exponent == 0:
        return np.ones(len(regions))
    return study.panel.take(regions=regions, years=study.panel.years[-1:], items=["gdp"]).dense()[:, 0, 0]


def _limits(study: Study, regions: tuple[str, ...], industries: tuple[str, ...]) -> np.ndarray:
    config = study.config.layout
    general = max(1, int(np.floor(config.cap_share * len(regions) + 0.5)))
    return np.array([float(config.cap_overrides.get(i, general)) for i in industries])


def _lagging(study: Study, regions: tuple[str, ...]) -> np.ndarray:
    index = study.table("scores.index")
    last = index.labels("year")[-1]
    order = np.argsort(np.array(regions))
    level = index.select(region=[regions[k] for k in order], year=[last]).dense()[:, 0]
    mask = np.zeros(len(regions), bool)
    mask[order] = lagging(np.round(level, 12), share=study.config.layout.lagging_share)
    return mask


def _pairs(given: object, regions: tuple[str, ...], industries: tuple[str, ...]) -> np.ndarray:
    mask = np.zeros((len(regions), len(industries)), bool)
    for region, names in dict(given).items():  # type: ignore[call-overload]
        for name in names:
            if region in regions and name in industries:
                mask[regions.index(region), industries.index(name)] = True
    return mask


def _allocation(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan, study = stated.problem, found.allocation, bench.study
    often = frequency(problem, found, draws=DRAWS, rng=stream(study.config.seed, "layout.frequency"))
    columns = {
        "chosen": plan,
        "value": np.where(stated.known, problem.value, np.nan),
        "given_up": stated.before * (1 - plan),
        "margin": margins(problem, found),
        "frequency": often,
        "kind": kinds(plan, often),
    }
    params = {**study.config.layout.model_dump(mode="json", exclude={"front_points"}), "draws": DRAWS}
    bench.make(
        "allocation",
        ((REGION, tuple(problem.regions)), (INDUSTRY, tuple(problem.industries))),
        columns,
        method="layout.milp",
        inputs=(*OPPORTUNITIES, "opportunities.independent"),
        units={"chosen": "count", "value": "value", "given_up": "count", "margin": "value", "frequency": "share"},
        params=params,
        cites=CITES,
        marks=stated.marks,
    )


def _regions(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan = stated.problem, found.allocation
    held, alone = (plan * problem.value).sum(axis=1), best_alone(problem)
    columns = {
        "count": plan.sum(axis=1),
        "value": held,
        "best_alone": alone,
        "kept_share": np.divide(held, alone, out=np.ones_like(held), where=alone > 0),
        "lagging": np.asarray(problem.lagging).astype(float),
        "gained": (plan * (1 - stated.before)).sum(axis=1),
        "given_up": (stated.before * (1 - plan)).sum(axis=1),
    }
    units = {"count": "count", "value": "value", "best_alone": "value", "kept_share": "share", "lagging": "count",
             "gained": "count", "given_up": "count"}  # fmt: skip
    bench.make("regions", ((REGION, tuple(problem.regions)),), columns, method="layout.compare",
               inputs=("layout.allocation", "opportunities.independent", "scores.index"), units=units)  # fmt: skip


def _industries(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan = stated.problem, found.allocation
    price = [found.duals[f"limit|{i}"].price for i in problem.industries]
    expanded = _expansions(bench.study, tuple(problem.regions), tuple(problem.industries), (stated.before, plan))
    columns = {
        "regions": plan.sum(axis=0),
        "limit": np.asarray(problem.limit),
        "before": stated.before.sum(axis=0),
        "price": np.array(price),
        "before_expansion": expanded[0],
        "expansion": expanded[1],
    }
    units = {"regions": "count", "limit": "count", "before": "count", "price": "value", "before_expansion": "growth",
             "expansion": "growth"}  # fmt: skip
    inputs = ["layout.allocation", "opportunities.independent", "opportunities.industries", "opportunities.crowding"]
    inputs += ["activity"] if bench.study.activity is not None else []
    bench.make("industries", ((INDUSTRY, tuple(problem.industries)),), columns, method="layout.compare", inputs=inputs,
               units=units)  # fmt: skip


def _expansions(
    study: Study, regions: tuple[str, ...], industries: tuple[str, ...], plans: Sequence[np.ndarray]
) -> tuple[np.ndarray, ...]:
    """Implied expansion (C,) of each plan (R,C) as in opportunities.crowding: additions over one year's growth of the section.

    Absent where the study knows no output that carries the industry, or that output does not grow.
    """
    base, growth = _bases(study, regions, industries)
    commitment = study.config.opportunities.commitment
    found = tuple(expansion(plan, base, growth, commitment=commitment) for plan in plans)
    told = study.table("opportunities.crowding").select(industry=industries)
    if "expansion" in told.columns and not np.allclose(told.array("expansion"), found[0], rtol=1e-6, equal_nan=True):
        raise EvidenceError(
            "layout.industries.before_expansion differs from opportunities.crowding.expansion: two ways of counting."
        )
    return found


def _bases(study: Study, regions: tuple[str, ...], industries: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Output (R,C) of the section that carries each industry in the last complete year, and its yearly growth (C,)."""
    base = np.full((len(regions), len(industries)), np.nan)
    growth = np.full(len(industries), np.nan)
    if study.activity is None:
        return base, growth
    years, values = _sections(study, regions)
    span = int(years[-1]) - int(years[0])
    sections = study.table("opportunities.industries")
    for n, industry in enumerate(industries):
        held = values.get(sections.text("base", industry=industry))
        if held is not None and span:
            base[:, n], growth[n] = held[:, -1], (held[:, -1] - held[:, 0]).sum() / span
    return base, growth


def _sections(study: Study, regions: tuple[str, ...]) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """The complete years and the output (R,T) of each section in them, with the rest of the total where the study has one."""
    activity, panel = study.activity, study.panel
    if activity is None:
        return (), {}
    name = next((i.total for i in study.config.inputs if i.content == "activity"), None)
    years = tuple(y for y in activity.years if name not in panel.items or y in panel.years)
    x = activity.take(regions=regions, years=years).values
    whole = np.isfinite(x).all(axis=(0, 2))
    values = {item: x[..., k] for k, item in enumerate(activity.items)}
    if name in panel.items and REST not in values:
        total = panel.take(regions=regions, years=years, items=[str(name)]).values[..., 0]
        values[REST] = np.maximum(total - x.sum(axis=2), 0.0)
        whole = whole & np.isfinite(total).all(axis=0)
    return tuple(y for y, ok in zip(years, whole, strict=True) if ok), {k: v[:, whole] for k, v in values.items()}


def _duals(bench: Bench, found: Solution, gained: Mapping[str, float]) -> None:
    rules = sorted(found.duals)
    duals = [found.duals[r] for r in rules]
    columns = {
        "activity": np.array([d.activity for d in duals], float),
        "limit": np.array([d.limit for d in duals], float),
        "price": np.array([d.price for d in duals], float),
        "binding": np.array([d.binding for d in duals], float),
        "gain": np.array([gained.get(r, np.nan) for r in rules], float),
        "kind": np.array([d.rule.family for d in duals], dtype=str),
        "region": np.array([d.rule.region for d in duals], dtype=str),
        "industry": np.array([d.rule.industry for d in duals], dtype=str),
    }
    columns["unit"] = np.where(columns["kind"] == FLOOR, "points", "count")
    units = {"activity": "@unit", "limit": "@unit", "price": "value", "binding": "count"}
    bench.make("duals", (("rule", tuple(rules)),), columns, method="layout.relaxation_prices",
               inputs=(*OPPORTUNITIES, "layout.allocation"), units=units, cites=CITES)  # fmt: skip


def _solution(bench: Bench, stated: Stated, found: Solution) -> None:
    problem, plan = stated.problem, found.allocation
    lag, alone = np.asarray(problem.lagging), float(best_alone(problem).sum())
    kept = float((plan * problem.value)[lag].sum())
    limits = [d for d in found.duals.values() if d.rule.family == "limit"]
    items = {
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "relaxation": found.relaxation,
        "value_alone": alone,
        "kept_share": found.objective / alone if alone > 0 else 1.0,
        "floor": found.floor,
        "lagging_best": found.lagging_best,
        "lagging_value": kept,
        "leading_value": found.objective - kept,
        "industries": float(len(problem.industries)),
        "lagging_regions": float(lag.sum()),
        "pairs": float(plan.sum()),
        "given_up": float((stated.before * (1 - plan)).sum()),
        "gained": float((plan * (1 - stated.before)).sum()),
        "binding_limits": float(sum(d.binding for d in limits)),
        "priced_limits": float(sum(d.price > 0 for d in limits)),
        "over_limit_before": float((stated.before.sum(axis=0) > np.asarray(problem.limit)).sum()),
    }
    kind = bench.made["allocation"].array("kind")
    items |= {name: float((kind == name).sum()) for name in (CORE, SWING, FRAGILE)}
    columns = {"value": np.array(list(items.values())), "unit": np.array([SOLUTION_UNITS.get(i, "count") for i in items])}
    bench.make("solution", (("item", tuple(items)),), columns, method="layout.milp",
               inputs=("layout.allocation", "layout.duals", "opportunities.independent"), units={"value": "@unit"},
               params={"gap": bench.study.config.layout.gap}, cites=CITES)  # fmt: skip


def _frontier(bench: Bench, stated: Stated) -> None:
    config = bench.study.config
    found = front(stated.problem, points=config.layout.front_points, gap=config.layout.gap, seed=config.seed)
    columns = {
        "floor": found.floor,
        "value": found.value,
        "lagging_value": found.lagging,
        "leading_value": found.leading,
        "gap_between": found.gap,
    }
    units = {"floor": "share", "value": "value", "lagging_value": "value", "leading_value": "value", "gap_between": "value"}
    points = tuple(str(n) for n in range(1, len(found.value) + 1))
    bench.make("frontier", (("point", points),), columns, method="layout.epsilon_constraint", inputs=OPPORTUNITIES, units=units,
               params=config.layout.model_dump(mode="json"), cites=("Haimes, Lasdon and Wismer 1971",))  # fmt: skip
