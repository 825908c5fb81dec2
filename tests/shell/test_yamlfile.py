"""study.yaml: what is refused, and with which line."""

from __future__ import annotations

from pathlib import Path

import pytest

from yindi.core.errors import ProblemsError, UsageError
from yindi.shell import yamlfile


def test_scalars_are_those_of_yaml_1_2() -> None:
    text = "a: no\nb: 0123\nc: 12:30\nd: 2024-03-05\ne: 1e3\nf: true\ng: ~\nh: -7\ni: .5\nj: 110000\nk: yes\nl: 1.\nm:\n"
    assert yamlfile.parse(text) == {
        "a": "no", "b": "0123", "c": "12:30", "d": "2024-03-05", "e": 1000.0, "f": True, "g": None, "h": -7, "i": 0.5,
        "j": 110000, "k": "yes", "l": 1.0, "m": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "line 4: key 'c' stands twice, first in line 3"),
        ("a: &x 1\nb: *x\n", "line 1: anchors and aliases"),
        ("a: &a [*a]\n", "line 1: anchors and aliases"),
        ("a: [1, 2\nb: 3\n", "line 2: is no YAML"),
        ("a: 1\n\tb: 2\n", "line 2: is no YAML"),
        ("a: !!python/object/apply:os.system [ls]\n", "line 1: is no YAML"),
        ("? [a, b]\n: 1\n", "line 1: a list or mapping cannot be a key"),
        ("a: " + "[" * 500 + "]" * 500, "nested deeper"),
        ("a: 1\n---\nb: 2\n", "line 2: is no YAML"),
        ("a: \x00\n", "is no YAML"),
    ],
)
def test_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ProblemsError) as error:
        yamlfile.parse(text)
    assert said in str(error.value)


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_bytes("\ufeffa: 中\n".encode())
    assert yamlfile.read(path) == {"a": "中"}
    path.write_bytes(b"a: 1\nb: " + "中".encode("gb18030"))
    with pytest.raises(ProblemsError, match=r"study\.yaml line 2: is not UTF-8"):
        yamlfile.read(path)
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(ProblemsError, match="larger than"):
        yamlfile.read(path)
    with pytest.raises(UsageError, match="no such file"):
        yamlfile.read(tmp_path / "no.yaml")


def test_overrides() -> None:
    data = {"measure": {"draws": 1}, "inputs": [{"file": "a"}, {"file": "b"}]}
    assert yamlfile.override(data, {"measure.draws": 2, "inputs.1.file": "c", "layout.gap": 0.1}) == {
        "measure": {"draws": 2}, "inputs": [{"file": "a"}, {"file": "c"}], "layout": {"gap": 0.1},
    }  # fmt: skip
    assert data["measure"] == {"draws": 1}
    assert yamlfile.parse_override("measure.weights=[entropy, cv]") == ("measure.weights", ["entropy", "cv"])
    for bad in ("measure.draws", "=3"):
        with pytest.raises(UsageError, match="key=value"):
            yamlfile.parse_override(bad)
    for key in ("inputs.2.file", "inputs.x.file", "measure.draws.deep"):
        with pytest.raises(UsageError, match=key):
            yamlfile.override(data, {key: 1})
