"""One small made-up Study for stage tests: eight real province codes, four years, all variables of data/variables.csv.

The figures are invented (levels by region, growth by year, a little seeded noise); only the identities between them hold.
`study(**overrides)` builds it, `reordered(study, regions)` is the same study with its region labels in another order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np

from yindi.core import resources
from yindi.core.config import StudyConfig
from yindi.core.framework import Framework, Indicator, Variable
from yindi.core.ledger import Ledger, Source, Step, digest
from yindi.core.names import Names
from yindi.core.panel import ABSENT, CORRECTED, DERIVED, IMPUTED, OBSERVED, Origin, Panel
from yindi.core.space import Space
from yindi.core.study import Study

REGIONS = {
    "110000": ("北京", "Beijing", "east"),
    "130000": ("河北", "Hebei", "east"),
    "210000": ("辽宁", "Liaoning", "northeast"),
    "220000": ("吉林", "Jilin", "northeast"),
    "410000": ("河南", "Henan", "central"),
    "420000": ("湖北", "Hubei", "central"),
    "610000": ("陕西", "Shaanxi", "west"),
    "620000": ("甘肃", "Gansu", "west"),
}
GROUPS = {"east": ("东部", "East"), "northeast": ("东北", "Northeast"), "central": ("中部", "Central"), "west": ("西部", "West")}
Cells = Iterable[tuple[str, str, str]]
Segments = Mapping[str, tuple[tuple[str, ...], ...]]

YEARS = ("2019", "2020", "2021", "2022")
EDGES = (
    ("110000", "130000"),
    ("130000", "210000"),
    ("210000", "220000"),
    ("130000", "410000"),
    ("410000", "420000"),
    ("410000", "610000"),
    ("420000", "610000"),
    ("610000", "620000"),
)
CENTROIDS = {
    "110000": (116.4, 39.9), "130000": (114.5, 38.0), "210000": (123.4, 41.8), "220000": (125.3, 43.9),
    "410000": (113.6, 34.8), "420000": (114.3, 30.6), "610000": (108.9, 34.3), "620000": (103.8, 36.1),
}  # fmt: skip
SECTIONS = {
    "A": ("农林牧渔业", "Agriculture"),
    "BCD": ("工业", "Industry"),
    "E": ("建筑业", "Construction"),
    "F": ("批发和零售业", "Trade"),
    "G": ("交通运输业", "Transport"),
    "H": ("住宿和餐饮业", "Hotels and restaurants"),
    "J": ("金融业", "Finance"),
}
LEVELS = {
    "population": 5000.0, "gdp": 35000.0, "urbanisation": 55.0, "income_per_capita": 30000.0, "rd_personnel": 25.0,
    "rd_spend": 900.0, "patents": 15.0, "tech_market": 1500.0, "ecommerce": 1.2, "software": 0.3, "telecom": 0.9,
    "trade_openness": 0.25, "energy_intensity": 0.6, "highway": 150000.0, "railway": 5000.0,
}  # fmt: skip
SHARES = {"A": 0.08, "BCD": 0.34, "E": 0.07, "F": 0.09, "G": 0.04, "H": 0.02, "J": 0.08}


def variables() -> dict[str, Variable]:
    """The packaged variables."""
    names = {f.name for f in fields(Variable)}
    rows = ({k: v for k, v in row.items() if k in names} for row in resources.rows("variables.csv"))
    return {r["code"]: Variable(**{**r, "direction": int(r["direction"])}) for r in rows}  # type: ignore[arg-type]


def framework(name: str = "nqpf_b") -> Framework:
    """A packaged framework."""
    tree = resources.tree(f"frameworks/{name}.yaml")
    dims = {d: (n["zh"], n["en"]) for d, n in tree["dimensions"].items()}
    indicators = tuple(Indicator(**i) for i in tree["indicators"])
    return Framework(
        tree["code"], (tree["title"]["zh"], tree["title"]["en"]), tree["source"], indicators, dims, tree.get("note", "")
    )


def _origin(source: Source, shape: tuple[int, ...]) -> Origin:
    r, _, k = np.indices(shape)
    t = np.indices(shape)[1]
    return Origin(((source.id, ""),), np.zeros(shape, int), 2 + r * shape[1] + t, 3 + k)


def _noise(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.exp(0.15 * np.random.default_rng(seed).standard_normal(shape))


def _values(codes: Sequence[str], seed: int) -> np.ndarray:
    """Invented levels: the first region leads, the last lags; growth of six per cent a year."""
    lead = np.linspace(1.8, 0.6, len(REGIONS))[:, None, None]
    year = 1.06 ** np.arange(len(YEARS))[None, :, None]
    base = np.array([LEVELS.get(c, np.nan) for c in codes])
    values = base * lead * year * _noise(seed, (len(REGIONS), len(YEARS), len(codes)))
    at = {c: n for n, c in enumerate(codes)}
    values[..., at["urbanisation"]] = np.minimum(values[..., at["urbanisation"]], 90.0)
    values[..., at["energy_intensity"]] = (base / lead / year)[..., at["energy_intensity"]]
    values[..., at["gdp_per_capita"]] = values[..., at["gdp"]] / values[..., at["population"]] * 10000
    return values


def panel(
    source: Source,
    *,
    seed: int = 1,
    absent: Cells = (),
    imputed: Cells = (),
    corrected: Cells = (),
    segments: Segments | None = None,
) -> tuple[Panel, Step]:
    """The indicator panel and its step; cells are named (region, year, variable)."""
    meta = variables()
    codes = tuple(meta)
    values = _values(codes, seed)
    status = np.full(values.shape, OBSERVED)
    status[..., codes.index("gdp_per_capita")] = DERIVED
    for cells, state in ((absent, ABSENT), (imputed, IMPUTED), (corrected, CORRECTED)):
        for region, year, item in cells:
            status[list(REGIONS).index(region), YEARS.index(year), codes.index(item)] = state
    values = np.where(status == ABSENT, np.nan, values)
    step = Step("intake.read", "panel", (source.id,), digest(values), {}, (), (source.id,))
    units = tuple(v.unit for v in meta.values())
    made = Panel(tuple(REGIONS), YEARS, codes, values, status, _origin(source, values.shape), units,
                 segments=tuple((segments or {}).items()), step=step.id)  # fmt: skip
    return made, step


def activity(source: Source, gdp: np.ndarray, *, seed: int = 2) -> tuple[Panel, Step]:
    """Value added by section: shares of gdp (R,T) that stay below it in sum."""
    shape = (len(REGIONS), len(YEARS), len(SECTIONS))
    values = gdp[..., None] * np.array([SHARES[s] for s in SECTIONS]) * _noise(seed, shape)
    step = Step("intake.read", "activity", (source.id,), digest(values), {}, (), (source.id,))
    made = Panel(tuple(REGIONS), YEARS, tuple(SECTIONS), values, np.full(shape, OBSERVED), _origin(source, shape),
                 ("100m_yuan",) * len(SECTIONS), axis="industry", step=step.id)  # fmt: skip
    return made, step


def space() -> tuple[Space, Step]:
    """Land contact between the eight, their four blocks, centroids and invented areas."""
    step = Step("intake.space", "space", (), digest([list(e) for e in EDGES]))
    groups = {"four_blocks": {r: block for r, (_, _, block) in REGIONS.items()}}
    areas = {r: 100000.0 + 20000.0 * n for n, r in enumerate(REGIONS)}
    return Space(tuple(REGIONS), EDGES, (), groups, CENTROIDS, areas, step.id), step


def names(system: Framework) -> Names:
    """Names of regions, variables, industries, levers, groups, dimensions."""
    return Names({
        "region": {r: (zh, en) for r, (zh, en, _) in REGIONS.items()},
        "variable": {c: (v.zh, v.en) for c, v in variables().items()},
        "industry": dict(SECTIONS),
        "lever": {r["lever"]: (r["zh"], r["en"]) for r in resources.rows("levers.csv")},
        "group": dict(GROUPS),
        "dimension": dict(system.dimensions),
    })  # fmt: skip


def config(**overrides: Any) -> StudyConfig:
    """A valid study file; overrides are top-level keys."""
    inputs = [{"file": "indicators.csv"}, {"file": "industries.csv", "content": "activity", "layout": "long", "item": "industry",
              "value": "value", "total": "gdp"}]  # fmt: skip
    base = {"title": {"zh": "虚构", "en": "Made up"}, "years": [int(YEARS[0]), int(YEARS[-1])], "inputs": inputs, "seed": 7}
    return StudyConfig.model_validate({**base, **overrides})


def study(
    *,
    seed: int = 1,
    with_activity: bool = True,
    system: Framework | None = None,
    absent: Cells = (),
    imputed: Cells = (),
    corrected: Cells = (),
    segments: Segments | None = None,
    **overrides: Any,
) -> Study:
    """The made-up study before any stage; overrides go to the study file (`measure={"draws": 50}`)."""
    source = Source("Made-up indicators", "nobody", "indicators.csv", "0" * 64)
    other = Source("Made-up sections", "nobody", "industries.csv", "1" * 64)
    main, main_step = panel(source, seed=seed, absent=absent, imputed=imputed, corrected=corrected, segments=segments)
    gdp = _values(main.items, seed)[..., main.items.index("gdp")]
    sections, sections_step = activity(other, gdp)
    place, place_step = space()
    system = system or framework()
    ledger = Ledger().add(source, other, main_step, sections_step, place_step)
    return Study(
        config(**overrides), variables(), system, main, sections if with_activity else None, place, names(system), ledger
    )


def reordered(given: Study, regions: Sequence[str]) -> Study:
    """The same study (before any stage) with its regions in another order."""
    space = replace(given.space, regions=tuple(regions))
    activity = None if given.activity is None else given.activity.take(regions=regions)
    return replace(given, panel=given.panel.take(regions=regions), activity=activity, space=space)
