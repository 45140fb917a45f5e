import queue
import threading

import orjson
import pytest
from opensearchpy import TransportError

from query.ubi.indices import Document
from query.ubi.writer import Tally, Writer


def numbered(number: int) -> Document:
    """A small document."""
    return Document("events", f"e{number}", {"number": number})


def ids(body: bytes) -> list[str]:
    """The ids in a bulk request's body."""
    return [orjson.loads(line)["create"]["_id"] for line in body.splitlines()[::2]]


def test_what_was_put_is_written_when_the_writer_closes() -> None:
    """Documents are created in their order, each once."""
    sent: list[str] = []

    def send(body: bytes) -> list[int]:
        sent.extend(ids(body))
        return [201] * len(ids(body))

    writer = Writer(send, room=100)
    for number in range(50):
        assert writer.put(numbered(number))
    writer.close()
    assert sent == [f"e{number}" for number in range(50)]
    assert writer.tally == Tally(written=50)


def test_a_full_queue_drops_and_counts_and_never_waits() -> None:
    """While the cluster hangs, `put` goes on at once; what found no room is counted."""
    hanging, entered = threading.Event(), threading.Event()

    def send(body: bytes) -> list[int]:
        entered.set()
        hanging.wait(120)
        return [201] * len(ids(body))

    writer = Writer(send, room=10)
    writer.put(numbered(0))
    assert entered.wait(120)
    taken = sum(writer.put(numbered(number)) for number in range(1, 100))
    assert taken == 10
    hanging.set()
    writer.close()
    assert writer.tally == Tally(written=11, dropped=89)
    assert not writer.put(numbered(100))


def test_only_what_the_cluster_was_too_busy_for_is_sent_again() -> None:
    """429 is tried again; a document that is there already counts as written; 400 is refused."""
    bodies: list[list[str]] = []

    def send(body: bytes) -> list[int]:
        bodies.append(ids(body))
        answers = {"e0": 201, "e1": 409, "e2": 400, "e3": 429 if len(bodies) == 1 else 201}
        return [answers[id_] for id_ in ids(body)]

    begin = threading.Event()

    def held(body: bytes) -> list[int]:
        begin.wait(120)
        return send(body)

    writer = Writer(held, room=10, pause_s=0.0)
    for number in range(4):
        writer.put(numbered(number))
    begin.set()
    writer.close()
    assert sorted(bodies[-1]) == ["e3"]
    assert writer.tally == Tally(written=3, refused=1)


def test_a_cluster_that_stays_away_costs_the_documents_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After four tries they are dropped, counted, and said without what they hold."""

    def send(_: bytes) -> list[int]:
        raise TransportError(503, "away", {})

    writer = Writer(send, room=10, pause_s=0.0)
    writer.put(Document("queries", "q", {"user_query": "secret wish"}))
    writer.close()
    assert writer.tally == Tally(dropped=1)
    assert "secret" not in caplog.text


def test_what_cannot_be_sent_keeps_nothing_else_from_being_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An id that is no Unicode, an answer that nobody foresaw: the thread goes on."""
    answered = iter([[], [201]])

    def send(_: bytes) -> list[int]:
        return next(answered)

    told: queue.Queue[str] = queue.Queue()
    writer = Writer(send, room=10, told=lambda name, _: told.put(name))
    writer.put(Document("events", "e\ud800", {}))
    assert told.get(timeout=60) == "dropped"
    for number, name in enumerate(("dropped", "written")):
        writer.put(numbered(number))
        assert told.get(timeout=60) == name
    writer.close()
    assert writer.tally == Tally(written=1, dropped=2)
    assert "1 documents dropped, TypeError" in caplog.text
