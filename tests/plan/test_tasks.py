"""Tasks: chosen and ordered by what was found; each names who, until when, what proves it and what it rests on."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.document import Grid
from yindi.core.finding import Ref
from yindi.plan import annex, phrases, tasks
from yindi.plan.tasks import Task, select
from yindi.plan.writer import Writer

WEIGHTS = {"obstacle": 1.0, "renew": 0.5}


def task(sort: str, name: str, strength: float, *, spare: bool = False) -> Task:
    return Task(sort, "science", "", "m", name, "indicator", "science", Ref("x"), strength, spare=spare)


def chosen(found, *, least=0, most=9, obstacle=2, renew=2):
    return [t.object for t in select(found, {"obstacle": obstacle, "renew": renew}, WEIGHTS, least=least, most=most)]


def test_tasks_are_ordered_by_weight_times_strength():
    # 0.4 x 1.0 = 0.40 and 0.9 x 0.5 = 0.45
    assert chosen([task("obstacle", "a", 0.4), task("renew", "b", 0.9)]) == ["b", "a"]


def test_no_sort_takes_more_than_its_places_and_the_weakest_gives_way():
    found = [task("obstacle", n, s) for n, s in (("a", 0.1), ("b", 0.5), ("c", 0.3))]
    assert chosen(found) == ["b", "c"]
    assert chosen(found, most=1) == ["b"]


def test_spare_tasks_fill_up_to_the_least_and_no_further():
    found = [task("obstacle", "a", 0.5), task("renew", "b", 0.2, spare=True), task("renew", "c", 0.1, spare=True)]
    assert chosen(found) == ["a"]
    assert chosen(found, least=2) == ["a", "b"]
    assert chosen(found, least=8) == ["a", "b", "c"]


@pytest.fixture(scope="module")
def table(drafted):
    return drafted.table("plan.tasks")


def of(table, region):
    return [t for t in table.labels("task") if table.has("kind", region=region, task=t)]


def test_every_region_has_eight_to_twenty_tasks_in_order(drafted, table):
    for r, region in enumerate(drafted.panel.regions):
        own = of(table, region)
        assert 8 <= len(own) <= 20
        weights = table.array("weight")[r, : len(own)]
        assert (np.diff(weights) <= 0).all()


def test_no_two_regions_have_the_same_tasks(drafted, table):
    lists = {tuple((table.text("measure", region=r, task=t), table.text("object", region=r, task=t)) for t in of(table, r))
             for r in drafted.panel.regions}  # fmt: skip
    assert len(lists) == len(drafted.panel.regions)


def test_a_region_with_another_obstacle_gets_another_task(drafted, table):
    degree = drafted.table("diagnosis.obstacle")
    for region in drafted.panel.regions:
        mine = {table.text("object", region=region, task=t) for t in of(table, region)
                if table.text("object_kind", region=region, task=t) == "indicator"}  # fmt: skip
        held = {i for i in degree.labels("indicator") if degree.number("degree", region=region, indicator=i) > 0}
        assert mine <= held
        assert len(mine) == min(len(held), 5)


def test_what_a_region_gives_up_is_what_it_shall_refrain_from(drafted, table):
    given = drafted.table("layout.allocation")
    for region in drafted.panel.regions:
        gone = {c for c in given.labels("industry") if given.number("given_up", region=region, industry=c) > 0}
        told = {table.text("object", region=region, task=t) for t in of(table, region)
                if table.text("kind", region=region, task=t) == "refrain"}  # fmt: skip
        assert len(told & gone) == min(len(gone), 3)
        kept = {c for c in given.labels("industry") if given.number("chosen", region=region, industry=c) > 0}
        assert not told & kept


def test_every_basis_and_proof_can_be_looked_up(drafted, table):
    for region in drafted.panel.regions:
        for t in of(table, region):
            at = {"region": region, "task": t}
            assert np.isfinite(drafted.look(table.text("basis", **at)).value)
            if table.has("reference", **at):
                assert drafted.look(table.text("reference", **at)).value == table.number("level", **at)


def test_a_proof_by_a_target_is_the_target_of_the_deadline(drafted, table):
    goals = drafted.table("plan.targets")
    seen = set()
    for region in drafted.panel.regions:
        for t in of(table, region):
            at = {"region": region, "task": t}
            if table.text("result_kind", **at) == "variable":
                cell = {"region": region, "variable": table.text("result", **at)}
                column = "middle" if table.text("deadline", **at) == goals.text("middle_year", **cell) else "final"
                assert table.number("level", **at) == goals.number(column, **cell)
                seen.add(column)
    assert seen == {"middle", "final"}


def test_departments_are_named_at_the_level_of_the_region(drafted, table):
    names = drafted.names
    assert {names.of("department", table.text("lead", region=r, task="t01"), "zh")[0] for r in ("420000", "130000")} == {"省"}
    assert names.of("department", table.text("lead", region="450000", task="t01"), "zh").startswith("自治区")
    assert names.of("department", table.text("lead", region="310000", task="t01"), "zh").startswith("市")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_task_and_target_can_be_said(drafted, table, language):
    for region in drafted.panel.regions:
        w = Writer(drafted, phrases.load()[language], region)
        (grid,) = (b for b in annex.split(w) if isinstance(b, Grid))
        assert len(grid.rows) == len(of(table, region))
        assert all(all(row) for row in grid.rows), "no empty cell"
        (grid,) = (b for b in annex.derivation(w) if isinstance(b, Grid))
        assert len(grid.rows) == np.isfinite(drafted.table("plan.targets").select(region=[region]).array("final")).sum()


def test_a_variable_without_a_row_of_its_own_is_led_by_its_lever(drafted):
    from yindi.plan import goals

    assert goals.roles(drafted, "rd_spend")[0] == "science"
    assert goals.roles(drafted, "no_such_variable")[0] == "planning"


def test_measures_for_unknown_codes_fall_back_to_the_general_one():
    assert tasks.worded("task_of_another_world_near", "task_any_near") == "task_any_near"
    assert tasks.worded("task_patents_near", "task_any_near") == "task_patents_near"
