"""audit.table(path): guess the kind, check every identity, report every break."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from yindi.audit import coupling, dagum, markov, moran, panel, read, theil, weights
from yindi.audit.findings import Report
from yindi.audit.numbers import Row, numeric, roles
from yindi.audit.sums import twins
from yindi.core.errors import UsageError, did_you_mean

CHECKS: dict[str, ModuleType] = {"dagum": dagum, "theil": theil, "markov": markov, "moran": moran, "weights": weights,
                                 "coupling": coupling, "panel": panel}  # fmt: skip
KINDS = tuple(CHECKS)
NEEDED = {"dagum": {"gini", "within", "between", "transvariation"}, "coupling": {"c", "d"}, "moran": {"i", "z"},
          "theil": {"total", "within", "between"}, "weights": {"weight", "indicator"}, "markov": {"class"},
          "panel": {"region", "year", "residual"}}  # fmt: skip
OWN = {"disparity.dagum": "dagum", "disparity.theil": "theil", "disparity.moran": "moran", "scores.weights": "weights",
       "diagnosis.coupling": "coupling"}  # fmt: skip
OWN_ROLES = {
    "disparity.moran": {"i": "i", "z": "z", "expected": "expected"},
    "diagnosis.coupling": {"t": "level", "c": "coupling", "d": "coordination", "grade": "grade"},
}
"""Our own tables by file name: p of Moran's I there comes from permutations, which no z of a skewed index gives."""
LEAST = {
    "dagum": {"gini"},
    "theil": {"total"},
    "markov": set(),
    "moran": {"i"},
    "weights": {"weight"},
    "coupling": {"d"},
    "panel": {"region", "year"},
}


def table(path: str | Path, kind: str | None = None, *, data: str | Path | None = None) -> Report:
    """The audit of a table file, or of all known tables of a results folder; `data` holds the indicators behind weights.

    Raises UsageError for an unknown kind or one that the columns do not carry, ProblemsError for a file that cannot be read.
    """
    place = Path(path)
    if place.is_dir():
        return _folder(place)
    return rows(read.rows(place), kind, source=place.name, data=None if data is None else read.rows(Path(data)))


def _folder(place: Path) -> Report:
    base = place / "tables" if (place / "tables").is_dir() else place
    reports = {name: rows(read.rows(base / f"{name}.csv"), kind, source=name) for name, kind in OWN.items()
               if (base / f"{name}.csv").is_file()}  # fmt: skip
    if not reports:
        raise UsageError(f"{place} holds none of {sorted(OWN)}; name a results folder or a table.")
    breaks = tuple(replace(b, message=f"{name}: {b.message}") for name, r in reports.items() for b in r.breaks)
    rules = tuple(dict.fromkeys(rule for r in reports.values() for rule in r.rules))
    return Report(place.name, "results", sum(r.rows for r in reports.values()), rules, breaks)


def rows(lines: Sequence[Row], kind: str | None = None, *, source: str = "table", data: Sequence[Row] | None = None) -> Report:
    """The audit of rows (header -> printed cell); the kind is guessed from the headers where none is given."""
    if kind is not None and kind not in CHECKS:
        near = did_you_mean(kind, KINDS)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"No kind of table is called {kind!r}. Known: {', '.join(KINDS)}.{hint}")
    headers = list(lines[0]) if lines else []
    kind = kind or _guess(headers)
    if kind is None:
        return Report(source, "any", len(lines), ("columns differ",), tuple(twins(lines, numeric(lines))))
    found = OWN_ROLES.get(source.removesuffix(".csv")) or roles(kind, headers)
    missing = LEAST[kind] - set(found)
    if missing:
        raise UsageError(f"{source}: a table of kind {kind!r} needs columns for {sorted(missing)}; it has {headers}.")
    given = {"data": data} if kind == "weights" else {}
    breaks = tuple(CHECKS[kind].check(lines, found, **given))
    copied = tuple(b for b in twins(lines, numeric(lines)) if kind != "weights")
    named = tuple(replace(b, label=str(next(iter(lines[b.row - 1].values())))) if b.row else b for b in breaks + copied)
    return Report(source, kind, len(lines), (*CHECKS[kind].RULES, "columns differ"), named)


def _guess(headers: Sequence[str]) -> str | None:
    return next((kind for kind, needed in NEEDED.items() if needed <= set(roles(kind, headers))), None)
