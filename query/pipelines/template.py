"""The stored search: a native hybrid query whose text, vector and filters are parameters.

Mustache is put in where JSON has a placeholder, for a body with sections is no JSON.
https://docs.opensearch.org/latest/api-reference/search-apis/search-template/
"""

import json
from collections.abc import Sequence
from typing import Any

from mappings.catalogue import Catalogue
from mappings.index import ALIVE, ALL
from mappings.template import names_in
from query.legs import Clause, four_part
from query.pipelines.shares import Shares

Json = dict[str, Any]

_TEXT = "{{text}}"
_VECTOR, _FILTER = "@vector@", "@filter@"
_SECTIONS = {
    f'"{_VECTOR}"': "{{#toJson}}vector{{/toJson}}",
    # Each clause of the list, a comma before it.
    f', "{_FILTER}"': "{{#filter}},{{#toJson}}.{{/toJson}}{{/filter}}",
}
# Shares of the query's words that a product has, from which on it scores another step.
_STEPS = ("25%", "50%", "75%", "100%")
_PAGE = '"from": {{from}}{{^from}}0{{/from}}, "size": {{size}}{{^size}}10{{/size}}'
# As itself: an aggregation may be called `aggs`, too.
_COUNTED = '{{#aggs}}, "aggs": {{#toJson}}.{{/toJson}}{{/aggs}}'


def legs(catalogue: Catalogue, shares: Shares, depth: int, model_id: str | None) -> list[Json]:
    """Return the legs in the order of `leg_weights`, with placeholders.

    Args:
        catalogue: of the index.
        shares: of the legs.
        depth: products each vector leg brings.
        model_id: of a model in the cluster that embeds the text; None takes vectors from the client.
    """
    return [
        _lexical(_clauses(catalogue, shares)),
        _covering(),
        *(_nearest(field, depth, model_id) for field in catalogue.vectors),
    ]


def leg_weights(catalogue: Catalogue, shares: Shares) -> list[float]:
    """Return each leg's weight; a vector that has seen more of a product's fields counts more."""
    seen = [max(1, len(names_in(spec.text))) for spec in catalogue.vectors.values()]
    parts = [round(shares.vectors * count / sum(seen), 4) for count in seen[:-1]]
    rest = 1.0 - shares.words - shares.coverage - sum(parts)
    return [shares.words, shares.coverage, *parts, round(rest, 4)]


def source(
    catalogue: Catalogue, found: Sequence[Json], depth: int, pipeline: Json, *, embeds: bool
) -> str:
    """Return the template's text.

    Args:
        catalogue: of the index.
        found: the legs, the one of words first.
        depth: products of each leg that are ranked together.
        pipeline: that ranks. It stands inside: a stored one would have to be named in the address,
            and whoever forgot it would get scores that mean nothing.
        embeds: whether the cluster embeds the text; else a search without a vector is one by words
            alone.
    """
    hybrid = _written({"hybrid": {"queries": found, "pagination_depth": depth}})
    if not embeds:
        words = _written(found[0])
        hybrid = "{{#vector.size}}" + hybrid + "{{/vector.size}}{{^vector}}" + words + "{{/vector}}"
    shown = json.dumps({"excludes": [*catalogue.vectors, "connector"]})
    ranked = f'"search_pipeline": {json.dumps(pipeline)}, "query": {hybrid}'
    return f'{{{_PAGE}, "_source": {shown}, {ranked}{_COUNTED}}}'


def _clauses(catalogue: Catalogue, shares: Shares) -> Sequence[Clause]:
    return [
        Clause(one.field, one.boost * shares.everywhere if one.field == ALL else one.boost)
        for one in four_part(catalogue)
    ]


def _lexical(clauses: Sequence[Clause]) -> Json:
    matches = [
        {"match": {one.field: {"query": _TEXT, "boost": round(one.boost, 4)}}} for one in clauses
    ]
    return _filtered({"bool": {"should": matches, "minimum_should_match": 1}})


def _covering() -> Json:
    steps = [{"match": {ALL: {"query": _TEXT, "minimum_should_match": least}}} for least in _STEPS]
    scored = [{"constant_score": {"filter": step, "boost": 1 / len(steps)}} for step in steps]
    return _filtered({"bool": {"should": scored, "minimum_should_match": 1}})


def _nearest(field: str, depth: int, model_id: str | None) -> Json:
    inside = {"k": depth, "filter": {"bool": {"filter": [ALIVE, _FILTER]}}}
    if model_id:
        return {"neural": {field: {"query_text": _TEXT, "model_id": model_id, **inside}}}
    return {"knn": {field: {"vector": _VECTOR, **inside}}}


def _filtered(leg: Json) -> Json:
    return {"bool": {"must": [leg], "filter": [ALIVE, _FILTER]}}


def _written(body: Json) -> str:
    text = json.dumps(body)
    for placeholder, section in _SECTIONS.items():
        text = text.replace(placeholder, section)
    return text
