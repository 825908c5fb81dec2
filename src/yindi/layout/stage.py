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
from yindi.layout import accounts
from yindi.layout.frontier import front
from yindi.layout.marginal import effects
from yindi.layout.problem import Problem
from yindi.layout.rolling import relatedness, rolling
from yindi.layout.rules import FLOOR, FORBIDDEN, LIMIT, LOCKED, Rule
from yindi.layout.solver import Solution, solve
from yindi.layout.stability import frequency, kinds, margins
from yindi.layout.value import REASONS, attractiveness, expansion, lagging, value

OPPORTUNITIES = ("opportunities.fit", "opportunities.industries", "scores.index", "config")
AFTER = (*OPPORTUNITIES, "layout.allocation")
CITES = ("Huangfu and Hall 2018",)
REST = "rest"
DRAWS, SHOCK_GAP = 100, 1e-3
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
    _duals(bench, found, effects(stated.problem, found, families=PRICED, gap=config.gap, seed=study.config.seed))
    _solution(bench, stated, found)
    _frontier(bench, stated)
    _goals(bench, stated, found)
    _equity(bench, stated, found)
    _protection(bench, stated, found)
    _levers(bench, stated)
    _rolling(bench, stated)
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
    levers = study.table("diagnosis.levers").labels("lever") if "diagnosis" in study.results else tuple(config.lever_budgets)
    for name in config.lever_budgets:
        look("layout.lever_budgets", "lever", name, levers)
    for name in config.attractiveness:
        look("layout.attractiveness", "reason", name, REASONS)
    for place in ("forbidden", "locked"):
        for region, names in getattr(config, place).items():
            look(f"layout.{place}", "region", region, regions)
            for name in names:
                look(f"layout.{place}", "industry", name, industries)
    problems.raise_if_any()


def _reasons(study: Study, industries: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The five reasons (C,K) of each industry and the user's weights (K,) of them, equal where none are given."""
    table, given = study.table("opportunities.industries").select(industry=industries), study.config.layout.attractiveness
    reasons = np.column_stack([table.dense(r) for r in REASONS])
    return reasons, np.array([given.get(r, 0.0) if given else 1.0 for r in REASONS])


def _attractive(study: Study, industries: tuple[str, ...]) -> np.ndarray:
    table, given = study.table("opportunities.industries").select(industry=industries), study.config.layout.attractiveness
    return (
        table.dense("attractiveness") if not given or set(given) - set(REASONS) else attractiveness(*_reasons(study, industries))
    )


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
        "passes": accounts.passes(problem, found, stated.before),
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
    units = {"count": "count", "value": "value", "best_alone": "value", "kept_share": "share", "lagging": "count",
             "gained": "count", "given_up": "count"}  # fmt: skip
    bench.make("regions", ((REGION, tuple(stated.problem.regions)),),
               accounts.by_region(stated.problem, found.allocation, stated.before), method="layout.compare",
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


def _duals(bench: Bench, found: Solution, effect: Mapping[str, tuple[float, float]]) -> None:
    rules = sorted(found.duals)
    units = {"activity": "@unit", "limit": "@unit", "price": "value", "binding": "count", "gain": "value", "changed": "count"}
    bench.make("duals", (("rule", tuple(rules)),), accounts.by_rule([found.duals[r] for r in rules], effect),
               method="layout.relaxation_prices", inputs=AFTER, units=units, cites=CITES)  # fmt: skip


def _solution(bench: Bench, stated: Stated, found: Solution) -> None:
    items = accounts.by_item(stated.problem, found, stated.before, bench.made["allocation"].array("kind"))
    columns = {"value": np.array(list(items.values())), "unit": np.array([SOLUTION_UNITS.get(i, "count") for i in items])}
    bench.make("solution", (("item", tuple(items)),), columns, method="layout.milp",
               inputs=("layout.allocation", "layout.duals", "opportunities.independent"), units={"value": "@unit"},
               params={"gap": bench.study.config.layout.gap}, cites=CITES)  # fmt: skip


def _frontier(bench: Bench, stated: Stated) -> None:
    config, problem = bench.study.config, stated.problem
    found = front(problem, points=config.layout.front_points, gap=config.layout.gap, seed=config.seed)
    base, growth = _bases(bench.study, tuple(problem.regions), tuple(problem.industries))
    most = config.opportunities.commitment
    largest = np.array([np.nanmax(expansion(p, base, growth, commitment=most), initial=-np.inf) for p in found.plans])
    columns = accounts.by_point(problem, found, np.where(np.isfinite(largest), largest, np.nan))
    units = {"floor": "share", "value": "value", "lagging_value": "value", "leading_value": "value", "gap_between": "value",
             "gainers": "count", "holders": "count", "expansion": "growth", "marginal": "ratio"}  # fmt: skip
    points = tuple(str(n) for n in range(1, len(found.value) + 1))
    bench.make("frontier", (("point", points),), columns, method="layout.epsilon_constraint", inputs=OPPORTUNITIES, units=units,
               params=config.layout.model_dump(mode="json"), cites=("Haimes, Lasdon and Wismer 1971",))  # fmt: skip


def _goals(bench: Bench, stated: Stated, found: Solution) -> None:
    study, problem = bench.study, stated.problem
    reasons, weights = _reasons(study, tuple(problem.industries))
    attractive = attractiveness(reasons, weights) if weights.any() else np.zeros(0)
    if not len(attractive) or (attractive <= 0).any():
        return
    columns = accounts.by_goal(problem, found, problem.value / attractive, reasons, weights, gap=study.config.layout.gap,
                               seed=study.config.seed)  # fmt: skip
    bench.make("goals", (("reason", REASONS),), columns, method="layout.outcome_goals", inputs=AFTER,
               units={"weight": "share", "kept": "share", "changed": "count"},
               params={"attractiveness": dict(zip(REASONS, weights.tolist(), strict=True))})  # fmt: skip


def _equity(bench: Bench, stated: Stated, found: Solution) -> None:
    config = bench.study.config
    lag = np.asarray(stated.problem.lagging)
    if lag.all() or not lag.any():
        return
    rules, columns = accounts.by_equity(stated.problem, found, gap=config.layout.gap, seed=config.seed)
    bench.make("equity", (("policy", tuple(rules)),), columns, method="layout.levelling_down", inputs=AFTER,
               units={**dict.fromkeys(columns, "value"), "levelled": "count"},
               params={"lagging_share": config.layout.lagging_share},
               cites=("Ogryczak 2009",))  # fmt: skip


def _protection(bench: Bench, stated: Stated, found: Solution) -> None:
    config = bench.study.config.layout
    failing = range(1, min(config.shocks, len(stated.problem.industries)) + 1)
    if not len(failing) or found.objective <= 0:
        return
    columns = accounts.by_shock(stated.problem, found, failing, config.shock_loss, gap=max(config.gap, SHOCK_GAP),
                                seed=bench.study.config.seed)  # fmt: skip
    bench.make("protection", (("failing", tuple(str(n) for n in failing)),), columns, method="layout.protected",
               inputs=AFTER, units={**dict.fromkeys(columns, "value"), "changed": "count"},
               params={"shock_loss": config.shock_loss}, cites=("Bertsimas and Sim 2004",))  # fmt: skip


def _levers(bench: Bench, stated: Stated) -> None:
    """Budgets of the levers, where the diagnosis knows obstacles by lever."""
    study, regions = bench.study, tuple(stated.problem.regions)
    if "diagnosis" not in study.results:
        return
    table, config = study.table("diagnosis.levers").select(region=regions), study.config.layout
    known = [k for k, n in enumerate(table.labels("lever")) if np.isfinite(table.array("degree")[:, k]).any()]
    names = tuple(table.labels("lever")[k] for k in known)
    parts = np.array([config.lever_budgets.get(n, 0.0 if config.lever_budgets else 1.0) for n in names])
    if not parts.any():
        return
    index = study.table("scores.index")
    level = index.select(region=regions, year=index.labels("year")[-1:]).dense()[:, 0]
    w = study.space.weights(regions) if config.lever_spillover > 0 else None
    weight, degree = _size(study, regions) ** config.size_exponent, np.nan_to_num(table.array("degree")[:, known])
    asked = accounts.lever_problem(degree * config.lever_effect, level, weight, parts, cap=config.lever_cap, w=w,
                                   rho=config.lever_spillover)  # fmt: skip
    rows, columns, _ = accounts.by_lever(asked)
    inputs, marks = ("diagnosis.levers", "scores.index", "config"), None if table.marks is None else table.marks[:, known]
    params = {"effect": config.lever_effect, "spillover": config.lever_spillover, "cap": config.lever_cap}
    method = "layout.levers" if config.lever_cap > 0 else "layout.water_filling"
    bench.make("levers", ((REGION, regions), ("lever", names)), rows, method=method, inputs=inputs,
               units={"spending": "ratio", "share": "share", "gain": "index"}, params=params, marks=marks)  # fmt: skip
    bench.make("lever_prices", (("lever", names),), columns, method=method, inputs=("layout.levers",), params=params,
               units={"budget": "ratio", "price": "index", "regions": "count", "gain": "index"})  # fmt: skip


def _rolling(bench: Bench, stated: Stated) -> None:
    """The layout begun over several periods, where the study asks for it."""
    study, problem, config = bench.study, stated.problem, bench.study.config.layout
    if not config.periods:
        return
    needs = study.table("opportunities.requirements").select(industry=tuple(problem.industries)).dense()
    related = relatedness(needs)
    options = {"periods": config.periods, "lift": config.period_lift, "discount": config.period_discount}
    found, plain = (rolling(problem, related, periods=config.periods, lift=config.period_lift, discount=config.period_discount,
                            stepping=stones, gap=config.gap, seed=study.config.seed) for stones in (True, False))  # fmt: skip
    axes = ((REGION, tuple(problem.regions)), (INDUSTRY, tuple(problem.industries)))
    inputs = (*OPPORTUNITIES, "opportunities.requirements")
    bench.make("rolling", axes, {"period": np.where(found.begun > 0, found.begun, np.nan), "option": found.option},
               method="layout.rolling", inputs=inputs, units={"period": "count", "option": "value"}, params=options)  # fmt: skip
    numbers = tuple(str(t) for t in range(1, config.periods + 1))
    begun = np.array([(found.begun == t).sum() for t in range(1, config.periods + 1)], float)
    bench.make("periods", (("period", numbers),), {"begun": begun, "value": found.value, "plain": plain.value},
               method="layout.rolling", inputs=("layout.rolling",), units={"begun": "count", "value": "value", "plain": "value"},
               params=options)  # fmt: skip
