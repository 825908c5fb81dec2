"""Table: labels, absence, strictness (laws 2 and 7)."""

from __future__ import annotations

import numpy as np
import pytest

from yindi.core.axes import positions, require_same
from yindi.core.errors import AbsentError, AxisError, EvidenceError, UsageError
from yindi.core.finding import Ref
from yindi.core.table import Table

AXES = (("region", ("110000", "120000")), ("year", ("2020", "2021", "2022")))


def made(values: object | None = None, **more: object) -> Table:
    return Table.single("scores.index", AXES, np.arange(6.0).reshape(2, 3) if values is None else values, unit="index", **more)


def test_a_cell_is_found_by_its_labels_whatever_their_order():
    assert made().number(year="2022", region="120000") == 5.0


def test_the_callers_array_stays_the_callers_and_ours_is_read_only():
    mine = np.zeros((2, 3))
    table = made(mine)
    mine[0, 0] = 9
    assert table.number(region="110000", year="2020") == 0
    with pytest.raises(ValueError, match="read-only"):
        table.array()[0, 0] = 1


def test_a_wrong_shape_and_a_label_twice_are_refused():
    with pytest.raises(EvidenceError, match=r"shape \(2, 2\) does not fit the axes \(2, 3\)"):
        made(np.zeros((2, 2)))
    with pytest.raises(AxisError, match="holds \\['a'\\] twice"):
        Table.single("x.y", (("region", ("a", "a")),), [1.0, 2.0])


def test_absence_is_refused_where_a_number_is_asked_for():
    table = made(np.array([[1, np.nan, 3], [4, 5, 6]]))
    assert not table.has(region="110000", year="2021")
    with pytest.raises(AbsentError, match=r"scores.index\[region=110000\]\[year=2021\] is absent"):
        table.quantity(region="110000", year="2021")
    with pytest.raises(AbsentError, match=r"1 absent cell\(s\), the first \['\[region=110000\]\[year=2021\]'\]"):
        table.dense()


def test_a_quantity_remembers_where_it_stands_and_what_it_rests_on():
    marks = np.zeros((2, 3), bool)
    marks[1, 0] = True
    q = made(marks=marks).quantity(year="2020", region="120000")
    assert (str(q.ref), q.value, q.unit, q.marked) == ("scores.index[region=120000][year=2020]", 3.0, "index", True)


def test_select_reorders_by_label_and_names_what_is_missing():
    picked = made().select(region=["120000", "110000"], year=["2022"])
    assert picked.array().tolist() == [[5.0], [2.0]]
    with pytest.raises(AxisError, match=r"has no \['130000'\]"):
        made().select(region=["130000"])
    with pytest.raises(AxisError, match="has no axis industry; it has region, year"):
        made().select(industry=["a"])


def test_text_columns_and_frames():
    table = Table("x.y", (("region", ("a", "b")),), {"name": ["甲", ""], "value": [1.0, 2.0]})
    assert table.text("name", region="a") == "甲"
    assert not table.has("name", region="b")
    assert list(table.frame().columns) == ["region", "name", "value"]
    with pytest.raises(UsageError, match=r"no column 'nam'; it has name, value. Did you mean name"):
        table.array("nam")


@pytest.mark.parametrize("text", ["scores.index[region=1][year=2]", "a_b.c_d[x=y].col", "config[item=measure.draws]", "panel"])
def test_a_reference_reads_back_as_it_is_written(text):
    assert str(Ref.parse(text)) == text


@pytest.mark.parametrize("text", ["", "scores.index[region]", "scores.index[region=1", "1x", "a.b.c[x=y].d.e"])
def test_a_malformed_reference_is_refused(text):
    with pytest.raises(UsageError, match="is not a reference"):
        Ref.parse(text)


def test_labels_that_differ_are_named():
    require_same("region", ["a"], ("a",), where="here")
    with pytest.raises(AxisError, match="the order differs"):
        require_same("region", ["a", "b"], ["b", "a"], where="here")
    with pytest.raises(AxisError, match=r"only left \['c'\], only right \['b'\]"):
        require_same("region", ["a", "c"], ["a", "b"], where="here")
    assert positions("region", ["b", "a"], ["a", "b"], where="here").tolist() == [1, 0]
