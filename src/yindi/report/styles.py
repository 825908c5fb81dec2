"""What a Word profile fixes, as parts of the file: page, real styles, numbering, footers, fonts, settings."""

from __future__ import annotations

import functools
from typing import Any

from yindi.core import resources
from yindi.core.errors import UsageError, suggestion

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEADINGS = ("heading1", "heading2", "heading3")
SIZES = (("", 1.0), ("Small", 0.84), ("Tiny", 0.7))
"""Sizes of table text: the first that lets the longest words of all columns fit is taken."""


def profile(name: str | None, language: str, voice: str = "plan") -> dict[str, Any]:
    """A row of profiles.yaml by name, or the usual one of the voice and language."""
    table: dict[str, dict[str, Any]] = resources.tree("report/profiles.yaml")
    key = name or resources.tree("report/voices.yaml")[voice][language]
    if key not in table:
        raise UsageError(f"No Word profile {key!r}; there are {', '.join(sorted(table))}.{suggestion(key, table)}")
    return table[key]


def text_width(look: dict[str, Any]) -> int:
    """Width of the text block in twips; A4 is 210 mm wide."""
    page: dict[str, float] = look["page"]
    return round((210 - page["left"] - page["right"]) * 1440 / 25.4)


def _twips(points: float) -> int:
    return round(points * 20)


def _run_xml(look: dict[str, Any], p: dict[str, Any]) -> str:
    latin, han = look["latin"], p["han"]
    bold = "<w:b/><w:bCs/>" if p.get("bold") else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    fonts = f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{han}" w:cs="{latin}"/>'
    size = round(p["size"] * 2)
    return f'<w:rPr>{fonts}{bold}<w:i w:val="0"/><w:color w:val="000000"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'


def _spacing(p: dict[str, Any]) -> str:
    line = p.get("line", 0)
    height = f' w:line="{_twips(line)}" w:lineRule="exact"' if line else ' w:line="240" w:lineRule="auto"'
    return f'<w:spacing w:before="{_twips(p.get("before", 0))}" w:after="{_twips(p.get("after", 0))}"{height}/>'


def _indent(p: dict[str, Any]) -> str:
    n = p.get("indent", 0)
    return f'<w:ind w:firstLineChars="{n * 100}" w:firstLine="{round(n * p["size"] * 20)}"/>' if n else ""


def _style(name: str, ident: str, inside: str, run: str, *, base: str = "", following: str = "") -> str:
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    after = f'<w:next w:val="{following}"/>' if following else ""
    default = ' w:default="1"' if ident == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{ident}"><w:name w:val="{name}"/>{based}{after}'
        f"<w:qFormat/><w:pPr>{inside}</w:pPr>{run}</w:style>"
    )


def _paragraph_styles(look: dict[str, Any]) -> str:
    body, table, note, caption = look["body"], look["table"], look["note"], look["caption"]
    both = '<w:jc w:val="both"/>' if look["language"].startswith("zh") else ""
    out = [_style("Normal", "Normal", _spacing(body) + _indent(body) + both, _run_xml(look, body))]
    for key, name in (("title", "Title"), ("subtitle", "Subtitle")):
        p = look[key]
        rule = f'<w:keepNext/><w:keepLines/>{_spacing(p)}<w:ind w:firstLine="0"/><w:jc w:val="center"/>'
        out.append(_style(name, name, rule, _run_xml(look, p), base="Normal", following="Normal"))
    for n, key in enumerate(_HEADINGS):
        p = look[key]
        number = f'<w:numPr><w:ilvl w:val="{n}"/><w:numId w:val="1"/></w:numPr>'
        rule = (
            f"<w:keepNext/><w:keepLines/>{number}{_spacing(p)}{_indent(p)}" + f'<w:jc w:val="left"/><w:outlineLvl w:val="{n}"/>'
        )
        out.append(_style(f"heading {n + 1}", f"Heading{n + 1}", rule, _run_xml(look, p), base="Normal", following="Normal"))
    flat = '<w:ind w:firstLineChars="0" w:firstLine="0"/>'
    centre, left, snap = '<w:jc w:val="center"/>', '<w:jc w:val="left"/>', '<w:snapToGrid w:val="0"/>'
    small = {"size": note["size"] - 1.5, "han": table["han"]}
    gap = {"before": 4, "after": 4}
    rows = (
        ("Lead", "Lead", both + "", body, {**body}, _indent(body)),
        ("List Item", "ListItem", both, body, {**body}, _indent(body)),
        ("Note Text", "NoteText", left, note, {"after": 6}, flat),
        ("Table Caption", "TableCaption", centre, caption, {"before": 8, "after": 3}, flat),
        ("Figure Caption", "FigureCaption", centre, caption, {"before": 2, "after": 8}, flat),
        ("Figure", "Figure", centre, caption, gap, flat),
        ("Table Text", "TableText", left, table, {"before": 1.5, "after": 1.5}, flat),
        ("Table Number", "TableNumber", '<w:jc w:val="right"/>', table, {"before": 1.5, "after": 1.5}, flat),
        ("Table Centred", "TableCentred", centre, table, {"before": 1.5, "after": 1.5}, flat),
        ("Evidence Text", "EvidenceText", left, small, {"before": 0.5, "after": 0.5}, flat),
    )
    keep = {"TableCaption": "<w:keepNext/>", "Figure": "<w:keepNext/>"}
    for tail, share in SIZES[1:]:
        less = {**table, "size": round(table["size"] * share * 2) / 2}
        rows += tuple((f"{n} {tail}", i + tail, align, less, space, ind) for n, i, align, f, space, ind in rows[6:9])
    for name, ident, align, font, space, ind in rows:
        order = keep.get(ident, "") + (snap if ident not in ("Lead", "ListItem") else "") + _spacing(space) + ind + align
        out.append(_style(name, ident, order, _run_xml(look, font), base="Normal"))
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
    annex = f'<w:pageBreakBefore/>{number}{_spacing(look["heading1"])}{flat}<w:outlineLvl w:val="0"/>'
    out.append(_style("Annex Heading", "AnnexHeading", "<w:keepNext/>" + annex, _run_xml(look, look["heading1"]), base="Normal"))
    return "".join(out)


def _other_styles() -> str:
    def character(name: str, ident: str) -> str:
        plain = '<w:color w:val="auto"/><w:u w:val="none"/>' if ident != "Label" else ""
        return f'<w:style w:type="character" w:styleId="{ident}"><w:name w:val="{name}"/><w:rPr>{plain}</w:rPr></w:style>'

    def edge(side: str, size: int) -> str:
        return f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'

    cells = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    head = f'<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>{edge("bottom", 6)}</w:tcBorders></w:tcPr></w:tblStylePr>'
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="ThreeLine"><w:name w:val="Three Line Table"/><w:basedOn w:val="TableNormal"/>'
        f'<w:tblPr><w:jc w:val="center"/><w:tblBorders>{edge("top", 12)}{edge("bottom", 12)}</w:tblBorders>{cells}</w:tblPr>'
        f"{head}</w:style>"
    )
    return character("Number", "Number") + character("Label", "Label") + table


def _styles_xml(look: dict[str, Any]) -> str:
    body = look["body"]
    lang = look["language"]
    defaults = _run_xml(look, body).replace(
        "</w:rPr>", f'<w:lang w:val="{_latin(lang)}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
    )
    head = f"<w:docDefaults><w:rPrDefault>{defaults}</w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    return f'{_XML}<w:styles xmlns:w="{W}">{head}{_paragraph_styles(look)}{_other_styles()}</w:styles>'


def _latin(language: str) -> str:
    return "en-US" if language.startswith("zh") else language


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _numbering_xml(look: dict[str, Any]) -> str:
    def level(n: int, key: str) -> str:
        p = look[key]
        follow = "nothing" if look["language"].startswith("zh") else "space"
        return (
            f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{p["format"]}"/><w:pStyle w:val="Heading{n + 1}"/>'
            f'<w:suff w:val="{follow}"/><w:lvlText w:val="{p["numbering"]}"/><w:lvlJc w:val="left"/></w:lvl>'
        )

    levels = "".join(level(n, key) for n, key in enumerate(_HEADINGS))
    item = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:suff w:val="space"/><w:lvlText w:val="•"/></w:lvl>'
    word, gap = ("附件%1", "\u3000") if look["language"].startswith("zh") else ("Annex %1", ". ")
    annex = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="AnnexHeading"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{word}{gap}"/><w:lvlJc w:val="left"/></w:lvl>'
    )
    numbers = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n - 1}"/></w:num>' for n in (1, 2, 3))
    return (
        f'{_XML}<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>{levels}'
        f'</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/>{item}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2"><w:multiLevelType w:val="singleLevel"/>{annex}</w:abstractNum>'
        f"{numbers}</w:numbering>"
    )


def _footer_xml(look: dict[str, Any], align: str) -> str:
    dashes, size = look["number"] == "dashes", round(look["number_size"] * 2)
    fonts = f'<w:rFonts w:ascii="{look["latin"]}" w:eastAsia="宋体" w:hAnsi="{look["latin"]}"/>'
    run = f'<w:rPr>{fonts}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr>'
    steps = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="end"/>',
    )
    field = "".join(f"<w:r>{run}{step}</w:r>" for step in steps)
    side = [f'<w:r>{run}<w:t xml:space="preserve">{text}</w:t></w:r>' if dashes else "" for text in ("— ", " —")]
    gap = f' w:{align}Chars="100" w:{align}="{size * 10}"' if dashes else ""
    rule = f'<w:ind{gap} w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="{align}"/>'
    return f'{_XML}<w:ftr xmlns:w="{W}"><w:p><w:pPr>{rule}</w:pPr>{side[0]}{field}{side[1]}</w:p></w:ftr>'


def section(look: dict[str, Any]) -> str:
    """The section's properties: A4, margins, line grid, footers (odd right and even left where dashes are set)."""
    page = {k: round(v * 1440 / 25.4) for k, v in look["page"].items()}
    foot = max(page["bottom"] - 570, 450)
    even = '<w:footerReference w:type="even" r:id="rIdEven"/>' if look["number"] == "dashes" else ""
    grid = f'<w:docGrid w:type="lines" w:linePitch="{look["grid"]}"/>' if look["grid"] else ""
    sides = " ".join(f'w:{k}="{v}"' for k, v in page.items())
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="rIdOdd"/>{even}<w:pgSz w:w="11906" w:h="16838"/>'
        f'<w:pgMar {sides} w:header="720" w:footer="{foot}" w:gutter="0"/>{grid}</w:sectPr>'
    )


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{r["font"]}"><w:altName w:val="{r["other"]}"/><w:charset w:val="86"/></w:font>'
        for r in resources.rows("report/altfonts.csv")
    )
    return f'{_XML}<w:fonts xmlns:w="{W}">{fonts}</w:fonts>'


def _settings_xml(look: dict[str, Any]) -> str:
    odd_even = "<w:evenAndOddHeaders/>" if look["number"] == "dashes" else ""
    modern = '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    lang = f'<w:themeFontLang w:val="{_latin(look["language"])}" w:eastAsia="zh-CN"/>'
    zoom, tabs = '<w:zoom w:percent="100"/>', '<w:defaultTabStop w:val="420"/>'
    squeeze = '<w:characterSpacingControl w:val="compressPunctuation"/>'
    return f'{_XML}<w:settings xmlns:w="{W}">{zoom}{tabs}{odd_even}{squeeze}<w:compat>{modern}</w:compat>{lang}</w:settings>'


@functools.cache
def template(name: str | None, language: str, voice: str = "plan") -> dict[str, bytes]:
    """The parts of a Word file that hang on the profile alone, by part name."""
    look = profile(name, language, voice)
    dashes = look["number"] == "dashes"
    parts = {
        "word/styles.xml": _styles_xml(look),
        "word/numbering.xml": _numbering_xml(look),
        "word/fontTable.xml": _font_table(),
        "word/settings.xml": _settings_xml(look),
        "word/footer1.xml": _footer_xml(look, "right" if dashes else "center"),
        "word/footer2.xml": _footer_xml(look, "left"),
    }
    return {part: text.encode() for part, text in parts.items()}
