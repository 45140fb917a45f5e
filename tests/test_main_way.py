import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plugins.servers import environment

from connector.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.encoder]

SHOP = Path(__file__).parents[1] / "examples" / "shop"
Run = Callable[..., Any]


@pytest.fixture
def run(catalogue_name: str, topic: str, tmp_path: Path) -> Run:
    """Run the command on the example shop under a name of its own and return its JSON."""
    text = (SHOP / "catalogue.toml").read_text("utf-8")
    text = text.replace('name = "shop"', f'name = "{catalogue_name}"')
    file = tmp_path / "catalogue.toml"
    file.write_text(text.replace('topic = "shop-products"', f'topic = "{topic}"'), "utf-8")

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
    run: Run, admin: Settings, writer: Settings, reader: Settings, catalogue_name: str
) -> None:
    """Updates go into Kafka and come back as one measured ranking, each step by its own user."""
    run(admin, "mappings", "apply")
    products = (SHOP / "products.jsonl").read_text("utf-8").splitlines()
    assert run(admin, "publish", str(SHOP / "products.jsonl"))["records"] == len(products)

    summary = run(writer, "ingest", "--until-caught-up")
    assert summary["embedded"] == len(products)
    assert summary["dead_letters"] == 0
    again = run(writer, "ingest", "--until-caught-up", "--from-beginning")
    assert again["stale"] == len(products)
    assert again["encoder_texts"] == 0

    found = run(reader, "search", "winter coat", "--index", catalogue_name, "--explain")
    top = found["hits"][0]
    assert sum(term["share"] for term in top["evidence"]["terms"]) == pytest.approx(top["score"])

    judged = ["--queries", str(SHOP / "queries.tsv"), "--qrels", str(SHOP / "qrels.tsv")]
    report = run(reader, "evaluate", *judged, "--index", catalogue_name, "--slices", "builtin")
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
