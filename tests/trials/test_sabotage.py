"""A worker that is broken on purpose: each way of losing something is seen by the judge."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from kafka import KafkaConsumer
from kit.history import Change
from kit.stage import Stage
from kit.workload import send
from opensearchpy import ConnectionError as NoConnectionError

from connector.errors import RetryLaterError
from connector.transport import CurlConnection

pytestmark = [pytest.mark.server, pytest.mark.parametrize("place", [1], indirect=True)]

Lines = list[dict[str, Any]]


def fill(place: Stage) -> None:
    """Send 30 products, change some, delete some."""
    made = [Change(f"p{n}", n, {"title": f"red shoe {n}"}) for n in range(1, 31)]
    made += [Change(f"p{n}", 100 + n, {"title": f"blue hat {n}"}) for n in range(1, 11)]
    made += [Change(f"p{n}", 200 + n, None) for n in range(11, 16)]
    send(place.bootstrap, place.shop.topic, made)


def meddle(monkeypatch: pytest.MonkeyPatch, change: Callable[[Lines], None]) -> None:
    """Let every bulk request be changed on its way out; its parameters stand at `script.params`."""
    perform = CurlConnection.perform_request

    def meddled(
        self: CurlConnection, method: str, url: str, params: Any, body: Any, **more: Any
    ) -> Any:
        if url.endswith("/_bulk"):
            lines = [json.loads(line) for line in body.splitlines()]
            change([line["script"]["params"] for line in lines[1::2]])
            body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        return perform(self, method, url, params, body, **more)

    monkeypatch.setattr(CurlConnection, "perform_request", meddled)


def die_writing(place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a worker that gives up at its first bulk, then one that does not."""

    def hang_up(_lines: Lines) -> None:
        raise NoConnectionError("N/A", "hung up", ConnectionResetError())

    shop, settings = place.shop, place.shop.settings
    hasty = settings.ingest.model_copy(update={"retries": 0})
    shop.settings = settings.model_copy(update={"ingest": hasty})
    with monkeypatch.context() as patch:
        meddle(patch, hang_up)
        with pytest.raises(RetryLaterError):
            shop.ingest()
    shop.settings = settings
    shop.ingest()


def test_a_worker_that_dies_writing_loses_nothing(
    place: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The honest worker, for comparison."""
    fill(place)
    die_writing(place, monkeypatch)
    verdict = place.judge()
    assert verdict.sound, str(verdict)
    assert (verdict.checked, verdict.alive, place.unread()) == (30, 25, 0)


def test_a_skipped_acknowledgement_is_seen(place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that commits what it has only read loses what it had in hand when it died."""
    fill(place)
    poll = KafkaConsumer.poll

    def hasty(self: KafkaConsumer, *arguments: Any, **more: Any) -> Any:
        polled = poll(self, *arguments, **more)
        self.commit()
        return polled

    with monkeypatch.context() as patch:
        patch.setattr(KafkaConsumer, "poll", hasty)
        die_writing(place, monkeypatch)
    verdict = place.judge()
    assert verdict.lost, str(verdict)
    assert verdict.unguarded, str(verdict)


def test_a_swapped_version_is_seen(place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two products of one request with each other's version."""

    def swap(lines: Lines) -> None:
        one, other = lines[:2]
        one["version"], other["version"] = other["version"], one["version"]

    fill(place)
    with monkeypatch.context() as patch:
        meddle(patch, swap)
        place.shop.ingest()
    assert len(place.judge().stale) == 2


def test_a_lost_delete_is_seen(place: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deletes that never reach the index leave products that a search finds."""

    def keep(lines: Lines) -> None:
        for line in lines:
            if line["delete"]:
                line["version"] = 0

    send(place.bootstrap, place.shop.topic, [Change("p1", 1, {"title": "red shoe"})])
    place.shop.ingest()
    send(place.bootstrap, place.shop.topic, [Change("p1", 2, None)])
    with monkeypatch.context() as patch:
        meddle(patch, keep)
        place.shop.ingest()
    assert place.judge().resurrected == ["p1"]
