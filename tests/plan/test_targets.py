"""Targets: worked by hand, in limiting cases, and on the example; no target without evidence."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from yindi.core.errors import EvidenceError, MethodError
from yindi.core.study import Bench
from yindi.plan import goals, making, stage, targets
from yindi.plan.targets import Course, Rules, candidates, from_scale, to_scale

LOOSE = Rules(pace=10.0)


def course(values, *, direction: int = 1, bound: str = "positive", span=None, seen=None) -> Course:
    values = np.asarray(values, dtype=float)
    there = np.isfinite(values) if seen is None else np.asarray(seen)
    scaled = np.full(values.shape, np.nan)
    scaled[there] = to_scale(values[there], bound)
    inside = np.ones(values.shape[1], bool) if span is None else np.asarray(span)
    return Course(scaled, there, inside, direction)


def found(c: Course, peers, horizon: int, *, rules: Rules = LOOSE, **options):
    last = c.values.shape[1] - 1
    at = targets.last_seen(c, last, 0)
    return candidates(c, np.asarray(peers), at, last, np.full(len(at), horizon), rules, **options)


def alone(rows: int) -> np.ndarray:
    return np.full((rows, 3), -1)


def test_the_trend_is_the_median_change_and_one_wild_year_does_not_move_it():
    # changes: x1.1, x1.1, x1.1, x3; median x1.1; two years on from 399.3: 399.3 x 1.21 = 483.153
    c = course([[100, 110, 121, 133.1, 399.3]])
    got = found(c, alone(1), 2)
    assert from_scale(got.trend, "positive")[0] == pytest.approx(483.153)
    assert from_scale(got.chosen, "positive")[0] == pytest.approx(483.153)
    assert got.method[0] == targets.TREND


def test_damped_growth_is_worth_less_each_year_and_without_damping_it_is_the_trend():
    # half of the growth is kept each year: 1/2 + 1/4 + 1/8 = 0.875 years' worth of x1.1 in three years: 100 x 1.1^0.875
    c = course([[100 / 1.1**4, 100 / 1.1**3, 100 / 1.1**2, 100 / 1.1, 100]])
    assert targets.damped(np.array([3.0]), 0.5)[0] == pytest.approx(0.875)
    got = found(c, alone(1), 3, rules=replace(LOOSE, damping=0.5))
    assert from_scale(got.trend, "positive")[0] == pytest.approx(100 * 1.1**0.875)
    assert targets.damped(np.array([3.0, 7.0]), 1.0).tolist() == [3.0, 7.0]
    assert targets.damped(np.array([3.0]), 1 - 1e-9)[0] == pytest.approx(3.0)
    for wrong in (0.0, 1.5):
        with pytest.raises(MethodError, match="damping"):
            targets.damped(np.array([3.0]), wrong)


def test_changes_across_a_break_and_beside_absent_years_do_not_count():
    values = [[50, 500, 505, np.nan, 520, 530, 540, 551]]
    span = [False, True, True, True, True, True, True, True]
    changes = targets.yearly_changes(course(values, span=span), 7)
    known = np.isfinite(changes[0])
    # left: 500-505, 520-530, 530-540, 540-551; not 50-500 (break), not 505-nan-520
    assert known.tolist() == [False, True, False, False, True, True, True]
    assert np.exp(changes[0][known]) == pytest.approx([505 / 500, 530 / 520, 540 / 530, 551 / 540])


def test_fewer_changes_than_asked_for_give_no_target():
    c = course([[100, 110, 121, 133.1]])
    assert np.isnan(found(c, alone(1), 5).chosen[0])
    assert np.isfinite(found(c, alone(1), 5, rules=replace(LOOSE, changes=3)).chosen[0])


def test_peers_pull_a_region_half_of_the_way_to_their_upper_quartile():
    # five peers of 10, 20, 40, 80, 160, all standing still: the value at the third quartile is 80. From 20, half of the way in
    # logarithms: sqrt(20 x 80) = 40.
    levels = [20, 10, 20, 40, 80, 160]
    c = course([[x] * 6 for x in levels])
    got = found(c, [[1, 2, 3, 4, 5]] * 6, 7)
    assert from_scale(got.peers, "positive")[0] == pytest.approx(40.0)
    assert got.model[0] == 4
    assert np.isnan(got.peers[5]), "who stands above the frontier is not pulled back"


def test_the_frontier_moves_on_with_the_peers():
    # as above, all peers grow by a tenth each year, the region stands still; seven years on 40 becomes 40 x 1.1^7
    grow = 1.1 ** np.arange(-5, 1)
    c = course([[20] * 6, *([x * g for g in grow] for x in (10, 20, 40, 80, 160))])
    got = found(c, [[1, 2, 3, 4, 5]] * 6, 7)
    assert from_scale(got.peers, "positive")[0] == pytest.approx(40 * 1.1**7)
    assert got.method[0] == targets.PEERS


def test_less_is_better_where_the_direction_says_so():
    # peers of 8, 4, 2, 1 and 0.5 stand still; the better quartile is 1; from 4 half of the way: 2
    c = course([[4] * 6, *([x] * 6 for x in (8, 4, 2, 1, 0.5))], direction=-1)
    got = found(c, [[1, 2, 3, 4, 5]] * 6, 7, rules=replace(LOOSE, peers=3))
    assert from_scale(got.peers, "positive")[0] == pytest.approx(2.0)


def test_no_target_asks_for_more_than_the_fastest_ever_kept_up():
    # nobody ever moved: the peers' frontier is far, but the fastest growth over the years is none: the base is held
    c = course([[20] * 6, *([x] * 6 for x in (10, 20, 40, 80, 160))])
    got = found(c, [[1, 2, 3, 4, 5]] * 6, 5)
    assert got.method[0] == targets.HOLD
    assert from_scale(got.chosen, "positive")[0] == pytest.approx(20.0)


def test_a_pace_is_the_most_that_is_asked_for():
    c = course([[1.0, 2, 4, 8, 16]])
    got = found(c, alone(1), 2, rules=Rules(pace=np.log(1.2)))
    assert from_scale(got.chosen, "positive")[0] == pytest.approx(16 * 1.44)
    assert got.capped[0]


def test_a_falling_trend_is_held_not_planned():
    c = course([[100, 90, 81, 72.9, 65.61]])
    got = found(c, alone(1), 4)
    assert got.method[0] == targets.HOLD
    assert from_scale(got.chosen, "positive")[0] == pytest.approx(65.61)


def test_a_total_has_no_peers():
    c = course([[20] * 6, *([x] * 6 for x in (10, 20, 40, 80, 160))])
    assert np.isnan(found(c, [[1, 2, 3, 4, 5]] * 6, 7, total=True).peers).all()


def test_a_percentage_stays_below_the_whole():
    c = course([[80, 85, 89, 92, 94.5]], bound="percent")
    far = from_scale(found(c, alone(1), 60).chosen, "percent")[0]
    assert 99 < far < 100


def test_regions_in_another_order_get_the_same_targets():
    rng = np.random.default_rng(5)
    values = np.exp(np.cumsum(rng.normal(0.05, 0.05, (9, 8)), axis=1))
    peers = np.array([[(r + n) % 9 for n in (1, 2, 4, 5)] for r in range(9)])
    turn = rng.permutation(9)
    back = np.argsort(turn)
    one, two = found(course(values), peers, 7), found(course(values[turn]), back[peers[turn]], 7)
    assert two.chosen == pytest.approx(one.chosen[turn], nan_ok=True)


def test_skill_of_past_targets_by_hand():
    # results over targets: 1.1, 0.9, 1.0, 1.2, 0.8: median 0, median size 0.1, three of five reached
    target, actual = np.log(np.full(5, 10.0)), np.log([11, 9, 10, 12, 8.0])
    s = targets.skill(target, actual, years=5, direction=1, bound="positive", tail=0.0)
    assert (s.regions, s.reached) == (5, 0.6)
    assert (s.miss, s.size) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.1))
    assert (s.low, s.high) == (pytest.approx(np.log(0.8) / 5), pytest.approx(np.log(1.2) / 5))
    assert targets.skill(target[:4], actual[:4], years=5, direction=1, bound="positive", tail=0.1) is None


def test_a_world_of_steady_growth_is_foretold_without_a_miss():
    rates = np.linspace(0.01, 0.08, 8)
    c = course([100 * np.exp(r * np.arange(11)) for r in rates])
    got = targets.hindcast(c, alone(8), LOOSE, years=5, bound="positive")
    assert got["trend"].size == pytest.approx(0.0, abs=1e-9)
    assert got["chosen"].reached == 1.0
    assert got["hold"].size > 0.05


def test_a_hindcast_never_looks_ahead():
    values = np.exp(np.cumsum(np.random.default_rng(2).normal(0.05, 0.1, (8, 11)), axis=1))
    later = values.copy()
    later[:, 6:] *= 7.0
    peers = np.array([[(r + n) % 8 for n in (1, 2, 3)] for r in range(8)])
    made = [candidates(course(v), peers, np.full(8, 5), 5, np.full(8, 5), Rules()).chosen for v in (values, later)]
    assert made[0] == pytest.approx(made[1])


def test_a_method_that_too_few_reached_gives_way():
    good, bad = (targets.Skill(20, 0.0, 0.1, x, 0.0, 0.0) for x in (0.5, 0.1))
    rules = Rules(reach=0.2)
    assert targets.usable({"trend": good, "peers": bad}, rules) == (True, False)
    assert targets.usable({"trend": bad, "peers": good}, rules) == (False, True)
    assert targets.usable({"trend": bad, "peers": bad}, rules) == (True, False)
    assert targets.usable({"trend": None, "peers": None}, rules) == (True, True)


@pytest.mark.parametrize(
    ("last", "expected"), [(2023, (2027, 2030)), (2025, (2028, 2030)), (2026, (2031, 2035)), (2020, (2023, 2025))]
)
def test_the_period_ends_with_the_next_half_decade_five_years_on(last, expected):
    assert targets.period(last, None) == expected


def test_a_period_in_the_past_or_out_of_order_is_refused():
    assert targets.period(2023, (2026, 2028)) == (2026, 2028)
    for wrong in ((2023, 2028), (2028, 2026)):
        with pytest.raises(MethodError, match=r"plan\.period"):
            targets.period(2023, wrong)


def test_growth_of_what_is_not_positive_is_refused():
    with pytest.raises(MethodError, match="positive"):
        to_scale(np.array([1.0, 0.0]), "nonnegative")


# ---- the example


def test_every_target_of_the_example_names_its_evidence_and_every_gap_its_reason(drafted):
    table = drafted.table("plan.targets")
    goals.evidenced(table)
    reasons = {v: set(table.array("reason")[:, n]) for n, v in enumerate(table.labels("variable"))}
    assert reasons["population"] == {"no_goal"}
    assert reasons["telecom"] == {"broken_series"}
    assert table.text("reason", region="540000", variable="software") == "not_observed"
    assert set(table.array("duty")[:, table.labels("variable").index("rd_spend")]) == {"expected"}


def test_no_base_is_a_filled_value(drafted):
    table, panel = drafted.table("plan.targets"), drafted.panel
    base = table.array("base")
    for r, k in np.argwhere(np.isfinite(base)):
        year = str(table.array("year")[r, k])
        cell = drafted.table("panel").text("status", region=panel.regions[r], year=year, indicator=panel.items[k])
        assert cell in ("observed", "corrected", "derived")
        assert base[r, k] == panel.values[r, panel.years.index(year), k], "to the last digit"
    assert table.text("year", region="630000", variable="software") == "2022", "its last year is filled"


def test_targets_lie_on_the_way_and_inside_their_range(drafted):
    table = drafted.table("plan.targets")
    c = {n: table.array(n) for n in ("base", "middle", "final", "low", "high")}
    known = np.isfinite(c["final"])
    up = np.array([drafted.variables[v].direction for v in table.labels("variable")]) * np.ones(known.shape)
    assert (up * (c["middle"] - c["base"]) >= -1e-9)[known].all()
    assert (up * (c["final"] - c["middle"]) >= -1e-9)[known].all()
    ranged = known & np.isfinite(c["low"])
    assert (c["low"] <= c["final"] + 1e-9)[ranged].all()
    assert (c["high"] >= c["final"] - 1e-9)[ranged].all()
    percent = table.labels("variable").index("urbanisation")
    assert (c["final"][:, percent] < 100).all()


def test_one_trend_target_of_the_example_worked_by_hand(drafted):
    # Gansu, railway: observed every year; median of the ten yearly changes of the panel, seven years on from 2023
    panel = drafted.panel
    r, k = panel.regions.index("620000"), panel.items.index("railway")
    ratios = sorted(panel.values[r, t + 1, k] / panel.values[r, t, k] for t in range(10))
    middle = (ratios[4] * ratios[5]) ** 0.5
    got = drafted.table("plan.targets").number("final", region="620000", variable="railway")
    years = 0.9 + 0.81 + 0.729 + 0.6561 + 0.59049 + 0.531441 + 0.4782969  # seven years, each keeps nine tenths
    assert got == pytest.approx(panel.values[r, -1, k] * middle**years)


@pytest.mark.parametrize("column", ["method", "source", "year", "unit"])
def test_a_target_without_evidence_is_refused(drafted, column):
    table = drafted.table("plan.targets")
    broken = table.array(column).copy()
    broken[3, table.labels("variable").index("rd_spend")] = ""
    with pytest.raises(EvidenceError, match="rd_spend of 140000"):
        goals.evidenced(replace(table, columns={**table.columns, column: broken}))


def test_a_gap_without_a_reason_is_refused(drafted):
    table = drafted.table("plan.targets")
    broken = np.where(table.array("reason") == "no_goal", "", table.array("reason"))
    with pytest.raises(EvidenceError, match="population of 110000"):
        goals.evidenced(replace(table, columns={**table.columns, "reason": broken}))


def test_a_stored_target_without_evidence_is_refused_when_the_words_are_checked(drafted):
    table = drafted.table("plan.targets")
    broken = replace(table, columns={**table.columns, "source": np.full(table.shape, "")})
    plan = replace(drafted.plan, targets=broken)
    with pytest.raises(EvidenceError, match="without evidence"):
        stage.reworded(replace(drafted, results={**drafted.results, "plan": plan}))


def test_all_tables_of_the_example_take_less_than_a_second(laid_out):
    study = making.with_departments(laid_out)

    def once() -> float:
        start = time.process_time()
        making.tables(Bench(study, "plan"))
        return time.process_time() - start

    assert min(once() for _ in range(3)) < 1.0
