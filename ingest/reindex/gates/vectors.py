"""Gate `vectors`: sampled products have the vectors that the index's own model makes of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from connector.cluster import faults
from ingest.embedder import Embedder
from ingest.text import texts_of
from ingest.vector_cache import VectorCache
from ingest.vectors import Vector, distinct, vectors_of
from mappings.gate import Crossing, Verdict

NAME = "vectors"
# Batches of other sizes move a vector by 3e-5 in cosine, another precision by 1e-4.
LEAST = 0.998
_EMBEDDED = {"term": {"connector.state": "embedded"}}
_SHOWN = 3

Json = dict[str, Any]


def gate(crossing: Crossing) -> Verdict:
    """Count the fingerprints of other models, then compute sampled vectors again.

    A fingerprint says which model was meant; only a vector computed again says which it was.
    """
    foreign = _foreign(crossing)
    hits = crossing.draw(crossing.new, _EMBEDDED)
    cosines = _cosines(crossing, hits)
    wrong = [id_ for id_, cosine in cosines.items() if cosine < LEAST]
    figures = {
        "sampled": len(cosines),
        "least cosine": min(cosines.values(), default=1.0),
        "other vectors": len(wrong),
        "other models": foreign,
    }
    if not wrong and not foreign:
        return Verdict(NAME, passed=True, figures=figures)
    return Verdict(NAME, False, figures, _reason(crossing, wrong, len(cosines), foreign))


def _foreign(crossing: Crossing) -> int:
    """Count documents whose vectors are said to be of another model."""
    other = {
        "filter": [{"exists": {"field": "connector.model"}}],
        "must_not": [{"term": {"connector.model": crossing.new.model["fingerprint"]}}],
    }
    with faults(f"counting models in {crossing.new.physical!r}"):
        crossing.client.indices.refresh(index=crossing.new.physical)
        found = crossing.client.count(index=crossing.new.physical, body={"query": {"bool": other}})
    count: int = found["count"]
    return count


def _cosines(crossing: Crossing, hits: Sequence[Json]) -> dict[str, float]:
    """Return by id the least cosine of stored and computed vectors; -1 where one is missing."""
    catalogue = crossing.new.catalogue
    templates = {name: spec.text for name, spec in catalogue.vectors.items()}
    texts = {hit["_id"]: texts_of(templates, hit["_source"]) for hit in hits}
    embedder = Embedder(lambda: crossing.encoder, VectorCache(0))
    known = embedder.embed(embedder.read(distinct(texts.values()))).vectors
    found = {}
    for hit in hits:
        wanted = vectors_of(texts[hit["_id"]], known)
        if wanted is not None:
            found[hit["_id"]] = _least(hit["_source"], wanted, templates)
    return found


def _least(
    source: Mapping[str, Any], wanted: Mapping[str, Vector], names: Mapping[str, str]
) -> float:
    there = {name for name in names if name in source}
    if there != wanted.keys():
        return -1.0
    return min((_cosine(source[name], vector) for name, vector in wanted.items()), default=1.0)


def _cosine(stored: Sequence[float], computed: Vector) -> float:
    vector = np.asarray(stored, np.float32)
    return float(vector @ computed / (np.linalg.norm(vector) or 1.0))


def _reason(crossing: Crossing, wrong: Sequence[str], sampled: int, foreign: int) -> str:
    name, index = crossing.new.model["name"], crossing.new.physical
    told = []
    if foreign:
        told.append(f"{foreign:,} document(s) name another model than {name!r}")
    if wrong:
        some = ", ".join(map(repr, wrong[:_SHOWN]))
        told.append(
            f"of {sampled} sampled products {len(wrong)} have vectors that {name!r} does not make "
            f"of their text, cosine below {LEAST} ({some})"
        )
    return (
        f"{index}: {'; '.join(told)}; searches would compare vectors of two models: take it back "
        "with `connector reindex abort`, make sure that every machine has the same model files, "
        "and start again"
    )
