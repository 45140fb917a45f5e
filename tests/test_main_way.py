import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plugins.servers import environment

from connector.cli import run as connector
from connector.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.encoder]

SHOP = Path(__file__).parents[1] / "examples" / "shop"
Run = Callable[..., Any]


@pytest.fixture
def file(catalogue_name: str, topic: str, tmp_path: Path) -> Path:
    """The example shop's catalogue under a name of its own."""
    text = (SHOP / "catalogue.toml").read_text("utf-8")
    text = text.replace('name = "shop"', f'name = "{catalogue_name}"')
    file = tmp_path / "catalogue.toml"
    file.write_text(text.replace('topic = "shop-products"', f'topic = "{topic}"'), "utf-8")
    return file


@pytest.fixture
def run(file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as a user and return its JSON."""

    def call(user: Settings, *arguments: str) -> Any:
        with monkeypatch.context() as patch:
            for name, value in environment(user).items():
                patch.setenv(name, value)
            patch.setenv("CONNECTOR_CATALOGUE", str(file))
            capsys.readouterr()
            code = connector([*arguments, "--json"])
            out, err = capsys.readouterr()
        assert code == 0, err
        return json.loads(out)

    return call


@pytest.fixture
def started(file: Path) -> Run:
    """Run a command as a user in a process of its own and return its JSON."""

    def call(user: Settings, *arguments: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "connector", *arguments, "--json"],
            env=environment(user) | {"CONNECTOR_CATALOGUE": str(file)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return call


def test_the_main_way_end_to_end(
    run: Run, started: Run, admin: Settings, writer: Settings, reader: Settings
) -> None:
    """Updates go into Kafka and come back as one measured ranking, each step by its own user."""
    run(admin, "mappings", "apply")
    products = (SHOP / "products.jsonl").read_text("utf-8").splitlines()
    assert run(admin, "publish", str(SHOP / "products.jsonl"))["records"] == len(products)

    summary = started(writer, "ingest", "--until-caught-up")
    assert summary["embedded"] == len(products)
    assert summary["dead_letters"] == 0
    again = run(writer, "ingest", "--until-caught-up", "--from-beginning")
    assert again["stale"] == len(products)
    assert again["encoder_texts"] == 0

    found = run(reader, "search", "winter coat", "--explain")
    top = found["hits"][0]
    assert sum(term["share"] for term in top["evidence"]["terms"]) == pytest.approx(top["score"])

    judged = ["--queries", str(SHOP / "queries.tsv"), "--qrels", str(SHOP / "qrels.tsv")]
    report = run(reader, "evaluate", *judged, "--slices", "builtin")
    means = {system["system"]: system["mean"]["nDCG@10"] for system in report["systems"]}
    assert set(means) == {"bm25", "vector", "native", "hybrid"}
    assert means["hybrid"] > means["native"]
    assert means["hybrid"] > means["bm25"] + 0.05
    verdicts = {
        (part["dimension"], part["value"]): found["difference"]["verdict"]
        for part in report["slices"]
        for found in part["systems"]
        if found["system"] == "hybrid"
    }
    assert len(verdicts) >= 6
    assert "worse" not in verdicts.values(), verdicts
