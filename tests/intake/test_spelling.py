"""Ways in which names of provinces are written: each resolves, or asks; none is guessed."""

from __future__ import annotations

import pytest

from yindi.intake.missing import alike, resolve
from yindi.intake.regions import Gazetteer, Unresolved, mainland, provinces

G = Gazetteer()
WAYS = {
    "110000": ["北　京", "北 京 Beijing", "北京Beijing", "Bei jing", "bei-jing", "Běijīng", "ＢＥＩＪＩＮＧ",
               "1 北京", "01北京", "1.北京",
               "北京2010", "2010年北京", "北京（2010年）", "北京①", "|北京", "北.京", "北京＊", "Beijing Shi", "Beijing City"],
    "130000": ["河北省", "Hebei Province", "Hebei Sheng", "Hopei", "HEBEI"],
    "140000": ["山  西", "Shanxi", "Shānxī"],
    "150000": ["內蒙古", "內蒙古自治區", "内蒙古自治区", "Inner Mongolia", "INNER MONGOLIA AR", "Nei Mongol", "内蒙"],
    "210000": ["遼寧", "遼寧省"],
    "440000": ["廣東", "廣東省", "Kwangtung"],
    "450000": ["廣西壯族自治區", "广西省", "广西壮族"],
    "500000": ["重慶", "重慶市", "Chungking"],
    "610000": ["陝西", "陕西省", "Shaanxi", "Shǎnxī", "SHAANXI PROVINCE"],
    "650000": ["新疆维吾尔自治区", "新 疆", "Sinkiang"],
    "710000": ["臺灣", "台灣", "臺湾省"],
    "810000": ["Hong Kong SAR", "香港特区"],
}  # fmt: skip
ASKS = [
    "江四",
    "山两",
    "浙汀",
    "黑龙汀",
    "北京、天津",
    "河北(含雄安)",
    "北京市市",
    "Jilin City",
    "北京天津",
    "Hu",
    "京津冀",
    "x",
    "31省",
]


@pytest.mark.parametrize(("code", "written"), [(c, w) for c, ws in WAYS.items() for w in ws])
def test_resolves(code, written):
    assert G.resolve(written) == code


@pytest.mark.parametrize("written", ASKS)
def test_asks(written):
    with pytest.raises(Unresolved):
        G.resolve(written)


def test_a_year_glued_to_a_name_must_be_that_of_the_row():
    assert G.resolve("北京2010", year="2010") == "110000"
    with pytest.raises(Unresolved, match="2010"):
        G.resolve("北京2010", year="2011")


def test_two_languages_must_agree():
    with pytest.raises(Unresolved):
        G.resolve("北京Shanghai")


@pytest.mark.parametrize(
    ("written", "code"), [("江四", "320000"), ("江四", "360000"), ("山两", "140000"), ("黑龙汀", "230000"), ("龙江", "230000"),
                        ("内蒙吉", "150000")]
)  # fmt: skip
def test_by_what_is_missing_only(written, code):
    rows = [("2015", written if c == code else provinces()[c]["zh"]) for c in mainland()]
    assert resolve(rows, G, mainland()) == {("2015", written): code}
    with pytest.raises(Unresolved):
        G.resolve(written)


def test_likeness():
    """Half of the signs of the longer name, in order: 江四川 shares one of three with 江苏."""
    assert alike("江四", "江西")
    assert not alike("江四川", "江苏")
    assert not alike("新", "新疆")
    assert not alike("天津", "天津")
