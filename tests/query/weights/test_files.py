import json
from pathlib import Path
from typing import Any

import pytest

from connector.errors import WeightsError
from query.weights.files import in_force, read, shipped, write

GOOD: dict[str, Any] = {
    "format": 1,
    "terms": {"lexical": {"weight": 0.6, "sign": "+"}, "vector": {"weight": 0.4, "sign": "+"}},
    "first_pass": {"lexical": 1.0},
    "created": "2026-11-21",
    "package": "0.1.0",
    "trained": None,
}


def _file(folder: Path, **changes: Any) -> Path:
    file = folder / "weights.json"
    file.write_text(json.dumps({**GOOD, **changes}), "utf-8")
    return file


@pytest.mark.parametrize("name", ["default", "hand"])
def test_shipped_weights_are_on_their_scale(name: Any) -> None:
    """The positive weights that come with the package add up to 1."""
    weights = shipped(name).weights.values()
    assert sum(weight for weight in weights if weight > 0) == pytest.approx(1.0, abs=1e-3)


def test_without_a_file_the_shipped_weights_rank(tmp_path: Path) -> None:
    """`search.weights` decides; unset, the package's own weights count."""
    assert in_force(None) == shipped()
    assert in_force(_file(tmp_path)).weights == {"lexical": 0.6, "vector": 0.4}


def test_a_written_file_reads_the_same(tmp_path: Path) -> None:
    """Writing and reading changes nothing, and leaves no second file behind."""
    file = tmp_path / "deep" / "weights.json"
    write(file, shipped())
    assert read(file) == shipped()
    assert [one.name for one in file.parent.iterdir()] == ["weights.json"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format 2, expected 1"),
        ({"terms": {"colour": {"weight": 1.0}}}, "unknown term 'colour' in terms"),
        ({"first_pass": {"feedback": 1.0}}, "unknown term 'feedback' in first_pass"),
        ({"terms": {"lexical": {"weight": -0.1, "sign": "+"}}}, "terms.lexical: weight -0.1"),
        ({"terms": {"lexical": {"weight": "much"}}}, "terms.lexical.weight"),
        ({"terms": {"lexical": {"weight": 0.0}}}, "no term weighs more than 0"),
        ({"terms": {"lexical": {"weight": float("nan")}}}, "terms.lexical.weight"),
        ({"colour": 1}, "colour"),
    ],
)
def test_a_wrong_file_says_what_is_wrong(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    """Faults are named with file and term, in one line."""
    with pytest.raises(WeightsError) as caught:
        read(_file(tmp_path, **changes))
    assert said in str(caught.value)
    assert str(tmp_path / "weights.json") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_what_is_no_weights_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Neither broken JSON nor another kind of file passes."""
    file = tmp_path / "weights.json"
    file.write_bytes(content)
    with pytest.raises(WeightsError, match=r"weights\.json"):
        read(file)
    with pytest.raises(WeightsError, match="cannot be read"):
        read(tmp_path / "none.json")
