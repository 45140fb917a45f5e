from collections.abc import Iterator
from contextlib import closing

import pytest
from click.testing import CliRunner
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop
from plugins.panels import empty
from plugins.servers import environment

from connector.cli import cli
from connector.settings import IngestSettings, Settings
from ingest.doctor.case import Case
from ingest.doctor.record import documents
from mappings.history import fields

# Panels of what workers record themselves.
WORKERS = ("connector-skipped", "connector-busy", "connector-devices")
AT = "2026-01-02T03:04:05.000Z"


@pytest.fixture
def kept(client: OpenSearch, shop: Shop) -> Iterator[Shop]:
    """The shop; its figures are dropped afterwards."""
    yield shop
    client.delete_by_query(
        index=fields.METRICS,
        body={"query": {"term": {"index": shop.catalogue.name}}},
        params={"conflicts": "proceed", "ignore_unavailable": "true", "refresh": "true"},
    )


def test_what_the_doctor_sees_is_counted(shop: Shop, admin: Settings) -> None:
    """Products, coverage, states, models, lag by partition and dead letters by class."""
    shop.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}), ("p2", {"id": "p2", "v": 1}))
    shop.send(("p3", b"{no json"))
    shop.ingest()
    shop.send(("p4", {"id": "p4", "v": 1, "title": "mug"}))
    with closing(Case(admin, shop.catalogue, shop.client)) as case:
        found = list(documents(case, AT))
    assert {name for each in found for name in each} <= set(fields.FIELDS[fields.METRICS])
    (index,) = [each for each in found if each["kind"] == "index"]
    assert (index["products"], index["tombstones"]) == (2, 0)
    assert index["coverage"] == index["embedded"] / 2
    assert index["freshness_seconds"] >= 0
    assert index["bytes"] > 0
    (lag,) = [each for each in found if each["kind"] == "partition"]
    assert (lag["topic"], lag["lag_records"]) == (shop.topic, 1)
    (letters,) = [each for each in found if each["kind"] == "dead letters"]
    assert letters["dead_letters"] == 1
    (named,) = [each for each in found if each["kind"] == "dead letter class"]
    assert named["error_class"] == "InvalidJson"
    states = {each["state"]: each["documents"] for each in found if each["kind"] == "state"}
    assert sum(states.values()) == 2


def test_the_command_keeps_what_it_sees(kept: Shop, admin: Settings, client: OpenSearch) -> None:
    """--record writes; findings and the exit code are what they are without it."""
    kept.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    kept.ingest()
    done = CliRunner().invoke(
        cli, ["doctor", "-c", str(kept.file), "--record"], env=environment(admin)
    )
    assert done.exit_code == 0, done.output
    assert "recorded:" in done.stderr
    query = {"query": {"term": {"index": kept.catalogue.name}}, "size": 50}
    hits = client.search(index=fields.METRICS, body=query)["hits"]["hits"]
    assert {"index", "model", "state", "partition", "dead letters"} == {
        hit["_source"]["kind"] for hit in hits
    }
    unseen = empty(client, "connector-ingest", {"term": {"index": kept.catalogue.name}})
    assert unseen == {*WORKERS, "connector-reindex-progress"}


def test_a_worker_keeps_its_own_figures(kept: Shop, admin: Settings, client: OpenSearch) -> None:
    """At its end at the latest: what it did, what it could skip, how busy the model was."""
    kept.send(("p1", {"id": "p1", "v": 1, "title": "lamp"}))
    often = IngestSettings(history_s=3600)
    kept.settings = admin.model_copy(update={"ingest": often, "encoder": kept.settings.encoder})
    kept.ingest()
    kept.send(("p1", {"id": "p1", "v": 2, "title": "lamp", "stock": 3}))
    kept.ingest()
    both = [{"term": {"index": kept.catalogue.name}}, {"term": {"kind": "worker"}}]
    asked = {"query": {"bool": {"filter": both}}, "sort": "@timestamp"}
    hits = client.search(index=fields.METRICS, body=asked)["hits"]["hits"]
    first, second = (hit["_source"] for hit in hits)
    assert (first["embedded"], first["skip_ratio"]) == (1, 0.0)
    assert 0 < first["busy_ratio"] <= 1
    assert first["tokens_per_second"] > 0
    assert (second["unchanged"], second["skip_ratio"]) == (1, 1.0)
    assert "device" not in second
    assert not {*WORKERS} & empty(client, "connector-ingest", both[0])
