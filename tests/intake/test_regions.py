"""Region names and codes: exact, normal form, short and full names, aliases; the rest asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yindi.core.errors import UsageError
from yindi.intake.regions import Gazetteer, Unresolved, mainland, provinces

G = Gazetteer()


WRITTEN = {
    "110000": ["北京", "北京市", "北  京", "京", "Beijing"],
    "140000": ["Shanxi"],
    "150000": [" 内 蒙 古 ", "内蒙", "内蒙古自治区", "INNER MONGOLIA", "Inner  Mongolia"],
    "310000": ["上　海"],
    "450000": ["广西自治区"],
    "540000": ["Xizang"],
    "610000": ["Shaanxi Province"],
    "620000": ["62", "620000", "620000000000", "６２００００", "甘肃*"],
    "650000": ["新疆维吾尔自治区"],
}


@pytest.mark.parametrize(("written", "code"), [(w, c) for c, ws in WRITTEN.items() for w in ws])
def test_written_in_many_ways(written, code):
    assert G.resolve(written) == code


@pytest.mark.parametrize(
    "written", ["吉林市", "北京省", "江四", "广", "", "99", "110001", "Jilin City", "海南州", "北京天津", "河"]
)
def test_what_is_not_certain_asks(written):
    with pytest.raises(Unresolved):
        G.resolve(written)


def test_candidates_are_named():
    with pytest.raises(Unresolved) as caught:
        G.resolve("江四")
    assert {"江苏 = 320000", "江西 = 360000"} <= set(caught.value.candidates)


def test_table_of_provinces():
    assert len(provinces()) == 34
    assert len(mainland()) == 31
    assert mainland() == tuple(sorted(mainland()))
    written = [w for row in provinces().values() for w in (row["zh"], row["zh_full"], row["en"], *row["aliases"].split("|"))]
    assert len(written) == len(set(written))


def test_every_name_in_the_table_leads_to_its_code():
    for code, row in provinces().items():
        for written in (code, row["zh"], row["zh_full"], row["en"], *row["aliases"].split("|")):
            assert G.resolve(written) == code


def test_aliases_of_the_user_must_name_codes():
    assert Gazetteer(aliases={"Old Canton": "440000"}).resolve("old  canton") == "440000"
    with pytest.raises(UsageError, match="999999"):
        Gazetteer(aliases={"Nowhere": "999999"})


def test_totals_are_no_regions():
    assert G.is_total("全　国")
    assert G.is_total("合计")
    assert not G.is_total("北京")


def test_units_below_provinces():
    city = Gazetteer("city")
    assert city.resolve("620100") == "620100"
    assert city.resolve("兰州市") == "620100"
    county = Gazetteer("county")
    with pytest.raises(Unresolved) as caught:
        county.resolve("鼓楼区")  # Nanjing, Xuzhou, Fuzhou and Kaifeng each have one
    assert len(caught.value.candidates) == 4


@given(st.text(max_size=12))
def test_any_text_resolves_or_asks(text):
    try:
        code = G.resolve(text)
    except Unresolved:
        return
    assert code in provinces()
