"""Propose a study.yaml from a folder of tables: layouts recognised and shown; what is not certain is left as a question."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from yindi.core import resources
from yindi.core.config import Regions
from yindi.core.errors import Problems, ProblemsError, did_you_mean
from yindi.intake import heads, standards, units
from yindi.intake.inputs import year_of_name
from yindi.intake.numbers import CellFault, clean, number
from yindi.intake.read import BOOKS, READ, Grid, kind_of, read, sheet_names
from yindi.intake.regions import Gazetteer
from yindi.intake.shapes import Quick, is_region, region_column, year_column
from yindi.intake.years import split, year_or_none

_ITEM_LIMIT, LEAST, TEXTS = 200, 3, 2
_NAMED = re.compile(r"指标\s*:\s*(.+)|indicator\s*:\s*(.+)", re.IGNORECASE)
_ABOVE = re.compile(r"(计量)?单位|时间|数据库|资料来源|数据来源|来源|注|unit\b|source\b|time\b|database\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^(?:表\s*)?[\d０-９]+(?:[-－–.][\d０-９]+)*[\s、.．:]*|\s*[(（]续[^)）]*[)）]$|^续表\s*")
_A_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_PARTS = re.compile(r"[-#*\s,，、:()/]+|其中|合计|总计|小计")
_UNIT_END = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Recognised:
    """How one table is laid out: the rows above and of its head, its layout, its key columns, the years, and the other heads."""

    file: str
    sheet: str
    skip: int
    head: int
    layout: str
    region: str
    year: str
    item: str
    value: str
    years: tuple[str, ...]
    others: tuple[str, ...]
    regions: str = "{scope: present, grouping: four_blocks}"
    title: str = ""
    unit: str = ""


def _numeric(raw: object) -> bool:
    try:
        return number(raw, unit="percent") is not None and year_or_none(raw) is None
    except CellFault:
        return False


def _name(found: heads.Heads, k: int) -> str:
    name = found.names[k]
    return name if name and name not in found.twice else f"#{k + 1}"


@functools.cache
def standards_tried() -> tuple[tuple[str, Gazetteer], ...]:
    """What `regions:` would say, with its gazetteer, in the order in which they are tried."""
    chosen = ["{scope: present, grouping: four_blocks}", "{level: city}", "{level: county}"]
    countries = sorted({r["parent"] for r in resources.rows("regions/iso3166_2.csv")} - {"CN"})
    chosen += [f"{{standard: iso3166_2, country: {c}}}" for c in countries]
    chosen += ["{standard: iso3166_2}", *(f"{{standard: nuts, level: nuts{n}}}" for n in (2, 3, 1))]
    made = []
    for text in chosen:
        regions = Regions.model_validate(yaml.safe_load(text))
        register = standards.register(regions, None, Problems("propose"))
        register.national.clear()
        made.append((text, Quick(regions.level, {}, register)))
    return tuple(made)


def _regions(grid: Grid, found: heads.Heads) -> tuple[str, int] | None:
    """What `regions:` would say, and the column that holds them; the first standard that nearly all cells belong to."""
    for text, gazetteer in standards_tried():
        at = region_column(grid, found, gazetteer)
        if at is not None:
            return text, at
    return None


def recognise(grid: Grid) -> Recognised | None:
    """The layout of a grid; None where no column holds regions, or neither a column nor the heads hold years."""
    skip, rows = heads.frame(grid)
    found = heads.find(grid, rows=rows, skip=skip)
    held = _regions(grid, found)
    if held is None:
        return _across(grid, found, (skip, rows))
    seen = _laid_out(grid, found, (skip, rows), held[1])
    return None if seen is None else replace(seen, regions=held[0])


def _across(grid: Grid, found: heads.Heads, frame: tuple[int, int]) -> Recognised | None:
    """A table with a column per region and a row per year."""
    when = year_column(grid, found)
    rest = [name for k, name in enumerate(found.names) if name and k != when]
    if when is None or len(rest) < LEAST:
        return None
    for text, gazetteer in standards_tried():
        others = [name for name in rest if not is_region(name, gazetteer)]
        if len(rest) - len(others) >= LEAST and len(others) <= TEXTS:
            texts = [k for k in range(len(found.names)) if k != when and not is_region(found.names[k], gazetteer)]
            body = grid.rows[found.bottom + 1 :]
            item = next((k for k in texts if any(clean(row[k]) and not _numeric(row[k]) for row in body if k < len(row))), None)
            held = tuple(sorted({clean(row[item]) for row in body if item < len(row)} - {""})) if item is not None else ()
            years = tuple(sorted({y for row in body if len(row) > when and (y := year_or_none(row[when]))}))
            named = "" if item is None else _name(found, item)
            return Recognised(grid.file, grid.sheet, *frame, "regions", "", _name(found, when), named, "", years, held, text,
                              _title(grid, found, frame))  # fmt: skip
    return None


def _title(grid: Grid, found: heads.Heads, frame: tuple[int, int]) -> str:
    """What the rows above the head call the table: the text after 指标, else the first text that is no unit, time or source."""
    texts = [clean(c) for row in grid.rows[: max(found.bottom - frame[1] + 1, 0)] for c in row if clean(c)]
    named = [(m[1] or m[2]).strip() for t in texts if (m := _NAMED.match(t))]
    plain = [t for t in texts if not _ABOVE.match(t)]
    title = (named or plain or [Path(grid.file).stem])[0]
    return _NUMBERED.sub("", title).strip() or title


def _one_year(grid: Grid, found: heads.Heads, frame: tuple[int, int]) -> str:
    """The year that the rows above the head or the name of the file tell, "" where they tell none or several."""
    above = [clean(c) for row in grid.rows[: max(found.bottom - frame[1] + 1, 0)] for c in row if clean(c)]
    for texts in ([t for t in above if not t.startswith(("注", "资料来源", "数据来源"))], [Path(grid.file).stem]):
        years = {y for t in texts for y in _A_YEAR.findall(t)}
        if len(years) == 1:
            return str(years.pop())
    return ""


def _laid_out(grid: Grid, found: heads.Heads, frame: tuple[int, int], at: int) -> Recognised | None:
    skip, rows = frame
    year_at = year_column(grid, found)
    in_head = [k for k, name in enumerate(found.names) if year_or_none(name)]
    body = [row for row in grid.rows[found.bottom + 1 :] if len(row) > at and clean(row[at])]
    side = heads.find(grid, rows=rows, skip=skip, spread=True)
    parts = {k: p for k, name in enumerate(side.names) if k != at and (p := split(name))}
    if len(in_head) >= 2 and (rows == 1 or len(parts) <= len(in_head)):
        return _years(grid, found, (skip, rows), at, in_head, body)
    if len({p[1] for p in parts.values()}) >= 2:
        items = tuple(dict.fromkeys(p[0] for p in parts.values()))
        when = tuple(sorted({p[1] for p in parts.values()}))
        return Recognised(grid.file, grid.sheet, *frame, "blocks", _name(side, at), "", "", "", when, items)
    of_sheet = year_of_name(grid.sheet) if grid.sheet else None
    one = "" if of_sheet else _one_year(grid, found, frame)
    if year_at is None and (of_sheet or one):
        rest = [k for k in range(len(found.names)) if k != at and found.names[k]]
        numbers = tuple(_name(found, k) for k in rest if any(_numeric(row[k]) for row in body[:_ITEM_LIMIT] if k < len(row)))
        said = "@sheet" if of_sheet else f"={one}"
        return Recognised(grid.file, grid.sheet, *frame, "wide", _name(found, at), said, "", "", (of_sheet or one,), numbers)
    if year_at is None:
        return None
    return _by_rows(grid, found, (skip, rows), (at, year_at), body)


def _years(
    grid: Grid, found: heads.Heads, frame: tuple[int, int], at: int, in_head: list[int], body: Sequence[Sequence[object]]
) -> Recognised:
    texts = [k for k in range(len(found.names)) if k not in (at, *in_head)]
    item = next((k for k in texts if len({clean(row[k]) for row in body if k < len(row)} - {""}) >= 1), None)
    held = tuple(sorted({clean(row[item]) for row in body if item < len(row)} - {""})) if item is not None else ()
    years = tuple(sorted(str(year_or_none(found.names[k])) for k in in_head))
    named = "" if item is None else _name(found, item)
    return Recognised(grid.file, grid.sheet, *frame, "years", _name(found, at), "", named, "", years, held,
                      title=_title(grid, found, frame))  # fmt: skip


def _by_rows(
    grid: Grid, found: heads.Heads, frame: tuple[int, int], keys: tuple[int, int], body: Sequence[Sequence[object]]
) -> Recognised:
    at, year_at = keys
    pairs = [(clean(row[at]), clean(row[year_at])) for row in body if len(row) > year_at]
    years = tuple(sorted({y for _, text in pairs if (y := year_or_none(text))}))
    rest = [k for k in range(len(found.names)) if k not in keys and found.names[k]]
    numbers = [k for k in rest if sum(_numeric(row[k]) for row in body[:_ITEM_LIMIT] if k < len(row)) > 0]
    common = (grid.file, grid.sheet, *frame)
    if len(set(pairs)) == len(pairs):
        others = tuple(_name(found, k) for k in numbers)
        return Recognised(*common, "wide", _name(found, at), _name(found, year_at), "", "", years, others)
    value = numbers[-1] if numbers else rest[-1]
    unit = next((k for k in rest if k != value and _are_units([row[k] for row in body[:_ITEM_LIMIT] if k < len(row)])), -1)
    rest = [k for k in rest if k != unit]
    kinds = {k: {clean(row[k]) for row in body if k < len(row)} - {""} for k in rest if k not in numbers}
    per_key = len(pairs) / max(len(set(pairs)), 1)
    item = min(kinds, key=lambda k: (abs(len(kinds[k]) - per_key), k), default=rest[0])
    told = _name(found, unit) if unit >= 0 else ""
    return Recognised(*common, "long", _name(found, at), _name(found, year_at), _name(found, item), _name(found, value), years,
                      tuple(sorted(kinds.get(item, set()))), unit=told)  # fmt: skip


def _are_units(cells: Sequence[object]) -> bool:
    texts = {clean(c) for c in cells} - {""}
    return bool(texts) and all(heads.is_unit(t) for t in texts)


def grids(folder: Path) -> Iterator[tuple[str, Grid | str]]:
    """Every sheet of every table in a folder, in the order of names; a text instead of a grid says why it cannot be read."""
    for path in sorted(p for p in folder.iterdir() if kind_of(p) in READ and not p.name.startswith((".", "~"))):
        try:
            sheets = sheet_names(path, path.name) if path.suffix.lower() in BOOKS else [None]
            for sheet in sheets:
                yield path.name, read(path, path.name, sheet)
        except ProblemsError as fault:
            yield path.name, str(fault.problems[0])


def _variable(head: str) -> tuple[str, str]:
    """(code, near): the variable whose code or Chinese name a head is; else the code of one that it resembles."""
    table = {r["code"]: r["zh"] for r in resources.rows("variables.csv")}
    whole = clean(head)
    bare = whole.split("(")[0].strip(" -")
    for code, zh in table.items():
        if bare in (code, zh) or _UNIT_END.sub("", whole).strip(" -") == zh:
            return code, ""
    longest = max((c for c in table if bare.startswith(c + "_")), key=len, default="")
    by_name = {zh: c for c, zh in table.items()}
    near = [longest] if longest else [*did_you_mean(bare, table), *(by_name[z] for z in did_you_mean(bare, by_name))]
    return "", " ".join((near or _sharing(bare, table))[:1])


def _sharing(head: str, table: Mapping[str, str]) -> list[str]:
    """The variables whose Chinese name holds a part of a stacked head, the longest part first."""
    parts = sorted({p for p in _PARTS.split(head) if len(p) > 1}, key=lambda p: (-len(p), p))
    return [code for part in parts for code, zh in table.items() if part in zh or zh in part]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _input(r: Recognised, sheets: int) -> Iterator[str]:
    activity = r.layout == "long" and not any(_variable(o)[0] for o in r.others)
    yield f"  - file: {_quoted(r.file)}"
    if sheets > 1 and r.year != "@sheet":
        yield f"    sheet: {_quoted(r.sheet)}"
    yield f"    content: {'activity' if activity else 'indicators'}"
    yield f"    layout: {r.layout}"
    yield from (f"    {key}: {count}" for key, count, usual in (("skip", r.skip, 0), ("head", r.head, 1)) if count != usual)
    keys = (("region", r.region), ("year", r.year), ("item", r.item), ("value", r.value), ("unit", r.unit))
    yield from (f"    {key}: {_quoted(name)}" for key, name in keys if name)
    if r.layout in ("years", "regions") and not r.item:
        code, near = _variable(r.title)
        yield "    columns:"
        hint = "" if code else f"   # which variable is this?{f' {near}?' if near else ''} write its code for CODE"
        yield f"      {_quoted(r.title)}: {code or 'CODE'}{hint}"
        yield from _per([(r.title, code or near)])
    elif not activity:
        yield from _columns(r)


def _columns(r: Recognised) -> Iterator[str]:
    sure = {o: code for o in r.others if (code := _variable(o)[0])}
    yield "    columns:" if sure else "    # columns:"
    for other in r.others:
        line = f"{_quoted(other)}: {sure.get(other) or _variable(other)[1] or 'CODE'}"
        yield f"      {line}" if other in sure else f"    #   {line}   # which variable is this?"
    yield from _per([(o, sure.get(o) or _variable(o)[1]) for o in r.others])


def _per(heads_of: Sequence[tuple[str, str]]) -> Iterator[str]:
    """A question where heads name totals, and the variables they resemble are measured per head."""
    unit = {r["code"]: r["unit"] for r in resources.rows("variables.csv")}
    totals = [code for head, code in heads_of if code in unit and units.fits(heads.unit_in(head), unit["population"], unit[code])]
    if totals:
        said = ", ".join(f"{code}: population" for code in dict.fromkeys(totals))
        yield f"    # per: {{{said}}}   # the file holds totals: divide them by the population"


def _once_a_file(found: Sequence[Recognised]) -> Iterator[Recognised]:
    """Of a workbook with one sheet a year, one sheet stands for all."""
    told: set[str] = set()
    for r in found:
        if r.year != "@sheet" or r.file not in told:
            yield r
        told |= {r.file} if r.year == "@sheet" else set()


def _said_regions(found: Sequence[Recognised]) -> Iterator[str]:
    """The `regions:` line of most tables; the others as questions."""
    usual = [text for text, _ in standards_tried()]
    seen = sorted({r.regions for r in found}, key=lambda t: (-sum(r.regions == t for r in found), usual.index(t))) or usual[:1]
    yield f"regions: {seen[0]}"
    yield from (f"# regions: {text}   # so other tables here" for text in seen[1:])


def propose(folder: Path) -> str:
    """A commented study.yaml for the tables of a folder; lines that start with # are questions to be answered."""
    found: list[Recognised] = []
    notes: list[str] = []
    for file, grid in grids(folder):
        seen = recognise(grid) if isinstance(grid, Grid) else None
        if seen is not None:
            found.append(seen)
        else:
            why = grid if isinstance(grid, str) else "no column of regions together with years was recognised"
            notes.append(f"# {file}: {why}".replace("\n", " "))
    years = sorted({y for r in found for y in r.years})
    lines = [
        "# Proposed by `yindi init` from the files here. Answer the lines that start with #, then: yindi check",
        "title: {zh: 我的研究, en: My study}",
        f"years: [{years[0]}, {years[-1]}]" if years else "# years: [FIRST, LAST]",
        *_said_regions(found),
        "framework: nqpf_b   # see data/frameworks",
        *notes,
        "inputs:",
    ]
    kept = [
        r for n, r in enumerate(found) if r.year != "@sheet" or all(o.file != r.file or o.year != "@sheet" for o in found[:n])
    ]
    for r in kept:
        lines += _input(r, sum(o.file == r.file for o in found))
    return "\n".join(lines) + "\n"
