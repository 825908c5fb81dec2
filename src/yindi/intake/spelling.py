"""Forms of a name: full width, blanks, traditional signs, accents, glued years, numbering and the other language beside it."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping

from yindi.core import resources

REMEMBERED = 64
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_TONED = re.compile("[ǎǐǒǔǚ]")
_YEAR = re.compile(r"(?<!\d)(19\d{2}|20\d{2})(?!\d)(?:年度?|年末|年底)?")
_NUMBERING = re.compile(r"^[（(]?\d{1,3}[）)]?[.、,:：\s]*")


def normal(text: object) -> str:
    """Normal form of a name: NFKC, no blanks inside Chinese names, one blank inside others, lower case."""
    written = str(text)
    return _remembered(written) if len(written) <= REMEMBERED else _normal(written)


def _normal(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().strip("*※:").casefold()
    return re.sub(r"\s+", "" if _HAN.search(plain) else " ", plain)


_remembered = functools.lru_cache(maxsize=1 << 16)(_normal)


@functools.cache
def _signs() -> Mapping[int, str]:
    return {ord(r["traditional"]): r["simplified"] for r in resources.rows("regions/signs.csv")}


def simplified(text: str) -> str:
    """Traditional and variant signs that stand in names of regions, as simplified signs."""
    return text.translate(_signs())


def squeezed(text: str) -> str:
    """A name in Latin letters without accents, blanks, hyphens and apostrophes."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.sub(r"[\s\-_'’`.]+", "", bare)


def index_forms(name: str) -> set[str]:
    """The forms under which a name of a table is kept."""
    plain = normal(name)
    return {plain} if _HAN.search(plain) or _TONED.search(plain) else {plain, squeezed(plain)} - {""}


def years_in(text: str) -> set[str]:
    """Years that are glued to a name."""
    return set(_YEAR.findall(unicodedata.normalize("NFKC", text)))


def forms(key: str) -> Iterator[str]:
    """Readings of a name in normal form, the nearest first; the first that is known counts."""
    yield key
    plain = simplified(key)
    yield plain
    if not _HAN.search(plain):
        bare = _NUMBERING.sub("", _YEAR.sub("", plain)).strip(" -_.,:;()[]'\"|")
        yield from (bare, squeezed(plain), squeezed(bare))
        return
    bare = _NUMBERING.sub("", _YEAR.sub("", plain))
    yield bare
    if not re.search(r"[a-z]", bare) and not re.search(r"[、,;/和及与]", bare):
        yield "".join(_HAN.findall(bare))


def both(key: str) -> tuple[str, str]:
    """The Chinese and the Latin part of a name written in both ("北京beijing"); empty where it is not."""
    han, latin = "".join(_HAN.findall(key)), squeezed("".join(c if c.isascii() or not _HAN.match(c) else " " for c in key))
    latin = re.sub(r"[^a-zà-ÿ]", "", latin)
    return (simplified(han), latin) if han and len(latin) > 2 else ("", "")
