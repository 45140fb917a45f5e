from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from opensearchpy import OpenSearch, RequestError

from connector.errors import (
    CatalogueError,
    IndexMissingError,
    MappingMismatchError,
    ModelMismatchError,
    RefusedError,
)
from mappings.apply import apply
from mappings.catalogue import PRODUCT, Catalogue
from mappings.compare import differences
from mappings.contract import ModelContract
from mappings.document import shape
from mappings.index import ALIVE, require_version
from mappings.live import find_index, open_index

pytestmark = pytest.mark.server

Make = Callable[..., Catalogue]

# Every type and role, so that whatever a cluster writes differently would show as a difference.
EVERYTHING = {
    "language": "chinese",
    "vectors.body_vector": {"text": "{title} {category}"},
    "fields.category": {"role": "category", "language": "standard"},
    "fields.text": {"role": "description", "weight": 0.0},
    "fields.image": {"role": "image"},
    "fields.size": {"role": "facet", "type": "long", "group": "stock"},
    "fields.rating": {"role": "facet", "type": "double"},
    "fields.used": {"role": "facet", "type": "boolean"},
    "fields.since": {"role": "facet", "type": "date"},
    "fields.quiet": {"role": "attribute", "source": "quiet_*", "weight": 0.0},
}
ENGINES = [
    {"engine": "lucene"},
    {"engine": "lucene", "compression": "byte", "space": "innerproduct"},
    {"engine": "lucene", "space": "l2", "m": 24, "ef_construction": 64},
    {"engine": "faiss"},
    {"engine": "faiss", "compression": "fp16", "space": "l2"},
    {"engine": "faiss", "compression": "on_disk", "space": "innerproduct", "ef_search": 64},
]


def _index(client: OpenSearch, catalogue: Catalogue) -> dict[str, Any]:
    found: dict[str, Any] = client.indices.get(index=catalogue.name)
    return found[f"{catalogue.name}-v1"]


@pytest.mark.parametrize("changes", [{}, EVERYTHING, *({"knn": knn} for knn in ENGINES)])
def test_idempotent(
    client: OpenSearch, named: Make, contract: ModelContract, changes: dict[str, Any]
) -> None:
    """The first apply makes template, index and alias; the second finds nothing to do."""
    catalogue = named(changes)
    assert len(apply(client, catalogue, contract)) == 2
    before = _index(client, catalogue)
    assert apply(client, catalogue, contract) == []
    assert _index(client, catalogue) == before
    live = open_index(client, catalogue.name)
    assert differences(catalogue, contract, live) == []
    assert live.catalogue == catalogue
    assert live.physical == f"{catalogue.name}-v1"
    assert live.model["fingerprint"] == contract.fingerprint
    assert live.alias_body == {"filter": ALIVE}


def test_strict(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """A field that is not in the mapping is refused, at the top, in the state, in the versions."""
    catalogue = named()
    apply(client, catalogue, contract)
    for document in (
        {"what": 1},
        {"connector": {"what": 1}},
        {"connector": {"versions": {"what": 1}}},
    ):
        with pytest.raises(RequestError, match="strict_dynamic_mapping_exception"):
            client.index(index=f"{catalogue.name}-v1", body=document)


@pytest.mark.parametrize("compression", ["none", "byte"])
def test_stored_and_found(
    client: OpenSearch, named: Make, contract: ModelContract, compression: str
) -> None:
    """A shaped record is taken, found by any of its texts, and hidden once it is deleted."""
    catalogue = named(
        {"fields.category": {"role": "category"}, "knn": {"compression": compression}}
    )
    apply(client, catalogue, contract)
    record = {
        "title": "Red Lamps",
        "brand": "Acme",
        "price": "12.50",
        "color": "r" * 9000,
        "spec_wide_range": "yes",
        "category": ["Home", "Light"],
    }
    fields = shape(record, catalogue, PRODUCT)
    index = f"{catalogue.name}-v1"
    vector = {"title_vector": [0.5, 0.5, 0.5, 0.5]}
    for identity, deleted in (("alive", False), ("dead", True)):
        state = {"connector": {"deleted": deleted, "versions": {PRODUCT: 1}}}
        client.index(index=index, id=identity, body=fields | vector | state)
    client.indices.refresh(index=index)
    queries: list[dict[str, Any]] = [
        {"match": {"all": {"query": "lamp acme light wide", "operator": "and"}}},
        {"match": {"title.shingles": "red lamp"}},
        {"match": {"title.grams": "lamps"}},
        {"term": {"brand.keyword": "Acme"}},
        {"term": {"specs.keyword": "wide range: yes"}},
        {"range": {"price": {"gte": 12.5, "lte": 12.5}}},
        {"knn": {"title_vector": {"vector": [1, 0, 0, 0], "k": 2}}},
    ]
    for query in queries:
        hits = client.search(index=catalogue.name, body={"query": query})["hits"]["hits"]
        assert [hit["_id"] for hit in hits] == ["alive"], query


def test_change_in_place(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """New fields, streams, replicas, refresh and weights are taken by the running index."""
    apply(client, named(), contract)
    client.indices.put_alias(index=f"{named().name}-v1", name=named().name, body={})
    changed = named(
        {
            "fields.material": {"role": "facet", "type": "text"},
            "fields.stock": {"role": "facet", "type": "long", "group": "stock"},
            "fields.brand.weight": 3.0,
            "index": {"replicas": 1, "refresh_interval": "5s"},
        }
    )
    done = apply(client, changed, contract)
    assert any("alias.filter" in line for line in done)
    assert any("settings.index.number_of_replicas: 0 -> 1" in line for line in done)
    assert any("mapping.material" in line for line in done)
    assert any("mapping.connector.properties.versions.properties.stock" in line for line in done)
    assert any("catalogue.fields.brand.weight: 1.0 -> 3.0" in line for line in done)
    assert apply(client, changed, contract) == []
    assert open_index(client, changed.name).catalogue == changed


def test_faiss_search_depth(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """How far faiss searches is a setting that changes in place."""
    apply(client, named({"knn": {"engine": "faiss", "ef_search": 50}}), contract)
    changed = named({"knn": {"engine": "faiss", "ef_search": 60}})
    assert any("ef_search: 50 -> 60" in line for line in apply(client, changed, contract))
    assert apply(client, changed, contract) == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"language": "standard"}, "mapping.title.analyzer"),
        ({"index": {"shards": 2}}, "settings.index.number_of_shards"),
        ({"knn": {"m": 24}}, "mapping.title_vector.method.parameters.m"),
        ({"knn": {"compression": "byte"}}, "title_vector.method.parameters.encoder"),
        ({"fields.brand.weight": 0.0}, "mapping.brand.copy_to"),
        ({"fields.color.type": "text"}, "mapping.color.type"),
        ({"fields.color": None}, "mapping.color"),
        ({"fields.price.scale": 0.01}, "catalogue.fields.price.scale"),
        ({"fields.price.decimal": ","}, "catalogue.fields.price.decimal"),
        ({"source.version": "updated_at"}, "catalogue.source.version"),
        ({"source.id": "sku"}, "catalogue.source.id"),
    ],
)
def test_needs_reindex(
    client: OpenSearch,
    named: Make,
    contract: ModelContract,
    changes: dict[str, Any],
    path: str,
) -> None:
    """What documents would have to be written again for is refused, and nothing is touched."""
    apply(client, named(), contract)
    before = _index(client, named())
    changed = named(changes | {"index.refresh_interval": "9s"})
    found = differences(changed, contract, open_index(client, changed.name))
    assert {each.effect for each in found if path in each.path} == {"needs reindex"}
    with pytest.raises(
        MappingMismatchError, match=f"{changed.name}-v1.*`connector reindex start`"
    ) as caught:
        apply(client, changed, contract)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    assert _index(client, named()) == before


def test_offset_versions(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """Another topic has other offsets: where they are the versions, it needs a reindex."""
    for version, effect in (("@timestamp", "in place"), ("@offset", "needs reindex")):
        catalogue = named({"source.version": version})
        live = replace_meta(named({"source.version": version}), client, contract)
        other = catalogue.model_copy(
            update={"source": catalogue.source.model_copy(update={"topic": "other"})}
        )
        found = differences(other, contract, live)
        assert [(each.path, each.effect) for each in found] == [("catalogue.source.topic", effect)]


def replace_meta(catalogue: Catalogue, client: OpenSearch, contract: ModelContract) -> Any:
    """Make the index anew and open it."""
    client.indices.delete(index=f"{catalogue.name}-v*")
    apply(client, catalogue, contract)
    return open_index(client, catalogue.name)


def test_another_model(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """Vectors of another model, prompt or template never meet the index's own."""
    apply(client, named(), contract)
    other = replace(contract, identity=replace(contract.identity, weights_sha256="1" * 64))
    with pytest.raises(ModelMismatchError, match="weights_sha256"):
        apply(client, named(), other)
    found = differences(named(), other, open_index(client, named().name))
    assert [(each.path, each.effect) for each in found] == [
        ("model.weights_sha256", "needs reindex")
    ]


def test_wrong_dimension(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """A mapping whose vectors have another length than the model's is refused when opened."""
    catalogue = named()
    apply(client, catalogue, contract)
    body = client.indices.get(index=catalogue.name)[f"{catalogue.name}-v1"]
    body["mappings"]["properties"]["title_vector"]["dimension"] = 3
    analysis = body["settings"]["index"]["analysis"]
    client.indices.delete(index=f"{catalogue.name}-v1")
    client.indices.create(
        index=f"{catalogue.name}-v1",
        body={
            "aliases": body["aliases"],
            "mappings": body["mappings"],
            "settings": {"index": {"knn": True, "number_of_replicas": 0, "analysis": analysis}},
        },
    )
    with pytest.raises(MappingMismatchError, match="3 dimensions, the model makes 4"):
        open_index(client, catalogue.name)
    with pytest.raises(MappingMismatchError, match=r"title_vector\.dimension 3 -> 4"):
        apply(client, catalogue, contract)


def test_no_index(client: OpenSearch, catalogue_name: str) -> None:
    """A name that nothing stands behind is said to be missing, with what to do."""
    assert find_index(client, catalogue_name) is None
    with pytest.raises(IndexMissingError, match="connector mappings apply"):
        open_index(client, catalogue_name)


def test_an_index_is_no_alias(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """A bare index would show deleted products, so it is refused."""
    client.indices.create(index=named().name)
    with pytest.raises(RefusedError, match="is an index, not an alias"):
        apply(client, named(), contract)


def test_foreign_index(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """An index that somebody else made is not touched."""
    name = named().name
    client.indices.create(index=f"{name}-other", body={"aliases": {name: {}}})
    with pytest.raises(RefusedError, match="was not made by `connector mappings apply`"):
        apply(client, named(), contract)


def test_another_schema(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """An index of another version of the connector is neither read nor changed."""
    apply(client, named(), contract)
    name = named().name
    physical = f"{name}-v1"
    meta = client.indices.get_mapping(index=physical)[physical]["mappings"]["_meta"]
    meta["connector"]["schema"] = 1
    client.indices.put_mapping(index=physical, body={"_meta": meta})
    for refused in (lambda: open_index(client, name), lambda: apply(client, named(), contract)):
        with pytest.raises(
            MappingMismatchError, match=r"of schema 1, .* writes schema 2; build another from"
        ):
            refused()


def test_two_indices(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """An alias of two indices names both and is refused."""
    apply(client, named(), contract)
    name = named().name
    client.indices.create(index=f"{name}-v2", body={"aliases": {name: {}}})
    with pytest.raises(RefusedError, match=f"2 indices \\({name}-v1, {name}-v2\\)"):
        open_index(client, name)


def test_left_over(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """An index without its alias is somebody's data: nothing is guessed."""
    apply(client, named(), contract)
    client.indices.delete_alias(index=f"{named().name}-v1", name=named().name)
    with pytest.raises(MappingMismatchError, match="points nowhere"):
        apply(client, named(), contract)


def test_longer_name_wins(client: OpenSearch, named: Make, contract: ModelContract) -> None:
    """A catalogue whose name continues another's keeps its own template."""
    apply(client, named(), contract)
    longer = named({"name": f"{named().name}-v", "fields.extra": {"role": "facet"}})
    try:
        assert len(apply(client, longer, contract)) == 2
        client.indices.create(index=f"{longer.name}-v7")
        mapping = client.indices.get_mapping(index=f"{longer.name}-v7")
        assert "extra" in mapping[f"{longer.name}-v7"]["mappings"]["properties"]
    finally:
        client.indices.delete_index_template(name=longer.name, params={"ignore": 404})


def test_reader_opens(
    client: OpenSearch, reader: Any, named: Make, contract: ModelContract
) -> None:
    """A reader's rights are enough to open an index."""
    from connector.cluster import connect

    apply(client, named(), contract)
    limited = connect(reader.opensearch)
    assert open_index(limited, named().name).catalogue == named()
    limited.close()


@pytest.mark.parametrize(("number", "fits"), [("2.19.1", True), ("3.6.0", True), ("2.9.0", False)])
def test_version(number: str, fits: bool) -> None:
    """A cluster that is too old is refused before anything is sent."""
    if fits:
        require_version(number)
    else:
        with pytest.raises(CatalogueError, match=r"2\.19 is the oldest"):
            require_version(number)
