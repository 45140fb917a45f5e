import json
import logging
import subprocess
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from plugins.ingest_shop import Shop
from plugins.servers import environment

from connector.cli import run

CANARY = "Canary4711"
BOUGHT = f"{CANARY} lamp"
# Every way in which a record can be refused before it is written, with the canary where it is read.
POISON: list[tuple[Any, Any]] = [
    (None, {"id": "n", "v": 1, "title": BOUGHT}),
    ("p1", b'{"title": "' + CANARY.encode()),
    ("p2", b'"' + CANARY.encode() + b'"'),
    ("p3", b'{"id": "p3", "v": 1, "title": "' + CANARY.encode() + b'\xff"}'),
    ("p4", b'{"id": "p4", "v": 1, "title": "' + CANARY.encode() + b'\\ud800"}'),
    ("p5", {"id": "p5", "v": CANARY, "title": "lamp"}),
    ("p6", {"id": CANARY, "v": 1, "title": "lamp"}),
    ("p7", {"id": "p7", "v": 1, "title": "lamp", "stock": CANARY}),
    ("p8", {"id": "p8", "v": 1, "title": "lamp", CANARY: 1}),
    ("p9", {"id": "p9", "v": 1, "title": CANARY * 120_000}),
    ("p10", {"v": 1, "title": BOUGHT, "id": None}),
]


class Said(NamedTuple):
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def arguments(shop: Shop, form: str) -> list[str]:
    return [
        *("--set", f"log.format={form}"),
        *("--set", "ingest.retries=1", "--set", "ingest.backoff_s=0.01"),
        *("ingest", "--until-caught-up", "-c", str(shop.file)),
    ]


Ingest = Callable[..., Said]


@pytest.fixture
def ingest(
    shop: Shop, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Ingest:
    """Run the command in this process and return what comes out of it, by whatever way."""
    # The command sends its log lines to standard error where nobody else has taken them.
    monkeypatch.setattr(logging.root, "handlers", [])

    def ran(form: str, **variables: str) -> Said:
        logging.root.handlers.clear()
        for name, value in {**environment(shop.settings), **variables}.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        return Said(run(arguments(shop, form)), *capfd.readouterr())

    return ran


def forbid(said: Said, secret: str = CANARY) -> None:
    """Neither stream holds the canary."""
    for stream in (said.stdout, said.stderr):
        assert secret.lower() not in stream.lower()


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_line_quotes_a_product_whatever_happens_to_it(
    shop: Shop, ingest: Ingest, form: str
) -> None:
    """Refused while decoding, rejected by the cluster with a preview of its value, and written."""
    meta = shop.client.indices.get_mapping(index=shop.index)[shop.index]["mappings"]
    settings = shop.client.indices.get(index=shop.index)[shop.index]
    meta["properties"]["body"] = {"type": "long"}
    analysis = settings["settings"]["index"]["analysis"]
    shop.client.indices.delete(index=shop.index)
    shop.client.indices.create(
        index=shop.index,
        body={
            "settings": {"index": {"knn": True, "analysis": analysis}},
            "mappings": meta,
            "aliases": settings["aliases"],
        },
    )
    rejected = ("r1", {"id": "r1", "v": 1, "title": BOUGHT, "body": CANARY})
    shop.send(*POISON, rejected, ("w1", {"id": "w1", "v": 1, "title": BOUGHT}))
    said = ingest(form)
    assert said.returncode == 0, said.stderr
    assert len(shop.letters()) == len(POISON) + 1
    assert any(CANARY in letter["reason"] for letter in shop.letters())
    assert said.stderr.count(" INFO " if form == "text" else '"level": "info"') > 0
    forbid(said)


def test_every_line_of_a_json_log_is_an_object(shop: Shop) -> None:
    """Also the clients' warnings, the progress, and the reason of the end."""
    shop.send(("w1", {"id": "w1", "v": 1, "title": BOUGHT}))
    block = {"index.blocks.write": True}
    shop.client.indices.put_settings(index=shop.index, body=block)
    command = [sys.executable, "-m", "connector", *arguments(shop, "json")]
    done = subprocess.run(
        command, env=environment(shop.settings), capture_output=True, text=True, check=False
    )
    said = Said(done.returncode, done.stdout, done.stderr)
    assert said.returncode == 1
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert lines[-1]["level"] == "error"
    assert "block" in lines[-1]["message"]
    forbid(said)


def test_no_line_holds_a_password_when_servers_are_away_or_refuse(
    shop: Shop, ingest: Ingest
) -> None:
    """Whether the cluster does not answer, or Kafka does not know the mechanism."""
    shop.send(("w1", {"id": "w1", "v": 1, "title": BOUGHT}))
    secret = "Sesame0815"
    nowhere = "127.0.0.1:1"
    login = {"CONNECTOR_OPENSEARCH__USERNAME": "u", "CONNECTOR_OPENSEARCH__PASSWORD": secret}
    away = ingest("json", CONNECTOR_OPENSEARCH__URL=f"http://{nowhere}", **login)
    assert away.returncode == 75, away.stderr
    forbid(away, secret)
    refused = ingest(
        "json",
        CONNECTOR_KAFKA__BOOTSTRAP_SERVERS=nowhere,
        CONNECTOR_KAFKA__SECURITY_PROTOCOL="SASL_PLAINTEXT",
        CONNECTOR_KAFKA__SASL_MECHANISM="PLAIN",
        CONNECTOR_KAFKA__SASL_PLAIN_USERNAME="u",
        CONNECTOR_KAFKA__SASL_PLAIN_PASSWORD=secret,
        CONNECTOR_KAFKA__TIMEOUT_S="1",
    )
    assert refused.returncode == 75, refused.stderr
    forbid(refused, secret)
