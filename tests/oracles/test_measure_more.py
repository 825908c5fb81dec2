"""Outlier treatment, hierarchies, effective weights, agreement of rankings, Sobol indices."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from yindi.core.errors import MethodError
from yindi.measure import aggregate, hierarchy, influence, normalise, sensitivity, treat, weights
from yindi.measure.ranks import ranks


def asem(shared: Path, step: str) -> pd.DataFrame:
    return pd.read_csv(shared / f"oracles/coinr_asem/asem_{step}.csv", index_col=0).sort_index()


# COINr's ASEM example, end to end


def denominated(shared: Path) -> pd.DataFrame:
    """Raw indicators over their denominators (metadata)."""
    raw = pd.read_csv(shared / "data/bench/coinr_ASEM_iData.csv").set_index("uCode").sort_index()
    meta = pd.read_csv(shared / "data/bench/coinr_ASEM_iMeta.csv").query("Type == 'Indicator'").set_index("iCode")
    return pd.DataFrame({c: raw[c] / raw[d] if isinstance(d, str) else raw[c] for c, d in meta["Denominator"].items()})


def imputed(shared: Path) -> pd.DataFrame:
    """Missing cells: the mean of Europe or of Asia."""
    group = pd.read_csv(shared / "data/bench/coinr_ASEM_iData.csv").set_index("uCode").sort_index()["EurAsia_group"]
    table = denominated(shared)
    return table.fillna(table.groupby(group).transform("mean"))


def test_asem_from_raw_data_to_ranks(shared: Path) -> None:
    """COINr 1.1.14: denominate, impute, treat, normalise to 0-100, aggregate up four levels: CHE 68.38 first, NLD second."""
    meta = pd.read_csv(shared / "data/bench/coinr_ASEM_iMeta.csv").dropna(subset=["Level"]).set_index("iCode")
    x = imputed(shared)
    np.testing.assert_allclose(x, asem(shared, "imputed")[x.columns], rtol=1e-9)
    treated = treat.treat(x.to_numpy())
    np.testing.assert_allclose(treated.values, asem(shared, "treated")[x.columns], rtol=1e-9)
    z = 100 * normalise.minmax(treated.values, direction=meta.loc[x.columns, "Direction"].to_numpy())
    np.testing.assert_allclose(z, asem(shared, "normalised")[x.columns], rtol=1e-8, atol=1e-9)
    names, level = list(x.columns), z
    printed = asem(shared, "aggregated")
    while names != ["Index"]:
        parents = list(dict.fromkeys(meta.loc[names, "Parent"]))
        at = [parents.index(p) for p in meta.loc[names, "Parent"]]
        level = hierarchy.climb(level, at, meta.loc[names, "Weight"].to_numpy())
        names = parents
        np.testing.assert_allclose(level, printed[names], rtol=1e-8, atol=1e-9)
    results = asem(shared, "results")
    np.testing.assert_allclose(level[:, 0], results["Index"], atol=0.0051)
    assert ranks(level[:, 0]).tolist() == results["Rank"].tolist()


def test_treatment_moves_only_what_fails(shared: Path) -> None:
    x = imputed(shared)
    found = treat.treat(x.to_numpy())
    kept = [n for n, how in enumerate(found.how) if how == treat.KEPT]
    assert np.array_equal(found.values[:, kept], x.to_numpy()[:, kept])
    assert sum(how == treat.WINSORISED for how in found.how) == 15
    assert max(found.moved) == 4


def test_logarithm_where_winsorising_is_not_allowed() -> None:
    """Powers 10^0..10^11 with no point to move: their logarithms are not skewed. Constant columns are left alone."""
    x = np.column_stack([10.0 ** np.arange(12), np.full(12, 7.0)])
    found = treat.treat(x, points=0, log_offset=1e-11)
    assert found.how == (treat.LOGGED, treat.KEPT)
    assert (np.diff(found.values[:, 0]) > 0).all()


def test_skewness_and_kurtosis_by_hand() -> None:
    """0, 0, 0, 4: mean 1, m2 = 12 / 4 = 3, m3 = 24 / 4 = 6, m4 = 84 / 4 = 21. g1 = 6 / 3^1.5 = 1.154701, x sqrt 12 / 2 = 2.
    g2 = 21 / 9 - 3 = -2 / 3; (5 x -2/3 + 6) x 3 / (2 x 1) = 4."""
    x = np.array([0.0, 0, 0, 4])
    assert treat.skewness(x) == pytest.approx(2)
    assert treat.kurtosis(x) == pytest.approx(4)


def test_quantile_cut_by_hand() -> None:
    """0..100 cut at .05 and .95: the ends become 5 and 95."""
    cut = treat.clip_quantiles(np.arange(101.0)[:, None], low=0.05, high=0.95)
    assert (cut.min(), cut.max()) == pytest.approx((5, 95))


# hierarchies


def test_levels_by_hand() -> None:
    """Columns 1, 2 under parent 0 with weights 1, 3: (0 + 3 x .8) / 4 = .6; column 3 alone under parent 1."""
    up = hierarchy.climb([[0.0, 0.8, 0.4]], [0, 0, 1], [1, 3, 5])
    np.testing.assert_allclose(up, [[0.6, 0.4]])
    np.testing.assert_allclose(hierarchy.climb([[0.25, 1.0]], [0, 0], fn=aggregate.geometric), [[0.5]])


def test_nested_weights_by_hand_and_against_flat() -> None:
    """Equal weights within (2 and 1 columns) and over two parents: 1/4, 1/4, 1/2. Entropy nested and flat differ."""
    z = np.random.default_rng(1).random((30, 3)) ** [1, 3, 2]
    assert hierarchy.nested_weights(z, [0, 0, 1], weights.equal) == pytest.approx([0.25, 0.25, 0.5])
    nested = hierarchy.nested_weights(z, [0, 0, 1], weights.entropy)
    assert nested.sum() == pytest.approx(1)
    assert np.abs(nested - weights.entropy(z)).max() > 0.01


# influence and agreement


def test_effective_weights_by_hand() -> None:
    """Uncorrelated columns, equal weights, variances 1 and 4 (+-1, +-2): shares 1/5 and 4/5, correlations their roots."""
    z = np.array([[1.0, 2], [1, -2], [-1, 2], [-1, -2]])
    found = influence.influence(z, [0.5, 0.5])
    assert found.variance_share == pytest.approx([0.2, 0.8])
    assert found.correlation == pytest.approx([math.sqrt(0.2), math.sqrt(0.8)])


def test_agreement_by_hand() -> None:
    """Ranks 1 2 3 4 and 2 1 3 4: Spearman 1 - 6 x 2 / 60 = .8; five of six pairs agree: tau (5 - 1) / 6; one place for two."""
    found = influence.agreement([9.0, 7, 5, 1], [7.0, 9, 5, 1])
    assert (found.spearman, found.kendall) == pytest.approx((0.8, 2 / 3))
    assert (found.mean_shift, found.largest_shift) == (0.5, 1)


# Sobol


def test_sobol_indices_of_ishigami() -> None:
    """Ishigami & Homma (1990), a = 7, b = .1: first .3139, .4424, 0; total .5576, .4424, .2437."""

    def model(u: np.ndarray) -> np.ndarray:
        x = math.pi * (2 * u - 1)
        return np.asarray(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))

    found = sensitivity.sobol(model, factors={"a": 1, "b": 1, "c": 1}, draws=2**15, seed=1)
    assert [float(found.first[f]) for f in "abc"] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert [float(found.total[f]) for f in "abc"] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_ranks_that_one_choice_decides() -> None:
    """Two normalisers that rank two regions oppositely, weights that do not matter (equal columns): all is the normaliser's."""
    up, down = np.array([[0.9, 0.9], [0.1, 0.1]]), np.array([[0.1, 0.1], [0.9, 0.9]])
    model, factors = sensitivity.rank_model([up, down], [np.array([0.5, 0.5]), np.array([0.3, 0.7])])
    found = sensitivity.sobol(model, factors=factors, draws=4000, seed=2)
    assert found.overall("first")["normaliser"] == pytest.approx(1, abs=0.05)
    assert found.overall()["weights"] == pytest.approx(0, abs=1e-12)
    assert found.overall()["aggregate"] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: treat.treat([[1.0], [2.0]]), "4 rows"),
        (lambda: treat.clip_quantiles([[1.0], [2.0]], low=0.9, high=0.1), "low < high"),
        (lambda: hierarchy.climb([[1.0, 2.0]], [0, 2]), "a parent 0, 1"),
        (lambda: hierarchy.climb([[1.0, 2.0]], [0, 1], [1, 0]), "more than 0"),
        (lambda: influence.influence([[1.0], [1.0]], [1.0]), "same in all rows"),
        (lambda: influence.agreement([1.0, 1.0], [1.0, 2.0]), "vary"),
        (lambda: sensitivity.sobol(lambda u: u, factors={}, draws=9), "factors"),
    ],
)
def test_refusals_say_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(MethodError, match=says):
        call()  # type: ignore[operator]
