import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from plugins.query_shop import describe

from mappings.index import ALIVE
from query import candidates
from query.candidates import Along, Asked, Sense
from query.corpus import Weighed
from query.filters import clauses
from query.legs import (
    Clause,
    Named,
    Slot,
    bm25_clauses,
    filtered,
    four_part,
    lexical,
    nearest,
    priced,
)
from query.request import Filter
from query.segments import Segment
from query.understand.interpretation import Interpretation, PriceRange

SHOP = describe("t-unused", "package:unused")
VECTOR = np.array([0.6, 0.8], np.float32)
PLACE = "the user's words"


def masked(body: Any) -> Any:
    """Return a body with the places that may hold user text overwritten."""
    if isinstance(body, list):
        return [masked(item) for item in body]
    if not isinstance(body, dict):
        return body
    copy = {key: masked(value) for key, value in body.items()}
    for match in copy.get("match", {}).values():
        match["query"] = PLACE
    for field in copy.get("terms", {}):
        copy["terms"][field] = PLACE
    for ids in (copy.get("ids", {}),):
        if ids:
            ids["values"] = PLACE
    return copy


def segments(text: str) -> tuple[Segment, ...]:
    """Return a query of one plain segment."""
    return (Segment(((text, 1.0),)),)


def asked(text: str) -> Asked:
    """Return a query in which every kind of user text is `text`."""
    conditions = clauses(
        [Filter("brand", text), Filter("specs.material", text), Filter("price", "5", ">=")], SHOP
    )
    return Asked(
        query=Interpretation(text, text, avoided=(text,)),
        segments=(Segment(((text, 1.0), (text + " other", 0.7))), *segments(text)),
        clauses=four_part(SHOP),
        weighed=Weighed(9.0, (Slot(((text, 0.6), (text, 0.4)), ((text, 0.7),)),)),
        senses=(Sense(VECTOR, VECTOR, 0.1, 1.0),),
        named=(Named(".named.0", "colour", 0, 1, text, {"color.keyword": (text,)}, 0.5),),
        mean=VECTOR,
        conditions=(*conditions, priced(PriceRange("price", 1.0, 2.0))),
        unwanted={"color.keyword": (text,)},
    )


def body(text: str) -> Any:
    """Return the whole search for candidates."""
    return candidates.body(asked(text), SHOP, 20, Along(("price",), (text,)))


@given(st.text(min_size=1) | st.sampled_from(["title", "all", "_name", "bool", "script", "boost"]))
def test_user_text_stands_in_the_value_of_a_match_or_a_term_only(text: str) -> None:
    """Whatever the text, the bodies differ in these values and nowhere else."""
    assert masked(body(text)) == masked(body("lamp"))


def test_a_query_uses_no_language_of_its_own() -> None:
    """No `query_string`, wildcard or regular expression: the bodies know a few plain kinds."""
    text = json.dumps(body("lamp"))
    for kind in ("query_string", "wildcard", "regexp", "prefix", "fuzzy", "multi_match"):
        assert kind not in text


def test_filters_stand_on_every_leg_and_inside_the_vector_ones() -> None:
    """Each leg leaves out deleted products and what the filters exclude."""
    conditions = clauses([Filter.parse("colour=red")], SHOP)
    leg = filtered(lexical(segments("lamp"), bm25_clauses(SHOP)), conditions)
    assert leg["bool"]["filter"] == [ALIVE, *conditions]
    inside = nearest("title_vector", VECTOR, 10, conditions)["knn"]["title_vector"]
    assert inside["filter"] == {"bool": {"filter": [ALIVE, *conditions]}}


def test_a_query_of_several_senses_searches_the_vectors_of_each() -> None:
    """Every reading has a leg on every vector field."""
    text = json.dumps(body("lamp"))
    assert text.count('"knn"') == len(SHOP.vectors)


def boosts(**weights: float) -> dict[str, float]:
    """Return field and boost of the plain BM25 of a shop with these field weights."""
    fields = {
        name: {**spec.model_dump(), "weight": weights.get(name, spec.weight)}
        for name, spec in SHOP.fields.items()
    }
    return {c.field: c.boost for c in bm25_clauses(describe("t", "package:unused", fields=fields))}


def test_plain_bm25_is_all_and_half_the_title() -> None:
    """The catalogue's weights come on top: half of what is above 1, in a clause of its own."""
    assert boosts() == boosts(title=2.0) == {"all": 1.0, "title": 0.5}
    assert boosts(title=5.0, brand=3.0) == {"all": 1.0, "title": 2.0, "brand": 1.0}


def test_the_hybrids_lexical_leg_adds_pairs_and_pieces_of_words() -> None:
    """They score, and do not count towards the query's maximum."""
    leg = {clause.field: (clause.boost, clause.words) for clause in four_part(SHOP)}
    assert leg == {
        "all": (1.0, True),
        "title": (0.5, True),
        "title.shingles": (0.3, False),
        "title.grams": (0.2, False),
    }


def test_each_clause_keeps_its_boost_whatever_the_spellings_weigh() -> None:
    """The weight of a spelling is its own; of another spelling all words are asked for."""
    spelt = (Segment((("6ft", 1.0), ("6 feet", 0.8))),)
    (part,) = lexical(spelt, [Clause("title", 0.5)])["bool"]["should"]
    assert part["bool"]["boost"] == 0.5
    plain, other = part["bool"]["should"][0]["dis_max"]["queries"]
    assert plain["match"]["title"] == {"query": "6ft", "boost": 1.0, "operator": "or"}
    assert other["match"]["title"] == {"query": "6 feet", "boost": 0.8, "operator": "and"}


def test_a_price_range_excludes_only_what_is_known_to_be_outside() -> None:
    """A product without a price stays."""
    condition = priced(PriceRange("price", None, 50.0))
    assert condition == {"bool": {"must_not": [{"range": {"price": {"gt": 50.0}}}]}}
