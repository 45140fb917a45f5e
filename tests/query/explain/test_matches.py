import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.query_shop import Shop, describe

from query.explain.matches import body, explained, had, leg_of, parts
from query.request import SearchRequest
from query.response import Match
from query.search import Searcher
from query.understand.interpretation import Alternative, Entity, Interpretation

CATALOGUE = describe("t-matches", "a-model")
LEG = leg_of("hybrid", CATALOGUE)


def asked(query: Interpretation) -> list[tuple[str, str, str]]:
    """Return the parts of a query: words, what is looked for, by which step."""
    return [(part.asked, part.found, part.step) for part in parts(query, CATALOGUE)]


def test_the_parts_are_words_alternatives_and_values() -> None:
    """Removed words are no parts; a word counts once; ideographs count in pairs."""
    query = Interpretation(
        "red sofa red 沙发套 without legs",
        "red sofa red 沙发套 without legs",
        removed=((17, 29),),
        alternatives=(Alternative(4, 8, "couch", 0.5, "synonyms"),),
        entities=(Entity("colour", "colour", "Red", 0, 3, 0.9),),
    )
    assert asked(query) == [
        ("red", "red", ""),
        ("sofa", "sofa", ""),
        ("沙发", "沙发", ""),
        ("发套", "发套", ""),
        ("sofa", "couch", "synonyms"),
        ("red", "Red", "entities"),
    ]


@given(st.text(min_size=1, max_size=200))
def test_a_query_is_only_ever_a_value(text: str) -> None:
    """Of any text the words stand in the body as values, and the body stays below the engine's limits."""
    query = Interpretation.of(text)
    made = body(query, LEG, parts(query, CATALOGUE), ["p1"])
    assert len(json.dumps(made).split('"match"')) < 350

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "match":
                    ((field, options),) = value.items()
                    assert field.partition(".")[0] in {*CATALOGUE.fields, "all"}
                    assert set(options) <= {"query", "operator", "boost", "analyzer"}
                else:
                    walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(made["query"])


@pytest.mark.server
def test_a_hit_tells_its_words_by_field(searcher: Searcher) -> None:
    """Each word with the fields that have it, the strongest first; what no field has is missing."""
    (hit,) = searcher.search("kettle of camping xylophone", size=1, explain=True).hits
    own = [match for match in hit.evidence.matches if not match.step]
    assert {(match.asked, match.field) for match in own} >= {
        ("kettle", "title"),
        ("kettle", "description"),
        ("camping", "description"),
    }
    assert all(match.score > 0 for match in own)
    for word in ("kettle", "camping"):
        scores = [match.score for match in own if match.asked == word]
        assert scores == sorted(scores, reverse=True)
    # A stop word is neither had nor missed.
    assert hit.evidence.missing == ("xylophone",)


@pytest.mark.server
def test_a_hit_tells_the_values_it_has(searcher: Searcher, shop: Shop) -> None:
    """A named brand that the product is of stands among its matches, by the step that found it."""
    for hit in searcher.search("lamp by cedar", size=8, explain=True).hits:
        found = Match("cedar", "Cedar", "entities", "brand", 0.0)
        assert (found in hit.evidence.matches) == (shop.documents[hit.id].get("brand") == "Cedar")


@pytest.mark.server
def test_clauses_add_up_to_the_lexical_score(searcher: Searcher) -> None:
    """The lexical parts of a hit are what its lexical term is the sum of, in every system with one."""
    for system in ("hybrid", "bm25", "rrf"):
        request = SearchRequest("red kettle", size=5, system=system, explain=True)
        for hit in searcher.search(request).hits:
            (term,) = [term for term in hit.evidence.terms if term.name == "lexical"]
            assert sum(hit.evidence.clauses.values()) == pytest.approx(term.raw, abs=1e-4)


@pytest.mark.server
def test_nothing_is_asked_for_an_empty_page(searcher: Searcher) -> None:
    """No hits, no round trip, no fault."""
    reader = searcher._reader
    assert had(reader.engine, CATALOGUE, Interpretation.of("lamp"), LEG, []) == {}
    assert explained((), {}) == ()
