"""Hand-made tables in every layout, written in every format: what a folder of a statistics office looks like."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import hostile_files
import openpyxl
import pandas as pd
import xlwt

PLACES = {"110000": "北  京", "130000": "河北省", "310000": "上海", "620000": "甘 肃", "650000": "新疆维吾尔自治区"}
YEARS = (2019, 2020, 2021)
Cell = str | float | int | None
Rows = list[list[Cell]]


def gdp(code: str, year: int) -> float:
    """Output in 100 million yuan, uneven enough that no detector sees a pattern."""
    n, t = list(PLACES).index(code), year - 2019
    return round(3000 * (n + 1) * (1, 1.0413, 1.0931)[t] + 7.3 * n * n - 11.7 * t, 2)


def population(code: str, year: int) -> float:
    """Residents in 10,000 persons."""
    n, t = list(PLACES).index(code), year - 2019
    return round(2000 + 613.7 * n + (0, 3.1, 5.8)[t] * (n + 1), 2)


@dataclass
class Book:
    """Sheets of rows, and merged blocks (first row, last row, first column, last column) of every sheet."""

    sheets: dict[str, Rows]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def _heads(rows: Rows) -> Rows:
    return [*rows, ["注：2021年为初步核算数。"], ["资料来源：国家统计局。"]]


def bureau(in_10k: bool = True) -> Book:
    """An export of one indicator: titles, years in falling order, notes; in 10,000 yuan."""
    years = YEARS[::-1]
    rows: Rows = [["数据库：分省年度数据"], [f"指标：地区生产总值({'万元' if in_10k else '亿元'})"], ["时间：最近3年"]]
    rows += [["地区", *(f"{y}年" for y in years)]]
    rows += [[name, *(round(gdp(c, y) * (10_000 if in_10k else 1), 4) for y in years)] for c, name in PLACES.items()]
    return Book({"分省年度数据": _heads(rows)})


def yearbook() -> Book:
    """Heads in three rows with merged cells, a row of the nation, a column of years."""
    rows: Rows = [["2-1  各地区经济与人口"], [None], ["地 区", "年份", "经济", None, "人口"]]
    rows += [[None, None, "地区生产总值", "#指数", "年末常住人口"], [None, None, "(亿元)", "(上年=100)", "(万人)"]]
    for y in YEARS:
        rows.append(["全  国", y, sum(gdp(c, y) for c in PLACES), 105.1, sum(population(c, y) for c in PLACES)])
        rows += [[name, y, gdp(c, y), 104.3, population(c, y)] for c, name in PLACES.items()]
    return Book({"2-1": _heads(rows)}, [(2, 4, 0, 0), (2, 4, 1, 1), (2, 2, 2, 3)])


def long() -> Book:
    """A row a value, with its unit."""
    rows: Rows = [["地区", "年份", "指标", "单位", "数值"]]
    for c, name in PLACES.items():
        for y in YEARS:
            rows += [
                [name, f"{y}年", "地区生产总值", "万元", gdp(c, y) * 10_000],
                [name, f"{y}年", "年末常住人口", "人", population(c, y) * 10_000],
            ]
    return Book({"Sheet1": rows})


def wide() -> Book:
    """A row per region and year, plain heads."""
    rows: Rows = [["地区", "年份", "地区生产总值", "年末常住人口"]]
    return Book({"Sheet1": rows + [[n, y, gdp(c, y), population(c, y)] for c, n in PLACES.items() for y in YEARS]})


def sheets() -> Book:
    """One sheet a year."""
    head: Rows = [["各地区主要指标"], ["地区", "地区生产总值(亿元)", "年末常住人口(万人)"]]
    return Book({f"{y}年": [*head, *([n, gdp(c, y), population(c, y)] for c, n in PLACES.items())] for y in YEARS})


def blocks() -> Book:
    """Two indicators side by side, each with a column a year."""
    rows: Rows = [
        ["主要指标"],
        ["地区", "地区生产总值(亿元)", None, None, "年末常住人口(万人)", None, None],
        [None, *(f"{y}年" for y in YEARS * 2)],
    ]
    rows += [[n, *(gdp(c, y) for y in YEARS), *(population(c, y) for y in YEARS)] for c, n in PLACES.items()]
    return Book({"Sheet1": rows}, [(1, 2, 0, 0), (1, 1, 1, 3), (1, 1, 4, 6)])


def across() -> Book:
    """A column a region, a row a year and indicator."""
    rows: Rows = [["指标", "年份", *PLACES.values()]]
    rows += [["地区生产总值", y, *(gdp(c, y) for c in PLACES)] for y in YEARS]
    rows += [["年末常住人口", y, *(population(c, y) for c in PLACES)] for y in YEARS]
    return Book({"Sheet1": rows})


def one_year(year: int) -> Book:
    """A table of one year that its title names."""
    rows: Rows = [[f"表3-2 各地区主要指标（{year}年）"], ["地区", "地区生产总值(亿元)", "年末常住人口(万人)"]]
    return Book({"Sheet1": _heads(rows + [[n, gdp(c, year), population(c, year)] for c, n in PLACES.items()])})


def xlsx(book: Book, path: Path) -> None:
    """Write with merged cells."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in book.sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
        for top, bottom, left, right in book.merged:
            page.merge_cells(start_row=top + 1, end_row=bottom + 1, start_column=left + 1, end_column=right + 1)
    made.save(path)


def xls(book: Book, path: Path) -> None:
    """Write in the old format, with merged cells."""
    made = xlwt.Workbook()
    for name, rows in book.sheets.items():
        page = made.add_sheet(name)
        blocks_of = {(top, left): (bottom, right) for top, bottom, left, right in book.merged}
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if (r, c) in blocks_of:
                    page.write_merge(r, blocks_of[r, c][0], c, blocks_of[r, c][1], value)
                elif value is not None:
                    page.write(r, c, value)
    made.save(str(path))


def ods(book: Book, path: Path) -> None:
    """Write as OpenDocument, with merged cells; several sheets stand one after the other."""
    made = []
    for name, rows in book.sheets.items():
        body = "".join(f"<table:table-row>{''.join(_ods_cell(v, r, c, book) for c, v in enumerate(row))}</table:table-row>"
                       for r, row in enumerate(rows))  # fmt: skip
        made.append((name, body))
    first, *more = made
    rest = "".join(f'</table:table><table:table table:name="{name}">{body}' for name, body in more)
    hostile_files.ods(path, first[1] + rest, name=first[0])


def _ods_cell(value: Cell, r: int, c: int, book: Book) -> str:
    span = next(((b - t + 1, e - s + 1) for t, b, s, e in book.merged if (t, s) == (r, c)), None)
    said = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None:
        inside = any(t <= r <= b and s <= c <= e for t, b, s, e in book.merged)
        return "<table:covered-table-cell/>" if inside else "<table:table-cell/>"
    if isinstance(value, str):
        return f'<table:table-cell office:value-type="string"{said}><text:p>{escape(value)}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{value!r}"{said}/>'


def csv(book: Book, path: Path) -> None:
    """Write the only sheet in GB18030."""
    (rows,) = book.sheets.values()
    text = "\r\n".join(",".join("" if v is None else str(v) for v in row) for row in rows)
    path.write_bytes(text.encode("gb18030"))


def frame(book: Book) -> pd.DataFrame:
    """The only sheet as a data frame: its first row names the columns."""
    (rows,) = book.sheets.values()
    names: list[Any] = rows[0]
    return pd.DataFrame(rows[1:], columns=names)


def dta(book: Book, path: Path) -> None:
    """Write a table of plain heads as a Stata data set of version 118."""
    frame(book).rename(columns=lambda c: c.replace(" ", "")).to_stata(path, write_index=False, version=118)


def parquet(book: Book, path: Path) -> None:
    """Write a table of plain heads as Parquet."""
    frame(book).to_parquet(path)


FORMATS = {".xlsx": xlsx, ".xls": xls, ".ods": ods, ".csv": csv, ".dta": dta, ".parquet": parquet}
