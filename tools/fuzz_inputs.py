"""What `fuzz_readers.py` reads: strategies for tables of every format, study files, corrections and files beside them."""

from __future__ import annotations

import datetime
import functools
import gzip
import io
import random
import zipfile
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import xlwt
from hypothesis import strategies as st

HEADS = [
    "省份",
    "年份",
    "code",
    "year",
    "GDP(亿元)",
    "总人口(万人)",
    "人均GDP",
    "2013",
    "2014年",
    "",
    "单位:万元",
    "合计",
    "2010/11",
]
PLACES = ["北京", "上   海", "江四", "全国", "110000", "620000", "海外", "", "东部地区", "zhejiang", "石家庄市", "DE11", "US-CA"]
NUMBERS = ["1", "-3.5", "１２３", "1,234", "…", "—", "5%", "1e308", "nan", "inf", "0", "=1+1", "12①", "", "2013", "9" * 40,
           "#REF!", "1e-400", "0x10", "1905-07-05", "\x0b", "１".join("23")]  # fmt: skip
YAML = ["title: {zh: a, en: b}", "years: [2013, 2023]", "inputs:", "  - file: a.csv", "    layout: wide", "framework: nqpf_b",
        "a: &a [*a]", "x: *x", "? [a, b]: c",
        "treatments: {gdp: [{finding: break, choice: keep, reason: r}]}", "regions: {scope: no}",
        "seed: 0x10", "<<: *b", "- - - -", "!!python/object:os.system x", "identities: [a = a + b]", "\t",
        "years: [2023, 1]", "seed: " + "9" * 5000, "measure: {noise: .nan}", "a: " + "[" * 40, "corrections:",
        "- {variable: income, region: N, year: 2020, expect: 1e999, value: nan, reason: r, source: s}",
        "  - {variable: income, region: N, year: 2020, expect: 11, value: 12, reason: r, source: s}"]  # fmt: skip
ENDINGS = [".csv", ".tsv", ".txt", ".csv.gz", ".xlsx", ".xlsm", ".xls", ".ods", ".dta", ".parquet", ".xlsb", ".et"]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "big5", "latin-1"]
MARKS = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x84\x31\x95\x33"]
Rows = list[list[str]]
Hits = list[tuple[int, int]]

cell = st.sampled_from(HEADS + PLACES + NUMBERS) | st.text(max_size=6)
loose = st.lists(st.lists(cell, max_size=8), max_size=12)
raw = st.binary(max_size=400)
damage = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=12)
yamls = st.lists(st.sampled_from(YAML) | st.text(max_size=20), max_size=12).map("\n".join) | st.text(max_size=200)
numbers = st.sampled_from(NUMBERS) | st.integers(-10, 10**6).map(str)


@st.composite
def yearbooks(draw: st.DrawFn) -> Rows:
    """A sound table in one of the layouts that yearbooks have, with some cells replaced."""
    places = draw(
        st.sampled_from([["北京", "天 津", "河北省", "山西"], ["石家庄市", "唐山市", "秦皇岛市"], ["DE11", "DE12", "AT11"]])
    )
    years, layout = ["2019", "2020年", "2021"], draw(st.sampled_from(["wide", "long", "years", "blocks", "regions"]))
    body: dict[str, Rows] = {
        "wide": [["地区", "年份", "GDP(亿元)", "人口"], *([p, y, "1", "2"] for p in places for y in years)],
        "long": [["地区", "年份", "指标", "值"], *([p, y, i, "3"] for p in places for y in years for i in "ab")],
        "years": [["地区", *years], *([p, "1", "2", "3"] for p in places)],
        "blocks": [["地区", "GDP", "", "", "人口", "", ""], ["", *years, *years], *([p, *"123456"] for p in places)],
        "regions": [["年份", *places], *([y, *"1234"[: len(places)]] for y in years)],
    }
    rows = [list(r) for r in [["表1", "单位:万元"], *body[layout], ["资料来源:统计局"]]]
    for at, to in draw(st.lists(st.tuples(st.integers(0, 400), cell), max_size=4)):
        row = rows[at % len(rows)]
        row[at // len(rows) % len(row)] = to
    return rows


tables = loose | yearbooks()


def damaged(data: bytes, hits: Hits) -> bytes:
    """Bytes with some replaced; a hit beyond 2**19 cuts the end off."""
    made = bytearray(data)
    for at, value in hits:
        if at > 1 << 19 and value > 200:
            made = made[: at % max(len(made), 1)]
        elif made:
            made[at % len(made)] = value
    return bytes(made)


def csv_text(rows: Rows, encoding: str, quoted: bool) -> bytes:
    """Rows as CSV, cells in quotation marks or as they come."""
    lines = [",".join('"' + c.replace('"', '""') + '"' if quoted else c for c in row) for row in rows]
    return "\n".join(lines).encode(encoding, errors="replace")


def _mixed(mark: bytes, parts: list[bytes], hits: Hits) -> bytes:
    return damaged(mark + b"\n".join(parts), hits)


texts = st.builds(csv_text, tables, st.sampled_from(ENCODINGS), st.booleans())
csvs = texts | st.builds(_mixed, st.sampled_from(MARKS), st.lists(texts, min_size=1, max_size=3), damage | st.just([])) | raw
gzips = st.builds(damaged, texts.map(lambda d: gzip.compress(d, 1)), damage | st.just([]))


def plain(text: str) -> str:
    """A text as XML can hold it."""
    return "".join(c for c in text if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)


def _cells(row: list[str], n: int, odd: random.Random | None) -> str:
    made = []
    for k, c in enumerate(row):
        at = f"{chr(65 + k)}{n}"
        text = escape(plain(c))
        kind = odd.randrange(14) if odd is not None else 0
        made.append({
            1: f"<c><v>{k}</v></c>", 2: f'<c r="{at}" t="e"><f>A1</f><v>#REF!</v></c>', 3: f'<c r="{at}"><f>B1+1</f></c>',
            4: f'<c r="{odd.choice(FAR) if odd else at}"><v>1</v></c>', 5: f'<c r="{at}" t="s"><v>{k}</v></c>',
            6: f'<c r="{at}" t="b"><v>1</v></c>', 7: f'<c r="{at}" s="1"><v>{41000 + k}</v></c>', 8: f'<c r="{at}"/>',
            9: f'<c r="{at}" t="d"><v>2013-01-01T00:00:00</v></c>',
        }.get(kind, f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'))  # fmt: skip
    return "".join(made)


FAR = ["XFD1048576", "A1048576", "A99999999999", "ZZZZZZ1", "a1", "A0", "1A", "XFD1", "A2147483648", "A4294967296"]
MERGES = ["A1:B2", "A1:XFD1048576", "B2:A1", "A1", "A1:A99999999999", "C1:D1"]


def _sheet(rows: Rows, odd: random.Random | None) -> str:
    made = "".join(f'<row r="{n if odd is None or odd.randrange(20) else 10**odd.randrange(12)}">{_cells(row, n, odd)}</row>'
                   for n, row in enumerate(rows, 1))  # fmt: skip
    more = head = ""
    if odd is not None:
        merges = "".join(f'<mergeCell ref="{odd.choice(MERGES)}"/>' for _ in range(odd.randrange(4)))
        more = f"<mergeCells>{merges}</mergeCells>" if merges else ""
        head = f'<dimension ref="{odd.choice(MERGES)}"/>' if odd.randrange(2) else ""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    entity = '<!DOCTYPE a [<!ENTITY b "c">]>' if odd is not None and not odd.randrange(40) else ""
    return f'<?xml version="1.0"?>{entity}<worksheet xmlns="{space}">{head}<sheetData>{made}</sheetData>{more}</worksheet>'


def packed(parts: dict[str, str | bytes]) -> bytes:
    """Parts as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def workbook(rows: Rows, odd: random.Random | None = None) -> bytes:
    """A minimal xlsx of inline strings; `odd`: with far cells, errors, formulas, merged blocks, wrong dimensions, two sheets."""
    space = "http://schemas.openxmlformats.org"
    office = f"{space}/officeDocument/2006/relationships"
    main = f"{space}/spreadsheetml/2006/main"
    types = f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
    relations = f'<Relationships xmlns="{space}/package/2006/relationships">'
    names = ["a"] if odd is None or odd.randrange(3) else ["2019年", "2020年"]
    sheets = "".join(f'<sheet name="{n}" sheetId="{k}" r:id="r{k}"/>' for k, n in enumerate(names, 1))
    links = "".join(f'<Relationship Id="r{k}" Type="{office}/worksheet" Target="worksheets/sheet{k}.xml"/>'
                    for k in range(1, len(names) + 1))  # fmt: skip
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": types,
        "_rels/.rels": f'{relations}<Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"{relations}{links}</Relationships>",
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
        "</cellXfs></styleSheet>",
        **{f"xl/worksheets/sheet{k}.xml": _sheet(rows, odd) for k in range(1, len(names) + 1)},
    }  # fmt: skip
    return packed(parts)


def _repeated(what: str, odd: random.Random | None) -> str:
    return f' table:number-{what}-repeated="{10 ** odd.randrange(12)}"' if odd is not None and not odd.randrange(12) else ""


def ods(rows: Rows, odd: random.Random | None = None) -> bytes:
    """A minimal ods; `odd`: with cells and rows repeated up to billions of times, errors and formulas."""
    made = []
    for row in rows:
        cells = []
        for c in row:
            kind = odd.randrange(10) if odd is not None else 0
            many = (
                f' table:number-columns-repeated="{10 ** odd.randrange(12)}"' if odd is not None and not odd.randrange(12) else ""
            )
            text = f"<text:p>{escape(plain(c))}</text:p>"
            cells.append({
                1: f"<table:table-cell{many}/>", 2: f'<table:table-cell table:formula="of:=A1"{many}/>',
                3: f'<table:table-cell{many} office:value-type="float" office:value={quoteattr(plain(c))}/>',
                4: f'<table:table-cell office:value-type="string" calcext:value-type="error">{text}</table:table-cell>',
                5: '<table:table-cell office:value-type="date" office:date-value="2013-01-01"/>',
            }.get(kind, f'<table:table-cell office:value-type="string"{many}>{text}</table:table-cell>'))  # fmt: skip
        many = _repeated("rows", odd)
        made.append(f"<table:table-row{many}>{''.join(cells)}</table:table-row>")
    base = "urn:oasis:names:tc:opendocument:xmlns"
    spaces = "".join(f' xmlns:{n}="{base}:{n}:1.0"' for n in ("office", "table", "text")) + ' xmlns:calcext="urn:c"'
    content = (f'<?xml version="1.0"?><office:document-content{spaces}><office:body>'
               '<office:spreadsheet><table:table table:name="a">'
               f"{''.join(made)}</table:table></office:spreadsheet></office:body></office:document-content>")  # fmt: skip
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{base}:manifest:1.0"><manifest:file-entry manifest:full-path="/" ' \
               f'manifest:media-type="{kind}"/></manifest:manifest>'  # fmt: skip
    return packed({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def _inside(book: bytes, hits: Hits) -> bytes:
    """Damage inside the parts, packed again, so that the archive is sound."""
    whole = zipfile.ZipFile(io.BytesIO(book))
    parts = {n: whole.read(n) for n in whole.namelist()}
    return packed({n: damaged(p, hits) if n.startswith(("xl/", "content")) else p for n, p in parts.items()})


def _odd(seed: int) -> random.Random | None:
    return random.Random(seed) if seed % 3 else None


seeds = st.integers(0, 1 << 30).map(_odd)
xlsx_books, ods_books = st.builds(workbook, tables, seeds), st.builds(ods, tables, seeds)
xlsx = xlsx_books | st.builds(damaged, xlsx_books, damage) | st.builds(_inside, xlsx_books, damage) | raw
odss = ods_books | st.builds(damaged, ods_books, damage) | st.builds(_inside, ods_books, damage)


def xls(rows: Rows) -> bytes:
    """An xls of texts, numbers, dates and formulas without a stored value."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            value: Any = plain(text)
            if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) < 12:
                value = float(text)
            elif text == "=1+1":
                value = xlwt.Formula("1+1")
            elif text == "1905-07-05":
                value = datetime.date(1905, 7, 5)
            page.write(r, c, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _headed(hits: Hits) -> Hits:
    """Hits that fall on the head and the first sectors of a compound file."""
    return [(at % 1536, value) for at, value in hits]


def _records(hits: Hits) -> Hits:
    """Hits that fall on the records after the head."""
    return [(512 + at % 4096, value) for at, value in hits]


xls_books = st.builds(xls, tables)
hits = damage | damage.map(_headed) | damage.map(_records)
xlss = st.builds(damaged, xls_books, hits)


@functools.cache
def frames() -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Sound data sets of Stata (three versions) and Parquet (three compressions)."""
    frame = pd.DataFrame({"prov": ["北京", "上海", "甘肃", None], "y": [2019, 2020, 2021, 2021], "gdp": [1.5, None, 3.0, 1e300],
                          "when": pd.to_datetime(["2019-12-31"] * 4)})  # fmt: skip
    plain_frame = frame.assign(prov=["Beijing", "Shanghai", "Gansu", ""])
    stata, parquet = [], []
    for version, data in ((114, plain_frame), (117, plain_frame), (118, frame.assign(prov=frame["prov"].fillna("")))):
        out = io.BytesIO()
        data.assign(kind=pd.Categorical(list("abab"))).to_stata(out, write_index=False, version=version,
                                                                variable_labels={"gdp": "GDP"})  # fmt: skip
        stata.append(out.getvalue())
    for packing in ("snappy", "gzip", "none"):
        out = io.BytesIO()
        (frame.assign(parts=[[1, 2], [], None, [3]]) if packing == "none" else frame).to_parquet(out, compression=packing)
        parquet.append(out.getvalue())
    return tuple(stata), tuple(parquet)


dtas = st.builds(damaged, st.sampled_from(frames()[0]), hits)
parquets = st.builds(damaged, st.sampled_from(frames()[1]), damage)
any_table = csvs | gzips | xlsx | odss | xlss | dtas | parquets
astray = st.tuples(any_table, st.sampled_from(ENDINGS))
