import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from plugins.query_shop import COLOURS, MAKERS, Shop, products
from plugins.servers import environment

from connector.cli import cli
from query.understand.synonyms.candidates import read
from query.understand.synonyms.commands import synonyms

pytestmark = pytest.mark.server

Run = Callable[..., Any]
QUERIES = [f"{colour} anorak" for colour in COLOURS] + [f"anorak {maker}" for maker in MAKERS]


@pytest.fixture
def run(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a subcommand on the shop with a reader's rights; return the JSON it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in environment(shop.settings).items():
        if name.startswith("CONNECTOR_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")
    monkeypatch.setenv("CONNECTOR_SEARCH__SYNONYMS", "words")
    monkeypatch.setitem(cli.commands, "synonyms", synonyms)

    def invoke(*arguments: str) -> Any:
        result = CliRunner(catch_exceptions=False).invoke(cli, ["synonyms", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return invoke


def _jackets() -> list[str]:
    return [name for name, product in products().items() if "jacket" in product["title"]]


def _files(folder: Path) -> tuple[str, str, str]:
    """Write clicks that join anorak and jacket, and judgments by which they are the same."""
    clicks = ["query\tproduct_id\tclicks"]
    for word in ("anorak", "jacket"):
        clicks += [f"red {word}\t{product}\t5" for product in _jackets()[:3]]
    queries = ["query_id\tquery", *(f"q{at}\t{text}" for at, text in enumerate(QUERIES))]
    qrels = ["query_id\tproduct_id\tgrade"]
    for at in range(len(QUERIES)):
        qrels += [f"q{at}\t{product}\t1" for product in _jackets()]
    for name, lines in (("clicks", clicks), ("queries", queries), ("qrels", qrels)):
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return "clicks.tsv", "queries.tsv", "qrels.tsv"


def test_pair_from_clicks_is_accepted_for_its_lift(run: Run, shop: Shop, tmp_path: Path) -> None:
    """A word the catalogue does not have finds what people clicked, once its lift is measured."""
    clicks, queries, qrels = _files(tmp_path)
    assert run("suggest", "--clicks", clicks, "--index", shop.alias)["new"] == 1
    judged = ("--queries", queries, "--qrels", qrels, "--index", shop.alias)
    measured = run("test", *judged, "--accept-lift")
    (candidate,) = measured["candidates"]
    assert (candidate["left"], candidate["right"]) == ("anorak", "jacket")
    assert candidate["lift"]["queries"] == len(QUERIES)
    assert candidate["lift"]["low"] > 0
    assert candidate["status"] == "accepted"
    assert run("apply")["rules"] == 1
    assert run("test", "warm anorak")[0]["effect"] == "also finds 'jacket' with weight 0.5"


def test_neighbours_come_with_titles_as_evidence(run: Run, shop: Shop, tmp_path: Path) -> None:
    """Terms of the index are encoded by its own model; what is found names titles and counts."""
    found = run("suggest", "--neighbours", "--index", shop.alias)
    assert found["new"] == len(read(tmp_path / "words"))
    for one in read(tmp_path / "words"):
        assert min(one.df) >= 3
        assert one.examples
        assert not {one.left, one.right} <= {*COLOURS}
        assert not {one.left, one.right} <= {maker.lower() for maker in MAKERS}
