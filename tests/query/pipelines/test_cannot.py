"""Each line of the docs' table of what the in-cluster form cannot do, tried on a real cluster."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opensearchpy import OpenSearch, TransportError
from plugins.query_shop import Shop

from query.search import Searcher

pytestmark = pytest.mark.server

Json = dict[str, Any]
DOCS = Path(__file__).parents[3] / "docs" / "pipelines.md"


@dataclass(frozen=True)
class Form:
    """The in-cluster form, beside the connector's own.

    Attributes:
        shop: the index.
        client: may search it.
        searcher: ranks it.
        find: by the stored search.
        new: whether the cluster is of the newest major.
    """

    shop: Shop
    client: OpenSearch
    searcher: Searcher
    find: Callable[..., Json]
    new: bool

    def hybrid(self, depth: int = 50) -> Json:
        """Return a native hybrid query of a client's own."""
        vector = self.shop.encoder.encode_queries(["red jacket"])[0].tolist()
        legs = [
            {"match": {"all": "red jacket"}},
            {"match": {"title": "red jacket"}},
            *(
                {"knn": {field: {"vector": vector, "k": depth}}}
                for field in self.shop.catalogue.vectors
            ),
        ]
        return {"hybrid": {"queries": legs, "pagination_depth": depth}}

    def search(self, body: Json, **params: str) -> Json:
        """Search through the installed pipeline."""
        named = {"search_pipeline": f"{self.shop.alias}-hybrid", **params}
        answer: Json = self.client.search(index=self.shop.alias, body=body, params=named)
        return answer


@pytest.fixture(scope="module")
def form(
    shop: Shop, searching: OpenSearch, searcher: Searcher, find: Callable[..., Json], version: str
) -> Form:
    """The shop, searched in both ways."""
    return Form(shop, searching, searcher, find, version.startswith("3"))


def existing_queries(form: Form) -> None:
    query = {"query": {"match": {"title": "red jacket"}}}
    plain = form.client.search(index=form.shop.alias, body=query)["hits"]
    assert form.search(query)["hits"] == plain


def embedding(form: Form) -> None:
    body = {"query": {"neural": {"title_vector": {"query_text": "red", "k": 5}}}}
    with pytest.raises(TransportError):
        form.search(body)


def understanding(form: Form) -> None:
    asked = "jacket under $40"
    ours = [hit.source["price"] for hit in form.searcher.search(asked).hits]
    theirs = [hit["_source"]["price"] for hit in form.find(asked)["hits"]["hits"]]
    assert max(ours) <= 40 < max(theirs)


def terms(form: Form) -> None:
    hit = form.searcher.search("red jacket").hits[0]
    assert {"neighbours", "feedback", "entities"} <= {term.name for term in hit.evidence.terms}
    assert set(form.find("red jacket")["hits"]["hits"][0]) == {"_index", "_id", "_score", "_source"}


def calibration(form: Form) -> None:
    least = [
        form.search({"size": 10, "query": form.hybrid(depth)})["hits"]["hits"][-1]["_score"]
        for depth in (10, 50)
    ]
    assert least[0] != least[1]


def far_pages(form: Form) -> None:
    with pytest.raises(TransportError) as refused:
        form.find("red jacket", **{"from": 400})
    assert "pagination_depth" in str(refused.value.info)


def sorting(form: Form) -> None:
    body = {"query": form.hybrid(), "sort": [{"price": "asc"}]}
    scores = [hit["_score"] for hit in form.search(body)["hits"]["hits"]]
    assert all(score is None for score in scores) == form.new
    with pytest.raises(TransportError, match="_score sort criteria"):
        form.search({"query": form.hybrid(), "sort": [{"_score": "desc"}, {"price": "asc"}]})


def wrapping(form: Form) -> None:
    wrapped = {"query": {"function_score": {"query": form.hybrid(), "weight": 2}}}
    if form.new:
        with pytest.raises(TransportError, match="top level"):
            form.search(wrapped)
        within = form.search({"query": {"bool": {"must": [form.hybrid()]}}})
        # Not refused, but not normalised either.
        assert within["hits"]["max_score"] > 1
    else:
        assert form.search(wrapped)["hits"]["max_score"] > 1


def scrolling(form: Form) -> None:
    with pytest.raises(TransportError, match="Scroll"):
        form.search({"query": form.hybrid()}, scroll="1m")


def least_scores(form: Form) -> None:
    body = {"query": form.hybrid(), "min_score": 0.5, "size": 50}
    scores = [hit["_score"] for hit in form.search(body)["hits"]["hits"]]
    assert (min(scores) >= 0.5) == form.new


def counts_alone(form: Form) -> None:
    assert form.find("red jacket", size=0)["hits"]["total"]["value"]
    with pytest.raises(TransportError) as refused:
        form.find("red jacket", kind="rrf", size=0)
    assert refused.value.status_code == 500


def many_filters(form: Form) -> None:
    clauses = [{"range": {"price": {"lt": 1_000 + most}}} for most in range(300)]
    query = {"bool": {"must": {"match": {"title": "red jacket"}}, "filter": clauses}}
    assert form.client.search(index=form.shop.alias, body={"query": query})["hits"]["hits"]
    with pytest.raises(TransportError, match="clauses"):
        form.find("red jacket", filter=clauses)


def profiles(form: Form) -> None:
    body = {"query": form.hybrid(), "profile": True}
    if form.new:
        assert form.search(body)["profile"]
    else:
        with pytest.raises(TransportError):
            form.search(body)


def groups(form: Form) -> None:
    inner = {"name": "more", "size": 2}
    body = {"query": form.hybrid(), "collapse": {"field": "colour", "inner_hits": inner}}
    if form.new:
        assert form.search(body)["hits"]["hits"]
    else:
        with pytest.raises(TransportError):
            form.search(body)


def forgotten_pipeline(form: Form) -> None:
    answer = form.client.search(index=form.shop.alias, body={"query": form.hybrid()})
    assert min(hit["_score"] for hit in answer["hits"]["hits"]) < -1e9


def fallback(form: Form) -> None:
    with pytest.raises(TransportError):
        form.find("red jacket", vector=[0.5, 0.5])


# The first column of the table.
CANNOT: dict[str, Callable[[Form], None]] = {
    "rank a query that is written already": existing_queries,
    "embed the text": embedding,
    "understand the text": understanding,
    "tell why, or use the other terms": terms,
    "give scores that mean something": calibration,
    "page beyond what was ranked": far_pages,
    "sort, and keep the score": sorting,
    "stand inside another query": wrapping,
    "scroll": scrolling,
    "hold `min_score`": least_scores,
    "be counted alone": counts_alone,
    "hold hundreds of filters": many_filters,
    "be profiled": profiles,
    "open groups": groups,
    "notice that the pipeline was forgotten": forgotten_pipeline,
    "fall back to words": fallback,
}


@pytest.mark.parametrize("line", CANNOT)
def test_it_cannot(form: Form, line: str) -> None:
    """What the docs say that this form does not do is so."""
    CANNOT[line](form)


def test_the_docs_list_these_and_no_others() -> None:
    """Every line of the table is tried, and every trial has its line."""
    table = DOCS.read_text("utf-8").partition("## What it cannot do")[2].partition("\n## ")[0]
    lines = [line.split(" | ")[0].removeprefix("| ") for line in table.splitlines() if "|" in line]
    assert lines[2:] == list(CANNOT)
