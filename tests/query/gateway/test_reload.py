"""What is changed while a gateway serves is in force a moment later, and no search fails meanwhile."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from opensearchpy import OpenSearch
from plugins.query_shop import Shop

from mappings.catalogue import Catalogue
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
def two(client: OpenSearch, small: Catalogue) -> str:
    """A catalogue whose alias leads to the first of two indices with the same products."""
    old, new = f"{small.name}-v1", f"{small.name}-v2"
    client.indices.create(index=new, body=index_body(small, contract_of(small)))
    both = {"source": {"index": old}, "dest": {"index": new}}
    client.reindex(body=both, params={"refresh": "true"})
    return small.name


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

        def ask() -> httpx.Response:
            return asking.post(f"/{two}/_search", json=body)

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
