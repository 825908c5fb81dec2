"""Writes the tables of this example: a made-up country, no real place. Run it again and the same bytes come out."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

YEARS = range(2004, 2024)
REGIONS = (  # code, Chinese, English, zone, longitude, latitude, strength
    ("V01", "望潮", "Tidewatch", "coast", 30.0, 10.0, 1.2),
    ("V02", "白帆", "Whitesail", "coast", 30.6, 11.3, 0.9),
    ("V03", "珠湾", "Pearlbay", "coast", 30.9, 12.8, 0.7),
    ("V04", "中洲", "Midholm", "plain", 28.2, 10.6, 0.5),
    ("V05", "禾源", "Grainsource", "plain", 28.4, 12.0, 0.1),
    ("V06", "双桥", "Twinbridge", "plain", 28.1, 13.3, 0.2),
    ("V07", "青岭", "Greenridge", "hills", 26.0, 10.2, -0.1),
    ("V08", "石泉谷", "Stonespring", "hills", 26.3, 11.7, -0.4),
    ("V09", "云栖岭", "Cloudrest", "hills", 26.1, 13.2, -0.5),
    ("V10", "风台", "Windterrace", "hills", 25.8, 14.6, -0.7),
    ("V11", "远沙", "Farsand", "march", 23.8, 11.2, -0.9),
    ("V12", "西漠", "Westmarch", "march", 23.5, 13.4, -1.1),
)  # fmt: skip
AREAS = (18000, 15000, 21000, 26000, 34000, 30000, 42000, 38000, 51000, 47000, 95000, 120000)  # square kilometres
LEVELS = {  # column: level of the mean region in the first year, growth a year, weight of the strength, own share
    "gdp_per_capita": (18000, 0.055, 0.45, 0.05),
    "income_per_capita": (9000, 0.055, 0.35, 0.04),
    "rd_personnel": (8, 0.06, 0.80, 0.20),
    "rd_spend": (220, 0.08, 0.90, 0.20),
    "patents": (4, 0.09, 0.85, 0.25),
    "tech_market": (150, 0.10, 1.10, 0.35),
    "ecommerce": (0.15, 0.10, 0.60, 0.20),
    "software": (0.02, 0.11, 0.95, 0.30),
    "trade_openness": (0.25, 0.01, 0.70, 0.25),
    "highway": (24000, 0.02, 0.20, 0.15),
}
ROUNDED = {"gdp_per_capita": 0, "income_per_capita": 0, "ecommerce": 5, "software": 6, "trade_openness": 4, "highway": 0}
SECTIONS = {"A": (0.12, -0.6), "BCD": (0.36, 0.1), "F": (0.10, 0.1), "J": (0.07, 0.3)}  # share of output, weight of the strength


def courses(rng: np.random.Generator) -> np.ndarray:
    """(R,T) log standing: shocks of neighbours come in part over, what is far above or below drifts slowly back."""
    place = np.array([r[4:6] for r in REGIONS], float)
    far = np.linalg.norm(place[:, None] - place[None], axis=2)
    near = (far < 2.5) & (far > 0)
    spread = near / near.sum(axis=1, keepdims=True)
    level = np.array([r[6] for r in REGIONS], float)
    made = [level]
    for _ in YEARS[1:]:
        shock = rng.normal(0.0, 0.05, len(REGIONS))
        level = 0.94 * level + np.linalg.solve(np.eye(len(REGIONS)) - 0.3 * spread, shock)
        made.append(level)
    return np.array(made).T


def indicators(rng: np.random.Generator, standing: np.ndarray) -> list[list[object]]:
    """A row per region and year: the columns above, output, population and the urban share."""
    people = 300 * np.exp(0.25 * standing[:, 0] + rng.normal(0, 0.25, len(REGIONS)))
    own = {c: rng.normal(0, spread, len(REGIONS)) for c, (*_, spread) in LEVELS.items()}
    rows: list[list[object]] = []
    for r, region in enumerate(REGIONS):
        for t, year in enumerate(YEARS):
            told = {
                c: level * (1 + growth) ** t * np.exp(weight * standing[r, t] + own[c][r] + rng.normal(0, 0.03))
                for c, (level, growth, weight, _) in LEVELS.items()
            }
            told["gdp_per_capita"] = round(told["gdp_per_capita"])
            crowd = round(people[r] * 1.004**t, 1)
            output = round(told["gdp_per_capita"] * crowd / 10000, 2)
            urban = round(100 / (1 + np.exp(0.3 - 0.6 * standing[r, t] - 0.04 * t)), 2)
            rows.append([region[0], year, *(round(v, ROUNDED.get(c, 3)) for c, v in told.items()), output, crowd, urban])
    return rows


def activity(rng: np.random.Generator, standing: np.ndarray, rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Value added of four sections by region and year; what is left of the output is other services."""
    own = {s: rng.normal(0, 0.2, len(REGIONS)) for s in SECTIONS}
    out: list[list[object]] = []
    for n, (code, year, *_, output, _people, _urban) in enumerate(rows):
        r, t = divmod(n, len(YEARS))
        for section, (share, weight) in SECTIONS.items():
            value = float(str(output)) * share * np.exp(weight * standing[r, t] + own[section][r])
            out.append([code, year, section, round(value, 2)])
    return out


def write(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """One CSV beside this script."""
    with (Path(__file__).parent / name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([heads, *rows])


def main() -> None:
    """The three tables, from one seed."""
    rng = np.random.default_rng(7)
    standing = courses(rng)
    rows = indicators(rng, standing)
    regions = [[*region[:6], area] for region, area in zip(REGIONS, AREAS, strict=True)]
    write("regions.csv", ("code", "name", "name_en", "group", "longitude", "latitude", "area"), regions)
    write("indicators.csv", ("region", "year", *LEVELS, "gdp", "population", "urbanisation"), rows)
    write("sections.csv", ("region", "year", "section", "value"), activity(rng, standing, rows))


if __name__ == "__main__":
    main()
