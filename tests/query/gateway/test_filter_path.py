import httpx
import pytest
from plugins.query_shop import Shop

from query.gateway.filter_path import filtered

pytestmark = pytest.mark.server

ASKED = {
    "query": {"match": {"title": "red lamp"}},
    "size": 3,
    "highlight": {"fields": {"title": {}}},
    "aggs": {"colours": {"terms": {"field": "colour", "size": 2}}},
    "_source": ["title", "price", "specs"],
}


@pytest.mark.parametrize(
    "wanted",
    [
        "hits.hits._id",
        "hits.hits._id,hits.total",
        "hits.total.value",
        "took,timed_out",
        "hits.hits._source.t*",
        "hits.hits._source.p*e,hits.max_score",
        "hits.*._id",
        "*.total",
        "**",
        "*",
        "**.title",
        "**._id",
        "hits.**.title",
        "**.buckets.key",
        "aggregations.colours.buckets.doc_count",
        "hits",
        "hits.hits",
        "none",
        "hits.",
        "hits.total.",
        "hits..",
        ".",
        ".hits",
        "hits.hits._source.t?tle",
        "hits.hits._sourc[e]",
        "hits.none",
        "hits.hits._id.deeper",
        "-hits",
        "-took,-hits.hits._source",
        "-hits.hits._source.*,-aggregations",
        "-**.title",
        "-none",
        "-hits.hits.highlight.title",
        "hits,-hits.hits._source.title",
        "hits.hits,-**._source",
        "hits.hits._source,-hits.hits._source.title,-hits.hits._source.price,-**.specs",
        "-hits.hits._id,-hits.hits._index,-hits.hits._score,-hits.hits._source,-hits.hits.highlight",
        " hits.total , took ",
    ],
)
def test_the_same_parts_are_kept_as_by_the_cluster(
    shop: Shop, direct: httpx.Client, wanted: str
) -> None:
    """An answer that is filtered here is the answer that the cluster filtered."""
    where = f"/{shop.alias}/_search"
    whole = direct.post(where, json=ASKED).json()
    want = direct.post(where, json=ASKED, params={"filter_path": wanted}).json()
    got = filtered(whole, wanted)
    assert {**got, "took": 0} == {**want, "took": 0}
    assert ("took" in got) == ("took" in want)


def test_a_ranked_answer_is_filtered(shop: Shop, ranked: httpx.Client) -> None:
    """A client that wants ids alone gets the ranking's ids, and no more."""
    where = f"/{shop.alias}/_search"
    whole = ranked.post(where, json=ASKED).json()
    parts = ranked.post(where, json=ASKED, params={"filter_path": "hits.hits._id"}).json()
    ids = [{"_id": hit["_id"]} for hit in whole["hits"]["hits"]]
    assert parts == {"hits": {"hits": ids}}
