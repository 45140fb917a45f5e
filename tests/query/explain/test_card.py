import pytest
from plugins.query_shop import describe

from query.explain.card import MEANINGS, Fact, bars, moved, page, plain
from query.ranking import Adjustment
from query.response import Evidence, Hit, Match, SearchResponse, Term
from query.score import TERMS
from query.understand.interpretation import Finding, Interpretation

CATALOGUE = describe("t-card", "a-model")


def respond(evidence: Evidence, query: Interpretation | None = None) -> SearchResponse:
    """Return a page of one hit."""
    source = {"title": "red\x1b[31m lamp", "brand": "Alder", "price": 12.5, "stock": 3}
    hit = Hit("p1", 0.5, source, evidence)
    return SearchResponse((hit,), 7, "eq", 3.2, "hybrid", interpretation=query)


def test_every_term_has_a_meaning() -> None:
    """What the score is made of can be read up where it is shown."""
    assert set(TERMS) <= set(MEANINGS)


@pytest.mark.parametrize(("stored", "told"), [(29.0, "29"), (34.9, "34.9"), (7, "7"), (None, "")])
def test_stored_values_are_told_as_people_write_them(stored: object, told: str) -> None:
    """A whole price has no decimal that says nothing."""
    assert plain(stored) == told


def test_bars_are_as_wide_as_what_they_add() -> None:
    """The widest share is the whole width, a share that takes away is less than nothing."""
    terms = (
        Term("vector", 2, 0.4, 0.4, 0.5),
        Term("accessory", None, 1.0, 1.0, -0.1),
        Term("title", None, 1.0, 1.0, 0.0),
        Term("lexical", None, None, 0.0, 0.2),
    )
    first, second = bars(terms, 0.2)
    assert (first.name, first.width, first.sum) == ("vector", pytest.approx(1.0), "0.50 · 0.400")
    assert first.raw == "raw 0.400, #2"
    assert (second.name, second.width) == ("accessory", pytest.approx(-0.5))


def test_a_score_without_parts_still_shows_its_legs() -> None:
    """A fusion method whose terms weigh nothing shows their raw scores and ranks."""
    terms = (Term("lexical", 1, 5.0, 0.4, 0.0), Term("vector", 3, 0.2, 0.2, 0.0))
    assert [(bar.name, bar.sum, bar.raw) for bar in bars(terms, 0.0)] == [
        ("lexical", "", "raw 5.000, #1"),
        ("vector", "", "raw 0.200, #3"),
    ]


def test_what_a_hit_has_is_told_by_field() -> None:
    """Words, what stands in their place, named values, and the words it lacks."""
    matches = (
        Match("lamp", "lamp", "", "title", 2.0),
        Match("lamp", "lamp", "", "description", 1.0),
        Match("sofa", "couch", "synonyms", "title", 1.0),
        Match("alder", "Alder", "entities", "brand", 0.0),
    )
    (card,) = page(respond(Evidence((), matches=matches, missing=("oak",))), CATALOGUE, 4).cards
    assert card.facts == (
        Fact("has", "lamp: title, description"),
        Fact("instead", "couch for sofa by synonyms: title"),
        Fact("named", "Alder (brand)"),
        Fact("lacks", "oak"),
    )
    assert (card.place, card.about) == (4, ("Alder", "12.5"))


def test_moves_are_told_in_words() -> None:
    """A stage's place before and after, what it added, and why."""
    up = Adjustment("p1", "boosts", "margin +0.020", 0.02, 3, 1)
    gone = Adjustment("p1", "collapse", "variant of p2: group 7", 0.0, 5, None)
    assert moved(up) == "3 → 1, +0.020: margin +0.020"
    assert moved(gone) == "taken out at place 5: variant of p2: group 7"


def test_what_was_understood_is_told_once() -> None:
    """Each finding: what it matched, what it is, what it changed, how that is known."""
    finding = Finding("price", "price", "under $50", 5, 14, "catalogue: price", "only up to 50")
    query = Interpretation("LAMP under $50", "lamp under $50", removed=((5, 14),))
    shown = page(respond(Evidence(()), query.noticed(finding)), CATALOGUE, 1)
    assert shown.understood == (
        Fact("read as", "lamp under $50"),
        Fact("price", "“under $50” → only up to 50 (catalogue: price)"),
        Fact("searched for", "lamp"),
    )


def test_nothing_steers_the_terminal() -> None:
    """Control characters of a stored text are spaces when it is shown."""
    (card,) = page(respond(Evidence(())), CATALOGUE, 1).cards
    assert card.title == "red [31m lamp"
