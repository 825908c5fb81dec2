"""A font for the pictures: by known names, then any font that holds the probe characters, else none."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yindi.core import resources


def _table() -> dict[str, Any]:
    table: dict[str, Any] = resources.tree("report/fonts.yaml")
    return table


def _files() -> Iterator[Path]:
    for folder in _table()["folders"]:
        for top, _, names in os.walk(Path(folder).expanduser()):
            yield from (Path(top) / n for n in sorted(names) if n.lower().endswith((".ttf", ".otf", ".ttc")))


def holds(path: Path, characters: str) -> bool:
    """True where the font file (its first face) has a glyph for every character."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            return all(ord(c) in (font.getBestCmap() or {}) for c in characters)
    except (TTLibError, OSError):
        return False


@functools.cache
def chinese() -> Path | None:
    """The file of a font that can draw Chinese, or None."""
    files, probe = list(_files()), _table()["probe"]
    named = [f for name in _table()["names"] for f in files if name.lower() in f.name.lower()]
    return next((f for f in [*named, *files] if holds(f, probe)), None)


@functools.cache
def face(path: Path) -> int:
    """Number of the simplified Chinese face in a collection, else the first."""
    from PIL import ImageFont

    if path.suffix.lower() != ".ttc":
        return 0
    for n in range(16):
        try:
            family = ImageFont.truetype(str(path), 12, index=n).getname()[0] or ""
        except OSError:
            return 0
        if family.endswith((" SC", "CN", "YaHei")) and "Mono" not in family:
            return n
    return 0


@functools.cache
def font(size: int, *, bold: bool = False) -> Any:
    """A Pillow font of so many pixels; the bold file beside the regular one where there is one."""
    from PIL import ImageFont

    path = chinese()
    if path is None:
        found = next((f for name in _table()["latin"] for f in _files() if name.lower() in f.name.lower()), None)
        return ImageFont.truetype(str(found), size) if found else ImageFont.load_default(size)
    heavy = path.with_name(path.name.replace("Regular", "Bold"))
    chosen = heavy if bold and heavy.exists() else path
    return ImageFont.truetype(str(chosen), size, index=face(chosen))
