"""Levels in one file of a study, and regions of industries without indicators: both are said."""

from __future__ import annotations

import numpy as np

from yindi.intake import hierarchy
from yindi.intake.read import read
from yindi.intake.reader import Reading

CODES = [f"{p}{c}00" for p in ("13", "14", "32", "33", "37") for c in ("00", "01", "02", "03")]


def table(path, *, spoil=None):
    """Five provinces of three cities each, two years, one count and one rate."""
    rng = np.random.default_rng(8)
    lines = ["code,name,year,firms,rate"]
    for year in (2020, 2021):
        x = rng.integers(1000, 9000, len(CODES))
        for n in range(0, len(CODES), 4):
            x[n] = x[n + 1 : n + 4].sum()
        if spoil and year == 2021:
            x[spoil] *= 10
        lines += [f"{c},r{c},{year},{v},{rng.uniform(3, 9):.2f}" for c, v in zip(CODES, x, strict=True)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read(path, path.name)


MIXED = {"row of another level (province)": [2]}


def test_levels_that_add_up_say_nothing(tmp_path):
    assert list(hierarchy.found(table(tmp_path / "a.csv"), Reading(left_out=dict(MIXED)))) == []


def test_a_city_ten_times_too_large_is_named_with_its_year_and_right_value(tmp_path):
    grid = table(tmp_path / "a.csv", spoil=6)
    (found,) = hierarchy.found(grid, Reading(left_out=dict(MIXED)))
    wrong = next(float(r[3]) for r in grid.rows if str(r[0]).startswith(CODES[6]) and str(r[2]).startswith("2021"))
    assert (found.regions, found.kind) == ((CODES[6],), "sum")
    assert f"{wrong:.12g}, while 1 sum(s) of levels say {wrong / 10:.12g}" in found.detail
    assert "2021" in found.detail
    assert "firms" in found.detail


def test_a_file_of_one_level_is_not_looked_at(tmp_path):
    assert list(hierarchy.found(table(tmp_path / "a.csv", spoil=6), Reading())) == []


def test_industries_of_regions_without_indicators_are_told():
    reading = Reading(rows={("130100", "2020"): 2, ("130200", "2020"): 3})
    (found,) = hierarchy.not_in_panel(reading, "jobs.csv", ("130100",), {"130200": "唐山市"}.__getitem__)
    assert (found.kind, found.regions) == ("left_out", ("130200",))
    assert "jobs.csv: 1 region(s)" in found.detail
    assert "唐山市 (130200)" in found.zh


def test_all_regions_with_indicators_say_nothing():
    reading = Reading(rows={("130100", "2020"): 2})
    assert list(hierarchy.not_in_panel(reading, "jobs.csv", ("130100",), str)) == []
