import threading
from dataclasses import replace

import pytest
from plugins.crossing import COUNT, put, shelf

from ingest.reindex.gates import checksum, stream
from ingest.reindex.gates.checksum import lacks
from ingest.reindex.gates.stream import Row
from mappings.gate import Crossing

TITLE = {"title": "new", "body": "new"}


class Clock:
    """A clock that goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let it go on."""
        self.now += seconds


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many slices of few products."""
    monkeypatch.setattr(stream, "PAGE", 7)
    monkeypatch.setattr(stream.pages, "__defaults__", (7,))


def test_documents_at_the_same_versions_pass(pair: Crossing) -> None:
    """Tombstones are documents, too, others' are not; a slice is as many ids as one page."""
    pair.client.index(index=pair.old.physical, id="stray", body=TITLE)
    for live in (pair.old, pair.new):
        put(pair, live, shelf(), 1)
        put(pair, live, {"p003": None}, 2)
    verdict = checksum.gate(pair)
    assert verdict.passed
    assert verdict.figures == {
        "documents": COUNT,
        "slices": 6,
        "in motion": 0,
        "apart": 0,
    }


def test_lost_and_stale_documents_are_named(pair: Crossing) -> None:
    """The first id, the last and one between: a lost product, an update and a delete not carried."""
    put(pair, pair.old, shelf(), 1)
    put(pair, pair.old, {"p000": TITLE, "p020": None}, 2)
    put(pair, pair.new, {id_: each for id_, each in shelf().items() if id_ != "p039"}, 1)
    clock = Clock()
    verdict = checksum.gate(pair, clock, clock.sleep)
    assert not verdict.passed
    assert verdict.figures["apart"] == 3
    assert "'p000', 'p020', 'p039'" in verdict.reason
    assert clock.now == checksum.PATIENCE_S


def test_what_is_on_its_way_is_waited_for(pair: Crossing) -> None:
    """A change that the new index takes a moment later is in motion, not lost."""
    put(pair, pair.old, shelf(), 1)
    put(pair, pair.new, shelf(), 1)
    put(pair, pair.old, {"p007": TITLE}, 2)
    arrives = threading.Thread(target=put, args=(pair, pair.new, {"p007": TITLE}, 2))
    clock = Clock()

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if arrives.ident is None:
            arrives.start()
            arrives.join()

    verdict = checksum.gate(pair, clock, sleep)
    assert verdict.passed
    assert verdict.figures["in motion"] == 1


def test_a_new_index_may_be_ahead(pair: Crossing) -> None:
    """Its worker is the faster one, or the old one's stands still: nothing is lost by a switch."""
    put(pair, pair.old, shelf(), 1)
    put(pair, pair.new, {**shelf(), "p100": TITLE}, 1)
    put(pair, pair.new, {"p001": None}, 2)
    assert checksum.gate(pair).passed


def test_a_tombstone_may_be_gone_from_the_log_but_not_from_the_index(pair: Crossing) -> None:
    """Kafka drops tombstones after a while; a copy of the index has no such excuse."""
    for live in (pair.old, pair.new):
        put(pair, live, shelf(), 1)
    put(pair, pair.old, {"gone": None}, 2)
    clock = Clock()
    assert not checksum.gate(pair, clock, clock.sleep).passed
    assert checksum.gate(replace(pair, source="log")).passed


@pytest.mark.parametrize(
    ("old", "new", "lacking"),
    [
        (None, Row({"product": 1}, deleted=False), False),
        (Row({"product": 1}, deleted=False), None, True),
        (Row({"product": 2}, deleted=False), Row({"product": 1}, deleted=False), True),
        (Row({"product": 1}, deleted=False), Row({"product": 2}, deleted=True), False),
        (Row({"product": 1}, deleted=True), Row({"product": 1}, deleted=False), True),
        (Row({"product": 1, "price": 1}, deleted=False), Row({"product": 2}, deleted=False), True),
    ],
)
def test_every_stream_has_to_be_there(old: Row | None, new: Row | None, lacking: bool) -> None:
    """A price that was not carried is lost even where its product was."""
    assert lacks(old, new, replayed=False) is lacking
