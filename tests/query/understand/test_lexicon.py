import pytest
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.lexicon import Lexicon


@pytest.fixture
def lexicon() -> Lexicon:
    """Three kinds of products."""
    documents = [
        *titled("Red running shoes", "Blue running shoes", times=1, price=10.0),
        *titled("Charger for batteries", times=1, description="charged in no time", price=20.0),
        *titled("纯棉四件套", "纯棉毛巾", times=1, price=30.0),
    ]
    return compiled(documents, catalogue())


@pytest.mark.parametrize("word", ["shoe", "Shoes", "SHOE'S", "battery", "charging", "runs", "纯棉"])
def test_inflections_of_known_words_are_known(lexicon: Lexicon, word: str) -> None:
    """A word is known when products have it, or another inflection of it."""
    assert lexicon.knows(word)


@pytest.mark.parametrize("word", ["shoo", "rd", "bluet", "runing", "棉巾", ""])
def test_other_words_are_not_known(lexicon: Lexicon, word: str) -> None:
    """A word that no product has in any inflection is unknown."""
    assert not lexicon.knows(word)


def test_phrases_are_counted_in_titles(lexicon: Lexicon) -> None:
    """Neighbours are counted by titles, once there are several."""
    assert lexicon.phrase_count("Running", "shoes") == 2
    assert lexicon.phrase_count("纯", "棉") == 2
    assert lexicon.phrase_count("red", "running") == 0


def test_cheap_is_the_lower_third() -> None:
    """Cheap is what a third of the products cost at most, in a category where it has enough."""
    documents = [{"title": "x", "category": "Pens", "price": float(n)} for n in range(1, 11)]
    documents += [{"title": "x", "category": "Cars", "price": 1000.0 + n} for n in range(10)]
    documents += [{"title": "x", "category": "Few", "price": 5.0}]
    assert compiled(documents, catalogue()).low == {"price": {"Pens": 4.0, "Cars": 1003.0}}


def test_a_few_prices_say_nothing(lexicon: Lexicon) -> None:
    """Nothing is called cheap among a handful of prices."""
    assert lexicon.low == {"price": {}}


def test_a_brand_that_looks_like_a_size() -> None:
    """It is the brand, unless titles have another spelling of a length before the same word."""
    documents = [
        *titled("3M privacy filter", "3M hdmi cable", "10 m hdmi cable", brand="3M"),
        *titled("5m rope"),
    ]
    lexicon = compiled(documents, catalogue())
    assert lexicon.means_brand("3m", "privacy", ["3 m", "3 meter"])
    assert not lexicon.means_brand("3m", "hdmi", ["3 m", "3 meter"])
    assert not lexicon.means_brand("5m", "rope", ["5 m"])
