"""A made-up report with every kind of block: numbers are invented, words hold no digit."""

from __future__ import annotations

from yindi.core.document import Document, Figure, Grid, Heading, Paragraph, Part, Sentence, Series
from yindi.core.finding import Label, Quantity, Ref

PROVINCES = {
    "110000": ("北京", "Beijing"), "120000": ("天津", "Tianjin"), "130000": ("河北", "Hebei"), "140000": ("山西", "Shanxi"),
    "150000": ("内蒙古", "Inner Mongolia"), "210000": ("辽宁", "Liaoning"), "220000": ("吉林", "Jilin"),
    "230000": ("黑龙江", "Heilongjiang"), "310000": ("上海", "Shanghai"), "320000": ("江苏", "Jiangsu"),
    "330000": ("浙江", "Zhejiang"), "340000": ("安徽", "Anhui"), "350000": ("福建", "Fujian"), "360000": ("江西", "Jiangxi"),
    "370000": ("山东", "Shandong"), "410000": ("河南", "Henan"), "420000": ("湖北", "Hubei"), "430000": ("湖南", "Hunan"),
    "440000": ("广东", "Guangdong"), "450000": ("广西", "Guangxi"), "460000": ("海南", "Hainan"), "500000": ("重庆", "Chongqing"),
    "510000": ("四川", "Sichuan"), "520000": ("贵州", "Guizhou"), "530000": ("云南", "Yunnan"), "540000": ("西藏", "Tibet"),
    "610000": ("陕西", "Shaanxi"), "620000": ("甘肃", "Gansu"), "630000": ("青海", "Qinghai"), "640000": ("宁夏", "Ningxia"),
    "650000": ("新疆", "Xinjiang"),
}  # fmt: skip
YEARS = tuple(str(y) for y in range(2012, 2024))
INDICATORS = {
    "rd_intensity": ("研发经费投入强度", "Research and development spending relative to output", "percent", 1.37),
    "patents": ("每万人发明专利授权数（5G 及相关领域）", "Invention patents granted (5G and related)", "per_10k", 3.26),
    "optical_cable": ("光缆线路密度", "Density of optical cable lines", "km_per_100km2", 78.4),
    "gdp": ("地区生产总值", "Gross regional product", "100m_yuan", 11863.8),
    "income": ("居民人均可支配收入", "Disposable income per resident", "yuan_per_person", 25011.0),
}  # fmt: skip


def quantity(name: str, value: float, unit: str = "plain", *, marked: bool = False, column: str = "value", **at: str) -> Quantity:
    """A made-up quantity."""
    return Quantity(value, Ref(name, tuple(at.items()), column), unit, marked)


def index(code: str, year: str) -> Quantity:
    """A made-up index value that differs by region and year."""
    k, t = list(PROVINCES).index(code), YEARS.index(year)
    value = 0.08 + 0.4 * ((k * 37) % 31) / 31 + 0.012 * t + (0.003 if (k + t) % 3 == 0 else 0.0)
    return quantity("scores.index", value, "index", marked=code == "620000" and year == "2015", region=code, year=year)


class Words:
    """Words of one language."""

    def __init__(self, language: str):
        self.language = language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def region(self, code: str) -> Label:
        return Label("region", code, self(*PROVINCES[code]))

    def indicator(self, code: str) -> Label:
        return Label("variable", code, self(*INDICATORS[code][:2]))

    def year(self, year: str) -> Label:
        return Label("year", year, year)


def sentence(*parts: Part, grade: str = "data", finding: str = "made_up") -> Sentence:
    """A sentence of parts."""
    return Sentence(tuple(parts), finding, grade)


def ranks(w: Words) -> Grid:
    """A table with years, values and a rank interval in one cell."""
    rows = tuple(
        (
            (w.year(y),),
            (index("620000", y),),
            (quantity("scores.rank", 29.0 - n, "rank", region="620000", year=y),),
            (
                quantity("scores.rank_low", 27.0 - n, "rank", region="620000", year=y),
                "–",
                quantity("scores.rank_high", 31.0 - n, "rank", region="620000", year=y),
            ),
            (quantity("scores.national", 0.31 + 0.01 * n, "index", year=y),),
        )
        for n, y in enumerate(YEARS)
    )
    head = ((w("年份", "Year"),), (w("指数", "Index"),), (w("位次", "Rank"),), (w("位次区间", "Interval of the rank"),),
            (w("全国均值", "National mean"),))  # fmt: skip
    return Grid((w("甘肃的指数与位次", "Index and rank of Gansu"),), head, rows)


def endowments(w: Words) -> Grid:
    """A table with long words, units and a note."""
    rows = tuple(
        (
            (w.indicator(code),),
            (quantity("diagnosis.endowment", value, unit, region="620000", variable=code),),
            (quantity("diagnosis.endowment", value * 1.11, unit, column="peer_median", region="620000", variable=code),),
            (quantity("diagnosis.endowment", -0.099, "growth", column="gap", region="620000", variable=code),),
            (w("明显偏弱", "clearly weaker"),),
        )
        for code, (_, _, unit, value) in INDICATORS.items()
    )
    head = ((w("指标", "Indicator"),), (w("本地", "Own"),), (w("同类地区中位数", "Median of the peers"),),
            (w("相对差距", "Gap"),), (w("判断", "Standing"),))  # fmt: skip
    note = (sentence(w("注：数据年份为 ", "Note: year of the data "), w.year("2023"), w("。", ".")),)
    return Grid((w("资源禀赋", "Endowments"),), head, rows, note, (3.0, 2.0, 2.0, 1.2, 1.2))


def index_lines(w: Words) -> Figure:
    """Two lines over the years."""
    own = Series((w.region("620000"),), tuple((w.year(y), index("620000", y)) for y in YEARS))
    mean = Series(
        (w("全国均值", "National mean"),),
        tuple((w.year(y), quantity("scores.national", 0.31 + 0.01 * n, "index", year=y)) for n, y in enumerate(YEARS)),
    )
    alt = (w("折线图：甘肃历年指数，末年为 ", "Line chart: index of Gansu by year, in the last year "), index("620000", "2023"))
    return Figure("lines", (w.region("620000"), w("的指数与全国均值", ": index and national mean")), (own, mean), alt,
                  options={"zero": "yes"})  # fmt: skip


def band_lines(w: Words) -> Figure:
    """One line with an interval band."""
    points = {c: tuple((w.year(y), quantity("disparity.dagum", v + 0.004 * n, "coefficient", column=c, year=y))
                       for n, y in enumerate(YEARS)) for c, v in (("gini", 0.30), ("low", 0.27), ("high", 0.345))}  # fmt: skip
    names = {"gini": w("基尼系数", "Gini coefficient"), "low": w("下限", "Lower end"), "high": w("上限", "Upper end")}
    series = tuple(Series((names[c],), p) for c, p in points.items())
    caption = (w("基尼系数及其区间", "Gini coefficient with interval"),)
    return Figure("lines", caption, series, caption, options={"low": "1", "high": "2"})


def percentile_bars(w: Words) -> Figure:
    """Bars with a reference line."""
    points = tuple(
        (w.indicator(code), quantity("diagnosis.endowment", 0.03 + 0.21 * n, "share", column="percentile", region="620000",
                                     variable=code, marked=n == 2))
        for n, code in enumerate(INDICATORS))  # fmt: skip
    caption = (w("甘肃各项禀赋在全国的百分位", "Endowments of Gansu: percentile among all regions"),)
    return Figure("bars", caption, (Series((w.region("620000"),), points),), caption, options={"reference": "0.5"})


def peer_dots(w: Words) -> Figure:
    """Dots of two years for some regions, one emphasised."""
    codes = ("620000", "520000", "530000", "450000", "630000", "640000")
    series = tuple(Series((w.year(y),), tuple((w.region(c), index(c, y)) for c in codes)) for y in ("2012", "2023"))
    caption = (w("甘肃与同类地区的指数", "Index of Gansu and its peers"),)
    return Figure("dots", caption, series, caption, emphasis=("620000",))


def index_map(w: Words, emphasis: tuple[str, ...] = ("620000",)) -> Figure:
    """A map of all mainland provinces."""
    points = tuple((w.region(c), index(c, "2023")) for c in PROVINCES)
    caption = (w.year("2023"), w("年各地区指数", ": index by region"))
    return Figure("map", caption, (Series((w("指数", "Index"),), points),), caption, emphasis=emphasis)


def document(language: str = "zh", *, subject: str = "620000") -> Document:
    """The made-up report of one region."""
    w = Words(language)
    here, rank = w.region("620000"), quantity("scores.rank", 18.0, "rank", region="620000", year="2023")
    lead = sentence(
        here,
        " ",
        w.year("2023"),
        w(" 年的指数为 ", ": the index is "),
        index("620000", "2023"),
        w("，居第 ", ", rank "),
        rank,
        w(" 位。", "."),
    )
    judged = sentence(w("同类地区为", "Its peers are "), w.region("520000"), w("、", " and "), w.region("530000"), w("。", "."),
                      grade="judgement")  # fmt: skip
    filled = sentence(w("补齐年份的指数为 ", "The index of the filled year is "), index("620000", "2015"), w("。", "."))
    model = sentence(
        w("基尼系数为 ", "The Gini coefficient is "),
        quantity("disparity.dagum", 0.344, "coefficient", column="gini", year="2023"),
        w("。", "."),
        grade="model",
    )
    blocks = (
        Heading(1, (w("摘要", "Summary"),)),
        Paragraph((lead, judged), "lead"),
        Heading(1, (w("总体水平与位次", "Level and rank"),)),
        Paragraph((lead, filled, model)),
        index_lines(w),
        ranks(w),
        Heading(1, (w("禀赋与堵点", "Endowments and obstacles"),)),
        Heading(2, (w("资源禀赋", "Endowments"),)),
        Paragraph((judged,), "item"),
        Paragraph((filled,), "item"),
        percentile_bars(w),
        endowments(w),
        Heading(2, (w("同类地区", "Peers"),)),
        Heading(3, (w("比较", "Comparison"),)),
        Paragraph((lead,)),
        peer_dots(w),
        Heading(1, (w("区域差距", "Regional gaps"),)),
        Paragraph((model,)),
        band_lines(w),
        index_map(w),
        Paragraph(
            (
                sentence(
                    w("说明：数据为虚构。", "Note: the data are made up."),
                ),
            ),
            "note",
        ),
    )
    title = (here, w("因地制宜发展新质生产力实施方案", ": plan for developing new quality productive forces by local conditions"))
    return Document(subject, language, title, (w("（演示稿）", "(made-up sample)"),), blocks)


EVIDENCE = {
    "scores.index[region=620000][year=2023]": (
        "scores.index: aggregate.arithmetic(rule=mean)",
        "weights: entropy and CRITIC, mean",
        "file indicators.csv row 381 column 7",
    )
}
