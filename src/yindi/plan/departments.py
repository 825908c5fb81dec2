"""Who leads and who supports: roles, what they are called at each level of government, and the user's own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from yindi.core.errors import Problems, did_you_mean

FORMS = ("province", "autonomous", "municipality", "city", "county")
MUNICIPALITIES = ("11", "12", "31", "50")
COLUMNS = ("code", "zh", "en", "region")


@dataclass(frozen=True, slots=True)
class Departments:
    """`names`: code -> (zh, en); a code is a role, ROLE.FORM at a level of Chinese government, or ROLE.REGION of one region."""

    names: Mapping[str, tuple[str, str]]
    roles: tuple[str, ...]

    def code(self, role: str, region: str, form: str) -> str:
        """The code of a role's department in a region; "" for no role."""
        return next((c for c in (f"{role}.{region}", f"{role}.{form}", role) if c in self.names), "") if role else ""

    def codes(self, roles: str, region: str, form: str) -> str:
        """The codes of several roles, both separated by blanks."""
        return " ".join(self.code(r, region, form) for r in roles.split())


def form_of(region: str, name: str, standard: str, level: str) -> str:
    """The level of government of a region: province, autonomous, municipality, city or county; "" outside GB/T 2260."""
    if standard != "gbt2260":
        return ""
    if level != "province":
        return level
    if region[:2] in MUNICIPALITIES:
        return "municipality"
    return "autonomous" if name in AUTONOMOUS or name.endswith("自治区") else "province"


AUTONOMOUS = ("内蒙古", "广西", "西藏", "宁夏", "新疆")


def packaged(rows: Iterable[Mapping[str, str]]) -> Departments:
    """The packaged departments: every role under its general name, and under its name at each level of government."""
    names: dict[str, tuple[str, str]] = {}
    roles = []
    for row in rows:
        roles.append(row["code"])
        names[row["code"]] = (row["zh"], row["en"])
        names |= {f"{row['code']}.{form}": (row[form], row["cn_en"]) for form in FORMS if row[form]}
    return Departments(names, tuple(roles))


def own(base: Departments, rows: Iterable[Mapping[str, str]], regions: Iterable[str], place: str) -> Departments:
    """The departments with the user's names; raises ProblemsError with every unknown role or region and every absent name."""
    problems, known = Problems(place), tuple(regions)
    names, seen = dict(base.names), set()
    for n, row in enumerate(rows, 2):
        code, region = row.get("code", ""), row.get("region", "")
        at = f"{place}, row {n}"
        _check(row, base.roles, known, at, problems)
        if (code, region) in seen:
            problems.add(at, f"{code!r} stands twice{' for ' + region if region else ''}.", "keep one of the two")
        seen.add((code, region))
        given = (row.get("zh", ""), row.get("en", ""))
        if region:
            names[f"{code}.{region}"] = given
        else:
            names |= {c: given for c in names if c == code or c in {f"{code}.{form}" for form in FORMS}}
    problems.raise_if_any()
    return Departments(names, base.roles)


def _check(row: Mapping[str, str], roles: tuple[str, ...], regions: tuple[str, ...], at: str, problems: Problems) -> None:
    code, region = row.get("code", ""), row.get("region", "")
    if code not in roles:
        problems.add(at, f"no role is called {code!r}.", f"roles: {', '.join(roles)}", did_you_mean(code, roles))
    if region and region not in regions:
        problems.add(at, f"no region of the study has the code {region!r}.", "", did_you_mean(region, regions))
    for language in ("zh", "en"):
        if not row.get(language):
            problems.add(at, f"{code}: has no name in {language}.", f"fill the column {language}")
