"""What the codes mean: variables and framework, packaged or the user's own beside the study file, and everybody's names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yindi.core import resources
from yindi.core.config import StudyConfig
from yindi.core.errors import Problems, ProblemsError, UsageError, did_you_mean
from yindi.core.framework import BOUNDS, LEVERS, Framework, Indicator, Variable
from yindi.core.names import Names
from yindi.core.wording import units as known_units
from yindi.intake import regions, sidetables, yamltext
from yindi.intake.limits import regular
from yindi.intake.read import decode


def _variable(row: Mapping[str, str]) -> Variable:
    given = {k: (v or "").strip() for k, v in row.items() if k in Variable.__dataclass_fields__}
    direction = int(given.pop("direction", "1") or 1)
    return Variable(**given, direction=direction)  # type: ignore[arg-type]


def _faults(v: Variable) -> list[str]:
    wrong = []
    if v.unit not in known_units():
        wrong.append(f"unit {v.unit!r} is not known (did you mean {list(did_you_mean(v.unit, known_units()))}?)")
    if v.bound not in BOUNDS:
        wrong.append(f"bound {v.bound!r} is not one of {list(BOUNDS)}")
    if v.lever not in ("", *LEVERS):
        wrong.append(f"lever {v.lever!r} is not one of {list(LEVERS)}")
    if v.direction not in (-1, 1):
        wrong.append(f"direction {v.direction} is neither 1 nor -1")
    return wrong


def variables(config: StudyConfig, folder: Path, problems: Problems) -> dict[str, Variable]:
    """All variables by code: packaged, those of packaged frameworks (the chosen one last), of the study's own framework file,
    then the user's own table (which may redefine one)."""
    table = {r["code"]: _variable(r) for r in resources.rows("variables.csv")}
    for name in sorted(_packaged(), key=lambda n: (n == config.framework, n)):
        table.update(_brought(name))
    _of_own_framework(table, folder / config.framework, config.framework, problems)
    if config.variables is None:
        return table
    path = folder / config.variables
    if not regular(path):
        problems.add(config.variables, "there is no such file.", "correct `variables` in study.yaml")
        return table
    for n, row in enumerate(sidetables.records(path, config.variables, problems), 2):
        _own_variable(table, row, f"{config.variables}, row {n}", problems)
    return table


def _brought(framework: str) -> dict[str, Variable]:
    """The variables that a packaged framework brings with it."""
    rows = resources.tree(f"frameworks/{framework}.yaml").get("variables", ())
    return {r["code"]: _variable({k: str(v) for k, v in r.items()}) for r in rows}


def _of_own_framework(table: dict[str, Variable], path: Path, name: str, problems: Problems) -> None:
    """The variables that a framework file beside the study file describes; a file that cannot be read is said by `framework`."""
    if not regular(path):
        return
    try:
        rows = _tree(path).get("variables") or []
    except (UsageError, AttributeError):
        return
    if not isinstance(rows, list):
        problems.add(
            f"framework {name}: variables", "is no list.", "a row like {code: ..., zh: ..., en: ..., unit: ...} per variable"
        )
        return
    for n, row in enumerate(rows, 1):
        place = f"framework {name}: variables, row {n}"
        if isinstance(row, dict):
            _own_variable(table, {str(k): str(v) for k, v in row.items() if v is not None}, place, problems)
        else:
            problems.add(place, f"is no mapping: {row!r}.", "write {code: ..., zh: ..., en: ..., unit: ...}")


def _own_variable(table: dict[str, Variable], row: Mapping[str, str], place: str, problems: Problems) -> None:
    missing = [c for c in ("code", "zh", "en", "unit") if not row.get(c)]
    if missing:
        problems.add(place, f"the column(s) {missing} are empty or missing.", "every variable needs code, zh, en and unit")
        return
    try:
        variable = _variable(row)
    except ValueError as fault:
        problems.add(place, f"{fault}.", "direction is 1 or -1")
        return
    for wrong in _faults(variable):
        problems.add(place, wrong + ".", "see the packaged data/variables.csv and data/units.csv")
    table[variable.code] = variable


def framework(config: StudyConfig, folder: Path, known: Mapping[str, Variable], problems: Problems) -> Framework | None:
    """The framework, packaged or a YAML file beside the study file; None (with problems) when it cannot be used."""
    name = config.framework
    own = folder / name
    try:
        tree = _tree(own) if regular(own) else _of_package(name)
    except UsageError as fault:
        way = "name a packaged one, or a YAML file beside the study file"
        problems.add("study.yaml: framework", f"there is no framework {name!r}: {fault}", way, _packaged())
        return None
    return _framework(tree, name, known, problems)


def _of_package(name: str) -> Any:
    if name not in _packaged():
        raise UsageError(f"no packaged framework is called {name!r}.")
    return resources.tree(f"frameworks/{name}.yaml")


def _tree(path: Path) -> Any:
    try:
        if path.stat().st_size > yamltext.LARGEST:
            raise UsageError(f"{path.name} is larger than {yamltext.LARGEST:,} bytes: no framework.")
        return yamltext.parse(decode(path.read_bytes(), path.name), place=path.name)
    except (ProblemsError, RecursionError) as fault:
        raise UsageError(f"{path.name} is not well-formed YAML: {str(fault).splitlines()[-1].strip()}") from None


def _packaged() -> list[str]:
    from importlib.resources import files

    found = files("yindi.data").joinpath("frameworks").iterdir()
    return sorted(p.name.removesuffix(".yaml") for p in found if p.name.endswith(".yaml"))


def _framework(tree: Any, place: str, known: Mapping[str, Variable], problems: Problems) -> Framework | None:
    try:
        indicators = tuple(_indicator(i) for i in tree["indicators"])
        dims = {d: (n["zh"], n["en"]) for d, n in tree["dimensions"].items()}
        title = (tree["title"]["zh"], tree["title"]["en"])
        note = str(tree.get("note", ""))
        said = (str(tree.get("version", "")), str(tree.get("concept", "")))
        made = Framework(str(tree["code"]), title, str(tree.get("source", "")), indicators, dims, note, *said)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        missing = f"the key {fault} is missing" if isinstance(fault, KeyError) else fault
        problems.add(f"framework {place}", f"cannot be used: {missing}.", "compare it with the packaged nqpf_b.yaml")
        return None
    stray = [i.code for i in indicators if i.code not in known]
    for code in stray:
        way = "correct it, or describe it under `variables` of the framework file"
        problems.add(f"framework {place}", f"indicator {code!r} is no variable.", way, did_you_mean(code, known))
    return None if stray else made


def _indicator(row: Mapping[str, Any]) -> Indicator:
    weight = None if row.get("weight") is None else float(row["weight"])
    return Indicator(str(row["code"]), str(row["dimension"]), int(row.get("direction", 1)), weight)


def _pairs(path: str, code: str = "code") -> dict[str, tuple[str, str]]:
    return {r[code]: (r["zh"], r["en"]) for r in resources.rows(path)}


def names(known: Mapping[str, Variable], chosen: Framework, config: StudyConfig, folder: Path) -> Names:
    """Names of regions, variables (also as indicators), dimensions, industries, groups and levers."""
    called = {v.code: (v.zh, v.en) for v in known.values()}
    activity = names_of_industries(config, folder)
    made = (
        Names()
        .plus("region", region_names(config.regions.level))
        .plus("variable", {**activity, **called})
        .plus("indicator", called)
    )
    made = made.plus("dimension", chosen.dimensions).plus("group", _pairs("regions/groups.csv", "group"))
    made = made.plus("lever", _pairs("levers.csv", "lever"))
    return made.plus("industry", activity)


def names_of_industries(config: StudyConfig, folder: Path) -> dict[str, tuple[str, str]]:
    """Code -> (zh, en) of the sections of GB/T 4754 and of the study's industries."""
    return {**_pairs("sections.csv"), **_industries(config, folder)}


def region_names(level: str) -> dict[str, tuple[str, str]]:
    """Code -> (zh, en) of a level; below provinces only the Chinese name is packaged."""
    if level == "province":
        return {c: (r["zh"], r["en"]) for c, r in regions.provinces().items()}
    return {c: (n, n) for c, n in regions.codes(level).items()}


def _industries(config: StudyConfig, folder: Path) -> dict[str, tuple[str, str]]:
    own = folder / config.opportunities.industries
    if regular(own):
        rows = sidetables.records(own, own.name, Problems("intake"))
    else:
        try:
            rows = list(resources.rows(f"industries/{config.opportunities.industries}.csv"))
        except UsageError:
            return {}
    return {r["code"]: (r["zh"], r["en"]) for r in rows if {"code", "zh", "en"} <= set(r)}
