"""Workbooks and the data of figures are read back: as written they agree, and every change is told with its place."""

from __future__ import annotations

import io
import zipfile

import made_up_report as made_up
import openpyxl
import pytest

from yindi.core.document import Figure
from yindi.report import export, reread, sheets
from yindi.report.text import quantities
from yindi.report.xlsx import workbook


def known(language: str):
    table = quantities(made_up.document(language))
    return lambda ref: table[ref]


def book(language: str = "zh") -> bytes:
    return workbook(made_up.document(language), made_up.EVIDENCE)


def changed(old: str, new: str) -> bytes:
    """The workbook with a text replaced in its parts, once."""
    out, left = io.BytesIO(), 1
    with zipfile.ZipFile(io.BytesIO(book())) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            text = source.read(name).decode()
            target.writestr(name, text.replace(old, new, left))
            left -= min(left, text.count(old))
    assert left == 0, f"{old} is not in the workbook"
    return out.getvalue()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_as_written_it_agrees(language: str) -> None:
    found = sheets.xlsx_numbers(book(language), language)
    assert {f.kind for f in found} == {"stored", "cell", "within"}
    assert sum(f.kind == "within" for f in found) == 24
    assert sheets.check(found, known(language)) == []
    assert sheets.differences(book(language), book(language)) == []


def test_a_spreadsheet_program_saves_it_and_it_still_agrees() -> None:
    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(book())).save(out)
    assert sheets.check(sheets.xlsx_numbers(out.getvalue(), "zh"), known("zh")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("<v>18.0</v>", "<v>19.0</v>", "表1!C15: scores.rank[region=620000][year=2023] stands there as '18 [#,##0]'"),
     (">27–31<", ">26–31<", "表1!D4: scores.rank_low[region=620000][year=2012] is written '27'"),
     (">scores.rank[region=620000][year=2023]<", ">scores.rank[region=620000][year=2022]<",
      "证据索引!C82: scores.rank[region=620000][year=2022] is 19.0, the report holds '18.0'"),
     ("#,##0.000\"†\"'", "#,##0.000'", "图1!B7: scores.index[region=620000][year=2015] stands there as")],
)  # fmt: skip
def test_a_changed_number_is_told(old: str, new: str, said: str) -> None:
    problems = sheets.check(sheets.xlsx_numbers(changed(old, new), "zh"), known("zh"))
    assert any(said in str(p) for p in problems), [str(p) for p in problems]


def test_a_number_without_evidence_is_told() -> None:
    out = io.BytesIO()
    whole = openpyxl.load_workbook(io.BytesIO(book()))
    whole["表1"]["H9"] = 12
    whole.save(out)
    assert [p.place for p in sheets.check(sheets.xlsx_numbers(out.getvalue(), "zh"), known("zh"))] == ["表1!H9"]


def test_words_with_digits_are_compared_with_the_workbook_made_again() -> None:
    (problem,) = sheets.differences(changed(">2012<", ">2011<"), book())
    assert "'2011'" in str(problem)
    assert "'2012'" in str(problem)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_data_of_figures_are_read_back(language: str) -> None:
    for figure in (b for b in made_up.document(language).blocks if isinstance(b, Figure)):
        raw = export.data(figure, language)
        found = sheets.csv_numbers(raw, language)
        assert sum(f.kind == "number" for f in found) == sum(len(s.points) for s in figure.series)
        assert reread.check(found, known(language)) == []


def test_a_changed_point_is_told() -> None:
    figure = next(b for b in made_up.document("zh").blocks if isinstance(b, Figure) and b.kind == "bars")
    raw = export.data(figure, "zh").decode()
    first = figure.series[0].points[0][1]
    for old, new in ((f"{first.value!r}", "0.04"), ("3.0%", "4.0%")):
        assert old in raw
        problems = reread.check(sheets.csv_numbers(raw.replace(old, new, 1).encode(), "zh"), known("zh"))
        assert [p.place for p in problems] == ["line 2"]
    (stray,) = sheets.csv_numbers(raw.replace("reference", "ref", 1).encode(), "zh")
    assert stray.kind == "stray"


def test_names_are_those_of_the_files() -> None:
    made = made_up.document("en")
    assert export.names(made) == list(export.figures(made, scale=1.0))
