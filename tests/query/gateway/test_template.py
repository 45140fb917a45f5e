import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Open = Callable[..., contextlib.AbstractContextManager[httpx.Client]]

EXPLAIN = {"x-connector-explain": "true"}


@pytest.fixture(scope="module")
def stored(client: OpenSearch, shop: Shop) -> Iterator[str]:
    """The name of a stored template."""
    name = f"{shop.alias}-template"
    source = {"size": "{{size}}", "_source": False, "query": {"match": {"title": "{{text}}"}}}
    body = {"script": {"lang": "mustache", "source": json.dumps(source)}}
    client.put_script(id=name, body=body)
    yield name
    client.delete_script(id=name)


def test_a_template_is_ranked_as_the_search_it_makes(
    shop: Shop, ranked: httpx.Client, stored: str, find: Any
) -> None:
    """The cluster fills it in; what comes out is recognised like any other."""
    asked = {"id": stored, "params": {"text": "red jacket", "size": 4}}
    answer = ranked.post(f"/{shop.alias}/_search/template", json=asked, headers=EXPLAIN).json()
    want = find({"match": {"title": "red jacket"}}, size=4)["hits"]["hits"]
    assert [hit["_id"] for hit in answer["hits"]["hits"]] == [hit["_id"] for hit in want]
    assert answer["ext"]["connector"]["mode"] == "hybrid"


def test_no_template_makes_a_search_beyond_a_cap(
    shop: Shop, ranked: httpx.Client, gateway: Open, stored: str
) -> None:
    """However it is asked for, also where the cluster ranks; with everything let through it may."""
    asked = {"id": stored, "params": {"text": "red jacket", "size": 10_001}}
    where = f"/{shop.alias}/_search/template"
    address = {"source": json.dumps(asked), "source_content_type": "application/json"}
    several = {
        "content": f"{{}}\n{json.dumps(asked)}\n",
        "headers": {"content-type": "application/x-ndjson"},
    }
    answers = [
        ranked.post(where, json=asked),
        ranked.post(where, json=asked, headers={"x-connector-mode": "pass"}),
        ranked.get(where, params=address),
        ranked.post(f"/{shop.alias}/_msearch/template", **several),
        ranked.post(f"/{shop.alias}*/_msearch/template?format=json", **several),
    ]
    reasons = [(answer.status_code, answer.json()["error"]["reason"]) for answer in answers]
    told = "a page has more than 10,000 hits; see the settings gateway.*"
    assert reasons == [(400, told)] * len(answers)
    with gateway(shop.settings.opensearch.url, allow="everything") as through:
        assert "max_result_window" in through.post(where, json=asked).text


def test_a_template_that_is_not_ranked_tells_why(
    shop: Shop, ranked: httpx.Client, stored: str
) -> None:
    """As any search does."""
    asked = {"id": stored, "params": {"text": "red jacket", "size": 4}}
    said = {**EXPLAIN, "x-connector-mode": "pass"}
    answer = ranked.post(f"/{shop.alias}/_search/template", json=asked, headers=said).json()
    assert answer["ext"]["connector"]["reason"] == "mode"


def test_a_template_that_is_not_there_is_the_clusters_to_tell(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client
) -> None:
    """Its own words, its own status."""
    asked = {"id": "t-no-such-template"}
    where = f"/{shop.alias}/_search/template"
    got, want = (one.post(where, json=asked) for one in (ranked, direct))
    assert (got.status_code, got.json()) == (want.status_code, want.json())


def test_templates_of_several_searches_are_ranked_each(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client, stored: str, find: Any
) -> None:
    """What is not ranked, and what is wrong, stay the cluster's own in their places."""
    asked = {"id": stored, "params": {"text": "red jacket", "size": 4}}
    wrong = {"id": "t-no-such-template"}
    lines = [{}, asked, {}, wrong, {"index": f"{shop.alias}*"}, asked]
    content = "".join(json.dumps(line) + "\n" for line in lines)
    said = {"content-type": "application/x-ndjson", **EXPLAIN}
    where = f"/{shop.alias}/_msearch/template"
    got, want = (
        client.post(where, content=content, headers=said).json()["responses"]
        for client in (ranked, direct)
    )
    assert [one.pop("ext")["connector"]["mode"] for one in (got[0], got[2])] == ["hybrid", "pass"]
    by_words = find({"match": {"title": "red jacket"}}, size=4)["hits"]["hits"]
    assert [hit["_id"] for hit in got[0]["hits"]["hits"]] == [hit["_id"] for hit in by_words]
    assert got[1] == want[1]
    assert got[2]["hits"] == want[2]["hits"]


# What a template may make beside a search in JSON, and whether the cluster takes it for one.
MADE = {
    "a text behind it": '{"query": {"match": {"title": "{{text}}"}}, "size": 3} "behind": 1}',
    "another behind it": '{"query": {"match": {"title": "{{text}}"}}, "size": 3} {"size": 1}',
    "comments": '/* of a */ {"query": {"match": {"title": "{{text}}"}}, // person\n"size": 3}',
    "a field twice": '{"query": {"match": {"title": "{{text}}"}}, "size": 3, "size": 3}',
    "half of it": '{"query": {"match": {"title": "{{text}}"}}, "size": 3',
    "nothing": "",
    "a list": '[{"query": {"match": {"title": "{{text}}"}}}]',
    "no number": '{"query": {"match": {"title": "{{text}}"}}, "min_score": NaN}',
}


@pytest.mark.parametrize("kind", MADE)
def test_what_a_template_makes_is_read_as_the_cluster_reads_it(
    shop: Shop, ranked: httpx.Client, direct: httpx.Client, client: OpenSearch, kind: str
) -> None:
    """The first search in it counts, comments do not, and what the cluster refuses it refuses here."""
    name = f"{shop.alias}-made"
    client.put_script(id=name, body={"script": {"lang": "mustache", "source": MADE[kind]}})
    asked = {"id": name, "params": {"text": "red jacket"}}
    where = f"/{shop.alias}/_search/template"
    got, want = (one.post(where, json=asked, headers=EXPLAIN) for one in (ranked, direct))
    client.delete_script(id=name)
    assert got.status_code == want.status_code
    if want.status_code == 200:
        assert got.json()["ext"]["connector"]["mode"] == "hybrid"
        assert len(got.json()["hits"]["hits"]) == 3
    else:
        assert got.json() == want.json()


def test_no_form_of_request_hides_what_a_template_makes_from_the_caps(
    shop: Shop, ranked: httpx.Client, client: OpenSearch, stored: str
) -> None:
    """Neither an answer in another form, nor a text that a parameter puts behind the search."""
    name = f"{shop.alias}-raw"
    source = '{"query": {"match": {"title": "{{{text}}}"}}}'
    client.put_script(id=name, body={"script": {"lang": "mustache", "source": source}})
    deep = '"}}, "size": 20000}, "template_output": {"size": 1, "x": {"y": "'
    asked = [
        ({"id": stored, "params": {"text": "jacket", "size": 20_000}}, "application/yaml"),
        ({"id": stored, "params": {"text": "jacket", "size": 20_000}}, "application/cbor"),
        ({"id": name, "params": {"text": 'a"}}, "size": 20000} b'}}, "application/json"),
        ({"id": name, "params": {"text": f"a{deep}"}}, "application/json"),
    ]
    where = f"/{shop.alias}/_search/template"
    answers = [ranked.post(where, json=body, headers={"accept": form}) for body, form in asked]
    client.delete_script(id=name)
    assert [(one.status_code, "see the settings gateway" in one.text) for one in answers] == [
        (400, True)
    ] * len(asked)
