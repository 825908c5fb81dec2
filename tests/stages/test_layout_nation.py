"""Further rules of the study file (`layout.national`): bands, zones, strategic industries, packages, units, places, links."""

from __future__ import annotations

import numpy as np
import pytest
from layout_study import INDUSTRIES, before_layout, fit
from made_up import REGIONS

from yindi.core.errors import InfeasibleError, ProblemsError
from yindi.core.table import Table
from yindi.layout.stage import layout

RULES = {"portfolio_min": 1, "portfolio_max": 2, "minimum_fit": 0.0, "gap": 1e-3, "cap_share": 1.0, "floor": 0.0,
         "front_points": 3, "shocks": 1}  # fmt: skip


def told(national, *, endowment=None, partner=None, **rules):
    study = before_layout(layout={**RULES, **rules, "national": national})
    tables = {"endowment": endowment, "partners": partner}
    for name, table in tables.items():
        if table is not None:
            object.__setattr__(study.results["opportunities"], name, table)
    return study


def done(national, **more):
    return layout(told(national, **more))


def able(level):
    """Every region has `level` of all four requirements."""
    axes = (("region", tuple(REGIONS)), ("requirement", ("a", "b", "c", "d")))
    return Table("opportunities.endowment", axes, {"level": np.full((len(REGIONS), 4), level)}, "stp-made-up")


def chain():
    """Each region's first partner is the next one."""
    names = tuple(REGIONS)
    axes = (("region", names), ("place", ("1",)))
    return Table("opportunities.partners", axes, {"partner": np.array([[n] for n in (*names[1:], names[0])])}, "stp-made-up")


def test_no_national_rules_change_nothing():
    plain, empty = layout(before_layout(layout=RULES)), done({})
    np.testing.assert_array_equal(plain.layout.allocation.array("chosen"), empty.layout.allocation.array("chosen"))
    assert empty.layout.solution.number(item="objective") == pytest.approx(plain.layout.solution.number(item="objective"))
    assert plain.layout.parts is None
    assert plain.layout.bands is None
    assert empty.layout.parts.number(part="pairs") == pytest.approx(empty.layout.solution.number(item="objective"))


def test_a_band_is_passed_only_where_a_pair_is_worth_the_price():
    """Every region wants robotics; over the band of 2 each costs 0.1, over 4 (2 + 100 % of 2) each costs 10."""
    found = done({"bands": {"robotics": [0, 2]}, "over": [0.1, 10.0], "cheap": 1.0})
    bands = found.layout.bands
    held = found.layout.allocation.array("chosen")[:, 0].sum()
    assert held == bands.number("built", industry="robotics") <= 4
    assert bands.number("over", industry="robotics") == held - 2
    assert found.layout.parts.number(part="over") == pytest.approx(-0.1 * (held - 2))
    assert not bands.has("high", industry="biotech")
    price = found.layout.duals.number("price", rule="band|robotics")
    assert 0.1 <= price <= 10
    assert "band" in set(found.layout.allocation.array("passes").ravel())
    assert found.layout.frontier.number("over_band", point="1") == held - 2  # without a floor every point is the layout
    assert "over_band" not in done({"slots": 1}).layout.frontier.columns


def test_a_band_in_years_of_growth_counts_what_the_crowding_check_counts():
    found = done({"capacity": "growth", "bands": {"robotics": [0, 1]}, "over": [100.0, 100.0]})
    table = found.layout.bands
    assert table.number("built", industry="robotics") == pytest.approx(
        found.layout.industries.number("expansion", industry="robotics")
    )


def test_a_band_in_years_of_growth_of_what_is_not_known_to_grow_is_refused():
    """Such an industry would count as nothing and no band would ever bind."""
    rules = {**RULES, "national": {"capacity": "growth", "band": [0, 0.1]}}
    with pytest.raises(ProblemsError, match=r"layout\.national\.capacity: .*content: activity"):
        layout(before_layout(layout=rules, with_activity=False))


def test_too_little_of_an_industry_is_charged_and_existing_counts():
    wanted = {"bands": {"drones": [3, 8]}, "under": 5.0}
    assert done(wanted).layout.allocation.array("chosen")[:, 4].sum() == 3
    assert done({**wanted, "existing": {"drones": 2}}).layout.allocation.array("chosen")[:, 4].sum() == 1
    free = done({**wanted, "under": 0.0})
    assert free.layout.bands.number("under", industry="drones") == 3


def test_duplication_within_a_zone_is_charged():
    found = done({"zone_most": 1, "duplication": 5.0})
    plan, zone = found.layout.allocation, found.space.group_of("four_blocks", tuple(REGIONS))
    for z in set(zone):
        assert plan.array("chosen")[[k for k, own in enumerate(zone) if own == z]].sum(axis=0).max() <= 1
    assert found.layout.zones is None
    loose = done({"zone_most": 1, "duplication": 0.001})
    over = loose.layout.zones.array("over").sum()
    assert over > 0
    assert loose.layout.parts.number(part="duplication") == pytest.approx(-0.001 * over)
    assert "zone" in loose.layout.without.labels("family")


def test_a_strategic_industry_stands_in_enough_regions_and_none_holds_too_much():
    found = done({"strategic": ["drones"], "strategic_least": 5, "strategic_share": 0.25})
    assert found.layout.allocation.array("chosen")[:, 4].sum() >= 5
    assert found.layout.duals.number("price", rule="strategic|drones") > 0
    assert found.layout.duals.number("gain", rule="strategic|drones") > 0
    assert found.layout.without.number("gain", family="strategic") > 0
    assert found.names.of("rule", "strategic|drones", "en") == "Least number of regions for the strategic industry drones"


def test_packages_are_paid_with_units_and_pools():
    """One unit each for a needed capability and one more for the larger package; units 2 a region, a pool of 3."""
    packages = {"seed": {}, "flagship": {"chance": 0.2, "units": 1}}
    rules = {"packages": packages, "capabilities": {"a": 3}, "units": 4, "tiers": 1}
    found = done(rules, endowment=able(0.5))
    needs = found.table("opportunities.requirements").dense("need")[:, 0]
    support, units = found.layout.support, found.layout.units
    np.testing.assert_array_equal(np.isfinite(support.array("package")), found.layout.allocation.array("chosen") > 0)
    number = np.nan_to_num(support.array("package"))
    cost = np.where(number > 0, np.floor(needs + 0.5) + (number == 2) * (needs > 0), 0.0)
    np.testing.assert_allclose(units.array("used")[:, 0], cost.sum(axis=1))
    assert (units.array("own")[:, 0] == 2).all()
    assert units.array("borrowed").sum() == found.layout.pools.number("used", pool="a") <= 3
    expected = (np.minimum(1.0, fit() + 0.2) - fit()) * found.table("opportunities.industries").dense("attractiveness")
    assert found.layout.parts.number(part="support") == pytest.approx(expected[number == 2].sum())
    assert set(support.array("name").ravel()) <= {"", "seed", "flagship"}
    rich = done({**rules, "capabilities": {"a": 30}}, endowment=able(0.5))
    assert rich.layout.solution.number(item="objective") >= found.layout.solution.number(item="objective") - 1e-9


def test_no_package_is_given_that_adds_nothing():
    """The larger packages add nothing, or nothing more than the one before, and cost no unit more: none of them is held."""
    packages = {"seed": {}, "standard": {"chance": 0.1}, "flagship": {"chance": 0.1}, "grand": {"chance": 0.05}}
    found = done({"packages": packages, "capabilities": {"a": 30}, "units": 4, "tiers": 1}, endowment=able(0.5))
    assert set(found.layout.support.array("name").ravel()) == {"", "standard"}
    idle = done({"packages": {"seed": {}, "flagship": {}}, "capabilities": {"a": 30}}, endowment=able(0.5))
    assert set(idle.layout.support.array("name").ravel()) == {"", "seed"}


def test_further_places_come_out_of_a_pool():
    found, plain = done({"slots": 3, "slot_most": 1}), layout(before_layout(layout=RULES))
    count = found.layout.allocation.array("chosen").sum(axis=1)
    assert count.max() == 3
    assert np.clip(count - 2, 0, None).sum() == 3 == found.layout.pools.number("used", pool="slots")
    assert found.layout.solution.number(item="objective") > plain.layout.solution.number(item="objective")
    assert found.layout.without.number("gain", family="slots") < 0


def test_partner_links_draw_partners_to_the_same_industry():
    found = done({"link_bonus": 0.5, "link_most": 1}, partner=chain())
    assert found.layout.parts.number(part="links") == pytest.approx(0.5 * 4)  # eight regions in four couples, one link each
    assert found.layout.without.number("gain", family="links") < 0


def test_every_other_table_keeps_the_further_rules():
    """Front, protection, goals and periods are solved under them too: no plan of the front breaks the strategic rule."""
    found = done({"strategic": ["drones"], "strategic_least": 4}, periods=2, floor=0.9)
    assert found.layout.rolling.array("period")[:, 4].astype(bool).sum() >= 4
    table = found.layout.points
    assert table.labels("point") == found.layout.frontier.labels("point")
    for column, side in (("gainers", "gains"), ("holders", "holds")):
        np.testing.assert_array_equal((table.array("side") == side).sum(axis=1), found.layout.frontier.array(column))


@pytest.mark.parametrize(
    ("national", "rules", "named"),
    [
        ({"strategic": ["drones"], "strategic_least": 6}, {"cap_overrides": {"drones": 3}},
         r"industry limit: drones \(at most 3 regions\); strategic industry: drones \(in at least 6 regions\)"),
        ({"strategic": ["drones"], "strategic_least": 8}, {"forbidden": {"620000": ["drones"]}},
         r"forbidden pair: 620000 .*with drones; strategic industry: drones"),
        ({"capabilities": dict.fromkeys("abcd", 0), "units": 0, "tiers": 4}, {"portfolio_min": 2},
         r"smallest portfolio: .*; capability units: "),
        ({"strategic": ["drones"], "strategic_least": 2, "strategic_share": 0.4},
         {"locked": {"620000": ["drones"]}, "portfolio_max": 1, "cap_overrides": {"drones": 2}},
         r"largest share of a strategic industry: .* \(at most 40 % of what is built\)"),
    ],
)  # fmt: skip
def test_rules_that_contradict_each_other_end_with_exit_four_and_their_names(national, rules, named):
    with pytest.raises(InfeasibleError, match=named) as error:
        done(national, endowment=able(0.1), **rules)
    assert error.value.exit_code == 4


def test_names_the_study_does_not_know_are_gathered():
    with pytest.raises(ProblemsError) as error:
        done(
            {"bands": {"drone": [0, 1]}, "strategic": ["robots"], "capabilities": {"zeal": 1}, "zones": "blocks", "zone_most": 1}
        )
    for place in ("bands", "strategic", "capabilities", "zones"):
        assert f"layout.national.{place}" in str(error.value)


def test_the_order_of_regions_and_industries_changes_no_labelled_result():
    rules = {**RULES, "national": {"band": [0, 3], "zone_most": 2, "slots": 2}}
    one = layout(before_layout(layout=rules)).layout
    other = layout(before_layout(layout=rules, regions=tuple(REGIONS)[::-1], industries=INDUSTRIES[::-1])).layout
    for region in REGIONS:
        for industry in INDUSTRIES:
            at = {"region": region, "industry": industry}
            assert one.allocation.number("chosen", **at) == other.allocation.number("chosen", **at)
    assert one.parts.number(part="over") == pytest.approx(other.parts.number(part="over"))


def test_what_the_levers_rest_on_is_varied():
    from layout_study import with_levers

    degree = np.column_stack([np.linspace(0.2, 0.5, 8), np.linspace(0.5, 0.2, 8), np.full(8, np.nan)])
    found = layout(with_levers(before_layout(layout=RULES), degree))
    table = found.layout.lever_sensitivity
    assert table.number("moved", case="effect_doubled") == pytest.approx(0, abs=1e-9)  # the split does not hang on the effect
    assert table.number("gain", case="effect_doubled") == pytest.approx(2 * table.number("gain", case="stated"))
    assert table.number("moved", case="half_doubled") > 0
    assert table.number("gain", case="stated") == pytest.approx(found.layout.lever_prices.array("gain").sum())


def test_a_strategic_industry_with_too_few_candidates_says_how_many_there_are():
    """In two regions drones fit at all: that no other rule stands in the way is said with the key that decides it."""
    few = fit()
    few[2:, INDUSTRIES.index("drones")] = 0.1
    with pytest.raises(InfeasibleError, match=r"drones \(in at least 4 regions; candidates: 2, see minimum_fit\)"):
        layout(before_layout(values=few, layout={**RULES, "portfolio_min": 0, "minimum_fit": 0.2, "cap_share": 1.0,
                                                 "national": {"strategic": ["drones"], "strategic_least": 4}}))  # fmt: skip
