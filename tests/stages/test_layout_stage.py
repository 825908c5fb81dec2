"""Stage layout on a made-up study: columns, comparison with region-by-region advice, labels, rules from the study file."""

from __future__ import annotations

import numpy as np
import pytest
from layout_study import INDUSTRIES, before_layout, fit, with_levers
from made_up import REGIONS

from yindi.core import resources
from yindi.core.errors import InfeasibleError, ProblemsError
from yindi.layout.accounts import PASSES
from yindi.layout.stage import layout

RULES = {"portfolio_min": 1, "portfolio_max": 2, "minimum_fit": 0.0, "gap": 1e-6}


@pytest.fixture(scope="module")
def done():
    return layout(before_layout(layout=RULES))


def test_every_rule_of_the_study_file_is_kept(done):
    chosen = done.layout.allocation.array("chosen")
    assert set(np.unique(chosen)) == {0.0, 1.0}
    assert chosen.sum(axis=0).max() <= 2  # 0.30 x 8 regions = 2.4, rounded
    assert chosen.sum(axis=1).min() >= 1
    assert chosen.sum(axis=1).max() <= 2
    solution = done.layout.solution
    assert solution.number(item="lagging_value") >= 0.95 * solution.number(item="lagging_best") - 1e-9
    assert solution.number(item="bound") >= solution.number(item="objective")
    assert solution.number(item="gap") <= 1e-6


def test_tables_agree_with_each_other(done):
    plan, value = (done.layout.allocation.array(c) for c in ("chosen", "value"))
    result = done.layout
    assert result.solution.number(item="objective") == pytest.approx((plan * value).sum())
    np.testing.assert_allclose(result.regions.array("value"), (plan * value).sum(axis=1))
    np.testing.assert_array_equal(result.industries.array("regions"), plan.sum(axis=0))
    assert (result.regions.array("kept_share") <= 1 + 1e-12).all()
    told = done.opportunities.independent.array()
    np.testing.assert_array_equal(result.allocation.array("given_up"), told * (plan == 0))
    assert result.regions.array("given_up").sum() == result.solution.number(item="given_up")
    assert set(result.regions.array("lagging")) == {0.0, 1.0}
    assert result.regions.array("lagging").sum() == 3  # 0.4 x 8 = 3.2, rounded
    assert result.regions.number("lagging", region="620000") == 1


def test_expansion_of_one_industry_by_hand(done):
    """Adopters of robotics add one per cent of their own industry (BCD), over one year's growth of BCD in all eight."""
    plan = done.layout.allocation.array("chosen")[:, 0]
    bcd = done.activity.take(items=["BCD"]).dense()[..., 0]
    growth = (bcd[:, 3].sum() - bcd[:, 0].sum()) / 3
    expected = 0.01 * sum(b for p, b in zip(plan, bcd[:, 3], strict=True) if p) / growth
    assert done.layout.industries.number("expansion", industry="robotics") == pytest.approx(expected)
    everyone = 0.01 * bcd[:, 3].sum() / growth  # advice gives robotics to all eight
    assert done.layout.industries.number("before_expansion", industry="robotics") == pytest.approx(everyone)


def test_no_activity_means_no_expansion():
    found = layout(before_layout(layout=RULES, with_activity=False)).layout.industries
    assert not found.has("expansion", industry="robotics")
    assert found.has("regions", industry="robotics")


def test_every_named_rule_has_a_row_and_prices_only_where_scarce(done):
    duals = done.layout.duals
    for industry in INDUSTRIES:
        assert duals.number("limit", rule=f"limit|{industry}") == 2
    for region in REGIONS:
        assert duals.text("region", rule=f"portfolio_max|{region}") == region
    assert (duals.array("price") >= 0).all()
    assert duals.number("binding", rule="limit|robotics") == 1
    assert duals.number("price", rule="limit|robotics") > 0
    assert duals.number("gain", rule="limit|robotics") > 0
    assert duals.number("gain", rule="floor") > 0
    assert done.names.of("rule", "portfolio_max|110000", "zh") == "北京产业数上限"


def test_every_choice_says_how_sure_it_is(done):
    table = done.layout.allocation
    chosen, kind, often = table.array("chosen"), table.array("kind"), table.array("frequency")
    np.testing.assert_array_equal(kind != "", chosen > 0)
    assert (often[kind == "core"] >= 0.8).all()
    assert (often[kind == "fragile"] < 0.5).all()
    total = sum(done.layout.solution.number(item=k) for k in ("core", "swing", "fragile"))
    assert total == chosen.sum()


def test_front_has_the_points_asked_for(done):
    front = done.layout.frontier
    assert front.shape == (6,)
    np.testing.assert_allclose(front.array("value"), front.array("lagging_value") + front.array("leading_value"))
    assert (np.diff(front.array("gap_between")) < 0).all()


def test_reordered_regions_and_industries_give_the_same_labelled_plan(done):
    regions, industries = tuple(sorted(REGIONS, key=lambda r: r[::-1])), INDUSTRIES[::-1]
    other = layout(before_layout(regions=regions, industries=industries, layout=RULES))
    back = other.layout.allocation.select(region=tuple(REGIONS), industry=INDUSTRIES)
    np.testing.assert_array_equal(back.array("chosen"), done.layout.allocation.array("chosen"))
    np.testing.assert_allclose(back.array("frequency"), done.layout.allocation.array("frequency"), atol=1e-9)
    for name, axis in (("regions", {"region": tuple(REGIONS)}), ("industries", {"industry": INDUSTRIES})):
        here, there = done.table(f"layout.{name}"), other.table(f"layout.{name}").select(**axis)
        for column in here.columns:
            np.testing.assert_allclose(there.array(column), here.array(column), atol=1e-9, err_msg=column)


def test_the_same_study_gives_the_same_digests(done):
    again = layout(before_layout(layout=RULES))
    assert [t.digest for t in again.layout.tables()] == [t.digest for t in done.layout.tables()]


def test_absent_fit_is_no_candidate_and_stays_absent():
    values = fit()
    values[:, 2] = np.nan
    table = layout(before_layout(values=values, layout=RULES)).layout.allocation
    assert table.array("chosen")[:, 2].sum() == 0
    assert not table.has("value", region="110000", industry="cloud")


def test_what_does_not_fit_is_no_candidate_and_has_no_price():
    values = np.full((len(REGIONS), len(INDUSTRIES)), 0.9)
    values[0] = 0.3
    values[0, 1] = 0.8
    found = layout(
        before_layout(values=values, layout={**RULES, "portfolio_min": 2, "cap_share": 1.0, "minimum_fit": 0.4})
    ).layout
    assert found.allocation.array("chosen")[0].tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert found.regions.array("count")[1:].tolist() == [2.0] * (len(REGIONS) - 1)
    assert not [rule for rule in found.duals.labels("rule") if rule.startswith("forbidden")]


def test_forbidden_and_locked_pairs_are_kept_and_priced():
    rules = {**RULES, "forbidden": {"110000": ["cloud"]}, "locked": {"620000": ["drones"]}}
    found = layout(before_layout(layout=rules)).layout
    assert found.allocation.number("chosen", region="110000", industry="cloud") == 0
    assert found.allocation.number("chosen", region="620000", industry="drones") == 1
    assert found.duals.number("price", rule="forbidden|110000|cloud") > 0


def test_overrides_and_weights_of_reasons_change_the_plan():
    found = layout(before_layout(layout={**RULES, "cap_overrides": {"cloud": 1}})).layout
    assert found.allocation.array("chosen")[:, 2].sum() <= 1
    weighted = layout(before_layout(layout={**RULES, "attractiveness": {"growth": 1.0}}))
    growth = weighted.opportunities.industries.array("growth")
    np.testing.assert_allclose(weighted.layout.allocation.array("value"), fit() * growth)


def test_size_exponent_weighs_regions_by_output():
    sized = layout(before_layout(layout={**RULES, "size_exponent": 1.0}))
    gdp = sized.panel.take(years=["2022"], items=["gdp"]).dense()[:, 0, 0]
    plain = layout(before_layout(layout=RULES)).layout.allocation.array("value")
    np.testing.assert_allclose(sized.layout.allocation.array("value"), plain * (gdp / gdp.mean())[:, None])


def test_rules_that_clash_raise_with_their_names():
    rules = {"portfolio_min": 3, "portfolio_max": 5, "cap_share": 0.3}  # 24 places wanted, 10 there
    with pytest.raises(InfeasibleError, match=r"industry limit: .*smallest portfolio: ") as error:
        layout(before_layout(layout=rules))
    assert error.value.exit_code == 4


def test_unknown_codes_in_the_study_file_are_gathered():
    rules = {**RULES, "cap_overrides": {"robot": 1}, "locked": {"999999": ["cloud"]}, "attractiveness": {"grow": 1.0}}
    with pytest.raises(ProblemsError) as error:
        layout(before_layout(layout=rules))
    assert len(error.value.problems) == 3
    assert "robotics" in str(error.value)


def test_every_pair_of_own_advice_that_is_not_held_says_why(done):
    table = done.layout.allocation
    why = table.array("passes")
    np.testing.assert_array_equal(why != "", table.array("given_up") > 0)
    assert set(np.unique(why)) <= {"", "fit", "forbidden", "limit", "floor", "portfolio"}
    forbidden = layout(before_layout(layout={**RULES, "forbidden": {"110000": ["robotics"]}})).layout.allocation
    assert forbidden.text("passes", region="110000", industry="robotics") == "forbidden"
    assert set(resources.tree("names.yaml")["passes"]) == set(PASSES)


def test_outcome_goals_carry_the_weights_of_the_study_file():
    goals = layout(before_layout(layout={**RULES, "attractiveness": {"growth": 3.0, "system": 1.0}})).layout.goals
    assert goals.array("weight").tolist() == [0.75, 0.0, 0.0, 0.25, 0.0]
    assert (goals.array("kept") <= 1 + 1e-4).all()
    assert (goals.array("kept") > 0.9).all()
    only = layout(before_layout(layout={**RULES, "attractiveness": {"growth": 1.0}})).layout
    assert only.goals.number("kept", reason="growth") == pytest.approx(1.0, abs=1e-5)
    assert only.goals.number("changed", reason="growth") == 0


def test_a_change_of_weights_is_found_again_in_the_steps():
    weighted = layout(before_layout(layout={**RULES, "attractiveness": {"growth": 1.0}}))
    step = weighted.ledger.steps[weighted.layout.allocation.step]
    assert step.params["attractiveness"] == {"growth": 1.0}
    assert step.id != layout(before_layout(layout=RULES)).layout.allocation.step


def test_the_gap_rule_stands_beside_the_floor_with_its_warning(done):
    table = done.layout.equity
    assert table.labels("policy")[:2] == ("none", "floor")
    assert table.number("lost", policy="none") == 0
    assert table.number("value", policy="none") >= table.number("value", policy="floor") - 1e-6
    for policy in table.labels("policy"):
        lost, gained = table.number("lost", policy=policy), table.number("gained", policy=policy)
        assert table.number("levelled", policy=policy) == float(lost > gained + 1e-6)
    if "gap" in table.labels("policy"):
        assert table.number("gap_between", policy="gap") <= 1e-6


def test_protection_never_leaves_less_in_the_worst_case_and_costs_value_when_nothing_fails(done):
    table = done.layout.protection
    assert table.labels("failing") == ("1", "2", "3")
    assert (table.array("worst") >= table.array("unprotected") * (1 - 2e-3)).all()
    assert (table.array("value") <= done.layout.solution.number(item="objective") * (1 + 1e-6)).all()
    assert layout(before_layout(layout={**RULES, "shocks": 0})).layout.protection is None


def test_lever_budgets_are_spent_where_obstacles_are_and_unknown_levers_are_left_out():
    degree = np.tile([0.5, 0.25, np.nan], (8, 1))
    degree[0, :2] = 0.0
    found = layout(with_levers(before_layout(layout=RULES), degree)).layout
    assert found.levers.labels("lever") == ("science", "data")
    np.testing.assert_allclose(found.levers.array("spending").sum(axis=0), [4, 4])  # eight units in all, equal parts
    np.testing.assert_allclose(found.levers.array("share").sum(axis=0), 1.0)
    assert found.levers.array("spending")[0].sum() == 0  # no obstacle, nothing to spend on
    price = found.lever_prices.array("price")
    assert price[0] == pytest.approx(2 * price[1])  # twice the degree everywhere: twice the price
    uneven = layout(with_levers(before_layout(layout={**RULES, "lever_budgets": {"science": 1.0}}), degree)).layout
    np.testing.assert_allclose(uneven.levers.array("spending").sum(axis=0), [8, 0])
    assert layout(before_layout(layout=RULES)).layout.levers is None


def test_absorption_limits_hold_and_unknown_levers_are_refused():
    pytest.importorskip("clarabel", reason="needs the extra `levers`")
    degree = np.tile([0.5, 0.25, np.nan], (8, 1))
    degree[7] = [0.9, 0.9, np.nan]
    found = layout(with_levers(before_layout(layout={**RULES, "lever_cap": 1.2}), degree)).layout
    assert found.levers.array("spending").sum(axis=1).max() <= 1.2 + 1e-4
    with pytest.raises(ProblemsError, match="is no lever"):
        layout(with_levers(before_layout(layout={**RULES, "lever_budgets": {"sciense": 1.0}}), degree))


def test_a_rolling_horizon_begins_the_layout_in_periods():
    found = layout(before_layout(layout={**RULES, "periods": 2})).layout
    period = found.rolling.array("period")
    assert set(np.unique(period[~np.isnan(period)])) == {1.0, 2.0}
    assert found.periods.array("begun").sum() == (~np.isnan(period)).sum()
    assert (np.nansum(period == 1, axis=1) <= 1).all()  # two places, one a period
    assert found.rolling.array("option").min() >= 0
    assert layout(before_layout(layout=RULES)).layout.rolling is None


def test_points_of_the_front_count_gainers_and_those_who_hold_back(done):
    front = done.layout.frontier
    assert front.array("gainers")[0] == front.array("holders")[0] == 0
    assert front.array("gainers")[-1] > 0
    assert (front.array("marginal")[1:][~np.isnan(front.array("marginal")[1:])] >= -1e-6).all()


def test_one_industry_no_candidate_and_no_place_give_the_defined_answers():
    nobody = layout(before_layout(layout={**RULES, "minimum_fit": 1.0})).layout
    assert nobody.allocation.array("chosen").sum() == 0
    assert nobody.solution.number(item="objective") == 0
    assert nobody.protection is None
    none = layout(
        before_layout(layout={**RULES, "portfolio_min": 0, "portfolio_max": 1, "lagging_share": 0.0, "floor": 0.0})
    ).layout
    assert none.equity is None
    assert none.allocation.array("chosen").sum() == 8


def test_a_locked_pair_over_its_limit_is_named_with_exit_four():
    rules = {**RULES, "cap_overrides": {"cloud": 1}, "locked": {"110000": ["cloud"], "620000": ["cloud"]}}
    with pytest.raises(
        InfeasibleError, match=r"industry limit: cloud .at most 1 regions.; locked pair: 110000 .北京, Beijing. with cloud"
    ) as error:
        layout(before_layout(layout=rules))
    assert error.value.exit_code == 4


@pytest.mark.parametrize("key", ["cap_overrides", "lever_budgets"])
def test_negative_numbers_of_the_study_file_are_refused_with_their_key(key):
    """A single negative lever budget was taken for all spending: minus one over minus one."""
    name = {"cap_overrides": "robotics", "lever_budgets": "science"}[key]
    with pytest.raises((ProblemsError, ValueError), match=key):
        before_layout(layout={**RULES, key: {name: -1}})
