import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from plugins.query_shop import describe

from mappings.index import ALIVE
from query.filters import clauses
from query.legs import (
    bm25_clauses,
    fielded_clauses,
    filtered,
    lexical,
    nearest,
    similarity,
)
from query.request import Filter

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
    return copy


def bodies(text: str) -> list[Any]:
    """Return every leg of a request whose text and filter values are `text`."""
    conditions = clauses(
        [Filter("brand", text), Filter("specs.material", text), Filter("price", "5", ">=")], SHOP
    )
    return [
        filtered(lexical(text, bm25_clauses(SHOP), named=True), conditions),
        filtered(lexical(text, fielded_clauses(SHOP)), conditions),
        nearest("title_vector", VECTOR, 10, conditions),
        similarity("title_vector", VECTOR),
    ]


@given(st.text(min_size=1) | st.sampled_from(["title", "all", "_name", "bool", "script", "boost"]))
def test_user_text_stands_in_the_value_of_a_match_or_a_term_only(text: str) -> None:
    """Whatever the text, the bodies differ in these values and nowhere else."""
    assert masked(bodies(text)) == masked(bodies("lamp"))


def test_a_query_uses_no_language_of_its_own() -> None:
    """No `query_string`, wildcard or regular expression: the bodies know a few plain kinds."""
    text = json.dumps(bodies("lamp"))
    for kind in ("query_string", "wildcard", "regexp", "prefix", "fuzzy", "multi_match"):
        assert kind not in text


def test_filters_stand_on_every_leg_and_inside_the_vector_ones() -> None:
    """Each leg leaves out deleted products and what the filters exclude."""
    conditions = clauses([Filter.parse("colour=red")], SHOP)
    leg = filtered(lexical("lamp", bm25_clauses(SHOP)), conditions)
    assert leg["bool"]["filter"] == [ALIVE, *conditions]
    inside = nearest("title_vector", VECTOR, 10, conditions)["knn"]["title_vector"]
    assert inside["filter"] == {"bool": {"filter": [ALIVE, *conditions]}}


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


def test_the_hybrids_lexical_leg_adds_pieces_of_words() -> None:
    """Character 4-grams of the title score, and do not count towards the query's maximum."""
    leg = {clause.field: (clause.boost, clause.words) for clause in fielded_clauses(SHOP)}
    assert leg == {"all": (1.0, True), "title": (0.25, True), "title.grams": (0.1, False)}
