"""Lists: from a world whose relations are known, and refused where the proof refused."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import related_world, unrelated_world

from yindi.core.errors import UsageError
from yindi.opportunities import advice
from yindi.opportunities.backtest import evaluate
from yindi.opportunities.coordinate import together
from yindi.opportunities.reasons import reasons


@pytest.fixture(scope="module")
def given():
    x = related_world(1)
    return x, advice.advise(x, evaluate(x, split=2, boost=False), count=5, cap=0.1)


def test_lists_are_told_apart(given):
    _, found = given
    cells = {code: found.listed == n for n, code in enumerate(advice.CODES)}
    assert (cells["cultivate"].sum(axis=1) <= 5).all()
    assert cells["cultivate"].any()
    assert cells["hold"].any()
    assert found.entry[cells["cultivate"]].mean() > 2 * found.entry_rate
    assert (found.entry[cells["prepare"]] >= 2 * found.entry_rate).all()
    assert (found.entry[cells["do_not"]] < found.entry_rate).all()
    assert (found.exit[cells["watch"]] > 2 * found.exit_rate).all()


def test_the_sum_of_all_lists_stays_below_the_cap(given):
    assert given[1].expansion.max() <= 0.1 + 1e-9


def test_what_is_cultivated_is_carried_by_activities_of_its_own_kind(given):
    """In the made-up world activities n and n + 5 are of one kind; most reasons must name the own kind."""
    _, found = given
    chosen = found.listed[tuple(found.why.cells.T)] == advice.CULTIVATE
    cells, first = found.why.cells[chosen], found.why.carried[chosen, 0]
    assert (first[first >= 0] % 5 == cells[first >= 0][:, 1] % 5).mean() > 0.5


def test_every_cell_stands_in_one_quadrant(given):
    x, found = given
    present = np.isin(found.quadrant, [0, 1])
    assert not found.entry[present].any()
    assert not (x[:, -1][found.quadrant == 4] > 0).any()


def test_nothing_is_advised_after_a_refusal():
    x = unrelated_world(2)
    with pytest.raises(UsageError, match="no_gain"):
        advice.advise(x, evaluate(x, split=2, boost=False))


def test_exits_are_watched_only_after_their_own_proof(given):
    x, without = given
    assert without.exit_state == "refused"
    assert not (without.listed == advice.WATCH).any()
    leaving = evaluate(x, split=2, event="exit", boost=False)
    found = advice.advise(x, evaluate(x, split=2, boost=False), leaving=leaving)
    assert found.exit_state == ("shown" if leaving.calibrated else "withheld") if leaving.allowed else "refused"
    assert (found.exit > 0).any() == leaving.allowed


def test_the_settings_that_were_tested_are_used(given):
    """A boosted model keeps the setting that the choice gave it."""
    from dataclasses import replace

    x, _ = given
    found = evaluate(x, split=2, boost=False)
    asked = []

    class Spy:
        name, groups = "spy", found.model.groups

        def learn(self, rows, outcome):
            asked.append(len(rows))
            return found.model.learn(rows, outcome)

    advice.advise(x, replace(found, model=Spy()))
    assert asked


def test_reasons_by_hand():
    # three regions, three activities. Activities 0 and 1 stand together in regions 0 and 1 (proximity 2/2), 0 and 2 in region 1
    # only (1/2). Region 2 has 1 alone: for 0 it is carried by 1, and lacks 2
    here = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
    asked = np.zeros((3, 3), bool)
    asked[2, 0] = True
    found = reasons(here, asked, count=2)
    assert found.cells.tolist() == [[2, 0]]
    assert found.carried.tolist() == [[1, -1]]
    assert found.lacking.tolist() == [[2, -1]]


def test_memory_order_changes_nothing(given):
    """A panel whose memory runs the other way gives the same proof."""
    x, _ = given
    turned = np.asfortranarray(x[::-1])[::-1]
    one, other = evaluate(x, split=2, boost=False), evaluate(turned, split=2, boost=False)
    assert one.precision == other.precision


def test_together_by_hand():
    # two regions of total 10 and 10; activity a: 8 + 1 = 9, expected 4.5 each: region 2 lacks 3.5 = 39 % of 9. A cap of ten per
    # cent forbids it; b: 2 + 9 = 11, expected 5.5: region 1 lacks 3.5 = 32 %
    made = np.array([[8.0, 2.0], [1.0, 9.0]])
    chance = np.array([[0.0, 0.5], [0.4, 0.0]])
    free = together(chance, made, chance > 0, count=1, cap=1.0)
    tight = together(chance, made, chance > 0, count=1, cap=0.1)
    np.testing.assert_allclose(free.expansion_alone, [3.5 / 9, 3.5 / 11])
    np.testing.assert_array_equal(free.chosen, chance > 0)
    assert not tight.chosen.any()


def test_membership_is_the_chance_of_the_side_of_one(given):
    """Counts far above their expectation are surely specialised, ten expected and ten found are half and half."""
    from yindi.opportunities.noise import rca_interval

    sure = rca_interval([[1000, 10], [10, 1000]]).sure
    assert sure[0, 0] > 0.99
    assert sure[0, 1] < 0.01
