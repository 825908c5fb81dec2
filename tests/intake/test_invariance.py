"""What must not matter does not: order of rows, names or codes, encoding, file type, layout."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.study import Study
from yindi.intake.regions import provinces


def same(a: Study, b: Study) -> None:
    for name in a.table_names():
        left, right = a.table(name), b.table(name)
        assert left.axes == right.axes, name
        assert left.digest == right.digest, name
    assert a.panel.segments == b.panel.segments
    assert a.space.edges == b.space.edges


def test_shuffled_rows(folder, plain):
    rng = np.random.default_rng(7)
    for file in ("indicators.csv", "industries.csv"):
        rows = folder.rows(file)
        folder.write([rows[0], *(rows[1:][n] for n in rng.permutation(len(rows) - 1))], file)
    same(folder.run(), plain)


def test_same_input_gives_the_same_ids(folder, plain):
    again = folder.run()
    same(again, plain)
    assert list(again.ledger.steps) == list(plain.ledger.steps)
    assert list(again.ledger.sources) == list(plain.ledger.sources)


@pytest.mark.parametrize("form", ["zh_full", "zh", "en", "alias", "spaced", "two digits"])
def test_regions_written_otherwise(folder, plain, form):
    def written(code):
        row = provinces()[code]
        if form == "alias":
            return row["aliases"].split("|")[0]
        if form == "spaced":
            return "　".join(row["zh"])
        return code[:2] if form == "two digits" else row[form]

    for file in ("indicators.csv", "industries.csv"):
        rows = folder.rows(file)
        for row in rows[1:]:
            row[0], row[1] = written(row[0]), ""
        folder.write(rows, file)
    same(folder.run(), plain)


def test_alias_of_the_user(folder, plain):
    rows = folder.rows()
    for row in rows[1:]:
        row[1] = "Old Canton" if row[0] == "440000" else row[1]
    folder.write(rows)
    assert "Old Canton" in str(folder.fails())
    same(folder.run(lambda tree: tree["regions"].update(aliases={"Old Canton": "440000"})), plain)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_encodings(folder, plain, encoding):
    folder.write(folder.rows(), encoding=encoding)
    same(folder.run(), plain)


def test_full_width_digits_thousands_and_footnotes(folder, plain):
    rows = folder.rows()
    head = rows[0]
    pop, gdp = head.index("population_10k"), head.index("gdp_per_capita_yuan")
    for row in rows[1:]:
        row[pop] = row[pop].translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) + "①"
        row[gdp] = f"{float(row[gdp]):,.0f}" if float(row[gdp]).is_integer() else row[gdp]
        row[2] += "年"
    folder.write(rows)
    same(folder.run(), plain)


def test_workbook(folder, plain):
    openpyxl = pytest.importorskip("openpyxl")
    rows = folder.rows()
    book = openpyxl.Workbook()
    for n, row in enumerate(rows):
        book.active.append([row[0], row[1], *(float(c) if n and c else c or None for c in row[2:])])
    book.save(folder.path / "indicators.xlsx")
    other = folder.run(lambda tree: tree["inputs"][0].update(file="indicators.xlsx"))
    same(other, plain)
    assert "indicators.xlsx!Sheet row" in other.why("panel[region=620000][year=2023][indicator=patents]")


def test_long_layout(folder, plain):
    rows = folder.rows()
    head = rows[0]
    long = [["place", "when", "what", "how much"]]
    long += [[row[0], row[2], name, cell] for row in rows[1:] for name, cell in zip(head[3:], row[3:], strict=True)]
    folder.write(long)

    def change(tree):
        spec = tree["inputs"][0]
        spec.pop("name")
        spec.update(layout="long", region="place", year="when", item="what", value="how much")

    same(folder.run(change), plain)


def test_units_of_a_long_table_are_converted(folder, plain):
    rows = folder.rows("industries.csv")
    for row in rows[1:]:
        row[5], row[6] = f"{float(row[5]) * 10000:.4f}", "万元"
    folder.write(rows, "industries.csv")
    other = folder.run()
    np.testing.assert_allclose(other.activity.values, plain.activity.values, rtol=1e-12)
    assert set(other.activity.units) == {"100m_yuan"}


def test_total_rows_are_left_out_and_said(folder, plain):
    rows = folder.rows("industries.csv")
    rows.append(["100000", "全国", "2014", "A", "", "57472.2", "100m_yuan"])
    folder.write(rows, "industries.csv")
    other = folder.run()
    np.testing.assert_array_equal(other.activity.values, plain.activity.values)
    details = other.intake.findings.array("detail")
    assert any("1 row(s), total of several regions" in d for d in details)
