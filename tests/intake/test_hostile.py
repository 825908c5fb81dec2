"""Hostile files through `yindi check`: exit code 3, file and way out named, in seconds and little memory."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import hostile_files as make
import pytest
from hostile_files import Seen

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
LAUGHS = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)) + "]>"
OUTSIDE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
CELL = '<table:table-cell office:value-type="float" office:value="1"{}/>'
WIDE = CELL.format(' table:number-columns-repeated="1000000000"')
WIDER = CELL.format(' table:number-columns-repeated="9999"')
Maker = Callable[[Path], Path]


def _nested(path: Path) -> Path:
    data = b"\0" * 50_000_000
    for _ in range(3):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for n in range(4):
                packed.writestr(f"{n}.xlsx", data)
        data = out.getvalue()
    path.write_bytes(data)
    return path


def _merged(path: Path) -> Path:
    """300 merged blocks, each over all of 300 x 300 cells."""
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>a</t></is></c><c r="KN{n}"><v>1</v></c></row>' for n in range(1, 301)
    )
    return make.xlsx(path, rows, after="<mergeCells>" + '<mergeCell ref="A1:KN300"/>' * 300 + "</mergeCells>")


def _cyclic(path: Path) -> Path:
    make.xls(path, [["a", 1]])
    return make.patched(path, b"", b"\0\0\0\0", at=make.table_of_sectors(path))


def _in_record(kind: int, at: int, new: bytes) -> Maker:
    def spoil(path: Path) -> Path:
        make.xls(path, [["a", 1.5, "b"]])
        return make.patched(path, b"", new, at=make.record(path, kind) + at)

    return spoil


def _written(data: bytes) -> Maker:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


BOOKS: dict[str, tuple[str, Maker, tuple[str, ...]]] = {
    "bomb": ("a.xlsx", lambda p: make.xlsx(p, "", more={"xl/media/x.bin": b"\0" * 200_000_000}), ("unpacks", "CSV")),
    "bomb in an ods": ("a.ods", lambda p: make.ods(p, " " * 200_000_000), ("unpacks", "CSV")),
    "archives in archives": ("a.xlsx", _nested, ("a.xlsx", "->")),
    "many parts": ("a.xlsx", lambda p: make.xlsx(p, ONE, more={f"x/{n}": b"" for n in range(20_000)}), ("20,005 parts", "CSV")),
    "a part that lies": ("a.xlsx", make.lying, ("a.xlsx", "more", "->")),
    "laughs": ("a.xlsx", lambda p: make.xlsx(p, ONE, before=LAUGHS), ("entities", "save it again")),
    "laughs in an ods": ("a.ods", lambda p: make.ods(p, "", before=LAUGHS), ("entities", "save it again")),
    "an entity from outside": ("a.xlsx", lambda p: make.xlsx(p, ONE, before=OUTSIDE), ("entities", "save it again")),
    "far cells": ("a.xlsx", lambda p: make.xlsx(p, ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
                  ("1,048,576 rows and 16,384 columns", "delete the empty rows")),
    "a cell beyond all sheets": ("a.xlsx", lambda p: make.xlsx(p, ONE + '<row r="2"><c r="B99999999999"><v>1</v></c></row>'),
                                 ("99,999,999,999 rows", "delete")),
    "a far row without names of cells": ("a.xlsx", lambda p: make.xlsx(
        p, '<row r="1">' + "<c><v>1</v></c>" * 16000 + '</row><row r="1048576"><c><v>1</v></c></row>'),
        ("1,048,576 rows", "delete")),
    "a million columns repeated": ("a.ods", lambda p: make.ods(
        p, f"<table:table-row>{WIDE}</table:table-row>"),
        ("1,000,000,000 columns", "delete")),
    "a million rows repeated": ("a.ods", lambda p: make.ods(
        p, f'<table:table-row table:number-rows-repeated="1000000000">{CELL.format("")}</table:table-row>'),
        ("1,000,000,000 rows", "delete")),
    "an empty stretch repeated": ("a.ods", lambda p: make.ods(
        p, '<table:table-row table:number-rows-repeated="900000000"><table:table-cell/></table:table-row>'
        f"<table:table-row>{CELL.format('')}</table:table-row>"), ("900,000,001 rows", "delete")),
    "a value repeated": ("a.ods", lambda p: make.ods(
        p, f"<table:table-row table:number-rows-repeated=\"999\">{WIDER}</table:table-row>"),
                         ("repeats cells", "delete the repeated")),
    "merged blocks": ("a.xlsx", _merged, ("merged blocks", "undo the merging")),
    "formula without a value": ("a.xlsx", lambda p: make.xlsx(p, '<row r="1"><c r="A1"><f>B1+1</f></c></row>'),
                                ("formula", "A1", "paste the values")),
    "formula without a value in an ods": ("a.ods", lambda p: make.ods(
        p, '<table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row>'),
        ("formula", "A1", "paste the values")),
    "formula without a value in an xls": ("a.xls", lambda p: make.xls(p, [["a"], ["=1+1"]]),
                                          ("formula", "A2", "paste the values")),
    "a text beyond Excel's limit": ("a.xlsx", lambda p: make.xlsx(
        p, f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 32_768}</t></is></c></row>'), ("32,767 signs", "row 1, column 1")),
    "a chain without an end": ("a.xls", _cyclic, ("never ends", "save it as xlsx")),
    "a count of texts": ("a.xls", _in_record(0xFC, 4, b"\xff\xff\xff\x7f"), ("more texts than it can hold", "xlsx")),
    "a column beyond the format": ("a.xls", _in_record(0x27E, 2, b"\xff\xff"), ("column 65,536", "xlsx")),
    "dimensions beyond the format": ("a.xls", _in_record(0x200, 4, b"\xff\xff\xff\x7f"), ("claims rows", "xlsx")),
    "a password (xlsx)": ("a.xlsx", lambda p: make.renamed(make.xls(p, [["a"]]), "EncryptedPackage"),
                          ("password", "Protect Workbook")),
    "a password (xls)": ("a.xls", _in_record(0x42, -4, b"\x2f\x00"), ("password", "take the password off")),
    "a password (ods)": ("a.ods", lambda p: make.ods(p, "", manifest="<manifest:encryption-data/>"), ("password", "take")),
    "a Word document": ("a.xls", lambda p: make.renamed(make.xls(p, [["a"]]), "WordDocument"), ("Word document", "xlsx")),
    "a web page": ("a.xls", _written(b"<html><table><tr><td>1</td></tr></table></html>"), ("web page", "xlsx")),
    "a text": ("a.xlsx", _written(b"a,b\n1,2\n"), ("workbook", ".csv")),
    "a quotation mark not closed": ("a.csv", _written(b'a,b\n"' + b"x,1\n" * 20_000), ("CSV", "quotation")),
    "a bomb of text": ("a.csv.gz", _written(gzip.compress(b"1," * 200_000_000, 1)), ("unpacks", "keep the columns")),
    "a damaged archive": ("a.csv.gz", _written(gzip.compress(b"a,b\n" * 1000)[:-20]), ("a.csv.gz", "->")),
}  # fmt: skip
KINDS = {"a.et": "WPS", "a.xlsb": "binary Excel", "a.pdf": "PDF", "a.sav": "SPSS"}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    place = tmp_path_factory.mktemp("hostile")
    jobs = {}
    for n, (name, (file, write, _)) in enumerate(BOOKS.items()):
        (place / str(n)).mkdir()
        jobs[name] = ["check", str(write(place / str(n) / file))]
    for file in KINDS:
        folder = place / file
        folder.mkdir()
        (folder / file).write_bytes(b"\0" * 100)
        (folder / "study.yaml").write_text(f"{STUDY}inputs: [{{file: {file}}}]\n", encoding="utf-8")
        jobs[file] = ["check", str(folder)]
    return make.run(jobs)


STUDY = "title: {zh: a, en: b}\nyears: [2019, 2020]\nregions: {scope: present}\nframework: nqpf_b\n"


def small(told: Seen) -> None:
    assert told.code == 3, told.text
    assert "Traceback" not in told.text
    assert told.seconds < 5
    assert told.megabytes < 600


@pytest.mark.parametrize("name", BOOKS)
def test_a_hostile_table_is_refused_by_name(seen: dict[str, Seen], name: str) -> None:
    file, _, words = BOOKS[name]
    small(seen[name])
    assert [w for w in (file, "->", *words) if w not in seen[name].text] == [], seen[name].text


@pytest.mark.parametrize("file", KINDS)
def test_other_formats_say_how_to_save_them(seen: dict[str, Seen], file: str) -> None:
    small(seen[file])
    assert KINDS[file] in seen[file].text
    assert file in seen[file].text


def _study(folder: Path, text: str, **files: bytes) -> Path:
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_bytes(text.encode())
    for name, data in files.items():
        (folder / name.replace("__", ".")).write_bytes(data)
    return folder


def _own_output(folder: Path) -> Path:
    _study(folder, f"{STUDY}inputs: [{{file: results/tables/a.csv}}]\n")
    (folder / "results" / "tables").mkdir(parents=True)
    (folder / "results" / "tables" / "a.csv").write_text("a,b\n1,2\n")
    (folder / "results" / "manifest.json").write_text('{"format": "yindi-results", "study_folder": ".."}')
    return folder


def _linked(folder: Path) -> Path:
    _study(folder, f"{STUDY}inputs: [{{file: a.csv}}]\n")
    os.symlink("a.csv", folder / "a.csv")
    return folder


def _pipe(folder: Path) -> Path:
    _study(folder, f"{STUDY}inputs: [{{file: a.csv}}]\n")
    os.mkfifo(folder / "a.csv")
    return folder


def _input(spec: str, more: str = "", **files: bytes) -> Maker:
    return lambda folder: _study(folder, f"{STUDY}{more}inputs: [{spec}]\n", **files)


def _with_error(folder: Path) -> Path:
    _study(folder, f"{STUDY}inputs: [{{file: a.xlsx, region: 地区, year: 年份}}]\n")
    rows = [("地区", "年份", "gdp"), ("北京", "2019", "1"), ("上海", "2019")]
    cells = ["".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in row) for row in rows]
    cells[2] += '<c r="C3" t="e"><f>A9</f><v>#REF!</v></c>'
    make.xlsx(folder / "a.xlsx", "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(cells, 1)))
    return folder


DATES = ("地区,年份,gdp\n北京,1905-07-12,1\n上海,1905-07-12,2\n").encode()
LAUGHING = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
TABLE = "地区,年份,gdp\n北京,2019,1\n上海,2019,{}\n"
STUDIES: dict[str, tuple[Maker, tuple[str, ...]]] = {
    "aliases that multiply": (lambda p: _study(p, LAUGHING), ("line 1", "anchors and aliases")),
    "an alias of itself": (lambda p: _study(p, "a: &a [*a]\n"), ("line 1", "anchors and aliases")),
    "aliases in corrections": (_input("{file: a.csv}", a__csv=b"a\n1\n", corrections__yaml=LAUGHING.encode()),
                               ("corrections.yaml", "anchors")),
    "aliases in a framework": (lambda p: _study(p, STUDY.replace("nqpf_b", "f.yaml") + "inputs: [{file: a.csv}]\n",
                                                f__yaml=LAUGHING.encode()), ("f.yaml", "anchors and aliases")),
    "deep nesting": (lambda p: _study(p, "a: " + "[" * 100_000), ("nested deeper",)),
    "a huge integer": (lambda p: _study(p, STUDY + "seed: " + "9" * 5000 + "\n"), ("study.yaml", "value that cannot be read")),
    "no number": (_input("{file: a.csv}", "measure: {goalposts: {gdp: [nan, 1]}}\n"), ("finite",)),
    "no end": (_input("{file: a.csv}", "measure: {goalposts: {gdp: [0, 1e999]}}\n"), ("finite",)),
    "a key twice": (_input("{file: a.csv, file: b.csv}"), ("stands twice", "keep one")),
    "control characters": (lambda p: _study(p, STUDY + "seed: \x01\n"), ("study.yaml line 5", "U+0001")),
    "names itself": (_input("{file: study.yaml}"), ("study.yaml", "study file")),
    "names its results": (_own_output, ("results/tables/a.csv", "study's own results")),
    "a device": (_input("{file: /dev/zero}"), ("/dev/zero", "no such file")),
    "a device as csv": (_linked, ("a.csv", "no such file")),
    "a pipe": (_pipe, ("a.csv", "no such file")),
    "a folder": (lambda p: (_study(p, f"{STUDY}inputs: [{{file: a.csv}}]\n") / "a.csv").mkdir() or p, ("a.csv", "no such file")),
    "a bridge without end": (_input("{file: a.csv}", "bridges: [{into: '1', parts: {'1': 1}, years: [2019, 1" + "0" * 30 + "], "
                                    "reason: r}]\n"), ("bridges.0.years", "1900 to 2200")),
    "years without end": (_input("{file: a.csv, years: [0, 1" + "0" * 30 + "]}"), ("inputs.0.years", "1900 to 2200")),
    "a name too long": (_input(f"{{file: {'a' * 5000}.csv}}"), ("no such file",)),
    "a name with a zero": (_input('{file: "a\\0.csv"}'), ("study.yaml",)),
    "an error of a formula": (_with_error, ("a.xlsx", "row 3, column 3 (C)", "#REF!", "error of a formula")),
    "dates where years stand": (_input("{file: a.csv, region: 地区, year: 年份}", a__csv=DATES),
                                ("row 2, column 2 (B)", "1905-07-12", "the number 2020, shown as a date")),
    "a number without end": (_input("{file: a.csv, region: 地区, year: 年份}", a__csv=TABLE.format("1e999").encode()),
                             ("row 3, column 3 (C)", "finite")),
    "ten thousand digits": (_input("{file: a.csv, region: 地区, year: 年份}", a__csv=TABLE.format("9" * 10_000).encode()),
                            ("row 3, column 3 (C)", "finite")),
}  # fmt: skip


def test_ten_thousand_columns_are_read_in_little_time_and_memory(tmp_path: Path) -> None:
    wide = CELL.format(' table:number-columns-repeated="10000"')
    made = make.ods(tmp_path / "a.ods", f"<table:table-row>{wide}</table:table-row>" * 5)
    told = make.run({"wide": ["check", str(made)]})["wide"]
    assert told.code == 0, told.text
    assert told.seconds < 10
    assert told.megabytes < 600


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    place = tmp_path_factory.mktemp("studies")
    return make.run({name: ["check", str(write(place / str(n)))] for n, (name, (write, _)) in enumerate(STUDIES.items())})


@pytest.mark.parametrize("name", STUDIES)
def test_a_hostile_study_is_refused_by_name(studies: dict[str, Seen], name: str) -> None:
    small(studies[name])
    assert [w for w in STUDIES[name][1] if w not in studies[name].text] == [], studies[name].text
