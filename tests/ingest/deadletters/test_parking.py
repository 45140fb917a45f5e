"""Letters that are larger than brokers take: a record must not keep the worker from all others."""

from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError
from plugins.ingest_shop import Shop

from connector import broker
from connector.settings import DeadLetterSettings, KafkaSettings
from ingest.change import Position
from ingest.deadletters.letter import Letter
from ingest.deadletters.parking import DeadLetters, _fitting
from ingest.deadletters.payload import Keeping
from ingest.deadletters.shelf import letters_of


def letter(key: bytes, payload: object = None) -> Letter:
    return Letter(
        Position("t", 0, 7), 5, key, "C", "r", "shop", "shop-v1", "2026-01-01T00:00:00Z", payload
    )


@pytest.mark.parametrize("key", [b"x" * 1_200_000, b"\xff" * 900_000, b"\x00" * 300_000])
def test_a_letter_fits_whatever_its_record_s_key(key: bytes) -> None:
    """Text, bytes that base64 makes longer, and letters that JSON escapes."""
    body = _fitting(letter(key, {"state": "whole", "value": "x" * 500_000, "headers": []}))
    assert len(body) < 1_000_000
    found = Letter.parse(body)
    assert (found.name, found.error_class, found.payload) == ("t/0/7", "C", None)


def test_a_silent_kafka_does_not_hold_up_the_end() -> None:
    """What it has not acknowledged was not committed either."""

    class Silent:
        def close(self, timeout: float | None) -> None:
            assert timeout == 1.0
            raise KafkaTimeoutError

    letters: Any = DeadLetters(KafkaSettings(), Keeping(0, frozenset()), "c", "c-v1", str)
    letters._producer = Silent()
    letters.close(1.0)
    letters.close(1.0)


@pytest.mark.server
def test_a_topic_that_takes_less_gets_letters_without_payload(shop: Shop) -> None:
    """Where it stands and what is wrong is what a letter is for; the worker goes on."""
    broker.create_topic(shop.settings.kafka, f"{shop.topic}.deadletters", max_message_bytes="2000")
    keeping = DeadLetterSettings(payload_bytes=100_000)
    ingest = shop.settings.ingest.model_copy(update={"deadletters": keeping})
    shop.settings = shop.settings.model_copy(update={"ingest": ingest})
    shop.send(
        ("1", {"id": "1", "v": 1, "colour": "red"}),
        ("2", {"id": "2", "v": 1, "colour": "red" * 5000}),
        ("3", {"id": "3", "v": 1, "title": "red shoe"}),
    )
    summary = shop.ingest()
    assert (summary["dead_letters"], summary["embedded"]) == (2, 1)
    letters = letters_of(shop.settings.kafka, [shop.topic])
    assert [each.error_class for each in letters] == ["UnknownField"] * 2
    assert letters[1].payload is None
