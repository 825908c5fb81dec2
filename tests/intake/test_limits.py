"""Hostile and broken files are refused with a clear problem, in little time and memory; nothing else is ever raised."""

from __future__ import annotations

import contextlib
import csv
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yindi.core.errors import ProblemsError
from yindi.intake import limits
from yindi.intake.read import Grid, read

FORMATS = "http://schemas.openxmlformats.org"
MAIN, RELS = f"{FORMATS}/spreadsheetml/2006/main", f"{FORMATS}/package/2006/relationships"
LINK = f"{FORMATS}/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats"
SHEET = f'<worksheet xmlns="{MAIN}"><sheetData>{{}}</sheetData></worksheet>'


def _link(kind, target):
    return f'<Relationships xmlns="{RELS}"><Relationship Id="a" Type="{LINK}/{kind}" Target="{target}"/></Relationships>'


PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{FORMATS}/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Default Extension="rels" ContentType="{TYPES}-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{TYPES}-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": _link("officeDocument", "xl/workbook.xml"),
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINK}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": _link("worksheet", "worksheets/sheet1.xml"),
}


def book(path, rows, extra=b""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, text in PARTS.items():
            z.writestr(name, text)
        z.writestr("xl/worksheets/sheet1.xml", SHEET.format(rows))
        if extra:
            z.writestr("xl/media/x.bin", extra)
    return path


def refused(path):
    with pytest.raises(ProblemsError) as caught:
        read(path, path.name)
    return caught.value.problems[0]


def test_a_plain_book_is_read(tmp_path):
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>3</v></c></row>'
    assert read(book(tmp_path / "a.xlsx", rows), "a.xlsx").rows == ((1.0, "", 3.0),)


def test_zip_bomb(tmp_path):
    problem = refused(book(tmp_path / "a.xlsx", "", b"\0" * 200_000_000))
    assert "unpacks" in problem.message
    assert "CSV" in problem.way_out


def test_a_million_empty_columns_and_rows(tmp_path):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    problem = refused(book(tmp_path / "a.xlsx", rows))
    assert "1,048,576 rows and 16,384 columns" in problem.message


@pytest.mark.parametrize("cell", ["<f>B1+1</f>", "<f>B1+1</f><v></v>", '<f t="shared" si="0"/>', "<f>1</f><v/>"])
def test_formula_without_a_stored_value(tmp_path, cell):
    problem = refused(book(tmp_path / "a.xlsx", f'<row r="1"><c r="A1">{cell}</c><c r="B1"><v>3</v></c></row>'))
    assert "formula" in problem.message
    assert "A1" in problem.message


def test_formula_with_a_stored_value_is_read(tmp_path):
    rows = '<row r="1"><c r="A1"><f>B1+1</f><v>4</v></c><c r="B1"><v>3</v></c></row>'
    assert read(book(tmp_path / "a.xlsx", rows), "a.xlsx").rows == ((4.0, 3.0),)


def test_damaged_archive(tmp_path):
    path = book(tmp_path / "a.xlsx", '<row r="1"><c r="A1"><v>1</v></c></row>' * 50)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xff" * 40
    path.write_bytes(bytes(data))
    assert refused(path).place == "a.xlsx"


def test_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    (tmp_path / "a.csv").write_text("a,b\n" * 100)
    assert "bytes" in refused(tmp_path / "a.csv").message


def test_a_giant_field_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text('a,b\n"' + "x" * 2_000_000 + '",1\n')
    assert "CSV" in refused(tmp_path / "a.csv").message


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "x: [1, 2\n", "&a [*a, *a]\n", "- 1\n", "indicators: 5\ndimensions: {}\n"])
def test_cyclic_or_broken_framework_file(folder, text):
    (folder.path / "own.yaml").write_text(text)
    assert any("own.yaml" in str(p) for p in folder.fails(lambda tree: tree.update(framework="own.yaml")).problems)


FUZZ = settings(
    max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZ
@given(st.binary(max_size=400), st.sampled_from([".csv", ".xlsx", ".xls", ".ods", ".tsv"]))
def test_any_bytes_are_a_grid_or_a_problem(tmp_path, data, kind):
    path = tmp_path / f"f{kind}"
    path.write_bytes(data)
    with contextlib.suppress(ProblemsError):
        assert isinstance(read(path, "f"), Grid)


@FUZZ
@given(st.binary(min_size=1, max_size=60), st.integers(0, 2000), st.booleans())
def test_a_spoilt_workbook_is_a_grid_or_a_problem(tmp_path, data, at, inside):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    path = tmp_path / "f.xlsx"
    if inside:
        where = at % len(rows)
        spoilt = rows[:where] + data.decode("latin-1") + rows[where:]
        book(path, spoilt)
    else:
        whole = bytearray(book(path, rows).read_bytes())
        whole[at % len(whole) : at % len(whole) + len(data)] = data
        path.write_bytes(bytes(whole))
    with contextlib.suppress(ProblemsError):
        assert isinstance(read(path, "f"), Grid)


@FUZZ
@given(st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=5), min_size=1, max_size=6))
def test_written_csv_is_read_back(tmp_path, rows):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "surrogatepass"))
    try:
        grid = read(path, "f")
    except ProblemsError:
        return
    assert len(grid.rows) >= 1


def test_a_large_sheet_with_hardly_a_cell_is_refused(tmp_path):
    """601 rows of 601 columns are 361,201 cells, over 300,000; three of them hold something, the last in row 601, column WC."""
    rows = ('<row r="1"><c r="A1" t="inlineStr"><is><t>code</t></is></c><c r="B1"><v>2</v></c></row>'
            '<row r="601"><c r="WC601"><v>1</v></c></row>')  # fmt: skip
    book(tmp_path / "a.xlsx", rows)
    with pytest.raises(ProblemsError) as caught:
        read(tmp_path / "a.xlsx", "a.xlsx")
    (problem,) = caught.value.problems
    assert "spans 601 rows and 601 columns, and only 3 cells hold anything, the last in WC601" in problem.message
    book(tmp_path / "b.xlsx", rows.replace("601", "401"))  # 401 x 601 = 241,001 cells are read
    assert len(read(tmp_path / "b.xlsx", "b.xlsx").rows) == 401
