"""The planner's own rules from the study file to an answer: what contradicts itself ends with exit 4 and its names, the rest has
a defined answer. Each case goes through `yindi run`."""

from __future__ import annotations

import json

import pytest
from small_study import CODES, FILES, write

import yindi
from yindi.shell import cli


def run(folder, capsys, **layout):
    """Exit code and what `yindi run --only layout` says on stderr."""
    write(folder, **layout)
    code = cli.call(["--quiet", "run", str(folder), "--only", "layout", "--out", str(folder / "out")])
    return code, capsys.readouterr().err


CONFLICTS = {
    "locks over a cap": (
        {"cap_overrides": {"chips": 1}, "locked": {"north": ["chips"], "hill": ["chips"]}},
        ("industry limit: chips (芯片, Chips) (at most 1 regions)", "locked pair: hill with chips", "cap_overrides"),
    ),
    "a pair locked and forbidden": (
        {"locked": {"east": ["solar"]}, "forbidden": {"east": ["solar"]}},
        ("forbidden pair: east", "locked pair: east", "Solar"),
    ),
    "more locks than places": (
        {"portfolio_max": 1, "locked": {"west": ["solar", "chips"]}},
        ("largest portfolio: west (at most 1 industries)", "locked pair: west"),
    ),
    "portfolios that caps cannot fill": (
        {"cap_share": 0.17, "portfolio_min": 2},
        ("industry limit:", "smallest portfolio:", "places in all"),
    ),
    "smallest above largest portfolio": (
        {"portfolio_min": 2, "portfolio_max": 1},
        ("largest portfolio:", "smallest portfolio:"),
    ),
    "a strategic industry under a cap": (
        {"cap_overrides": {"fibre": 2}, "national": {"strategic": ["fibre"], "strategic_least": 4}},
        ("industry limit: fibre (光纤, Fibre) (at most 2", "strategic industry: fibre (光纤, Fibre) (in at least 4 regions)"),
    ),
    "units that carry nothing": (
        {"national": {"capabilities": {"access": 1}, "units": 0, "tiers": 4}},
        ("smallest portfolio:", "national pool of capability units: access (交通, Access) (1 units)"),
    ),
    "one region holds too much of a strategic industry": (
        {"cap_overrides": {"chips": 2}, "locked": {"coast": ["chips"]},
         "national": {"strategic": ["chips"], "strategic_least": 1, "strategic_share": 0.4}},
        ("industry limit: chips", "largest share of a strategic industry: coast", "at most 40 % of what is built"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CONFLICTS)
def test_rules_that_contradict_each_other(case, tmp_path, capsys):
    layout, named = CONFLICTS[case]
    code, said = run(tmp_path, capsys, **layout)
    assert code == 4, said
    for part in (*named, "Loosen any one of them"):
        assert part in said, said
    assert not (tmp_path / "out" / "tables" / "layout.allocation.csv").exists()


def test_floors_and_caps_that_squeeze_each_other_have_a_plan(tmp_path, capsys):
    """The floor is a share of what all other rules allow; so the highest floor under the tightest caps still leaves a plan."""
    code, said = run(tmp_path, capsys, floor=1.0, cap_share=0.17, portfolio_min=0)
    assert code == 0, said


def test_no_pair_fits(tmp_path, capsys):
    """An empty candidate set is no contradiction: portfolios shrink to what fits, for some regions to nothing."""
    code, said = run(tmp_path, capsys, minimum_fit=1.0)
    assert code == 0, said
    done = yindi.load(tmp_path / "out")
    chosen, fits = done.layout.allocation.array("chosen"), done.opportunities.fit.array() >= 1
    assert (chosen <= fits).all()
    assert not fits.any(axis=1).all()
    assert (chosen[~fits.any(axis=1)] == 0).all()


def test_every_pair_forbidden(tmp_path, capsys):
    """With a smallest portfolio of nothing the plan is empty; with one industry a region it is a contradiction of two rules."""
    every = {c: ["solar", "chips", "fibre"] for c in CODES}
    code, said = run(tmp_path, capsys, forbidden=every, portfolio_min=0)
    assert code == 0, said
    solution = yindi.load(tmp_path / "out").layout.solution
    assert solution.number(item="objective") == solution.number(item="bound") == solution.number(item="pairs") == 0
    (tmp_path / "again").mkdir()
    code, said = run(tmp_path / "again", capsys, forbidden=every, portfolio_min=1)
    assert code == 4
    assert "smallest portfolio: " in said
    assert "forbidden pair: " in said


def test_budgets_of_nothing(tmp_path, capsys):
    """No units, no pool: what costs nothing is held, and the price says what the first unit would bring."""
    rules = {"capabilities": {"skill": 0}, "units": 0}
    code, said = run(tmp_path, capsys, portfolio_min=0, cap_share=1.0, national=rules)
    assert code == 0, said
    done = yindi.load(tmp_path / "out")
    plan = done.layout.allocation
    assert plan.select(industry=["solar", "chips"]).array("chosen").sum() == 0
    worth = (plan.select(industry=["fibre"]).array("value") > 0).sum()
    assert plan.select(industry=["fibre"]).array("chosen").sum() == worth > 0
    assert done.layout.pools.number("price", pool="skill") > 0
    assert done.layout.pools.number("size", pool="skill") == done.layout.pools.number("used", pool="skill") == 0


def test_all_spending_on_one_lever(tmp_path, capsys):
    """Levers without a part get nothing and are still named."""
    code, said = run(tmp_path, capsys, lever_budgets={"talent": 0.0, "science": 0.0})
    assert code == 0, said
    assert yindi.load(tmp_path / "out").layout.levers is None


def test_one_industry(tmp_path, capsys):
    files = {**FILES, "ind.csv": "".join(line + "\n" for line in FILES["ind.csv"].splitlines()[:2]),
             "needs.csv": "industry,requirement,need\nsolar,skill,.6\nsolar,access,.4\n"}  # fmt: skip
    write(tmp_path, files=files, portfolio_min=0)
    assert cli.call(["--quiet", "run", str(tmp_path), "--only", "layout", "--out", str(tmp_path / "out")]) == 0, (
        capsys.readouterr()
    )
    assert yindi.load(tmp_path / "out").layout.allocation.array("chosen").sum() == 3  # half of six regions


def test_equal_regions_tie_by_their_codes(tmp_path, capsys):
    """Regions that are all alike: any three may hold solar; the plan is the same in every run and not all of it is core."""
    files = {
        **FILES,
        "src.csv": "requirement,source,variable,scaled_by,direction\nskill,panel,gdp,gdp,1\naccess,panel,gdp,gdp,1\n",
    }
    plans = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, files=files, floor=0.0, portfolio_max=1, cap_share=0.34)
        cli.call(["--quiet", "run", str(tmp_path / name), "--only", "layout", "--out", str(tmp_path / name / "out")])
        plans.append(yindi.load(tmp_path / name / "out").layout.allocation)
    assert plans[0].digest == plans[1].digest
    assert (plans[0].array("chosen").sum(axis=0) <= 2).all()
    assert {"swing", "fragile"} & set(plans[0].array("kind").ravel())


def test_weights_of_the_reasons_change_the_plan_and_the_change_is_found_again(tmp_path, capsys):
    """All weight on growth favours solar, all on modernisation chips; the study file's weights stand in steps and goals."""
    plans = {}
    for reason in ("growth", "modernisation"):
        (tmp_path / reason).mkdir()
        code, said = run(tmp_path / reason, capsys, attractiveness={reason: 1.0}, portfolio_max=1, cap_share=1.0, floor=0.0)
        assert code == 0, said
        done = plans[reason] = yindi.load(tmp_path / reason / "out")
        assert done.layout.goals.number("weight", reason=reason) == 1
        assert done.layout.goals.number("kept", reason=reason) == pytest.approx(1)
        step = done.ledger.steps[done.layout.allocation.step]
        assert json.loads(json.dumps(dict(step.params)))["attractiveness"] == {reason: 1.0}
    held = {r: done.layout.industries for r, done in plans.items()}
    assert held["growth"].number("regions", industry="solar") > held["modernisation"].number("regions", industry="solar")
    assert held["growth"].number("regions", industry="chips") < held["modernisation"].number("regions", industry="chips")


def test_every_national_rule_at_once_and_periods(tmp_path, capsys):
    national = {"band": [1, 3], "zone_most": 1, "strategic": ["chips"], "strategic_least": 2, "slots": 1, "link_bonus": 0.05,
                "packages": {"seed": {}, "flagship": {"chance": 0.2, "units": 1}}, "capabilities": {"skill": 2}}  # fmt: skip
    code, said = run(tmp_path, capsys, national=national, periods=2)
    assert code == 0, said
    made = yindi.load(tmp_path / "out").layout
    for name in ("parts", "support", "bands", "units", "pools", "without", "rolling", "periods", "points"):
        assert getattr(made, name) is not None, name
    parts = made.parts
    total = sum(parts.number(part=p) for p in parts.labels("part"))
    assert total == pytest.approx(made.solution.number(item="objective"))
    assert {"band", "zone", "strategic", "units", "slots", "links", "limit", "floor"} <= set(made.without.labels("family"))
    assert made.periods.array("value").sum() > 0


@pytest.mark.parametrize("codes", [("north",), ("north", "south")])
def test_a_study_of_one_region_is_refused_by_name(codes, tmp_path, capsys):
    """A region alone has no neighbours and no gap: the run ends with exit 3 and says how many regions it takes; the layout of one
    region has its answer in Python (tests/oracles/test_layout.py)."""
    write(tmp_path, codes=codes, cap_share=1.0)
    code = cli.call(["--quiet", "run", str(tmp_path), "--only", "layout", "--out", str(tmp_path / "out")])
    said = capsys.readouterr().err
    assert code == 3, said
    assert f"{len(codes)} region(s) cannot be compared with their neighbours" in said
    assert "take at least 4 regions" in said
    assert not (tmp_path / "out").exists()
