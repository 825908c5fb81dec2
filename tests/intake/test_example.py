"""The example: its three documented traps are found from the figures, answered, marked, and nothing else stops the run."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.panel import IMPUTED


@pytest.fixture(scope="module")
def sure(example):
    from tests.intake.conftest import Folder

    untold = Folder(example).inspect(lambda tree: tree["treatments"].clear())
    return [f for f in untold.findings if f.sure]


def named(found, variable, kind):
    return sorted(
        (f.years, f.regions if len(f.regions) < 31 else "all") for f in found if (f.variable, f.kind) == (variable, kind)
    )


def test_rebased_telecom_series(sure):
    assert named(sure, "telecom", "break") == [(("2016",), "all"), (("2021",), "all")]


def test_vintages_of_the_denominator(sure):
    assert named(sure, "gdp_per_capita", "vintage") == [(("2019",), "all"), (("2020",), "all")]
    assert named(sure, "energy_intensity", "vintage") == [(("2019",), "all")]


def test_empty_blocks(sure):
    every = tuple(str(y) for y in range(2013, 2024))
    assert named(sure, "software", "absent") == [(every, ("540000",)), (("2021", "2023"), ("630000",))]
    assert named(sure, "tech_market", "absent") == [(("2013", "2014", "2015", "2016"), ("540000",))]
    assert named(sure, "trade_openness", "absent") == [(("2013", "2014", "2015"), "all")]
    assert named(sure, "energy_intensity", "absent") == [
        (every[:7], ("540000",)), (("2020", "2021", "2022", "2023"), "all")]  # fmt: skip


def test_nothing_else_is_said_to_be_sure(sure):
    """The real events (patents 2022-23, telecom 2017-18) and single odd values are warnings at most."""
    assert {(f.variable, f.kind) for f in sure} == {
        ("telecom", "break"), ("gdp_per_capita", "vintage"), ("energy_intensity", "vintage"), ("software", "absent"),
        ("tech_market", "absent"), ("trade_openness", "absent"), ("energy_intensity", "absent")}  # fmt: skip


def test_shape_and_order(plain):
    assert plain.panel.values.shape == (31, 11, 16)
    assert plain.activity.values.shape == (31, 9, 7)
    assert plain.activity.items == ("A", "BCD", "E", "F", "G", "H", "J")
    assert set(plain.activity.units) == {"100m_yuan"}
    assert list(plain.panel.regions) == sorted(plain.panel.regions)
    assert plain.panel.years == tuple(str(y) for y in range(2013, 2024))


def test_single_figures_read_by_eye(plain):
    """Values of the file, read by eye: row 2, Beijing 2013; row 341, Xinjiang 2022 stands where it should."""
    panel = plain.panel.table()
    assert panel.number(region="110000", year="2013", indicator="patents") == 29.492
    assert panel.number(region="110000", year="2014", indicator="gdp") == 22926
    assert plain.activity.table().number(region="110000", year="2014", industry="BCD") == 3522.8


def test_filled_cells_are_marked_and_counted(plain):
    panel = plain.panel
    imputed = {(panel.regions[r], panel.years[t], panel.items[k]) for r, t, k in np.argwhere(panel.status == IMPUTED)}
    assert imputed == (
        {("540000", str(y), "software") for y in range(2013, 2024)}
        | {("630000", "2021", "software"), ("630000", "2023", "software")}
        | {("540000", str(y), "tech_market") for y in range(2013, 2017)})  # fmt: skip
    table = panel.table()
    assert table.marks.sum() == 17
    assert table.quantity(region="540000", year="2013", indicator="software").marked
    summary = plain.intake.summary
    counts = {i: summary.number(item=i) for i in summary.labels("item")}
    assert counts["imputed"] == 17
    assert counts["observed"] == 5215  # README of the data: 5,215 filled cells
    assert counts["absent"] + counts["imputed"] == 241  # and 241 empty ones
    assert counts["cells"] == 5456


def test_imputed_values_by_hand(plain):
    """Software: Qinghai 2021 is the mean of 2020 and 2022, 2023 carries 2022; Tibet has the lowest of the year."""
    table = plain.panel.table()

    def software(region, year):
        return table.number(region=region, year=year, indicator="software")

    assert software("630000", "2021") == pytest.approx((software("630000", "2020") + software("630000", "2022")) / 2, rel=1e-12)
    assert software("630000", "2023") == software("630000", "2022")
    assert software("540000", "2016") == min(software(r, "2016") for r in plain.panel.regions if r != "540000")


def test_years_of_a_broken_series_stand_alone(plain):
    assert plain.panel.segments_of("telecom") == tuple((y,) for y in plain.panel.years)
    assert plain.panel.segments_of("patents") == (plain.panel.years,)


def test_choices_stand_in_the_findings_table(plain):
    table = plain.intake.findings
    assert table.text("choice", finding="telecom.break.2016") == "within_years"
    answer = plain.config.treatments["telecom"][0]
    assert table.text("reason", finding="telecom.break.2016") == answer.said("zh")
    assert table.text("reason_en", finding="telecom.break.2016") == answer.said("en")
    assert table.text("choice", finding="software.absent.2013.540000") == "impute"
    assert table.text("imputer", finding="software.absent.2013.540000") == "lowest_observed"
    assert "patents.break.2023" not in table.labels("finding")  # all regions fell, but each by its own amount: no new base


def test_every_cell_knows_its_place(plain, example):
    text = plain.why("panel[region=620000][year=2023][indicator=patents]")
    lines = (example / "indicators.csv").read_text(encoding="utf-8").splitlines()
    row = next(n for n, line in enumerate(lines, 1) if line.startswith("620000,甘肃,2023"))
    assert f"indicators.csv row {row} column 8" in text
    value = lines[row - 1].split(",")[7]
    assert f"= {float(value):.12g} (observed" in text


def test_ledger_holds_files_and_steps(plain):
    assert {s.path for s in plain.ledger.sources.values()} == {"indicators.csv", "industries.csv"}
    assert plain.panel.step in plain.ledger.steps
    assert plain.space.step in plain.ledger.steps
    assert plain.activity.step in plain.ledger.steps
    assert all(t.step in plain.ledger.steps for t in plain.intake.tables())


def test_names_in_both_languages(plain):
    assert plain.names.of("region", "150000", "zh") == "内蒙古"
    assert plain.names.of("region", "150000", "en") == "Inner Mongolia"
    assert plain.names.of("industry", "BCD", "zh") == "工业"
    assert plain.names.of("group", "northeast", "en") == "Northeast"
    assert plain.names.of("lever", "talent", "zh") == "人才引育"
    for kind in ("variable", "indicator"):
        assert plain.names.of(kind, "patents", "zh") == "每万人专利授权数"
    assert {plain.names.of("dimension", i.dimension, "en") for i in plain.framework.indicators}
