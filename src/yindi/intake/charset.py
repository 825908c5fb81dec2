"""Which encoding a text file is in: byte-order mark, strict UTF-8, then GB18030 or Big5 by the signs they give."""

from __future__ import annotations

import codecs
import re

from yindi.core.errors import Problem, ProblemsError, did_you_mean

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
SAMPLE = 1 << 20
COMMON_GB, COMMON_BIG5 = 0.9, 0.95


def _fail(place: str, message: str, way_out: str, candidates: tuple[str, ...] = ()) -> ProblemsError:
    return ProblemsError("intake", [Problem(place, message, way_out, candidates)])


def decode(data: bytes, file: str, encoding: str | None = None) -> tuple[str, str]:
    """(text, encoding) of a text file; raises ProblemsError with the first line that cannot be read, or where it is uncertain."""
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            near = did_you_mean(encoding, ("utf-8", "gb18030", "big5", "utf-16", "latin-1", "cp1252"))
            raise _fail(file, f"encoding {encoding!r} is not known.", "correct `encoding`", near) from None
        return _try(data, encoding, file), encoding
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _try(data, name, file), name
    if b"\x00" in data[:4096]:
        raise _fail(file, "holds zero bytes: this is no text file.", "save it as CSV in UTF-8, or keep the right extension")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = _chinese(data, file)
        return _try(data, name, file), name


def _chinese(data: bytes, file: str) -> str:
    """gb18030 or big5; raises where both readings are plain."""
    if not _decodes(data, "big5"):
        return "gb18030"
    gb, big5 = common(data)
    if gb >= COMMON_GB and big5 >= COMMON_BIG5 and _decodes(data, "gb18030"):
        raise _fail(file, "may be GB18030 or Big5: both give plain text.", "say it: encoding: gb18030, or encoding: big5")
    return "big5" if gb < COMMON_GB and big5 >= COMMON_BIG5 else "gb18030"


def _decodes(data: bytes, name: str) -> bool:
    try:
        data.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def common(data: bytes) -> tuple[float, float]:
    """Share of the two-byte signs that are common ones: those of GB 2312 (both bytes from A1 on), and of Big5 level 1."""
    pairs = _PAIR.findall(data[:SAMPLE])
    whole = max(len(pairs), 1)
    gb = sum(p[1] >= 0xA1 and (0xA1 <= p[0] <= 0xA9 or 0xB0 <= p[0] <= 0xF7) for p in pairs)
    big5 = sum(0xA1 <= p[0] <= 0xC6 and (p[1] <= 0x7E or p[1] >= 0xA1) for p in pairs)
    return gb / whole, big5 / whole


def _try(data: bytes, name: str, file: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        tried = "UTF-8 nor GB18030" if name == "gb18030" else f"{name}, as its first bytes or `encoding` claim"
        raise _fail(f"{file}, row {line}", f"the bytes {data[error.start:error.start + 4].hex(' ')} are neither {tried}.",
                    "save the file as CSV in UTF-8") from None  # fmt: skip
    except UnicodeError as error:
        raise _fail(file, f"cannot be read as {name}: {error}.", "save the file as CSV in UTF-8") from None
