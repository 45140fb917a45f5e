import socket
from collections.abc import Iterator

import pytest

from connector.errors import LocalServerError
from connector.local.server import HOST, answers, base_environment, choose_port, is_listening


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield int(server.getsockname()[1])


def test_a_chosen_port_that_is_taken_is_an_error(taken: int) -> None:
    """Nobody is moved to another port than the one they asked for."""
    with pytest.raises(LocalServerError, match=f"port {taken} for kafka is in use"):
        choose_port(taken, 9092, "kafka")


def test_the_usual_port_gives_way(taken: int) -> None:
    """Without a choice, a taken default becomes a free port."""
    assert choose_port(None, taken, "kafka") != taken


def test_zero_is_any_free_port(taken: int) -> None:
    """0 never means the default."""
    assert choose_port(0, taken, "kafka") not in (0, taken)


def test_listening_is_seen(taken: int) -> None:
    """A port is looked at by connecting to it."""
    assert is_listening(taken)
    assert not is_listening(choose_port(0, 1, "kafka"))


def test_a_server_that_does_not_answer_is_not_healthy() -> None:
    """A refused connection is an answer, not an exception."""
    assert not answers(choose_port(0, 1, "redis"), b"PING\r\n", b"+PONG")


def test_servers_do_not_see_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's environment stays with the user."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    assert "hunter2" not in base_environment().values()


def test_servers_see_the_users_flags_for_java(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable that every Java reads."""
    monkeypatch.setenv("JDK_JAVA_OPTIONS", "-XX:+UseSerialGC")
    assert base_environment()["JDK_JAVA_OPTIONS"] == "-XX:+UseSerialGC"
