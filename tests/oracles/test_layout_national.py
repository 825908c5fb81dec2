"""The national layout against hand-worked plans, brute force, and what wider rules must do."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from yindi.core.errors import EvidenceError, InfeasibleError, MethodError
from yindi.layout import highs, program
from yindi.layout.assemble import assemble
from yindi.layout.decompose import Split, coordinate
from yindi.layout.instances import instance
from yindi.layout.knapsack import Prices, best_replies, regional
from yindi.layout.national import National, charges, faults, levels
from yindi.layout.program import checked, plan_nation


def national(value, regions, industries, region, industry, **changes) -> National:
    """A National without any rule but one package a pair; `changes` add rules."""
    value = np.asarray(value, float)
    e, p = value.shape
    plain = {
        "region": np.asarray(region), "industry": np.asarray(industry), "value": value, "capacity": np.ones((e, p)),
        "uplift": np.zeros((e, p)), "cost": np.zeros((e, p, 1)), "units": np.zeros((regions, 1)), "pool": np.zeros(1),
        "least": np.zeros(regions), "most": np.full(regions, 99.0), "existing": np.zeros(industries), "low": np.zeros(industries),
        "high": np.full(industries, 99.0), "zone": np.zeros(regions, int), "level": np.zeros(regions),
        "strategic": np.zeros(industries, bool), "locked": np.zeros(e, bool), "link": np.zeros((0, 2), int), "bonus": np.zeros(0),
    }  # fmt: skip
    return National(**{**plain, **changes})


# Example A of LAYOUT.md 2.6 (three regions, one industry each, band of one on industry 1, price rho for capacity over it):
# max(24 - 2 rho, 23 - rho, 19), switching at rho = 1 and rho = 4.
def example_a(rho: float, **changes) -> National:
    return national([[10], [5], [8], [7], [6], [2]], 3, 2, [0, 0, 1, 1, 2, 2], [0, 1] * 3, least=np.ones(3), most=np.ones(3),
                    high=np.array([1.0, 99.0]), over=(rho, rho), **changes)  # fmt: skip


@pytest.mark.parametrize(("rho", "best"), [(0.0, 24), (0.5, 23), (2, 21), (3.9, 19.1), (5, 19), (50, 19)])
def test_example_a(rho, best):
    found = plan_nation(example_a(rho), gap=1e-9)
    assert found.objective == pytest.approx(best)
    assert found.gap <= 1e-6


def test_the_second_part_of_overcapacity_costs_more():
    """Band 2, cheap part 0.5 x 2 = 1 at price 1, the rest at 100: three regions in industry 1 are one over, 24 - 1 = 23; with a
    cheap part of nothing the plan gives one place up: 8 becomes 7, 23 without any charge."""
    one = plan_nation(replace(example_a(0.0), high=np.array([2.0, 99.0]), over=(1.0, 100.0), cheap=0.5), gap=1e-9)
    assert one.objective == pytest.approx(23)
    none = plan_nation(replace(example_a(0.0), high=np.array([2.0, 99.0]), over=(50.0, 100.0), cheap=0.0), gap=1e-9)
    assert charges(example_a(0.0), none.allocation)["value"] == pytest.approx(23)


def test_too_little_capacity_is_charged():
    """Industry 2 must reach 1: plan 1,1,1 (24) pays 3 for the unit missing; 1,2,1 is worth 23."""
    rules = {"high": np.full(2, 99.0), "low": np.array([0.0, 1.0])}
    assert plan_nation(replace(example_a(0.0), under=3.0, **rules), gap=1e-9).objective == pytest.approx(23)
    assert plan_nation(replace(example_a(0.0), under=0.4, **rules), gap=1e-9).objective == pytest.approx(23.6)


def test_units_can_be_borrowed_from_the_pool_until_it_is_empty():
    """Each pair costs 2, own units are 1: three pairs borrow 1 each; a pool of 2 serves the best two of 10, 8, 6."""
    stated = national([[10], [8], [6]], 3, 1, [0, 1, 2], [0, 0, 0], cost=np.full((3, 1, 1), 2.0), units=np.ones((3, 1)))
    for pool, best in ((0, 0), (1, 10), (2, 18), (3, 24)):
        assert plan_nation(replace(stated, pool=np.array([float(pool)])), gap=1e-9).objective == pytest.approx(best)


def test_further_places_come_out_of_one_pool():
    """One place a region, two pairs each (10 + 9, 8 + 1): one further place is worth 9, the second 1."""
    stated = national([[10], [9], [8], [1]], 2, 2, [0, 0, 1, 1], [0, 1, 0, 1], most=np.ones(2))
    for slots, best in ((0, 18), (1, 27), (2, 28), (9, 28)):
        assert plan_nation(replace(stated, slots=slots), gap=1e-9).objective == pytest.approx(best)


def test_duplication_in_a_zone_is_charged_per_region_too_many():
    stated = national([[10], [8], [6]], 3, 1, [0, 1, 2], [0, 0, 0], zone_most=1, duplication=7.0)
    assert plan_nation(stated, gap=1e-9).objective == pytest.approx(10 + 8 - 7)  # the third would bring 6 - 7
    apart = plan_nation(replace(stated, zone=np.array([0, 1, 2])), gap=1e-9)
    assert apart.objective == pytest.approx(24)


def test_strategic_industries_stand_in_enough_regions_and_none_holds_too_much():
    """Worth 10, 8 and a loss-free 1: at least three regions; a share of 0.4 needs three equal capacities (1/3 each)."""
    stated = national([[10], [8], [1]], 3, 1, [0, 1, 2], [0, 0, 0], strategic=np.ones(1, bool), strategic_least=2,
                      high=np.full(1, 2.0), over=(5.0, 5.0))  # fmt: skip
    assert plan_nation(stated, gap=1e-9).objective == pytest.approx(18)
    assert plan_nation(replace(stated, strategic_share=0.4), gap=1e-9).objective == pytest.approx(19 - 5)


def test_partner_links_pay_once_both_are_held_and_at_most_so_many_a_region():
    base = national([[1], [1], [1], [1]], 4, 4, [0, 1, 2, 3], [0, 1, 2, 3], link=np.array([[0, 1], [0, 2], [0, 3]]),
                    bonus=np.array([5.0, 4.0, 3.0]))  # fmt: skip
    assert plan_nation(base, gap=1e-9).objective == pytest.approx(4 + 5 + 4)
    assert plan_nation(replace(base, link_most=3), gap=1e-9).objective == pytest.approx(4 + 12)


def test_the_mean_of_the_worst_is_lifted_exactly():
    """Three regions, one package in two sizes (worth 3 lift 0.1, worth 1 lift 0.3), levels 0, 0, 1; mean of the worst two >= 0.3:
    both worst must lift 0.6 together: 0.3 each (1 + 1), or it fails; the third keeps 3. Without the floor all take 3."""
    stated = national([[3, 1]] * 3, 3, 3, [0, 1, 2], [0, 1, 2], uplift=np.tile([0.1, 0.3], (3, 1)),
                      level=np.array([0.0, 0.0, 1.0]), worst=2)  # fmt: skip
    assert plan_nation(stated, gap=1e-9).objective == pytest.approx(9)
    found = plan_nation(replace(stated, floor=0.3), gap=1e-9)
    assert found.objective == pytest.approx(5)
    np.testing.assert_allclose(levels(stated, found.allocation), [0.3, 0.3, 1.1])


def test_a_gap_rule_can_be_met_by_holding_the_leader_down_and_an_impossible_one_is_named():
    """Levels 1 and 0; the leader rises 0.2 (worth 5) or not, the other 0.1 (worth 1): free 6 with a gap of 1.1; at most 1 leaves
    the other's 1 alone (gap 0.9); at most 0.8 cannot be."""
    stated = national([[5], [1]], 2, 1, [0, 1], [0, 0], uplift=np.array([[0.2], [0.1]]), level=np.array([1.0, 0.0]),
                      leading=np.array([True, False]))  # fmt: skip
    for most, best in ((np.inf, 6), (1.1, 6), (1.0, 1), (0.9, 1)):
        assert plan_nation(replace(stated, gap_most=most), gap=1e-9).objective == pytest.approx(best)
    with pytest.raises(InfeasibleError, match="gap between leading and other regions"):
        plan_nation(replace(stated, gap_most=0.8))
    with pytest.raises(MethodError, match="some of the 2 regions and not all"):
        replace(stated, leading=np.ones(2, bool))


def random_problem(seed: int) -> National:
    rng = np.random.default_rng(seed)
    r, c = (2, 3) if seed % 2 else (3, 2)
    region, industry = np.repeat(np.arange(r), c), np.tile(np.arange(c), r)
    keep = rng.random(r * c) < 0.95
    e = int(keep.sum())
    return national(
        rng.integers(1, 30, (e, 2)) / 10, r, c, region[keep], industry[keep], capacity=rng.integers(1, 4, (e, 2)) / 2,
        uplift=rng.integers(0, 4, (e, 2)) / 10, cost=rng.integers(0, 4, (e, 2, 2)).astype(float), pool=rng.integers(0, 3, 2),
        units=rng.integers(0, 5, (r, 2)).astype(float), least=rng.integers(0, 2, r).astype(float), most=np.ones(r), slots=2,
        slot_most=1,
        high=rng.random(c) * 2, low=rng.random(c), over=(0.5, 2.0), under=0.3, zone=rng.integers(0, 2, r), zone_most=1,
        duplication=0.4, strategic=rng.random(c) < 0.4, strategic_least=1, strategic_share=0.8, worst=r - 1,
        floor=rng.choice([-np.inf, 0.05, 0.2]), leading=np.arange(r) == 0,
        gap_most=(np.inf, 0.4)[seed % 2], locked=rng.random(e) < 0.1, link=np.array([[0, e - 1]]), bonus=np.array([0.6]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(14))
def test_brute_force_agrees(seed):
    stated = random_problem(seed)
    e, best = len(stated.region), -np.inf
    for choice in itertools.product(range(3), repeat=e):
        plan = np.zeros((e, 2))
        held = [k for k in range(e) if choice[k]]
        plan[held, [choice[k] - 1 for k in held]] = 1.0
        if not faults(stated, plan):
            best = max(best, sum(charges(stated, plan).values()))
    if best == -np.inf:
        with pytest.raises(InfeasibleError, match="cannot all hold"):
            plan_nation(stated, gap=1e-9)
    else:
        assert plan_nation(stated, gap=1e-9).objective == pytest.approx(best, abs=1e-6)


def test_price_coordination_proves_the_gap_it_was_asked_for():
    """The exact knapsacks prove a tighter bound than the relaxation; the plan is within the gap of it and keeps every rule."""
    stated = instance(70, 60, candidates=12, seed=3)
    matrix = assemble(stated).model.matrix()
    assert matrix.integer.sum() > 2000  # large enough to be searched step by step
    found = plan_nation(stated, gap=2e-3)
    assert found.gap <= 2e-3
    assert faults(stated, found.allocation) == ()
    assert found.bound <= highs.run(matrix, relax=True).objective + 1e-6


def test_where_exact_replies_prove_no_more_than_the_relaxation_its_own_pairs_are_searched(monkeypatch):
    """No round of coordination is run; the gap is proven by the bound of the first replies, which lies above the plan."""
    stated = instance(80, 40, candidates=14, seed=1)
    monkeypatch.setattr(program, "coordinate", lambda *a, **k: pytest.fail("coordination was not needed"))
    found = plan_nation(stated, gap=2e-3)
    assert found.gap <= 2e-3
    assert faults(stated, found.allocation) == ()
    whole = highs.run(assemble(stated).model.matrix(), gap=1e-3)
    assert found.bound >= whole.objective - 1e-6
    assert found.objective <= whole.bound + 1e-6


def test_a_first_search_without_a_plan_is_followed_by_the_others(monkeypatch):
    stated = instance(80, 40, candidates=14, seed=1)
    monkeypatch.setattr(program, "_support", lambda split, relaxed: (split.matrix.lower, np.zeros_like(split.matrix.upper)))
    found = plan_nation(stated, gap=5e-3)
    assert found.gap <= 5e-3
    assert faults(stated, found.allocation) == ()


def test_strategic_industries_keep_the_choices_the_relaxation_values_most():
    """Three times as many as each needs (or all it has), none of other industries, and none left out costs less."""
    stated = replace(instance(40, 12, candidates=8, seed=5), strategic_least=2)
    parts = assemble(stated)
    matrix = parts.model.matrix()
    relaxed = highs.run(matrix, relax=True)
    kept, dual = program._needed(Split(stated, parts, matrix), relaxed), np.abs(relaxed.column_duals[parts.plan])
    assert stated.strategic.any()
    for c in range(stated.industries):
        mine = stated.industry == c
        wanted = min(6, int(mine.sum()) * 3) if stated.strategic[c] else 0
        assert kept[mine].sum() == wanted
        if wanted:
            assert dual[mine][kept[mine]].max() <= dual[mine][~kept[mine]].min(initial=np.inf)


@pytest.mark.parametrize("option", highs.LEAN)
def test_the_solver_knows_the_settings_of_a_lean_search(option):
    """An unknown setting would be passed over by the solver in silence."""
    import highspy

    assert highspy.Highs().setOptionValue(option, highs.LEAN[option]) == highspy.HighsStatus.kOk


def test_a_lean_search_proves_the_same_optimum():
    matrix = assemble(instance(14, 12, candidates=7, seed=2)).model.matrix()
    plain, lean = (highs.run(matrix, gap=1e-7, lean=flag) for flag in (False, True))
    assert lean.objective == pytest.approx(plain.objective, abs=1e-5)


def test_the_bound_of_prices_lies_above_every_plan():
    """Any prices prove a bound: none at all, the relaxation's, and three times those; the best plan stays below each."""
    stated = instance(12, 12, candidates=6, seed=4)
    parts = assemble(stated)
    matrix = parts.model.matrix()
    best = highs.run(matrix, gap=1e-9).objective
    split, duals = Split(stated, parts, matrix), highs.run(matrix, relax=True).row_duals
    free, at, far = (split.value(split.signed(k * duals[split.rows]), None)[0] for k in (0.0, 1.0, 3.0))
    assert min(free, at, far) >= best - 1e-6
    assert at < free
    assert coordinate(split, duals[split.rows], gap=1e-6).bound <= at + 1e-9


@pytest.mark.parametrize("seed", range(20))
def test_the_knapsack_of_each_region_against_brute_force(seed):
    """Every region's reply to random prices, with borrowing, against all plans of up to five pairs in two packages."""
    rng = np.random.default_rng(seed)
    stated = random_problem(seed)
    told = Prices(rng.normal(0.5, 1.0, stated.value.shape), float(rng.random()), rng.random(2))
    g = regional(stated)
    reply = best_replies(g, told)
    for r in range(stated.regions):
        pairs = [k for k in range(len(stated.region)) if stated.region[k] == r]
        best = -np.inf
        for choice in itertools.product(range(3), repeat=len(pairs)):
            held = [(k, c - 1) for k, c in zip(pairs, choice, strict=True) if c]
            more = max(0.0, len(held) - stated.most[r])
            extra = np.maximum(0.0, sum((stated.cost[k, c] for k, c in held), np.zeros(2)) - stated.units[r])
            locked = all(k in [h for h, _ in held] for k in pairs if stated.locked[k])
            if len(held) >= stated.least[r] and more <= 1 and (extra <= stated.pool).all() and locked:
                best = max(best, sum(told.net[k, c] for k, c in held) - more * told.place - extra @ told.unit)
        assert reply.value[r] == pytest.approx(best)


def test_a_planted_optimum_on_300_x_100_is_found():
    """Every region's planted industry is worth 1 in either package, all others at most 0.9; bands fit the plant exactly."""
    rng = np.random.default_rng(6)
    r, c, k = 300, 100, 30
    planted = np.arange(r) % c
    others = np.array([np.setdiff1d(rng.permutation(c), [p], assume_unique=True)[: k - 1] for p in planted])
    industry = np.concatenate([planted[:, None], others], axis=1).ravel()
    region = np.repeat(np.arange(r), k)
    first = (np.arange(r * k) % k == 0)[:, None]
    value = np.where(first, [[1.0, 1.0]], 0.9 * rng.random((r * k, 2)))
    stated = national(value, r, c, region, industry, most=np.ones(r), high=np.full(c, 3.0), over=(2.0, 4.0),
                      cost=np.tile([[[1.0], [2.0]]], (r * k, 1, 1)), units=np.full((r, 1), 2.0))  # fmt: skip
    found = plan_nation(stated, gap=1e-6)
    assert found.objective == pytest.approx(300)
    np.testing.assert_array_equal(found.allocation.sum(axis=1), first[:, 0])


def test_conflicts_are_named_in_the_planners_words():
    stated = national([[10], [8]], 2, 1, [0, 1], [0, 0], strategic=np.ones(1, bool), strategic_least=3)
    with pytest.raises(InfeasibleError, match=r"These cannot all hold: enough regions for industry 1\. ->") as error:
        plan_nation(stated)
    assert error.value.exit_code == 4
    costly = national([[10], [8]], 2, 1, [0, 1], [0, 0], cost=np.full((2, 1, 1), 3.0), units=np.ones((2, 1)), pool=np.ones(1),
                      locked=np.array([True, False]), region_codes=("north", "south"), industry_codes=("robots",))  # fmt: skip
    with pytest.raises(InfeasibleError, match=r"locked pair north with robots; own units north; national pool of capability 1\."):
        plan_nation(costly)
    with pytest.raises(InfeasibleError, match=r"national pool of capability talent\."):
        plan_nation(replace(costly, capability_codes=("talent",)))
    full = national([[10], [8]], 1, 2, [0, 0], [0, 1], most=np.ones(1), locked=np.array([True, True]), slots=0)
    with pytest.raises(InfeasibleError, match=r"locked pair .*; largest portfolio of region 1; national pool of further places"):
        plan_nation(full)


@pytest.mark.parametrize("options", [{"gap": np.nan}, {"gap": -1e-3}, {"gap": np.inf}, {"seed": 1.5}])
def test_a_gap_or_a_seed_that_is_none_is_refused(options):
    with pytest.raises(MethodError, match=next(iter(options))):
        plan_nation(example_a(1.0), **options)


def test_an_empty_candidate_set_gives_the_empty_plan_or_names_what_is_asked():
    empty = national(np.zeros((0, 1)), 2, 1, [], [])
    assert plan_nation(replace(empty, region=np.zeros(0, int), industry=np.zeros(0, int))).objective == 0
    asked = replace(empty, region=np.zeros(0, int), industry=np.zeros(0, int), least=np.ones(2))
    with pytest.raises(InfeasibleError, match="smallest portfolio of region"):
        plan_nation(asked)


def test_wider_rules_never_lower_the_value_and_a_higher_price_never_raises_it():
    base = instance(8, 10, candidates=5, seed=2)
    value = plan_nation(base, gap=1e-6).objective
    slack = 1e-5 * value
    wider = ({"high": base.high * 1.3}, {"pool": base.pool + 3}, {"slots": base.slots + 3}, {"units": base.units + 1},
             {"most": base.most + 1}, {"zone_most": base.zone_most + 1}, {"strategic_least": 0},
             {"low": base.low * 0.5})  # fmt: skip
    dearer = ({"over": (0.6, 2.0)}, {"duplication": 1.0}, {"under": 1.0}, {"worst": 3, "floor": float(base.level.min()) + 0.02})
    for change in wider:
        assert plan_nation(replace(base, **change), gap=1e-6).objective >= value - slack, change
    for change in dearer:
        assert plan_nation(replace(base, **change), gap=1e-6).objective <= value + slack, change


def test_a_faulty_plan_and_a_false_objective_are_caught():
    stated = example_a(2.0)
    parts = assemble(stated)
    found = highs.run(parts.model.matrix())
    with pytest.raises(EvidenceError, match="solver counts"):
        checked(stated, parts, found.x, found.objective + 1)
    broken = found.x.copy()
    broken[parts.plan[:2]] = 1.0
    with pytest.raises(EvidenceError, match="pool of places is overdrawn"):
        checked(stated, parts, broken, found.objective)


def test_fractions_of_units_and_prices_upside_down_are_refused():
    with pytest.raises(MethodError, match="whole numbers"):
        example_a(1.0, units=np.full((3, 1), 0.5))
    with pytest.raises(MethodError, match="not below the first"):
        replace(example_a(1.0), over=(2.0, 1.0))
    with pytest.raises(MethodError, match="stands twice"):
        national([[1], [1]], 1, 1, [0, 0], [0, 0])


def test_rows_are_named_when_asked_and_a_name_beyond_the_last_is_refused():
    rows = assemble(replace(example_a(1.0), region_codes=("north", "mid", "south"), industry_codes=("robots", "wine"))).model.rows
    package = rows["package"]
    assert package.names[1] == "north with wine"
    assert package.names[-1] == package.labels[5] == "south with wine"
    assert package.names[1:3] == ("north with wine", "mid with robots")
    with pytest.raises(IndexError):
        package.names[6]
