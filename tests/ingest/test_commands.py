"""What a user sees on the command line: reasons in one line, exit codes, clean stops."""

import gzip
import json
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from plugins.ingest_shop import Shop, read_all
from plugins.servers import environment

from connector.cli import run as connector

pytestmark = pytest.mark.server

CONNECTOR = str(Path(sys.executable).with_name("connector"))


@contextmanager
def started(shop: Shop, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command with the shop's catalogue; it never outlives the test."""
    with subprocess.Popen(
        [CONNECTOR, *arguments, "-c", str(shop.file)],
        env=environment(shop.settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(240)
        yield server


def call(shop: Shop, *arguments: str) -> tuple[int, str, str]:
    """Run the command to its end; return exit code, output and errors."""
    with started(shop, *arguments) as process:
        out, err = process.communicate(timeout=240)
    return process.returncode, out, err


Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Run the command in this process; return exit code, output and errors."""
    for name, value in environment(shop.settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = connector([*arguments, "-c", str(shop.file)])
        return code, *capsys.readouterr()

    return run


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is true, as long as the process lives."""
    patience = time.monotonic() + 240
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < patience
        time.sleep(0.1)


def lines(count: int) -> list[str]:
    return [json.dumps({"id": n, "v": 1, "title": f"shoe number {n}"}) for n in range(count)]


def test_publish_and_ingest_are_two_commands(shop: Shop, typed: Typed, tmp_path: Path) -> None:
    """JSON lines go in, documents come out, and the summary says what was done."""
    file = tmp_path / "products.jsonl.gz"
    file.write_bytes(gzip.compress("\n\n".join(lines(5)).encode()))
    code, out, _ = typed("publish", str(file), "--json")
    assert (code, json.loads(out)) == (0, {"topic": shop.topic, "records": 5})
    assert [record.key for record in read_all(shop.settings, shop.topic)] == [
        str(n).encode() for n in range(5)
    ]
    code, out, _ = call(shop, "ingest", "--until-caught-up", "--json")
    summary = json.loads(out)
    assert (code, summary["records"], summary["embedded"]) == (0, 5, 5)
    assert shop.client.count(index=shop.catalogue.name)["count"] == 5
    code, out, _ = typed("ingest", "--until-caught-up", "--from-beginning")
    assert (code, "records 5, stale 5," in out) == (0, True)


def test_a_fleet_shares_the_topic_and_sums_up(shop: Shop) -> None:
    """Two workers do between them what one would, once over again, and end with one exit code."""
    shop.send(*((str(n), {"id": n, "v": 1, "title": f"shoe number {n}"}) for n in range(5)))
    code, out, err = call(shop, "ingest", "--devices", "cpu, cpu", "--until-caught-up", "--json")
    assert code == 0, err
    summary = json.loads(out)
    assert (summary["records"], summary["embedded"], summary["restarts"]) == (5, 5, 0)
    code, out, err = call(
        shop, "ingest", "--devices", "cpu", "--from-beginning", "--until-caught-up", "--json"
    )
    assert code == 0, err
    assert json.loads(out)["stale"] == 5


def test_a_fleet_ends_with_its_workers_reason(shop: Shop) -> None:
    """What a worker refuses, the fleet refuses: one line, the device named, the same code."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        http = f"ingest.http=127.0.0.1:{taken.getsockname()[1]}"
        with started(shop, "--set", http, "ingest", "--devices", "cpu") as fleet:
            _, err = fleet.communicate(timeout=240)
    assert fleet.returncode == 2
    assert_one_line(err, "worker on cpu: ", "cannot listen")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": 1', "InvalidJson"),
        ("[]", "NotAnObject"),
        ('{"title": "x"}', "MissingId"),
        ('{"id": 1, "price": NaN}', "NaN is not a JSON number"),
    ],
)
def test_publish_names_the_line_that_is_wrong(
    shop: Shop, typed: Typed, tmp_path: Path, line: str, reason: str
) -> None:
    """File and line, exit code 2; the lines before it are sent."""
    file = tmp_path / "products.jsonl"
    file.write_text("\n".join([*lines(2), line]), "utf-8")
    code, _, err = typed("publish", str(file))
    assert code == 2
    assert f"{file}:3: " in err
    assert reason in err
    assert len(read_all(shop.settings, shop.topic)) == 2


def test_publish_names_a_line_that_the_topic_does_not_take(
    shop: Shop, typed: Typed, tmp_path: Path
) -> None:
    """Trying again would not help: exit code 2, and what to raise."""
    file = tmp_path / "products.jsonl"
    large = json.dumps({"id": 3, "title": random.Random(3).randbytes(5_000_000).hex()})
    file.write_text("\n".join([*lines(2), large]), "utf-8")
    code, _, err = typed("publish", str(file))
    assert code == 2
    assert_one_line(err, str(file), "max.message.bytes")
    assert len(read_all(shop.settings, shop.topic)) in {0, 2}


def assert_one_line(err: str, *words: str) -> None:
    said = [line for line in err.splitlines() if line.startswith("connector: ")]
    assert len(said) == 1, err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1, err
    for word in words:
        assert word in said[0]


def test_servers_that_are_not_there_are_worth_another_try(shop: Shop, typed: Typed) -> None:
    """Exit code 75, the address, and what to check."""
    nowhere = "http://127.0.0.1:1"
    code, _, err = typed("--set", f"opensearch.url={nowhere}", "ingest")
    assert code == 75
    assert_one_line(err, "OpenSearch", "connector local status")
    kafka = ("--set", "kafka.bootstrap_servers=127.0.0.1:1", "--set", "kafka.timeout_s=1")
    for command in (("ingest",), ("publish", str(shop.file))):
        code, _, err = typed(*kafka, *command)
        assert code == 75
        assert_one_line(err, "Kafka at 127.0.0.1:1", "connector local status")


def test_what_is_missing_is_named(shop: Shop, typed: Typed) -> None:
    """A topic or an index that does not exist is the user's to make: exit code 1."""
    missing = shop.file.read_text("utf-8").replace(shop.topic, f"{shop.topic}-not")
    shop.file.write_text(missing, "utf-8")
    code, _, err = typed("ingest", "--until-caught-up")
    assert code == 3  # the catalogue differs from the index's
    assert_one_line(err, "connector mappings apply")
    shop.client.indices.delete(index=shop.index)
    code, _, err = typed("ingest", "--until-caught-up")
    assert code == 1
    assert_one_line(err, "connector mappings apply")


def test_a_missing_topic_is_named(shop: Shop, typed: Typed) -> None:
    """The message says how it can come into being."""
    shop.drop_topic()
    code, _, err = typed("ingest", "--until-caught-up")
    assert code == 1
    assert_one_line(err, shop.topic, "connector publish")


@pytest.mark.once
def test_sigterm_finishes_what_is_in_hand(shop: Shop) -> None:
    """The worker commits, says what it did and ends with 0; the next one does the rest."""
    shop.send(*((str(n), json.loads(line)) for n, line in enumerate(lines(40))))
    with started(shop, "--set", "ingest.batch_records=5", "ingest", "--json") as process:
        wait_for(lambda: shop.client.count(index=shop.index)["count"] > 0, process)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    assert json.loads(out)["records"] == shop.committed()
    rest = shop.ingest()
    assert rest["records"] == 40 - json.loads(out)["records"]
    assert len(shop.documents()) == 40


def test_sigterm_ends_a_worker_that_a_server_keeps_waiting(
    shop: Shop, silent: socket.socket
) -> None:
    """Nothing is in hand before the index is opened: it ends at once, with 0."""
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with started(shop, "--set", f"opensearch.url={url}", "ingest") as process:
        connection, _ = silent.accept()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=240)
        connection.close()
    assert process.returncode == 0, err


@pytest.mark.once
def test_a_killed_worker_leaves_nothing_behind_and_nothing_out(shop: Shop) -> None:
    """After kill -9 in the middle and a restart the index is what it would have been."""
    changes = [
        (str(n), {"id": n, "v": version, "title": f"shoe {n} of {version}", "stock": version})
        for version in (1, 2)
        for n in range(300)
    ]
    shop.send(*changes, ("bad", b"{"))
    # So small that hundreds of them are left when somebody sees that some are written.
    with started(shop, "--set", "ingest.batch_records=2", "ingest") as process:
        wait_for(lambda: shop.client.exists(index=shop.index, id="20"), process)
        process.kill()
    assert (shop.committed() or 0) < len(changes)
    shop.ingest()
    documents = shop.documents()
    assert {key: document["title"] for key, document in documents.items()} == {
        str(n): f"shoe {n} of 2" for n in range(300)
    }
    assert {document["connector"]["state"] for document in documents.values()} == {"embedded"}
    assert len(shop.letters()) == 1
    again = shop.ingest(from_beginning=True)
    assert (again["encoder_texts"], shop.documents()) == (0, documents)


@pytest.mark.once
@pytest.mark.parametrize("shop", [{"partitions": 2}], indirect=True)
def test_workers_share_a_topic_and_one_of_them_can_wait_for_all(shop: Shop) -> None:
    """Caught up means every partition, also those that another worker holds."""
    with started(shop, "ingest") as process:
        for partition in (0, 1):
            shop.send(
                *(
                    (f"{partition}-{n}", {"id": f"{partition}-{n}", "v": 1, "title": "shoe"})
                    for n in range(20)
                ),
                partition=partition,
            )
        wait_for(lambda: len(shop.documents()) > 0, process)
        shop.ingest()
        assert len(shop.documents()) == 40
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == 0
