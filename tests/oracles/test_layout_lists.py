"""Coordinated lists on US counties: how many hits the national limit costs, and how far it pulls expansion down."""

from __future__ import annotations

import json

import pytest

from yindi.shell import cli

ASKED = [
    "--region",
    "fips",
    "--year",
    "year",
    "--activity",
    "naics",
    "--value",
    "est",
    "--min-region",
    "1000",
    "--min-activity",
    "50",
]


@pytest.mark.slow
def test_a_limit_of_ten_per_cent_costs_no_hits_and_binds(shared, capsys):
    """County Business Patterns 2017-2021, 977 counties x 283 NAICS-4 industries: ten per county, tested out of time."""
    path = shared / "data" / "us_cbp" / "us_cbp_county_naics4_2017_2021.csv.gz"
    assert cli.call(["--quiet", "advise", str(path), *ASKED, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["panel"]["regions"] == 977
    test = told["proof"]["entry"]
    assert test["precision_coordinated"] >= 0.99 * test["precision_independent"] > 0.1
    assert test["expansion_independent"] > 0.15
    assert test["expansion_coordinated"] <= 0.1 + 1e-9
