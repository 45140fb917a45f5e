"""The proxy is tried itself, before real servers: each fault does what its name says."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kit.hands import await_true
from kit.proxy import Exchange, Proxy, proxy
from kit.wire import Http, Kafka
from opensearchpy import ConnectionError as NoConnectionError
from opensearchpy import OpenSearch

from connector import broker, cluster
from connector.settings import Settings

pytestmark = pytest.mark.server


@pytest.fixture
def door(admin: Settings) -> Iterator[Proxy]:
    """A proxy before OpenSearch."""
    with proxy(urlsplit(admin.opensearch.url).netloc, Http()) as opened:
        yield opened


@pytest.fixture
def through(door: Proxy, admin: Settings) -> Iterator[OpenSearch]:
    """A client that goes through the door."""
    url = f"http://{door.bootstrap}"
    with closing(cluster.connect(admin.opensearch.model_copy(update={"url": url}))) as client:
        yield client


@pytest.fixture
def index(client: OpenSearch, catalogue_name: str) -> str:
    """An empty index."""
    client.indices.create(index=catalogue_name)
    return catalogue_name


def seconds(call: Callable[[], object]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_without_faults_nothing_is_noticed(through: OpenSearch, index: str, door: Proxy) -> None:
    """Requests with and without a body, answers with and without one, large and small."""
    body = {"text": "x" * 1_000_000}
    assert through.index(index=index, id="1", body=body)["result"] == "created"
    assert through.get(index=index, id="1")["_source"] == body
    assert through.exists(index=index, id="1")
    assert not through.exists(index=index, id="2")
    assert not door.fired.total()


def test_latency_is_added_either_way(through: OpenSearch, door: Proxy) -> None:
    """A request waits, and so does its answer."""
    through.info()
    door.faults.latency_s = 0.2
    assert seconds(through.info) >= 0.4
    assert door.fired["latency"] == 2


def test_a_narrow_line_takes_its_time(through: OpenSearch, index: str, door: Proxy) -> None:
    """A large document at so many bytes a second."""
    door.faults.bytes_per_s = 400_000
    body = {"text": "x" * 100_000}
    assert seconds(lambda: through.index(index=index, id="1", body=body)) >= 0.25
    assert door.fired["bandwidth"] >= 7


def test_a_black_hole_keeps_silent_and_lets_go(
    through: OpenSearch, index: str, door: Proxy
) -> None:
    """A caller hears nothing while it lasts; what was asked is done when it ends."""
    door.faults.black_hole = True
    with pytest.raises(NoConnectionError):
        through.index(index=index, id="1", body={}, request_timeout=0.3)
    asked = threading.Thread(target=through.index, kwargs={"index": index, "id": "2", "body": {}})
    asked.start()
    asked.join(0.3)
    assert asked.is_alive()
    door.faults.black_hole = False
    asked.join(60)
    assert through.exists(index=index, id="2")
    # The caller had left long before, and still the server does what it was asked.
    await_true(lambda: through.exists(index=index, id="1"))
    assert door.fired["black hole"] >= 2


def test_a_reset_breaks_connections_and_the_next_one_holds(
    through: OpenSearch, door: Proxy
) -> None:
    """Whoever waits for an answer is hung up on; who calls anew is served."""
    door.faults.black_hole = True
    with ThreadPoolExecutor(1) as caller:
        asked = caller.submit(through.info)
        await_true(lambda: door.fired["black hole"])
        door.reset()
        with pytest.raises(NoConnectionError):
            asked.result(60)
    door.faults.black_hole = False
    assert through.info()
    assert door.fired["reset"] >= 1


def test_a_cut_comes_after_the_deed(through: OpenSearch, index: str, door: Proxy) -> None:
    """The server has done what it was asked; the caller cannot know."""
    door.faults.cut = 1.0
    with pytest.raises(NoConnectionError):
        through.index(index=index, id="1", body={})
    door.faults.cut = 0.0
    assert through.exists(index=index, id="1")
    assert door.fired["cut"] == 1


def test_a_request_can_be_kept_from_the_server(
    through: OpenSearch, index: str, door: Proxy
) -> None:
    """An answer is made up, and the next request takes its own way again."""
    busy = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}"
    door.faults.meddle = lambda _request: Exchange(None, lambda _nothing: busy)
    assert through.index(index=index, id="1", body={}, params={"ignore": 503}) == {}
    door.faults.meddle = Exchange
    assert not through.exists(index=index, id="1")


def test_kafka_stays_behind_its_door(admin: Settings, topic: str) -> None:
    """Clients learn the brokers' addresses from Kafka, and still pass the proxy every time."""
    with proxy(admin.kafka.bootstrap_servers, Kafka()) as door:
        settings = admin.kafka.model_copy(update={"bootstrap_servers": door.bootstrap})
        broker.create_topic(settings, topic)
        with closing(broker.producer(settings)) as producer:
            produce(producer, topic)
            door.faults.latency_s = 0.2
            assert seconds(lambda: produce(producer, topic)) >= 0.4
            door.faults.latency_s = 0.0
            door.reset()
            produce(producer, topic)
        assert consume(door.bootstrap, topic) == 3
        assert door.fired["reset"] >= 1


def produce(producer: KafkaProducer, topic: str) -> None:
    producer.send(topic, b"shoe").get(30)


def consume(bootstrap: str, topic: str) -> int:
    place = TopicPartition(topic, 0)
    with closing(KafkaConsumer(bootstrap_servers=bootstrap)) as consumer:
        consumer.assign([place])
        return int(consumer.end_offsets([place])[place])
