from typing import Any

import pytest

from connector.errors import DeadLetterError
from mappings.attributes import line, pairs


@pytest.mark.parametrize(
    "value",
    [
        {"colour": "red", "size": ["S", "M"]},
        [{"name": "colour", "value": "red"}, {"name": " size", "values": ["S", "M"]}],
        [{"id": 3, "key": "colour", "value": "red"}, {"label": "size", "options": ["S", "M"]}],
        [["colour", "red"], ["size", ["S", "M"]]],
        [{"attribute": "colour", "value": "red"}, ["size", ["S", "M"]]],
    ],
)
def test_shapes(value: Any) -> None:
    """An object and lists of pairs say the same."""
    found = [(name, inner) for name, inner, _ in pairs(value, "specs")]
    assert found == [("colour", "red"), ("size", ["S", "M"])]


def test_lines_of_text() -> None:
    """A text is parted at its first colon."""
    found = [line(*each) for each in pairs(["Ratio: 16:9", "Farbe:rot"], "specs")]
    assert found == ["Ratio: 16:9", "Farbe: rot"]


def test_unit() -> None:
    """A pair's unit follows its value."""
    value = [{"name": "weight", "value": 5.0, "unit": "kg"}, {"name": "fit", "value": "slim"}]
    assert [line(*each) for each in pairs(value, "specs")] == ["weight: 5 kg", "fit: slim"]


@pytest.mark.parametrize(
    "value", [3, "red", ["red"], [3], [["a"]], [["a", "b", "c"]], [{"colour": "red"}], [[3, "a"]]]
)
def test_refused(value: Any) -> None:
    """Any other shape is refused by name, with the shapes that there are."""
    with pytest.raises(
        DeadLetterError, match=r"'specs'.*names and values.*list of pairs"
    ) as caught:
        list(pairs(value, "specs"))
    assert caught.value.error_class == "WrongType"
