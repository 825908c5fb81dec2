"""How numbers are written."""

from __future__ import annotations

import pytest

from yindi.core.errors import UsageError
from yindi.core.finding import Quantity, Ref
from yindi.core.wording import number, units, write

REF = Ref("a.b")


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (0.28701, "index", "0.287", "0.287"),
        (0.1234, "share", "12.3%", "12.3%"),
        (0.1234, "growth", "+12.3%", "+12.3%"),
        (-0.00004, "index", "0.000", "0.000"),
        (94648.4, "yuan_per_person", "94,648元/人", "94,648 yuan per resident"),
        (7, "rank", "7", "7"),
    ],
)
def test_a_quantity_is_written_by_its_unit(value, unit, zh, en):
    q = Quantity(value, REF, unit)
    assert (write(q, "zh"), write(q, "en")) == (zh, en)


def test_a_marked_quantity_carries_the_mark():
    assert write(Quantity(1.0, REF, "index", marked=True), "zh") == "1.000†"


def test_unknown_units_and_numbers_that_are_none_are_refused():
    with pytest.raises(UsageError, match=r"not in units.csv"):
        number(1.0, "furlong")
    with pytest.raises(UsageError, match="cannot be written"):
        number(float("nan"), "index")


def test_every_variables_unit_is_known():
    from yindi.core import resources

    assert {r["unit"] for r in resources.rows("variables.csv")} <= set(units())
