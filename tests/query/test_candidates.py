from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.candidates import BRAND
from plugins.query_shop import describe

from mappings.index import ALIVE, ID, SKETCH
from mappings.sketch import sketch
from query.candidates import (
    AVOIDED,
    COVERAGE,
    FIRST_PASS,
    HEAD,
    TITLE,
    Along,
    Asked,
    Sense,
    body,
    centred,
    read,
)
from query.corpus import Weighed
from query.legs import Json, Slot, four_part
from query.segments import Segment
from query.understand.interpretation import Interpretation

SHOP = describe("t-unused", "package:unused")
VECTOR, MEAN = np.array([0.6, 0.8], np.float32), np.array([0.5, 0.0], np.float32)
RED: Json = {"terms": {"colour": ["red"]}}
LAMP = Asked(
    query=Interpretation.of("lamp"),
    segments=(Segment((("lamp", 1.0),)),),
    clauses=four_part(SHOP),
    weighed=Weighed(9.0, (Slot((("lamp", 1.0),)),)),
    senses=(Sense(VECTOR, VECTOR, 0.2, 1.0),),
    named=(),
    mean=MEAN,
    conditions=(RED,),
)


def parts(search: Json) -> tuple[list[Json], list[Json]]:
    """Return what finds products, and what only scores them."""
    found = search["query"]["bool"]["must"][0]["bool"]["should"]
    return found, search["post_filter"]["bool"]["should"] if "post_filter" in search else []


def nearest(found: list[Json]) -> list[tuple[str, Json]]:
    """Return field and clause of every vector leg."""
    legs = [one["script_score"]["query"]["knn"] for one in found if "script_score" in one]
    return [item for leg in legs for item in leg.items()]


def names(node: Any) -> set[str]:
    """Return the names of a query's clauses."""
    if isinstance(node, list):
        return set().union(*map(names, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {node["_name"]} if "_name" in node else set()
    return own | names(list(node.values()))


def test_one_search_brings_the_candidates_without_their_stored_documents() -> None:
    """As many as are ranked, with what scoring reads and what later stages asked for."""
    search = body(LAMP, SHOP, 20, Along(("price",)))
    assert (search["size"], search["stored_fields"]) == (20, "_none_")
    assert search["docvalue_fields"] == [ID, SKETCH, "price"]


def test_filters_stand_on_the_whole_and_inside_every_vector_leg() -> None:
    """Outside they would act after the nearest are found."""
    search = body(LAMP, SHOP, 20)
    assert search["query"]["bool"]["filter"] == [ALIVE, RED]
    legs = nearest(parts(search)[0])
    assert [field for field, _ in legs] == list(SHOP.vectors)
    for _, leg in legs:
        assert (leg["k"], leg["filter"]) == (20, {"bool": {"filter": [ALIVE, RED]}})


def test_the_legs_of_the_first_pass_are_at_most_1_together() -> None:
    """Each at its weight, the lexical one over the query's own maximum; a sense at its own."""
    weak = Sense(VECTOR, VECTOR, 0.5, 0.4)
    asked = replace(LAMP, senses=(*LAMP.senses, weak))
    found, _ = parts(body(asked, SHOP, 20))
    assert found[0]["bool"]["boost"] == pytest.approx(0.5 / 9.0)
    slopes = [leg["script_score"]["script"]["params"]["slope"] for leg in found[1:]]
    assert slopes == pytest.approx([0.25 / 0.8] * 2 + [0.25 * 0.4 / 0.5] * 2)


def test_what_is_only_scored_leaves_the_first_pass_alone() -> None:
    """Titles, unwanted phrases and named values bring no product and add nothing to the sum."""
    query = replace(LAMP.query, avoided=("shade",))
    asked = replace(LAMP, query=query, named=(BRAND,), shelf="category.keyword")
    search = body(asked, SHOP, 20)
    found, scored = parts(search)
    assert names(found) == {clause.field for clause in LAMP.clauses}
    assert search["docvalue_fields"] == [ID, SKETCH, "category.keyword"]
    assert names(scored) == {COVERAGE, TITLE, HEAD, AVOIDED, BRAND.clause}
    assert search["query"]["bool"].keys() == {"filter", "must"}
    assert search["post_filter"]["bool"]["filter"] == [{"match_all": {}}]


def test_a_query_of_stop_words_is_left_to_the_vectors() -> None:
    """Nothing to cover; no division by its maximum of zero."""
    found, scored = parts(body(replace(LAMP, weighed=Weighed(0.0, ())), SHOP, 20))
    assert found[0]["bool"]["boost"] == FIRST_PASS.lexical
    assert (len(found), scored) == (3, [])


def test_a_query_without_words_and_vectors_finds_nothing() -> None:
    """A clause without alternatives would find everything."""
    found, scored = parts(
        body(replace(LAMP, segments=(), senses=(), weighed=Weighed(0.0, ())), SHOP, 20)
    )
    assert (found, scored) == ([{"match_none": {}}], [])


def test_a_query_without_words_asks_the_vectors_alone() -> None:
    """As the vector system does."""
    asked = replace(LAMP, segments=(), weighed=Weighed(0.0, ()))
    found, scored = parts(body(asked, SHOP, 20))
    assert len(nearest(found)) == len(found) == 2
    assert scored == []


def test_pinned_products_come_whatever_they_score() -> None:
    """Before all that the legs find, under the same filters."""
    found, _ = parts(body(LAMP, SHOP, 20, Along(ids=("p1", "p2"))))
    pinned = found[-1]["constant_score"]
    assert pinned["filter"] == {"ids": {"values": ["p1", "p2"]}}
    assert pinned["boost"] > 1.0


def hit(id_: str, scores: dict[str, float] | None = None, **fields: list[Any]) -> Json:
    """Return a hit as the engine gives it."""
    return {
        "_score": 1.0,
        "fields": {ID: [id_], **fields},
        **({"matched_queries": scores} if scores else {}),
    }


def answer(*hits: Json) -> Json:
    """Return the engine's answer with these hits."""
    return {"hits": {"total": {"value": 7, "relation": "eq"}, "hits": list(hits)}}


def test_an_answer_is_read_into_columns() -> None:
    """Named scores where a clause matched, zeros elsewhere; the order is the engine's."""
    vectors = {SKETCH: [sketch([VECTOR])]}
    there = read(
        answer(
            hit("b", {"all": 2.5, COVERAGE: 1.0}, price=[9.5], **vectors),
            hit("a", {"all": 1.5}, category=["Lamps"]),
            hit("c", None, **vectors),
        ),
        replace(LAMP, shelf="category"),
        ("price", "stock"),
    )
    assert there.ids == ("b", "a", "c")
    assert there.score("all").tolist() == [2.5, 1.5, 0.0]
    assert there.score(COVERAGE).tolist() == [1.0, 0.0, 0.0]
    assert there.score("title").tolist() == [0.0, 0.0, 0.0]
    assert there.categories == [None, ["Lamps"], None]
    assert there.fields == {"price": [[9.5], None, None], "stock": [None, None, None]}
    assert (there.total, there.relation, there.aggregations) == (7, "eq", {})


def test_vectors_are_read_without_what_all_products_share() -> None:
    """Length 1 where there is one, zeros where there is none."""
    there = read(answer(hit("a", None, **{SKETCH: [sketch([VECTOR])]}), hit("b")), LAMP)
    assert np.linalg.norm(there.sketches, axis=1) == pytest.approx([1.0, 0.0])
    towards = (VECTOR - MEAN) / np.linalg.norm(VECTOR - MEAN)
    assert there.sketches[0] @ towards == pytest.approx(1.0, abs=0.02)


def test_no_hits_are_no_candidates() -> None:
    """Columns of no rows."""
    there = read(answer(), LAMP, ("price",))
    assert there.ids == ()
    assert there.sketches.shape == (0, 2)
    assert there.score("all").shape == (0,)
    assert there.fields == {"price": []}


@given(st.lists(st.tuples(*[st.floats(-1, 1, width=16)] * 2), max_size=8))
def test_centred_vectors_have_length_1_or_0(rows: list[tuple[float, float]]) -> None:
    """What equals the mean says nothing, and nothing is divided by zero."""
    lengths = np.linalg.norm(centred(np.array(rows, np.float32).reshape(-1, 2), MEAN), axis=1)
    assert all(length == pytest.approx(1.0, abs=1e-3) or length == 0.0 for length in lengths)
