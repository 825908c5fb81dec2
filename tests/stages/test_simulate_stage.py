"""Stage simulate on a made-up study: skill beside scenarios, labels, randomness, what a plan changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from layout_study import INDUSTRIES, before_layout
from made_up import REGIONS

from yindi.core.errors import ProblemsError
from yindi.layout.stage import layout
from yindi.simulate.stage import simulate

YEARS = tuple(str(y) for y in range(2008, 2023))
RULES = {"portfolio_min": 1, "portfolio_max": 2}
SMALL = {"layout": {**RULES, "front_points": 0}, "simulate": {"draws": 300, "horizon": 5}}


def prepared(**changes):
    return layout(before_layout(years=YEARS, **{**SMALL, **changes}))


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
