"""Region names and codes as written -> the code in a register. What is not certain asks, with candidates; nothing is guessed."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from yindi.core.errors import UsageError, did_you_mean
from yindi.intake import history, spelling, standards
from yindi.intake.spelling import normal
from yindi.intake.standards import Register, provinces

__all__ = ["Gazetteer", "Unresolved", "codes", "mainland", "normal", "provinces"]

_TOTALS = """全国 全国合计 全国总计 合计 总计 总和 平均 全国平均 国家 各地区合计 地区合计
东部地区 中部地区 西部地区 东北地区 东部 中部 西部 东北 china total nationwide 100000 000000
eu eu27 eu28 eu27_2020 eu28_2020 eu27_2007 ea ea19 ea20 world deutschland germany australia"""
TOTALS = frozenset(
    (*_TOTALS.split(), "united states", "united states total", "national total", "u.s.", "all regions", "european union")
)
_NUMBER = re.compile(r"(\d[\d\s]*)(?:\.0*)?")
_GLUED = re.compile(r"(?<!\d)\d{6}(?!\d)")
_CODE = re.compile(r"(\d{2}|\d{4}|\d{6})(?:0{6})?")


class Unresolved(ValueError):
    """A region that is not certain; `candidates` are codes with names."""

    def __init__(self, message: str, candidates: Iterable[str] = ()):
        super().__init__(message)
        self.candidates = tuple(candidates)


@functools.cache
def mainland() -> tuple[str, ...]:
    """Codes of the 31 mainland provinces, ascending."""
    return tuple(sorted(c for c, r in provinces().items() if r["mainland"] == "yes"))


def codes(level: str) -> Mapping[str, str]:
    """Code -> Chinese name of every unit of a level of GB/T 2260."""
    return {c: u.zh for c, u in sorted(standards.gbt2260(level).units.items())}


@dataclass(slots=True)
class Gazetteer:
    """Resolves regions of one register; `aliases` are the user's answers (name as written -> code)."""

    level: str = "province"
    aliases: Mapping[str, str] = field(default_factory=dict)
    register: Register | None = None
    told: dict[str, str] = field(default_factory=dict)
    _seen: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _given: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.register is None:
            self.register = standards.gbt2260(self.level)
        wrong = [f"{a} -> {c}" for a, c in self.aliases.items() if not self.of.find(c)]
        if wrong:
            raise UsageError(f"regions.aliases: no {self.of.title} has the code in {wrong}.")
        self._given = {normal(a): c for a, c in self.aliases.items()}

    @property
    def of(self) -> Register:
        """The register."""
        return self.register if self.register is not None else standards.gbt2260(self.level)

    def name(self, code: str) -> str:
        """The name of a code."""
        return self.of.name(code)

    def called(self, code: str) -> set[str]:
        """The names of a code, short and full."""
        row = provinces().get(code) if (self.of.standard, self.level) == ("gbt2260", "province") else None
        return {row["zh"], row["zh_full"]} if row else self.of.called(code)

    def is_total(self, written: object) -> bool:
        """True for rows that hold a total of several regions (全国, 合计, 东部地区 ...)."""
        key = normal(written)
        own = self.of.standard != "gbt2260" and str(written).strip() in self.of.units
        return spelling.simplified(key) in TOTALS and key not in self._given and not self.of.index.get(key) and not own

    def resolve(self, written: object, *, year: str = "", parent: str = "") -> str:
        """The code of a region as written (in a year, below a parent); raises Unresolved with candidates."""
        key = normal(written)
        if key in self._given:
            return self._given[key]
        at = (key, year, normal(parent) if parent else "")
        if at not in self._seen:
            self._seen[at] = self._find(key, str(written), year, at[2])
            self._in_its_time(key, self._seen[at], year)
        return self._seen[at]

    def _in_its_time(self, key: str, code: str, year: str) -> None:
        """Tell of a unit below the provinces that a row names before it began or after it ended."""
        when = int(year) if year.isdigit() else 0
        held = history.eras_of(code) if self.of.standard == "gbt2260" and self.level != "province" else ()
        if not held or when < history.SINCE or any(e.holds(when) for e in held):
            return
        first, last = min(e.first for e in held), max(e.last for e in held)
        said = f"ended with {last}, and rows of later years" if when > last else f"began in {first}, and rows of earlier years"
        self.told[key] = f"{key} ({code}, {self.name(code)}) {said} name it"

    def other_level(self, written: object, year: str = "") -> str:
        """The level of the standard that a written region belongs to, where it is surely not the study's; else ""."""
        key, text = normal(written), str(written).strip().upper()
        if self.of.standard == "nuts":
            return _nuts_level(text, self.of)
        if self.of.standard != "gbt2260" or not key or key.isdigit() != bool(_CODE.fullmatch(key)):
            return ""
        if year and self.level != "province" and not key.isdigit():
            named = [e.code for e in history.by_name().get(spelling.simplified(key), ()) if e.holds(int(year))]
            if named and not any(history.within(c, self.level) for c in named):
                return history.level_of(named[0])
        for level in (x for x in ("province", "city", "county") if x != self.level):
            other = standards.gbt2260(level)
            if key.isdigit():
                code = key[:6].ljust(6, "0")
                if len(key) in (6, 12) and history.level_of(code) == level and (code in other.units or code in history.by_code()):
                    return level
            elif self.level != "province" and level != "county" and _only_in(other, self.of, spelling.simplified(key)):
                return level
        return ""

    def _find(self, key: str, written: str, year: str, parent: str) -> str:
        if not key:
            raise Unresolved("no region is written here")
        if self.of.standard == "gbt2260":
            key = _NUMBER.sub(lambda found: re.sub(r"\s+", "", found[1]), key) if _NUMBER.fullmatch(key) else key
        if self.of.standard == "gbt2260" and key.isdigit():
            return self._by_code(key, written, year)
        code = "" if self.of.standard == "gbt2260" else self.of.find(written.strip())
        held = {code} if code else self._held(key, written, year)
        if parent and held and not any(self._is_below(c, parent) for c in held):
            raise Unresolved(f"{written!r} is not below {parent!r}", self._shown(held))
        if len(held) > 1:
            held = self._narrowed(held, key, year, parent)
        if len(held) == 1:
            return self._tell(next(iter(held)), key)
        if held:
            raise Unresolved(f"{written!r} is the name of {len(held)} regions", self._shown(held))
        raise Unresolved(f"{written!r} is no {self.of.title}", self._near(key))

    def _tell(self, code: str, key: str) -> str:
        """Keep what an old name is called now."""
        now = self.name(code)
        if self.of.standard != "gbt2260" or self.level == "province" or key in (now, standards.stem(now)):
            return code
        if any(key in (e.name, standards.stem(e.name)) for e in history.eras_of(code) if e.name != now):
            self.told[key] = f"{key} = {now} ({code})"
        return code

    def _held(self, key: str, written: str, year: str) -> set[str]:
        glued = spelling.years_in(written)
        if year and glued and glued != {year}:
            raise Unresolved(f"{written!r} names the year {', '.join(sorted(glued))}, but the row is of {year}")
        for form in spelling.forms(key):
            if held := self.of.index.get(form):
                return self._of_glued_code(set(held), key, written)
        han, latin = spelling.both(key)
        if han:
            one, two = self.of.index.get(han, set()), self.of.index.get(latin, set())
            return set(one & two)
        return self._by_path(spelling.simplified(key))

    def _of_glued_code(self, held: set[str], key: str, written: str) -> set[str]:
        """The regions of a name; a code that is glued to it must be that of one of them."""
        glued = set(_GLUED.findall(key)) if self.of.standard == "gbt2260" and not key.isdigit() else set()
        of_code = {c for c in held if {c, *(e.code for e in history.eras_of(c))} & glued} if glued else held
        if not of_code:
            raise Unresolved(f"{written!r}: name and code differ", self._shown(held | (glued & set(self.of.units))))
        return of_code

    def _by_path(self, key: str) -> set[str]:
        """Candidates for a name with those above it in front (江苏省南京市鼓楼区)."""
        if self.of.standard != "gbt2260" or self.level == "province":
            return set()
        found: set[str] = set()
        for name, codes_above in standards.gbt2260("province").index.items():
            if len(name) > 1 and key.startswith(name) and len(key) > len(name):
                above = {c[:2] for c in codes_above}
                found |= self._below(key[len(name) :], above)
        return found

    def _below(self, rest: str, above: set[str]) -> set[str]:
        found = {c for c in self.of.index.get(rest, ()) if c[:2] in above}
        if self.level == "county" and not found:
            for name, held in standards.gbt2260("city").index.items():
                prefixes = {c[:4] for c in held if c[:2] in above}
                if prefixes and rest.startswith(name) and len(rest) > len(name):
                    found |= {c for c in self.of.index.get(rest[len(name) :], ()) if c[:4] in prefixes}
        return found

    def _narrowed(self, held: set[str], key: str, year: str, parent: str) -> set[str]:
        """Candidates that lie below the parent; then those whose whole name this is; then those that were valid in the year."""
        if parent:
            held = {c for c in held if self._is_below(c, parent)}
        if self.of.standard != "gbt2260" or len(held) < 2:
            return held
        key = spelling.simplified(key)
        held = {c for c in held if any(e.name == key for e in history.eras_of(c))} or held
        when = int(year) if year.isdigit() else history.OPEN
        return {
            c for c in held if any(key in (e.name, standards.stem(e.name)) and e.holds(when) for e in history.eras_of(c))
        } or held

    def _is_below(self, code: str, parent: str) -> bool:
        unit = self.of.units[code]
        if self.of.standard != "gbt2260":
            above = self.of.units.get(unit.parent)
            return normal(unit.parent) == parent or (above is not None and parent in {normal(n) for n in (above.zh, above.en)})
        parent = spelling.simplified(parent)
        if parent.isdigit():
            return code.startswith(parent.rstrip("0") or parent)
        tops = {c[:2] for c in standards.gbt2260("province").index.get(parent, ())}
        cities = {c[:4] for c in standards.gbt2260("city").index.get(parent, ()) if not c.endswith("0000")}
        held = {code, *(e.code for e in history.eras_of(code))}
        return bool({c[:2] for c in held} & tops) or bool({c[:4] for c in held} & cities)

    def _by_code(self, key: str, written: str, year: str) -> str:
        found = _CODE.fullmatch(key)
        code = found[1].ljust(6, "0") if found else ""
        if self.level == "province":
            if code in self.of.units:
                return code
        else:
            lasting = history.lasting(code, int(year) if year.isdigit() else None) if code else ()
            held = [c for c in lasting if c in self.of.units]
            if len(held) == 1:
                if held[0] != code:
                    self.told[key] = f"{code} = {self.name(held[0])} ({held[0]})"
                return held[0]
            if held:
                raise Unresolved(f"the code {written!r} passed from one unit to another", self._shown(held))
        raise Unresolved(f"{written!r} is no code of a {self.of.title}", self._shown(self._near_code(key)))

    def _near_code(self, key: str) -> tuple[str, ...]:
        return did_you_mean(key[:12], self.of.units)

    def _near(self, key: str) -> tuple[str, ...]:
        known = self.of.index
        alike = list(did_you_mean(key, known)) if len(known) < 8000 else []
        alike += [n for n in known if len(n) == len(key) > 1 and sum(a == b for a, b in zip(n, key, strict=True)) >= len(n) - 1]
        return self._shown(sorted({c for n in alike for c in known[n]}))[:8]

    def _shown(self, found: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{self._path(c)} = {c}" for c in sorted(found))

    def _path(self, code: str) -> str:
        """A name with those above it, so that candidates of one name can be told apart."""
        if self.of.standard != "gbt2260" or self.level == "province":
            return self.name(code)
        above = [provinces()[code[:2] + "0000"]["zh"]] if code[:2] + "0000" in provinces() and not code.endswith("0000") else []
        city = standards.gbt2260("city").units.get(code[:4] + "00") if self.level == "county" else None
        return "".join([*above, city.zh if city else "", self.name(code)])


def _only_in(other: Register, own: Register, name: str) -> bool:
    return not own.index.get(name) and len(other.index.get(name, ())) == 1


def _nuts_level(text: str, register: Register) -> str:
    if re.fullmatch(r"[A-Z]{2}(?:Z{1,3}|X{2,3})", text):
        return "extra-regio or unknown territory"
    if standards.NUTS.fullmatch(text) is None:
        return ""
    return "" if register.at_level(text) else f"NUTS {len(text) - 2}"
