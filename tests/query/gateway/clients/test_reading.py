"""opensearch-py's own client, unchanged but for its host name: what only reads."""

from collections.abc import Callable
from typing import Any

import pytest
from opensearchpy import OpenSearch, TransportError, helpers
from plugins.query_shop import Shop

pytestmark = pytest.mark.server

Json = dict[str, Any]
Call = Callable[[OpenSearch, str], Any]

WORDS: Json = {"query": {"match": {"title": "red jacket"}}}
BY_PRICE: Json = {"query": {"match_all": {}}, "sort": [{"price": "asc"}], "size": 30}
JSON = {"format": "json"}
# What differs between two answers of the cluster itself.
_PASSING = ("took", "epoch", "timestamp", "_scroll_id", "pit_id", "store.size", "pri.store.size")

SAME: dict[str, Call] = {
    "info": lambda c, _: c.info(),
    "ping": lambda c, _: c.ping(),
    "count": lambda c, i: c.count(index=i, body=WORDS),
    "count by address": lambda c, i: c.count(index=i, params={"q": "title:jacket"}),
    "explain": lambda c, i: c.explain(index=f"{i}-v1", id="p001", body=WORDS),
    "field caps": lambda c, i: c.field_caps(index=i, params={"fields": "*"}),
    "get": lambda c, i: c.get(index=i, id="p001"),
    "get source": lambda c, i: c.get_source(index=i, id="p001", params={"_source": "title"}),
    "exists": lambda c, i: c.exists(index=i, id="p001"),
    "exists not": lambda c, i: c.exists(index=i, id="none"),
    "mget": lambda c, i: c.mget(index=i, body={"ids": ["p001", "none"]}),
    "termvectors": lambda c, i: c.termvectors(index=i, id="p001", params={"fields": "title"}),
    "search sorted": lambda c, i: c.search(index=i, body=BY_PRICE),
    "search nothing": lambda c, i: c.search(index=i),
    "search by address": lambda c, i: c.search(index=i, params={"q": "title:jacket", "size": 3}),
    "search parts": lambda c, i: c.search(index=i, params={"filter_path": "hits.total"}),
    "search pattern": lambda c, i: c.search(index=f"{i}*", body={**BY_PRICE, "size": 3}),
    "search shards": lambda c, i: c.search_shards(index=i),
    "render": lambda c, i: c.render_search_template(
        body={"id": f"{i}-clients", "params": {"text": "lamp", "size": 2}}
    ),
    "stored template": lambda c, i: c.get_script(id=f"{i}-clients"),
    "cat indices": lambda c, i: c.cat.indices(index=f"{i}-v1", params=JSON),
    "cat aliases": lambda c, i: c.cat.aliases(name=i, params=JSON),
    "cat count": lambda c, i: c.cat.count(index=i, params=JSON),
    "cat health": lambda c, _: c.cat.health(params={"h": "cluster,status"}),
    "cat nodes": lambda c, _: c.cat.nodes(params={"h": "name,version"}),
    "cat shards": lambda c, i: c.cat.shards(index=i, params={"h": "index,shard,state"}),
    "cat plugins": lambda c, _: c.cat.plugins(params={"v": "true"}),
    "cat help": lambda c, _: c.cat.help(),
    "cluster health": lambda c, i: c.cluster.health(index=i)["status"],
    "cluster settings": lambda c, _: c.cluster.get_settings(params={"flat_settings": "true"}),
    "cluster state": lambda c, i: c.cluster.state(metric="metadata", index=f"{i}-v1")["metadata"][
        "indices"
    ],
    "cluster stats": lambda c, _: c.cluster.stats()["cluster_uuid"],
    "cluster tasks": lambda c, _: sorted(c.cluster.pending_tasks()),
    "nodes": lambda c, _: c.nodes.info()["_nodes"],
    "tasks": lambda c, _: sorted(c.tasks.list()),
    "index": lambda c, i: c.indices.get(index=i),
    "index exists": lambda c, i: c.indices.exists(index=i),
    "index exists not": lambda c, i: c.indices.exists(index=f"{i}-none"),
    "alias": lambda c, i: c.indices.get_alias(name=i),
    "alias exists": lambda c, i: c.indices.exists_alias(name=i),
    "mapping": lambda c, i: c.indices.get_mapping(index=i),
    "field mapping": lambda c, i: c.indices.get_field_mapping(index=i, fields="title"),
    "settings": lambda c, i: c.indices.get_settings(index=i),
    "template": lambda c, i: c.indices.get_index_template(name=i),
    "analyze": lambda c, i: c.indices.analyze(index=i, body={"field": "title", "text": "Red"}),
    "validate": lambda c, i: c.indices.validate_query(index=i, body=WORDS),
    "stats": lambda c, i: c.indices.stats(index=i, metric="docs")["_all"],
}


@pytest.mark.parametrize("name", SAME)
def test_a_call_that_reads_is_answered_by_the_cluster(
    client: OpenSearch, through: OpenSearch, shop: Shop, stored: str, name: str
) -> None:
    """Whether searches are ranked or not, the client gets what it gets from the cluster."""
    assert stored
    want, got = (SAME[name](each, shop.alias) for each in (client, through))
    assert _lasting(got) == _lasting(want)


def _lasting(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lasting(each) for name, each in value.items() if name not in _PASSING}
    return [_lasting(each) for each in value] if isinstance(value, list) else value


def _ids(answer: Json) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda c, i, _: c.search(index=i, body={**WORDS, "size": 4}),
        lambda c, i, _: c.search(
            index=i, body=WORDS, size=4, params={"typed_keys": "true", "human": "true"}
        ),
        lambda c, i, _: c.msearch(body=[{"index": i}, {**WORDS, "size": 4}])["responses"][0],
        lambda c, i, _: c.msearch(body=[{}, {**WORDS, "size": 4}], index=i)["responses"][0],
        lambda c, i, t: c.search_template(
            index=i, body={"id": t, "params": {"text": "red jacket", "size": 4}}
        ),
        lambda c, i, t: c.msearch_template(
            body=[{"index": i}, {"id": t, "params": {"text": "red jacket", "size": 4}}]
        )["responses"][0],
    ],
)
def test_a_search_for_words_gets_the_ranking(
    ranked_client: OpenSearch, shop: Shop, stored: str, find: Any, ask: Any
) -> None:
    """Whichever way a client asks, the page is the ranking's and has the cluster's form."""
    answer = ask(ranked_client, shop.alias, stored)
    assert _ids(answer) == _ids(find(WORDS["query"], size=4))
    assert answer["hits"]["total"]["relation"] == "eq"
    assert answer["hits"]["hits"][0]["_source"]["title"].startswith("red jacket")


def test_a_scroll_brings_every_hit_once(
    client: OpenSearch, through: OpenSearch, shop: Shop
) -> None:
    """`helpers.scan` walks to the end and clears its scroll."""
    found = [hit["_id"] for hit in helpers.scan(through, query=WORDS, index=shop.alias, size=7)]
    assert len(set(found)) == len(found) == client.count(index=shop.alias, body=WORDS)["count"]


def test_a_point_in_time_is_walked_by_search_after(through: OpenSearch, shop: Shop) -> None:
    """Pages follow one another, nothing comes twice, and the id is given back."""
    pit = through.create_pit(index=shop.alias, params={"keep_alive": "1m"})["pit_id"]
    body: Json = {**WORDS, "size": 9, "sort": ["_score", {"_id": "asc"}], "pit": {"id": pit}}
    found: list[str] = []
    while hits := (answer := through.search(body=body))["hits"]["hits"]:
        found += _ids(answer)
        body = {**body, "search_after": hits[-1]["sort"]}
    assert len(set(found)) == len(found) == answer["hits"]["total"]["value"]
    assert through.delete_pit(body={"pit_id": [pit]})["pits"][0]["successful"]


@pytest.mark.parametrize(
    "write",
    [
        lambda c, i: c.index(index=i, body={"title": "new"}),
        lambda c, i: c.create(index=i, id="1", body={"title": "new"}),
        lambda c, i: c.update(index=i, id="p001", body={"doc": {"stock": 9}}),
        lambda c, i: c.delete(index=i, id="p001"),
        lambda c, i: c.bulk(index=i, body=[{"delete": {"_id": "p001"}}]),
        lambda c, i: helpers.bulk(c, [{"_index": i, "title": "new"}]),
        lambda c, i: c.delete_by_query(index=i, body={"query": {"match_all": {}}}),
        lambda c, i: c.reindex(body={"source": {"index": i}, "dest": {"index": f"{i}-2"}}),
        lambda c, i: c.indices.create(index=f"{i}-2"),
        lambda c, i: c.indices.delete(index=i),
        lambda c, i: c.indices.put_settings(index=i, body={"index.refresh_interval": "1s"}),
        lambda c, _: c.cluster.put_settings(body={"transient": {}}),
        lambda c, i: c.put_script(id=i, body={"script": {"lang": "mustache", "source": "{}"}}),
        lambda c, i: c.search(index=i, body={"script_fields": {"a": {"script": "1"}}}),
        lambda c, i: c.search_template(index=i, body={"source": "{}"}),
        lambda c, _: c.delete_all_pits(),
    ],
)
def test_what_may_write_is_refused_in_the_clients_own_terms(
    through: OpenSearch, shop: Shop, write: Any
) -> None:
    """The client raises its error for 403, which says who refused, and why."""
    with pytest.raises(TransportError) as refused:
        write(through, shop.alias)
    assert (refused.value.status_code, refused.value.error) == (403, "security_exception")
    assert "the connector's gateway" in refused.value.info["error"]["reason"]


def test_the_clusters_own_errors_stay_its_own(
    client: OpenSearch, through: OpenSearch, shop: Shop
) -> None:
    """An index that is not there, a query that is none: the same class, status and words."""
    for index, body in ((f"{shop.alias}-none", WORDS), (shop.alias, {"query": {"nope": {}}})):
        told = []
        for each in (client, through):
            with pytest.raises(TransportError) as error:
                each.search(index=index, body=body)
            told.append((type(error.value), error.value.status_code, error.value.info))
        assert told[0] == told[1]
