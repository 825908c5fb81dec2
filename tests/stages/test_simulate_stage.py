"""Stage simulate on a made-up study: skill beside scenarios, labels, randomness, what a plan changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from layout_study import INDUSTRIES, before_layout, with_levers
from made_up import REGIONS

from yindi.core.errors import ProblemsError
from yindi.layout.stage import layout
from yindi.pipeline import go_on
from yindi.simulate.stage import simulate

YEARS = tuple(str(y) for y in range(2008, 2023))
RULES = {"portfolio_min": 1, "portfolio_max": 2}
SMALL = {"layout": {**RULES, "front_points": 0}, "simulate": {"draws": 300, "horizon": 5}}


def prepared(**changes):
    return layout(before_layout(years=YEARS, **{**SMALL, **changes}))


def with_budgets(**lever_config):
    """Science and data are budgeted; nothing is known of reform."""
    rising = np.linspace(0.2, 0.8, len(REGIONS))
    config = {"layout": {**SMALL["layout"], **lever_config}, "simulate": SMALL["simulate"]}
    degree = np.column_stack([rising, rising[::-1], np.full(len(REGIONS), np.nan)])
    return layout(with_levers(before_layout(years=YEARS, **config), degree))


@pytest.fixture(scope="module")
def done():
    return simulate(prepared())


def test_skill_stands_beside_every_horizon(done):
    skill, hindcast = done.scenarios.skill, done.scenarios.hindcast
    assert skill.labels("horizon") == ("1", "3", "5")
    for h in skill.labels("horizon"):
        against = 1 - hindcast.number("rmse", model="combination", horizon=h) / hindcast.number(
            "rmse", model="persistence", horizon=h
        )
        assert skill.number("skill", horizon=h) == pytest.approx(against)
        assert skill.text("verdict", horizon=h) == ("skill" if against > 0 else "no_skill")
    assert skill.array("origins").tolist() == [7, 5, 3]  # 15 years, window 8


def test_axes_and_bands(done):
    found = done.scenarios.regions
    assert found.labels("year") == ("2023", "2024", "2025", "2026", "2027")
    assert found.labels("region") == tuple(REGIONS)
    low, middle, high = (found.array(c) for c in ("low", "standing", "high"))
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert (found.array("rank_low") <= found.array("rank_high")).all()
    assert found.array("rank").min() >= 1
    assert found.array("rank").max() <= len(REGIONS)
    spread = (high - low)[0]
    assert (spread[:, -1] > spread[:, 0]).all()  # the future is less certain the further


def test_the_baseline_changes_nothing_against_itself(done):
    effect = done.scenarios.effect
    for column in ("change", "low", "high", "places"):
        assert (effect.array(column)[0] == 0).all()


def test_regions_that_get_more_rise_against_the_baseline(done):
    """Without spillovers, the region with the largest expected number of rooted industries gains most, the least loses."""
    chosen, fit = done.layout.allocation.array("chosen"), done.opportunities.fit.array()
    expected = (chosen * fit).sum(axis=1)
    change = done.scenarios.effect.select(scenario=["layout"]).array("change")[0]
    assert change[expected.argmax()] > 0
    assert change[expected.argmin()] < 0
    assert change.sum() == pytest.approx(0, abs=1e-9)  # standings are relative


def test_probabilities_are_probabilities_and_every_scenario_has_a_name(done):
    narrowing = done.scenarios.nation.array("narrowing")
    assert ((narrowing >= 0) & (narrowing <= 1)).all()
    for scenario in done.scenarios.nation.labels("scenario"):
        assert done.names.of("scenario", scenario, "zh")


def test_reordered_rows_give_the_same_labelled_scenarios(done):
    regions = tuple(reversed(REGIONS))
    other = simulate(layout(before_layout(regions=regions, industries=INDUSTRIES[::-1], years=YEARS, **SMALL)))
    for name in ("regions", "effect"):
        here, there = done.table(f"scenarios.{name}"), other.table(f"scenarios.{name}").select(region=tuple(REGIONS))
        for column in here.columns:
            np.testing.assert_allclose(there.array(column), here.array(column), atol=1e-12, err_msg=column)


def test_same_seed_same_bytes_other_seed_other_paths(done):
    assert [t.digest for t in simulate(prepared()).scenarios.tables()] == [t.digest for t in done.scenarios.tables()]
    before = prepared()
    other = simulate(replace(before, config=before.config.model_copy(update={"seed": 8})))
    assert other.scenarios.regions.digest != done.scenarios.regions.digest


def test_too_few_years_are_refused():
    with pytest.raises(ProblemsError, match="4 years carry no dynamics"):
        simulate(layout(before_layout(layout=RULES)))


def test_a_simulation_that_was_asked_for_says_why_it_cannot_run():
    study = layout(before_layout(layout=RULES))
    with pytest.raises(ProblemsError, match="4 years carry no dynamics"):
        go_on(study, ("simulate",), lambda _: None)


@pytest.fixture(scope="module")
def budgeted():
    return simulate(with_budgets())


def test_every_scenario_of_the_issue_is_there(budgeted):
    found = budgeted.scenarios.nation.labels("scenario")
    assert found == ("baseline", "layout", "layout_levers", "alone", "no_spillover", "weak_spillover", "strong_spillover",
                     "industry_shock", "region_shock", "without_science", "without_data")  # fmt: skip
    for scenario in found:
        for language in ("zh", "en"):
            assert "{" not in budgeted.names.of("scenario", scenario, language)
    assert "science" in budgeted.names.of("scenario", "without_science", "en")


def test_lever_budgets_raise_what_the_layout_says(budgeted):
    """ln(1 + gain / level) on average over regions, after all years; each lever alone brings less than both."""
    gain = {s: budgeted.scenarios.nation.array("gain")[n, -1] for n, s in enumerate(budgeted.scenarios.nation.labels("scenario"))}
    levers, index = budgeted.layout.levers, budgeted.table("scores.index")
    last = index.select(region=levers.labels("region"), year=index.labels("year")[-1:]).dense()[:, 0]
    expected = np.log1p(np.nan_to_num(levers.array("gain")).sum(axis=1) / last).mean()
    assert gain["layout_levers"] - gain["layout"] == pytest.approx(expected, rel=0.05)
    assert gain["layout"] < gain["without_science"] < gain["layout_levers"]
    assert gain["layout"] < gain["without_data"] < gain["layout_levers"]
    assert gain["baseline"] == 0


def test_a_sure_lever_switched_off_is_the_layout_where_there_is_no_other():
    only = simulate(with_budgets(lever_budgets={"science": 1.0}))
    effect = only.scenarios.effect
    for column in effect.columns:
        off, bare = (effect.select(scenario=[s]).array(column) for s in ("without_science", "layout"))
        np.testing.assert_array_equal(off, bare)


def test_the_largest_region_is_shocked_and_the_shock_stays_with_it(done):
    panel = done.panel.take(regions=tuple(REGIONS), years=done.panel.years[-1:], items=("gdp",)).dense()[:, 0, 0]
    largest = tuple(REGIONS)[int(panel.argmax())]
    assert done.names.of("scenario", "region_shock", "zh") == f"统筹布局而{REGIONS[largest][0]}受冲击"
    standing = done.scenarios.regions.select(year=done.scenarios.regions.labels("year")[:1])
    bare, hit = (standing.select(scenario=[s], region=[largest]).array("standing").item() for s in ("layout", "region_shock"))
    assert 0.85 < hit / bare < 0.97  # a tenth less, of which the mean of all takes an eighth, and neighbours feel some


def test_an_existing_industry_can_be_shocked_and_hits_where_it_is_large():
    before = prepared(simulate={**SMALL["simulate"], "shock_industry": "BCD", "shock_loss": 0.5})
    share = np.linspace(0.0, 0.6, len(REGIONS))
    structure = replace(before.table("opportunities.fit"), name="opportunities.structure",
                        axes=(("region", tuple(REGIONS)), ("industry", ("BCD",))),
                        columns={"share": share[:, None]}, units={"share": "share"}, marks=None)  # fmt: skip
    results = {**before.results, "opportunities": replace(before.opportunities, structure=structure)}
    found = simulate(replace(before, results=results)).scenarios.effect
    bare, hit = (found.select(scenario=[s]).array("change")[0] for s in ("layout", "industry_shock"))
    assert (hit - bare)[0] > 0 > (hit - bare)[-1]
    assert found.labels("scenario")[-2:] == ("industry_shock", "region_shock")


@pytest.mark.parametrize(
    ("field", "value"), [("shock_industry", "roboticks"), ("shock_region", "990000"), ("switched_off", ["science"])]
)
def test_unknown_codes_are_named(field, value):
    with pytest.raises(ProblemsError, match=f"simulate.{field}"):
        simulate(prepared(simulate={**SMALL["simulate"], field: value}))


def test_skill_stands_beside_every_scenario_and_beyond_the_hindcast_nothing_is_claimed():
    far = simulate(prepared(simulate={"draws": 50, "horizon": 9}))
    nation, skill = far.scenarios.nation, far.scenarios.skill
    assert skill.labels("horizon") == ("1", "3", "5")
    for scenario in nation.labels("scenario"):
        for ahead, year in enumerate(nation.labels("year"), 1):
            tested = "1" if ahead == 1 else "3" if ahead <= 3 else "5"
            expected = skill.text("verdict", horizon=tested) if ahead <= 5 else "untested"
            assert nation.text("verdict", scenario=scenario, year=year) == expected


def test_polarisation_and_mobility_over_the_horizon(done):
    nation, moved = done.scenarios.nation, done.scenarios.transitions.array()
    for name in ("gini", "spread", "ratio", "polarisation"):
        assert (nation.array(f"{name}_low") <= nation.array(name)).all()
        assert (nation.array(name) <= nation.array(f"{name}_high")).all()
        assert done.scenarios.start.number(item=name) > 0
    np.testing.assert_allclose(moved.sum(axis=2), 1)
    k = moved.shape[1]
    trace = np.trace(moved, axis1=1, axis2=2)
    np.testing.assert_allclose(nation.array("class_mobility")[:, -1], (k - trace) / (k - 1))
    for name in ("narrowing", "polarising"):
        assert ((nation.array(name) >= 0) & (nation.array(name) <= 1)).all()


def test_the_index_has_bands_and_starts_near_what_is_known(done):
    found, index = done.scenarios.regions, done.table("scores.index")
    low, middle, high = (found.array(c)[0] for c in ("index_low", "index", "index_high"))
    assert ((low <= middle) & (middle <= high)).all()
    last = index.select(region=found.labels("region"), year=index.labels("year")[-1:]).dense()[:, 0]
    np.testing.assert_allclose(middle[:, 0], last, rtol=0.15)


def test_the_level_of_the_nation_is_proved_too(done):
    national = done.scenarios.national
    assert national.labels("horizon") == ("1", "3", "5")
    assert national.array("origins").tolist() == [11, 9, 7]  # 15 years, the first origin after four
    for h in national.labels("horizon"):
        against = 1 - national.number("chosen", horizon=h) / national.number("still", horizon=h)
        assert national.number("skill", horizon=h) == pytest.approx(against)


def test_deviations_by_year_end_where_the_effect_stands(budgeted):
    effect, path = budgeted.scenarios.effect, budgeted.scenarios.deviation
    last = path.select(year=path.labels("year")[-1:])
    for column in ("change", "low", "high", "gain"):
        np.testing.assert_allclose(last.array(column)[:, :, 0], effect.array(column), atol=1e-12)
    assert path.labels("year") == ("2023", "2024", "2025", "2026", "2027")
    first = path.select(scenario=["baseline"])
    assert all((first.array(c) == 0).all() for c in path.columns)
    np.testing.assert_allclose(path.array("change").mean(axis=1), 0, atol=1e-12)


def test_levers_are_told_by_year_and_per_unit(budgeted):
    nation, regions = budgeted.scenarios.lever_returns, budgeted.scenarios.lever_regions
    assert nation.labels("lever") == ("science", "data")
    gain = {s: budgeted.scenarios.nation.array("gain")[n] for n, s in enumerate(budgeted.scenarios.nation.labels("scenario"))}
    spent = budgeted.layout.levers
    for n, lever in enumerate(nation.labels("lever")):
        added = gain["layout_levers"] - gain[f"without_{lever}"]
        np.testing.assert_allclose(nation.array("gain")[n], added, atol=1e-9)
        own = np.nan_to_num(spent.select(lever=[lever]).array("spending")[:, 0])
        np.testing.assert_allclose(nation.array("spending")[n], own.sum())
        np.testing.assert_allclose(nation.array("per_unit")[n], added / own.mean())
        np.testing.assert_allclose(regions.array("gain")[n].mean(axis=0), added, atol=1e-9)
    assert simulate(prepared()).scenarios.lever_returns is None


def test_effects_have_bands(budgeted):
    found = budgeted.scenarios.dynamics
    for name in ("rho", "tau", "eta", "direct_now", "indirect_now"):
        value, low, high = (found.number(c, parameter=name) for c in ("value", "low", "high"))
        assert low < value < high, name
        assert found.number("error", parameter=name) > 0


def test_the_plan_is_held_against_years_without_a_plan(done):
    found = done.scenarios.placebo
    assert found.labels("horizon") == done.scenarios.skill.labels("horizon")
    assert set(found.array("verdict").tolist()) <= {"not_seen", "leaning", "untested"}
    assert ((found.array("chance") > 0) & (found.array("chance") <= 1)).all()
