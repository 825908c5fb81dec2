"""Laws of obstacle degrees, coupling degrees and configurations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.errors import MethodError
from yindi.core.registry import Method
from yindi.diagnose.configure import truth_table
from yindi.diagnose.cubes import contains

ROWS = st.integers(1, 9)
COLUMNS = st.integers(1, 6)
SYSTEMS = st.integers(2, 5)
SEEDS = st.integers(0, 2**32 - 1)


def scores(rows: int, columns: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with exact zeros, ones and ties; positive weights; a frontier some scores lie beyond."""
    rng = np.random.default_rng(seed)
    z = rng.integers(0, 11, size=(rows, columns)) / 10
    return z, rng.uniform(0.1, 3, columns), rng.integers(0, 11, size=columns) / 10


# obstacle


@law("obstacle", "rows_sum_to_one")
def shares_of_what_is_missing(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.booleans())
    def check(rows: int, columns: int, seed: int, peers: bool) -> None:
        z, w, frontier = scores(rows, columns, seed)
        degree = method.fn(z, w, frontier=frontier if peers else None)
        short = (z < (frontier if peers else 1.0)).any(axis=1)
        np.testing.assert_allclose(degree.sum(axis=1), short.astype(float), atol=1e-12)
        assert (degree >= 0).all()

    check()


@law("obstacle", "weight_scale_free")
def scale_of_weights_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS, st.floats(1e-9, 1e9))
    def check(rows: int, columns: int, seed: int, factor: float) -> None:
        z, w, frontier = scores(rows, columns, seed)
        np.testing.assert_allclose(method.fn(z, factor * w, frontier=frontier), method.fn(z, w, frontier=frontier), atol=1e-12)

    check()


@law("obstacle", "order_free")
def order_of_units_and_indicators_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z, w, frontier = scores(rows, columns, seed)
        rng = np.random.default_rng(seed)
        r, c = rng.permutation(rows), rng.permutation(columns)
        shuffled = method.fn(z[np.ix_(r, c)], w[c], frontier=frontier[c])
        np.testing.assert_allclose(shuffled, method.fn(z, w, frontier=frontier)[np.ix_(r, c)], atol=1e-12)

    check()


@law("obstacle", "frontier_is_no_obstacle")
def nothing_is_missing_at_the_frontier(method: Method) -> None:
    @law_settings
    @given(ROWS, COLUMNS, SEEDS)
    def check(rows: int, columns: int, seed: int) -> None:
        z, w, frontier = scores(rows, columns, seed)
        assert (method.fn(z, w, frontier=frontier)[z >= frontier] == 0).all()
        assert not method.fn(z, w, frontier=z).any()

    check()


@law("obstacle", "nearer_is_less")
def an_indicator_that_improves_holds_back_less(method: Method) -> None:
    @law_settings
    @given(COLUMNS, SEEDS, st.floats(0.01, 0.5))
    def check(columns: int, seed: int, step: float) -> None:
        z, w, _ = scores(1, columns, seed)
        better = z.copy()
        better[0, 0] = min(1.0, z[0, 0] + step)
        assert method.fn(better, w)[0, 0] <= method.fn(z, w)[0, 0] + 1e-12

    check()


@law("obstacle", "refuses_nan")
def obstacle_refuses_absent(method: Method) -> None:
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(MethodError):
            method.fn([[0.2, bad]], [1, 1])
        with pytest.raises(MethodError):
            method.fn([[0.2, 0.3]], [1, bad])
        with pytest.raises(MethodError):
            method.fn([[0.2, 0.3]], [1, 1], frontier=[0.5, bad])


# coupling


def systems(rows: int, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 21, size=(rows, n)) / 20


@law("coupling", "in_unit_interval")
def coupling_is_a_share(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS)
    def check(rows: int, n: int, seed: int) -> None:
        c = method.fn(systems(rows, n, seed))
        assert c.shape == (rows,)
        assert ((c >= 0) & (c <= 1)).all()

    check()


@law("coupling", "one_at_equality")
def equal_systems_couple_fully(method: Method) -> None:
    @law_settings
    @given(st.floats(0, 1), SYSTEMS)
    def check(height: float, n: int) -> None:
        assert float(method.fn([height] * n)) == pytest.approx(1, abs=1e-12)

    check()


@law("coupling", "order_free")
def order_of_systems_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS)
    def check(rows: int, n: int, seed: int) -> None:
        u = systems(rows, n, seed)
        order = np.random.default_rng(seed).permutation(n)
        np.testing.assert_allclose(method.fn(u[:, order]), method.fn(u), atol=1e-12)

    check()


@law("coupling", "zero_where_a_system_is_zero")
def a_missing_system_couples_with_nothing(method: Method) -> None:
    @law_settings
    @given(SYSTEMS, SEEDS)
    def check(n: int, seed: int) -> None:
        u = systems(1, n, seed)[0]
        u[0], u[1] = 0.0, 0.7
        assert float(method.fn(u)) == 0.0

    check()


@law("coupling", "further_apart_is_less")
def systems_further_apart_couple_less(method: Method) -> None:
    @law_settings
    @given(st.floats(0.01, 0.99), st.floats(0.001, 0.5), st.floats(0.001, 0.5))
    def check(high: float, near: float, more: float) -> None:
        low = max(0.0, high - near)
        assert float(method.fn([high, max(0.0, low - more)])) <= float(method.fn([high, low])) + 1e-12

    check()


@law("coupling", "unit_free")
def a_common_factor_does_not_matter(method: Method) -> None:
    @law_settings
    @given(ROWS, SYSTEMS, SEEDS, st.floats(0.01, 1))
    def check(rows: int, n: int, seed: int, factor: float) -> None:
        u = systems(rows, n, seed)
        np.testing.assert_allclose(method.fn(factor * u), method.fn(u), atol=1e-12)

    check()


@law("coupling", "refuses_nan")
def coupling_refuses_absent(method: Method) -> None:
    for bad in (np.nan, np.inf, -np.inf, 1.01, -0.01):
        with pytest.raises(MethodError):
            method.fn([[0.5, bad]])


# configuration


def sets(cases: int, conditions: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Fuzzy memberships without exact halves, and an outcome that depends on them."""
    rng = np.random.default_rng(seed)
    x = np.round(rng.random((cases, conditions)) * 0.98 + 0.01, 3)
    x[x == 0.5] = 0.501
    return x, np.round(np.clip(np.minimum(x[:, 0], x[:, -1]) + 0.2 * rng.random(cases), 0, 1), 3)


CASES = st.integers(12, 40)
CONDITIONS = st.integers(2, 4)


@law("configuration", "refuses_nan")
def configuration_refuses_absent(method: Method) -> None:
    second = [1.0, 2.0, 3.0] if method.name == "calibrate" else [0.1, 0.6, 0.9]
    for bad in (np.nan, np.inf, -np.inf):
        with pytest.raises(MethodError):
            method.fn([0.2, bad, 0.7], second)


@law("configuration", "anchors_are_kept")
def anchors_get_their_membership(method: Method) -> None:
    @law_settings
    @given(SEEDS, st.floats(0.6, 0.999), st.booleans())
    def check(seed: int, inclusion: float, falling: bool) -> None:
        anchors = np.cumsum(np.random.default_rng(seed).uniform(0.1, 5, 3)) * (-1 if falling else 1)
        np.testing.assert_allclose(method.fn(anchors, anchors, inclusion=inclusion), [1 - inclusion, 0.5, inclusion], atol=1e-12)

    check()


@law("configuration", "monotone_membership")
def more_is_never_less_a_member(method: Method) -> None:
    @law_settings
    @given(SEEDS)
    def check(seed: int) -> None:
        rng = np.random.default_rng(seed)
        member = method.fn(np.sort(rng.uniform(-10, 10, 50)), [-3.0, 1.0, 2.0])
        assert (np.diff(member) >= 0).all()
        assert ((member >= 0) & (member <= 1)).all()

    check()


@law("configuration", "unit_free_membership")
def unit_of_the_raw_values_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SEEDS, st.floats(0.01, 100), st.floats(-50, 50))
    def check(seed: int, factor: float, shift: float) -> None:
        x, anchors = np.random.default_rng(seed).uniform(-5, 5, 20), np.array([-3.0, 1.0, 2.0])
        np.testing.assert_allclose(method.fn(factor * x + shift, factor * anchors + shift), method.fn(x, anchors), atol=1e-7)

    check()


@law("configuration", "fit_in_unit_interval")
def parameters_of_fit_are_shares(method: Method) -> None:
    @law_settings
    @given(CASES, CONDITIONS, SEEDS)
    def check(cases: int, conditions: int, seed: int) -> None:
        fit = method.fn(*sets(cases, conditions, seed))
        for values in (fit.inclusion, fit.coverage, fit.pri, fit.relevance):
            assert values.shape == (conditions,)
            assert ((values >= 0) & (values <= 1 + 1e-12)).all()

    check()


@law("configuration", "superset_is_necessary")
def a_set_above_the_outcome_is_necessary(method: Method) -> None:
    @law_settings
    @given(CASES, SEEDS)
    def check(cases: int, seed: int) -> None:
        x, y = sets(cases, 2, seed)
        assert method.fn(np.maximum(x[:, 0], y), y).inclusion[0] == pytest.approx(1)

    check()


@law("configuration", "subset_is_sufficient")
def a_set_below_the_outcome_is_sufficient(method: Method) -> None:
    @law_settings
    @given(CASES, SEEDS)
    def check(cases: int, seed: int) -> None:
        x, y = sets(cases, 2, seed)
        assert method.fn(np.minimum(x[:, 0], y), y).inclusion[0] == pytest.approx(1)

    check()


@law("configuration", "every_case_in_one_row")
def rows_share_out_the_cases(method: Method) -> None:
    @law_settings
    @given(CASES, CONDITIONS, SEEDS)
    def check(cases: int, conditions: int, seed: int) -> None:
        table = method.fn(*sets(cases, conditions, seed))
        assert sorted(c for row in table.cases for c in row) == list(range(cases))
        assert [len(row) for row in table.cases] == table.n.tolist()

    check()


def _told(method: Method, x: np.ndarray, y: np.ndarray) -> object:
    if method.name == "nca":
        return round(method.fn(x[:, 0], y, ceiling="cr_fdh").effect, 12)
    table = truth_table(x, y)
    if method.name == "truth_table":
        return [table.row.tolist(), table.output, np.round(table.inclusion, 12).tolist()]
    if not {"0", "1"} <= set(table.output):
        return ()
    return [method.fn(table, solution=k).expressions for k in ("conservative", "parsimonious", "intermediate")]


@law("configuration", "case_order_free")
def order_of_cases_does_not_matter(method: Method) -> None:
    @law_settings
    @given(CASES, CONDITIONS, SEEDS)
    def check(cases: int, conditions: int, seed: int) -> None:
        x, y = sets(cases, conditions, seed)
        order = np.random.default_rng(seed).permutation(cases)
        assert _told(method, x[order], y[order]) == _told(method, x, y)

    check()


@law("configuration", "solution_covers_what_it_explains")
def solutions_hold_all_positive_and_no_negative_rows(method: Method) -> None:
    @law_settings
    @given(CASES, CONDITIONS, SEEDS, st.sampled_from(["conservative", "parsimonious", "intermediate"]))
    def check(cases: int, conditions: int, seed: int, kind: str) -> None:
        table = truth_table(*sets(cases, conditions, seed))
        if not {"0", "1"} <= set(table.output):
            return
        found = method.fn(table, solution=kind)
        on, off = (table.configurations[[o == w for o in table.output]] for w in "10")
        for model in found.models:
            terms = [found.terms[p] for p in model]
            assert np.any([contains(t, on) for t in terms], axis=0).all()
            assert not np.any([contains(t, off) for t in terms])

    check()


@law("configuration", "effect_in_unit_interval")
def effect_size_is_a_share(method: Method) -> None:
    @law_settings
    @given(CASES, SEEDS, st.sampled_from(["ce_fdh", "cr_fdh"]))
    def check(cases: int, seed: int, ceiling: str) -> None:
        x, y = sets(cases, 2, seed)
        found = method.fn(x[:, 0], y, ceiling=ceiling, permutations=19, seed=seed)
        assert 0 <= found.effect < 1
        assert 0.05 <= found.p <= 1
        assert (np.diff(found.bottleneck()) >= -1e-12).all()

    check()


@law("configuration", "effect_unit_free")
def units_do_not_change_the_effect(method: Method) -> None:
    @law_settings
    @given(CASES, SEEDS, st.floats(0.01, 100), st.floats(-50, 50), st.sampled_from(["ce_fdh", "cr_fdh"]))
    def check(cases: int, seed: int, factor: float, shift: float, ceiling: str) -> None:
        x, y = sets(cases, 2, seed)
        moved = method.fn(factor * x[:, 0] + shift, 3 * y - 7, ceiling=ceiling)
        assert moved.effect == pytest.approx(method.fn(x[:, 0], y, ceiling=ceiling).effect, abs=1e-7)

    check()
