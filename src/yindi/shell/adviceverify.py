"""`yindi verify` and `yindi why` on what `yindi advise` wrote: its files, its input, and every number of its pages."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from yindi.core import resources
from yindi.core.errors import AxisError, UsageError, YindiError, suggestion
from yindi.core.finding import Ref
from yindi.shell import folder, store
from yindi.shell.trace import Traced
from yindi.shell.verify import NOT_BESIDE, Report, outputs

Rows = list[dict[str, str]]
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?: ?%)?(?![\w.]*\w)")


@dataclass(slots=True)
class _Page(HTMLParser):
    """Paragraphs, and tables as rows of cells with the note below each."""

    said: list[str] = field(default_factory=list)
    tables: list[tuple[list[list[str]], str]] = field(default_factory=list)
    note: bool = False
    inside: str = ""

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a table, a row, a cell or a paragraph."""
        self.note = tag == "p" and ("class", "source") in attrs
        if tag == "table":
            self.tables.append(([], ""))
        elif tag == "tr":
            self.tables[-1][0].append([])
        elif tag in ("td", "th"):
            self.tables[-1][0][-1].append("")
        elif tag == "p" and not self.note:
            self.said.append("")
        self.inside = tag if tag in ("td", "th", "p", "table", "style") else self.inside

    def handle_endtag(self, tag: str) -> None:
        """Close what was open."""
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        """Keep text where it stands."""
        if self.inside in ("td", "th"):
            self.tables[-1][0][-1][-1] += data
        elif self.inside == "p" and self.note:
            self.tables[-1] = (self.tables[-1][0], self.tables[-1][1] + data)
        elif self.inside == "p":
            self.said[-1] += data


def verify(place: Path, *, inputs: Path | None = None) -> Report:
    """Files against the manifest, the input against its hash, and every number of both pages against the tables beside them."""
    manifest, report = manifest_of(place), Report()
    outputs(place, manifest["files"], report)
    _inputs(place, manifest, inputs, report)
    tables = {p.name: _rows(p) for p in sorted(place.glob("*.csv"))}
    report.count("tables", len(tables))
    known = _known(tables, manifest)
    for path in sorted(place.glob("page.*.html")):
        _page(path, tables, known, manifest, report)
    return report


def is_advice(place: Path) -> bool:
    """True where a folder holds what `yindi advise` wrote."""
    try:
        return bool(manifest_of(place))
    except YindiError:
        return False


def manifest_of(place: Path) -> dict[str, Any]:
    """The manifest of an advice; UsageError where there is none."""
    try:
        made = json.loads((place / folder.MANIFEST).read_text(encoding="utf-8"))
        if made["kind"] == "advice":
            return dict(made)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise UsageError(f"{place}: holds no advice of yindi.")


def why(place: Path, text: str) -> Traced:
    """A cell of an advice, as lists[region=06037][activity=3341].entry_chance: what it means and which columns it is made of."""
    ref = Ref.parse(text)
    name = ref.name.removesuffix(".csv") + ".csv"
    if not (place / name).is_file():
        raise UsageError(f"{place}: has no table {name}.{suggestion(name, [p.name for p in place.glob('*.csv')])}")
    rows, at = _rows(place / name), dict(ref.at)
    unknown = [k for k in at if rows and k not in rows[0]]
    if unknown:
        raise AxisError(f"{name} has no column {unknown[0]!r}; it has {', '.join(rows[0])}.")
    found = [r for r in rows if all(r[k] == v for k, v in at.items())]
    if len(found) != 1:
        raise AxisError(f"{name}: {len(found)} rows have {', '.join(f'{k} = {v}' for k, v in at.items())}; name one.")
    column = ref.column if ref.column in found[0] else next(c for c in found[0] if c not in at)
    told = {r["column"]: r for r in _rows(place / "columns.csv") if r["file"] == name}
    manifest = manifest_of(place)
    lines = [f"{name}: {', '.join(f'{k} = {v}' for k, v in at.items())}"]
    lines += [f"  {c} = {v}  ({told[c]['en']})" for c, v in found[0].items() if c not in at and v and c in told]
    lines += [f"  {column} is made of {told.get(column, {}).get('source') or 'the tested model: see proof.csv'}"]
    lines += [f"  {n} sha256 {h}" for n, h in manifest["inputs"].items()]
    return Traced(Ref(ref.name, ref.at, column), found[0][column], found[0], "\n".join(lines), ())


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _inputs(place: Path, manifest: Mapping[str, Any], inputs: Path | None, report: Report) -> None:
    folders = manifest.get("input_folders", {})
    for name, sha256 in manifest["inputs"].items():
        path = (inputs or (place / folders.get(name, manifest.get("input_folder", "."))).resolve()) / Path(name).name
        if not path.is_file():
            report.skip(NOT_BESIDE)
        elif store.sha256(path) != sha256:
            report.wrong(name, "the input has changed since it was read (sha256 differs).")
        else:
            report.count("inputs")


def _numbers(rows: Iterable[Mapping[str, str]]) -> list[float]:
    found = []
    for row in rows:
        for value in row.values():
            try:
                found.append(float(value))
            except (TypeError, ValueError):
                continue
    return found


def _known(tables: Mapping[str, Rows], manifest: Mapping[str, Any]) -> list[float]:
    """Numbers that the prose may hold: those of the proof and the options, how many rows tables have, and fixed words."""
    kinds = [(r["kind"], r["reason"]) for r in tables.get("left_out.csv", [])]
    fixed = [float(n) for r in resources.rows("advise_words.csv") for n in re.findall(r"\d+(?:\.\d+)?", r["en"])]
    options = [float(v) for v in manifest["options"].values() if isinstance(v, int | float)]
    counts = [float(kinds.count(k)) for k in set(kinds)] + [float(len(rows)) for rows in tables.values()]
    return [*_numbers(tables.get("proof.csv", [])), *options, *counts, *fixed, *(f / 100 for f in fixed)]


def _page(path: Path, tables: Mapping[str, Rows], known: Sequence[float], manifest: Mapping[str, Any], report: Report) -> None:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    words = _labels(tables, manifest)
    shown = [float(len(rows) - 1) for rows, _ in page.tables]
    for text in page.said:
        _compare(path.name, _without(text, words), [*known, *shown], report)
    for rows, note in page.tables:
        source = ", ".join(n for n in tables if n in note.split("←")[0])
        held = [r for n in source.split(", ") for r in tables.get(n, [])]
        for row in rows[1:]:
            own = [r for r in held if _of(r, row[0])]
            for cell in row[1:]:
                _compare(f"{path.name}: {source}, {row[0]}", _without(cell, words), _numbers(own), report)


def _of(row: Mapping[str, str], shown: str) -> bool:
    """True where a row of a file is the one that a page shows under this head; an empty head is shown as a dash."""
    if shown == "–":
        return next(iter(row.values())) == ""
    return shown in row.values() or any(v.endswith(f"_{shown}") for v in row.values())


def _labels(tables: Mapping[str, Rows], manifest: Mapping[str, Any]) -> list[str]:
    """Texts with digits that are names: files, columns, years, activities, regions."""
    named = [*manifest["inputs"], *(str(v) for v in manifest["options"]["columns"].values())]
    named += [
        y
        for r in tables.get("proof.csv", [])
        if r["item"] in ("years", "spans", "dates")
        for y in (r["text"], *r["text"].split(";"))
    ]
    for name, column in (("activities.csv", "activity"), ("declared.csv", "activity"), ("capacity.csv", "activity"),
                         ("regions.csv", "region")):  # fmt: skip
        named += [r[column] for r in tables.get(name, [])]
    named += list(tables)
    return sorted({n for n in named if re.search(r"\d", n)}, key=len, reverse=True)


def _without(text: str, words: Sequence[str]) -> str:
    found = {t.rstrip(".。") for t in re.findall(r"[^\s,;:()（）：，；、]+", text)}
    for word in words:
        if word in found or (" " in word and word in text) or (not word.isdigit() and word in text):
            text = re.sub(rf"(?<![\w.]){re.escape(word)}(?![\w%]|\.\d| %)", " ", text)
    return text


def _compare(where: str, text: str, values: Sequence[float], report: Report) -> None:
    for token in _NUMBER.findall(text):
        report.count("numbers on pages")
        plain = token.replace("−", "-").rstrip("% ")
        scale = 100.0 if token.endswith("%") else 1.0
        digits = len(plain.partition(".")[2])
        near = 0.5 * 10**-digits + 1e-9
        if not any(abs(float(plain) - scale * v) <= near + 1e-5 * abs(scale * v) for v in values):
            report.wrong(where, f"{token} stands in none of the tables it is made of.")
