import socket

import pytest
from opensearchpy import NotFoundError, TransportError
from opensearchpy import exceptions as client

from connector.cluster import connect, faults, reason, translate
from connector.errors import (
    ClusterRefusedError,
    ClusterUnavailableError,
    ConnectorError,
    IndexMissingError,
)
from connector.settings import OpenSearchSettings


def test_a_cluster_that_is_not_there_is_worth_a_later_try() -> None:
    """Nobody listening: one line with the address and what to check, exit code 75."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    settings = OpenSearchSettings(url=url)
    with pytest.raises(ClusterUnavailableError, match=url) as caught, faults("looking", url):
        connect(settings).info()
    assert "connector local status" in str(caught.value)
    assert caught.value.exit_code == 75


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (TransportError(429, "rejected_execution_exception", {}), ClusterUnavailableError),
        (TransportError(503, "cluster_block_exception", {}), ClusterUnavailableError),
        (
            client.ConnectionTimeout("TIMEOUT", "read timed out", Exception()),
            ClusterUnavailableError,
        ),
        (NotFoundError(404, "index_not_found_exception", {}), IndexMissingError),
        (TransportError(401, "security_exception", {}), ClusterRefusedError),
        (TransportError(403, "security_exception", {}), ClusterRefusedError),
        (TransportError(400, "parsing_exception", {}), ClusterRefusedError),
    ],
)
def test_every_answer_has_one_error(fault: TransportError, expected: type[ConnectorError]) -> None:
    """What the caller should do follows from the status alone."""
    assert type(translate(fault, "testing")) is expected


def test_the_reason_is_the_deepest_cause_in_one_line() -> None:
    """The cluster's nested answer is reduced to what went wrong in the end."""
    info = {
        "error": {
            "reason": "all shards failed",
            "root_cause": [{"reason": "outer"}],
            "caused_by": {"reason": "middle", "caused_by": {"reason": "the\n  cause"}},
        }
    }
    assert reason(TransportError(400, "x", info)) == "the cause"


def test_the_client_does_not_show_its_password() -> None:
    """The client's own description of itself carries no credentials."""
    settings = OpenSearchSettings.model_validate(
        {"url": "http://127.0.0.1:1", "username": "u", "password": "hunter2"}
    )
    assert "hunter2" not in repr(connect(settings))
    assert "hunter2" not in repr(settings)
