import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from kafka import TopicPartition
from plugins.ingest_shop import Shop
from prometheus_client.parser import text_string_to_metric_families

from connector.errors import SettingsError
from ingest.endpoint import serve
from ingest.flow.pipeline import Load
from ingest.flow.status import PartitionStatus, WorkerStatus
from ingest.flow.tally import NAMES, Tally
from ingest.gauges import COUNTS, OUTCOMES
from ingest.metrics import Metrics
from ingest.run import run

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
NOW = time.monotonic()


@dataclass
class Worker:
    """A worker that stands still, for what a real one shows only by luck."""

    tally: Tally = field(default_factory=lambda: Tally(records=7, embedded=4, stale=3, stalls=1))
    stalled: bool = False

    def status(self) -> WorkerStatus:
        """One partition behind, one just given to it."""
        behind = PartitionStatus(40, 38, 50, 10, 2.5, self.stalled)
        return WorkerStatus(
            {TopicPartition("p", 0): behind, TopicPartition("p", 1): PartitionStatus()},
            {"plan": Load(), "write": Load(2, 3000)},
            time.monotonic(),
            commits=5,
        )


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def url(worker: Worker) -> Iterator[str]:
    """Address of a served worker."""
    with serve("127.0.0.1:0", worker, Metrics()) as port:
        yield f"http://127.0.0.1:{port}"


def get(url: str, accept: str = "", data: bytes | None = None) -> tuple[int, str]:
    """Status and body."""
    try:
        with urlopen(Request(url, data, {"Accept": accept}), timeout=120) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Values by name and labels' values."""
    return {
        (each.name.removeprefix("connector_ingest_"), *each.labels.values()): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def test_prometheus_reads_what_the_worker_knows(url: str) -> None:
    """Counts from the tally, lag by partition, queues by stage; what is not known is left out."""
    status, text = get(f"{url}/metrics")
    assert status == 200
    found = samples(text)
    assert found["records_total",] == 7
    assert found["changes_total", "embedded"] == 4
    assert found["changes_total", "stale"] == 3
    assert found["stalls_total",] == 1
    assert found["commits_total",] == 5
    assert found["lag_records", "0", "p"] == 10
    assert found["lag_seconds", "0", "p"] == 2.5
    assert found["queue_bytes", "write"] == 3000
    assert ("lag_records", "1", "p") not in found


def test_openmetrics_is_spoken_where_it_is_asked_for(url: str) -> None:
    """Prometheus asks for it, and it ends with a mark."""
    _, text = get(f"{url}/metrics", "application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")


def test_probes_answer_by_status(url: str, worker: Worker) -> None:
    """A stalled worker lives, and is not ready; the body says why."""
    assert get(f"{url}/livez") == (200, "ok\n")
    assert get(f"{url}/readyz") == (200, "ok\n")
    worker.stalled = True
    assert get(f"{url}/livez") == (200, "ok\n")
    status, said = get(f"{url}/readyz")
    assert status == 503
    assert "p/0" in said


def test_what_follows_a_question_mark_changes_nothing(url: str) -> None:
    """Prometheus adds the parameters of its job to the address."""
    assert get(f"{url}/metrics?name[]=connector_ingest_records_total")[0] == 200
    assert get(f"{url}/livez?verbose") == (200, "ok\n")


def test_everything_else_is_not_there(url: str) -> None:
    """Nothing can be read or changed beside the three."""
    assert get(f"{url}/")[0] == 404
    assert get(f"{url}/metrics/../etc/passwd")[0] == 404
    assert get(f"{url}/metrics", data=b"x")[0] == 501


def test_a_silent_client_keeps_nobody_waiting(url: str) -> None:
    """Scrapes go on while a connection says nothing."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))):
        assert get(f"{url}/livez")[0] == 200


def test_a_port_that_is_taken_is_a_wrong_setting(url: str, worker: Worker) -> None:
    """The message names the setting."""
    with (
        pytest.raises(SettingsError, match=r"ingest\.http"),
        serve(url.removeprefix("http://"), worker, Metrics()),
    ):
        pass


def test_nothing_listens_unasked(worker: Worker) -> None:
    """Without an address there is no endpoint."""
    with serve(None, worker, Metrics()) as port:
        assert port is None


def test_every_count_of_the_tally_reaches_prometheus() -> None:
    """A count added to the worker's summary cannot be forgotten here."""
    assert set(NAMES) == {*OUTCOMES, *COUNTS, "dead_letters"}


def test_the_document_names_every_metric_and_no_other(url: str) -> None:
    """docs/metrics.md is the list of what there is."""
    _, text = get(f"{url}/metrics")
    ours = {
        line.split(" ")[2]
        for line in text.splitlines()
        if line.startswith("# TYPE connector_ingest_") and not line.endswith("_created gauge")
    }
    told = set(re.findall(r"`(connector_ingest_\w+)[`{]", DOCUMENT.read_text("utf-8")))
    assert told == ours


def test_a_real_worker_tells_what_it_did(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records, dead letters by class, the model's tokens, and how long a change took."""
    made: list[Metrics] = []
    make = Metrics.__init__

    def keep(self: Metrics, *arguments: float) -> None:
        make(self, *arguments)
        made.append(self)

    monkeypatch.setattr(Metrics, "__init__", keep)
    shop.send(
        ("p1", {"id": "p1", "v": 1, "title": "red lamp"}),
        ("p2", {"id": "p2", "v": 1, "title": "red lamp"}),
        ("p3", b"{"),
    )
    summary = run(shop.settings, shop.catalogue, True, False)
    told = made[0].registry.get_sample_value
    assert summary["embedded"] == 2
    assert told("connector_ingest_dead_letters_total", {"error_class": "InvalidJson"}) == 1
    assert told("connector_ingest_searchable_seconds_count") == 2
    tokens = told("connector_ingest_encoder_tokens_total")
    padded = told("connector_ingest_encoder_padded_tokens_total")
    assert tokens
    assert padded
    assert 0 < tokens <= padded
