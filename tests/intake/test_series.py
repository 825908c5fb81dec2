"""A merged provincial workbook examined without a study file: its breaks and gaps, and few false alarms."""

from __future__ import annotations

import pytest

from yindi.intake.examine import examine


@pytest.fixture(scope="module")
def merged(shared):
    path = next((shared / "data" / "cn" / "messy").glob("面板原始数据*"))
    return examine(path)


def named(merged, kind, *, sure=None):
    return {(f.variable.split("(")[0], f.years[0]) for f in merged.series if f.kind == kind and sure in (None, f.sure)}


def test_breaks_of_the_merged_workbook(merged):
    """Telecom on new price bases, GDP and GDP per head on a new vintage in 2019, energy after the census of 2013."""
    assert named(merged, "break", sure=True) == {("电信业务总量", "2016"), ("电信业务总量", "2021")}
    assert {("GDP", "2019"), ("人均地区生产总值", "2019"), ("人均地区生产总值", "2020")} <= named(merged, "vintage")
    assert named(merged, "vintage", sure=True) == {
        ("GDP", "2019"), ("人均地区生产总值", "2019"), ("人均地区生产总值", "2020"), ("能源消费量", "2013")}  # fmt: skip


def test_gaps_of_the_merged_workbook(merged):
    whole = {(f.variable.split("(")[0], f.years) for f in merged.series if f.kind == "absent" and f.share == 1}
    assert ("工业污染治理完成投资", ("2018",)) in whole
    assert ("居民人均可支配收入", ("2011", "2012")) in whole
    assert ("能源消费量", ("2020", "2021", "2022", "2023")) in whole


def test_nothing_is_filled_in_the_raw_workbook(merged):
    assert not named(merged, "filled")


def test_it_is_said_line_by_line(merged):
    said = merged.lines()
    assert any(line.startswith("break: 电信业务总量(亿元): 2016, 31 regions") for line in said)
