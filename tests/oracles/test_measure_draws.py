"""What the draws vary: frameworks as columns, filled cells within their range, noisy copies; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.errors import MethodError
from yindi.measure import copies, robust, sensitivity, systems, yardsticks
from yindi.measure.ranks import ranks
from yindi.measure.recipe import Columns, Recipe
from yindi.measure.systems import System

# two systems of one column each: the second ranks three regions the other way round
CONTRARY = np.array([[[1.0, 0.0]], [[0.0, 1.0]]])
Z = np.array([[0.9, 0.1], [0.5, 0.5], [0.1, 0.9]])


def test_what_other_fills_give_by_hand() -> None:
    """Region b: 2, gap (filled with 9), 6. Nearest years 2 and 6; the mean of the whole regions a, c is 1, 2, 4, b's ratios to it
    2 and 1.5, median 1.75: 3.5; the value in place 9. Range 2 to 9. Region d has no known year: its fills stay."""
    x = [[1, 2, 4], [2, 9, 6], [1, 2, 4], [5, 5, 5]]
    filled = [[0, 0, 0], [0, 1, 0], [0, 0, 0], [1, 1, 1]]
    low, high = copies.fill_range(x, filled)
    assert (low[1, 1], high[1, 1]) == (2, 9)
    assert np.array_equal(low[[0, 2, 3]], np.array(x, float)[[0, 2, 3]])
    assert np.array_equal(np.delete(high, 4), np.delete(np.array(x, float).ravel(), 4))


def test_a_fill_at_the_end_has_one_neighbour() -> None:
    """Last year filled with 7: the year before says 4, the ratio 2 to a mean of 3 says 6."""
    low, high = copies.fill_range([[1, 2, 3], [2, 4, 7]], [[0, 0, 0], [0, 0, 1]])
    assert (low[1, 2], high[1, 2]) == (4, 7)


def test_no_whole_region_leaves_the_neighbours() -> None:
    low, high = copies.fill_range([[5.0, 2], [3, 4]], [[1, 0], [0, 1]])
    assert (low[0, 0], high[0, 0]) == (2, 5)
    assert (low[1, 1], high[1, 1]) == (3, 4)


def test_fills_are_drawn_within_comparable_years_only() -> None:
    """The base changes after the second year: a gap in the third year takes no value from the first two."""
    values = np.array([[[1.0], [1.0], [50.0], [60.0]], [[2.0], [2.0], [70.0], [80.0]]])
    filled = np.zeros(values.shape, bool)
    filled[0, 2] = True
    parts = [[np.array([0, 1]), np.array([2, 3])]]
    ends = np.array([[[0.0], [0]], [[1.0], [0]]])
    still = np.zeros(values.shape)
    made = copies.copies(values, parts, filled=filled, spread=still, shares=ends, normal=still[None])
    low, high = made.uncertain()
    # from 50 in place, 60 of the next year, 60 / 80 x 70 = 52.5
    assert (low[0, 2, 0], high[0, 2, 0]) == (50, 60)
    assert np.array_equal(low[1], values[1])


def test_copies_are_scaled_as_if_each_were_the_data() -> None:
    rng = np.random.default_rng(1)
    x, segments = rng.random((4, 3, 2)), [[np.arange(3)], [np.arange(3)]]
    spread = np.zeros(x.shape)
    spread[..., 1] = 0.3
    normal = rng.standard_normal((2, *x.shape))
    made = copies.copies(x, segments, filled=np.zeros(x.shape, bool), spread=spread, shares=np.zeros((1, 4, 2)), normal=normal)
    assert made.columns.tolist() == [1]
    found = list(yardsticks.alternatives_of(x, made, [1, -1], segments))
    for n in range(2):
        whole = x * np.exp(spread * normal[n])
        for k, expected in enumerate(yardsticks.alternatives(whole, [1, -1], segments)):
            np.testing.assert_allclose(found[n * 4 + k], expected, atol=1e-12)


def test_the_framework_can_decide_everything() -> None:
    """Contrary systems, nothing else varied: ranks 1 and 3 swap, and the framework explains all of it, in both analyses."""
    choices = robust.Choices(CONTRARY, aggregations=1, perturbation=0, leave_out=False)
    drawn = robust.draw(choices, draws=4000, rng=np.random.default_rng(1))
    places = ranks(robust.scores([Z], drawn))
    assert {tuple(p) for p in places.tolist()} == {(1, 2, 3), (3, 2, 1)}
    assert robust.explained(places, drawn.designs)["framework"] == pytest.approx(1)
    model, factors = sensitivity.rank_model([Z], choices=choices)
    found = sensitivity.sobol(model, factors=factors, draws=4000, seed=2)
    assert found.overall("first")["framework"] == pytest.approx(1, abs=0.05)
    assert found.overall()["weights"] == 0


def test_a_draw_leaves_out_indicators_of_its_own_framework() -> None:
    """System 1 holds columns 0, 1, system 2 columns 1, 2, 3: weights are never outside, each member is missing equally often."""
    schemes = np.array([[[0.5, 0.5, 0, 0]], [[0, 0.2, 0.3, 0.5]]])
    choices = robust.Choices(schemes)
    assert choices.order.tolist() == [[0, 1, 4, 4, 4], [1, 2, 3, 4, 4]]
    drawn = robust.draw(choices, draws=6000, rng=np.random.default_rng(3))
    second = drawn.designs["framework"][:, 0] == 1
    assert (drawn.weights[second][:, 0] == 0).all()
    assert (drawn.weights[~second][:, 2:] == 0).all()
    np.testing.assert_allclose(drawn.weights.sum(axis=1), 1)
    assert (drawn.weights[second][:, 1:] == 0).mean(axis=0) == pytest.approx([0.25] * 3, abs=0.03)
    assert (drawn.weights[~second][:, :2] == 0).mean(axis=0) == pytest.approx([1 / 3] * 2, abs=0.03)


def test_every_copy_is_drawn_equally_often() -> None:
    choices = robust.Choices(np.full((1, 1, 2), 0.5), normalisers=2, fills=3, copies=4)
    drawn = robust.draw(choices, draws=24000, rng=np.random.default_rng(4))
    assert np.bincount(drawn.matrix) / 24000 == pytest.approx([1 / 24] * 24, abs=0.006)


def columns(*codes: str, direction: int = 1) -> Columns:
    values = np.random.default_rng(len(codes)).random((5, 2, len(codes)))
    return Columns(codes, (direction,) * len(codes), ("d",) * len(codes), [[np.arange(2)]] * len(codes), values)


OWN = System("own", "1", "nqpf", 3, columns("a", "b", "c"))
OTHERS = [System("copy", "1", "nqpf", 4, columns("c", "b", "a")), System("thin", "1", "nqpf", 20, columns("a", "b", "d")),
          System("other", "1", "hqd", 3, columns("a", "b", "e")), System("good", "1", "nqpf", 4, columns("b", "c", "d", "e")),
          System("two", "1", "nqpf", 2, columns("a", "d"))]  # fmt: skip


def test_who_takes_part_and_why_not() -> None:
    assert systems.verdicts(OWN, OTHERS, coverage=0.5) == {
        "copy": "same indicators as own", "thin": "3 of 20 indicators", "other": "another concept (hqd)", "good": "",
        "two": "2 of 2 indicators",
    }  # fmt: skip
    named = systems.verdicts(OWN, OTHERS, coverage=0.5, named=("thin", "other", "two"))
    assert [n for n, why in named.items() if not why] == ["thin", "other"]
    assert named["good"] == "not named in measure.frameworks"
    nameless = System("own", "1", "", 3, OWN.columns)
    assert systems.verdicts(nameless, OTHERS, coverage=0.5)["good"] == "another concept (nqpf)"


def test_columns_of_several_systems_stand_once() -> None:
    """Own a, b, c; good b, c, d, e: five columns, good at places 1, 2, 3, 4; the values are those of who came first."""
    joint, at = systems.joined([OWN, OTHERS[3]])
    assert joint.codes == ("a", "b", "c", "d", "e")
    assert [part.tolist() for part in at] == [[0, 1, 2], [1, 2, 3, 4]]
    assert np.array_equal(joint.values[..., :3], OWN.columns.values)
    assert np.array_equal(joint.values[..., 3:], OTHERS[3].columns.values[..., 2:])


def test_a_column_of_another_direction_is_another_column() -> None:
    joint, at = systems.joined([OWN, System("turned", "1", "nqpf", 1, columns("a", direction=-1))])
    assert joint.codes == ("a", "b", "c", "a")
    assert at[1].tolist() == [3]


def test_what_cannot_be_weighed_is_equal() -> None:
    """No printed weights, no judgements: equal; the entropy weights are those of the columns."""
    found = systems.schemes(Recipe(), OWN.columns, ["published", "ahp", "entropy"])
    assert found[:2] == pytest.approx(np.full((2, 3), 1 / 3))
    assert np.ptp(found[2]) > 0.001


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: copies.fill_range([[1.0]], [[0, 1]]), "differ in shape"),
        (lambda: robust.scores([], robust.Draws(np.ones((2, 1)), np.zeros(2), np.zeros(2))), "no matrix"),
        (lambda: robust.draw(robust.Choices(CONTRARY), draws=1, rng=np.random.default_rng()), "at least 2"),
    ],
)
def test_refusals_say_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(MethodError, match=says):
        call()  # type: ignore[operator]
