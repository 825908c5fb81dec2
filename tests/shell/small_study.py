"""A made-up study of a few regions with its own candidate industries, as files."""

from __future__ import annotations

import csv

import numpy as np
import yaml

CODES = ("north", "south", "east", "west", "hill", "coast")
FRAMEWORK = {
    "code": "two",
    "title": {"zh": "两项", "en": "Two"},
    "dimensions": {"d": {"zh": "维度", "en": "Dimension"}},
    "variables": [{"code": c, "zh": c, "en": c, "unit": "value"} for c in ("income", "pupils")],
    "indicators": [{"code": "income", "dimension": "d"}, {"code": "pupils", "dimension": "d"}],
}
FILES = {
    "v.csv": "code,zh,en,unit,kind,bound,direction\nwage,工资,Wage,value,intensity,positive,1\nroads,道路,Roads,value,intensity,"
    "positive,1\n",
    "ind.csv": "industry,zh,en,class,base,growth,modernisation,advantage,system,concepts\n"
    "solar,光伏,Solar,emerging,a1,.9,.2,.5,.5,.5\nchips,芯片,Chips,emerging,a2,.2,.9,.5,.5,.5\nfibre,光纤,Fibre,emerging,a1,.5,.5,.5,"
    ".5,.5\n",
    "needs.csv": "industry,requirement,need\nsolar,skill,.6\nsolar,access,.4\nchips,skill,.7\nchips,access,.3\nfibre,access,.9\n",
    "req.csv": "requirement,zh,en,lever\nskill,技能,Skills,talent\naccess,交通,Access,finance\n",
    "src.csv": "requirement,source,variable,scaled_by,direction\nskill,panel,wage,,1\naccess,panel,roads,,1\n",
}
OWN = {"industries": "ind.csv", "needs": "needs.csv", "requirements": "req.csv", "sources": "src.csv"}
FREE = {"portfolio_min": 1, "portfolio_max": 2, "cap_share": 0.5, "minimum_fit": 0.0, "front_points": 2, "shocks": 1, "gap": 1e-3}


def write(folder, codes=CODES, files=FILES, years=(2017, 2021), first=2017, **layout):
    """A made-up study of a few regions: every year all rise, the later in the list the slower."""
    span, size, rng = range(first, 2022), len(codes), np.random.default_rng(4)
    rows = [
        [
            c,
            y,
            100 + 9 * (size - k) + 3 * (y - 2016),
            20 + (3 * k) % 5,
            1000 + 90 * (size - k),
            30 + 7 * (size - k),
            10 + (k * 5) % 7,
        ]
        for k, c in enumerate(codes)
        for y in span
    ]
    rows = [[c, y, *(v + rng.random() for v in values)] for c, y, *values in rows]
    made = [
        [c, y, a, (200 + 30 * k) * (1 + 0.05 * (y - 2017)) + rng.random()]
        for k, c in enumerate(codes)
        for y in span
        for a in ("a1", "a2")
    ]
    regions = [[c, c, c.title(), "L", "up" if k % 2 else "down", k % 3, k // 3] for k, c in enumerate(codes)]
    heads = ["code", "name", "name_en", "parent", "group", "longitude", "latitude"]
    for name, content in (("i.csv", [["region", "year", "income", "pupils", "gdp", "wage", "roads"], *rows]),
                          ("a.csv", [["region", "year", "activity", "value"], *made]), ("r.csv", [heads, *regions])):  # fmt: skip
        with (folder / name).open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(content)
    for name, text in {**files, "fw.yaml": yaml.safe_dump(FRAMEWORK, allow_unicode=True)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    activity = {
        "file": "a.csv",
        "content": "activity",
        "layout": "long",
        "region": "region",
        "item": "activity",
        "value": "value",
    }
    tree = {"title": {"zh": "小国", "en": "Small"}, "years": list(years), "framework": "fw.yaml", "variables": "v.csv",
            "regions": {"table": "r.csv", **({"nearest": 2} if size > 2 else {})}, "opportunities": OWN,
            "inputs": [{"file": "i.csv", "region": "region"}, activity], "measure": {"draws": 5},
            "disparity": {"bootstrap": 0, "permutations": 9},
            "diagnose": {"peers": {"by": ["gdp"], "count": 2}, "outcomes": ["wage"]},
            "layout": {**FREE, **layout}}  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return folder
