"""audit.table(path): guess the kind, check every identity, report every break."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from yindi.audit import convergence, coupling, dagum, markov, matrix, moran, own, panel, ranking, read, theil, weights
from yindi.audit.findings import Break, Report
from yindi.audit.numbers import Row, bare, numeric, roles
from yindi.audit.sums import twins
from yindi.core.errors import ProblemsError, UsageError, did_you_mean

CHECKS: dict[str, ModuleType] = {"dagum": dagum, "theil": theil, "markov": markov, "moran": moran, "weights": weights,
                                 "coupling": coupling, "panel": panel, "convergence": convergence, "ranking": ranking,
                                 "neighbours": matrix}  # fmt: skip
KINDS = tuple(CHECKS)
NEEDED = {
    "dagum": ({"gini", "within", "between", "transvariation"},),
    "coupling": ({"c", "d"}, {"u1", "u2", "c"}, {"c", "modified"}, {"grade", "range"}),
    "theil": ({"total", "within", "between"},),
    "weights": ({"weight", "indicator"},),
    "convergence": ({"beta", "speed"},),
    "markov": ({"class"},),
    "panel": ({"region", "year", "residual"},),
    "ranking": ({"score", "rank"},),
}
LEAST: dict[str, set[str]] = {"dagum": {"gini"}, "theil": {"total"}, "moran": {"i"}, "weights": {"weight"},
                              "panel": {"region", "year"}, "convergence": {"beta"}}  # fmt: skip
TAKES = {"weights": ("data",), "moran": ("data", "neighbours"), "panel": ("neighbours",), "ranking": ("data",)}
"""What may stand beside a table of a kind: data (indicators or variables), neighbours (spatial weights)."""


def table(
    path: str | Path, kind: str | None = None, *, data: str | Path | None = None, neighbours: str | Path | None = None
) -> Report:
    """The audit of a table file, of every table of a folder, or of all known tables of a results folder.

    `data` holds the indicators behind weights or ranks, or the variables behind Moran's I; `neighbours` the spatial weights.
    Raises UsageError for an unknown kind or one that the columns do not carry, ProblemsError for a file that cannot be read.
    """
    place = Path(path)
    _known(kind)
    if place.is_dir():
        return _folder(place, kind)
    given = {"data": None if data is None else read.rows(Path(data)),
             "neighbours": None if neighbours is None else read.rows(Path(neighbours))}  # fmt: skip
    sheets = read.tables(place)
    if len(sheets) == 1:
        return rows(next(iter(sheets.values())), kind, source=place.name, **given)
    return _together(place.name, "sheets", {name: rows(lines, kind, source=name, **given) for name, lines in sheets.items()})


def _folder(place: Path, kind: str | None) -> Report:
    base = place / "tables" if (place / "tables").is_dir() else place
    there = [name for name in ("scores.index", *own.CHECKS) if (base / f"{name}.csv").is_file()]
    names = [name for name in there if name in own.CHECKS]
    if names:
        tables = {name: read.rows(base / f"{name}.csv") for name in there}
        return _together(place.name, "results", {name: _own(tables, name) for name in names})
    endings = (*read.SHEETS, *read.TEXTS)
    files = sorted(f for f in base.iterdir() if f.suffix.lower() in endings and not f.name.startswith((".", "~$")))
    if not files:
        raise UsageError(f"{place} holds neither results ({', '.join(own.CHECKS)}) nor tables (CSV, xlsx, ods); name one.")
    return _together(place.name, "folder", {f.name: _file(f, kind) for f in files})


def _file(file: Path, kind: str | None) -> Report:
    """The audit of one file of a folder; one that cannot be read as a table is a break of its own."""
    try:
        return table(file, kind)
    except (ProblemsError, UsageError) as fault:
        reason = fault.problems[0].message if isinstance(fault, ProblemsError) else str(fault)
        return Report(file.name, "any", 0, (), (Break("the file is a table", 0, (file.name,), 0.0, 0.0, reason),))


def _own(tables: own.Tables, name: str) -> Report:
    check, rules = own.CHECKS[name]
    return Report(name, "results", len(tables[name]), rules, tuple(_labelled(tables[name], check(tables, name))))


def _together(source: str, kind: str, reports: dict[str, Report]) -> Report:
    breaks = tuple(replace(b, message=f"{name}: {b.message}") for name, r in reports.items() for b in r.breaks)
    rules = tuple(dict.fromkeys(rule for r in reports.values() for rule in r.rules))
    unknown = tuple(name for name, r in reports.items() if r.kind == "any")
    return Report(source, kind, sum(r.rows for r in reports.values()), rules, breaks, unknown)


def _known(kind: str | None) -> None:
    if kind is not None and kind not in CHECKS:
        near = did_you_mean(kind, KINDS)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"No kind of table is called {kind!r}. Known: {', '.join(KINDS)}.{hint}")


def rows(
    lines: Sequence[Row],
    kind: str | None = None,
    *,
    source: str = "table",
    data: Sequence[Row] | None = None,
    neighbours: Sequence[Row] | None = None,
) -> Report:
    """The audit of rows (header -> printed cell); the kind is guessed from the headers where none is given."""
    _known(kind)
    headers = list(lines[0]) if lines else []
    asked, kind = kind, kind or _guess(lines, headers, data is not None, neighbours is not None)
    turned = read.transposed(lines) if lines and (kind is None or (asked and _lacks(asked, headers))) else []
    if turned and (_guess(turned, list(turned[0]), False, False) or asked):
        return rows(turned, asked, source=source, data=data, neighbours=neighbours)
    if kind is None:
        return Report(source, "any", len(lines), ("columns differ",), tuple(twins(lines, numeric(lines))))
    found = roles(kind, headers)
    missing = _lacks(kind, headers)
    if missing:
        raise UsageError(f"{source}: a table of kind {kind!r} needs columns for {sorted(missing)}; it has {headers}.")
    beside: dict[str, Any] = {"data": data, "neighbours": None if neighbours is None else matrix.neighbours(neighbours)}
    given = {name: beside[name] for name in TAKES.get(kind, ())}
    breaks = list(CHECKS[kind].check(lines, found, **given))
    copied = [] if kind in ("weights", "neighbours", "ranking") else twins(lines, numeric(lines))
    rules = (*CHECKS[kind].RULES, *_more_rules(kind, given), "columns differ")
    return Report(source, kind, len(lines), rules, tuple(_labelled(lines, [*breaks, *copied])))


def _lacks(kind: str, headers: Sequence[str]) -> set[str]:
    """Roles that a table of a kind must have and these headers do not."""
    families = kind == "moran" and moran.families(headers)
    return set() if families else LEAST.get(kind, set()) - set(roles(kind, headers))


def _more_rules(kind: str, given: dict[str, Any]) -> tuple[str, ...]:
    if kind == "moran" and None not in given.values():
        return moran.WITH_DATA
    if kind == "panel" and given["neighbours"] is not None:
        return (panel.ORDER,)
    return (ranking.WITH_DATA,) if kind == "ranking" and given["data"] is not None else ()


def _labelled(lines: Sequence[Row], breaks: Sequence[Break] | Iterator[Break]) -> list[Break]:
    return [replace(b, label=str(next(iter(lines[b.row - 1].values())))) if b.row else b for b in breaks]


def _guess(lines: Sequence[Row], headers: Sequence[str], data: bool, neighbours: bool) -> str | None:
    """The first kind whose columns are there; a square table is of neighbours; families of I and z are Moran's."""
    if matrix.is_matrix(lines) and _adjacency(lines):
        return "neighbours"
    if any("z" in family or "p" in family for family in moran.families(headers)):
        return "moran"
    for kind, ways in NEEDED.items():
        if any(needed <= set(roles(kind, headers)) for needed in ways):
            return kind
    if neighbours and {"region", "year"} <= set(roles("panel", headers)):
        return "panel"
    return "ranking" if data and any(bare(h) in ranking.EQUAL for h in headers) else None


def _adjacency(lines: Sequence[Row]) -> bool:
    """A square table is one of neighbours where its diagonal is empty; correlations and judgements have ones there."""
    labels = [next(iter(r.values())) for r in lines]
    return all(r.get(label, "").strip() in ("0", "0.0", "") for r, label in zip(lines, labels, strict=True))
