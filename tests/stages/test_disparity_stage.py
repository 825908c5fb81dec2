"""Stage disparity on the made-up study: every table, labels, determinism, marks, refusals."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from tests.stages import made_up

from yindi.core.errors import ProblemsError
from yindi.core.results import Scores
from yindi.core.study import Bench, Study
from yindi.core.table import Table
from yindi.disparity.stage import disparity


def _scored(study: Study, values: np.ndarray | None = None, marks: np.ndarray | None = None) -> Study:
    """The study with an invented index; other tables of Scores are the index again, for this stage reads only the index."""
    level = {r: 0.8 - 0.09 * n for n, r in enumerate(made_up.REGIONS)}
    shape = (len(study.panel.regions), len(study.panel.years))
    index = np.array([[level[r] + 0.01 * (1 + n % 3) * t for t in range(shape[1])] for n, r in enumerate(made_up.REGIONS)])
    index = index[[list(made_up.REGIONS).index(r) for r in study.panel.regions]] if values is None else values
    bench = Bench(study, "scores")
    axes = (("region", study.panel.regions), ("year", study.panel.years))
    for name in ("normalised", "weights", "index", "dimensions", "rank", "rank_low", "rank_high", "trend", "choices"):
        bench.make(name, axes, index, method="test", inputs=("panel",), units="index", marks=marks)
    return study.plus("scores", Scores(**bench.made), *bench.steps.values())


@pytest.fixture(scope="module")
def done() -> Study:
    return disparity(_scored(made_up.study()))


def test_all_tables_are_there(done: Study) -> None:
    tables = {t.name.split(".")[1]: t for t in done.disparity.tables()}
    assert {"dagum", "dagum_pairs", "dagum_groups", "theil", "sigma", "moran", "local", "summary"} <= set(tables)
    assert tables["dagum"].shape == (4,)
    assert tables["dagum_pairs"].shape == (4, 6)
    assert tables["local"].labels("region") == done.panel.regions


def test_parts_and_shares_sum(done: Study) -> None:
    t = done.disparity.dagum
    assert np.allclose(t.array("within") + t.array("between") + t.array("transvariation"), t.array("gini"), atol=1e-12)
    assert np.allclose(sum(t.array(f"{p}_share") for p in ("within", "between", "transvariation")), 1.0)
    assert (t.array("low") <= t.array("high")).all()
    assert np.allclose(done.disparity.dagum_groups.array("income_share").sum(axis=1), 1.0)


def test_summary_repeats_the_tables(done: Study) -> None:
    assert done.disparity.summary.number(item="gini_first") == done.disparity.dagum.number("gini", year="2019")
    change = done.disparity.summary.number(item="moran_change")
    assert change == done.disparity.moran.number("i", year="2022") - done.disparity.moran.number("i", year="2019")


def test_order_of_regions_decides_nothing(done: Study) -> None:
    other = disparity(_scored(made_up.reordered(made_up.study(), tuple(reversed(made_up.REGIONS)))))
    for name in ("dagum", "dagum_pairs", "dagum_groups", "theil", "sigma", "moran", "summary"):
        for column, values in getattr(done.disparity, name).columns.items():
            assert np.array_equal(values, getattr(other.disparity, name).array(column), equal_nan=values.dtype.kind == "f"), name
    assert other.disparity.local.select(region=done.panel.regions).digest == done.disparity.local.digest


def test_same_input_same_bytes(done: Study) -> None:
    again = disparity(_scored(made_up.study()))
    assert [t.digest for t in again.disparity.tables()] == [t.digest for t in done.disparity.tables()]
    assert [t.step for t in again.disparity.tables()] == [t.step for t in done.disparity.tables()]


def test_marks_reach_the_tables() -> None:
    marks = np.zeros((8, 4), bool)
    marks[0, 1] = True
    out = disparity(_scored(made_up.study(), marks=marks)).disparity
    assert out.dagum.marks is not None
    assert out.dagum.marks.tolist() == [False, True, False, False]
    assert out.dagum_groups.quantity("mean", year="2020", group="east").marked
    assert not out.dagum_groups.quantity("mean", year="2020", group="west").marked
    assert out.summary.quantity(item="gini_change").marked


def test_refusals_are_gathered() -> None:
    values = np.full((8, 4), 0.5)
    values[1, 0] = -0.1
    with pytest.raises(ProblemsError) as caught:
        disparity(_scored(made_up.study(), values=values))
    assert "region=130000" in str(caught.value)
    assert len(caught.value.problems) == 4


def test_no_neighbours_is_a_problem() -> None:
    study = made_up.study()
    with pytest.raises(ProblemsError, match="no region has a neighbour"):
        disparity(_scored(replace(study, space=replace(study.space, edges=()))))


def test_zero_index_leaves_logs_absent() -> None:
    values = np.linspace(0.0, 0.9, 32).reshape(8, 4)
    out = disparity(_scored(made_up.study(), values=values)).disparity
    assert not out.sigma.has("sd_log", year="2019")
    assert not out.summary.has(item="beta")
    assert isinstance(out.theil, Table)


def test_cost_with_the_defaults() -> None:
    study = _scored(made_up.study())
    began = time.process_time()
    disparity(study)
    assert time.process_time() - began < 2.0


def test_further_tables_and_what_was_left_out(done: Study) -> None:
    """Four years carry no clubs; everything else is there, and the reason is told."""
    out = done.disparity
    assert out.left_out.labels("table") == ("clubs",)
    assert "6 years" in out.left_out.text("reason", table="clubs")
    there = ("change", "change_cells", "polarisation", "warning", "warning_drivers", "weighted", "density", "modes", "markov",
             "markov_classes", "spatial_markov", "convergence", "ellipse")  # fmt: skip
    assert all(isinstance(getattr(out, name), Table) for name in there)


def test_change_adds_up_to_the_summary(done: Study) -> None:
    out = done.disparity
    total = out.summary.number(item="gini_change")
    assert out.change.number("change", part="gini") == pytest.approx(total, abs=1e-12)
    assert out.change_cells.array("change").sum() == pytest.approx(total, abs=1e-12)
    assert len(out.change_cells.labels("pair")) == 10


def test_markov_counts_every_step(done: Study) -> None:
    assert done.disparity.markov.array("count").sum() == 8 * 3
    assert done.disparity.spatial_markov.array("count").sum(axis=0) == pytest.approx(done.disparity.markov.array("count"))


def test_density_is_one_under_the_curve(done: Study) -> None:
    x, density = done.disparity.density.array("x"), done.disparity.density.array("density")
    assert np.trapezoid(density, x, axis=1) == pytest.approx(np.ones(4), abs=0.01)


def test_ellipse_lies_among_the_regions(done: Study) -> None:
    lon = done.disparity.ellipse.array("longitude")
    assert ((lon > 103) & (lon < 126)).all()
    assert not done.disparity.ellipse.has("shift", year="2019")


def test_further_tables_do_not_see_the_order_of_regions(done: Study) -> None:
    other = disparity(_scored(made_up.reordered(made_up.study(), tuple(reversed(made_up.REGIONS)))))
    for table in done.disparity.tables():
        if table.name not in ("disparity.local",):
            assert getattr(other.disparity, table.name.split(".")[1]).digest == table.digest, table.name


def test_population_missing_for_one_year_is_told() -> None:
    study = made_up.study(absent=[("110000", "2020", "population"), ("110000", "2020", "gdp_per_capita")])
    out = disparity(_scored(study)).disparity
    assert out.weighted is None
    assert "population" in out.left_out.text("reason", table="weighted")


def test_network_and_its_thresholds(done: Study) -> None:
    """At the threshold itself every link is kept; a lower one has more links, a higher one fewer."""
    table, nodes = done.disparity.network, done.disparity.network_regions
    assert table is not None
    assert nodes is not None
    assert table.number("kept", multiple="1") == 1
    assert table.number("rank_agreement", multiple="1") == pytest.approx(1)
    density = table.array("density")
    assert (np.diff(density) <= 0).all()
    assert np.mean(nodes.array("out_degree")) == pytest.approx(table.number("density", multiple="1"))
    assert set(nodes.array("role").tolist()) <= {"net_benefit", "net_spillover", "two_way", "broker"}
