"""Weights (赋权) from the data or from judgement: (J,) on the simplex, from normalised values (N,J), more is better.

Columns may also be (R,T,J): regions and years are then rows of one pooled sample. A constant column decides nothing and gets
weight 0; where nothing varies, weights are equal. Weights from data measure dispersion and redundancy, not importance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from yindi.core.errors import MethodError
from yindi.core.registry import get, method
from yindi.measure.check import constant, finite, nonnegative, simplex, stretches
from yindi.measure.correlate import correlations

SHANNON = "Shannon (1948); Hwang & Yoon (1981) Multiple Attribute Decision Making"
DIAKOULAKI = "Diakoulaki, Mavrotas & Papayannakis (1995) Computers & Operations Research 22(7):763-770"
LAWS = ("simplex", "row_order_free", "constant_is_nothing", "refuses_nan")
ZERO_POLICIES = ("keep", "shift", "replace", "rescale", "lift")
CONVENTIONS = {"spssau": ("lift", 0.01), "stata": ("replace", 1e-5), "mathmodels": ("rescale", 0.002)}
"""What others do about zeros before entropy: zero policy and epsilon."""
Zeros = Literal["keep", "shift", "replace", "rescale", "lift"]
EXACT_BELOW = 1e-6


def _rows(z: ArrayLike, *, where: str) -> np.ndarray:
    array = finite(z, where=where, ndim=(2, 3))
    return array.reshape(-1, array.shape[-1])


def _shares(score: np.ndarray) -> np.ndarray:
    """Scores (J,) at least 0 as shares; equal where all are 0."""
    total = score.sum()
    return score / total if total > 0 else np.full(score.size, 1.0 / score.size)


@method("weights", "equal", cites=("OECD/JRC (2008)",), laws=("simplex", "row_order_free", "refuses_nan"))
def equal(z: ArrayLike) -> np.ndarray:
    """Equal weights (等权), (J,)."""
    columns = _rows(z, where="equal").shape[1]
    return np.full(columns, 1.0 / columns)


def _zero_policy(z: np.ndarray, policy: str, epsilon: float) -> np.ndarray:
    if policy not in ZERO_POLICIES:
        raise MethodError(f"entropy: the zero policy is one of {ZERO_POLICIES}, not {policy!r}.")
    if policy == "keep":
        return z
    if not 0 < epsilon < 0.5:
        raise MethodError(f"entropy: zero policy {policy!r} needs 0 < epsilon < 0.5, got {epsilon:g}.")
    if policy == "shift":
        return z + epsilon
    if policy == "replace":
        return np.where(z == 0, epsilon, z)
    low, high = z.min(axis=0), z.max(axis=0)
    if policy == "lift":
        return np.asarray(z + np.where(low <= 0, np.abs(low) + epsilon, 0.0))
    span = np.where(high > low, high - low, 1.0)
    return np.asarray(epsilon + (1 - 2 * epsilon) * (z - low) / span)


def divergence(z: ArrayLike, *, zeros: str = "keep", epsilon: float = 1e-5) -> np.ndarray:
    """Degree of divergence (差异系数) 1 - e of each column, (J,) in [0, 1]; e is the entropy over ln of the number of rows.

    Columns at least 0, but for zero policy `lift`; a constant column has 0. Raises MethodError for negative values or fewer
    than two rows.
    """
    rows = _rows(z, where="entropy")
    if zeros != "lift":
        nonnegative(rows, where="entropy")
    if rows.shape[0] < 2:
        raise MethodError("entropy: one row has no entropy; at least two are needed.")
    flat = constant(rows)
    rows = _zero_policy(rows, zeros, epsilon)
    total = rows.sum(axis=0)
    mean = np.where(total > 0, total, 1.0) / rows.shape[0]
    gain = sum(_self_information(part) for part in stretches(rows)) / rows.shape[0]
    d = np.asarray(gain / mean - np.log(mean))
    for j in np.flatnonzero((d < EXACT_BELOW) & ~flat):
        d[j] = _small_divergence(rows[:, j] / mean[j])
    d = np.where(flat, 0.0, d) / np.log(rows.shape[0])
    return _within_law(d)


def _self_information(part: np.ndarray) -> np.ndarray:
    """Sum of z ln z over rows, (J,), with 0 ln 0 = 0."""
    logs = np.maximum(part, np.finfo(float).tiny)
    return np.asarray(np.einsum("ij,ij->j", part, np.log(logs, out=logs)))


def _small_divergence(q: np.ndarray) -> float:
    """Mean of q ln q for values q of mean near 1, without cancellation."""
    away = q - 1
    return float(np.mean((1 + away) * np.log1p(np.maximum(away, -1 + 1e-300)) - away))


def _within_law(d: np.ndarray) -> np.ndarray:
    """The law 0 <= e <= 1 (a sum over N T rows divided by ln T breaks it, and turns the weights around)."""
    if (d < -1e-9).any() or (d > 1 + 1e-9).any():
        raise MethodError(f"entropy: 1 - e must lie in [0, 1], got {d.min():g} to {d.max():g}.")
    return np.asarray(np.clip(d, 0.0, 1.0))


@method("weights", "entropy", cites=(SHANNON,), laws=(*LAWS, "unit_free"))
def entropy(z: ArrayLike, *, zeros: Zeros = "keep", epsilon: float = 1e-5, convention: str | None = None) -> np.ndarray:
    """Entropy weights (熵权): divergences 1 - e as shares, (J,); e sums over all rows and divides by ln of their number.

    Zero policy: `keep` (0 ln 0 = 0), `shift` all by epsilon, `replace` zeros by it, `rescale` columns to [epsilon, 1 - epsilon],
    `lift` columns that hold a value of 0 or less by |min| + epsilon. `convention` sets policy and epsilon as others do:
    "spssau" (lift, .01), "stata" (zeros to 1e-5, as in circulating do-files), "mathmodels" (rescale, .002).
    """
    if convention is not None:
        if convention not in CONVENTIONS:
            raise MethodError(f"entropy: convention is one of {sorted(CONVENTIONS)}, not {convention!r}.")
        if (zeros, epsilon) != ("keep", 1e-5):
            raise MethodError("entropy: say either convention, or zeros and epsilon.")
        return _shares(divergence(z, zeros=CONVENTIONS[convention][0], epsilon=CONVENTIONS[convention][1]))
    return _shares(divergence(z, zeros=zeros, epsilon=epsilon))


@method("weights", "critic", cites=(DIAKOULAKI,), laws=LAWS)
def critic(
    z: ArrayLike,
    *,
    contrast: Literal["sd", "cv"] = "sd",
    correlation: Literal["pearson", "absolute", "spearman"] = "pearson",
) -> np.ndarray:
    """CRITIC weights (J,): contrast times conflict, sigma_j sum_k (1 - r_jk), as shares; normalise to one range first.

    Variants: `contrast="cv"` (改进 CRITIC), `correlation="absolute"` (1 - |r|) or "spearman". Where no two columns conflict
    (all perfectly correlated) the contrast alone decides.
    """
    rows = _rows(z, where="critic")
    vary = ~constant(rows)
    if not vary.any():
        return _shares(np.zeros(rows.shape[1]))
    varying = rows if vary.all() else rows[:, vary]
    spread = _contrast(varying, contrast)
    conflict = (1 - correlations(varying, kind=correlation)).sum(axis=1)
    result = np.zeros(rows.shape[1])
    result[vary] = spread * (conflict if conflict.max() > 1e-12 else 1.0)
    return _shares(result)


def _contrast(rows: np.ndarray, kind: str) -> np.ndarray:
    if kind == "sd":
        return np.asarray(rows.std(axis=0))
    if kind == "cv":
        return _variation(rows, where="critic")
    raise MethodError(f"critic: contrast is 'sd' or 'cv', not {kind!r}.")


def _variation(rows: np.ndarray, *, where: str) -> np.ndarray:
    nonnegative(rows, where=where)
    mean = rows.mean(axis=0)
    spread = np.where(constant(rows), 0.0, rows.std(axis=0))
    return np.asarray(spread / np.where(mean > 0, mean, 1.0))


@method("weights", "cv", cites=("变异系数法 (信息量权)",), laws=(*LAWS, "unit_free"))
def cv(z: ArrayLike) -> np.ndarray:
    """Coefficient-of-variation weights (变异系数权重): standard deviation over mean as shares, (J,); values at least 0."""
    return _shares(_variation(_rows(z, where="cv"), where="cv"))


@method("weights", "sd", cites=("Diakoulaki et al. (1995), without conflict",), laws=LAWS)
def sd(z: ArrayLike) -> np.ndarray:
    """Standard-deviation weights (标准差权重), (J,)."""
    rows = _rows(z, where="sd")
    return _shares(np.where(constant(rows), 0.0, rows.std(axis=0)))


@method("weights", "pca", cites=("OECD/JRC (2008) Tables 17-18; Nicoletti, Scarpetta & Boylaud (2000)",), laws=LAWS)
def pca(z: ArrayLike, *, keep: int | None = None, form: Literal["loadings", "scores"] = "loadings") -> np.ndarray:
    """Weights from principal components (主成分赋权), (J,): `loadings` squared after varimax, or score coefficients (`scores`).

    `keep` components, or those with an eigenvalue above 1. Raises MethodError where `scores` gives a negative weight.
    """
    from yindi.measure.factors import factors, score_weights, squared_loading_weights

    rows = _rows(z, where="pca")
    vary = ~constant(rows)
    if not vary.any():
        return _shares(np.zeros(rows.shape[1]))
    if form not in ("loadings", "scores"):
        raise MethodError(f"pca: form is 'loadings' or 'scores', not {form!r}.")
    found = factors(rows[:, vary], keep=keep)
    result = np.zeros(rows.shape[1])
    result[vary] = squared_loading_weights(found) if form == "loadings" else score_weights(found)
    return result


@method("weights", "independence", cites=("独立性权系数法",), laws=LAWS)
def independence(z: ArrayLike) -> np.ndarray:
    """Independence weights (独立性权重), (J,): one over the multiple correlation of each column with all others, as shares.

    A column that is a combination of others has multiple correlation 1, one without correlation takes nearly all the weight.
    Raises MethodError where there are as many varying columns as rows: nothing is left to regress.
    """
    rows = _rows(z, where="independence")
    vary = ~constant(rows)
    if rows.shape[0] <= vary.sum():
        raise MethodError(f"independence: {rows.shape[0]} rows do not determine {int(vary.sum())} regressions.")
    result = np.zeros(rows.shape[1])
    if vary.any():
        result[vary] = 1 / _multiple(correlations(rows[:, vary])) if vary.sum() > 1 else 1.0
    return _shares(result)


def _multiple(r: np.ndarray) -> np.ndarray:
    """Multiple correlation of each column with all others, from correlations (J,J), at least 1e-6."""
    squares = np.empty(len(r))
    for j in range(len(r)):
        others = np.arange(len(r)) != j
        squares[j] = r[j, others] @ np.linalg.pinv(r[np.ix_(others, others)], rcond=1e-10, hermitian=True) @ r[others, j]
    return np.asarray(np.sqrt(np.clip(squares, 1e-12, 1.0)))


@method("weights", "scatter", cites=("郭亚军: 纵横向拉开档次法",), laws=LAWS)
def scatter(z: ArrayLike) -> np.ndarray:
    """Vertical and horizontal scatter degree weights (纵横向拉开档次), (J,): principal eigenvector of sum_t Z_t' Z_t, sum 1.

    They spread the scores of all regions and years most. Values at least 0 make them nonnegative (Perron).
    """
    rows = nonnegative(_rows(z, where="scatter"), where="scatter")
    result, vary = np.zeros(rows.shape[1]), ~constant(rows)
    if vary.any():
        result[vary] = _leading(rows[:, vary].T @ rows[:, vary])
    return _shares(result)


def _leading(h: np.ndarray) -> np.ndarray:
    """Principal eigenvector of a nonnegative symmetric matrix; of a multiple eigenvalue the one nearest to equal parts."""
    values, vectors = np.linalg.eigh(h)
    top = vectors[:, values >= values[-1] * (1 - 1e-9)]
    return np.asarray(np.maximum(top @ top.sum(axis=0), 0.0))


def ahp(
    pairwise: ArrayLike, *, limit: float | None = 0.1, solver: str = "eigenvector", random_index: str = "saaty"
) -> np.ndarray:
    """Weights of the analytic hierarchy process (层次分析法), (J,), from a reciprocal matrix (J,J) (Saaty 1980).

    `solver` "eigenvector", "sum" (和积法, SPSSAU's default) or "root" (方根法); `random_index` "saaty" or "simulated". Raises
    MethodError where the consistency ratio reaches `limit` (None accepts any); see `judgement.consistency`.
    """
    from yindi.measure.judgement import consistency

    found = consistency(pairwise, solver=solver, random_index=random_index)
    if limit is not None and found.ratio >= limit:
        raise MethodError(
            f"ahp: consistency ratio {found.ratio:.3f} is not below {limit:g}; revise the judgements, or limit=None."
        )
    return found.weights


@method("combination", "mean", cites=("线性加权组合赋权",), laws=("simplex", "idempotent"))
def mean_of(many: np.ndarray, *, shares: ArrayLike | None = None) -> np.ndarray:
    """The mean of weights (L,J), plain or by `shares` (L,) of the schemes, at least 0 with sum 1 (a w1 + (1 - a) w2)."""
    part = np.full(len(many), 1 / len(many)) if shares is None else simplex(shares, len(many), where="combine shares")
    return _shares(part @ many)


@method("combination", "product", cites=("最小信息熵 (minimum relative entropy)",), laws=("simplex", "idempotent"))
def product_of(many: np.ndarray) -> np.ndarray:
    """The geometric mean of weights (L,J), normalised; an indicator that one scheme gives 0 has 0."""
    with np.errstate(divide="ignore"):
        score = np.exp(np.log(many).mean(axis=0))
    if score.sum() == 0:
        raise MethodError("combine: under rule 'product' every indicator has weight 0 in some scheme; use 'mean'.")
    return _shares(score)


@method("combination", "game", cites=("博弈论组合赋权",), laws=("simplex", "idempotent"))
def game_of(many: np.ndarray, *, convention: Literal["nonnegative", "absolute"] = "nonnegative") -> np.ndarray:
    """Game-theoretic combination (博弈论组合赋权): sum_l a_l (w_k w_l) = w_k w_k for all k; a at least 0, as shares.

    Where an a is negative the equations are solved under a >= 0; `convention="absolute"` takes |a| instead, as scripts do.
    """
    if convention not in ("nonnegative", "absolute"):
        raise MethodError(f"combine: convention is 'nonnegative' or 'absolute', not {convention!r}.")
    gram = many @ many.T
    share = np.linalg.lstsq(gram, np.diag(gram), rcond=1e-12)[0]
    if convention == "absolute":
        share = np.abs(share)
    if (share < 0).any():
        from scipy.optimize import nnls

        share = nnls(gram, np.diag(gram))[0]
    return _shares(share @ many)


RULES = ("mean", "product", "game")


def combine(weights: Sequence[ArrayLike], *, rule: str = "mean", **options: object) -> np.ndarray:
    """Combined weights (组合赋权) from several (J,): rule `mean`, `product` (geometric mean) or `game`; sum 1.

    `options` are the rule's own: `shares` of `mean`, `convention` of `game`. Raises MethodError for weights off the simplex.
    """
    if not len(weights):
        raise MethodError("combine: no weights given.")
    if rule not in RULES:
        raise MethodError(f"combine: rule is one of {sorted(RULES)}, not {rule!r}.")
    columns = np.asarray(weights[0]).size
    many = np.stack([simplex(w, columns, where=f"combine: weights {n}") for n, w in enumerate(weights)])
    return np.asarray(get("combination", rule).bind(**options)(many))
