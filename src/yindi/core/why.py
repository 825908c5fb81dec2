"""From a reference back to cells, steps and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from yindi.core.axes import INDICATOR
from yindi.core.finding import Ref
from yindi.core.panel import STATUS, Panel

if TYPE_CHECKING:
    from yindi.core.ledger import Step
    from yindi.core.study import Study
    from yindi.core.table import Table

CELLS_SHOWN = 12


def explain(study: Study, ref: Ref | str) -> str:
    """The value, every step it stands on with parameters and citations, and the cells with file, row and column."""
    ref = Ref.parse(ref) if isinstance(ref, str) else ref
    table = study.table(ref.name)
    value = table.at(dict(ref.at), ref.column)
    unit = "plain" if isinstance(value, str) else table.quantity(ref.column, **dict(ref.at)).unit
    lines = [f"{ref} = {value!r}" + ("" if unit == "plain" else f" [{unit}]")]
    if ref.name == "config":
        return f"{lines[0]}\n  <- study.yaml: {dict(ref.at)['item']} (judgement: yours to change)"
    seen: set[str] = set()
    lines += list(_walk(study, ref.name, dict(ref.at), 1, seen))
    return "\n".join(lines)


def _walk(
    study: Study, name: str, at: Mapping[str, str], depth: int, seen: set[str], child: Table | None = None
) -> Iterator[str]:
    pad = "  " * depth
    if name in seen:
        yield f"{pad}<- {name} (shown above)"
        return
    seen.add(name)
    if name in ("panel", "activity"):
        panel = study.panel if name == "panel" else study.activity
        if panel is not None:
            yield from _cells(study, _as_wide_as(panel, child), at, pad)
        return
    if name in study.ledger.sources:
        source = study.ledger.sources[name]
        yield f"{pad}<- file {source.path} sha256 {source.sha256} {source.title} {source.producer}".rstrip()
        return
    if name in ("space", "config"):
        yield f"{pad}<- {name}"
        return
    table = study.table(name)
    step = study.ledger.steps[table.step]
    yield f"{pad}<- {step.made}: {_method(step)} [{step.id}]"
    for parent in step.inputs:
        yield from _walk(study, parent, _narrow(study, parent, at), depth + 1, seen, table)


def _as_wide_as(panel: Panel, child: Table | None) -> Panel:
    labels = dict(child.axes).get(panel.axis, ()) if child is not None else ()
    used = [i for i in panel.items if i in labels]
    return panel.take(items=used) if used else panel


def _method(step: Step) -> str:
    params = ", ".join(f"{k}={v}" for k, v in step.params.items())
    cites = f" after {'; '.join(step.cites)}" if step.cites else ""
    return f"{step.method}({params}){cites}"


def _narrow(study: Study, name: str, at: Mapping[str, str]) -> dict[str, str]:
    if name in ("space", "config") or name in study.ledger.sources:
        return dict(at)
    named = {INDICATOR: at["variable"], **at} if "variable" in at else at
    return {a: named[a] for a, labels in study.table(name).axes if named.get(a) in labels}


def _cells(study: Study, panel: Panel, at: Mapping[str, str], pad: str) -> Iterator[str]:
    pick = {
        a: [at[a]]
        for a, have in (("region", panel.regions), ("year", panel.years), (panel.axis, panel.items))
        if at.get(a) in have
    }
    part = panel.take(regions=pick.get("region"), years=pick.get("year"), items=pick.get(panel.axis))
    total = part.values.size
    yield f"{pad}<- {panel.name}: {total} cell(s)" + (f", the first {CELLS_SHOWN}" if total > CELLS_SHOWN else "")
    shown = 0
    for r, region in enumerate(part.regions):
        for t, year in enumerate(part.years):
            for k, item in enumerate(part.items):
                if shown == CELLS_SHOWN:
                    return
                shown += 1
                yield f"{pad}   {item} {region} {year} = {part.values[r, t, k]:.12g} {_place(study, part, r, t, k)}"


def _place(study: Study, part: Panel, r: int, t: int, k: int) -> str:
    status = STATUS[int(part.status[r, t, k])]
    book = int(part.origin.book[r, t, k])
    if book < 0:
        return f"({status})"
    source_id, sheet = part.origin.books[book]
    path = study.ledger.sources[source_id].path
    place = f"{path}{'!' + sheet if sheet else ''} row {part.origin.row[r, t, k]} column {part.origin.column[r, t, k]}"
    return f"({status}, {place})"
