"""`yindi check FILE` in the terminal: how many errors of which kind, what was recognised, then each kind in its group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yindi.core import resources

SHOWN, LINES = 6, 15
Record = Mapping[str, Any]


def lines(table: Record, found: Sequence[Record], look: Sequence[Record]) -> list[str]:
    """One table as lines: summary, what was recognised, the sure findings, those that may be real, the absent values."""
    made = _summary(table, found, look) + _recognised(table)
    for title, held in (("found, sure", found), ("worth a look, may be real", look)):
        told = [f for f in held if f["kind"] != "absent"]
        if told:
            made += [f"{title} ({len(told)}):", *_kinds(told, table)]
    return made + _absent([f for f in (*found, *look) if f["kind"] == "absent"])


def kind(f: Record) -> str:
    """The kind of a finding in both languages: that of the slip where it has one, else the title of the finding."""
    named = resources.tree("checks.yaml")["kinds"].get(f["kind"], f["title"])
    return f"{named['en']} ({named['zh']})"


def _summary(table: Record, found: Sequence[Record], look: Sequence[Record]) -> list[str]:
    sure = [f for f in found if f["kind"] != "absent"]
    mended = sum(bool(f["right"]) for f in sure)
    proposed = f", {mended} of them with a proposed value" if sure else ""
    where = f"{table['file']}{', sheet ' + table['sheet'] if table['sheet'] else ''}"
    made = [f"{where}: {len(sure)} sure error(s){proposed}; {sum(f['kind'] != 'absent' for f in look)} worth a look"]
    counted: dict[str, int] = {}
    for f in sure:
        counted[kind(f)] = counted.get(kind(f), 0) + 1
    return made + [f"  {n:>4}  {k}" for k, n in sorted(counted.items(), key=lambda p: (-p[1], p[0]))]


def _recognised(table: Record) -> list[str]:
    span = f", {table['years'][0]} to {table['years'][-1]}" if table["years"] else ""
    shape = f"layout {table['layout']}, {len(table['regions'])} regions ({table['level']}), {len(table['items'])} items{span}"
    unknown = [u["unit"] for u in table["units"] if not u["known_as"]]
    made = ["recognised:", f"  {len(table['heads'])} columns; {shape if table['layout'] else 'heads only'}"]
    made += [f"  units not known: {', '.join(dict.fromkeys(unknown[:SHOWN]))}"] if unknown else []
    made += _few("head", [f"{_place(h['place'], table)}: {h['written']!r} is {h['read_as']!r}" for h in table["broken_heads"]])
    made += _few("sum", table["sums"]) + _few("incomplete", table["incomplete"])
    made += _few("derived", [f"{d['column']} = {d['formula']}" for d in table["derived"]])
    return made + _few("text", [f"{_place(t['place'], table)}: {t['text']!r}" for t in table["text_cells"]])


def _few(title: str, said: Sequence[str]) -> list[str]:
    more = [f"  {title}: and {len(said) - SHOWN} more (--json shows all)"] if len(said) > SHOWN else []
    return [f"  {title}: {s}" for s in said[:SHOWN]] + more


def _kinds(found: Sequence[Record], table: Record) -> list[str]:
    groups: dict[str, list[Record]] = {}
    for f in found:
        groups.setdefault(kind(f), []).append(f)
    made = []
    for title, members in sorted(groups.items(), key=lambda p: -len(p[1])):
        made += [f"  {title}, {len(members)}:", *(f"    {_line(f, table)}" for f in members[:LINES])]
        made += [f"    and {len(members) - LINES} more (--json and --html show all)"] if len(members) > LINES else []
    return made


def _line(f: Record, table: Record) -> str:
    effect = "" if "found" in f else f["effect"]["en"]
    return "; ".join(p for p in (_head(f), _change(f), f["evidence"]["en"], effect, _place(f["place"], table)) if p)


def _head(f: Record) -> str:
    who = " ".join(f["names"][:SHOWN]) + (f" and {len(f['names']) - SHOWN} more" if len(f["names"]) > SHOWN else "")
    when = f["years"][0] if len(f["years"]) == 1 else f"{f['years'][0]} to {f['years'][-1]}" if f["years"] else ""
    return ", ".join(p for p in ("every region" if f["share"] == 1 else who, when, f["variable"]) if p)


def _change(f: Record) -> str:
    """What the cells hold and what would be right."""
    if not f["right"]:
        return ""
    was = [str(r.get("found", f.get("found", "")) or "empty") for r in f["right"][:3]]
    now = [f"{r['value']:.12g}" for r in f["right"][:3]]
    more = " ..." if len(f["right"]) > 3 else ""
    return ", ".join(f"{a} -> {b}" for a, b in zip(was, now, strict=True)) + more


def _place(place: str, table: Record) -> str:
    """A place without the file and sheet that the summary names."""
    short = place.removeprefix(table["file"]).lstrip(", ")
    return short.removeprefix(f"sheet {table['sheet']!r}").lstrip(", ") if table["sheet"] else short


def _absent(found: Sequence[Record]) -> list[str]:
    """Absent values of the same years and regions together."""
    gaps: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Record]] = {}
    for f in found:
        gaps.setdefault((tuple(f["years"]), tuple(f["names"])), []).append(f)
    blocks = sorted(gaps.values(), key=lambda same: -len(same))
    made = [f"values are absent ({len(found)} blocks; no error of a lone file):"] if blocks else []
    for same in blocks[:SHOWN]:
        called = [str(f["variable"]) for f in same]
        some = ", ".join(called[:SHOWN]) + (f" and {len(called) - SHOWN} more" if len(called) > SHOWN else "")
        made.append(f"  {_head({**same[0], 'variable': some})}")
    rest = sum(len(same) for same in blocks[SHOWN:])
    return made + ([f"  and {rest} more blocks (--json and --html show all)"] if rest else [])
