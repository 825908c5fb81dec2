"""A report in the user's own Word template: their page, styles, headers and cover stay; the report fills in.

The template is a .docx. The paragraph {{report}} is replaced by the report (without it the report follows the template's text);
{{title}}, {{subtitle}}, {{author}} and {{date}} are replaced wherever they stand, in headers and footers too.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from yindi.core.document import Document
from yindi.core.errors import UsageError
from yindi.report import styles
from yindi.report.docx import SPACES, Page, content, rows_of
from yindi.report.package import zipped
from yindi.report.text import Evidence, joined, short

W = "{" + styles.W + "}"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_FIRST = 100_000
_OURS = {"Title": "title", "Heading1": "heading 1", "Heading2": "heading 2", "Heading3": "heading 3", "Normal": "normal",
         "ListItem": "list bullet", "TableCaption": "caption", "FigureCaption": "caption"}  # fmt: skip


def fill(document: Document, template: bytes, evidence: Evidence | None = None, *, author: str = "", date: str = "") -> bytes:
    """The document set into a template; raises UsageError when the template is no Word file."""
    parts = _parts(template)
    names = _style_names(parts["word/styles.xml"])
    fields = {"title": short(document.title, document.language), "subtitle": joined(document.subtitle, document.language),
              "author": author, "date": date}  # fmt: skip
    for name in parts:
        if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
            parts[name] = _filled(parts[name], fields)
    page = Page(document.language, _text_width(parts["word/document.xml"]), rows_of(document), 9.5, marks=_FIRST)
    inside = _restyled(content(page, document, evidence or {}), names)
    parts["word/document.xml"] = _inserted(parts["word/document.xml"], inside)
    parts["word/styles.xml"] = _more_styles(parts["word/styles.xml"], document.language, names)
    parts["docProps/core.xml"] = _language(
        parts.get("docProps/core.xml", b""), styles.profile(None, document.language, document.voice)
    )
    _add_images(parts, page.images)
    return zipped(parts)


def _parts(template: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            parts = {n: archive.read(n) for n in archive.namelist()}
    except zipfile.BadZipFile as error:
        raise UsageError("The template is no Word file (.docx); an old .doc must be saved as .docx first.") from error
    missing = {"word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels", "[Content_Types].xml"} - set(parts)
    if missing:
        raise UsageError(f"The template is no Word file: {sorted(missing)} are missing.")
    return parts


def _tree(part: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(part, etree.XMLParser(resolve_entities=False))


def _bytes(tree: Any) -> bytes:
    from lxml import etree

    text: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return text


def _style_names(part: bytes) -> dict[str, str]:
    """The template's style ids by lower-case name."""
    found = {}
    for style in _tree(part).iter(W + "style"):
        name = style.find(W + "name")
        if name is not None:
            found[(name.get(W + "val") or "").lower()] = style.get(W + "styleId")
    return found


def _text_width(part: bytes) -> int:
    sections = list(_tree(part).iter(W + "sectPr"))
    size = sections[-1].find(W + "pgSz") if sections else None
    margin = sections[-1].find(W + "pgMar") if sections else None
    if size is None or margin is None:
        raise UsageError("The template has no page size: open it in Word, set the page, and save it.")
    return int(size.get(W + "w")) - int(margin.get(W + "left")) - int(margin.get(W + "right"))


def _filled(part: bytes, fields: Mapping[str, str]) -> bytes:
    text = part.decode()
    for key, value in fields.items():
        text = text.replace("{{" + key + "}}", escape(value))
    return text.encode()


def _restyled(inside: str, names: Mapping[str, str]) -> str:
    """Our paragraphs under the template's style ids; numbering is the template's, through its styles."""

    def own(match: re.Match[str]) -> str:
        ident = match[1]
        return f'<w:pStyle w:val="{names.get(_OURS.get(ident, ""), ident)}"/>'

    inside = re.sub(r"<w:numPr>.*?</w:numPr>", "", inside)
    return re.sub(r'<w:pStyle w:val="([^"]+)"/>', own, inside)


def _inserted(part: bytes, inside: str) -> bytes:
    tree = _tree(part)
    body = tree.find(W + "body")
    new = list(_tree(f"<w:body {SPACES}>{inside}</w:body>".encode()))
    holder = next((p for p in body if p.tag == W + "p" and _text(p).strip() == "{{report}}"), None)
    end = body.find(W + "sectPr")
    at = list(body).index(holder) if holder is not None else (list(body).index(end) if end is not None else len(body))
    if holder is not None:
        body.remove(holder)
    for k, element in enumerate(new):
        body.insert(at + k, element)
    return _bytes(tree)


def _text(element: Any) -> str:
    return "".join(t.text or "" for t in element.iter(W + "t"))


def _more_styles(part: bytes, language: str, names: Mapping[str, str]) -> bytes:
    """The template's styles and those of ours that it lacks; ours take over the template's fonts."""
    tree = _tree(part)
    have = {s.get(W + "styleId") for s in tree.iter(W + "style")}
    for style in _tree(styles.template(None, language)["word/styles.xml"]).iter(W + "style"):
        ident, name = style.get(W + "styleId"), style.find(W + "name").get(W + "val").lower()
        if ident in have or name in names or (_OURS.get(ident) in names):
            continue
        for fonts in list(style.iter(W + "rFonts")):
            fonts.getparent().remove(fonts)
        based = style.find(W + "basedOn")
        if based is not None:
            based.set(W + "val", names.get({"Normal": "normal", "TableNormal": "normal table"}[based.get(W + "val")], "Normal"))
        if ident in ("Lead", "ListItem"):
            for inner in (W + "rPr", W + "pPr"):
                for old in style.findall(inner):
                    style.remove(old)
        style.attrib.pop(W + "default", None)
        tree.append(style)
    return _bytes(tree)


def _language(core: bytes, look: Mapping[str, Any]) -> bytes:
    """Core properties that name the report's language: the reader of numbers needs it."""
    text = re.sub(r"<dc:language>.*?</dc:language>|<dc:language/>", "", core.decode())
    said = f"<dc:language>{look['language']}</dc:language>"
    if "</cp:coreProperties>" in text and "xmlns:dc=" in text:
        return text.replace("</cp:coreProperties>", said + "</cp:coreProperties>").encode()
    space = 'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return f"<cp:coreProperties {space}>{said}</cp:coreProperties>".encode()


def _add_images(parts: dict[str, bytes], images: Mapping[str, bytes]) -> None:
    links = "".join(f'<Relationship Id="rImg_{n}" Type="{_REL}/image" Target="media/yindi_{n}.png"/>' for n in images)
    rels = "word/_rels/document.xml.rels"
    parts[rels] = parts[rels].decode().replace("</Relationships>", links + "</Relationships>").encode()
    types = parts["[Content_Types].xml"].decode()
    if not re.search(r'Extension="png"', types, re.IGNORECASE):
        types = re.sub(r"(<Types[^>]*>)", r'\1<Default Extension="png" ContentType="image/png"/>', types, count=1)
    parts["[Content_Types].xml"] = types.encode()
    parts.update({f"word/media/yindi_{n}.png": content for n, content in images.items()})
