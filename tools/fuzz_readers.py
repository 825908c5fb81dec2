"""Fuzz the readers: random and mutated tables and study files must be read or refused, never crash, hang or eat memory.

    python tools/fuzz_readers.py --count 100000 --seed 1 [--kinds csv,xlsx,...] [--keep DIR]

csv (nine encodings, marks, mixtures), gz, xlsx, ods, xls, dta, parquet: tables, most of them damaged. astray: any of them under
any name. yaml: text of study files. study: a sound study with files beside it, in which up to three values of study.yaml and of
corrections.yaml were changed, left out, doubled or renamed. beside: the same study with one of its other files replaced or
damaged (regions, neighbours, variables, framework, boundaries, activity, corrections). spec: what `yindi aggregate` reads.
init: a folder of two tables, proposed, and the proposal checked.

Each input is read as `yindi check FILE`, `check STUDY`, `init` or `aggregate` would read it, in one process, under a limit of
10 seconds of CPU time; anything but a result or a YindiError is a crash. --keep DIR writes the inputs that crashed, and goes on.
Prints one line a kind: inputs, refused, slowest (seconds of CPU), and the largest memory of the process.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fuzz_inputs as made
import yaml
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from yindi.core.config import read_config
from yindi.core.errors import YindiError
from yindi.intake import examine, microspec, propose
from yindi.shell import inspect, yamlfile

SLOW, MEMORY = 10.0, 2_000_000_000
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
MAP = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": c}, "geometry": {"type": "Polygon", "coordinates": [[[0, n], [1, n], [1, n + 1]]]}}
    for n, c in enumerate("NSEW")]})  # fmt: skip
SPEC: dict[str, Any] = {
    "title": "firms", "inputs": ["f.csv"], "region": {"column": "place", "level": "city"},
    "industry": {"column": "trade", "standard": "GB/T 4754-2017", "level": "division"}, "year": {"column": "born"},
    "years": [2019, 2021], "filters": [{"column": "status", "in": ["open"]}], "most_left_out": 0.5,
    "values": {"firms": {"measure": "count"}, "capital": {"measure": "sum", "column": "capital", "decimals": 2}},
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


@st.composite
def _besides(draw: st.DrawFn) -> tuple[str, bytes]:
    """(name, content) of one file of the sound study, damaged, filled with cells of its own, or replaced by a random table."""
    name = draw(st.sampled_from([*BESIDE, "corrections.yaml", "map.json"]))
    sound = {**BESIDE, "map.json": MAP, "corrections.yaml": yaml.safe_dump(CORRECTED)}[name]
    if name.endswith("yaml") and draw(st.booleans()):
        return name, draw(made.yamls).encode("utf-8", "surrogatepass")
    how = draw(st.integers(0, 3))
    if how == 0:
        return name, draw(made.csvs)
    words = sound.split(",")
    for at, to in draw(st.lists(st.tuples(st.integers(0, 200), made.cell), max_size=4)):
        words[at % len(words)] = to
    data = ",".join(words).encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])), "replace")
    return name, made.damaged(data, draw(made.damage)) if how == 1 else data


studies = st.tuples(mutations(SOUND), st.none() | mutations(CORRECTED))


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


def check_study(tree: Any, beside: dict[str, bytes], folder: Path) -> None:
    """Check a study of a tree with files beside it as `yindi check` does; raises YindiError where it cannot be read."""
    (folder / "corrections.yaml").unlink(missing_ok=True)
    files = {**{n: t.encode() for n, t in BESIDE.items()}, "map.json": MAP.encode(), **beside}
    for name, data in files.items():
        if not (folder / name).exists() or (folder / name).read_bytes() != data:
            (folder / name).write_bytes(data)
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    seen = inspect.look(read_config(yamlfile.read(path)), folder)
    inspect.text(seen)


def check_mutated(data: tuple[Any, Any], folder: Path) -> None:
    """Check the sound study with a changed tree and changed corrections."""
    tree, corrections = data
    check_study(tree, {} if corrections is None else {"corrections.yaml": yaml.safe_dump(corrections).encode()}, folder)


def check_beside(data: tuple[str, bytes], folder: Path) -> None:
    """Check the sound study with one of its other files changed."""
    regions = {**SOUND["regions"], "map": "map.json"} if data[0] == "map.json" else SOUND["regions"]
    check_study({**SOUND, "regions": regions}, {data[0]: data[1]}, folder)


def read_spec(tree: Any, folder: Path) -> None:
    """Read a tree as the spec of an aggregate."""
    path = folder / "aggregate.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    microspec.read_spec(yamlfile.read(path))


def init_and_check(data: list[tuple[bytes, str]], folder: Path) -> None:
    """Propose a study for tables and check it as it is proposed."""
    place = folder / "init"
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for n, (content, suffix) in enumerate(data):
        (place / f"t{n}{suffix}").write_bytes(content)
    tree = yamlfile.parse(propose.propose(place))
    inspect.text(inspect.look(read_config(tree), place))


def _table(suffix: str) -> Callable[[Any, Path], None]:
    return functools.partial(_as, suffix)


def _as(suffix: str, data: bytes, folder: Path) -> None:
    read_table(data, suffix, folder)


Kind = tuple[st.SearchStrategy[Any], Callable[[Any, Path], None]]
_NAMED = [st.tuples(t, st.just(s)) for t, s in ((made.texts, ".csv"), (made.xlsx_books, ".xlsx"), (made.xls_books, ".xls"))]
KINDS: dict[str, Kind] = {
    "csv": (made.csvs, _table(".csv")),
    "gz": (made.gzips, _table(".csv.gz")),
    "xlsx": (made.xlsx, _table(".xlsx")),
    "ods": (made.odss, _table(".ods")),
    "xls": (made.xlss, _table(".xls")),
    "dta": (made.dtas, _table(".dta")),
    "parquet": (made.parquets, _table(".parquet")),
    "astray": (made.astray, lambda data, folder: read_table(*data, folder)),
    "yaml": (made.yamls, read_study),
    "study": (studies, check_mutated),
    "beside": (_besides(), check_beside),
    "spec": (mutations(SPEC), read_spec),
    "init": (st.lists(st.one_of(_NAMED) | made.astray, min_size=1, max_size=2), init_and_check),
}


class Hang(BaseException):
    """An input took more than 10 seconds of CPU time."""


@contextlib.contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raises Hang inside the block after so many seconds of CPU time."""

    def stop(*_: object) -> None:
        raise Hang

    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@dataclass
class Told:
    """What came of the inputs of one kind."""

    inputs: int = 0
    refused: int = 0
    slowest: float = 0.0
    crashes: list[str] = field(default_factory=list)


def trial(kind: str, count: int, start: int, folder: Path, keep: Path | None = None) -> Told:
    """Read `count` inputs of a kind; a crash or a hang raises with its input, or is kept in a folder where there is one."""
    strategy, read = KINDS[kind]
    told = Told()

    @seed(start)
    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def run(data: Any) -> None:
        told.inputs += 1
        began = time.process_time()
        try:
            with bounded(SLOW):
                read(data, folder)
        except YindiError:
            told.refused += 1
        except (Exception, Hang):
            if keep is None:
                raise
            told.crashes.append(traceback.format_exc())
            (keep / f"{kind}-{start}-{len(told.crashes)}.txt").write_text(f"{data!r}\n{told.crashes[-1]}", errors="replace")
        told.slowest = max(told.slowest, time.process_time() - began)

    run()
    return told


def main() -> int:
    """Share the inputs among the kinds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    kinds = chosen.kinds.split(",")
    print(f"seed {chosen.seed}")
    crashes = 0
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for n, kind in enumerate(kinds):
            count = chosen.count // len(kinds) + (n < chosen.count % len(kinds))
            told = trial(kind, count, chosen.seed + n, Path(folder), chosen.keep)
            crashes += len(told.crashes)
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
            print(f"{kind}: {told.inputs} inputs, {told.refused} refused, {len(told.crashes)} crashes, slowest "
                  f"{told.slowest:.2f} s, memory so far {memory / 1e6:.0f} MB", flush=True)  # fmt: skip
    return int(crashes > 0 or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())
