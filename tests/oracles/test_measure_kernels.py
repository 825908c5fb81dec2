"""Kernels of stage measure against numbers printed elsewhere and values worked by hand."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.core.errors import MethodError
from yindi.measure import aggregate, correlate, factors, judgement, normalise, robust, weights
from yindi.measure.ranks import mean_ranks, ranks

DIAKOULAKI = [[61, 1.08, 4.33], [20.7, 0.26, 4.34], [16.3, 1.98, 2.53], [9, 3.29, 1.65],
              [5.4, 2.77, 2.33], [4, 4.12, 1.21], [-6.1, 3.52, 2.10], [-34.6, 3.31, 0.98]]  # fmt: skip
UNDP_2001 = [[0, 994], [0, 272.6], [0, 232.4], [0, 80.8], [0, math.log10(901)], [math.log10(22), math.log10(6969)],
             [0.8, 12], [0.1, 27.4]]  # fmt: skip


@pytest.fixture(scope="module")
def nqp(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "oracles/nqp127/inputs_8indicators_403.csv")


@pytest.fixture(scope="module")
def tai(shared: Path) -> pd.DataFrame:
    return pd.read_csv(shared / "oracles/tai/tai_raw_A2.csv", index_col=0)


def _table(shared: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(shared / "oracles/tai" / name, index_col=0)


# published: 127ww (2026), NQPF of 31 provinces 2011-2023


def test_nqp127_index_to_the_printed_digit(nqp: pd.DataFrame, shared: Path) -> None:
    """CRITIC and entropy 50/50 on pooled min-max; the paper's entropy shifts all values by 1e-5 (its zero policy)."""
    z = normalise.minmax(nqp.iloc[:, 2:].to_numpy(), direction=1)
    w = weights.combine([weights.critic(z), weights.entropy(z, zeros="shift", epsilon=1e-5)], rule="mean")
    printed = pd.read_csv(shared / "oracles/nqp127/scores_A1.csv", index_col=0)
    expected = [printed.loc[p, str(y)] for p, y in zip(nqp["省份"], nqp["年份"], strict=True)]
    np.testing.assert_allclose(aggregate.arithmetic(z, w), expected, atol=5e-5)


def test_zero_policies_move_the_weights_as_measured(nqp: pd.DataFrame) -> None:
    """METHODS 3.2: a shift of .01 moves the largest weight .2386 -> .2126, the smallest .0241 -> .0295; 1e-4 less than .001."""
    z = normalise.minmax(nqp.iloc[:, 2:].to_numpy(), direction=1)
    kept = weights.entropy(z)
    assert kept.max() == pytest.approx(0.2386, abs=5e-5)
    assert kept.min() == pytest.approx(0.0241, abs=5e-5)
    shifted = weights.entropy(z, zeros="shift", epsilon=0.01)
    assert shifted.max() == pytest.approx(0.2126, abs=5e-5)
    assert shifted.min() == pytest.approx(0.0295, abs=5e-5)
    for policy in ("shift", "replace", "rescale"):
        assert np.abs(weights.entropy(z, zeros=policy, epsilon=1e-4) - kept).max() < 0.001


def test_per_year_scope_flattens_the_mean(nqp: pd.DataFrame) -> None:
    """METHODS 3.1: pooled the mean index rises .040 -> .161 from 2011 to 2023, per year .152 -> .165 only (entropy weights)."""
    ordered = nqp.sort_values(["省份", "年份"], kind="stable")
    x = ordered.iloc[:, 2:].to_numpy().reshape(31, 13, 8)
    pooled = normalise.minmax(x, direction=1)
    rise = aggregate.arithmetic(pooled, weights.entropy(pooled)).mean(axis=0)
    assert rise[[0, -1]] == pytest.approx([0.040, 0.161], abs=6e-4)
    z = normalise.minmax(x, direction=1, scope="per_year")
    flat = [aggregate.arithmetic(z[:, t], weights.entropy(z[:, t])).mean() for t in (0, 12)]
    assert flat == pytest.approx([0.152, 0.165], abs=6e-4)


def test_entropy_weights_are_not_the_reversed_ones(nqp: pd.DataFrame) -> None:
    """METHODS 0.1: the copied Stata script divides by ln T and turns the order around (Spearman -1.000)."""
    z = normalise.minmax(nqp.iloc[:, 2:].to_numpy(), direction=1)
    p = z / z.sum(axis=0)
    entropy = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0)
    script = 1 - entropy / np.log(13)
    script = script / script.sum()
    spearman = np.corrcoef(mean_ranks(weights.entropy(z)), mean_ranks(script))[0, 1]
    assert spearman == pytest.approx(-1)
    assert ((weights.divergence(z) >= 0) & (weights.divergence(z) <= 1)).all()


# published: textbooks


def test_critic_of_diakoulaki() -> None:
    z = normalise.minmax(DIAKOULAKI, direction=1)
    assert weights.critic(z) == pytest.approx([0.20222554, 0.48090173, 0.31687273], abs=5e-9)
    assert weights.critic(DIAKOULAKI) == pytest.approx([0.869, 0.083, 0.048], abs=5e-4)


def test_topsis_of_tzeng_and_huang() -> None:
    z = normalise.vector([[5, 8, 4], [7, 6, 8], [8, 8, 6], [7, 4, 6]], direction=1)
    assert aggregate.topsis(z, [0.3, 0.4, 0.3]) == pytest.approx([0.5037, 0.6581, 0.7482, 0.3340], abs=5e-5)


def test_ahp_of_saaty() -> None:
    a = [[1, 1 / 2, 4, 3, 3], [2, 1, 7, 5, 5], [1 / 4, 1 / 7, 1, 1 / 2, 1 / 3], [1 / 3, 1 / 5, 2, 1, 1], [1 / 3, 1 / 5, 3, 1, 1]]
    found = judgement.consistency(a)
    assert weights.ahp(a) == pytest.approx([0.263, 0.475, 0.055, 0.099, 0.110], abs=0.0015)
    assert found.eigenvalue == pytest.approx(5.073, abs=1e-3)
    assert found.ratio == pytest.approx(0.016, abs=5e-4)


def test_human_development_index_of_costa_rica() -> None:
    """HDR 2015: life 79.4, schooling 13.9 and 8.4 years, income 13,413 -> .766; goalposts 20-85, 0-18, 0-15, 100-75,000 (log).

    From the printed inputs .7666; HDR works with unrounded ones, hence the tolerance of one unit of the last digit."""
    z = normalise.minmax([[79.4, 13.9, 8.4, math.log(13413)]], direction=1,
                         goalposts=[[20, 85], [0, 18], [0, 15], [math.log(100), math.log(75000)]])  # fmt: skip
    life, expected, mean, income = z[0]
    hdi = aggregate.geometric([[life, (expected + mean) / 2, income]], np.full(3, 1 / 3))
    assert hdi[0] == pytest.approx(0.766, abs=1e-3)


# published: OECD/JRC Handbook (2008), Technology Achievement Index


def test_tai_correlations(tai: pd.DataFrame, shared: Path) -> None:
    """Table 6; three cells differ by up to .018, since the printed inputs are rounded."""
    printed = pd.to_numeric(_table(shared, "tai_corr_T6.csv").stack(), errors="coerce").dropna()
    found = pd.DataFrame(correlate.correlations(tai.to_numpy()), tai.columns, tai.columns).stack().loc[printed.index]
    away = (found - printed).abs().to_numpy()
    assert (away > 0.0055).sum() <= 3
    assert away.max() < 0.0185


def test_tai_eigenvalues_loadings_and_weights(tai: pd.DataFrame, shared: Path) -> None:
    """Tables 7, 17 (Kaiser-normalised varimax), 18 (weights by principal components)."""
    found = factors.factors(tai.to_numpy(), keep=4)
    eigen = pd.read_csv(shared / "oracles/tai/tai_eigen_T7.csv")
    assert found.eigenvalues == pytest.approx(eigen["eigen"].to_numpy(), abs=0.06)
    assert 100 * found.eigenvalues / 8 == pytest.approx(eigen["pct"].to_numpy(), abs=0.12)
    printed = _table(shared, "tai_varimax_T17.csv").to_numpy()
    order = [int(np.abs(found.rotated.T @ printed[:, k]).argmax()) for k in range(4)]
    np.testing.assert_allclose(found.rotated[:, order], printed, atol=0.013)
    expected = _table(shared, "tai_weights_T18_T22.csv")["PC_T18"].to_numpy()
    np.testing.assert_allclose(weights.pca(tai.to_numpy(), keep=4), expected, atol=0.015)


def test_tai_normalised_schooling(tai: pd.DataFrame, shared: Path) -> None:
    printed = _table(shared, "tai_schooling_norm_T15.csv")
    x = tai.loc[printed.index].to_numpy()
    np.testing.assert_allclose(normalise.zscore(x, direction=1)[:, 6], printed["z"], atol=0.0055)
    np.testing.assert_allclose(normalise.minmax(x, direction=1)[:, 6], printed["minmax"], atol=0.0055)


def test_tai_benefit_of_the_doubt(tai: pd.DataFrame, shared: Path) -> None:
    """Table 19, weights bound to 10-15 %: within .007 (inputs are rounded), and all ranks of Table 23."""
    printed = _table(shared, "tai_bod_T19.csv")["BOD_T19"]
    z = normalise.minmax(tai.loc[printed.index].to_numpy(), direction=1)
    found = aggregate.benefit_of_doubt(z, share_bounds=(0.10, 0.15))
    np.testing.assert_allclose(found, printed, atol=0.0071)
    ranked = _table(shared, "tai_ranks_T23.csv")["BOD"].loc[printed.index]
    assert ranks(found, digits=9).tolist() == ranked.tolist()


@pytest.mark.parametrize("scheme", ["EW", "BAP"])
def test_tai_ranks_with_the_goalposts_of_undp(tai: pd.DataFrame, shared: Path, scheme: str) -> None:
    """Table 23 follows from the goalposts of UNDP (2001), values beyond them cut."""
    printed = _table(shared, "tai_ranks_T23.csv")[scheme]
    z = normalise.minmax(tai.loc[printed.index].to_numpy(), direction=1, goalposts=UNDP_2001, clip=True)
    w = _table(shared, "tai_weights_T18_T22.csv")[scheme].to_numpy()
    assert ranks(aggregate.arithmetic(z, w)).tolist() == printed.tolist()


# worked by hand


def test_minmax_by_hand() -> None:
    """Column 1 (2, 4, 6): 0, .5, 1. Column 2, less is better (10, 20, 14): 1, 0, (20 - 14) / 10 = .6."""
    z = normalise.minmax([[2, 10], [4, 20], [6, 14]], direction=[1, -1])
    np.testing.assert_allclose(z, [[0, 1], [0.5, 0], [1, 0.6]])


def test_scopes_by_hand() -> None:
    """Regions a (1, 2), b (3, 10) over two years. Pooled: range 1..10. Per year: each year 0 and 1. Base year: range 1..3."""
    x = np.array([[[1.0], [2.0]], [[3.0], [10.0]]])
    np.testing.assert_allclose(normalise.minmax(x, direction=1)[..., 0], [[0, 1 / 9], [2 / 9, 1]])
    np.testing.assert_allclose(normalise.minmax(x, direction=1, scope="per_year")[..., 0], [[0, 0], [1, 1]])
    np.testing.assert_allclose(normalise.minmax(x, direction=1, scope="base_year")[..., 0], [[0, 0.5], [1, 4.5]])


def test_a_kept_scale_leaves_old_values_alone() -> None:
    """Fitted on 0..10; a later value of 12 becomes 1.2 and changes nothing before it."""
    scale = normalise.fit_minmax([[0.0], [4.0], [10.0]], direction=1)
    np.testing.assert_allclose(scale.apply([[4.0], [12.0]])[:, 0], [0.4, 1.2])
    with pytest.raises(MethodError, match="fitted"):
        scale.apply([[1.0, 2.0]])


def test_other_normalisers_by_hand() -> None:
    """(1, 2, 5): to a frontier of 11 from the worst 1: 0, .1, .4. Ratio to the best .2, .4, 1; less is better 1, .5, .2.
    Efficacy 60 + 40 x (0, .25, 1). Toward [2, 3]: away 1, 0, 2 of at most 2. Ranks (5, 5, 7, 1), less is better:
    2.5, 2.5, 1, 4."""
    x = np.array([[1.0], [2.0], [5.0]])
    np.testing.assert_allclose(normalise.distance_to_frontier(x, direction=1, frontier=[11])[:, 0], [0, 0.1, 0.4])
    np.testing.assert_allclose(normalise.ratio(x, direction=1)[:, 0], [0.2, 0.4, 1])
    np.testing.assert_allclose(normalise.ratio(x, direction=-1)[:, 0], [1, 0.5, 0.2])
    np.testing.assert_allclose(normalise.efficacy(x, direction=1)[:, 0], [60, 70, 100])
    np.testing.assert_allclose(normalise.toward(x, low=2, high=3)[:, 0], [0.5, 1, 0])
    tied = np.array([[5.0], [5.0], [7.0], [1.0]])
    assert normalise.rank(tied, direction=-1)[:, 0].tolist() == [2.5, 2.5, 1, 4]
    assert normalise.rank(tied, direction=-1, scaled=True)[:, 0].tolist() == [0.5, 0.5, 0, 1]


def test_entropy_by_hand() -> None:
    """Shares .25, .75: H = .25 ln 4 + .75 ln(4/3) = .346574 + .215762 = .562335, e = H / ln 2 = .811278, 1 - e = .188722.
    Shares 0, 1: e = 0. Weights .188722 / 1.188722 = .158760 and .841240."""
    assert weights.entropy([[1, 0], [3, 1]]) == pytest.approx([0.158760, 0.841240], abs=5e-7)


def test_small_spreads_keep_their_entropy() -> None:
    """Two rows 1 - a and 1 + a: 1 - e = (a^2 / 2 + ...) / ln 2; for a = 1e-7 and 2e-7 the weights are 1 : 4."""
    w = weights.entropy([[1 - 1e-7, 1 - 2e-7], [1 + 1e-7, 1 + 2e-7]])
    assert w == pytest.approx([0.2, 0.8], rel=1e-6)


def test_critic_by_hand() -> None:
    """Columns a, b = a and c = 1 - a: r_ab = 1, r_ac = r_bc = -1, equal sigma; conflicts 0 + 2, 0 + 2, 2 + 2: weights
    1/4, 1/4, 1/2. With |r| there is no conflict at all: the contrast alone decides, 1/3 each."""
    a = np.array([0, 0.5, 1])
    z = np.column_stack([a, a, 1 - a])
    assert weights.critic(z) == pytest.approx([0.25, 0.25, 0.5])
    assert weights.critic(z, correlation="absolute") == pytest.approx([1 / 3] * 3)
    assert weights.critic(z, correlation="spearman") == pytest.approx([0.25, 0.25, 0.5])


def test_variation_weights_by_hand() -> None:
    """(1, 3): mean 2, sd 1, cv .5; (0, 4): mean 2, sd 2, cv 1. Weights 1/3, 2/3, both by cv and by sd."""
    assert weights.cv([[1, 0], [3, 4]]) == pytest.approx([1 / 3, 2 / 3])
    assert weights.sd([[1, 0], [3, 4]]) == pytest.approx([1 / 3, 2 / 3])


def test_scatter_weights_by_hand() -> None:
    """Rows (1, 0), (1, 1), (0, 1): Z'Z = [[2, 1], [1, 2]], first eigenvector (1, 1): weights 1/2. A doubled column 1 gives
    Z'Z = [[8, 2], [2, 2]], eigenvalue 5 + sqrt 13, vector (2, sqrt 13 - 3): weights .767592, .232408."""
    assert weights.scatter([[1, 0], [1, 1], [0, 1]]) == pytest.approx([0.5, 0.5])
    assert weights.scatter([[2, 0], [2, 1], [0, 1]]) == pytest.approx([0.767592, 0.232408], abs=5e-7)


def test_independence_weights_by_hand() -> None:
    """Columns 1 and 2 with correlation r: each multiple correlation is |r|, weights 1/2. An uncorrelated third takes all."""
    a = np.array([1.0, -1, 1, -1, 1, -1, 1, -1])
    b = np.array([1.0, 1, 1, -1, 1, -1, -1, -1])
    c = np.array([1.0, 1, -1, -1, -1, -1, 1, 1])
    assert weights.independence(np.column_stack([a, b])) == pytest.approx([0.5, 0.5])
    assert weights.independence(np.column_stack([a, b, c]))[2] > 0.99


def test_combinations_by_hand() -> None:
    """(.5, .5) and (.8, .2). Mean .65, .35. Product sqrt(.4) : sqrt(.1) = 2 : 1. Game: [.5 .5; .5 .68] a = (.5, .68), a = (0, 1):
    from the first row a1 + a2 = 1, the second .5 a1 + .68 a2 = .68, hence .18 a2 = .18."""
    pair = [[0.5, 0.5], [0.8, 0.2]]
    assert weights.combine(pair) == pytest.approx([0.65, 0.35])
    assert weights.combine(pair, rule="product") == pytest.approx([2 / 3, 1 / 3])
    assert weights.combine(pair, rule="game") == pytest.approx([0.8, 0.2])


def test_aggregates_by_hand() -> None:
    """(.25, 1) with weights .5, .5: arithmetic .625, geometric .5, harmonic 1 / (.5 / .25 + .5) = .4.
    Mazziotta-Pareto: mean .625, variance .375^2 = .140625, penalty .140625 / .625 = .225: .4, and with sign 1 .85."""
    z, w = [[0.25, 1.0]], [0.5, 0.5]
    assert aggregate.arithmetic(z, w) == pytest.approx([0.625])
    assert aggregate.geometric(z, w) == pytest.approx([0.5])
    assert aggregate.harmonic(z, w) == pytest.approx([0.4])
    assert aggregate.penalised(z, w) == pytest.approx([0.4])
    assert aggregate.penalised(z, w, sign=1) == pytest.approx([0.85])


def test_topsis_weighs_coordinates_or_distances() -> None:
    """Rows (0, 0), (1, 1), (1, 0), weights .8, .2. Row 3: d+ = .2, d- = .8 -> .8; with weighed squared distances
    d+ = sqrt .2, d- = sqrt .8 -> 2 / 3."""
    z = [[0, 0], [1, 1], [1, 0]]
    assert aggregate.topsis(z, [0.8, 0.2]) == pytest.approx([0, 1, 0.8])
    assert aggregate.topsis(z, [0.8, 0.2], weigh="distances")[2] == pytest.approx(2 / 3)


def test_benefit_of_the_doubt_by_hand() -> None:
    """(1, 0), (0, 1), (.5, .5), (.25, .25): the first three reach 1, the last half of the third: .5.
    With equal weight shares only (.5, .5) is allowed: all sums w (z1 + z2) with w = 1: 1, 1, 1, .5.
    Pie shares of at least .1 leave a row with a zero no weights."""
    z = [[1, 0], [0, 1], [0.5, 0.5], [0.25, 0.25]]
    assert aggregate.benefit_of_doubt(z) == pytest.approx([1, 1, 1, 0.5])
    assert aggregate.benefit_of_doubt(z, share_bounds=(0.5, 0.5)) == pytest.approx([1, 1, 1, 0.5])
    with pytest.raises(MethodError, match="lift zeros"):
        aggregate.benefit_of_doubt(z, share_bounds=(0.1, 0.9), share_of="contributions")


def test_ranks_by_hand() -> None:
    """1 is the largest; ties share the smaller number; noise below the twelfth decimal breaks no tie if asked."""
    assert ranks(np.array([0.2, 0.9, 0.2, 0.1])).tolist() == [2, 1, 2, 4]
    assert ranks(np.array([[1.0, 1.0 + 1e-15], [0.0, 1.0]]), digits=12).tolist() == [[1, 1], [2, 1]]
    assert mean_ranks(np.array([5.0, 5.0, 7.0])).tolist() == [1.5, 1.5, 3]


# uncertainty: limiting cases


def test_dominant_rows_are_sure_and_crossing_rows_are_not() -> None:
    """Row 1 is best and row 4 worst in both columns; rows 2 and 3 are mirror images, so each is second in half of the draws."""
    z = np.array([[1.0, 1.0], [0.7, 0.3], [0.3, 0.7], [0.0, 0.0]])
    found = robust.rank_intervals(z, draws=2000, seed=3, weights=[[0.5, 0.5], [1, 0], [0, 1]], top=2)
    assert found.low.tolist() == [1, 2, 2, 4]
    assert found.high.tolist() == [1, 3, 3, 4]
    assert found.top == pytest.approx([1, 0.5, 0.5, 0], abs=0.05)


def test_no_choice_no_uncertainty() -> None:
    z = np.random.default_rng(1).random((9, 3))
    found = robust.rank_intervals(z, draws=20, seed=1, weights=[np.full(3, 1 / 3)], perturbation=0, leave_out=False,
                                  aggregations=("arithmetic",))  # fmt: skip
    published = ranks(z.mean(axis=1))
    assert found.low.tolist() == found.high.tolist() == published.tolist()


def test_explained_shares_of_a_known_model() -> None:
    """y = 3 a + b with independent fair coins: variances 9/4 and 1/4, so the shares are .9 and .1, and nothing is left."""
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 2, size=(2, 20000)).astype(float)
    shares = robust.explained((3 * a + b)[:, None], {"a": a[:, None], "b": b[:, None]})
    assert shares["a"] == pytest.approx(0.9, abs=0.01)
    assert shares["b"] == pytest.approx(0.1, abs=0.01)
    assert shares["interactions"] == pytest.approx(0, abs=0.02)


def test_a_pure_interaction_is_nobodys_share() -> None:
    """y = 1 where exactly one coin is heads: neither coin alone says anything."""
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 2, size=(2, 20000)).astype(float)
    shares = robust.explained(np.abs(a - b)[:, None], {"a": a[:, None], "b": b[:, None]})
    assert shares["interactions"] > 0.99


# refusals


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: normalise.minmax([[1, 2], [1, 3]], direction=1), "constant"),
        (lambda: normalise.minmax([[1.0], [2.0]], direction=2), "direction"),
        (lambda: normalise.minmax([[1.0], [2.0]], direction=1, scope="per_year"), "regions x years"),
        (lambda: normalise.minmax([[1.0], [2.0]], direction=1, scope="yearly"), "scope is one of"),
        (lambda: normalise.minmax([[1.0], [2.0]], direction=1, goalposts=[[3, 2]]), "low < high"),
        (lambda: normalise.ratio([[0.0], [2.0]], direction=1), "above 0"),
        (lambda: normalise.distance_to_frontier([[1.0], [2.0]], direction=1, frontier=[0.5]), "wrong side"),
        (lambda: weights.entropy([[-0.1, 1], [1, 2]]), "column 0 reaches -0.1"),
        (lambda: weights.entropy([[1.0, 2.0]]), "one row"),
        (lambda: weights.entropy([[1.0], [2.0]], zeros="drop"), "zero policy"),
        (lambda: weights.ahp([[1, 2], [2, 1]]), "1 / a"),
        (lambda: weights.ahp([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]), "consistency ratio"),
        (lambda: weights.combine([[0.5, 0.6]]), "sum to 1"),
        (lambda: weights.combine([[0.5, 0.5], [1.0]]), "1 weights for 2 columns"),
        (lambda: weights.combine([[1, 0], [0, 1]], rule="product"), "in some scheme"),
        (lambda: weights.combine([[1, 0]], rule="median"), "rule is one of"),
        (lambda: aggregate.geometric([[-1.0, 1.0]], [0.5, 0.5]), "normalise"),
        (lambda: aggregate.arithmetic([[1.0, 1.0]], [0.5, 0.4]), "sum to 1"),
        (lambda: aggregate.topsis([[1.0, 1.0], [1.0, 1.0]], [0.5, 0.5]), "coincide"),
        (lambda: aggregate.benefit_of_doubt([[1.0, 0.0]]), "zero throughout"),
        (lambda: aggregate.benefit_of_doubt([[1.0, 1.0]], share_bounds=(0.6, 0.9)), "sums of low"),
        (lambda: robust.rank_intervals([[1.5, 1.0]], draws=9), "normalise first"),
        (lambda: robust.rank_intervals([[0.5, 1.0]], draws=9, aggregations=("median",)), "aggregations"),
    ],
)
def test_refusals_say_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(MethodError, match=says):
        call()  # type: ignore[operator]
