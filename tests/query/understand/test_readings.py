import pytest
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.interpretation import understand
from query.understand.readings import Readings

CATALOGUE = catalogue()
PHONES = titled("Apple phone", times=5, brand="Apple", category=["Electronics", "Phones"])
FRUIT = titled("Apple fruit snack", times=6, brand="Orchard", category="Snacks")
ACCESSORIES = titled("Case for Apple", times=6, brand="Acme", category="Cases")


def test_a_brand_that_is_a_word_too_has_two_senses() -> None:
    """The words themselves come first, then the brand with what it mostly makes."""
    step = Readings(compiled([*PHONES, *FRUIT, *ACCESSORIES], CATALOGUE))
    query = understand("Apple", [step])
    first, second = query.readings()
    assert (first.texts, first.weight) == (("Apple",), 1.0)
    assert second.texts == ("Apple Phones",)
    assert 0.5 < second.weight < 1
    (finding,) = query.findings
    assert finding.source == "catalogue: 5 of 11 titles with these words are of the brand"


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("apple juice", [*PHONES, *FRUIT]),
        ("apple", [*PHONES, *ACCESSORIES]),
        ("apple", [*PHONES, *FRUIT[:2]]),
        ("apple", [*PHONES[:2], *FRUIT]),
        ("apple", [{**phone, "category": None} for phone in PHONES] + FRUIT),
        ("", [*PHONES, *FRUIT]),
    ],
    ids=["more words", "only the brand", "few others", "few of it", "no category", "empty"],
)
def test_a_sense_without_support_is_not_read(text: str, documents: list[dict[str, object]]) -> None:
    """Further words, a brand alone, or a handful of products give no second sense."""
    assert understand(text, [Readings(compiled(documents, CATALOGUE))]).senses == ()


def test_a_name_that_is_no_word_has_one_sense() -> None:
    """Titles that name a brand without being of it do not make the name a word."""
    documents = [
        *titled("Zyxel tv", brand="Zyxel", category="TV"),
        *titled("Zyxel tv", brand="Shop"),
    ]
    assert understand("zyxel", [Readings(compiled(documents, CATALOGUE))]).senses == ()
