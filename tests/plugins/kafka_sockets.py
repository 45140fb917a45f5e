"""Sockets of kafka-python's that nobody closes fail no test."""

import socket
from typing import Any

import pytest
from kafka.net.inet import KafkaNetSocket


class _Closing(socket.socket):
    """A socket that closes itself without a warning."""

    def __del__(self) -> None:
        self.close()


@pytest.fixture(scope="session", autouse=True)
def kafka_sockets() -> None:
    """Close what a client leaves to the collector, without the warning that fails the next test.

    kafka-python 3.0.12 does so where it is closed while it connects, or while it still has to
    write. Nothing is lost by it, and sockets of our own go on being watched.
    """

    def made(_: object, *kind: Any) -> socket.socket:
        return _Closing(*kind)

    KafkaNetSocket.socket = made
