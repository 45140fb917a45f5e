import json
from pathlib import Path

import pytest
from plugins.query_shop import Shop
from plugins.servers import environment

from connector.cli import run

pytestmark = pytest.mark.server


@pytest.fixture(autouse=True)
def _environment(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command reaches the shop as a reader, from a folder without settings."""
    monkeypatch.chdir(tmp_path)
    for name, value in environment(shop.settings).items():
        if name.startswith("CONNECTOR_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")


def ask(shop: Shop, *flags: str) -> int:
    """Run `connector explain` on the shop."""
    return run(["explain", "red jacket", "--index", shop.alias, *flags])


def test_the_way_of_a_product_is_printed(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """A verdict, a line per step, and its score beside another's."""
    assert ask(shop, "--id", "p030", "--size", "1") == 0
    printed = capsys.readouterr().out
    assert "p030 comes at place " in printed
    for part in ("✓", "✗", "stored", "visible", "title_vector", "candidates", "Against place 1, "):
        assert part in printed


def test_scripts_get_the_same(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """`--json` has the steps with their numbers and the comparison term by term."""
    assert ask(shop, "--id", "p030", "--filter", "colour=green", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["id"], answer["query"], answer["lost"]) == ("p030", "red jacket", "filter")
    assert answer["checks"][-1]["said"] == "it does not meet colour=green (asked for)"
    assert ask(shop, "--id", "p000", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["lost"] is None
    assert answer["checks"][-1]["numbers"]["place"] == answer["place"]


def test_no_such_product_is_a_failure(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the answer says why."""
    assert ask(shop, "--id", "nobody") == 1
    assert "nobody does not exist" in capsys.readouterr().out


def test_a_ranking_of_the_engine_cannot_be_followed(shop: Shop) -> None:
    """The choice offers the systems whose candidates the connector ranks."""
    assert ask(shop, "--id", "p000", "--system", "bm25") == 2
