"""Number and year cells: what is a number is read exactly; what is not raises, and never anything but CellFault."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yindi.intake.numbers import CellFault, number, year

READ = [
    ("1234", 1234), (" 1,234,567.5 ", 1234567.5), ("１９１２５．９", 19125.9), ("1 234", 1234), ("1　234", 1234), ("-3.5", -3.5),
    ("－3.5", -3.5), ("−7", -7), ("12.5①", 12.5), ("88*", 88), ("8²", 8), ("1e3", 1000), (".5", 0.5), (5, 5.0), ("+4", 4),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "value"), READ)
def test_numbers(raw, value):
    assert number(raw) == value


@pytest.mark.parametrize(
    "raw", ["", " ", None, "…", "……", "...", "-", "—", "——", "–", "NA", "n/a", "#N/A", "空", "　", float("nan")]
)
def test_missing_marks(raw):
    assert number(raw) is None


@pytest.mark.parametrize(
    "raw",
    [
        "12 a",
        "1,23",
        "12,34,567",
        "1.2.3",
        "(5)",
        "五",
        "#DIV/0!",
        "#REF!",
        "=A1+1",
        "1e999",
        float("inf"),
        True,
        "1/2",
        "½",
        "٣",
    ],
)
def test_what_is_no_number_raises(raw):
    with pytest.raises(CellFault):
        number(raw)


def test_percent_follows_the_unit():
    assert number("12.5%", unit="percent") == 12.5
    assert number("12.5％", unit="share") == 0.125
    assert number("5‰", unit="percent") == 0.5
    with pytest.raises(CellFault, match="percentage"):
        number("12.5%", unit="yuan")


@pytest.mark.parametrize(
    ("raw", "label"), [("2013", "2013"), (2013, "2013"), (2013.0, "2013"), ("２０１３年", "2013"), ("2013 年度", "2013")]
)
def test_years(raw, label):
    assert year(raw) == label


@pytest.mark.parametrize("raw", ["13", "20l3", "2013-14", "", None, 201.3, "9999", "1.7"])
def test_what_is_no_year_raises(raw):
    with pytest.raises(CellFault):
        year(raw)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_a_written_number_is_read_back(x):
    assert number(repr(x)) == x
    assert number(f"{x:,.2f}") == float(f"{x:.2f}")


@given(st.one_of(st.text(max_size=30), st.text(alphabet="0123456789.,-— 　％%eE+①（）万", max_size=14), st.booleans(), st.none()))
def test_anything_else_is_a_number_nothing_or_a_cell_fault(raw):
    for read in (number, year):
        try:
            value = read(raw)
        except CellFault:
            continue
        assert value is None or isinstance(value, str) or math.isfinite(value)
