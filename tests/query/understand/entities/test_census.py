from collections.abc import Sequence
from typing import Any

from plugins.shelf import catalogue, titled

from query.understand.entities.census import Census


def _counted(documents: Sequence[dict[str, Any]], form: str) -> dict[str, tuple[int, int, int]]:
    """Count; return products, titles with the form and both, by the value's spelling."""
    census = Census(catalogue())
    for document in documents:
        census.add(document)
    found = [value for value in census.counted() if value.form == form]
    return {value.text: (value.products, value.titled, value.both) for value in found}


def test_titles_of_products_without_a_value_of_the_kind_say_nothing() -> None:
    """A product that has no colour is no evidence against red being one."""
    documents = [*titled("Red mug", colour="Red"), *titled("Red pot"), *titled("x", colour="Blue")]
    assert _counted(documents, "red") == {"Red": (3, 3, 3)}


def test_what_a_thing_is_for_is_not_what_it_is() -> None:
    """A name behind "for" counts only where it is for whom."""
    documents = [
        *titled("Case for Acme", brand="Other"),
        *titled("Acme phone", brand="Acme"),
        *titled("Coat for women", specs=["gender: Women"]),
    ]
    assert _counted(documents, "acme") == {"Acme": (3, 3, 3)}
    assert _counted(documents, "women") == {"gender: Women": (3, 3, 3)}


def test_a_brands_own_lines_speak_for_it() -> None:
    """The title of a product of "Acme Home" names "Acme" and means it."""
    documents = [*titled("Acme phone", brand="Acme"), *titled("Acme lamp", brand="Acme Home")]
    assert _counted(documents, "acme") == {"Acme": (3, 6, 6)}


def test_spellings_of_one_value_share_their_titles() -> None:
    """Each spelling has its own products, and the same titles."""
    documents = [
        *titled("Red mug", colour="RED", times=1),
        *titled("Red mug", colour=["Red", "Red/Blue"], times=2),
    ]
    assert _counted(documents, "red") == {
        "RED": (1, 3, 3),
        "Red": (2, 3, 3),
        "Red/Blue": (2, 3, 3),
    }


def test_a_brand_knows_what_it_mostly_makes() -> None:
    """The innermost category of most of its products is the brand's, in a path or a list."""
    census = Census(catalogue())
    for document in (
        *titled("x", brand="Acme", category=["Home", "Kettles"], times=2),
        *titled("x", brand="Acme", category="Home > Mugs", times=3),
        *titled("x", brand="Other", times=1),
    ):
        census.add(document)
    brands = {value.text: value.category for value in census.counted() if value.kind == "brand"}
    assert brands == {"Acme": "Mugs", "Other": ""}
