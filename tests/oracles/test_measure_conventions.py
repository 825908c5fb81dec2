"""What other programs compute under the same name: each `convention=` against its definition, worked by hand or its peer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.core.errors import MethodError
from yindi.measure import aggregate, judgement, normalise, sensitivity, weights
from yindi.measure.ranks import ranks

JUDGED = [[1, 1, 5, 3], [1, 1, 5, 3], [1 / 5, 1 / 5, 1, 1 / 3], [1 / 3, 1 / 3, 3, 1]]


def test_spssau_lifts_only_columns_that_reach_zero() -> None:
    """Its help page: a column with a value of 0 or less is moved by |min| + .01. Columns (0, 1) -> .01, 1.01 and (1, 3) as it is.

    1 - e of shares p, 1 - p: 1 + (p ln p + q ln q) / ln 2. p = .01 / 1.02: .9205096; p = .25: .1887219. Sum 1.1092315."""
    found = weights.entropy([[0, 1], [1, 3]], convention="spssau")
    assert found == pytest.approx([0.8298625, 0.1701375], abs=1e-6)


def test_spssau_takes_z_scores() -> None:
    """(-1, 1) -> .01, 2.01: p = .01 / 2.02, 1 - e = .9549637; beside (1, 3) weights .8349880 and .1650120."""
    assert weights.entropy([[-1, 1], [1, 3]], convention="spssau") == pytest.approx([0.8349880, 0.1650120], abs=1e-6)


def test_other_conventions_are_zero_policies() -> None:
    z = np.random.default_rng(3).integers(0, 5, (12, 3)) / 4
    assert weights.entropy(z, convention="stata") == pytest.approx(weights.entropy(z, zeros="replace", epsilon=1e-5))
    assert weights.entropy(z, convention="mathmodels") == pytest.approx(weights.entropy(z, zeros="rescale", epsilon=0.002))


def test_complement_of_the_ratio() -> None:
    """(1, 2, 5), less is better, as pymcdm's max normalisation: 1 - x / 5."""
    x = np.array([[1.0], [2.0], [5.0]])
    np.testing.assert_allclose(normalise.ratio(x, direction=-1, convention="complement")[:, 0], [0.8, 0.6, 0])
    np.testing.assert_allclose(normalise.ratio(x, direction=1, convention="complement")[:, 0], [0.2, 0.4, 1])


def test_ratio_and_topsis_of_pymcdm() -> None:
    """The peer itself, where it is installed."""
    pytest.importorskip("pymcdm")
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import max_normalization, minmax_normalization
    from pymcdm.weights import critic_weights, entropy_weights, standard_deviation_weights

    x = np.random.default_rng(1).lognormal(size=(12, 5))
    np.testing.assert_allclose(normalise.ratio(x, direction=-1, convention="complement")[:, 0], max_normalization(x[:, 0], True))
    w = weights.entropy(x)
    np.testing.assert_allclose(w, entropy_weights(x), atol=1e-12)
    z = normalise.minmax(x, direction=1)
    np.testing.assert_allclose(z[:, 0], minmax_normalization(x[:, 0]))
    np.testing.assert_allclose(weights.critic(z), critic_weights(x), atol=1e-12)
    np.testing.assert_allclose(aggregate.topsis(z, w), TOPSIS()(x, w, np.ones(5)), atol=1e-12)
    np.testing.assert_allclose(weights.sd(x), standard_deviation_weights(x), atol=1e-12)


def test_judgement_by_columns_and_by_rows() -> None:
    """Columns' shares of (1, 1, 5, 3; ...): column sums 38/15, 38/15, 14, 22/3; rows' means .388927, .388927, .068694, .153452.
    Geometric means of rows 15^(1/4), (1/75)^(1/4), (1/3)^(1/4): .390814, .390814, .067481, .150891."""
    assert weights.ahp(JUDGED, solver="sum") == pytest.approx([0.388927, 0.388927, 0.068694, 0.153452], abs=1e-6)
    assert weights.ahp(JUDGED, solver="root") == pytest.approx([0.390814, 0.390814, 0.067481, 0.150891], abs=2e-6)


@pytest.mark.parametrize("solver", judgement.SOLVERS)
def test_consistent_judgement_has_one_answer(solver: str) -> None:
    """(1, 1/4, 2; 4, 1, 8; 1/2, 1/8, 1) is consistent: 2 : 8 : 1 and lambda 3."""
    found = judgement.consistency([[1, 1 / 4, 2], [4, 1, 8], [1 / 2, 1 / 8, 1]], solver=solver)
    assert found.weights == pytest.approx([2 / 11, 8 / 11, 1 / 11])
    assert found.eigenvalue == pytest.approx(3)
    assert found.ratio == pytest.approx(0, abs=1e-12)


def test_the_random_index_is_the_mean_of_random_matrices() -> None:
    """4,000 reciprocal matrices of size 5 with entries 1/9..9: mean consistency index 1.11; Saaty's table says 1.12."""
    rng = np.random.default_rng(2)
    scale = np.array([*(1 / k for k in range(9, 1, -1)), *range(1, 10)])
    indices = []
    for _ in range(4000):
        a = np.ones((5, 5))
        for i, j in zip(*np.triu_indices(5, 1), strict=True):
            a[i, j] = rng.choice(scale)
            a[j, i] = 1 / a[i, j]
        indices.append((np.linalg.eigvals(a).real.max() - 5) / 4)
    assert np.mean(indices) == pytest.approx(judgement.SIMULATED[4], abs=0.02)
    assert judgement.consistency(JUDGED, random_index="simulated").ratio > judgement.consistency(JUDGED).ratio


def test_shares_of_the_mean_and_absolute_game() -> None:
    """.7 (.5, .5) + .3 (.8, .2) = .59, .41. Game on (.5, .3, .2), (.6, .3, .1), (.1, .2, .7): products of the schemes
    [.38 .41 .25; .41 .46 .19; .25 .19 .54], right side their diagonal; by Cramer's rule one coefficient is negative, and taking
    its absolute value changes the weights."""
    assert weights.combine([[0.5, 0.5], [0.8, 0.2]], shares=[0.7, 0.3]) == pytest.approx([0.59, 0.41])
    many = np.array([[0.5, 0.3, 0.2], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]])
    gram = np.array([[0.38, 0.41, 0.25], [0.41, 0.46, 0.19], [0.25, 0.19, 0.54]])
    a = np.array([np.linalg.det(np.column_stack([*gram[:, :k].T, np.diag(gram), *gram[:, k + 1 :].T])) for k in range(3)])
    a = a / np.linalg.det(gram)
    assert a.min() < 0
    expected = np.abs(a) @ many / np.abs(a).sum()
    assert weights.combine(many, rule="game", convention="absolute") == pytest.approx(expected, abs=1e-9)
    assert np.abs(weights.combine(many, rule="game") - expected).max() > 0.01


def test_columns_that_repeat_each_other_are_not_independent() -> None:
    """a, its mirror and an unrelated column: the first two have multiple correlation 1, the third takes nearly all."""
    a = np.array([1.0, 0, 1, 0, 1, 0, 1, 0])
    c = np.array([1.0, 1, 0, 0, 1, 1, 0, 0])
    assert weights.independence(np.column_stack([a, 1 - a, c]))[2] > 0.99


def test_scatter_of_columns_without_overlap_is_shared() -> None:
    """Z'Z = 2 I: every vector is principal; the one nearest to equal parts is taken, whatever the order of columns."""
    z = np.array([[0.0, 1], [0, 1], [1, 0], [1, 0]])
    assert weights.scatter(z) == pytest.approx([0.5, 0.5])


def test_the_ranks_that_oecd_prints_do_not_follow_from_its_own_table(shared: Path) -> None:
    """A wrong number of the literature: Table 23 from the 23 countries' own minima and maxima has 11, from z-scores 7 ranks."""
    tai = pd.read_csv(shared / "oracles/tai/tai_raw_A2.csv", index_col=0)
    printed = pd.read_csv(shared / "oracles/tai/tai_ranks_T23.csv", index_col=0)["EW"]
    x = tai.loc[printed.index].to_numpy()
    same = [
        int((ranks(fn(x, direction=1).mean(axis=1)) == printed.to_numpy()).sum()) for fn in (normalise.minmax, normalise.zscore)
    ]
    assert same == [11, 7]


def test_sobol_indices_are_those_of_salib() -> None:
    """The same model, our estimators beside SALib's (Saltelli 2010, Jansen): Ishigami, equal within the noise of both; the exact
    first and total shares are .3139, .4424, 0 and .5576, .4424, .2437."""
    pytest.importorskip("SALib")
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample
    from SALib.test_functions import Ishigami

    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
    theirs = analyse.analyze(problem, Ishigami.evaluate(sample.sample(problem, 2**13, calc_second_order=False, seed=1)),
                             calc_second_order=False, seed=1)  # fmt: skip

    def model(u: np.ndarray) -> np.ndarray:
        return np.asarray(Ishigami.evaluate(np.pi * (2 * u - 1)))

    ours = sensitivity.sobol(model, factors={"a": 1, "b": 1, "c": 1}, draws=2**16, seed=1)
    for found, key, exact in ((ours.first, "S1", [0.3139, 0.4424, 0]), (ours.total, "ST", [0.5576, 0.4424, 0.2437])):
        mine = [float(found[f]) for f in "abc"]
        assert mine == pytest.approx(theirs[key], abs=0.02)
        assert mine == pytest.approx(exact, abs=0.015)


def test_our_estimators_on_the_sample_of_salib_give_its_numbers() -> None:
    """SALib's own base samples A and B passed through our formulas: first order and total to rounding, but for its scaling."""
    pytest.importorskip("SALib")
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample
    from SALib.test_functions import Sobol_G

    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0.0, 1.0]] * 4}
    drawn = sample.sample(problem, 1024, calc_second_order=False, seed=3)
    y = Sobol_G.evaluate(drawn, a=np.array([0.0, 1.0, 4.5, 9.0]))
    theirs = analyse.analyze(problem, y, calc_second_order=False, seed=3)
    block = y.reshape(1024, 6)
    first, total = sensitivity.indices(block[:, 0], block[:, 5], {f: block[:, 1 + n] for n, f in enumerate("abcd")})[:2]
    assert [float(first[f]) for f in "abcd"] == pytest.approx(theirs["S1"], abs=2e-3)
    assert [float(total[f]) for f in "abcd"] == pytest.approx(theirs["ST"], abs=2e-3)


def test_the_judgements_that_oecd_prints_are_not_those_of_its_weights(shared: Path) -> None:
    """Table 20 is consistent (ratio .021), its weights by three solvers agree to .01; the AHP weights of Table 22 are others."""
    folder = shared / "oracles/tai"
    judged = pd.read_csv(folder / "tai_ahp_matrix_T20.csv", index_col=0).to_numpy()
    printed = pd.read_csv(folder / "tai_weights_T18_T22.csv", index_col=0)["AHP"].to_numpy()
    found = [weights.ahp(judged, solver=s) for s in judgement.SOLVERS]
    assert judgement.consistency(judged).ratio == pytest.approx(0.021, abs=5e-4)
    assert np.ptp(found, axis=0).max() < 0.01
    assert np.abs(found[0] - printed).max() > 0.1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: weights.entropy([[0.0], [1]], convention="matlab"), "convention is one of"),
        (lambda: weights.entropy([[0.0], [1]], convention="stata", epsilon=0.1), "either convention"),
        (lambda: normalise.ratio([[1.0], [2]], direction=1, convention="max"), "convention is"),
        (lambda: weights.combine([[1.0]], rule="game", convention="square"), "convention is"),
        (lambda: weights.combine([[1.0]], rule="product", shares=[1]), "takes"),
        (lambda: weights.combine([[1.0], [1.0]], shares=[0.5, 0.6]), "sum to 1"),
        (lambda: weights.ahp([[1.0]], solver="power"), "solver is one of"),
        (lambda: weights.ahp([[1.0]], random_index="own"), "random_index"),
    ],
)
def test_refusals_say_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(MethodError, match=says):
        call()  # type: ignore[operator]
