import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from plugins import kernel
from plugins.users import user_of

from connector.errors import LocalServerError
from connector.local import places
from connector.local.access import Access
from connector.local.plan import Options
from connector.local.stack import Stack
from connector.local.state import supervisor_of

pytestmark = pytest.mark.server

CONNECTOR = [sys.executable, "-m", "connector", "local"]
PORTS = ["--opensearch-port=0", "--kafka-port=0", "--redis-port=0", "--heap=512m"]
OPTIONS = Options(opensearch_port=0, kafka_port=0, redis_port=0, heap="512m")
SECURED = replace(OPTIONS, release="2.19", secure=True)


@contextmanager
def place() -> Iterator[Path]:
    """Make a place for a stack that its servers' user may enter; emptied afterwards."""
    folder = places.default_home().with_name(f"{places.NAME}-test-{time.time_ns()}")
    yield folder
    Stack(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home() -> Iterator[Path]:
    """A place of a test's own."""
    with place() as folder:
        yield folder


@pytest.fixture(scope="module")
def secured() -> Iterator[tuple[Path, Access]]:
    """The previous major with TLS and users, and its administrator; it may be ended and started."""
    with place() as folder:
        yield folder, Stack(folder).start(SECURED).opensearch


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `connector local …` for a home."""
    return subprocess.Popen(
        [*CONNECTOR, *arguments, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str], code: int = 0) -> str:
    """Wait for a command; return its output, or its error line where it is to fail."""
    out, err = process.communicate()
    assert process.returncode == code, err
    return err if code else out


def servers(home: Path) -> dict[int, str]:
    """Server processes of a stack by number, from the kernel's own list."""
    return {
        pid: line
        for pid, line in kernel.processes(str(home)).items()
        if "java" in line or "redis-server" in line
    }


def gone(home: Path) -> bool:
    """Wait for the servers of a stack to be gone, and for whoever has to say why."""
    deadline = time.monotonic() + 120
    while (servers(home) or supervisor_of(home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not servers(home)


def test_up_twice_at_once_status_and_down(home: Path) -> None:
    """Two `up` make one healthy stack on loopback, of no root; `down` leaves no trace of it."""
    first, second = [started(home, "up", *PORTS, "--json") for _ in range(2)]
    addresses = json.loads(said(first))
    assert json.loads(said(second)) == addresses
    running = servers(home)
    assert len(running) == 3
    for pid in running:
        assert kernel.owner(pid) != 0
        assert kernel.listening(pid) <= {"127.0.0.1", "::ffff:127.0.0.1"}
        assert kernel.listening(pid)

    state = Stack(home).status()
    assert state is not None
    plugins = json.dumps(state.addresses.opensearch.call("GET", "/_nodes/plugins"))
    assert "opensearch-knn" in plugins
    assert "neural-search" in plugins
    shell = said(started(home, "status", "--shell"))
    assert f"export CONNECTOR_OPENSEARCH__URL={addresses['opensearch']['url']}" in shell
    assert f"export CONNECTOR_KAFKA__BOOTSTRAP_SERVERS={addresses['kafka']}" in shell
    assert f"export CONNECTOR_REDIS__URL={addresses['redis']}" in shell
    assert "all healthy" in said(started(home, "status"))
    status = json.loads(said(started(home, "status", "--json")))
    assert status["health"] == {"opensearch": True, "kafka": True, "redis": True}

    other = said(started(home, "up", "--opensearch", "2.19"), code=1)
    assert "OpenSearch 3.6 runs there already" in other
    assert "are running already" in said(started(home, "up", *PORTS, "--foreground"), code=1)
    assert servers(home) == running

    assert said(started(home, "down")).startswith("stopped\n")
    assert servers(home) == {}
    assert "stopped; start with" in said(started(home, "status"), code=1)


def test_ctrl_c_in_the_foreground_leaves_nothing(home: Path) -> None:
    """An attached stack says where it is, and ends with its terminal."""
    attached = started(home, "up", *PORTS, "--foreground")
    assert attached.stdout is not None
    assert attached.stdout.readline().startswith("OpenSearch  http://127.0.0.1:")
    assert len(servers(home)) == 3
    attached.send_signal(signal.SIGINT)
    said(attached)
    assert servers(home) == {}


def test_ctrl_c_while_starting_leaves_nothing(home: Path) -> None:
    """Somebody who changes their mind is not left with half a stack."""
    starting = started(home, "up", *PORTS)
    while not servers(home):
        assert starting.poll() is None
        time.sleep(0.02)
    starting.send_signal(signal.SIGINT)
    assert "interrupted" in said(starting, code=130)
    assert servers(home) == {}
    assert supervisor_of(home) is None


def test_ctrl_c_right_after_the_supervisor_began_ends_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a session of its own: nothing else would."""
    monkeypatch.setattr(os, "posix_spawn", kernel.interrupting(os.posix_spawn))
    with pytest.raises(KeyboardInterrupt):
        Stack(home).start(OPTIONS)
    assert kernel.processes(str(home)) == {}


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    """The server's own last words come back, and nothing is left running."""
    with pytest.raises(LocalServerError, match="opensearch ended with") as caught:
        Stack(home).start(replace(OPTIONS, heap="1k"))
    assert "opensearch.log" in str(caught.value)
    assert servers(home) == {}


def test_the_previous_major_is_secured(secured: tuple[Path, Access]) -> None:
    """2.19 wants TLS and a password, and a user has the rights of their role and no others."""
    home, admin = secured
    assert admin.call("GET", "/")["version"]["number"] == "2.19.1"
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        replace(admin, ca_file=None).call("GET", "/")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        replace(admin, password="admin").call("GET", "/")
    local = replace(admin, url=admin.url.replace("127.0.0.1", "localhost"))
    assert local.is_healthy()

    for index in ("open", "closed"):
        admin.call("PUT", f"/{index}")
    allowed = [{"index_patterns": ["open"], "allowed_actions": ["indices:data/read/search*"]}]
    user = user_of(admin, "one", {"index_permissions": allowed})
    assert user.call("GET", "/open/_search")["hits"]["total"]["value"] == 0
    with pytest.raises(urllib.error.HTTPError, match="403"):
        user.call("GET", "/closed/_search")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        user.call("PUT", "/open/_doc/1", {"title": "no"})

    shell = said(started(home, "status", "--shell"))
    assert "export CONNECTOR_OPENSEARCH__USERNAME=admin" in shell
    assert f"export CONNECTOR_OPENSEARCH__CA_FILE={admin.ca_file}" in shell


def test_a_killed_supervisor_takes_its_servers_along_and_data_are_kept(
    secured: tuple[Path, Access],
) -> None:
    """`kill -9` of the parent leaves no orphan; the next `up` finds the index and the password."""
    home, admin = secured
    stack = Stack(home)
    admin.call("PUT", "/kept")
    supervisor = supervisor_of(home)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
    assert gone(home)
    status = stack.status()
    assert status is not None
    assert status.phase == "stopped"
    assert "killed" in status.reason
    assert stack.stop() is False

    again = stack.start(SECURED).opensearch
    assert again.password == admin.password
    assert again.call("GET", "/kept")
    (redis,) = (pid for pid, line in servers(home).items() if "redis-server" in line)
    os.kill(redis, signal.SIGKILL)
    assert gone(home), "the stack goes when one of its servers does"
    assert "redis ended with -9" in said(started(home, "status"), code=1)
