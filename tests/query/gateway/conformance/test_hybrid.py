import json
from collections import Counter
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from plugins.documented_meaning import LAWS, Ranked, scores, shape, totals
from plugins.gateway_cases import Ask, Case, read
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]

TOLD = {"x-connector-mode": "hybrid", "x-connector-explain": "true"}
CASES = [case for case in read() if not case.lines and case.name != "profile"]
MANY = [case for case in read() if case.call == "_msearch"]
# Ranked, by feature, at least: what is passed on keeps its meaning, but gains nothing.
RANKED = {
    "aggregations": 10,
    "clients": 7,
    "compound": 12,
    "filters": 8,
    "full_text": 14,
    "highlight": 7,
    "options": 9,
    "paging": 3,
    "source": 9,
}


@pytest.fixture(scope="module")
def seen() -> Counter[str]:
    """How many searches were ranked, by feature."""
    return Counter()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_ranked_or_passed_on_it_means_what_it_meant(
    direct: httpx.Client, hybrid: httpx.Client, ask: Ask, seen: Counter[str], case: Case
) -> None:
    """What is ranked keeps every law; what is not is the cluster's own answer, with the reason."""
    own, got = ask(direct, case), ask(hybrid, case, TOLD)
    assert got.status_code == own.status_code
    if own.is_error or "filter_path" in case.query:
        return
    answer = got.json()
    told = answer.pop("ext")["connector"]
    if told["mode"] != "hybrid":
        assert told["reason"]
        assert _untimed(answer) == _untimed(own.json())
        return
    assert told["recognised"], told
    seen[case.feature] += 1
    assert isinstance(case.body, dict)
    body: Json = json.loads(own.request.content)
    # Without its point in time the law would count every index, or be refused.
    point = {"pit": body["pit"]} if case.pit else {}

    def more(asked: Json) -> Json:
        kept = {name: value for name, value in parse_qsl(case.query) if name.startswith("_source")}
        page = {"docvalue_fields", "include_named_queries_score"}
        kept |= dict(pair for pair in parse_qsl(case.query) if pair[0] in page)
        path = own.request.url.path
        response = direct.post(path, json={**asked, **point}, params=kept)
        assert response.is_success, response.text
        found: Json = response.json()
        return found

    parameters = dict(parse_qsl(case.query, keep_blank_values=True))
    one = Ranked(body, own.json(), answer, more, parameters)
    # What a template asks stands in the cluster.
    for law in LAWS if case.call == "_search" else (shape, totals, scores):
        law(one)


@pytest.mark.parametrize("case", MANY, ids=str)
def test_several_in_one_request_are_each_answered(
    direct: httpx.Client, hybrid: httpx.Client, ask: Ask, case: Case
) -> None:
    """In their order, each in the cluster's shape, and an error is that of its search alone."""
    own = ask(direct, case).json()["responses"]
    got = ask(hybrid, case, {"x-connector-mode": "hybrid"}).json()["responses"]
    assert [set(one) for one in got] == [set(one) for one in own]
    assert [one["status"] for one in got] == [one["status"] for one in own]
    for mine, theirs in zip(got, own, strict=True):
        assert mine.get("aggregations") == theirs.get("aggregations")
        assert len(mine.get("hits", {}).get("hits", ())) >= len(
            theirs.get("hits", {}).get("hits", ())
        )


def test_most_of_what_asks_for_text_was_ranked(seen: Counter[str]) -> None:
    """The laws above were held against enough of each feature."""
    if sum(seen.values()) < len(CASES) // 4:
        pytest.skip("the cases were not run, or not all of them")
    assert {name: n for name, n in RANKED.items() if seen[name] < n} == {}, seen


def _untimed(answer: Json) -> Json:
    return {name: part for name, part in answer.items() if name not in {"took", "_scroll_id"}}


@pytest.mark.parametrize("size", [1, 3, 7])
def test_pages_are_one_ranking(example_shop: Shop, hybrid: httpx.Client, size: int) -> None:
    """Pages of any size, one after the other, are the one large page, to the last hit and beyond."""
    asked = {"_source": False, "query": {"match": {"description": "jacket"}}}
    path = f"/{example_shop.alias}/_search"
    whole = hybrid.post(path, json={**asked, "size": 21}).json()["hits"]["hits"]
    pages = [
        hybrid.post(path, json={**asked, "from": start, "size": size}).json()["hits"]["hits"]
        for start in range(0, 21, size)
    ]
    assert [hit["_id"] for page in pages for hit in page][:21] == [hit["_id"] for hit in whole]
    far = hybrid.post(path, json={**asked, "from": 5_000, "size": size}).json()["hits"]
    assert far["hits"] == []
