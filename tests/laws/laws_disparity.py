"""Laws of inequality, polarisation, decomposition, distribution, association, convergence and spatial panels."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from laws import law, law_settings
from yindi.core.registry import Method

SIZES = st.integers(6, 14)
SEEDS = st.integers(0, 2**32 - 1)
QUICK = {"permutations": 99, "draws": 49, "most": 2}
FLAT_TOLERANCE = 1e-12
RANDOM = ("p", "p_adjusted", "significant", "z", "expected")
INDICES = ("inequality", "polarisation")


def amounts(n: int, seed: int) -> np.ndarray:
    """Positive values with some ties."""
    return np.random.default_rng(seed).integers(1, 40, n) / 8.0


def labels(n: int, seed: int) -> np.ndarray:
    return np.array(["b", "a", "c"])[np.random.default_rng(seed + 1).permutation(np.arange(n) % 3)]


def ring(n: int) -> np.ndarray:
    """Each of n units has the two beside it as neighbours, and the first also the fourth."""
    w = np.zeros((n, n))
    for i in range(n):
        w[i, (i + 1) % n] = w[(i + 1) % n, i] = 1.0
    w[0, 3] = w[3, 0] = 1.0
    return w / w.sum(axis=1, keepdims=True)


def panel(n: int, seed: int, years: int = 8) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.exp(rng.normal(0, 0.5, (n, 1)) + 0.05 * np.arange(years) + 0.1 * rng.standard_normal((n, years)))


def quick(method: Method) -> dict[str, Any]:
    return {name: value for name, value in QUICK.items() if name in method.params}


def index(method: Method, y: np.ndarray, groups: np.ndarray, **more: Any) -> float:
    if method.name == "esteban_ray":
        return float(method.fn(y, groups, alpha=1.3, **more))
    return float(method.fn(y, **more))


def numbers_of(result: Any, *, without: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """Every number of a result by field, nested results included."""
    out: dict[str, np.ndarray] = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if field.name in without or value is None or isinstance(value, str | bool):
            continue
        if is_dataclass(value):
            out.update({f"{field.name}.{k}": v for k, v in numbers_of(value, without=without).items()})
        elif isinstance(value, int | float | np.ndarray) and np.asarray(value).dtype.kind in "fiu":
            out[field.name] = np.asarray(value, dtype=float)
    return out


def same(left: Any, right: Any, *, without: tuple[str, ...] = (), tolerance: float = 1e-8) -> None:
    one, other = numbers_of(left, without=without), numbers_of(right, without=without)
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], rtol=tolerance, atol=tolerance, err_msg=name)


def each(kinds: tuple[str, ...], name: str) -> Callable[[Callable[[Method], None]], Callable[[Method], None]]:
    """The same law for several kinds."""

    def keep(check: Callable[[Method], None]) -> Callable[[Method], None]:
        for kind in kinds:
            law(kind, name)(check)
        return check

    return keep


# indices


@each(INDICES, "symmetric")
def order_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, groups, order = amounts(n, seed), labels(n, seed), np.random.default_rng(seed).permutation(n)
        assert abs(index(method, y[order], groups[order]) - index(method, y, groups)) < 1e-10

    check()


@each(INDICES, "scale_free")
def unit_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(1e-6, 1e9))
    def check(n: int, seed: int, factor: float) -> None:
        y, groups = amounts(n, seed), labels(n, seed)
        assert abs(index(method, factor * y, groups) - index(method, y, groups)) < 1e-9

    check()


@each(INDICES, "zero_at_equality")
def equal_values_show_nothing(method: Method) -> None:
    @law_settings
    @given(SIZES, st.floats(1e-6, 1e9))
    def check(n: int, value: float) -> None:
        noisy = value * (1 + 1e-15 * np.arange(n))
        for y in (np.full(n, value), noisy):
            assert abs(index(method, y, labels(n, n))) < FLAT_TOLERANCE

    check()


@each(INDICES, "replication_free")
def copies_do_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.integers(2, 4))
    def check(n: int, seed: int, times: int) -> None:
        y, groups = amounts(n, seed), labels(n, seed)
        assert abs(index(method, np.tile(y, times), np.tile(groups, times)) - index(method, y, groups)) < 1e-9

    check()


@law("inequality", "transfer")
def giving_to_a_poorer_one_lowers_it(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.05, 0.45))
    def check(n: int, seed: int, part: float) -> None:
        y = amounts(n, seed) + 0.3 * np.arange(n)
        poor, rich = int(y.argmin()), int(y.argmax())
        moved = y.copy()
        moved[poor] += part * (y[rich] - y[poor])
        moved[rich] -= part * (y[rich] - y[poor])
        assert method.fn(moved) < method.fn(y)

    check()


@law("inequality", "weights_as_copies")
def a_weight_of_three_is_three_people(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, people = amounts(n, seed), np.random.default_rng(seed).integers(1, 5, n)
        assert abs(method.fn(y, weights=people) - method.fn(np.repeat(y, people))) < 1e-10

    check()


# decompositions: the nested one gets the groups inside two larger ones


def decomposed(method: Method, y: np.ndarray, groups: np.ndarray, **more: Any) -> Any:
    if method.name == "theil_nested":
        return method.fn(y, np.where(groups == sorted(groups)[0], "one", "two"), groups, **more)
    return method.fn(y, groups, **more)


@law("decomposition", "parts_sum")
def parts_add_up(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        found = numbers_of(decomposed(method, amounts(n, seed), labels(n, seed), weights=amounts(n, seed + 5)))
        whole = found["gini"] if method.name == "dagum" else found["total"]
        parts = [found[p] for p in ("within", "between", "transvariation", "between_outer", "between_inner") if p in found]
        assert abs(sum(parts) - whole) < 1e-12
        assert min(parts) > -1e-12

    check()


@law("decomposition", "symmetric")
def order_of_units_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, groups, order = amounts(n, seed), labels(n, seed), np.random.default_rng(seed).permutation(n)
        same(decomposed(method, y[order], groups[order]), decomposed(method, y, groups))

    check()


@law("decomposition", "scale_free")
def parts_have_no_unit(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(1e-3, 1e6))
    def check(n: int, seed: int, factor: float) -> None:
        y, groups = amounts(n, seed), labels(n, seed)
        same(decomposed(method, factor * y, groups), decomposed(method, y, groups), without=("mean", "gross"))

    check()


@law("decomposition", "zero_at_equality")
def equal_values_have_no_parts(method: Method) -> None:
    @law_settings
    @given(SIZES, st.floats(1e-3, 1e6))
    def check(n: int, value: float) -> None:
        found = numbers_of(decomposed(method, value * (1 + 1e-15 * np.arange(n)), labels(n, n)))
        for part in ("gini", "total", "within", "between", "transvariation", "pairs.distance"):
            assert np.abs(found.get(part, np.zeros(1))).max() < FLAT_TOLERANCE

    check()


@law("decomposition", "group_names_free")
def names_of_groups_do_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, groups = amounts(n, seed), labels(n, seed)
        renamed = np.array([{"a": "x", "b": "y", "c": "z"}[g] for g in groups])
        same(decomposed(method, y, renamed), decomposed(method, y, groups))

    check()


@law("decomposition", "weights_as_copies")
def weights_stand_for_copies(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, groups, people = amounts(n, seed), labels(n, seed), np.random.default_rng(seed).integers(1, 5, n)
        same(decomposed(method, y, groups, weights=people), decomposed(method, np.repeat(y, people), np.repeat(groups, people)))

    check()


# distributions


@each(("distribution",), "integrates_to_one")
def area_is_one(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.sampled_from(["silverman", "scott", "matlab", "stata"]))
    def check(n: int, seed: int, rule: str) -> None:
        found = method.fn(amounts(n, seed) + 0.01 * np.arange(n), bandwidth=rule)
        assert abs(np.trapezoid(found.density, found.grid) - 1) < 2e-3
        assert found.density.min() >= 0

    check()


@each(("distribution",), "symmetric_density")
def mirrored_data_have_the_mirrored_density(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y = amounts(n, seed) + 0.01 * np.arange(n)
        one, other = method.fn(y), method.fn(-y)
        np.testing.assert_allclose(other.density[::-1], one.density, rtol=1e-6, atol=1e-9)

    check()


@each(("distribution",), "shift_with_data")
def density_moves_with_the_data(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(-50, 50))
    def check(n: int, seed: int, shift: float) -> None:
        y = amounts(n, seed) + 0.01 * np.arange(n)
        np.testing.assert_allclose(method.fn(y + shift).density, method.fn(y).density, rtol=1e-6, atol=1e-9)

    check()


@each(("distribution",), "order_free")
def order_does_not_change_the_shape(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y = amounts(n, seed) + 0.01 * np.arange(n)
        few = {name: 9 if name == "draws" else value for name, value in quick(method).items()}
        same(method.fn(np.random.default_rng(seed).permutation(y), **few), method.fn(y, **few))

    check()


@each(("distribution",), "scale_free")
def counts_have_no_unit(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.01, 1000))
    def check(n: int, seed: int, factor: float) -> None:
        y = amounts(n, seed) + 0.01 * np.arange(n)
        assert method.fn(factor * y).counts.tolist() == method.fn(y).counts.tolist()

    check()


@each(("distribution",), "rows_sum_to_one")
def rows_are_distributions(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.integers(2, 5))
    def check(n: int, seed: int, k: int) -> None:
        places = [ring(n)] if "w" in inspect.signature(method.fn).parameters else []
        found = method.fn(panel(n, seed), *places, k=k)
        np.testing.assert_allclose(found.p.sum(axis=-1), (found.n > 0).astype(float), atol=1e-12)
        assert found.counts.sum() == n * 7
        assert found.counts.shape[-2:] == (k, k)

    check()


@each(("distribution", "convergence"), "regions_order_free")
def order_of_regions_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, order = panel(n, seed), np.random.default_rng(seed).permutation(n)
        one, other = method.fn(y, **quick(method)), method.fn(y[order], **quick(method))
        same(one, other, without=("classes", "club", "members"), tolerance=1e-6)
        for name in {"classes", "club"} & {f.name for f in fields(one)}:
            np.testing.assert_array_equal(getattr(one, name)[order], getattr(other, name))

    check()


@law("convergence", "scale_free_panel")
def unit_does_not_change_convergence(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.01, 1000))
    def check(n: int, seed: int, factor: float) -> None:
        y = panel(n, seed)
        same(method.fn(factor * y), method.fn(y), tolerance=1e-6)

    check()


# association: x beside y where the method takes both


def associated(method: Method, y: np.ndarray, w: np.ndarray, other: np.ndarray) -> Any:
    both = "x" in inspect.signature(method.fn).parameters
    return method.fn(other, y, w, **quick(method)) if both else method.fn(y, w, **quick(method))


def measured(result: Any) -> dict[str, np.ndarray]:
    """What does not depend on random draws."""
    return numbers_of(result, without=RANDOM)


@law("association", "scale_free")
def unit_does_not_change_association(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.01, 1000))
    def check(n: int, seed: int, factor: float) -> None:
        y, x, w = amounts(n, seed) + 0.01 * np.arange(n), amounts(n, seed + 3) + 0.01 * np.arange(n), ring(n)
        one, other = associated(method, y, w, x), associated(method, factor * y, w, factor * x)
        same(one, other, tolerance=1e-6)

    check()


@law("association", "shift_free")
def level_does_not_change_association(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(-50, 50))
    def check(n: int, seed: int, shift: float) -> None:
        y, x, w = amounts(n, seed) + 0.01 * np.arange(n), amounts(n, seed + 3) + 0.01 * np.arange(n), ring(n)
        same(associated(method, y, w, x), associated(method, y + shift, w, x + shift), tolerance=1e-6)

    check()


def _relabelled(method: Method, n: int, seed: int) -> tuple[Any, Any, np.ndarray]:
    y, x, w = amounts(n, seed) + 0.01 * np.arange(n), amounts(n, seed + 3) + 0.01 * np.arange(n), ring(n)
    order = np.random.default_rng(seed).permutation(n)
    return associated(method, y, w, x), associated(method, y[order], w[np.ix_(order, order)], x[order]), order


@law("association", "order_free")
def relabelling_units_and_weights_together_changes_nothing(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        one, other, _ = _relabelled(method, n, seed)
        left, right = measured(one), measured(other)
        for name in left:
            np.testing.assert_allclose(left[name], right[name], rtol=1e-9, atol=1e-12, err_msg=name)

    check()


@law("association", "order_free_local")
def relabelling_moves_the_local_values_along(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        one, other, order = _relabelled(method, n, seed)
        for name in ("i", "expected", "variance", "z"):
            np.testing.assert_allclose(getattr(one, name)[order], getattr(other, name), rtol=1e-9, atol=1e-12)
        assert (one.quadrant[order] == other.quadrant).all()

    check()


# changes and warnings


@law("decomposition", "change_parts_sum")
def cells_sum_to_the_change(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        found = method.fn(amounts(n, seed), amounts(n, seed + 9), labels(n, seed))
        assert abs(found.inequality.sum() + found.shares.sum() - found.gini) < 1e-12
        assert abs(found.within + found.between + found.transvariation - found.gini) < 1e-12

    check()


@law("decomposition", "change_antisymmetric")
def backwards_is_the_opposite(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        one, two, groups = amounts(n, seed), amounts(n, seed + 9), labels(n, seed)
        there, back = numbers_of(method.fn(one, two, groups)), numbers_of(method.fn(two, one, groups))
        for name, values in there.items():
            np.testing.assert_allclose(values, -back[name], atol=1e-12, err_msg=name)

    check()


@law("polarisation", "silent_without_rise")
def converging_regions_raise_no_alarm(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y = amounts(n, seed) + 0.01 * np.arange(n)
        closing = np.stack([y.mean() + (y - y.mean()) * 0.8**t for t in range(6)], axis=1)
        found = method.fn(closing, labels(n, seed), bootstrap=20)
        assert found.level == "none"
        assert all(s.rise == 0 and not s.drivers.any() for s in found.signals)

    check()


# places and networks


@law("spatial", "points_order_free")
def order_of_places_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        places, order = _places(n, seed), np.random.default_rng(seed).permutation(n)
        one, other = method.fn(places, amounts(n, seed)), method.fn(places[order], amounts(n, seed)[order])
        assert one.centre == pytest.approx(other.centre, abs=1e-9)
        assert (one.major, one.minor) == pytest.approx((other.major, other.minor), rel=1e-9)

    check()


@law("spatial", "weights_unit_free")
def unit_of_weights_does_not_matter(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(1e-3, 1e6))
    def check(n: int, seed: int, factor: float) -> None:
        one, other = (method.fn(_places(n, seed), k * amounts(n, seed)) for k in (1.0, factor))
        assert (*one.centre, one.major, one.minor) == pytest.approx((*other.centre, other.major, other.minor), rel=1e-9)

    check()


@law("spatial", "nodes_order_free")
def order_of_nodes_moves_the_result_along(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        order, mass = rng.permutation(n), amounts(n, seed)
        around = np.abs(rng.random((n, 1)) - rng.random((1, n))) + 0.1
        both = np.ix_(order, order)
        if method.name == "gravity":
            np.testing.assert_allclose(method.fn(mass[order], around[both]), method.fn(mass, around)[both], rtol=1e-12)
            return
        if method.name == "qap":
            found = [method.fn(a, np.log(a), permutations=99) for a in (around, around[both])]
            assert found[0].coefficient == pytest.approx(found[1].coefficient)
            return
        one, other = method.fn(around), method.fn(around[both])
        if method.name == "concor":
            together = [r.block[:, None] == r.block for r in (one, other)]
            assert (together[0][both] == together[1]).all()
            return
        same(one, other, without=("out_degree", "in_degree", "betweenness"))
        if method.name == "network":
            np.testing.assert_allclose(one.betweenness[order], other.betweenness, atol=1e-12)
            assert (one.links[both] == other.links).all()

    check()


def _places(n: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(80, 130, n), rng.uniform(20, 50, n)])


# spatial panels


def _panel_case(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, w = rng.standard_normal((n, 6, 2)), ring(n)
    noise = rng.standard_normal((n, 6)) + rng.standard_normal((n, 1)) + rng.standard_normal((1, 6))
    return np.linalg.solve(np.eye(n) - 0.3 * w, x @ [1.0, -0.5] + noise), x, w


@law("spatial", "regions_order_free_w")
def relabelling_regions_changes_no_estimate(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, x, w = _panel_case(n + 4, seed)
        order = np.random.default_rng(seed).permutation(n + 4)
        one, other = method.fn(y, x, w, draws=9), method.fn(y[order], x[order], w[np.ix_(order, order)], draws=9)
        same(one, other, without=("residuals",), tolerance=1e-5)

    check()


@law("convergence", "regions_order_free_w")
def relabelling_regions_changes_no_speed(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS)
    def check(n: int, seed: int) -> None:
        y, w = panel(n, seed), ring(n)
        order = np.random.default_rng(seed).permutation(n)
        one, other = method.fn(y, w, draws=9), method.fn(y[order], w[np.ix_(order, order)], draws=9)
        assert (one.direct, one.total) == pytest.approx((other.direct, other.total), abs=1e-5)

    check()


@law("convergence", "scale_free_panel_w")
def unit_changes_no_speed(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.01, 1000))
    def check(n: int, seed: int, factor: float) -> None:
        y, w = panel(n, seed), ring(n)
        one, other = (method.fn(k * y, w, draws=9) for k in (1.0, factor))
        assert (one.direct, one.total) == pytest.approx((other.direct, other.total), abs=1e-5)

    check()


@law("spatial", "unit_free")
def units_scale_the_coefficients_only(method: Method) -> None:
    @law_settings
    @given(SIZES, SEEDS, st.floats(0.01, 100))
    def check(n: int, seed: int, factor: float) -> None:
        y, x, w = _panel_case(n + 4, seed)
        one, other = method.fn(y, x, w, draws=9), method.fn(factor * y, x, w, draws=9)
        assert abs(one.rho - other.rho) < 1e-5
        np.testing.assert_allclose(other.beta, factor * one.beta, rtol=1e-4, atol=1e-6 * factor)

    check()
