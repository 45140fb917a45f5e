import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.understand.entities.forms import LONGEST, forms, is_own, leaf, path_of


@pytest.mark.parametrize(
    ("kind", "text", "named"),
    [
        ("brand", "Hewlett-Packard Inc.", ["hewlett packard"]),
        ("brand", "MUJI制造商", ["muji"]),
        ("brand", "Black & Decker", ["black decker"]),
        ("category", "Home > Kitchen > Wine Glasses", ["wine glasses", "glasses"]),
        (
            "category",
            "Clothing, Shoes & Jewelry",
            ["clothing shoe jewelry", "clothing", "shoe", "jewelry"],
        ),
        ("colour", "Royal Blue/White", ["royal blue white", "royal blue", "white", "blue"]),
        ("colour", "天蓝色", ["天 蓝 色", "蓝 色"]),
        ("material", "60%棉 40%聚酯纤维", ["棉 聚 酯 纤 维", "棉", "聚 酯 纤 维"]),
        ("material", "Polyvinyl chloride (PVC)", ["polyvinyl chloride"]),
        ("size", "15.6", []),
        ("size", "M", []),
        ("size", "XL", ["xl"]),
        ("brand", "…", []),
    ],
)
def test_values_are_named_by_their_parts(kind: str, text: str, named: list[str]) -> None:
    """A value is named as a whole, by each part, and by what a part is in the end."""
    assert list(forms(kind, text)) == named


@given(st.sampled_from(["brand", "category", "colour", "size"]), st.text(max_size=80))
def test_forms_are_short_and_say_something(kind: str, text: str) -> None:
    """Whatever the value, its forms are distinct, in single spaces and of few words."""
    found = list(forms(kind, text))
    assert len(set(found)) == len(found)
    assert all(one == " ".join(one.split()) and 0 < len(one.split()) <= LONGEST for one in found)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (None, ()),
        ("Books", ("Books",)),
        ("A > B>C", ("A", "B", "C")),
        ("A|B", ("A", "B")),
        ("Furniture / Beds / Bunk Beds", ("Furniture", "Beds", "Bunk Beds")),
        ("Kitchen > Cups / Mugs", ("Kitchen", "Cups / Mugs")),
        ("TV/Video", ("TV/Video",)),
        (["A", "B > C", "A"], ("A", "B", "C")),
        ([], ()),
        (" ", ()),
    ],
)
def test_category_paths_are_read_however_they_are_stored(
    value: object, path: tuple[str, ...]
) -> None:
    """Lists and paths with separators are the same path."""
    assert path_of(value) == path


def test_the_leaf_is_the_innermost_category() -> None:
    """Of a path, the last part is what the product is."""
    assert leaf("A > B > C ") == leaf("A / B / C") == leaf("C") == "C"
    assert list(forms("category", "Furniture / Bunk Beds")) == list(forms("category", "Bunk Beds"))


@pytest.mark.parametrize(
    ("category", "one", "own"),
    [
        ("Shoes", "shoe", True),
        ("Women > Running Shoes", "shoe", True),
        ("Clothing, Shoes & Jewelry", "shoe", False),
        ("Clothing, Shoes & Jewelry", "jewelry", False),
        ("Salt and Pepper", "salt and pepper", True),
        ("Shoe Care", "shoe", False),
        ("运动鞋", "动 鞋", True),
    ],
)
def test_a_category_is_of_a_form_alone_or_among_others(category: str, one: str, own: bool) -> None:
    """A category is of what it is called as a whole, or ends in, not of one thing in a list."""
    assert is_own(category, one) == own
