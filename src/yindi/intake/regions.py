"""Region names and codes as written -> GB/T 2260 code. What is not certain is listed with candidates; nothing is guessed."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yindi.core import resources
from yindi.core.errors import UsageError, did_you_mean

_ENDINGS = {
    "市": ("市", " municipality", " city"),
    "省": ("省", " province"),
    "区": ("自治区", " autonomous region", " region", " sar"),
}
_TOTALS = """全国 全国合计 全国总计 合计 总计 总和 平均 全国平均 国家 各地区合计 地区合计
东部地区 中部地区 西部地区 东北地区 东部 中部 西部 东北 china national total nationwide 100000 000000"""
TOTALS = frozenset(_TOTALS.split())
_CODE = re.compile(r"(\d{2}|\d{4}|\d{6})(?:0{6})?")


class Unresolved(ValueError):
    """A region that is not certain; `candidates` are codes with names."""

    def __init__(self, message: str, candidates: Iterable[str] = ()):
        super().__init__(message)
        self.candidates = tuple(candidates)


def normal(text: object) -> str:
    """Normal form of a name: NFKC, no blanks inside Chinese names, one blank inside others, lower case."""
    plain = unicodedata.normalize("NFKC", str(text)).strip().strip("*※:").casefold()
    return re.sub(r"\s+", " " if plain.isascii() else "", plain)


@functools.cache
def provinces() -> Mapping[str, Mapping[str, str]]:
    """The packaged table of provinces by code."""
    return {r["code"]: r for r in resources.rows("regions/provinces.csv")}


@functools.cache
def mainland() -> tuple[str, ...]:
    """Codes of the 31 mainland provinces, ascending."""
    return tuple(sorted(c for c, r in provinces().items() if r["mainland"] == "yes"))


def _written(row: Mapping[str, str]) -> Iterator[str]:
    yield from (row["zh"], row["zh_full"], row["en"], *filter(None, row["aliases"].split("|")))
    for ending in _ENDINGS[row["zh_full"][-1]]:
        yield (row["en"] if ending.startswith(" ") else row["zh"]) + ending


def _province_names() -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for code, row in provinces().items():
        for written in _written(row):
            names.setdefault(normal(written), set()).add(code)
    return names


def _unit_names(level: str) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for code, written in resources.tree("geo/names.json").items():
        if (level == "city") == code.endswith("00") and not code.endswith("0000"):
            names.setdefault(normal(written), set()).add(code)
    return names


@functools.cache
def _names(level: str) -> Mapping[str, set[str]]:
    return _province_names() if level == "province" else _unit_names(level)


@functools.cache
def codes(level: str) -> Mapping[str, str]:
    """Code -> Chinese name of every unit of a level."""
    if level == "province":
        return {c: r["zh"] for c, r in provinces().items()}
    found = {code: name for name, held in _names(level).items() for code in held}
    return {c: str(resources.tree("geo/names.json")[c]) for c in sorted(found)}


@dataclass(slots=True)
class Gazetteer:
    """Resolves regions of one level; `aliases` are the user's answers (name as written -> code)."""

    level: str = "province"
    aliases: Mapping[str, str] = field(default_factory=dict)
    _seen: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = [f"{a} -> {c}" for a, c in self.aliases.items() if c not in codes(self.level)]
        if wrong:
            raise UsageError(f"regions.aliases: no {self.level} has the code in {wrong}.")
        self._seen = {normal(a): c for a, c in self.aliases.items()}

    def name(self, code: str) -> str:
        """The Chinese name of a code."""
        return codes(self.level)[code]

    def called(self, code: str) -> set[str]:
        """The Chinese names of a code, short and full."""
        row = provinces().get(code) if self.level == "province" else None
        return {row["zh"], row["zh_full"]} if row else {self.name(code)}

    def is_total(self, written: object) -> bool:
        """True for rows that hold a total of several regions (全国, 合计, 东部地区 ...)."""
        return normal(written) in TOTALS and normal(written) not in self._seen

    def resolve(self, written: object) -> str:
        """The code of a region as written; raises Unresolved with candidates."""
        key = normal(written)
        if key not in self._seen:
            self._seen[key] = self._find(key, str(written))
        return self._seen[key]

    def _find(self, key: str, written: str) -> str:
        if not key:
            raise Unresolved("no region is written here")
        if key.isdigit():
            return self._by_code(key, written)
        held = _names(self.level).get(key, set())
        if len(held) == 1:
            return next(iter(held))
        if held:
            raise Unresolved(f"{written!r} is the name of {len(held)} regions", self._shown(held))
        raise Unresolved(f"{written!r} is no {self.level} of GB/T 2260", self._near(key))

    def _by_code(self, key: str, written: str) -> str:
        found = _CODE.fullmatch(key)
        code = found[1].ljust(6, "0") if found else ""
        if code not in codes(self.level):
            near = did_you_mean(key, codes(self.level))
            raise Unresolved(f"{written!r} is no code of a {self.level} in GB/T 2260", self._shown(near))
        return code

    def _near(self, key: str) -> tuple[str, ...]:
        known = _names(self.level)
        alike = list(did_you_mean(key, known))
        alike += [n for n in known if len(n) == len(key) > 1 and sum(a == b for a, b in zip(n, key, strict=True)) >= len(n) - 1]
        return self._shown(sorted({c for n in alike for c in known[n]}))[:8]

    def _shown(self, found: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{self.name(c)} = {c}" for c in sorted(found))
