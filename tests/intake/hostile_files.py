"""Files that mean harm, made by hand, and a runner that checks each in a process of its own and measures time and memory."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
SHEET = "xl/worksheets/sheet1.xml"

RUNNER = r"""
import contextlib, io, json, os, sys, time
from yindi.shell import cli
from yindi.intake import books, draft, examine, frames, stage
from yindi.shell import inspect, job, tablecheck, yamlfile
import pandas.io.stata, pyarrow.parquet, python_calamine
for line in sys.stdin:
    name, arguments = json.loads(line)
    out, back = os.pipe()
    child = os.fork()
    if child == 0:
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                code = cli.call(arguments)
        except BaseException as fault:
            code = 99
            said.write(repr(fault))
        with os.fdopen(back, "w") as pipe:
            pipe.write(json.dumps([code, said.getvalue()[:20000]]))
        os._exit(0)
    os.close(back)
    with os.fdopen(out) as pipe:
        told = pipe.read()
    _, status, usage = os.wait4(child, 0)
    code, text = json.loads(told) if told else (-status, "the process died")
    row = [name, code, text, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]
    print(json.dumps(row), flush=True)
"""


@dataclass(frozen=True)
class Seen:
    """Exit code, what was said, CPU seconds and largest memory (MB) of one check."""

    code: int
    text: str
    seconds: float
    megabytes: float


def run(jobs: dict[str, list[str]]) -> dict[str, Seen]:
    """Name -> arguments of `yindi`, each run in a forked process of its own."""
    lines = "".join(json.dumps([name, arguments]) + "\n" for name, arguments in jobs.items())
    done = subprocess.run([sys.executable, "-c", RUNNER], input=lines, capture_output=True, text=True, timeout=600, check=False,
                          env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {row[0]: Seen(*row[1:]) for row in map(json.loads, done.stdout.splitlines())}


def xlsx(path: Path, rows: str, *, more: dict[str, bytes] | None = None, after: str = "", before: str = "") -> Path:
    """A workbook with one sheet of the given XML rows, and further parts."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{RELATIONS}<Relationship Id="r1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'{RELATIONS}<Relationship Id="r1" Type="{OFFICE}/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>',
        SHEET: f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in {**parts, **(more or {})}.items():
            packed.writestr(name, text)
    return path


def lying(path: Path) -> Path:
    """A workbook whose sheet unpacks to 100 MB and claims to have 1,000 bytes."""
    xlsx(path, '<row r="1"><c r="A1"><v>1</v></c></row>' + " " * 100_000_000)
    data = bytearray(path.read_bytes())
    at = data.rfind(SHEET.encode())
    struct.pack_into("<I", data, at - 46 + 24, 1000)
    path.write_bytes(bytes(data))
    return path


def ods(path: Path, body: str, *, before: str = "", manifest: str = "", name: str = "a") -> Path:
    """A spreadsheet of OpenDocument with the given rows."""
    base = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{n}="{base}:{n}:1.0"' for n in ("office", "table", "text")) + ' xmlns:calcext="urn:c"'
    root, body_of = f"office:document-content{spaces}", "office:body><office:spreadsheet"
    table = f'<table:table table:name="{name}">{body}</table:table>'
    content = (
        f'<?xml version="1.0"?>{before}<{root}><{body_of}>{table}</office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}">{manifest}</manifest:file-entry>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", kind)
        packed.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{base}:manifest:1.0">{entry}</manifest:manifest>'
        )
        packed.writestr("content.xml", content)
    return path


def xls(path: Path, rows: list[list[object]]) -> Path:
    """An xls of the given cells; a text that begins with = is a formula (xlwt stores no value for it)."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            page.write(r, c, xlwt.Formula(value[1:]) if isinstance(value, str) and value.startswith("=") else value)
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    return path


def patched(path: Path, old: bytes, new: bytes, *, at: int | None = None) -> Path:
    """The file with the first `old` (or what stands at a place) written over by `new`."""
    data = bytearray(path.read_bytes())
    where = data.index(old) if at is None else at
    data[where : where + len(new)] = new
    path.write_bytes(bytes(data))
    return path


def renamed(path: Path, name: str) -> Path:
    """A compound file whose stream Workbook has another name."""
    old = "Workbook".encode("utf-16-le")
    data = bytearray(path.read_bytes())
    at = data.index(old)
    new = name.encode("utf-16-le").ljust(64, b"\0")
    data[at : at + 64] = new
    struct.pack_into("<H", data, at + 64, 2 * len(name) + 2)
    path.write_bytes(bytes(data))
    return path


def table_of_sectors(path: Path) -> int:
    """Where the allocation table of a compound file begins."""
    return int(struct.unpack_from("<I", path.read_bytes(), 76)[0]) * 512 + 512


def record(path: Path, kind: int) -> int:
    """Where the content of the first record of a kind stands (streams of xlwt begin right after the head)."""
    data, at = path.read_bytes(), 512
    while True:
        here, length = struct.unpack_from("<HH", data, at)
        if here == kind:
            return at + 4
        at += 4 + length
