import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from opensearchpy import OpenSearch
from plugins.behaviour import forget_experiments
from plugins.panels import empty
from plugins.query_shop import Shop

from connector.cli import run
from connector.settings import BehaviourSettings, Settings
from mappings.history.fields import RELEVANCE
from query.ubi.indices import Names

pytestmark = pytest.mark.server

Ubi = Callable[..., dict[str, object]]


@pytest.fixture
def ubi(
    admin: Settings, kept: BehaviourSettings, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> Ubi:
    """Run `connector ubi`, `judgments from-clicks` or `experiment status`; return what it prints."""
    assert kept.key
    opensearch = admin.opensearch
    given = {
        "behaviour.key": kept.key.get_secret_value(),
        "behaviour.prefix": kept.prefix,
        "opensearch.url": opensearch.url,
        "encoder.device": shop.settings.encoder.device,
    }
    if opensearch.password:
        given["opensearch.username"] = str(opensearch.username)
        given["opensearch.password"] = opensearch.password.get_secret_value()
        given["opensearch.ca_file"] = str(opensearch.ca_file)
    flags = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]

    def call(*words: str) -> dict[str, object]:
        group = {"from-clicks": "judgments", "status": "experiment"}.get(words[0], "ubi")
        assert run([*flags, group, *words, "--json"]) == 0
        said: dict[str, object] = json.loads(capsys.readouterr().out)
        return said

    return call


def judged(folder: Path) -> tuple[str, ...]:
    """Write two judged queries; return the options that name them."""
    queries, qrels = folder / "queries.tsv", folder / "qrels.tsv"
    queries.write_text("query_id\tquery\nq1\tred jacket\nq2\tkettle\n", "utf-8")
    rows = [("q1", "p000", 3), ("q1", "p003", 2), ("q2", "p024", 3)]
    with qrels.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t").writerows([("query_id", "product_id", "grade"), *rows])
    return ("--queries", str(queries), "--qrels", str(qrels))


def test_simulated_shoppers_leave_what_real_ones_do_and_can_be_forgotten(
    ubi: Ubi, shop: Shop, kept: BehaviourSettings, client: OpenSearch, tmp_path: Path
) -> None:
    """Sessions are written for judged queries; one shopper's are gone after one command."""
    assert ubi("apply")["created"] == []
    files = (*judged(tmp_path), "--index", shop.alias)
    written = ubi("simulate", *files, "--sessions", "200", "--clients", "5", "--system", "bm25")
    names = Names.of(kept)
    assert written[names.queries] == 200
    assert written[names.events]
    sure = ("--least-confidence", "0.1", "--to", str(tmp_path / "clicked"))
    clicked = ubi("from-clicks", *files[:2], *files[4:], *sure)
    assert (clicked["pages"], clicked["queries"]) == (200, 2)
    body = {"query": {"match_all": {}}, "size": 1000}
    everything = str(client.search(index=f"{names.queries},{names.events}", body=body))
    for secret in ("client-1", "user-1", "visit-1", "red jacket", "kettle"):
        assert f"'{secret}'" not in everything
    gone = ubi("forget", "client-1")
    assert gone["queries"]
    assert ubi("forget", "client-1") == {"queries": 0, "events": 0}
    assert ubi("forget", "user-1") == {"queries": 0, "events": 0}


def test_simulated_shoppers_fill_the_board_of_behaviour(
    ubi: Ubi, shop: Shop, kept: BehaviourSettings, client: OpenSearch, tmp_path: Path
) -> None:
    """Every panel and column of it, in the days it opens with, an experiment's interval included."""
    name = f"board-{shop.alias}"
    ours = {"term": {"index": shop.alias}}
    crowd = ("--sessions", "1500", "--experiment", name, "--index", shop.alias)
    try:
        ubi("simulate", *judged(tmp_path), *crowd)
        ubi("status", name, "--record")
        either = {"bool": {"should": [ours, {"exists": {"field": "query_id"}}]}}
        assert empty(client, "connector-behaviour", either, kept.prefix) == set()
    finally:
        forget_experiments(client, shop.alias)
        params = {"conflicts": "proceed", "ignore_unavailable": "true"}
        client.delete_by_query(index=RELEVANCE, body={"query": ours}, params=params)
