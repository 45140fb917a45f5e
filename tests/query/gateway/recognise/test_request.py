from dataclasses import replace
from typing import Any

import pytest

from query.gateway.recognise.reasons import Reason
from query.gateway.recognise.recognised import Recognised
from query.gateway.recognise.request import recognise

Json = dict[str, Any]

PROSE = ("title", "description")

WORDS: Json = {"match": {"title": "warm jacket"}}
RED: Json = {"term": {"colour": "red"}}


def read(body: Json, **parameters: str) -> Recognised:
    found = recognise({"query": WORDS, **body}, parameters, PROSE)
    assert isinstance(found, Recognised), found
    return found


def test_the_address_has_the_last_word() -> None:
    """Page, total and order in the address count before the body's."""
    found = read(
        {"size": 3, "track_total_hits": 5}, size="7", track_total_hits="true", sort="_score"
    )
    assert (found.from_, found.size, found.counted) == (0, 7, None)


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        ({}, 10_000),
        ({"track_total_hits": False}, 0),
        ({"track_total_hits": True}, None),
        ({"track_total_hits": 12}, 12),
    ],
)
def test_hits_are_counted_as_far_as_asked(body: Json, counted: int | None) -> None:
    """The default is the cluster's own."""
    assert read(body).counted == counted


def test_a_page_may_be_written_as_a_text() -> None:
    """As templates write it."""
    assert read({"from": "3", "size": "4"}).size == 4


def test_a_page_after_a_hit_may_be_written_as_texts() -> None:
    """As clients write it that hold sort values as texts."""
    after = {"sort": ["_score", {"_id": "asc"}], "search_after": ["0.53", "p1"]}
    assert read(after).after == (0.53, "p1")
    assert read({**after, "search_after": ["-1.5e-3", "p1"]}).after == (-0.0015, "p1")
    wrong = {"query": WORDS, **after, "search_after": ["much", "p1"]}
    assert recognise(wrong, {}, PROSE) == Reason.AFTER


def test_a_total_as_a_number_is_exact() -> None:
    """So it was before totals said how exact they are; an inexact one is the cluster's to refuse."""
    found = read({}, rest_total_hits_as_int="true")
    assert (found.number_total, found.counted) == (True, None)
    assert read({"track_total_hits": False}, rest_total_hits_as_int="").counted == 0
    inexact = {"query": WORDS, "track_total_hits": 10}
    assert recognise(inexact, {"rest_total_hits_as_int": "true"}, PROSE) == Reason.PARAMETER


@pytest.mark.parametrize("name", ["pretty", "human", "error_trace", "typed_keys"])
def test_a_switch_is_on_or_off(name: str) -> None:
    """Anything else is the cluster's to refuse."""
    assert read({}, **{name: ""}) == replace(read({}), parameters={name: ""})
    assert recognise({"query": WORDS}, {name: "maybe"}, PROSE) == Reason.PARAMETER


def test_what_surrounds_the_query_is_a_condition() -> None:
    """A threshold is one on the client's own scores; a later filter holds for every hit."""
    found = read({"post_filter": RED, "min_score": 2})
    threshold = {"function_score": {"query": WORDS, "min_score": 2}}
    assert found.conditions == (threshold, RED)


def test_a_strict_query_is_its_own_condition() -> None:
    """Only what it finds by itself is an answer."""
    phrase: Json = {"match_phrase": {"title": "warm jacket"}}
    assert read({"query": phrase}).conditions == (phrase,)


def test_parameters_go_where_they_belong() -> None:
    """Where a search runs concerns every search, what is shown only the page's."""
    found = read({}, preference="mine", routing="a", _source="title", pretty="")
    assert found.where == {"preference": "mine", "routing": "a"}
    assert found.shown == {"_source": "title"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"size": 0}, Reason.SIZE),
        ({"size": -1}, Reason.WINDOW),
        ({"from": 9_999, "size": 2}, Reason.WINDOW),
        ({"from": "third"}, Reason.WINDOW),
        ({"sort": "price"}, Reason.SORT),
        ({"sort": ["_score", "price"]}, Reason.SORT),
        ({"sort": [{"_score": "asc"}]}, Reason.SORT),
        ({"sort": [{"_score": {"order": "desc", "mode": "max"}}]}, Reason.SORT),
        ({"rescore": {}}, Reason.BODY),
        ({"search_pipeline": "native"}, Reason.BODY),
        ({"stored_fields": "_none_"}, Reason.BODY),
        ({"track_total_hits": "many"}, Reason.BODY),
        ({"query": {"match_all": {}}}, Reason.NO_TEXT),
        ({"query": {"match": {"brand": "Alder"}}}, Reason.FIELDS),
        ({"query": None}, Reason.CLAUSE),
    ],
    ids=str,
)
def test_what_cannot_be_kept_is_not_recognised(body: Json, why: Reason) -> None:
    """The reason says which part of the search it was."""
    assert recognise({"query": WORDS, **body}, {}, PROSE) == why


@pytest.mark.parametrize("text", ["the", "It's of  THE", "to be, or not to be"])
@pytest.mark.parametrize("kind", ["match", "match_phrase"])
def test_a_text_of_stop_words_alone_has_no_words(kind: str, text: str) -> None:
    """No field has them; where one has, they are words like any other."""
    body = {"query": {kind: {"title": text}}}
    stopped = frozenset({"the", "of", "it", "to", "be", "or", "not"})
    assert recognise(body, {}, PROSE, stopped) == Reason.NO_TEXT
    assert isinstance(recognise(body, {}, PROSE), Recognised)


@pytest.mark.parametrize("text", ["the tent", "t-h-e", "don't", "它 the", "of_the"])
def test_a_word_beside_stop_words_is_one(text: str) -> None:
    """One is enough to rank by."""
    found = recognise({"query": {"match": {"title": text}}}, {}, PROSE, frozenset({"the", "of"}))
    assert isinstance(found, Recognised)


@pytest.mark.parametrize("name", ["scroll", "q", "format", "search_pipeline", "source"])
def test_a_parameter_that_is_not_known_is_left_to_the_cluster(name: str) -> None:
    """It may mean anything."""
    assert recognise({"query": WORDS}, {name: "x"}, PROSE) == Reason.PARAMETER


def test_json_is_the_form_that_answers_have() -> None:
    """Whoever asks for it by name asks for nothing else."""
    assert read({}, format="json").text == "warm jacket"


def test_a_body_nested_without_end_is_not_recognised() -> None:
    """Also where it is no query."""
    deep: Json = {}
    for _ in range(400):
        deep = {"aggs": deep}
    assert recognise({"query": WORDS, "aggs": deep}, {}, PROSE) == Reason.DEPTH


@pytest.mark.parametrize(
    "sort", [[], "_score", ["_score", "_doc"], [{"_score": {"order": "desc"}}, "_id"]]
)
def test_the_best_score_first_is_the_ranking(sort: Any) -> None:
    """With whatever tells equal scores apart."""
    assert read({"sort": sort}).text == "warm jacket"
