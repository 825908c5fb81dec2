"""Degenerate inputs by law, measure: every normaliser, weight, combination, aggregate, treatment and analysis of this stage.

A row a kernel: the result by hand, or a word of the refusal, for a constant table, zeros, one region, negative values, ties.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import made_up
import numpy as np
import pytest
from degenerate import expect_positive_zero

from yindi.core.errors import MethodError, ProblemsError
from yindi.core.registry import methods
from yindi.measure import aggregate, hierarchy, influence, judgement, normalise, robust, sensitivity, treat, weights
from yindi.measure.stage import measure

Kernel = Callable[[Any], Any]
TABLES = {"constant": np.full((5, 2), 3.0), "zero": np.zeros((5, 2)), "one region": np.array([[1.0, 2.0]]),
          "negative": np.array([[-1.0, 2], [3, -4], [2, 2]]), "ties": np.array([[0.0, 1], [0, 1], [1, 0], [1, 0]])}  # fmt: skip
HALF, LEAST, FLAT = [0.5, 0.5], "at least 0", ("constant",) * 3
# standard deviations of (-1, 3, 2) and (2, -4, 2): sqrt(26 / 9) : sqrt 8
SPREADS = [0.3753612, 0.6246388]


def yearly(m: np.ndarray) -> np.ndarray:
    """Regions in a single year."""
    return m[:, None, :]


# first row of the result; constant, zero, one region, negative, ties
NORMALISERS: dict[str, tuple[Kernel, tuple[Any, ...]]] = {
    "minmax": (lambda m: normalise.minmax(m, direction=1)[0], (*FLAT, [0, 1], [0, 1])),
    "minmax less is better": (lambda m: normalise.minmax(m, direction=-1)[0], (*FLAT, [1, 0], [1, 0])),
    "minmax per_year": (lambda m: normalise.minmax(yearly(m), direction=1, scope="per_year")[0, 0], (*FLAT, [0, 1], [0, 1])),
    "minmax base_year": (lambda m: normalise.minmax(yearly(m), direction=-1, scope="base_year")[0, 0], (*FLAT, [1, 0], [1, 0])),
    "minmax goalposts": (lambda m: normalise.minmax(m, direction=1, goalposts=[[0, 4], [0, 4]], clip=True)[0],
                         ([0.75, 0.75], [0, 0], [0.25, 0.5], [0, 0.5], [0, 0.25])),
    "minmax says": (lambda m: normalise.minmax(m, direction=1, constant=0.5)[0], (HALF, HALF, HALF, [0, 1], [0, 1])),
    # mean 4/3, sd sqrt(13/3): -7/3 over it; mean 0, sd sqrt 12: 2 over it; ties: mean 1/2, sd sqrt(1/3)
    "zscore": (lambda m: normalise.zscore(m, direction=1)[0], (*FLAT, [-1.1208971, 0.5773503], [-0.8660254, 0.8660254])),
    "zscore says": (lambda m: normalise.zscore(yearly(m), direction=1, scope="per_year", constant=0)[0, 0],
                    (0, 0, 0, [-1.1208971, 0.5773503], [-0.8660254, 0.8660254])),
    "rank": (lambda m: normalise.rank(m, direction=1)[0], (3, 3, 1, [1, 2.5], [1.5, 3.5])),
    "rank per_year": (lambda m: normalise.rank(yearly(m), direction=1, scope="per_year", scaled=True)[0, 0],
                      (HALF, HALF, HALF, [0, 0.75], [1 / 6, 5 / 6])),
    "distance_to_frontier": (lambda m: normalise.distance_to_frontier(m, direction=1)[0], (*FLAT, [0, 1], [0, 1])),
    "ratio": (lambda m: normalise.ratio(m, direction=1)[0], (1, "above 0", 1, "above 0", "above 0")),
    "vector": (lambda m: normalise.vector(m, direction=-1)[0],
               (-(5**-0.5), "zero throughout", -1, [14**-0.5, -(6**-0.5)], [0, -(2**-0.5)])),
    "efficacy": (lambda m: normalise.efficacy(m, direction=1)[0], (*FLAT, [60, 100], [60, 100])),
    # best between 1 and 2: away (2, 1, 0), (0, 5, 0); all equally far from it: the farthest
    "toward": (lambda m: normalise.toward(m, low=1, high=2)[0], (0, 0, 1, [0, 1], [0, 1])),
}  # fmt: skip
WEIGHTS: dict[str, tuple[Kernel, tuple[Any, ...]]] = {
    "equal": (weights.equal, (HALF, HALF, HALF, HALF, HALF)),
    "entropy": (weights.entropy, (HALF, HALF, "at least two", LEAST, HALF)),
    "entropy shift": (lambda m: weights.entropy(m, zeros="shift", epsilon=0.01), (HALF, HALF, "at least two", LEAST, HALF)),
    "entropy replace": (lambda m: weights.entropy(m, convention="stata"), (HALF, HALF, "at least two", LEAST, HALF)),
    "entropy rescale": (lambda m: weights.entropy(m, convention="mathmodels"), (HALF, HALF, "at least two", LEAST, HALF)),
    "entropy lift": (lambda m: weights.entropy(m, convention="spssau").sum(), (1, 1, "at least two", 1, 1)),
    "critic": (weights.critic, (HALF, HALF, HALF, SPREADS, HALF)),
    "critic absolute": (lambda m: weights.critic(m, correlation="absolute"), (HALF, HALF, HALF, SPREADS, HALF)),
    "critic spearman": (lambda m: weights.critic(m, correlation="spearman"), (HALF, HALF, HALF, SPREADS, HALF)),
    "critic cv": (lambda m: weights.critic(m, contrast="cv"), (HALF, HALF, HALF, LEAST, HALF)),
    "cv": (weights.cv, (HALF, HALF, HALF, LEAST, HALF)),
    "sd": (weights.sd, (HALF, HALF, HALF, SPREADS, HALF)),
    "pca": (weights.pca, (HALF, HALF, HALF, HALF, HALF)),
    "pca scores": (lambda m: weights.pca(m, form="scores"), (HALF, HALF, HALF, "negative weight", "negative weight")),
    "independence": (weights.independence, (HALF, HALF, HALF, HALF, HALF)),
    "scatter": (weights.scatter, (HALF, HALF, HALF, LEAST, HALF)),
    "nested": (lambda m: hierarchy.nested_weights(m, [0, 1], weights.critic), (HALF, HALF, HALF, SPREADS, HALF)),
}
AGGREGATES: dict[str, tuple[Kernel, tuple[Any, ...]]] = {
    "arithmetic": (lambda m: aggregate.arithmetic(m, HALF)[0], (3, 0, 1.5, 0.5, 0.5)),
    "geometric": (lambda m: aggregate.geometric(m, HALF)[0], (3, 0, 2**0.5, LEAST, 0)),
    "harmonic": (lambda m: aggregate.harmonic(m, HALF)[0], (3, 0, 4 / 3, LEAST, 0)),
    # one region 1, 2: mean 1.5, variance .25, less .25 / 1.5
    "penalised": (lambda m: aggregate.penalised(m, HALF)[0], (3, 0, 4 / 3, "a mean is -0.5", 0)),
    "topsis": (lambda m: aggregate.topsis(m, HALF)[0], ("coincide", "coincide", "coincide", 0.6, 0.5)),
    "topsis distances": (lambda m: aggregate.topsis(m, HALF, weigh="distances")[0], ("coincide",) * 3 + (0.6, 0.5)),
    "benefit_of_doubt": (aggregate.benefit_of_doubt, (1, "zero throughout", 1, LEAST, 1)),
    "climb": (lambda m: hierarchy.climb(m, [0, 1])[0], ([3, 3], [0, 0], [1, 2], [-1, 2], [0, 1])),
    "lift": (lambda m: aggregate.lift(m)[0], (2.98, 0.01, [1, 1.99], LEAST, [0.01, 1])),
}
ANALYSES: dict[str, tuple[Kernel, tuple[Any, ...]]] = {
    "rank_intervals": (lambda m: robust.rank_intervals(m, draws=20).low, ("lie in", 1, "lie in", "lie in", 1)),
    "treat": (lambda m: treat.treat(m).values[0], (3, 0, "4 rows", "4 rows", [0, 1])),
    "clip_quantiles": (lambda m: treat.clip_quantiles(m, low=0, high=1)[0], (3, 0, [1, 2], [-1, 2], [0, 1])),
    # index .6 a + .4 (1 - a) = .4 + .2 a: shares .6 / .2 and -.4 / .2
    "influence": (lambda m: influence.influence(m, [0.6, 0.4]).variance_share, (*("same in all",) * 3, [1 / 3, 2 / 3], [3, -2])),
    "agreement": (lambda m: influence.agreement(m[:, 0], m[:, 1]).spearman, (*("vary",) * 3, -(0.75**0.5), -1)),
    "explained": (lambda m: robust.explained(m, {"a": m[:, :1]})["interactions"], (0, 0, 0, None, 0)),
}  # fmt: skip
ALL = {**NORMALISERS, **WEIGHTS, **AGGREGATES, **ANALYSES}


@pytest.mark.parametrize("number", range(5), ids=list(TABLES))
@pytest.mark.parametrize("kernel", ALL)
def test_kernels(kernel: str, number: int) -> None:
    fn, expected = ALL[kernel]
    expect_positive_zero(lambda: fn(list(TABLES.values())[number]), expected[number])


@pytest.mark.parametrize(("kind", "rows"), [("normaliser", NORMALISERS), ("weights", WEIGHTS), ("aggregate", AGGREGATES)])
def test_every_registered_method_has_its_row(kind: str, rows: dict[str, Any]) -> None:
    """A method that is added must say what it does with degenerate input."""
    own = [m.name for m in methods(kind) if m.fn.__module__.startswith("yindi.measure")]
    assert own
    assert not set(own) - set(rows)


@pytest.mark.parametrize("kernel", NORMALISERS)
@pytest.mark.parametrize("direction", [1, -1])
def test_no_negative_zero(kernel: str, direction: int) -> None:
    """The worst and the best of a column, and zeros themselves, never become -0.0."""
    name, _, scope = kernel.partition(" ")
    options: dict[str, Any] = {"low": 1, "high": 2} if name == "toward" else {"direction": direction}
    if scope in ("per_year", "base_year") and name != "rank":
        options["scope"] = scope
    low = 1.0 if name == "ratio" else 0.0
    x = np.array([[[low, 4.0]], [[3.0, low]], [[2.0, 2.0]]])
    z = getattr(normalise, name)(x[:, 0] if "scope" not in options else x, **options)
    assert not (np.signbit(z) & (z == 0)).any()


# pairwise judgement and combination


@pytest.mark.parametrize("solver", ["eigenvector", "sum", "root"])
@pytest.mark.parametrize(
    ("pairwise", "expected"),
    [([[1]], [1]), ([[1, 3], [1 / 3, 1]], [0.75, 0.25]), (np.ones((4, 4)), [0.25] * 4), (np.zeros((2, 2)), "above 0"),
     ([[1, -2], [-0.5, 1]], "above 0"), ([[1, 2, 3]], "square"), (np.ones((16, 16)), "up to 15"), ([[np.nan]], "not finite")],
)  # fmt: skip
def test_judgement(solver: str, pairwise: Any, expected: Any) -> None:
    expect_positive_zero(lambda: weights.ahp(pairwise, solver=solver), expected)


@pytest.mark.parametrize("rule", ["mean", "product", "game"])
@pytest.mark.parametrize(
    ("schemes", "expected"),
    [([[1.0]], [1]), ([HALF], HALF), ([[0.2, 0.8]] * 3, [0.2, 0.8]), ([], "no weights"), ([[0.0, 0.0]], "sum to 1"),
     ([[-0.5, 1.5]], LEAST), ([[np.nan, 1]], "not finite")],
)  # fmt: skip
def test_combination(rule: str, schemes: Any, expected: Any) -> None:
    expect_positive_zero(lambda: weights.combine(schemes, rule=rule), expected)


def test_opposite_schemes() -> None:
    """(1, 0) and (0, 1): mean and game give halves, the product has nothing left."""
    pair = [[1, 0], [0, 1]]
    expect_positive_zero(lambda: weights.combine(pair), HALF)
    expect_positive_zero(lambda: weights.combine(pair, rule="game"), HALF)
    expect_positive_zero(lambda: weights.combine(pair, rule="product"), "in some scheme")


def test_consistency_of_one_and_two() -> None:
    for pairwise in ([[1.0]], [[1.0, 9.0], [1 / 9, 1.0]]):
        expect_positive_zero(lambda p=pairwise: judgement.consistency(p).ratio, 0)  # type: ignore[misc]


def test_sobol_of_nothing_that_varies() -> None:
    found = sensitivity.sobol(lambda u: np.ones((len(u), 3)), factors={"a": 1}, draws=8)
    expect_positive_zero(lambda: [found.first["a"], found.total["a"]], 0)
    expect_positive_zero(lambda: sensitivity.sobol(lambda u: u, factors={}, draws=99), "factors")


# the stage


def test_one_region_over_years_has_rank_one() -> None:
    given = made_up.study(measure={"draws": 30})
    done = measure(replace(given, panel=given.panel.take(regions=["110000"])))
    assert (done.scores.rank.array() == 1).all()
    assert (done.scores.rank_high.array() == 1).all()
    assert np.nansum(done.scores.choices.array("share")) == 0


@pytest.mark.parametrize("scope", ["per_year", "base_year"])
def test_one_region_has_no_yardstick_within_a_year(scope: str) -> None:
    given = made_up.study(measure={"draws": 30, "scope": scope})
    with pytest.raises((MethodError, ProblemsError), match=r"constant|same in all"):
        measure(replace(given, panel=given.panel.take(regions=["110000"])))


def test_regions_that_are_all_alike_share_rank_one() -> None:
    """Two regions with the same figures in every year: tied in rank and interval."""
    given = made_up.study(measure={"draws": 30})
    panel = given.panel.take(regions=["110000", "620000"])
    values = panel.values.copy()
    values[1] = values[0]
    done = measure(replace(given, panel=replace(panel, values=values)))
    assert (done.scores.rank.array() == 1).all()
    assert (done.scores.rank_high.array() == 1).all()
