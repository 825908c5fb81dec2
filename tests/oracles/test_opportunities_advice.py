"""Lists: from a world whose relations are known, and refused where the proof refused."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import related_world, unrelated_world

from yindi.core.errors import UsageError
from yindi.opportunities import advice
from yindi.opportunities.backtest import evaluate


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
    cells = np.argwhere(found.listed == advice.CULTIVATE)
    first = np.array([found.carried[r, p, 0] for r, p in cells])
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
