"""What a layout refuses: no absent number, no wrong shape and no contradiction in a bound reaches a solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from yindi.core.errors import InfeasibleError, MethodError
from yindi.layout.frontier import front
from yindi.layout.further import Terms, further
from yindi.layout.instances import instance
from yindi.layout.levers import LeverProblem
from yindi.layout.national import charges
from yindi.layout.problem import Problem
from yindi.layout.program import plan_nation
from yindi.layout.rolling import rolling
from yindi.layout.solver import solve, solve_with_floor
from yindi.layout.stability import frequency
from yindi.layout.variants import aiming_at, protected, with_gap_rule

STATED = instance(4, 4, candidates=3, seed=1, links=3)
VALUE = np.array([[3.0, 2.0], [2.0, 1.0]])


def _with(name: str, wrong: float) -> dict[str, np.ndarray]:
    array = np.array(getattr(STATED, name), float)
    array.flat[0] = wrong
    return {name: array}


ARRAYS = ("value", "capacity", "uplift", "cost", "units", "pool", "least", "most", "existing", "low", "high", "level", "bonus",
          "zone", "region", "industry", "link")  # fmt: skip


@pytest.mark.parametrize("name", ARRAYS)
def test_no_absent_number_reaches_the_national_layout(name):
    """A NaN in `value` once ended the process; one in `existing` gave a plan that was wrong."""
    with pytest.raises(MethodError, match=f"`{name}`"):
        replace(STATED, **_with(name, np.nan))


@pytest.mark.parametrize(("name", "wrong"), [("capacity", -1), ("existing", -1), ("bonus", np.inf), ("region", 4),
                                             ("region", 0.5), ("link", 99), ("zone", -1), ("cost", 0.5)])  # fmt: skip
def test_numbers_outside_their_range_are_refused_by_name(name, wrong):
    with pytest.raises(MethodError, match=f"`{name}`"):
        replace(STATED, **_with(name, wrong))


@pytest.mark.parametrize("name", ["slots", "slot_most", "cheap", "under", "zone_most", "duplication", "strategic_least",
                                  "strategic_share", "worst", "link_most"])  # fmt: skip
@pytest.mark.parametrize("wrong", [np.nan, -1, "many"])
def test_single_numbers_of_the_national_layout(name, wrong):
    with pytest.raises(MethodError, match=f"`{name}`"):
        replace(STATED, **{name: wrong})


def test_all_faults_are_told_at_once():
    with pytest.raises(MethodError, match=r"`capacity`.*`slots`.*`over`"):
        replace(STATED, capacity=STATED.capacity[:-1], slots=1.5, over=(np.nan, 1.0))


def test_a_floor_or_a_gap_of_nobody_is_no_rule_and_refused():
    with pytest.raises(MethodError, match="`worst` is 0"):
        replace(STATED, floor=0.3)
    with pytest.raises(MethodError, match="none are named"):
        replace(STATED, gap_most=0.1)


def test_codes_must_be_as_many_as_what_they_name():
    with pytest.raises(MethodError, match="`region_codes` has 1 codes, 4"):
        replace(STATED, region_codes=("a",))


def test_a_band_without_an_upper_end_and_without_a_cheap_part():
    """Nothing can pass a band without an end, whatever share of it is cheap: the same plan and no charge."""
    open_ = replace(STATED, high=np.full(4, np.inf))
    found = plan_nation(replace(open_, cheap=0.0), gap=1e-9)
    assert found.objective == pytest.approx(plan_nation(open_, gap=1e-9).objective, rel=1e-9)
    assert charges(replace(open_, cheap=0.0), found.allocation)["over"] == 0.0


@pytest.mark.parametrize("rule", [{"forbidden": np.nan}, {"forbidden": np.full((2, 2), 0.3)}, {"locked": "no"},
                                  {"lagging": [1, 2]}, {"limit": "many"}, {"over_price": -1}])  # fmt: skip
def test_masks_are_true_or_false_and_bounds_are_numbers(rule):
    with pytest.raises(MethodError, match=f"`{next(iter(rule))}`"):
        Problem(VALUE, **rule)


@pytest.mark.parametrize("labels", ["ab", ["a", ""], ["a|b", "c"], ["a", "a"]])
def test_labels_that_could_not_name_a_rule_are_refused(labels):
    with pytest.raises(MethodError, match="`regions`"):
        Problem(VALUE, regions=labels)


def test_numbers_serve_as_labels():
    found = solve(Problem(VALUE, regions=[10, 20], limit=1, locked=np.eye(2)))
    assert found.duals["locked|10|c1"].binding
    with pytest.raises(InfeasibleError, match="locked pair: 20 with c2"):
        solve(Problem(VALUE, regions=[10, 20], limit=0, locked=np.eye(2)))


def test_values_below_what_a_solver_sees_are_refused():
    """Tolerances of solvers are absolute: at 1e-8 the plan of highest value was the empty one."""
    with pytest.raises(MethodError, match="in a smaller unit"):
        Problem(VALUE * 1e-8)


@pytest.mark.parametrize("options", [{"gap": np.nan}, {"gap": -1.0}, {"seed": 1.5}])
def test_a_gap_is_a_share_and_a_seed_a_whole_number(options):
    with pytest.raises(MethodError, match=f"`{next(iter(options))}`"):
        solve(Problem(VALUE), **options)


def test_other_questions_refuse_what_is_no_number():
    with pytest.raises(MethodError, match="takes a Problem"):
        solve(VALUE)
    with pytest.raises(MethodError, match="points"):
        front(Problem(VALUE), points=-1)
    for given in ({"failing": 1, "loss": np.nan}, {"failing": np.nan, "loss": 0.3}, {"failing": 1, "loss": [0.3] * 3}):
        with pytest.raises(MethodError):
            protected(Problem(VALUE), **given)
    for ask in (lambda p: aiming_at(p, np.full((2, 2), np.nan)), lambda p: aiming_at(p, np.ones((3, 2))),
                lambda p: solve_with_floor(p, np.nan), lambda p: with_gap_rule(p, most=np.nan),
                lambda p: frequency(p, solve(p), draws=0, rng=np.random.default_rng(1))):  # fmt: skip
        with pytest.raises(MethodError):
            ask(Problem(VALUE, lagging=[0, 1]))
    for given in ({"lift": np.nan}, {"discount": np.nan}, {"periods": 1.5}):
        with pytest.raises(MethodError, match="periods"):
            rolling(Problem(VALUE), np.eye(2), **{"periods": 2, "lift": 0.1, **given})


@pytest.mark.parametrize("wrong", [{"budget": [np.inf]}, {"half": np.inf}, {"weight": -1.0}, {"weight": np.inf}, {"rho": 0.5},
                                   {"w": np.full((2, 2), 2.0), "rho": 0.5}, {"w": np.full((2, 2), np.nan), "rho": 0.5},
                                   {"least": -1.0}, {"most": -1.0}, {"worst": 1.5, "floor": 0.1}, {"floor": 0.1},
                                   {"worst": 1, "floor": np.nan}])  # fmt: skip
def test_levers_refuse_what_has_no_answer(wrong):
    with pytest.raises(MethodError, match=f"levers: .*`{next(iter(wrong))}`"):
        LeverProblem(**{"effect": np.array([[2.0], [1.0]]), "budget": np.array([4.0]), **wrong})


def _strategic(industry: str) -> Problem:
    """Two regions, one strategic industry that none may hold more than 40 % of: no plan but the empty one, and least is one."""
    shape, none = (2, 1, 1), np.zeros((2, 1, 1, 0))
    terms = Terms(extra=np.zeros(shape), capacity=np.ones(shape), cost=none, units=np.zeros((2, 0)), pool=np.zeros(0),
                  existing=np.zeros(1), low=np.zeros(1), high=np.full(1, np.inf), zone=np.zeros(2, int),
                  strategic=np.ones(1, bool), link=np.zeros((0, 4)), bonus=np.zeros(0))  # fmt: skip
    rules = further(terms, strategic_least=1, strategic_share=0.4, zone_most=1, duplication=0.1)
    return Problem(np.ones((2, 1)), regions=("north", "south"), industries=(industry,), nation=rules)


@pytest.mark.parametrize("industry", ["robots", "robots with arms", "robots, arms"])
def test_conflicts_of_further_rules_speak_of_the_labels_of_the_problem(industry):
    """The National has no names of its own; an industry whose name holds " with " or a comma is not taken apart."""
    with pytest.raises(InfeasibleError, match=f"strategic industry: {industry} .*north with {industry} .at most 40 %"):
        solve(_strategic(industry))


def test_further_rules_with_other_names_than_the_problem_are_refused():
    stated = _strategic("robots")
    with pytest.raises(MethodError, match="other regions"):
        replace(stated, regions=("east", "west"))
