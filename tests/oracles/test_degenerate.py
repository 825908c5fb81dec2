"""Degenerate inputs by law: every public kernel of measure and disparity gives a defined result or a clear refusal.

One line a case: kernel, input, and the result by hand or a word of the refusal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from degenerate import expect

from yindi.disparity import association, converge, decompose, density, distribution, inequality, spatial
from yindi.measure import aggregate, normalise, robust, weights

VALUES = {"constant": [2.0] * 6, "zero": [0.0] * 6, "one region": [3.0], "negative": [-1.0, 2, 3, 4, 5, 6],
          "ties": [1.0, 1, 1, 4, 4, 4]}  # fmt: skip
GROUPS = list("aaabbb")
RING = np.roll(np.eye(6), 1, 0) / 2 + np.roll(np.eye(6), -1, 0) / 2
ISLAND = RING * (np.arange(6) > 0) * (np.arange(6) > 0)[:, None]
TWO_PARTS = np.kron(np.eye(2), (1 - np.eye(3)) / 2)
STEPS = np.array([1.0, 3, 2, 5, 4, 7])
TABLES = {"constant": np.full((5, 2), 3.0), "zero": np.zeros((5, 2)), "one region": np.array([[1.0, 2.0]]),
          "negative": np.array([[-1.0, 2], [3, -4], [2, 2]]), "ties": np.array([[0.0, 1], [0, 1], [1, 0], [1, 0]])}  # fmt: skip


INDICES: dict[str, Callable[[Any], float]] = {
    "gini": inequality.gini, "theil": inequality.theil, "mld": inequality.mld, "cv": inequality.cv,
    "atkinson": inequality.atkinson, "wolfson": inequality.wolfson, "tsui_wang": inequality.tsui_wang,
    "duclos_esteban_ray": inequality.duclos_esteban_ray,
    "esteban_ray": lambda y: inequality.esteban_ray(y, GROUPS[: len(y)], alpha=1.5),
    "dagum": lambda y: decompose.dagum(y, GROUPS[: len(y)]).gini,
    "decomposed theil": lambda y: decompose.theil(y, GROUPS[: len(y)], permutations=9).total,
}  # fmt: skip
# {1,1,1,4,4,4}: mean 2.5; gini 3 / 4 / 2.5; cv .6; L ln 2.5 - ln 4 / 2 = ln 1.25; T .2 ln .4 + .8 ln 1.6;
# A(.5) 1 - (.5 sqrt .4 + .5 sqrt 1.6)^2 = .1; W 4 x (.5 - .2 - .15); TW sqrt .6; ER 2 x .5^3.5 x 1.2
TIED = {"gini": 0.3, "theil": 0.1927447570, "mld": 0.2231435513, "cv": 0.6, "atkinson": 0.1, "wolfson": 0.6,
        "tsui_wang": 0.7745966692, "esteban_ray": 0.2121320344, "dagum": 0.3, "decomposed theil": 0.1927447570}  # fmt: skip


@pytest.mark.parametrize(("given", "expected"), [("constant", 0), ("zero", "all values are zero"), ("one region", 0),
                                                 ("negative", "1 negative value")])  # fmt: skip
@pytest.mark.parametrize("kernel", INDICES)
def test_indices(kernel: str, given: str, expected: Any) -> None:
    expect(lambda: INDICES[kernel](VALUES[given]), expected)


@pytest.mark.parametrize("kernel", TIED)
def test_indices_of_ties(kernel: str) -> None:
    expect(lambda: INDICES[kernel](VALUES["ties"]), TIED[kernel])


@pytest.mark.parametrize("kernel", [decompose.dagum, decompose.theil])
def test_groups_of_one_and_one_group(kernel: Callable[..., Any]) -> None:
    expect(lambda: kernel(STEPS, list("abcdef")).within, 0)
    expect(lambda: kernel(STEPS, ["a"] * 6).between, 0)


@pytest.mark.parametrize(("given", "expected"), [("constant", "equal"), ("zero", "equal"), ("one region", "at least")])
@pytest.mark.parametrize("kernel", [density.kde, density.modes, density.silverman_test])
def test_densities_of_what_does_not_vary(kernel: Callable[..., Any], given: str, expected: str) -> None:
    expect(lambda: kernel(VALUES[given]), expected)


# z = -8/3, -2/3, -5/3, 4/3, 1/3, 10/3; z'z = 70/3. Two triangles: sums of products within each over 2 pairs
ASSOCIATED = [("moran", RING, -2 / 7), ("moran", ISLAND, 1 / 35), ("moran", TWO_PARTS, 4 / 7), ("geary", RING, 15 / 14),
              ("geary", TWO_PARTS, 5 / 14), ("local_moran", RING, -12 / 7), ("local_moran", TWO_PARTS, 24 / 7)]  # fmt: skip


@pytest.mark.parametrize(("kernel", "w", "expected"), ASSOCIATED)
def test_association_on_islands_and_parts(kernel: str, w: np.ndarray, expected: float) -> None:
    found = getattr(association, kernel)(STEPS, w, permutations=99)
    expect(lambda: np.sum(found.c if kernel == "geary" else found.i), expected)
    assert np.isfinite(found.p).all()


@pytest.mark.parametrize("kernel", ["moran", "local_moran", "geary", "bivariate_moran"])
@pytest.mark.parametrize(("given", "word"), [("constant", "equal"), ("zero", "equal"), ("one region", "at least 4")])
def test_association_of_what_does_not_vary(kernel: str, given: str, word: str) -> None:
    y = VALUES[given]
    both = (y, y) if kernel == "bivariate_moran" else (y,)
    expect(lambda: getattr(association, kernel)(*both, RING[: len(y), : len(y)], permutations=99), word)
    both = (STEPS, STEPS) if kernel == "bivariate_moran" else (STEPS,)
    expect(lambda: getattr(association, kernel)(*both, 0 * RING, permutations=99), "no unit has a neighbour")


def still(name: str, years: int = 6) -> np.ndarray:
    """A panel in which nothing moves."""
    return np.repeat(np.array(VALUES[name])[:, None], years, axis=1)


@pytest.mark.parametrize(("given", "expected"), [("constant", [[30, 0], [0, 0]]), ("zero", [[30, 0], [0, 0]]),
                                                 ("one region", [[5, 0], [0, 0]]), ("ties", [[15, 0], [0, 15]]),
                                                 ("negative", [[15, 0], [0, 15]])])  # fmt: skip
def test_markov(given: str, expected: Any) -> None:
    expect(lambda: distribution.markov(still(given), k=2).counts, expected)


def test_spatial_markov_of_islands_and_parts() -> None:
    y = STEPS[:, None] + np.arange(4) * STEPS[::-1, None] * 0.1
    expect(lambda: distribution.spatial_markov(y, ISLAND, k=2).q, "no neighbour")
    expect(lambda: distribution.spatial_markov(y, TWO_PARTS, k=2).counts.sum(), 18)
    expect(lambda: distribution.spatial_markov(still("one region"), np.zeros((1, 1)), k=2).q, "no unit has a neighbour")


CONVERGENCE = [("sigma", "constant", 0), ("sigma", "zero", "positive mean"), ("sigma", "one region", "more than 1"),
               ("beta", "constant", "growth: all 6 values are equal"),
    ("beta", "ties", "growth: all 6 values are equal"), ("beta", "zero", "no logarithm"), ("beta", "negative", "no logarithm"),
               ("beta", "one region", "3 regions"), ("clubs", "constant", 1), ("clubs", "zero", "positive"),
               ("clubs", "negative", "positive"), ("clubs", "one region", "3 regions")]  # fmt: skip
FIELD = {"sigma": "cv", "beta": "b", "clubs": "club"}


@pytest.mark.parametrize(("kernel", "given", "expected"), CONVERGENCE)
def test_convergence(kernel: str, given: str, expected: Any) -> None:
    expect(lambda: getattr(getattr(converge, kernel)(still(given)), FIELD[kernel]), expected)


def test_growth_that_does_not_differ_in_a_panel() -> None:
    y = STEPS[:, None] * 1.05 ** np.arange(5) * np.array([1, 1.1, 1, 1.2, 1])
    expect(lambda: converge.beta(y, model="panel").b, "no difference in growth|collinear")


def test_one_year() -> None:
    y = STEPS[:, None]
    expect(lambda: distribution.markov(y, k=2), "more years than 1")
    expect(lambda: converge.beta(y), "2 years")
    expect(lambda: converge.clubs(y), "6 years")
    expect(lambda: spatial.sdm(y, y[:, :, None], RING), "at least two years")
    expect(lambda: converge.sigma(y).trend, 0)


def test_spatial_durbin_on_islands_and_parts() -> None:
    y, x = np.random.default_rng(0).normal(size=(2, 6, 8))
    expect(lambda: spatial.sdm(y, x[..., None], ISLAND), "every row of W")
    expect(lambda: spatial.sdm(y, x[..., None], 0 * RING), "no unit has a neighbour")
    assert abs(spatial.sdm(y, x[..., None], TWO_PARTS, draws=9).rho) < 1


HALF, LEAST, FLAT = [0.5, 0.5], "at least 0", ("constant",) * 3
MEASURED: dict[str, tuple[Callable[[np.ndarray], Any], tuple[Any, ...]]] = {
    # constant, zero, one region, negative, ties
    "minmax": (lambda m: normalise.minmax(m, direction=1), (*FLAT, [[0, 1], [1, 0], [0.75, 1]], TABLES["ties"])),
    "zscore": (lambda m: normalise.zscore(m, direction=1).mean(axis=0), (*FLAT, 0, 0)),
    "rank": (lambda m: normalise.rank(m, direction=1)[0], (3, 3, 1, [1, 2.5], [1.5, 3.5])),
    "distance_to_frontier": (lambda m: normalise.distance_to_frontier(m, direction=1)[0], (*FLAT, [0, 1], [0, 1])),
    "equal": (weights.equal, (HALF, HALF, HALF, HALF, HALF)),
    "entropy": (weights.entropy, (HALF, HALF, "at least two", LEAST, HALF)),
    "critic": (lambda m: weights.critic(m).sum(), (1, 1, 1, 1, 1)),
    "cv": (weights.cv, (HALF, HALF, HALF, LEAST, HALF)),
    "pca": (weights.pca, (HALF, HALF, HALF, HALF, HALF)),
    "arithmetic": (lambda m: aggregate.arithmetic(m, HALF)[0], (3, 0, 1.5, 0.5, 0.5)),
    "geometric": (lambda m: aggregate.geometric(m, HALF)[0], (3, 0, 2**0.5, LEAST, 0)),
    "topsis": (lambda m: aggregate.topsis(m, HALF)[0], ("coincide", "coincide", "coincide", 0.6, 0.5)),
    "benefit_of_doubt": (aggregate.benefit_of_doubt, (1, "zero throughout", 1, LEAST, 1)),
    "rank_intervals": (lambda m: robust.rank_intervals(m, draws=20).low, ("lie in", 1, "lie in", "lie in", 1)),
}  # fmt: skip


@pytest.mark.parametrize("number", range(5), ids=list(TABLES))
@pytest.mark.parametrize("kernel", MEASURED)
def test_measure(kernel: str, number: int) -> None:
    fn, expected = MEASURED[kernel]
    expect(lambda: fn(list(TABLES.values())[number]), expected[number])
