from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.gateway.recognise.reasons import Reason, UnreadError
from query.gateway.recognise.texts import Text
from query.gateway.recognise.tree import text_of

Json = dict[str, Any]

PROSE = ("title", "description")

RED: Json = {"term": {"colour": "red"}}
CHEAP: Json = {"range": {"price": {"lt": 50}}}
WORDS: Json = {"match": {"title": "warm jacket"}}
MAKER: Json = {"match": {"brand": "Alder"}}


def read(query: Any) -> Text:
    text = text_of(query, PROSE)
    assert text is not None
    return text


def reason(query: Any) -> Reason:
    with pytest.raises(UnreadError) as caught:
        text_of(query, PROSE)
    return caught.value.reason


@pytest.mark.parametrize(
    "query",
    [
        {"match": {"title": "warm  jacket"}},
        {"match": {"title": {"query": "warm jacket", "fuzziness": "AUTO", "boost": 2}}},
        {"match": {"title.shingles": "warm jacket"}},
        {"match": {"description": "warm jacket"}},
        {"match": {"all": "warm jacket"}},
        {"multi_match": {"query": "warm jacket"}},
        {"multi_match": {"query": "warm jacket", "fields": ["ti*^3", "brand"]}},
        {"multi_match": {"query": "warm jacket", "type": "cross_fields", "fields": "title"}},
        {"combined_fields": {"query": "warm jacket", "fields": ["title", "brand"]}},
        {"dis_max": {"queries": [WORDS, {"match": {"brand": "warm jacket"}}], "tie_breaker": 0.3}},
        {"bool": {"should": [WORDS, {"match_phrase": {"title": "warm jacket"}}]}},
        {"bool": {"must": WORDS, "should": {"match_phrase": {"title": "warm jacket"}}}},
        {"function_score": {"query": WORDS, "functions": [{"weight": 2, "filter": RED}]}},
    ],
    ids=str,
)
def test_words_in_prose_are_the_query(query: Json) -> None:
    """Each form of the match family, alone or among alternatives, is read as the same words."""
    text = read(query)
    assert (text.text, text.prose, text.strict) == ("warm jacket", True, False)


@pytest.mark.parametrize(
    "query",
    [
        {"match": {"title": {"query": "warm jacket", "operator": "AND"}}},
        {"match": {"title": {"query": "warm jacket", "minimum_should_match": "75%"}}},
        {"match_phrase": {"title": {"query": "warm jacket", "slop": 1}}},
        {"match_phrase_prefix": {"title": "warm jacket"}},
        {"multi_match": {"query": "warm jacket", "type": "phrase"}},
        {"multi_match": {"query": "warm jacket", "type": "phrase_prefix"}},
        {"match_bool_prefix": {"title": "warm jacket"}},
        {"multi_match": {"query": "warm jacket", "type": "bool_prefix"}},
        {"constant_score": {"filter": WORDS}},
        {"bool": {"must": [WORDS, {"match_phrase": {"title": "warm jacket"}}]}},
        {"bool": {"should": [WORDS, WORDS], "minimum_should_match": 2}},
        {"function_score": {"query": WORDS, "min_score": 1}},
    ],
    ids=str,
)
def test_what_must_be_there_is_kept(query: Json) -> None:
    """A query that demands more than one of its words is strict: its own hits are the answer."""
    assert read(query).strict


def test_every_condition_is_kept() -> None:
    """Filters, exclusions and what a hit must meet beside the words stand in the conditions."""
    query = {
        "bool": {
            "must": [{"bool": {"must": [WORDS], "filter": CHEAP}}, MAKER],
            "filter": [RED, {"match": {"description": "wool"}}],
            "must_not": [{"exists": {"field": "gone"}}],
        }
    }
    assert read(query).conditions == (
        CHEAP,
        MAKER,
        RED,
        {"match": {"description": "wool"}},
        {"bool": {"must_not": [{"exists": {"field": "gone"}}]}},
    )


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"query_string": {"query": "warm"}}, Reason.CLAUSE),
        ({"boosting": {"positive": WORDS, "negative": RED, "negative_boost": 0.5}}, Reason.CLAUSE),
        ({"knn": {"title_vector": {"vector": [1], "k": 1}}}, Reason.CLAUSE),
        ({"match": {"title": "a"}, "term": {"a": 1}}, Reason.CLAUSE),
        ({"bool": {"must": ["words"]}}, Reason.CLAUSE),
        ({"bool": {"must": WORDS, "unheard": 1}}, Reason.CLAUSE),
        ({"match": {"title": {"query": "warm", "analyzer": "keyword"}}}, Reason.OPTION),
        ({"multi_match": {"query": "warm", "type": "unheard"}}, Reason.OPTION),
        ({"match": {"title": "  "}}, Reason.NO_TEXT),
        ({"match": {"title": "?! …"}}, Reason.NO_TEXT),
        ({"match": {"title": {"query": ["warm"]}}}, Reason.NO_TEXT),
        ({"bool": {"must": WORDS, "should": {"match": {"title": "tent"}}}}, Reason.TWO_TEXTS),
        ({"bool": {"must": [WORDS, {"match": {"title": "tent"}}]}}, Reason.TWO_TEXTS),
        ({"dis_max": {"queries": [WORDS, MAKER]}}, Reason.TWO_TEXTS),
        ({"bool": {"must": WORDS, "should": RED}}, Reason.SHOULD),
        ({"bool": {"should": [WORDS, RED]}}, Reason.SHOULD),
        ({"bool": {"should": [{"bool": {"must": WORDS, "filter": RED}}, WORDS]}}, Reason.SHOULD),
        (
            {"bool": {"must": [WORDS, {"bool": {"must": RED, "should": CHEAP}}]}},
            Reason.SHOULD,
        ),
        (
            {"function_score": {"query": WORDS, "weight": 2, "boost_mode": "sum"}},
            Reason.FUNCTIONS,
        ),
        (
            {"bool": {"must": [WORDS, {"bool": {"filter": RED, "should": MAKER}}]}},
            Reason.SHOULD,
        ),
        ({"multi_match": {"query": "warm jacket", "type": ["phrase"]}}, Reason.OPTION),
        (
            {"function_score": {"query": WORDS, "functions": [{"script_score": {"script": "1"}}]}},
            Reason.FUNCTIONS,
        ),
        ({"bool": {"must": [WORDS, {"function_score": {"weight": 2}}]}}, Reason.FUNCTIONS),
        (
            {"bool": {"should": [{"function_score": {"query": WORDS, "weight": 2}}]}},
            Reason.FUNCTIONS,
        ),
    ],
    ids=str,
)
def test_what_cannot_keep_its_meaning_is_not_recognised(query: Json, why: Reason) -> None:
    """The reason says which kind of clause it was."""
    assert reason(query) == why


@pytest.mark.parametrize("none", [0, 0.0, "0", "0.0"])
def test_words_that_are_to_score_nothing_are_a_condition(none: Any) -> None:
    """A clause whose boost is 0 says which products, not which are better; alone it ranks nothing."""
    silent: list[Json] = [
        {"match": {"title": {"query": "tent", "boost": none}}},
        {"multi_match": {"query": "tent", "fields": ["title"], "boost": none}},
        {"constant_score": {"filter": {"match": {"title": "tent"}}, "boost": none}},
        {"bool": {"must": {"match": {"title": "tent"}}, "boost": none}},
    ]
    for clause in silent:
        text = read({"bool": {"must": [WORDS, clause]}})
        assert (text.text, text.strict, text.conditions) == ("warm jacket", False, (clause,))
        assert text_of(clause, PROSE) is None
        assert reason({"bool": {"must": WORDS, "should": clause}}) == Reason.SHOULD
    looked_for = {"multi_match": {"query": "tent", "fields": [f"title^{none}", "brand"]}}
    assert not read(looked_for).prose


def test_a_score_that_is_the_same_for_all_is_multiplied_by_nothing() -> None:
    """What `constant_score` stands around decides which products there are, whatever it would score."""
    boosted = {"function_score": {"query": WORDS, "functions": [{"weight": 2, "filter": RED}]}}
    text = read({"constant_score": {"filter": boosted}})
    assert (text.strict, text.functions) == (True, ())


def test_a_query_nested_without_end_is_not_recognised() -> None:
    """No stack overflows."""
    query: Json = WORDS
    for _ in range(500):
        query = {"bool": {"must": query}}
    assert reason(query) == Reason.DEPTH


def test_words_that_only_rank_a_filter_are_read() -> None:
    """Beside a filter a should clause is optional: the products are the filter's, in its order."""
    text = read({"bool": {"filter": RED, "should": {"match_phrase": {"title": "tent"}}}})
    assert (text.text, text.strict, text.conditions) == ("tent", False, (RED,))


conditions = st.fixed_dictionaries(
    {"term": st.dictionaries(st.just("a"), st.integers(), min_size=1)}
)
leaves = st.sampled_from(
    [
        WORDS,
        {"match": {"title": {"query": "warm jacket", "operator": "and"}}},
        {"multi_match": {"query": "warm jacket", "fields": ["title", "brand"]}},
    ]
)


def _around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Put a query with its conditions under clauses that keep its words."""
    bools = st.tuples(inner, conditions, st.sampled_from(["filter", "must", "must_not"])).map(_held)
    scored = inner.map(lambda one: ({"function_score": {"query": one[0], "weight": 2}}, one[1]))
    return bools | scored


def _held(parts: tuple[tuple[Json, list[Json]], Json, str]) -> tuple[Json, list[Json]]:
    (query, kept), clause, place = parts
    body: Json = {"must": [query]}
    body[place] = [*body.get(place, []), clause]
    met = {"bool": {"must_not": [clause]}} if place == "must_not" else clause
    return {"bool": body}, [*kept, met]


@given(st.recursive(leaves.map(lambda leaf: (leaf, [])), _around, max_leaves=6))
def test_no_condition_is_lost_wherever_it_stands(built: tuple[Json, list[Json]]) -> None:
    """Every clause that a hit must or must not meet comes out, once."""
    query, kept = built
    text = read(query)
    assert text.text == "warm jacket"
    assert sorted(map(str, text.conditions)) == sorted(map(str, kept))


keys = st.sampled_from(
    (
        *("bool", "must", "should", "filter", "match", "title", "query", "dis_max", "queries"),
        *("function_score", "constant_score", "multi_match", "type", "fields", "boost"),
        "minimum_should_match",
    )
)
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | keys,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(keys, trees, min_size=1, max_size=1))
def test_nothing_that_a_client_sends_is_a_fault(query: Json) -> None:
    """Any JSON is read, or not recognised for a reason."""
    with suppress(UnreadError):
        text_of(query, PROSE)
