import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import pytest
from plugins.query_shop import Shop

from connector.settings import GatewaySettings
from query.encode import QueryEncoder
from query.request import SearchRequest
from query.search import Searcher

pytestmark = pytest.mark.server

Json = dict[str, Any]
Find = Callable[..., Json]

WORDS: Json = {"match": {"title": "red jacket"}}
PHRASE: Json = {"match_phrase": {"title": "red jacket"}}
CHEAP: Json = {"range": {"price": {"lt": 60}}}
COLOURS: Json = {"colours": {"terms": {"field": "colour"}}}


def ids(answer: Json) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def told(answer: Json) -> Json:
    found: Json = answer["ext"]["connector"]
    return found


def test_it_ranks_as_a_search_from_python_does(find: Find, searcher: Searcher) -> None:
    """The same products in the same order, with the same scores."""
    want = searcher.search(SearchRequest("red jacket", size=10)).hits
    answer = find(WORDS)
    assert ids(answer) == [hit.id for hit in want]
    scores = [hit["_score"] for hit in answer["hits"]["hits"]]
    assert scores == pytest.approx([hit.score for hit in want], abs=1e-4)
    assert answer["hits"]["max_score"] == scores[0]
    assert (told(answer)["mode"], told(answer)["recognised"]["text"]) == ("hybrid", "red jacket")


def test_the_answer_has_the_clusters_shape(find: Find) -> None:
    """Every part that the cluster's own answer has, in the same order, and no other."""
    body = {"aggs": COLOURS, "highlight": {"fields": {"title": {}}}, "version": True, "size": 2}
    got, want = find(WORDS, **body), find(WORDS, "pass", **body)
    assert list(got) == list(want)
    assert list(got["hits"]) == list(want["hits"])
    assert [set(hit) for hit in got["hits"]["hits"]] == [set(hit) for hit in want["hits"]["hits"]]
    assert got["_shards"] == want["_shards"]


@pytest.mark.parametrize(
    "query",
    [
        {"bool": {"must": WORDS, "filter": CHEAP}},
        {"bool": {"must": [WORDS, CHEAP]}},
        {"bool": {"must": WORDS, "must_not": {"range": {"price": {"gte": 60}}}}},
        {"bool": {"must": {"bool": {"must": WORDS, "filter": CHEAP}}}},
        {"function_score": {"query": {"bool": {"must": WORDS, "filter": CHEAP}}, "weight": 2}},
    ],
    ids=str,
)
def test_filters_hold_for_every_hit(shop: Shop, find: Find, query: Json) -> None:
    """Wherever they stand, and also for what only a vector found."""
    answer = find(query, size=50)
    assert told(answer)["mode"] == "hybrid"
    assert ids(answer)
    assert all(shop.documents[id_]["price"] < 60 for id_ in ids(answer))


def test_a_later_filter_holds_for_hits_and_not_for_counts(shop: Shop, find: Find) -> None:
    """As in the cluster: hits and total are filtered, aggregations are not."""
    answer = find(WORDS, post_filter=CHEAP, aggs=COLOURS, size=50)
    assert all(shop.documents[id_]["price"] < 60 for id_ in ids(answer))
    assert answer["hits"]["total"]["value"] == len(ids(answer))
    assert answer["aggregations"] == find(WORDS, "pass", aggs=COLOURS)["aggregations"]


def test_pages_are_one_ranking_to_the_last_hit(find: Find) -> None:
    """Each product comes once, what the ranking does not reach after it, scores never rise."""
    whole = find(WORDS, size=100)
    paged = [
        hit
        for start in range(0, 60, 7)
        for hit in find(WORDS, **{"from": start, "size": 7})["hits"]["hits"]
    ]
    assert [hit["_id"] for hit in paged] == ids(whole)
    assert len(set(ids(whole))) == len(ids(whole)) == whole["hits"]["total"]["value"]
    assert set(ids(find(WORDS, "pass", size=100))) <= set(ids(whole))
    scores = [hit["_score"] for hit in whole["hits"]["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert find(WORDS, **{"from": 90})["hits"]["max_score"] == scores[0]


def test_the_total_is_the_own_hits_and_what_meaning_found(find: Find) -> None:
    """A word that no product has finds nothing by itself, and yet there are hits."""
    assert find({"match": {"title": "parka"}}, "pass")["hits"]["total"]["value"] == 0
    answer = find({"match": {"title": "parka"}}, size=100)
    assert answer["hits"]["total"] == {"value": len(ids(answer)), "relation": "eq"}
    assert ids(answer)


@pytest.mark.parametrize(
    ("counted", "total"),
    [(True, {"value": 40, "relation": "eq"}), (7, {"value": 7, "relation": "gte"}), (False, None)],
)
def test_hits_are_counted_as_far_as_asked(find: Find, counted: Any, total: Json | None) -> None:
    """Exactly, up to a number, or not at all."""
    assert find(WORDS, track_total_hits=counted)["hits"].get("total") == total


def test_a_total_can_be_a_number(find: Find) -> None:
    """As clients of older versions read it."""
    assert find(WORDS, address="?rest_total_hits_as_int=true")["hits"]["total"] == 40


@pytest.mark.parametrize(
    "query",
    [
        PHRASE,
        {"match": {"title": {"query": "red jacket", "operator": "and"}}},
        {"constant_score": {"filter": PHRASE}},
    ],
    ids=str,
)
def test_what_must_be_there_is_there(find: Find, query: Json) -> None:
    """A strict query has its own hits in another order, and its own total."""
    want, answer = find(query, "pass", size=50), find(query, size=50)
    assert sorted(ids(answer)) == sorted(ids(want))
    assert answer["hits"]["total"] == want["hits"]["total"]
    assert told(answer)["recognised"]["strict"]


def test_a_threshold_is_one_on_the_querys_own_scores(find: Find) -> None:
    """Exactly those hits are ranked that the cluster leaves, whatever scale they are shown on."""
    scores = [hit["_score"] for hit in find(WORDS, "pass", size=40)["hits"]["hits"]]
    least = float(np.median(scores))
    want, answer = (find(WORDS, mode, size=60, min_score=least) for mode in ("pass", "hybrid"))
    assert sorted(ids(answer)) == sorted(ids(want))
    assert answer["hits"]["total"] == want["hits"]["total"]


def test_functions_multiply_the_score(shop: Shop, find: Find) -> None:
    """A field's value times the score; no function, no change."""
    function = {"field_value_factor": {"field": "price"}, "query": WORDS}
    plain = {hit["_id"]: hit["_score"] for hit in find(WORDS, size=20)["hits"]["hits"]}
    boosted = find({"function_score": function}, size=20)["hits"]["hits"]
    want = {id_: score * shop.documents[id_]["price"] for id_, score in plain.items()}
    assert {hit["_id"]: hit["_score"] for hit in boosted} == pytest.approx(want, rel=1e-3)


def test_hits_are_shown_as_asked(find: Find) -> None:
    """Sources, fields, highlights and named queries of the client's own words."""
    query = {"match": {"title": {"query": "red jacket", "_name": "titled"}}}
    body: Json = {
        "_source": ["brand"],
        "docvalue_fields": ["price"],
        "fields": ["colour"],
        "highlight": {"fields": {"title": {}}},
        "size": 3,
    }
    for hit in find(query, **body)["hits"]["hits"]:
        assert set(hit["_source"]) == {"brand"}
        assert set(hit["fields"]) == {"price", "colour"}
        assert "<em>red</em>" in hit["highlight"]["title"][0]
        assert hit["matched_queries"] == ["titled"]


def test_an_explanation_adds_up_to_the_score(find: Find) -> None:
    """Terms, weights and values, and the cluster's explanation of the query itself behind them."""
    hit = find(WORDS, explain=True, size=1)["hits"]["hits"][0]
    parts = hit["_explanation"]["details"]
    assert hit["_explanation"]["value"] == hit["_score"]
    assert sum(part["value"] for part in parts) == pytest.approx(hit["_score"], abs=1e-4)
    assert parts[-1]["details"][0]["value"] > 0


def test_a_profile_has_every_search_that_was_sent(find: Find) -> None:
    """Candidates, what is counted, and the page."""
    assert len(find(WORDS, profile=True)["profile"]["shards"]) == 3


@pytest.mark.parametrize(
    ("query", "body", "reason"),
    [
        ({"match_all": {}}, {}, "no_text"),
        ({"match": {"title": "the"}}, {}, "no_text"),
        ({"match": {"title": {"query": "of the", "zero_terms_query": "all"}}}, {}, "no_text"),
        ({"match": {"title": "，。、"}}, {}, "no_text"),
        ({"match": {"brand": "Alder"}}, {}, "fields"),
        ({"query_string": {"query": "red"}}, {}, "clause"),
        (WORDS, {"sort": "price"}, "sort"),
        (WORDS, {"size": 0}, "size"),
        (WORDS, {"terminate_after": 5}, "body"),
    ],
    ids=str,
)
def test_what_is_left_to_the_cluster_says_why(
    find: Find, ranked: httpx.Client, query: Json, body: Json, reason: str
) -> None:
    """The answer is the cluster's own, and the reason stands beside it and is counted."""
    got, want = find(query, **body), find(query, "pass", **body)
    counted = f'connector_gateway_unrecognised_total{{reason="{reason}"}}'
    assert counted in ranked.get("/_connector/metrics").text
    assert told(got)["reason"] == reason
    assert {**got, "took": 0, "ext": 0} == {**want, "took": 0, "ext": 0}


def test_an_index_that_is_none_of_ours_is_left_alone(shop: Shop, ranked: httpx.Client) -> None:
    """So is the index behind the alias, where deleted products are seen."""
    for name in (f"{shop.alias}-v1", f"{shop.alias}*", f"{shop.alias},{shop.alias}-v1"):
        asked = {"query": WORDS, "ext": {"connector": {"explain": True}}}
        reasons = set()
        while not reasons - {"opening"}:
            answer = ranked.post(f"/{name}/_search", json=asked).json()
            reasons.add(told(answer)["reason"])
        assert "index" in reasons


def test_a_fault_of_the_request_is_the_clusters_to_tell(find: Find) -> None:
    """An aggregation that cannot be made is refused in the cluster's own words."""
    wrong = {"a": {"terms": {"field": "title"}}}
    got, want = find(WORDS, aggs=wrong), find(WORDS, "pass", aggs=wrong)
    assert got == want
    assert got["status"] == 400


def test_a_field_that_stands_twice_is_refused_by_the_cluster(
    shop: Shop, direct: httpx.Client, ranked: httpx.Client
) -> None:
    """In its own words: which of the two counts is not for the gateway to say."""
    twice = '{"query": {"match": {"title": "lamp"}}, "query": {"match_all": {}}}'
    said = {"content-type": "application/json"}
    want, got = (
        client.post(f"/{shop.alias}/_search", content=twice, headers=said)
        for client in (direct, ranked)
    )
    assert (got.status_code, got.content) == (want.status_code, want.content)
    assert got.status_code == 400


def test_a_mode_that_there_is_not_is_refused(find: Find) -> None:
    """With the modes that there are."""
    answer = find(WORDS, "fastest")
    assert (answer["status"], "hybrid, pass, shadow" in answer["error"]["reason"]) == (400, True)


def test_without_being_asked_nothing_is_told(shop: Shop, ranked: httpx.Client) -> None:
    """A client that knows of nothing finds nothing it does not know."""
    answer = ranked.post(f"/{shop.alias}/_search?pretty", json={"query": WORDS})
    assert "ext" not in answer.json()
    assert answer.text.startswith("{\n")
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


@pytest.fixture
def other(shop: Shop, serve: Any, ranked: httpx.Client) -> Callable[..., tuple[Json, str]]:
    """Ask a gateway with other settings once its index is open: `other(body, **settings)`."""

    def ask(body: Json, **own: Any) -> tuple[Json, str]:
        settings = GatewaySettings(rules={shop.alias: "hybrid"}, **own)
        with serve(shop.settings.model_copy(update={"gateway": settings})) as url:
            explained = {**body, "ext": {"connector": {"explain": True}}}
            while True:
                answer = httpx.post(
                    f"{url}/{shop.alias}/_search", json=explained, auth=ranked.auth
                ).json()
                if told(answer).get("reason") != "opening":
                    return answer, httpx.get(f"{url}/_connector/metrics").text
                time.sleep(0.05)

    return ask


def test_a_model_that_hangs_is_not_waited_for(
    find: Find, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within half of the client's own time the answer is lexical, and counted."""
    want = find(WORDS, "pass")
    # What was read before is remembered; another word is not.
    slow = lambda *_: time.sleep(2)  # noqa: E731
    monkeypatch.setattr(QueryEncoder, "_encode", slow)
    monkeypatch.setattr(Searcher, "warm", lambda *_: None)
    answer, metrics = other({"query": WORDS, "_source": False, "timeout": "3s"})
    assert told(answer)["mode"] == "lexical"
    assert told(answer)["reason"] in {"budget", "fault"}
    assert ids(answer) == ids(want)
    assert "connector_gateway_fallbacks_total" in metrics


def test_when_every_ranking_is_under_way_the_answer_is_lexical(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for a turn."""
    monkeypatch.setattr("threading.BoundedSemaphore.acquire", lambda *_, **__: False)
    answer, _ = other({"query": WORDS}, rankings=1)
    assert (told(answer)["mode"], told(answer)["reason"]) == ("lexical", "busy")


def test_a_shadow_is_logged_beside_the_clusters_answer(
    shop: Shop, find: Find, caplog: pytest.LogCaptureFixture
) -> None:
    """The client gets the old ranking; ids of both, and not a word of the query, are logged."""
    with caplog.at_level("INFO", "query.gateway"):
        answer = find(WORDS, "shadow")
        while not (lines := [r.message for r in caplog.records if "shadow" in r.message]):
            time.sleep(0.05)
    line = json.loads(lines[0].removeprefix("shadow "))
    assert ids(answer) == ids(find(WORDS, "pass")) == line["own"]
    assert (told(answer)["mode"], line["hybrid"]) == ("shadow", ids(find(WORDS)))
    assert 0 <= line["overlap"] <= 1
    assert "red" not in lines[0].replace(shop.alias, "")
