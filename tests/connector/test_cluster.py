import socket
import ssl
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

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


def test_a_block_is_no_matter_of_roles() -> None:
    """The cluster answers both with 403; where disks ran short it lifts the block itself."""
    why = "index [shop-v1] blocked by: [FORBIDDEN/8/index write (api)];"
    info = {"error": {"reason": why}}
    blocked = str(translate(TransportError(403, "cluster_block_exception", info), "writing"))
    assert f"{why} free disk space" in blocked
    assert "role" not in blocked
    assert "role" in str(translate(TransportError(403, "security_exception", info), "writing"))


_OWN = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = any
[names]
subjectAltName = {name}
"""


def _signed(folder: Path, name: str, begins: str, ends: str) -> Path:
    """A certificate that signed itself, with its key in front."""
    own, key, request = folder / "own.cnf", folder / "key.pem", folder / "own.csr"
    own.write_text(_OWN.format(folder=folder, name=name), "utf-8")
    (folder / "index.txt").touch()

    def openssl(*words: object) -> str:
        command = ["openssl", *map(str, words)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    openssl("genpkey", "-algorithm", "RSA", "-out", key)
    openssl("req", "-new", "-key", key, "-subj", "/CN=node", "-config", own, "-out", request)
    signing = ("ca", "-batch", "-selfsign", "-notext", "-config", own, "-keyfile", key)
    dates = ("-startdate", begins, "-enddate", ends)
    certificate = openssl(*signing, "-in", request, "-extensions", "names", *dates)
    both = folder / "both.pem"
    both.write_text(key.read_text("utf-8") + certificate, "utf-8")
    return both


@pytest.mark.parametrize(
    ("name", "begins", "ends", "remedy"),
    [
        ("IP:127.0.0.1", "20200101000000Z", "20200102000000Z", "renew the node's certificate"),
        ("IP:127.0.0.1", "20900101000000Z", "20910101000000Z", "set this machine's clock"),
        ("DNS:other", "20200101000000Z", "20910101000000Z", "write a name into opensearch.url"),
    ],
    ids=["expired", "not yet valid", "another name"],
)
def test_a_certificate_that_does_not_hold_says_what_to_do(
    tmp_path: Path, name: str, begins: str, ends: str, remedy: str
) -> None:
    """An authority is what is missing in one case of several."""
    certificate = _signed(tmp_path, name, begins, ends)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def meet() -> None:
            met, _ = listener.accept()
            shaken = tls.wrap_socket(met, server_side=True, do_handshake_on_connect=False)
            with shaken, suppress(OSError):
                shaken.do_handshake()

        thread = threading.Thread(target=meet)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        settings = OpenSearchSettings(url=url, ca_file=certificate)
        with pytest.raises(ClusterRefusedError, match=remedy) as caught, faults("looking", url):
            connect(settings).info()
        thread.join()
    assert "ca_file" not in str(caught.value)


def test_a_node_without_tls_is_asked_without() -> None:
    """An address that was copied with the wrong scheme."""
    words = "TLS connect error: error:0A00010B:SSL routines::wrong version number"
    said = str(translate(client.SSLError("N/A", words, Exception(35, words)), "looking"))
    assert said.endswith("write http:// into opensearch.url, if the node speaks no TLS")


def test_the_client_does_not_show_its_password() -> None:
    """The client's own description of itself carries no credentials."""
    settings = OpenSearchSettings.model_validate(
        {"url": "http://127.0.0.1:1", "username": "u", "password": "hunter2"}
    )
    assert "hunter2" not in repr(connect(settings))
    assert "hunter2" not in repr(settings)
