"""Panels of any size: a calm one has nothing to answer, slips planted in it are found, thousands of regions are read."""

from __future__ import annotations

import csv
import math
import time

import numpy as np
import pytest

from yindi.core.framework import Variable
from yindi.intake import chance, findings, slipped, traces, written
from yindi.intake.assemble import Cube
from yindi.intake.found import rules

YEARS = 20
SIZES = [31, 300, pytest.param(2850, marks=pytest.mark.slow)]
COUNTED = {31: 60, 300: 12, 2850: 6}


def calm(regions, variables, *, decimals=6, noise=0.02, level=4.0, seed=7):
    """Sizes differ between regions, growth between variables, a little noise: nothing that anybody changed."""
    rng = np.random.default_rng(seed)
    size = rng.normal(0, 0.4, (regions, 1, 1)) + rng.normal(0, 0.1, (regions, 1, variables))
    growth = rng.uniform(0.04, 0.08, (1, 1, variables)) * np.arange(YEARS)[None, :, None]
    about = rng.uniform(level - 1, level + 1, (1, 1, variables))
    return np.round(np.exp(size + growth + about + rng.normal(0, noise, (regions, YEARS, variables))), decimals)


def found_in(values):
    regions, years, items = values.shape
    nowhere = np.full(values.shape, -1)
    names = tuple(f"{100001 + r}" for r in range(regions)), tuple(str(2001 + t) for t in range(years))
    cube = Cube(*names, tuple(f"v{k}" for k in range(items)), values, np.ones(values.shape, np.int8), nowhere, nowhere, nowhere)
    known = [Variable(code, code, code, "plain", bound="", pace="slow") for code in cube.items]
    return [f for v in known for f in findings.of_variable(cube, v)]


def code(r):
    return f"{100001 + r}"


@pytest.mark.parametrize("regions", SIZES)
@pytest.mark.parametrize(("decimals", "level"), [(6, 4.0), (2, 7.0), (0, 9.0)])
def test_a_calm_panel_has_nothing_to_answer(regions, decimals, level):
    found = found_in(calm(regions, COUNTED[regions], decimals=decimals, level=level))
    assert [f.id for f in found if f.sure] == []


@pytest.mark.parametrize("regions", [31, 300])
def test_small_whole_numbers_that_grow_smoothly_are_not_taken_for_interpolated_ones(regions):
    """Values of two digits with noise below one unit lie on straight lines by rounding alone, in every year."""
    assert [f.id for f in found_in(calm(regions, 12, decimals=0, noise=0.005)) if f.sure] == []


def test_numbers_that_two_of_many_regions_share_are_chance():
    """Equal values of six digits: 300 regions x 20 years make 900,000 pairs a variable; each digit more is tenfold rarer."""
    x = calm(300, 12, decimals=2, level=7.0)
    x[5, 3, 0] = x[200, 3, 0] = 1234.56
    assert not any(f.kind == "filled" for f in found_in(x))


PLANTED = ("ten", "thousand", "sign", "swapped", "copied", "flat", "line")


def planted(regions):
    """A calm panel, one slip in each variable; positions spread over the regions."""
    x = calm(regions, len(PLANTED) + 1, decimals=4, level=6.0)
    a, b = regions // 3, regions // 2
    x[a, 7, 0] *= 10
    x[a, 7, 1] /= 1000
    x[a, 7, 2] *= -1
    x[1, :, 3] = np.round(x[0, :, 3] * 4 * np.exp(np.random.default_rng(1).normal(0, 0.02, YEARS)), 4)
    x[[0, 1], 6:9, 3] = x[[1, 0], 6:9, 3]
    x[b, 4:9, 4] = x[a, 4:9, 4]
    x[a : a + 2, 5:9, 5] = x[a : a + 2, 4:5, 5]
    for r in (a, a + 1):
        x[r, 4:9, 6] = np.linspace(x[r, 4, 6], x[r, 8, 6], 5)
    return x, a, b


@pytest.mark.parametrize("regions", SIZES)
def test_planted_slips_are_found_and_nothing_else(regions):
    x, a, b = planted(regions)
    sure = {n: [f for f in found_in(x) if f.sure and f.variable == f"v{k}"] for k, n in enumerate([*PLANTED, "calm"])}
    for name, factor in (("ten", 0.1), ("thousand", 1000.0), ("sign", -1.0)):
        (one,) = sure[name]
        assert (one.kind, one.regions, one.years) == ("outlier", (code(a),), ("2008",))
        k = PLANTED.index(name)
        assert one.right[0][2] == pytest.approx(x[a, 7, k] * factor)
    assert {(f.kind, f.regions, f.years) for f in sure["swapped"]} == {
        ("outlier", (code(r),), ("2007", "2008", "2009")) for r in (0, 1)
    }
    assert {f.regions for f in sure["copied"]} == {(code(a), code(b))}
    assert sure["copied"][0].years == tuple(str(y) for y in range(2005, 2010))
    (flat,), (line,) = sure["flat"], sure["line"]
    assert (flat.kind, flat.regions, flat.years) == ("filled", (code(a), code(a + 1)), ("2006", "2007", "2008", "2009"))
    assert (line.kind, line.regions) == ("filled", (code(a), code(a + 1)))
    assert set(line.years) >= {"2006", "2007", "2008"}
    assert sure["calm"] == []


@pytest.mark.parametrize("regions", [300, pytest.param(2850, marks=pytest.mark.slow)])
def test_a_block_of_a_province_in_a_table_of_counties_is_found(regions):
    """One region in fourteen, four years carried on: too few for a shared year, too many for single cells."""
    x = calm(regions, 4, decimals=3, level=6.0)
    block = np.arange(regions // 14)
    x[block, 11:15, 2] = x[block, 10:11, 2]
    (found,) = [f for f in found_in(x) if f.sure]
    assert found.kind == "filled"
    assert len(found.regions) == len(block)
    assert found.years == ("2012", "2013", "2014", "2015")


def test_a_block_is_surer_than_one_of_its_cells():
    """Room of 1,000 values each: one cell in 40,000 looks is chance; the same four years in three of 100 regions are not."""
    limits, room = rules()["filled"]["thresholds"], np.full((100, 20), math.log(1000.0))
    one, block = np.zeros((100, 20), bool), np.zeros((100, 20), bool)
    one[4, 5], block[4:7, 5:9] = True, True
    assert not traces.surely(one, room, 40_000, limits)
    assert traces.surely(block, room, 40_000, limits)


def test_an_exchange_among_many_large_movements_is_chance():
    """In 2,000 regions of which some jump by half every year, one pair that seems to change places for a year says nothing."""
    rng = np.random.default_rng(3)
    x = np.exp(rng.normal(0, 0.4, (2000, 1)) + 6 + 0.02 * rng.standard_normal((2000, 12)))
    jump = rng.random((2000, 12)) < 0.005
    x *= np.exp(np.where(jump, rng.choice([-0.6, 0.6], (2000, 12)), 0.0))
    known, limits = np.ones(x.shape, bool), rules()["slip"]["swapped"]
    seen = slipped.swapped(x, known, limits)
    assert seen
    assert not any(s.sure for s in chance.exchanges(x, known, seen, limits))


@pytest.mark.parametrize("decimals", [-3, 0, 2, 6, 12])
def test_digits_of_many_values_are_those_of_their_text(decimals):
    """The oracle is the text itself, as Python writes it with twelve digits."""
    rng = np.random.default_rng(11)
    values = np.round(rng.uniform(-1, 1, 3000) * 10.0 ** rng.integers(-6, 14, 3000), decimals)
    values = np.concatenate([values, [0.0, 1e12, 999999999999.5, 1e-5, 123456789012.5, 5e-324, 1e300]])
    made = written.written(values)
    for n, value in enumerate(values.tolist()):
        text = f"{abs(value):.12g}"
        figures = text.split("e")[0].replace(".", "").strip("0")
        assert made.digits[n] == len(figures)
        if "e" not in text:
            decimals_of = len(text.partition(".")[2])
            whole = text if text == "0" else text.rstrip("0")
            assert made.place[n] == pytest.approx(
                10.0**-decimals_of if decimals_of else 10.0 ** (len(text) - len(whole.rstrip("0")))
            )
            assert made.last[n] == int(text[-1])


def study(folder, values, *, spoil=()):
    """A study of made-up counties in CSV: `spoil` replaces cells (row from 1 below the head, column of the values) by a text."""
    from yindi.core import resources

    regions, years, items = values.shape
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "year", *(f"v{k}" for k in range(items))])
        for r in range(regions):
            for t in range(years):
                cells = [repr(float(v)) for v in values[r, t]]
                for row, column, text in spoil:
                    if row == r * years + t + 1:
                        cells[column] = text
                writer.writerow([f"{100000 + r}", f"place {r}", 2001 + t, *cells])
    with (folder / "regions.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("code", "name", "group"), *((f"{100000 + r}", f"place {r}", "10") for r in range(regions))])
    head = list(resources.rows("variables.csv")[0])
    with (folder / "variables.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, head, restval="")
        rows.writeheader()
        for k in range(items):
            rows.writerow({"code": f"v{k}", "zh": f"指标{k}", "en": f"Indicator {k}", "unit": "100m_yuan", "kind": "total",
                           "bound": "positive", "direction": "1", "lever": "reform", "pace": "slow"})  # fmt: skip
    listed = "".join(f"  - {{code: v{k}, dimension: all, direction: 1}}\n" for k in range(items))
    (folder / "framework.yaml").write_text(
        "code: made_up\nversion: '1'\nconcept: other\ntitle: {zh: 合成, en: made up}\nsource: made up\nnote: ''\n"
        "dimensions:\n  all: {zh: 全部, en: all}\nindicators:\n" + listed, encoding="utf-8")  # fmt: skip
    (folder / "study.yaml").write_text(
        "title: {zh: 合成, en: made up}\nyears: [2001, 2020]\nregions: {table: regions.csv, grouping: group, scope: present}\n"
        "variables: variables.csv\nframework: framework.yaml\n"
        "inputs:\n  - {file: data.csv, region: code, name: name, year: year}\n", encoding="utf-8")  # fmt: skip
    return folder


def taken_in(folder):
    from yindi.intake.stage import intake
    from yindi.shell import job

    return intake(*job.read_study_file(folder, {}))


@pytest.mark.parametrize("regions", [31, pytest.param(2850, marks=pytest.mark.slow)])
def test_from_files_to_a_checked_study(tmp_path, regions):
    """Also the region whose own code reads like that of the nation (100000); CPU seconds with much room for slow machines."""
    values = calm(regions, 5)
    begun = time.process_time()
    made = taken_in(study(tmp_path, values))
    assert time.process_time() - begun < 60
    np.testing.assert_array_equal(made.panel.values, values)
    assert made.panel.regions[0] == "100000"
    at = (regions - 1, 3, 4)
    assert (made.panel.origin.row[at], made.panel.origin.column[at]) == ((regions - 1) * YEARS + 3 + 2, 8)


def test_faults_of_cells_are_told_row_by_row(tmp_path):
    """Columns are read at once, but a reader goes through the file from top to bottom."""
    from yindi.core.errors import ProblemsError

    spoil = [(2, 3, "abc"), (2, 1, "n o"), (1, 4, "?"), (5, 0, "1e400")]
    with pytest.raises(ProblemsError) as told:
        taken_in(study(tmp_path, calm(6, 5), spoil=spoil))
    places = [p.place.split(", row ")[1] for p in told.value.problems if ", row " in p.place][:4]
    assert places == ["2, column 8 (H)", "3, column 5 (E)", "3, column 7 (G)", "6, column 4 (D)"]
