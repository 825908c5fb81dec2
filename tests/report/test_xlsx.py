"""The workbook holds every table and figure with numbers as numbers, shown as the reports write them."""

from __future__ import annotations

import io

import made_up_report as made_up
import openpyxl
import pytest

from yindi.core.document import Figure, Grid
from yindi.core.finding import Quantity
from yindi.report.text import stored
from yindi.report.xlsx import column_name, figure_grid, number_format, shown, workbook


def book(language: str = "zh"):
    return openpyxl.load_workbook(io.BytesIO(workbook(made_up.document(language), made_up.EVIDENCE)))


@pytest.mark.parametrize(
    ("language", "names"),
    [("zh", ["目录", "图1", "表1", "图2", "表2", "图3", "图4", "图5", "证据索引"]),
     ("en", ["Contents", "Figure 1", "Table 1", "Figure 2", "Table 2", "Figure 3", "Figure 4", "Figure 5", "Evidence index"])],
)  # fmt: skip
def test_a_sheet_for_every_table_and_figure(language: str, names: list[str]) -> None:
    assert book(language).sheetnames == names


def test_numbers_are_numbers_with_their_unit_in_the_format() -> None:
    sheet = book()["表1"]
    assert sheet["A1"].value == "甘肃的指数与位次"
    assert [c.value for c in sheet[3]] == ["年份", "指数", "位次", "位次区间", "全国均值"]
    assert sheet["A4"].value == "2012"
    assert sheet["B4"].value == made_up.index("620000", "2012").value
    assert sheet["D4"].value == "27–31"
    assert sheet["B4"].number_format == "#,##0.000"
    assert sheet["B7"].number_format == '#,##0.000"†"'
    assert sheet.freeze_panes == "A4"


def test_percent_is_left_to_the_format_and_signs_are_kept() -> None:
    sheet = book()["表2"]
    assert sheet["D4"].value == pytest.approx(-0.099)
    assert sheet["D4"].number_format == "+#,##0.0%;-#,##0.0%;#,##0.0%"
    assert sheet["B7"].number_format == '#,##0"亿元"'


@pytest.mark.parametrize(
    ("unit", "value", "language", "expected"),
    [("share", 0.25, "zh", (0.25, "#,##0.0%")), ("percent", 2.5, "zh", (2.5, '#,##0.0"%"')),
     ("rank", 3.0, "en", (3.0, "#,##0")),
     ("share_change", 0.02, "zh", (2.0, '+#,##0.0"个百分点";-#,##0.0"个百分点";#,##0.0"个百分点"'))],
)  # fmt: skip
def test_formats_by_unit(unit: str, value: float, language: str, expected: tuple[float, str]) -> None:
    q = made_up.quantity("a.b", value, unit)
    assert (pytest.approx(shown(q, language)), number_format(q, language)) == expected


def test_every_number_of_every_sheet_has_its_evidence() -> None:
    whole = book()
    rows = {(r[0].value, r[1].value): [c.value for c in r[2:5]] for r in whole["证据索引"].iter_rows(min_row=2)}
    document = made_up.document("zh")
    grids = [b if isinstance(b, Grid) else figure_grid(b, "zh") for b in document.blocks if isinstance(b, Grid | Figure)]
    numbers = [p for g in grids for row in g.rows for c in row for p in c if isinstance(p, Quantity)]
    assert whole["证据索引"].max_row - 1 == len(numbers)
    assert rows["表1", "B15"] == ["scores.index[region=620000][year=2023]", stored(made_up.index("620000", "2023")),
                                  "; ".join(made_up.EVIDENCE["scores.index[region=620000][year=2023]"])]  # fmt: skip
    for (name, at), (_, value, _) in rows.items():
        cell = whole[name][at].value
        assert isinstance(cell, str) or cell == pytest.approx(float(value)) or cell == pytest.approx(100 * float(value))


def test_notes_and_the_legend_stand_below() -> None:
    texts = [c.value for row in book()["表2"].iter_rows(min_row=9) for c in row if c.value]
    assert texts == ["注：数据年份为 2023。"]
    assert any("†" in str(c.value) for row in book()["表1"].iter_rows(min_row=16) for c in row if c.value)


def test_contents_lead_to_the_sheets() -> None:
    front = book()["目录"]
    assert front["A3"].hyperlink.location == "'图1'!A1"
    assert front["B3"].value == "甘肃的指数与全国均值"


def test_equal_bytes() -> None:
    assert workbook(made_up.document("zh"), made_up.EVIDENCE) == workbook(made_up.document("zh"), made_up.EVIDENCE)


def test_column_names() -> None:
    assert [column_name(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
