import json
from typing import Any

import httpx
import pytest
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]

WORDS: Json = {"query": {"match": {"title": "red jacket"}}, "_source": False}
EXPLAIN: Json = {"ext": {"connector": {"explain": True}}}
ALL: Json = {"query": {"match_all": {}}, "size": 2, "sort": "price"}
WRONG: Json = {**WORDS, "aggs": {"titles": {"terms": {"field": "title"}}}}


def ask(client: httpx.Client, address: str, *lines: Json, **headers: str) -> Json:
    content = "".join(json.dumps(line) + "\n" for line in lines)
    said = {"content-type": "application/x-ndjson", **headers}
    answer: Json = client.post(address, content=content, headers=said).json()
    return answer


def ids(answer: Json) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def test_each_search_is_ranked_or_passed_on(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client, find: Any
) -> None:
    """In their order, faults in their place, each with its status."""
    lines = (
        {},
        WORDS,
        {"index": shop.alias},
        ALL,
        {"index": [shop.alias]},
        {**WORDS, **EXPLAIN},
        {},
        WRONG,
    )
    answers = ask(ranked, f"/{shop.alias}/_msearch", *lines)["responses"]
    want = ask(direct, f"/{shop.alias}/_msearch", {}, ALL, {}, WRONG)["responses"]
    by_words = ids(find(WORDS["query"]))
    assert [one["status"] for one in answers] == [200, 200, 200, 400]
    assert ids(answers[0]) == ids(answers[2]) == by_words
    assert answers[2]["ext"]["connector"]["mode"] == "hybrid"
    assert {**answers[1], "took": 0} == {**want[0], "took": 0}
    assert answers[3] == want[1]


def test_parts_of_the_answers_are_left_out_of_ranked_ones_too(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client, find: Any
) -> None:
    """As the cluster leaves them out of its own."""
    address = f"/{shop.alias}/_msearch?filter_path=responses.hits.hits._id,responses.status"
    answers = ask(ranked, address, {}, WORDS, {"routing": None}, ALL)
    want = ask(direct, address, {}, WORDS, {"routing": None}, ALL)["responses"]
    assert answers.keys() == {"responses"}
    assert ids(answers["responses"][0]) == ids(find(WORDS["query"]))
    assert [one.keys() for one in answers["responses"]] == [one.keys() for one in want]
    assert answers["responses"][1] == want[1]


def test_a_head_may_be_an_empty_line(shop: Shop, ranked: httpx.Client, find: Any) -> None:
    """It says nothing, and the address says where to search."""
    words = json.dumps(WORDS)
    said = {"content-type": "application/x-ndjson"}
    lines = f"{{}}\n{words}\n\n{words}\n"
    answer = ranked.post(f"/{shop.alias}/_msearch", content=lines, headers=said).json()
    by_words = ids(find(WORDS["query"]))
    assert [ids(one) for one in answer["responses"]] == [by_words, by_words]


def test_a_mode_holds_for_all_searches(shop: Shop, ranked: httpx.Client, find: Any) -> None:
    """The header counts for each of them."""
    lines = ({"index": shop.alias, "preference": "one"}, WORDS)
    passed = ask(ranked, "/_msearch", *lines, **{"x-connector-mode": "pass"})
    assert ids(passed["responses"][0]) == ids(find(WORDS["query"], "pass"))
    assert ids(ask(ranked, "/_msearch", *lines)["responses"][0]) == ids(find(WORDS["query"]))


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("/{}/_msearch?none_such=1", ({}, WORDS)),
        ("/{}/_msearch", ({}, ALL, {"index": "$SHOP*"}, WORDS)),
        ("/_msearch", ({"index": "t-nowhere-at-all"}, WORDS)),
    ],
    ids=str,
)
def test_what_is_not_recognised_goes_on_as_it_came(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client, address: str, lines: Any
) -> None:
    """Nothing of it is ranked, and the answer is the cluster's own."""
    where = address.format(shop.alias)
    lines = json.loads(json.dumps(lines).replace("$SHOP", shop.alias))
    got, want = ask(ranked, where, *lines), ask(direct, where, *lines)
    assert _untimed(got) == _untimed(want)


def _untimed(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {name: _untimed(part) for name, part in answer.items() if name != "took"}
    return [_untimed(part) for part in answer] if isinstance(answer, list) else answer
