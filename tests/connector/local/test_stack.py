import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import places
from connector.local.plan import Options
from connector.local.stack import Stack
from connector.local.state import is_supervised, read_status

pytestmark = pytest.mark.server

CONNECTOR = [sys.executable, "-m", "connector"]
PORTS = ["--opensearch-port", "0", "--kafka-port", "0", "--redis-port", "0", "--heap", "512m"]
# What the command lines of the three servers have in them, and no other process does.
PROGRAMS = ("bootstrap.OpenSearch", "kafka.Kafka", "redis-server")


@pytest.fixture
def home() -> Iterator[Path]:
    """A place for a stack that its servers' user may enter; emptied afterwards."""
    folder = places.default_home().with_name(f"{places.NAME}-test-{time.time_ns()}")
    yield folder
    Stack(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


def connector(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run `connector local`."""
    return subprocess.run(
        [*CONNECTOR, "local", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        check=False,
    )


def processes(home: Path) -> list[str]:
    """Command lines of the servers of a stack, from the kernel's own list."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(home) in line and any(program in line for program in PROGRAMS):
            found.append(line)
    return found


def gone(home: Path) -> bool:
    """Wait a moment for the servers of a stack to be gone."""
    for _ in range(100):
        if not processes(home):
            return True
        time.sleep(0.1)
    return False


def test_up_status_up_again_and_down(home: Path) -> None:
    """A stack comes up healthy, says where it is, is not started twice, and goes without a trace."""
    up = connector("up", *PORTS, "--json", home=home)
    assert up.returncode == 0, up.stderr
    addresses = json.loads(up.stdout)
    with urllib.request.urlopen(addresses["opensearch"]["url"] + "/_cat/plugins") as answer:
        plugins = answer.read().decode()
    assert "opensearch-knn" in plugins
    assert "neural-search" in plugins
    assert len(processes(home)) == 3

    status = connector("status", "--shell", home=home)
    assert f"export CONNECTOR_OPENSEARCH__URL={addresses['opensearch']['url']}" in status.stdout
    assert f"CONNECTOR_KAFKA__BOOTSTRAP_SERVERS={addresses['kafka']}" in status.stdout
    again = connector("up", "--json", home=home)
    assert json.loads(again.stdout) == addresses
    assert len(processes(home)) == 3

    other = connector("up", "--opensearch", "2.19", home=home)
    assert other.returncode == 1
    assert "OpenSearch 3.6 runs there already" in other.stderr

    assert connector("down", home=home).stdout.startswith("stopped\n")
    assert processes(home) == []
    after = connector("status", home=home)
    assert after.returncode == 1
    assert "connector local up" in after.stderr


def test_servers_never_run_as_root_and_listen_on_loopback_only(home: Path) -> None:
    """Root's own stack belongs to another user; no address but 127.0.0.1 is listened on."""
    Stack(home).start(Options(opensearch_port=0, kafka_port=0, redis_port=0, heap="512m"))
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes()
            owner = entry.stat().st_uid
        except OSError:
            continue
        if str(home).encode() in line and any(program.encode() in line for program in PROGRAMS):
            assert owner != 0
            listening = listeners(int(entry.name))
            assert listening
            assert all(address in ("127.0.0.1", "::ffff:127.0.0.1") for address in listening)


def listeners(pid: int) -> list[str]:
    """Addresses on which a process listens, from the kernel's own tables."""
    targets = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    sockets = {name[len("socket:[") : -1] for name in targets if name.startswith("socket:[")}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                found.append(decoded(fields[1].split(":")[0]))
    return found


def decoded(hexadecimal: str) -> str:
    """Turn the kernel's way of writing an address into ours."""
    last = hexadecimal[-8:]
    dotted = ".".join(str(int(last[at : at + 2], 16)) for at in (6, 4, 2, 0))
    mapped = len(hexadecimal) > 8 and hexadecimal[:24] == "0000000000000000FFFF0000"
    return f"::ffff:{dotted}" if mapped else dotted if len(hexadecimal) == 8 else hexadecimal


def test_a_killed_supervisor_takes_its_servers_along_and_data_are_kept(home: Path) -> None:
    """`kill -9` of the parent leaves no orphan; the next `up` finds yesterday's index."""
    stack = Stack(home)
    options = Options(opensearch_port=0, kafka_port=0, redis_port=0, heap="512m")
    url = stack.start(options).opensearch.url
    urllib.request.urlopen(urllib.request.Request(f"{url}/kept", method="PUT")).close()
    status = read_status(home)
    assert status is not None
    os.kill(status.supervisor, signal.SIGKILL)
    assert gone(home)
    now = stack.status()
    assert now is not None
    assert now.phase == "stopped"

    url = stack.start(options).opensearch.url
    with urllib.request.urlopen(f"{url}/_cat/indices/kept") as answer:
        assert b"kept" in answer.read()


def test_ctrl_c_in_the_foreground_leaves_nothing(home: Path) -> None:
    """An attached stack ends with its terminal."""
    with subprocess.Popen(
        [*CONNECTOR, "local", "up", *PORTS, "--foreground", "--home", str(home)],
        stderr=subprocess.PIPE,
    ) as attached:
        for _ in range(900):
            status = Stack(home).status()
            if status is not None and status.phase == "running":
                break
            time.sleep(0.1)
        assert len(processes(home)) == 3
        attached.send_signal(signal.SIGINT)
        assert attached.wait(60) == 0
    assert processes(home) == []


def test_ctrl_c_while_starting_leaves_nothing(home: Path) -> None:
    """Somebody who changes their mind is not left with half a stack."""
    with subprocess.Popen(
        [*CONNECTOR, "local", "up", *PORTS, "--home", str(home)], stderr=subprocess.PIPE
    ) as starting:
        while not processes(home):
            time.sleep(0.05)
        starting.send_signal(signal.SIGINT)
        assert starting.wait(60) == 130
    assert gone(home)
    assert not is_supervised(home)


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    """The server's own last words come back, and nothing is left running."""
    with pytest.raises(LocalServerError, match="opensearch ended with") as caught:
        Stack(home).start(Options(opensearch_port=0, kafka_port=0, redis_port=0, heap="1k"))
    assert "opensearch.log" in str(caught.value)
    assert processes(home) == []
