"""study.yaml: everything wrong is said at once, with the way out."""

from __future__ import annotations

import pytest

from yindi.core.config import read_config
from yindi.core.errors import ProblemsError
from yindi.core.streams import stream
from yindi.core.study import config_table

GOOD = {"title": {"zh": "甲", "en": "a"}, "years": [2013, 2023], "inputs": [{"file": "x.csv"}]}


def test_defaults_are_filled_and_numbers_can_be_cited():
    config = read_config(GOOD)
    assert config.year_labels[0] == "2013"
    assert len(config.year_labels) == 11
    assert config_table(config).number(item="measure.draws") == 1000


def test_unknown_keys_are_refused_with_what_was_meant():
    bad = {**GOOD, "measure": {"wieghts": ["entropy"]}, "treatmnts": {}}
    with pytest.raises(ProblemsError) as caught:
        read_config(bad)
    said = str(caught.value)
    assert "2 problem(s)" in said
    assert "measure.wieghts: unknown key. Candidates: did you mean 'weights'?" in said
    assert "treatmnts" in said
    assert "did you mean 'treatments'?" in said


def test_wrong_types_name_the_place_and_what_was_read():
    with pytest.raises(ProblemsError, match=r"study.yaml: years: .*first, last.*2023"):
        read_config({**GOOD, "years": [2023, 2013]})
    with pytest.raises(ProblemsError, match=r"inputs: .*at least 1"):
        read_config({**GOOD, "inputs": []})
    with pytest.raises(ProblemsError, match=r"measure.draws: .*got 'many'"):
        read_config({**GOOD, "measure": {"draws": "many"}})


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_a_study_file_that_is_no_mapping_is_refused(data):
    with pytest.raises(ProblemsError, match="is empty or no mapping"):
        read_config(data)


def test_streams_depend_on_seed_and_name_only():
    draw = stream(1, "a").random()
    assert draw == stream(1, "a").random()
    assert draw != stream(1, "b").random()
    assert draw != stream(2, "a").random()
