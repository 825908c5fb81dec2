"""Kinds of misspelt names of provinces met in practice: each resolves, or asks; none is ever a wrong guess."""

from __future__ import annotations

import pytest

from yindi.intake.regions import Gazetteer, Unresolved

G = Gazetteer()
ASK = ""
KINDS = [
    ("full-width blanks", "上　　海", "310000"),
    ("blanks inside", "上   海", "310000"),
    ("tab inside", "云\t南", "530000"),
    ("line break inside", "安\n徽", "340000"),
    ("zero-width blank", "江\u200b苏", "320000"),
    ("byte-order mark", "\ufeff北京", "110000"),
    ("no-break blank", "广\u00a0东", "440000"),
    ("full suffix", "浙江省", "330000"),
    ("full autonomous region", "宁夏回族自治区", "640000"),
    ("shortened autonomous region", "内蒙古自治区", "150000"),
    ("short stem", "内蒙", "150000"),
    ("double suffix", "河南省省", ASK),
    ("wrong suffix", "北京省", ASK),
    ("English", "Heilongjiang", "230000"),
    ("English with its kind", "Shaanxi Province", "610000"),
    ("English region", "Guangxi Zhuang Autonomous Region", "450000"),
    ("pinyin with tones", "Húběi", "420000"),
    ("pinyin with a hyphen", "He-nan", "410000"),
    ("pinyin with a blank", "Gui zhou", "520000"),
    ("old romanisation", "Szechwan", "510000"),
    ("traditional signs", "遼寧省", "210000"),
    ("misread 江四", "江四", ASK),
    ("misread 山两", "山两", ASK),
    ("misread 山酉", "山酉", ASK),
    ("misread 河比", "河比", ASK),
    ("misread 浙汀", "浙汀", ASK),
    ("misread 内蒙占", "内蒙占", ASK),
    ("code with .0", "110000.0", "110000"),
    ("code as number", 110000.0, "110000"),
    ("code with blanks", "11 00 00", "110000"),
    ("full-width code", "１１００００", "110000"),
    ("two digits", "11", "110000"),
    ("four digits", "1100", "110000"),
    ("twelve digits", "110000000000", "110000"),
    ("footnote mark", "广东①", "440000"),
    ("asterisk", "*海南", "460000"),
    ("note in brackets", "重庆（不含原四川）", ASK),
    ("serial number in front", "12、安徽", "340000"),
    ("name and code glued", "福建350000", "350000"),
    ("code and name glued", "350000福建", "350000"),
    ("name and another code glued", "福建360000", ASK),
    ("abbreviation of one sign", "粤", "440000"),
    ("abbreviation of one sign", "沪", "310000"),
    ("abbreviation of two units", "川渝", ASK),
    ("Xinjiang corps", "新疆生产建设兵团", ASK),
    ("Xinjiang corps, short", "新疆兵团", ASK),
    ("Sichuan with Chongqing", "四川（含重庆）", ASK),
    ("two at once", "重庆/四川", ASK),
    ("Hong Kong", "Hong Kong, China", "810000"),
    ("Hong Kong, full", "香港特别行政区", "810000"),
    ("Macao", "Macau", "820000"),
    ("Taiwan", "台湾省", "710000"),
    ("a city", "深圳", ASK),
    ("a region that is two provinces in Latin letters", "Shan xi", "140000"),
    ("a foreign place", "Ontario", ASK),
]


@pytest.mark.parametrize(("kind", "written", "right"), KINDS, ids=[f"{k}: {w!r}" for k, w, _ in KINDS])
def test_resolves_or_asks(kind, written, right):
    try:
        code = G.resolve(written)
    except Unresolved:
        assert right == ASK, f"{kind}: {written!r} asks"
    else:
        assert code == right, f"{kind}: {written!r} is taken for {code}"


def test_there_are_enough_kinds():
    assert len({k for k, _, _ in KINDS}) >= 39
