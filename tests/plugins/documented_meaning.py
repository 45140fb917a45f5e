"""What the parts of a search mean by OpenSearch's documentation, whatever ranks its hits.

Each law looks at a body, the answer to it, the cluster's own answer, and may ask the cluster more.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_SHOWN = ("_source", "fields", "docvalue_fields", "stored_fields", "version", "seq_no_primary_term")
_OF_A_HIT = ("_source", "fields", "_version", "_seq_no", "_primary_term", "_index")


@dataclass(frozen=True)
class Ranked:
    """A search that was ranked.

    Attributes:
        body: of the search, its address's part not included.
        own: the cluster's answer to it.
        got: the answer to hold against it.
        ask: sends a body to the cluster with the search's own parameters.
        parameters: of the address.
    """

    body: Json
    own: Json
    got: Json
    ask: Callable[[Json], Json]
    parameters: dict[str, str]

    @property
    def hits(self) -> list[Json]:
        """What is shown."""
        hits: list[Json] = self.got["hits"]["hits"]
        return hits

    @property
    def ids(self) -> list[str]:
        """Of what is shown."""
        return [hit["_id"] for hit in self.hits]

    @property
    def among(self) -> Json:
        """A clause for the products shown."""
        return {"ids": {"values": self.ids}}

    @property
    def size(self) -> int:
        """Hits asked for."""
        return int(self.parameters.get("size", self.body.get("size", 10)))


def shape(one: Ranked) -> None:
    """An answer has the parts that the cluster's has, and its hits have theirs."""
    assert list(one.got) == list(one.own), (list(one.got), list(one.own))
    assert set(one.got["_shards"]) == set(one.own["_shards"])
    assert set(one.got["hits"]) == set(one.own["hits"])
    if one.hits and one.own["hits"]["hits"]:
        optional = {"highlight", "matched_queries", "fields"}
        assert set(one.hits[0]) - optional == set(one.own["hits"]["hits"][0]) - optional


def sizes(one: Ranked) -> None:
    """A page is full where the cluster's is, no larger than asked, and holds no product twice."""
    assert len(one.own["hits"]["hits"]) <= len(one.hits) <= one.size
    assert len(set(one.ids)) == len(one.ids)


def totals(one: Ranked) -> None:
    """A total has the form asked for, counts the cluster's own hits at least, and all that is shown."""
    own, got = one.own["hits"].get("total"), one.got["hits"].get("total")
    assert type(own) is type(got)
    if isinstance(own, dict) and isinstance(got, dict):
        assert got["value"] >= own["value"] or got["relation"] == "gte"
        assert got["relation"] in {"eq", "gte"}
        assert got["value"] >= len(one.hits) or got["relation"] == "gte"


def scores(one: Ranked) -> None:
    """Scores do not rise from hit to hit, and none is above the greatest."""
    found = [hit["_score"] for hit in one.hits if hit["_score"] is not None]
    assert found == sorted(found, reverse=True)
    if found:
        assert found[0] <= one.got["hits"]["max_score"] + 1e-6


def filters(one: Ranked) -> None:
    """Every hit meets every filter, exclusion and later filter, wherever in the query they stand."""
    conditions, exclusions = _conditions(one.body.get("query", {}))
    if "post_filter" in one.body:
        conditions.append(one.body["post_filter"])
    meeting = {"bool": {"filter": [one.among, *conditions], "must_not": exclusions}}
    found = one.ask({"size": 0, "track_total_hits": True, "query": meeting})
    total = found["hits"]["total"]
    assert (total["value"] if isinstance(total, dict) else total) == len(one.ids)


def thresholds(one: Ranked) -> None:
    """Of a search with a least score every hit is one of the query's own that reach it."""
    if "min_score" in one.body:
        asked = {"min_score": one.body["min_score"], "query": one.body["query"], "size": 1_000}
        reaching = {hit["_id"] for hit in one.ask({**asked, "_source": False})["hits"]["hits"]}
        assert set(one.ids) <= reaching


def counts(one: Ranked) -> None:
    """Aggregations and suggestions are the cluster's own, number by number."""
    for name in ("aggregations", "suggest"):
        assert one.got.get(name) == one.own.get(name)


def shown(one: Ranked) -> None:
    """Of each hit is shown what the cluster shows of that product."""
    asked = {name: one.body[name] for name in _SHOWN if name in one.body}
    if "collapse" in one.body:
        # 2.19 shows the value that hits were collapsed by, as if it had been asked for.
        asked["collapse"] = {"field": one.body["collapse"]["field"]}
    found = one.ask({**asked, "size": 100, "query": one.among})["hits"]["hits"]
    theirs = {hit["_id"]: hit for hit in found}
    for hit in one.hits:
        assert [hit.get(name) for name in _OF_A_HIT] == [
            theirs[hit["_id"]].get(name) for name in _OF_A_HIT
        ]


def highlights(one: Ranked) -> None:
    """The words of the client's own query are marked, as the cluster marks them in that product."""
    if "highlight" not in one.body:
        return
    marks = {"highlight_query": one.body["query"], **one.body["highlight"]}
    asked = {"size": 100, "_source": False, "query": one.among, "highlight": marks}
    theirs = {hit["_id"]: hit.get("highlight") for hit in one.ask(asked)["hits"]["hits"]}
    assert {hit["_id"]: hit.get("highlight") for hit in one.hits} == theirs


def names(one: Ranked) -> None:
    """Named clauses are told of each hit that they match, with their own scores where these are asked."""
    if '"_name"' not in json.dumps(one.body):
        return
    both = {"bool": {"must": one.among, "should": one.body["query"]}}
    found = one.ask({"size": 100, "_source": False, "query": both})["hits"]["hits"]
    theirs = {hit["_id"]: _names(hit) for hit in found}
    assert {hit["_id"]: _names(hit) for hit in one.hits} == theirs


def explanations(one: Ranked) -> None:
    """An explanation's value is the hit's score."""
    for hit in one.hits:
        if "_explanation" in hit:
            assert abs(hit["_explanation"]["value"] - hit["_score"]) < 1e-5


LAWS = (
    shape,
    sizes,
    totals,
    scores,
    filters,
    thresholds,
    counts,
    shown,
    highlights,
    names,
    explanations,
)


def _names(hit: Json) -> Json:
    named = hit.get("matched_queries", ())
    scored = named if isinstance(named, dict) else dict.fromkeys(named, 0.0)
    return {name: round(score, 4) for name, score in scored.items()}


def _conditions(query: Any) -> tuple[list[Json], list[Json]]:
    """Return the clauses that every match of a query meets, and those that none does."""
    if not isinstance(query, dict):
        return [], []
    conditions, exclusions = [], []
    for kind, part in query.items():
        if kind == "bool":
            conditions += _listed(part.get("filter"))
            exclusions += _listed(part.get("must_not"))
            inner = _listed(part.get("must"))
        elif kind in {"function_score", "boosting"}:
            inner = _listed(part.get("query") or part.get("positive"))
        else:
            inner = []
        for each in inner:
            more, fewer = _conditions(each)
            conditions += more
            exclusions += fewer
    return conditions, exclusions


def _listed(value: Any) -> list[Json]:
    return value if isinstance(value, list) else [value] if value else []
