"""Registers of regions: GB/T 2260 with its history, NUTS, ISO 3166-2, or the user's own table; one shape for all."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from yindi.core import config, resources
from yindi.core.errors import Problems
from yindi.intake import history, sidetables, spelling
from yindi.intake.numbers import CellFault, number

NUTS = re.compile(
    r"(?:AL|AT|BA|BE|BG|CH|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|ME|MK|MT|NL|NO|PL|PT|RO|RS|SE|SI|SK|TR|UA|UK|XK)"
    r"(?:[0-9A-Z]?|(?=[A-Z]*[0-9])[0-9A-Z]{2,3})"
)
_PATTERNS = {"nuts": NUTS, "iso3166_2": re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")}
_SUFFIX = re.compile(
    r"(?:(?:各族|满族|蒙古族|蒙古|回族|苗族|侗族|土家族|壮族|布依族|瑶族|彝族|藏族|羌族|傣族|景颇族|白族|傈僳族|哈尼族|朝鲜族|柯尔克孜|哈萨克|黎族|畲族|"
    r"仡佬族|水族|纳西族|拉祜族|佤族|布朗族|土族|撒拉族|东乡族|保安族|裕固族|毛南族|仫佬族|锡伯|塔吉克|独龙族|怒族|普米族|达斡尔族|鄂温克族|各族)*"
    r"(?:自治州|自治县|自治旗|林区|特区|地区|新区|盟|州|县|市|区|旗))$"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One region of a register; `group` names how regions are put together, `position` is longitude and latitude in degrees."""

    code: str
    zh: str
    en: str
    names: tuple[str, ...] = ()
    parent: str = ""
    group: str = ""
    position: tuple[float, float] | None = None
    area: float | None = None


@dataclass(slots=True)
class Register:
    """The regions of one standard and level; `open_codes`: any code of this form belongs to it, listed or not."""

    standard: str
    level: str
    title: str
    units: dict[str, Unit]
    open_codes: re.Pattern[str] | None = None
    groups: dict[str, tuple[str, str]] = field(default_factory=dict)
    national: dict[str, str] = field(default_factory=dict)
    index: dict[str, set[str]] = field(default_factory=dict)
    fold: Callable[[str], str] = str.upper
    listed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for unit in self.units.values():
            for name in (unit.zh, unit.en, *unit.names):
                for form in spelling.index_forms(name):
                    self.index.setdefault(form, set()).add(unit.code)

    def find(self, code: str) -> str:
        """The code in this register that is written so, "" where it has none."""
        for written in (code, self.fold(code)):
            if written in self.units:
                return written
            if self.open_codes is not None and self.open_codes.fullmatch(written) and self._may_be(written):
                self.units[written] = Unit(written, written, written, parent=written[:2], group=written[:2])
                return written
        return self.national.get(code, "")

    def _may_be(self, code: str) -> bool:
        """True on the register's level; of ISO 3166-2 the countries whose codes are all listed have no further ones."""
        return self.at_level(code) and not (self.standard == "iso3166_2" and code[:2] in self.listed)

    def at_level(self, code: str) -> bool:
        """True where a code stands on the level of the register."""
        return self.standard != "nuts" or len(code) == 2 + int(self.level[-1])

    def name(self, code: str) -> str:
        """The first name of a code, the code itself where it has none."""
        return self.units[code].zh if code in self.units else code

    def called(self, code: str) -> set[str]:
        """All names of a code."""
        unit = self.units.get(code)
        return {n for n in (unit.zh, unit.en, *unit.names) if n} if unit else {code}


@functools.cache
def provinces() -> Mapping[str, Mapping[str, str]]:
    """The packaged table of provinces by code."""
    return {r["code"]: r for r in resources.rows("regions/provinces.csv")}


_ENDINGS = {
    "市": ("市", " municipality", " city", " shi"),
    "省": ("省", " province", " prov.", " prov", " sheng"),
    "区": ("自治区", " autonomous region", " region", " sar", " ar", " zizhiqu"),
}


def _written(row: Mapping[str, str]) -> Iterator[str]:
    yield from (row["zh_full"], *filter(None, row["aliases"].split("|")))
    for ending in _ENDINGS[row["zh_full"][-1]]:
        yield (row["en"] if ending.startswith(" ") else row["zh"]) + ending


def stem(name: str) -> str:
    """A name of a city or county without its kind of unit and the peoples in it, where two signs stay."""
    short = _SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


@functools.cache
def gbt2260(level: str) -> Register:
    """The register of GB/T 2260: units of today, and those that were dissolved since 1988; all names they had."""
    if level == "province":
        units = {c: Unit(c, r["zh"], r["en"], tuple(_written(r))) for c, r in provinces().items()}
        return Register("gbt2260", level, "province of GB/T 2260", units)
    names: dict[str, list[str]] = {}
    for era in history.eras():
        if history.within(era.code, level):
            for code in history.lasting(era.code, era.last):
                names.setdefault(code, []).append(era.name)
    made = {}
    for code, name in history.units(level).items():
        row = provinces().get(code)
        called = tuple(dict.fromkeys(n for known in (name, *names.get(code, ())) for n in (known, stem(known))))
        called += tuple(_written(row)) if row else ()
        made[code] = Unit(code, name, row["en"] if row else name, called, code[:2] + "0000")
    return Register("gbt2260", level, f"{level} of GB/T 2260", made)


def _packaged_iso(country: str | None) -> Register:
    rows = [r for r in resources.rows("regions/iso3166_2.csv") if country in (None, r["parent"])]
    units = {r["code"]: Unit(r["code"], r["zh"], r["en"], tuple(filter(None, r["aliases"].split("|"))), r["parent"], r["group"])
             for r in rows}  # fmt: skip
    groups = {r["group"]: (r["group_zh"], r["group_en"]) for r in rows}
    pattern = _PATTERNS["iso3166_2"] if country is None else re.compile(rf"{re.escape(country)}-[A-Z0-9]{{1,3}}")
    national = {r["national"]: r["code"] for r in rows} if country else {}
    listed = frozenset(r["parent"] for r in rows)
    return Register("iso3166_2", "unit", "code of ISO 3166-2", units, pattern, groups, national, listed=listed)


COLUMNS = ("code", "name", "name_en", "parent", "group", "longitude", "latitude", "area", "population", "aliases")


def own(text: str, file: str, problems: Problems) -> dict[str, Unit]:
    """The units of a user's table (CSV text); faults are added to `problems`."""
    rows = sidetables.keyed(text, file, problems)
    head = list(rows[0]) if rows else []
    lacking = [c for c in ("code", "name") if c not in head]
    if lacking:
        problems.add(
            f"{file}, row 1", f"the table of regions has no column {', '.join(lacking)}.", f"name them: {', '.join(COLUMNS)}"
        )
        return {}
    made: dict[str, Unit] = {}
    for n, row in enumerate(rows, 2):
        code = row["code"].strip()
        if not code or code in made:
            said = f"the code {code!r} stands twice." if code else "the code is empty."
            problems.add(f"{file}, row {n}", said, "every region needs one code of its own")
            continue
        made[code] = _unit(code, {k: v.strip() for k, v in row.items()}, f"{file}, row {n}", problems)
    return made


def _unit(code: str, row: Mapping[str, str], place: str, problems: Problems) -> Unit:
    values: dict[str, float | None] = {}
    for column in ("longitude", "latitude", "area"):
        try:
            values[column] = number(row.get(column, ""))
        except CellFault as fault:
            problems.add(place, f"{column}: {fault}.", "write degrees (or square kilometres) as a number, or leave it empty")
            values[column] = None
    lon, lat = values["longitude"], values["latitude"]
    if lon is not None and lat is not None and not (-180 <= lon <= 180 and -90 <= lat <= 90):
        problems.add(place, f"longitude {lon:g} and latitude {lat:g} are no place on earth.", "write degrees, longitude first")
    at = (lon, lat) if lon is not None and lat is not None else None
    name = row.get("name") or row.get("name_en") or code
    aliases = tuple(a.strip() for a in row.get("aliases", "").split("|") if a.strip())
    return Unit(code, name, row.get("name_en") or name, aliases, row.get("parent", ""), row.get("group", ""), at, values["area"])


def register(chosen: config.Regions, text: str | None, problems: Problems) -> Register:
    """The register a study asks for; `text`: the user's own table, where there is one."""
    if chosen.standard == "gbt2260":
        return gbt2260(chosen.level)
    mine = own(text, chosen.table or "", problems) if text is not None else {}
    if chosen.standard == "nuts":
        return Register("nuts", chosen.level, f"code of NUTS level {chosen.level[-1]}", mine, _PATTERNS["nuts"])
    if chosen.standard == "iso3166_2":
        made = _packaged_iso(chosen.country)
        return Register("iso3166_2", "unit", made.title, {**made.units, **mine}, made.open_codes, made.groups, made.national,
                        listed=made.listed)  # fmt: skip
    return Register("own", "unit", f"region of {chosen.table}", mine, fold=str)


@functools.cache
def nuts_changes() -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """NUTS-2 code -> the last version it belongs to, and its successors."""
    return {r["code"]: (r["last"], tuple(r["into"].split("|"))) for r in resources.rows("regions/nuts_changes.csv")}
