"""Degenerate inputs of the kernels of opportunities: a defined result by hand, or a refusal with its word.

One line a case: kernel, input, and the result or a word of the refusal.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.opportunities import advantage, backtest, complexity, crowding, relatedness, zeros
from yindi.opportunities.arrays import binary

NAN = np.nan
BLOCK = [[1, 1], [1, 0]]
TABLES = {
    "one region": np.array([[1.0, 1, 0]]),
    "one activity": np.array([[1.0], [1], [0]]),
    "all equal": np.ones((3, 2)),
    "all zero": np.zeros((2, 2)),
    "no region": np.zeros((0, 2)),
    "no activity": np.zeros((2, 0)),
    "empty row": np.array([[1.0, 1], [1, 0], [0, 0]]),
    "empty column": np.array([[1.0, 1, 0], [1, 0, 0]]),
    "two alike": np.array([[1.0, 1], [1, 1]]),
    "two parts": np.kron(np.eye(2), BLOCK),
    "ring": np.array([[1.0, 1, 0], [0, 1, 1], [1, 0, 1]]),
    "negative": np.array([[1.0, -1], [1, 1]]),
    "absent": np.array([[1.0, NAN], [1, 1]]),
    "amounts": np.array([[2.0, 1], [1, 0]]),
}  # fmt: skip


def outcome(fn: Callable[[], Any], expected: Any, *, warned: bool = False) -> None:
    """A refusal with the word, or the numbers; no warning but the one of parts."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if warned:
            warnings.simplefilter("ignore", complexity.ComplexityWarning)
        if isinstance(expected, str):
            with pytest.raises(MethodError, match=expected):
                fn()
            return
        np.testing.assert_allclose(np.asarray(fn(), float), expected, atol=1e-12)


FEW, SAME, TWO, EMPTY = "two regions and two activities", "no direction", "equally strong", "No region holds"
WRONG = {"negative": r"\(0, 1\)", "absent": r"first at \(0, 1\)"}
NOT_PRESENCE = {"negative": "zeros and ones only", "absent": r"first at \(0, 1\)", "amounts": "zeros and ones only"}
COMPLEXITY: dict[str, Any] = {
    "one region": FEW, "one activity": FEW, "all equal": SAME, "all zero": [NAN, NAN], "no region": np.zeros(0),
    "no activity": [NAN, NAN], "empty row": [1, -1, NAN], "empty column": [1, -1], "two alike": SAME, "two parts": [1, -1, 1, -1],
    "ring": TWO, **NOT_PRESENCE}  # fmt: skip
# {a,b} and {a}: the fitness of the lesser falls towards 0 as 2 / n, so a hundred steps leave it between 0 and .03 of a mean of 1
FITNESS: dict[str, Any] = {
    "one region": [1], "one activity": [1.5, 1.5, 0], "all equal": [1, 1, 1], "all zero": EMPTY, "no region": EMPTY,
    "no activity": EMPTY, "two alike": [1, 1], "ring": [1, 1, 1], **NOT_PRESENCE}  # fmt: skip
PROXIMITY: dict[str, Any] = {
    "one region": [[0, 1, 0], [1, 0, 0], [0, 0, 0]], "one activity": [[0]], "all equal": [[0, 1], [1, 0]],
    "all zero": [[0, 0], [0, 0]], "no region": [[0, 0], [0, 0]], "no activity": np.zeros((0, 0)),
    "empty row": [[0, 0.5], [0.5, 0]], "empty column": [[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]], "two alike": [[0, 1], [1, 0]],
    "two parts": np.kron(np.eye(2), [[0, 0.5], [0.5, 0]]), "ring": (1 - np.eye(3)) / 2, **NOT_PRESENCE}  # fmt: skip
DENSITY: dict[str, Any] = {
    "one region": [[1, 1, 0]], "one activity": [[0], [0], [0]], "all equal": np.ones((3, 2)), "all zero": np.zeros((2, 2)),
    "no region": np.zeros((0, 2)), "no activity": np.zeros((2, 0)), "empty row": [[1, 1], [0, 1], [0, 0]],
    "empty column": [[1, 1, 0], [0, 1, 0]], "two alike": np.ones((2, 2)), "two parts": np.kron(np.eye(2), [[1, 1], [0, 1]]),
    "ring": [[0.5, 0.5, 1], [1, 0.5, 0.5], [0.5, 1, 0.5]], **NOT_PRESENCE}  # fmt: skip
# with every pci 1, outlook is the sum of the densities of what is absent
OUTLOOK: dict[str, Any] = {
    "one region": [0], "one activity": [0, 0, 0], "all equal": [0, 0, 0], "all zero": [0, 0], "no region": np.zeros(0),
    "no activity": [0, 0], "empty row": [0, 1, 0], "empty column": [0, 1], "two alike": [0, 0], "two parts": [0, 1, 0, 1],
    "ring": [1, 1, 1], **NOT_PRESENCE}  # fmt: skip
RCA: dict[str, Any] = {
    "one region": [[1, 1, 0]], "one activity": [[1], [1], [0]], "all equal": np.ones((3, 2)), "all zero": np.zeros((2, 2)),
    "no region": np.zeros((0, 2)), "no activity": np.zeros((2, 0)), "empty row": [[0.75, 1.5], [1.5, 0], [0, 0]],
    "empty column": [[0.75, 1.5, 0], [1.5, 0, 0]], "two alike": np.ones((2, 2)),
    "two parts": np.kron(np.eye(2), [[1.5, 3], [3, 0]]),
    "ring": (np.roll(np.eye(3), 1, 1) + np.eye(3)) * 1.5, **WRONG, "amounts": [[8 / 9, 4 / 3], [4 / 3, 0]]}  # fmt: skip
SHARES: dict[str, Any] = {
    "one region": [1, 1, 0], "one activity": [2 / 3], "all equal": [1, 1], "all zero": [0, 0], "no region": "empty",
    "no activity": "empty", "empty row": [2 / 3, 1 / 3], "empty column": [1, 0.5, 0], "two alike": [1, 1],
    "two parts": [0.5, 0.25] * 2,
    "ring": [2 / 3] * 3, **NOT_PRESENCE}  # fmt: skip


def near(m: np.ndarray) -> np.ndarray:
    """Proximity of a table, or of zeros where it is no presence matrix: the kernel itself must refuse."""
    try:
        return relatedness.proximity(m)
    except MethodError:
        return np.zeros((m.shape[1], m.shape[1]))


def ones(m: np.ndarray) -> np.ndarray:
    return np.ones(m.shape[1])


KERNELS: dict[str, tuple[Callable[[np.ndarray], Any], dict[str, Any]]] = {
    "rca": (advantage.rca, RCA),
    "present": (advantage.present, {k: v if isinstance(v, str) else np.asarray(v) >= 1 for k, v in RCA.items()}),
    "eci_pci": (lambda m: complexity.eci_pci(m).eci, COMPLEXITY),
    "fitness": (lambda m: complexity.fitness(m).fitness, FITNESS),
    "proximity": (relatedness.proximity, PROXIMITY),
    "density": (lambda m: relatedness.density(m, near(m)), DENSITY),
    "outlook": (lambda m: relatedness.outlook(m, near(m), ones(m)), OUTLOOK),
    "collective_check": (lambda m: crowding.collective_check(m, np.ones(len(m))).share, SHARES),
}
CASES = [(kernel, given) for kernel, (_, table) in KERNELS.items() for given in table]


@pytest.mark.parametrize(("kernel", "given"), CASES, ids=[f"{k}: {g}" for k, g in CASES])
def test_kernel(kernel: str, given: str) -> None:
    fn, table = KERNELS[kernel]
    outcome(lambda: fn(TABLES[given]), table[given], warned=given == "two parts")


@pytest.mark.parametrize("given", [k for k in TABLES if k not in NOT_PRESENCE])
def test_gain_and_all_at_once_are_the_difference_of_outlooks(given: str) -> None:
    m = TABLES[given]
    phi, pci = relatedness.proximity(m), np.arange(m.shape[1]) - 0.5
    both = relatedness.surroundings(m, phi, pci)
    outcome(lambda: both.gain, relatedness.gain(m, phi, pci))
    outcome(lambda: both.density, relatedness.density(m, phi))
    outcome(lambda: both.outlook, relatedness.outlook(m, phi, pci))
    for r, p in np.argwhere(m == 0):
        more = m.copy()
        more[r, p] = 1
        change = relatedness.outlook(more, phi, pci)[r] - both.outlook[r]
        assert change == pytest.approx(both.gain[r, p], abs=1e-10)


@pytest.mark.parametrize(("given", "word"), [("no region", EMPTY), ("all zero", EMPTY), ("ring", TWO), ("two alike", SAME),
                                             ("one region", FEW), ("two parts", "no common zero")])  # fmt: skip
def test_zeros(given: str, word: str) -> None:
    outcome(lambda: zeros.by_zero(TABLES[given]), word)


@pytest.mark.parametrize(("given", "word"), [("no region", "empty"), ("no activity", "empty"), ("all zero", "Nothing is made"),
                                             ("negative", "negative"), ("absent", "no finite number")])  # fmt: skip
def test_evaluate_refuses(given: str, word: str) -> None:
    outcome(lambda: backtest.evaluate(TABLES[given], split="auto"), word)


@pytest.mark.parametrize("given", ["one region", "one activity", "all equal", "empty row", "empty column", "two alike",
                                   "two parts", "ring"])  # fmt: skip
def test_evaluate_ends_in_a_refusal_with_its_reason(given: str) -> None:
    found = backtest.evaluate(np.repeat(TABLES[given][:, None], 3, axis=1), split=1)
    assert (found.allowed, found.verdict) == (False, "few_activities")


def test_a_part_without_complexity_is_absent_and_the_rest_keeps_its_own() -> None:
    """A region with an activity that nobody else has stands alone: NaN, said in the warning; the others are as without it."""
    block = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]])
    alone = np.zeros((4, 4))
    alone[:3, :3], alone[3, 3] = block, 1
    with pytest.warns(complexity.ComplexityWarning, match="2 parts.*1 of them have none"):
        found = complexity.eci_pci(alone)
    np.testing.assert_allclose(found.eci[:3], complexity.eci_pci(block).eci, atol=1e-12)
    assert np.isnan(found.eci[3])
    assert np.isnan(found.pci[3])


def test_two_identical_regions_have_one_complexity() -> None:
    m = np.array([[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]])
    found = complexity.eci_pci(m)
    assert found.eci[0] == pytest.approx(found.eci[1], abs=1e-12)
    lists = relatedness.density(m, relatedness.proximity(m))
    np.testing.assert_array_equal(lists[0], lists[1])


def test_a_mirror_image_is_said() -> None:
    with pytest.warns(complexity.ComplexityWarning, match="mirror"):
        complexity.eci_pci([[1, 1, 0], [0, 1, 1]])


def test_sign_without_lean_on_diversity_does_not_depend_on_order() -> None:
    """All hold two: the one apart from the others is the complex one, wherever it stands."""
    m = np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1]])
    eci = complexity.eci_pci(m).eci
    for turn in (np.arange(5)[::-1], np.array([3, 4, 0, 2, 1])):
        np.testing.assert_allclose(complexity.eci_pci(m[turn]).eci, eci[turn], atol=1e-12)
    assert eci[4] == eci.max()


ROWS = np.random.default_rng(0).random((6, 5)) < 0.4


@pytest.mark.parametrize("seen", [ROWS[::-1], ROWS[:, ::-1].T, ROWS.T[::2, ::-2], np.asfortranarray(ROWS), ROWS[1:5, ::2],
                                  np.broadcast_to(ROWS[0], (4, 5)), np.broadcast_to(ROWS[:, :1], (6, 3)), ROWS[:0],
                                  ROWS[:, :0]])  # fmt: skip
@pytest.mark.parametrize("kind", [bool, int, float, np.float32])
def test_memory_order_and_type_of_a_presence_matrix_do_not_matter(seen: np.ndarray, kind: type) -> None:
    for wanted in (bool, float, np.float32):
        found = binary(seen.astype(kind, order="K"), dtype=wanted)
        np.testing.assert_array_equal(found, seen)
        assert found.dtype == wanted
        assert found.flags.c_contiguous
    np.testing.assert_array_equal(binary(np.asarray(seen)), seen)


def test_a_wrong_cell_is_named_in_the_callers_order() -> None:
    wrong = np.asfortranarray(np.where(np.arange(6).reshape(2, 3) == 2, NAN, 1.0))
    with pytest.raises(MethodError, match=r"\(0, 2\)"):
        complexity.eci_pci(wrong)
