"""Fuzz the readers: random and mutated CSV, workbooks and study files must be read or refused, never crash, hang or eat memory.

    python tools/fuzz_readers.py --count 100000 --seed 1 [--kinds csv,xlsx,yaml,study]

csv, xlsx: tables, half of them damaged. yaml: text of study files. study: a sound study with files beside it, in which up to
three values of study.yaml and of corrections.yaml were changed, left out, doubled or renamed.

Each input is read as `yindi check FILE` or `yindi check STUDY` would read it; anything but a result or a YindiError is a crash.
Prints one line a kind: inputs, refused, slowest (seconds), and at the end the largest memory of the process.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from yindi.core.config import read_config
from yindi.core.errors import YindiError
from yindi.intake import examine
from yindi.shell import inspect, yamlfile

KINDS = ("csv", "xlsx", "yaml", "study")
SLOW, MEMORY = 10.0, 2_000_000_000
HEADS = ["省份", "年份", "code", "year", "GDP(亿元)", "总人口(万人)", "人均GDP", "2013", "2014年", "", "单位:万元", "合计"]
PLACES = ["北京", "上   海", "江四", "全国", "110000", "620000", "海外", "", "东部地区", "zhejiang"]
NUMBERS = ["1", "-3.5", "１２３", "1,234", "…", "—", "5%", "1e308", "nan", "inf", "0", "=1+1", "12①", "", "2013", "9" * 40]
YAML = ["title: {zh: a, en: b}", "years: [2013, 2023]", "inputs:", "  - file: a.csv", "    layout: wide", "framework: nqpf_b",
        "a: &a [*a]", "x: *x", "? [a, b]: c",
        "treatments: {gdp: [{finding: break, choice: keep, reason: r}]}", "regions: {scope: no}",
        "seed: 0x10", "<<: *b", "- - - -", "!!python/object:os.system x", "identities: [a = a + b]", "\t",
        "years: [2023, 1]"]  # fmt: skip

cell = st.sampled_from(HEADS + PLACES + NUMBERS) | st.text(max_size=6)
tables = st.lists(st.lists(cell, max_size=8), max_size=12)
raw = st.binary(max_size=400)
damage = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=12)
yamls = st.lists(st.sampled_from(YAML) | st.text(max_size=20), max_size=12).map("\n".join)

SOUND: dict[str, Any] = {
    "title": {"zh": "试", "en": "trial"},
    "years": [2019, 2021],
    "regions": {"standard": "own", "table": "regions.csv", "neighbours": "edges.csv", "aliases": {"Nord": "N"}},
    "inputs": [
        {"file": "a.csv", "region": "code", "year": "year", "columns": {"income": "income", "jobs": "jobs"}, "units": {}},
        {"file": "b.csv", "content": "activity", "layout": "long", "item": "industry", "value": "value", "absent": "zero"},
    ],
    "framework": "framework.yaml",
    "variables": "variables.csv",
    "treatments": {"income": [{"finding": "absent", "choice": "impute", "method": "interpolate", "reason": "gap"}]},
    "identities": [{"total": "income", "parts": ["jobs", "jobs"], "tolerance": 0.9}],
    "deflators": {"income": {"index": "jobs", "base": 2020, "chain": False}},
    "series": {"income": {"price_base": {2019: "2018 prices"}, "source": "office"}},
    "bridges": [{"into": "N", "parts": {"N": 1, "W": 1}, "years": [2019, 2019], "sum": ["jobs", "income"], "reason": "merger"}],
}
CORRECTED: dict[str, Any] = {
    "corrections": [
        {"variable": "income", "region": "N", "year": 2020, "expect": 11, "value": 12, "reason": "misprint", "source": "p. 1"},
        {"variable": "jobs", "region": "S", "year": 2021, "expect": 23, "factor": 10, "reason": "point", "source": "p. 2"},
    ]
}
BESIDE = {
    "regions.csv": "code,name,parent,longitude,latitude,aliases\nN,North,,1,2,Nord\nS,South,,2,3,\nE,East,,4,5,\nW,West,,6,7,\n",
    "edges.csv": "N,S\nS,E\n",
    "variables.csv": "code,zh,en,unit,kind,direction,bound,lever,pace\nincome,收入,Income,yuan_per_person,intensity,1,,,\n"
    "jobs,就业,Jobs,10k_persons,total,1,,,\n",
    "framework.yaml": "code: f\ntitle: {zh: 框架, en: frame}\ndimensions:\n  d: {zh: 维度, en: one}\n"
    "indicators:\n  - {code: income, dimension: d, direction: 1}\n",
    "a.csv": "code,year,income,jobs\n" + "".join(f"{r},{y},{10 + n + t},{20 + 3 * n + t}\n" for n, r in enumerate("NSEW")
                                                 for t, y in enumerate((2019, 2020, 2021))),
    "b.csv": "code,year,industry,value\nN,2020,A,5\nS,2020,B,6\nE,2021,A,7\n",
}  # fmt: skip
ODD = ["", "x", "N", "a.csv", "../a.csv", "income", "keep", "long", "gbt2260", "=2020", "@sheet", "#2", "#99", 0, -1, 2020, 1e308,
       10**30, 0.5, True, None, [], {}, [1], {"a": 1}, "2020", "１", "\u200b", "nuts", "years", "interpolate",
       "a / b"]  # fmt: skip
Place = tuple[str | int, ...]


def _places(tree: Any, at: Place = ()) -> list[Place]:
    rows = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [p for k, v in rows for p in ((*at, k), *_places(v, (*at, k)))]


def _changed(tree: Any, place: Place, kind: str, value: Any) -> Any:
    """A copy of a tree in which the value at a place was replaced, left out, doubled or renamed."""
    if not place or not isinstance(tree, dict | list) or (isinstance(tree, dict) and place[0] not in tree):
        return tree
    head, rest = place[0], place[1:]
    if isinstance(tree, list):
        if not isinstance(head, int) or head >= len(tree):
            return tree
        if not rest and kind in ("less", "twice"):
            return _listed(tree, head, kind)
        return [(_changed(v, rest, kind, value) if rest else value) if n == head else v for n, v in enumerate(tree)]
    if rest:
        return {k: _changed(v, rest, kind, value) if k == head else v for k, v in tree.items()}
    if kind == "less":
        return {k: v for k, v in tree.items() if k != head}
    return {
        (f"{k}_" if kind == "twice" and k == head else k): (value if k == head and kind == "other" else v)
        for k, v in tree.items()
    }


def _listed(rows: list[Any], at: int, kind: str) -> list[Any]:
    return rows[:at] + rows[at + 1 :] if kind == "less" else [*rows, rows[at]]


def _value(tree: Any, place: Place) -> Any:
    return _value(tree[place[0]], place[1:]) if place else tree


def mutations(tree: Any) -> st.SearchStrategy[Any]:
    """Trees with up to three values changed, most of them for others of their kind, so that many stay valid study files."""
    places = _places(tree)
    words = sorted({v for p in places if isinstance(v := _value(tree, p), str)})

    def near(place: Place) -> st.SearchStrategy[Any]:
        old = _value(tree, place)
        odd = st.sampled_from(ODD) | st.text(max_size=5)
        if isinstance(old, str):
            return st.sampled_from(words) | st.sampled_from(words) | odd
        return st.integers(2017, 2023) | st.integers(0, 3) | odd if isinstance(old, int | float) else odd

    def change(place: Place) -> st.SearchStrategy[tuple[Place, str, Any]]:
        return st.tuples(st.just(place), st.sampled_from(["other", "other", "other", "less", "twice"]), near(place))

    def apply(changes: list[tuple[Place, str, Any]]) -> Any:
        made = tree
        for place, kind, value in changes:
            made = _changed(made, place, kind, value)
        return made

    leaves = [p for p in places if not isinstance(_value(tree, p), dict | list)]
    where = st.sampled_from(leaves) | st.sampled_from(leaves) | st.sampled_from(places)
    return st.lists(where.flatmap(change), max_size=3).map(apply)


studies = st.tuples(mutations(SOUND), st.none() | mutations(CORRECTED))


def _csv(rows: list[list[str]], encoding: str) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode(encoding, errors="replace")


csvs = st.builds(_csv, tables, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"]))


def _xml(rows: list[list[str]]) -> str:
    from xml.sax.saxutils import escape

    made = []
    for n, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + k)}{n}" t="inlineStr"><is><t>{escape(_plain(c))}</t></is></c>' for k, c in enumerate(row)
        )
        made.append(f'<row r="{n}">{cells}</row>')
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{"".join(made)}</sheetData></worksheet>'


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)


def workbook(rows: list[list[str]]) -> bytes:
    """A minimal xlsx of inline strings."""
    space = "http://schemas.openxmlformats.org"
    office = f"{space}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{office}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": _xml(rows),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def _mutated(rows: list[list[str]], hits: list[tuple[int, int]]) -> bytes:
    data = bytearray(workbook(rows))
    for at, value in hits:
        data[at % len(data)] = value
    return bytes(data)


def _xml_damaged(rows: list[list[str]], hits: list[tuple[int, int]]) -> bytes:
    """Damage inside the sheet, packed again, so that the archive is sound."""
    whole = zipfile.ZipFile(io.BytesIO(workbook(rows)))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in whole.namelist():
            part = bytearray(whole.read(name))
            for at, value in hits if name.startswith("xl/") else ():
                part[at % len(part)] = value
            packed.writestr(name, bytes(part))
    return out.getvalue()


xlsx = st.builds(_mutated, tables, damage) | st.builds(_xml_damaged, tables, damage)


def read_table(data: bytes, suffix: str, folder: Path) -> None:
    """Read bytes as a lone table; raises YindiError where they are refused."""
    path = folder / f"a{suffix}"
    path.write_bytes(data)
    for seen in examine.examine_all(path):
        seen.lines()


def read_study(text: str, folder: Path) -> None:
    """Read text as a study file; raises YindiError where it is refused."""
    path = folder / "study.yaml"
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    read_config(yamlfile.read(path))


def check_study(tree: Any, corrections: Any, folder: Path) -> None:
    """Check a study of a tree and its corrections as `yindi check` does; raises YindiError where it cannot be read."""
    beside = folder / "corrections.yaml"
    for name, text in BESIDE.items():
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    beside.unlink(missing_ok=True)
    if corrections is not None:
        beside.write_text(yaml.safe_dump(corrections, allow_unicode=True), encoding="utf-8")
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    seen = inspect.look(read_config(yamlfile.read(path)), folder)
    inspect.text(seen)


def trial(kind: str, count: int, start: int, folder: Path) -> tuple[int, int, float]:
    """(inputs, refused, slowest) of one kind; raises AssertionError with the input on a crash or a hang."""
    told = [0, 0, 0.0]

    def once(read: Callable[[], None], shown: object) -> None:
        told[0] += 1
        began = time.perf_counter()
        try:
            read()
        except YindiError:
            told[1] += 1
        spent = time.perf_counter() - began
        told[2] = max(told[2], spent)
        assert spent < SLOW, f"{kind}: {spent:.1f} s for {shown!r}"

    strategies = {"csv": csvs | raw, "xlsx": xlsx | raw, "yaml": yamls | st.text(max_size=200), "study": studies}

    @seed(start)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategies[kind])
    def run(data: bytes | str | tuple[Any, Any]) -> None:
        if isinstance(data, tuple):
            once(lambda: check_study(*data, folder), data)
        elif isinstance(data, str):
            once(lambda: read_study(data, folder), data)
        else:
            once(lambda: read_table(data, f".{kind}", folder), data)

    run()
    return int(told[0]), int(told[1]), told[2]


def main() -> int:
    """Share the inputs among the kinds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    chosen = parser.parse_args()
    kinds = chosen.kinds.split(",")
    print(f"seed {chosen.seed}")
    with tempfile.TemporaryDirectory() as folder:
        for n, kind in enumerate(kinds):
            inputs, refused, slowest = trial(
                kind, chosen.count // len(kinds) + (n < chosen.count % len(kinds)), chosen.seed + n, Path(folder)
            )
            print(f"{kind}: {inputs} inputs, {refused} refused, slowest {slowest:.2f} s", flush=True)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"largest memory {memory / 1e6:.0f} MB, no crash")
    return int(memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
