"""The plan's tables where the study is small, has no activity, or lies in another country."""

from __future__ import annotations

from dataclasses import replace

import made_up
import numpy as np
import pytest

from yindi.core.document import Grid
from yindi.core.study import Bench
from yindi.pipeline import go_on, up_to
from yindi.plan import annex, making, phrases, stage
from yindi.plan.writer import Writer

QUICK = {"measure": {"draws": 20}, "disparity": {"bootstrap": 0, "permutations": 0}}


@pytest.fixture(scope="module")
def abroad():
    """Eight regions of a table of one's own, four years, no industries."""
    study = made_up.study(
        with_activity=False, regions={"standard": "own", "table": "regions.csv", "grouping": "four_blocks"}, **QUICK
    )
    bench = Bench(study, "intake")
    for name in ("summary", "findings", "coverage"):
        bench.make(name, (("item", ("regions",)),), np.array([8.0]), method="made.up", inputs=("panel",))
    study = go_on(bench.done(), up_to("layout")[1:], lambda _: None)
    names = stage.with_words(study.names).plus("indicator", study.names.table["variable"])
    study = making.with_departments(replace(study, names=names))
    bench = Bench(study, "plan")
    making.tables(bench)
    return making.draft(bench)


def test_no_department_of_china_stands_in_a_plan_abroad(abroad):
    table = abroad.table("plan.tasks")
    leads = {str(x) for x in table.array("lead").ravel()} - {""}
    assert leads
    assert not [x for x in leads if "." in x]
    assert all("authority" in abroad.names.of("department", x, "en") or "office" in abroad.names.of("department", x, "en")
               for x in leads)  # fmt: skip


def test_four_years_give_no_targets_but_reasons(abroad):
    table = abroad.table("plan.targets")
    assert not np.isfinite(table.array("final")).any()
    assert set(table.array("reason").ravel()) <= {"few_years", "no_goal"}
    assert not np.isfinite(abroad.table("plan.target_skill").array("regions")).any()


def test_tasks_without_targets_are_watched_and_can_be_said(abroad):
    table = abroad.table("plan.tasks")
    kinds = {str(x) for x in table.array("result_kind").ravel()}
    assert "variable" not in kinds
    assert "watch" in kinds
    for language in ("zh", "en"):
        for region in abroad.panel.regions:
            w = Writer(abroad, phrases.load()[language], region)
            assert any(isinstance(b, Grid) and b.rows for b in annex.split(w))
            assert not any(isinstance(b, Grid) for b in annex.derivation(w)), "no empty table of targets"
