"""Every registered method of disparity on every degenerate input: a defined result or a refusal that says why, never a warning.

EXPECTED lists every refusal (a word of it) and the figures that symmetry fixes; what is listed nowhere must be finite throughout.
test_degenerate.py holds the kernels' finer cases.
"""

from __future__ import annotations

import importlib
import pkgutil
import warnings
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest

import yindi.disparity
from yindi.core.errors import MethodError
from yindi.core.registry import methods
from yindi.disparity import (
    association,
    clubs,
    converge,
    decompose,
    density,
    distribution,
    inequality,
    network,
    relations,
    spatial,
    warning,
)
from yindi.disparity.geography import ellipse
from yindi.measure import weights

KINDS = ("inequality", "polarisation", "decomposition", "association", "distribution", "convergence", "spatial")
N, YEARS = 6, 9
GROUPS = list("aaabbb")
RING = np.roll(np.eye(N), 1, 0) / 2 + np.roll(np.eye(N), -1, 0) / 2
ISLAND = RING * (np.arange(N) > 0) * (np.arange(N) > 0)[:, None]
PARTS = np.kron(np.eye(2), (1 - np.eye(3)) / 2)
USUAL = np.array([1.0, 3, 2, 5, 4, 7])
PLACES = np.array([[100.0, 30], [105, 35], [110, 31], [104, 26], [112, 38], [101, 41]])
NOISE = np.random.default_rng(3).normal(size=(N, YEARS))
DRIFT = USUAL[:, None] * (1 + 0.01 * np.arange(YEARS)) * np.exp(0.02 * NOISE)


def vector(y: Any) -> dict[str, Any]:
    """A vector as the first year of a panel that moves as DRIFT does, so that one input serves kernels of both shapes."""
    v = np.asarray(y, dtype=float)
    n = len(v)
    return {"y": v, "panel": v[:, None] * DRIFT[:n] / USUAL[:n, None], "w": RING[:n, :n], "groups": GROUPS[:n]}


INPUTS: dict[str, dict[str, Any]] = {
    "constant": {**vector([2.0] * N), "panel": np.full((N, YEARS), 2.0)},
    "zero": {**vector([0.0] * N), "panel": np.zeros((N, YEARS))},
    "one region": {**vector([3.0]), "w": np.zeros((1, 1))},
    "one year": {**vector(USUAL), "panel": USUAL[:, None]},
    "ties": {**vector([1.0, 1, 1, 4, 4, 4]), "panel": np.repeat(np.array([1.0, 1, 1, 4, 4, 4])[:, None], YEARS, axis=1)},
    "islands": {**vector(USUAL), "w": ISLAND},
    "disconnected": {**vector(USUAL), "w": PARTS},
    "groups of one": {**vector(USUAL), "groups": list("abcdef")},
    "negative": {**vector([-1.0, 2, 3, 4, 5, 6])},
    "not finite": {**vector(USUAL), "y": np.array([1.0, np.nan, 2, 3, 4, 5]), "panel": np.where(DRIFT > 0, np.nan, 0.0)},
}


def flows(d: dict[str, Any]) -> np.ndarray:
    n = len(d["y"])
    return network.gravity(d["y"], np.abs(apart(n)) + np.eye(n))


def apart(n: int) -> np.ndarray:
    return np.subtract.outer(np.arange(float(n)), np.arange(float(n)))


def regressors(d: dict[str, Any]) -> np.ndarray:
    return NOISE[: d["panel"].shape[0], : d["panel"].shape[1], None]


CALLS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "inequality gini": lambda d: inequality.gini(d["y"]),
    "inequality theil": lambda d: inequality.theil(d["y"]),
    "inequality mld": lambda d: inequality.mld(d["y"]),
    "inequality atkinson": lambda d: inequality.atkinson(d["y"]),
    "inequality cv": lambda d: inequality.cv(d["y"]),
    "polarisation wolfson": lambda d: inequality.wolfson(d["y"]),
    "polarisation tsui_wang": lambda d: inequality.tsui_wang(d["y"]),
    "polarisation duclos_esteban_ray": lambda d: inequality.duclos_esteban_ray(d["y"]),
    "polarisation esteban_ray": lambda d: inequality.esteban_ray(d["y"], d["groups"], alpha=1.5),
    "polarisation warning": lambda d: warning.early_warning(d["panel"], d["groups"], bootstrap=20),
    "decomposition dagum": lambda d: decompose.dagum(d["y"], d["groups"], bootstrap=9),
    "decomposition change": lambda d: decompose.change(d["y"], d["y"], d["groups"], bootstrap=9),
    "decomposition theil": lambda d: decompose.theil(d["y"], d["groups"], permutations=9),
    "decomposition theil_nested": lambda d: decompose.theil_nested(d["y"], d["groups"], np.arange(len(d["y"]))),
    "association moran": lambda d: association.moran(d["y"], d["w"], permutations=9),
    "association bivariate_moran": lambda d: association.bivariate_moran(d["y"], d["y"], d["w"], permutations=99),
    "association geary": lambda d: association.geary(d["y"], d["w"]),
    "association local_moran": lambda d: association.local_moran(d["y"], d["w"], permutations=99),
    "association local_bivariate_moran": lambda d: association.local_bivariate_moran(d["y"], d["y"], d["w"], permutations=99),
    "distribution kde": lambda d: density.kde(d["y"]),
    "distribution modes": lambda d: density.modes(d["y"]),
    "distribution silverman_test": lambda d: density.silverman_test(d["y"], most=1, draws=20),
    "distribution markov": lambda d: distribution.markov(d["panel"], k=2),
    "distribution spatial_markov": lambda d: distribution.spatial_markov(d["panel"], d["w"], k=2, permutations=9),
    "convergence sigma": lambda d: converge.sigma(d["panel"]),
    "convergence beta": lambda d: converge.beta(d["panel"]),
    "convergence clubs": lambda d: clubs.clubs(d["panel"]),
    "convergence spatial_beta": lambda d: converge.spatial_beta(d["panel"], d["w"], draws=9),
    "spatial sar": lambda d: spatial.sar(d["panel"], regressors(d), d["w"], draws=9),
    "spatial sem": lambda d: spatial.sem(d["panel"], regressors(d), d["w"], draws=9),
    "spatial sdm": lambda d: spatial.sdm(d["panel"], regressors(d), d["w"], draws=9),
    "spatial ellipse": lambda d: ellipse(PLACES[: len(d["y"])], d["y"]),
    "spatial gravity": flows,
    "spatial concor": lambda d: relations.concor(flows(d)),
    "spatial qap": lambda d: relations.qap(flows(d), apart(len(d["y"])), permutations=99),
    "spatial network": lambda d: network.network(flows(d)),
    "spatial threshold_sensitivity": lambda d: network.threshold_sensitivity(flows(d)),
}  # fmt: skip

INDICES = [name for name in CALLS if name.startswith(("inequality", "polarisation", "decomposition"))]
ASSOCIATION = [name for name in CALLS if name.startswith("association")]
DENSITIES = ["distribution kde", "distribution modes", "distribution silverman_test"]
CHAINS = ["distribution markov", "distribution spatial_markov"]
MODELS = ["spatial sar", "spatial sem", "spatial sdm"]
NETWORKS = ["spatial network", "spatial threshold_sensitivity"]
RELATIONS = ["spatial concor", "spatial qap"]
WARNED, BETA, SPATIAL_BETA, CLUBS = "polarisation warning", "convergence beta", "convergence spatial_beta", "convergence clubs"

EXPECTED: dict[str, list[tuple[list[str], Any]]] = {
    "constant": [
        (INDICES, 0.0), (ASSOCIATION + DENSITIES, "values are equal"), (["convergence sigma"], 0.0), ([BETA], "values are equal"),
        ([SPATIAL_BETA], "collinear"), (MODELS, "without rest"),
    ],
    "zero": [
        (INDICES, "all values are zero"), (ASSOCIATION + DENSITIES, "values are equal"), (["convergence sigma"], "positive mean"),
        ([BETA, SPATIAL_BETA], "no logarithm"), ([CLUBS], "positive values"), (MODELS, "without rest"),
        (["spatial ellipse"], "not all zero"), (["spatial gravity", *NETWORKS, *RELATIONS], "all values are zero"),
    ],
    "one region": [
        (INDICES, 0.0), (ASSOCIATION, "at least 4"), (DENSITIES, "at least"), (["distribution spatial_markov"], "no unit has"),
        (["convergence sigma"], "more than 1 region"), ([BETA, CLUBS], "3 regions"), ([SPATIAL_BETA], "4 regions"),
        (MODELS, "at least 4 regions"), (["spatial ellipse"], "at least 3 places"), (NETWORKS, "N at least 3"),
        (RELATIONS, "at least 4 nodes"),
    ],
    "one year": [
        ([WARNED], "at least 3 years"), (CHAINS, "more years than 1"), ([BETA], "2 years"), ([CLUBS], "6 years"),
        ([SPATIAL_BETA], "3 years"), (MODELS, "at least two years"),
    ],
    "ties": [([BETA], "values are equal"), ([SPATIAL_BETA], "collinear"), (MODELS, "without rest")],
    "islands": [(["distribution spatial_markov"], "no neighbour"), ([SPATIAL_BETA, *MODELS], "islands")],
    "disconnected": [],
    "groups of one": [],
    "negative": [
        (INDICES, "negative value"), ([BETA, SPATIAL_BETA], "no logarithm"), ([CLUBS], "positive values"),
        (["spatial ellipse"], "must not be negative"), (["spatial gravity", *NETWORKS, *RELATIONS], "negative value"),
    ],
    "not finite": [(list(CALLS), "not finite")],
}  # fmt: skip
INFINITE = ("passage", "slope", "t")
"""First passage where there is no way, and the t of regions that are equal throughout, are infinite by definition."""


def main_figure(result: Any) -> float:
    """The number that must be 0 at equality."""
    for name in ("gini", "total", "cv", "signals", "theil"):
        if hasattr(result, name):
            value = getattr(result, name)
            return max(s.rise for s in value) if name == "signals" else float(np.max(value))
    return float(result)


def not_finite(result: Any, name: str = "") -> list[str]:
    """Names of all fields of a result, nested ones included, that hold a number which is not finite."""
    if is_dataclass(result):
        return [bad for f in fields(result) if f.name not in INFINITE for bad in not_finite(getattr(result, f.name), f.name)]
    if isinstance(result, (tuple, list)):
        return [bad for item in result for bad in not_finite(item, name)]
    if isinstance(result, dict):
        return [bad for item in result.values() for bad in not_finite(item, name)]
    if isinstance(result, (float, np.ndarray)) and np.asarray(result).dtype.kind == "f":
        return [] if np.isfinite(result).all() else [name]
    return []


@pytest.mark.parametrize("given", INPUTS)
@pytest.mark.parametrize("name", CALLS)
def test_every_method_on_every_input(name: str, given: str) -> None:
    expected = next((value for names, value in EXPECTED[given] if name in names), None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if isinstance(expected, str):
            with pytest.raises(MethodError, match=expected):
                CALLS[name](INPUTS[given])
            return
        found = CALLS[name](INPUTS[given])
    assert not_finite(found) == []
    if expected is not None:
        assert main_figure(found) == pytest.approx(expected, abs=1e-9)


def test_every_registered_method_has_its_row() -> None:
    for module in pkgutil.iter_modules(yindi.disparity.__path__):
        importlib.import_module(f"yindi.disparity.{module.name}")
    assert sorted(CALLS) == sorted(f"{m.kind} {m.name}" for m in methods() if m.kind in KINDS)


class TestFiguresByHand:
    """Values that the special inputs fix."""

    def test_ties_leave_two_classes_that_nobody_leaves(self) -> None:
        chain = CALLS["distribution markov"](INPUTS["ties"])
        assert chain.p.tolist() == [[1, 0], [0, 1]]
        assert chain.steady is None
        assert chain.passage.tolist() == [[1, np.inf], [np.inf, 1]]

    def test_a_region_of_its_own_group(self) -> None:
        """Nothing lies within groups of one: all of the Gini is between all of Theil too."""
        alone = CALLS["decomposition dagum"](INPUTS["groups of one"])
        assert (alone.within, alone.transvariation) == pytest.approx((0, 0), abs=1e-12)
        assert alone.between == pytest.approx(alone.gini)
        # differences over pairs of 1, 3, 2, 5, 4, 7 sum to 40; 2 x 40 / (2 x 36 x 22 / 6) = 10 / 33
        assert alone.gini == pytest.approx(10 / 33)
        nested = CALLS["decomposition theil_nested"](INPUTS["groups of one"])
        assert nested.between_outer == pytest.approx(nested.total)

    def test_no_change_between_equal_years(self) -> None:
        found = CALLS["decomposition change"](INPUTS["one year"])
        assert (found.gini, found.within, found.between, found.transvariation) == (0, 0, 0, 0)

    def test_two_triangles_apart(self) -> None:
        """As test_degenerate.py works it out: I = 4/7 with no link between the halves."""
        assert CALLS["association moran"](INPUTS["disconnected"]).i == pytest.approx(4 / 7)
        for name in ("spatial sar", "spatial sem", "spatial sdm"):
            assert abs(CALLS[name](INPUTS["disconnected"]).rho) < 1

    def test_an_island_has_no_local_association(self) -> None:
        found = CALLS["association local_moran"](INPUTS["islands"])
        assert (found.i[0], found.p[0], found.quadrant[0], found.significant[0]) == (0, 1, "", False)

    def test_equal_panels_are_one_club(self) -> None:
        assert CALLS["convergence clubs"](INPUTS["constant"]).club.tolist() == [1] * 6


REFUSED = {
    "text": (lambda: inequality.gini(["a", "b"]), "needs numbers"),
    "squares overflow": (lambda: inequality.cv([1e300, 2e300]), "larger unit"),
    "squares vanish": (lambda: association.moran(np.arange(6.0) * 1e-200, np.roll(np.eye(6), 1, axis=0)), "smaller unit"),
    "no group": (lambda: decompose.dagum([1.0, 2.0, 3.0], ["a", None, "b"]), "have no group"),
    "group not a number": (lambda: decompose.dagum([1.0, 2.0, 3.0], [1.0, np.nan, 2.0]), "have no group"),
    "I, all are neighbours": (
        lambda: association.moran([1.0, 2.0, 3.0, 5.0], 1 - np.eye(4)),
        "neighbours every other",
    ),
    "c, all are neighbours": (
        lambda: association.geary([1.0, 2.0, 3.0, 5.0], 1 - np.eye(4)),
        "neighbours every other",
    ),
    "weights: squares overflow": (lambda: weights.critic(np.eye(4) * 1e200), "larger unit"),
    "weights: text": (lambda: weights.critic([["a", "b"]]), "needs numbers"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_has_no_answer_is_refused_by_name(name: str) -> None:
    call, told = REFUSED[name]
    with pytest.raises(MethodError, match=told):
        call()


def test_a_whole_number_of_numpy_is_a_number_of_points() -> None:
    assert density.kde([1.0, 2.0, 3.0], grid=np.int64(50)).grid.size == 50
