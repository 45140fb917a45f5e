"""A catalogue and a model contract become the index that OpenSearch is asked for."""

import re
from typing import Any

from connector.errors import CatalogueError
from mappings.analysis import GRAMS, HEAD, analysis_of, shingles, words
from mappings.catalogue import ALL, STATE, Catalogue
from mappings.contract import ModelContract
from mappings.tables import EXACT_TEXT, FieldSpec, Knn

__all__ = [
    "ALIVE",
    "ALL",
    "ID",
    "INDEXED_AT",
    "MARKED",
    "OURS",
    "SCHEMA",
    "SKETCH",
    "index_body",
    "mappings_of",
    "physical_name",
    "require_version",
    "settings_of",
    "template_body",
    "vector_field",
    "version_in",
]

Json = dict[str, Any]

SCHEMA = 2
# Where a product's sketch stands; see `mappings.sketch`.
SKETCH = f"{STATE}.sketch"
# A product's id once more, as a doc value: to read `_id` its whole stored document is unpacked.
ID = f"{STATE}.id"
# The field of the bookkeeping whose `meta` is a canary's mark; see `mappings.canary`.
MARKED = "indexed_at"
INDEXED_AT: Json = {"type": "date"}
# Only these are seen by a search: neither tombstones nor prices that wait for their product.
ALIVE: Json = {"term": {"connector.deleted": False}}
# Only these the connector wrote: what others put beside them has no version, and is found by nobody.
OURS: Json = {"exists": {"field": f"{STATE}.deleted"}}

# Lucene takes terms of 32,766 bytes: this many characters always fit.
_LONGEST_TERM = 8191
# An exact value of a text is for filters and facets; longer ones are prose.
_LONGEST_EXACT = 512
_VERSION = re.compile(r"-v(\d+)$")
_OLDEST = (2, 19)


def physical_name(catalogue: str, version: int) -> str:
    """Return the name of a physical index, e.g. `products-v3`."""
    return f"{catalogue}-v{version}"


def version_in(physical: str) -> int:
    """Return the number in a physical index's name; 0 where there is none."""
    found = _VERSION.search(physical)
    return int(found.group(1)) if found else 0


def require_version(number: str) -> None:
    """Refuse a cluster that is too old for what is sent here.

    Raises:
        CatalogueError: names the version found and the oldest that works.
    """
    parts = tuple(int(part) for part in re.findall(r"\d+", number)[:2])
    if parts < _OLDEST:
        raise CatalogueError(
            f"OpenSearch {number} has not every k-NN option of the catalogue; "
            f"{'.'.join(map(str, _OLDEST))} is the oldest that has"
        )


def index_body(catalogue: Catalogue, contract: ModelContract) -> Json:
    """Return settings and mappings of a physical index."""
    return {"settings": settings_of(catalogue), "mappings": mappings_of(catalogue, contract)}


def template_body(catalogue: Catalogue, contract: ModelContract) -> Json:
    """Return the index template; the longer name wins where `shop` and `shop-v2` both match."""
    return {
        "index_patterns": [f"{catalogue.name}-v*"],
        "priority": 100 + len(catalogue.name),
        "template": index_body(catalogue, contract),
        "_meta": {"connector": {"catalogue": catalogue.name, "schema": SCHEMA}},
    }


def settings_of(catalogue: Catalogue) -> Json:
    """Return the index settings, all values strings, as a cluster gives them back."""
    wanted = catalogue.index
    settings: Json = {
        "number_of_shards": str(wanted.shards),
        "number_of_replicas": str(wanted.replicas),
        "refresh_interval": wanted.refresh_interval,
        "knn": "true",
        "analysis": analysis_of(catalogue),
    }
    if catalogue.knn.engine == "faiss":
        # Lucene takes it with the query only.
        settings["knn.algo_param.ef_search"] = str(catalogue.knn.ef_search)
    return {"index": settings}


def mappings_of(catalogue: Catalogue, contract: ModelContract) -> Json:
    """Return the strict mapping and `_meta.connector`."""
    dimension = contract.identity.dimension
    return {
        "dynamic": "strict",
        "_meta": {"connector": meta_of(catalogue, contract)},
        "properties": {
            **{name: _field(catalogue, name, spec) for name, spec in catalogue.fields.items()},
            ALL: {"type": "text", "analyzer": words(catalogue.language)},
            **{name: vector_field(catalogue.knn, dimension) for name in catalogue.vectors},
            STATE: _state(catalogue),
        },
    }


def meta_of(catalogue: Catalogue, contract: ModelContract) -> Json:
    """Return what an index says about itself; every command that opens it reads this."""
    return {
        "schema": SCHEMA,
        "catalogue": catalogue.model_dump(mode="json"),
        "catalogue_hash": catalogue.hash,
        "model": {**contract.as_meta(), "fingerprint": contract.fingerprint},
    }


def vector_field(knn: Knn, dimension: int) -> Json:
    """Return the mapping of a vector field.

    https://docs.opensearch.org/latest/vector-search/optimizing-storage/knn-vector-quantization/
    """
    method: Json = {
        "name": "hnsw",
        "engine": knn.engine,
        "space_type": knn.space,
        "parameters": {"m": knn.m, "ef_construction": knn.ef_construction},
    }
    field: Json = {"type": "knn_vector", "dimension": dimension, "method": method}
    if knn.compression == "byte":
        method["parameters"]["encoder"] = {"name": "sq", "parameters": {"bits": 7}}
    elif knn.compression == "fp16":
        field["compression_level"] = "2x"
    elif knn.compression == "on_disk":
        field |= {"mode": "on_disk", "space_type": knn.space}
    return field


def _field(catalogue: Catalogue, name: str, spec: FieldSpec) -> Json:
    if spec.type in ("text", "attributes"):
        return _text(catalogue, name, spec)
    if spec.role == "image":
        return {"type": "keyword", "index": False, "doc_values": False}
    if spec.type == "keyword":
        return {"type": "keyword", "ignore_above": _LONGEST_TERM}
    return {"type": spec.type}


def _text(catalogue: Catalogue, name: str, spec: FieldSpec) -> Json:
    language = catalogue.language_of(name)
    field: Json = {"type": "text", "analyzer": words(language)}
    if spec.searched:
        field["copy_to"] = [ALL]
    else:
        field["index"] = False
    exact = {"type": "keyword", "ignore_above": _LONGEST_EXACT}
    if spec.type == "attributes" or spec.role in EXACT_TEXT:
        field["fields"] = {"keyword": exact}
    if spec.role == "title":
        field["fields"] = {
            "shingles": {"type": "text", "analyzer": shingles(language)},
            "grams": {"type": "text", "analyzer": GRAMS, "index_options": "freqs"},
            "head": {
                "type": "text",
                "analyzer": HEAD,
                "search_analyzer": words(language),
                "index_options": "docs",
                "norms": False,
            },
        }
    return field


def _state(catalogue: Catalogue) -> Json:
    versions = {group: {"type": "long"} for group in catalogue.groups}
    return {
        "dynamic": "strict",
        "properties": {
            "id": {"type": "keyword", "index": False},
            "versions": {"dynamic": "strict", "properties": versions},
            "deleted": {"type": "boolean"},
            "text_hash": {"type": "keyword"},
            "model": {"type": "keyword"},
            "state": {"type": "keyword"},
            "sketch": {"type": "binary", "doc_values": True},
            MARKED: INDEXED_AT,
        },
    }
