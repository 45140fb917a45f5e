"""Gate `self-recall`: a product's own text, embedded, finds the product."""

from collections.abc import Mapping, Sequence
from typing import Any

from connector.cluster import faults
from connector.encoder import Vectors, finite
from mappings.gate import Crossing, Verdict
from mappings.template import render
from query.legs import nearest

NAME = "self-recall"
K = 10
LEAST = 0.95
# Two products of one text are equally near, and either may be cut off.
_SAME = 1e-5

Json = dict[str, Any]


def gate(crossing: Crossing) -> Verdict:
    """Ask each vector field for the nearest products to a sampled product's own text.

    A graph that was built badly, or vectors of another model, show here whatever the documents
    themselves hold.
    """
    recalls = {name: _recall(crossing, name) for name in crossing.new.catalogue.vectors}
    figures: dict[str, float | str] = {"sampled": crossing.sample}
    figures |= {name: round(value, 4) for name, value in recalls.items()}
    least = min(recalls.values())
    if least >= LEAST:
        return Verdict(NAME, passed=True, figures=figures)
    worst = min(recalls, key=recalls.__getitem__)
    return Verdict(
        NAME,
        passed=False,
        figures=figures,
        reason=f"{worst} of {crossing.new.physical} finds {least:.1%} of sampled products among "
        f"the {K} nearest to their own text, expected {LEAST:.0%}: if gate `vectors` passes, the "
        "graph is too coarse: raise knn.m, knn.ef_construction or knn.ef_search in the catalogue "
        "and start again",
    )


def _recall(crossing: Crossing, field: str) -> float:
    """Return the share of sampled products that are found; 1 where no product has a vector."""
    hits = _sample(crossing, field)
    template = crossing.new.catalogue.vectors[field].text
    texts = [render(template, hit["_source"]) for hit in hits]
    if not texts:
        return 1.0
    vectors = crossing.encoder.encode(crossing.encoder.tokenise(texts))
    good = finite(vectors)
    found = _found(crossing, field, hits, vectors)
    return sum(one for one, is_good in zip(found, good, strict=True) if is_good) / int(good.sum())


def _found(crossing: Crossing, field: str, hits: Sequence[Json], vectors: Vectors) -> list[bool]:
    lines: list[Json] = []
    for vector in vectors:
        lines += [{}, {"size": K, "_source": False, "query": nearest(field, vector, K, ())}]
    with faults(f"searching {crossing.new.physical!r}"):
        answers = crossing.client.msearch(index=crossing.new.physical, body=lines)["responses"]
    return [_has(answer, hit["_id"]) for answer, hit in zip(answers, hits, strict=True)]


def _has(answer: Mapping[str, Any], id_: str) -> bool:
    """Whether a product is among the hits, or all of them are as near as one can be."""
    hits = answer.get("hits", {}).get("hits", [])
    if any(hit["_id"] == id_ for hit in hits):
        return True
    return len(hits) == K and hits[0]["_score"] - hits[-1]["_score"] < _SAME


def _sample(crossing: Crossing, field: str) -> list[Json]:
    with faults(f"refreshing {crossing.new.physical!r}"):
        crossing.client.indices.refresh(index=crossing.new.physical)
    vectors = list(crossing.new.catalogue.vectors)
    return crossing.draw(crossing.new, {"exists": {"field": field}}, source={"excludes": vectors})
