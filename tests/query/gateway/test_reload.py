"""What is changed while a gateway serves is in force a moment later, and no search fails meanwhile."""

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop, build, describe, products
from plugins.servers import PREFIX

from mappings.contract import contract_of
from mappings.index import ALIVE, index_body
from query.gateway import indices

pytestmark = pytest.mark.server

Json = dict[str, Any]
PATIENCE_S = 60
EXPLAINED: Json = {"ext": {"connector": {"explain": True}}}


def told(answer: httpx.Response) -> Json:
    found: Json = answer.json()["ext"]["connector"]
    return found


def test_synonyms_are_read_again(shop: Shop, gateway: Any, tmp_path: Path) -> None:
    """A word that no product has finds what a new line in the file says it means."""
    file = tmp_path / "curated.txt"
    file.write_text("nothing, naught\n")
    search = shop.settings.search.model_copy(update={"synonyms": tmp_path})
    changed = shop.settings.model_copy(update={"search": search})
    body = {"query": {"match": {"title": "zorp"}}, "size": 5, **EXPLAINED}

    def kettles(client: httpx.Client) -> int:
        answer = client.post(f"/{shop.alias}/_search", json=body)
        assert told(answer)["mode"] == "hybrid"
        return sum("kettle" in hit["_source"]["title"] for hit in answer.json()["hits"]["hits"])

    with gateway(shop.settings.opensearch.url, settings=changed) as client:
        before, until = kettles(client), time.monotonic() + PATIENCE_S
        file.write_text("zorp, kettle\n")
        while kettles(client) <= before:
            assert time.monotonic() < until


@pytest.fixture
def two(client: OpenSearch, shop: Shop, tiny_model: Path) -> Iterator[str]:
    """A catalogue whose alias leads to the first of two indices with the same products."""
    name = f"{PREFIX}{uuid.uuid4().hex[:12]}"
    catalogue = describe(name, str(tiny_model))
    try:
        build(client, shop.settings, catalogue, dict(list(products().items())[:10]))
        body = index_body(catalogue, contract_of(catalogue))
        client.indices.create(index=f"{name}-v2", body=body)
        both = {"source": {"index": f"{name}-v1"}, "dest": {"index": f"{name}-v2"}}
        client.reindex(body=both, params={"refresh": "true"})
        yield name
    finally:
        client.indices.delete(index=f"{name}-v*")
        client.indices.delete_index_template(name=name, params={"ignore": 404})


def test_an_alias_that_moves_is_followed(
    client: OpenSearch, shop: Shop, gateway: Any, two: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer is of one index, lexical where it is not opened yet, and soon all are ranked."""
    monkeypatch.setattr(indices, "LOOK_AGAIN", 0.1)
    body = {"query": {"match": {"title": "red jacket"}}, **EXPLAINED}
    moved = [
        {"remove": {"index": f"{two}-v1", "alias": two}},
        {"add": {"index": f"{two}-v2", "alias": two, "filter": ALIVE}},
    ]
    with gateway(shop.settings.opensearch.url, two) as asking:
        ask: Callable[[], httpx.Response] = lambda: asking.post(f"/{two}/_search", json=body)  # noqa: E731
        assert told(ask())["index"]["name"] == f"{two}-v1"
        client.indices.update_aliases(body={"actions": moved})
        ranked_by = ""
        until = time.monotonic() + PATIENCE_S
        while ranked_by != f"{two}-v2":
            assert time.monotonic() < until
            answer = ask()
            assert answer.status_code == 200
            found = {hit["_index"] for hit in answer.json()["hits"]["hits"]}
            assert found == {f"{two}-v2"}
            by = told(answer)
            assert by["mode"] == "hybrid" or by["reason"] in {"moved", "refused"}, by
            ranked_by = by.get("index", {}).get("name", "")
