import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

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
