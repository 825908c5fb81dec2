"""A written model, read by a solver of its own, has the optimum that the layout has."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError, YindiError
from yindi.layout.export import write_model
from yindi.layout.instances import instance
from yindi.layout.problem import Problem
from yindi.layout.program import plan_nation
from yindi.layout.solver import solve


def read(path) -> tuple[float, list[str]]:
    highspy = pytest.importorskip("highspy")
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    solver.run()
    names = [solver.getColName(k)[1] for k in range(solver.getNumCol())]
    return -solver.getInfo().objective_function_value, names


@pytest.mark.parametrize("ending", ["mps", "lp"])
def test_a_problem_written_and_read_again_has_the_same_optimum(tmp_path, ending):
    stated = Problem(np.array([[10.0, 5], [8, 7], [6, 2]]), limit=[1, 9], over_price=[2.0, np.inf], portfolio_min=1,
                     portfolio_max=1, regions=["南", "mid", "north"], industries=["a b", "a-b"])  # fmt: skip
    best, names = read(write_model(stated, tmp_path / f"layout.{ending}"))
    assert best == pytest.approx(21)  # example A at a price of 2: max(24 - 4, 23 - 2, 19)
    assert best == pytest.approx(solve(stated).objective)
    assert len(set(names)) == len(names) == 7  # six pairs and one way of passing a limit


def test_a_national_layout_written_and_read_again(tmp_path):
    stated = instance(5, 6, candidates=4, seed=2)
    best, _ = read(write_model(stated, tmp_path / "nation.mps"))
    assert best == pytest.approx(plan_nation(stated, gap=1e-9).objective, rel=1e-4)


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(MethodError, match=r"\.mps or \.lp"):
        write_model(Problem(np.ones((1, 1))), tmp_path / "layout.txt")
    with pytest.raises(MethodError, match="its own"):
        write_model(instance(2, 2, candidates=1, seed=1), tmp_path / "a.lp", floor=0.1)


def test_a_folder_that_is_not_there_leaves_nothing_behind(tmp_path):
    with pytest.raises(YindiError, match="could not be written"):
        write_model(Problem(np.ones((1, 1))), tmp_path / "absent" / "layout.lp")
    write_model(Problem(np.ones((1, 1))), tmp_path / "layout.lp")
    assert [p.name for p in tmp_path.iterdir()] == ["layout.lp"]
