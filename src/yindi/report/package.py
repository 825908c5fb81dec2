"""Files made of parts in a zip: equal parts give equal bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_PARTS = {"document": "document.main", "styles": "styles", "numbering": "numbering", "fontTable": "fontTable",
              "settings": "settings", "footer1": "footer", "footer2": "footer"}  # fmt: skip
_IDS = {"footer1": "rIdOdd", "footer2": "rIdEven"}


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts in the given order, without a clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            archive.writestr(entry, content)
    return out.getvalue()


def _types() -> str:
    rows = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_KIND}.{kind}+xml"/>' for name, kind in WORD_PARTS.items()
    )
    core = "application/vnd.openxmlformats-package.core-properties+xml"
    return (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{core}"/>{rows}</Types>'
    )


def _relations() -> str:
    core = f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    main = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{main}{core}</Relationships>'


def _links(images: Mapping[str, bytes]) -> str:
    rows = [
        f'<Relationship Id="{_IDS.get(name, "rId_" + name)}" Type="{_REL}/{kind}" Target="{name}.xml"/>'
        for name, kind in WORD_PARTS.items()
        if name != "document"
    ]
    rows += [f'<Relationship Id="rImg_{name}" Type="{_REL}/image" Target="media/{name}.png"/>' for name in images]
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def _core(title: str, author: str, language: str) -> str:
    space = f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f"{XML}<cp:coreProperties {space}><dc:title>{escape(title)}</dc:title>"
        f"<dc:creator>{escape(author or 'yindi')}</dc:creator>"
        f"<dc:language>{escape(language)}</dc:language></cp:coreProperties>"
    )


def word_file(
    body: str,
    images: Mapping[str, bytes],
    fixed: Mapping[str, bytes],
    *,
    title: str,
    author: str,
    language: str,
) -> bytes:
    """A Word file of document.xml, pictures by name and the parts that hang on the profile."""
    parts = {
        "[Content_Types].xml": _types().encode(),
        "_rels/.rels": _relations().encode(),
        "docProps/core.xml": _core(title, author, language).encode(),
        "word/document.xml": body.encode(),
        "word/_rels/document.xml.rels": _links(images).encode(),
        **fixed,
        **{f"word/media/{name}.png": content for name, content in images.items()},
    }
    return zipped(parts)
