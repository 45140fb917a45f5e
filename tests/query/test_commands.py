import json
import socket
from pathlib import Path

import pytest
from plugins.query_shop import Shop
from plugins.servers import environment

from connector.cli import run
from query import commands
from query.request import SYSTEMS

pytestmark = pytest.mark.server

RED = ("search", "red jacket", "--size", "3")


def test_the_command_offers_every_system() -> None:
    """The choice is written twice, so that `--help` imports nothing."""
    assert commands.SYSTEMS == SYSTEMS


@pytest.fixture(autouse=True)
def _environment(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The commands reach the shop as a reader, from a folder without settings."""
    monkeypatch.chdir(tmp_path)
    for name, value in environment(shop.settings).items():
        if name.startswith("CONNECTOR_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")


def test_a_search_prints_a_table(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, brand, price, score and what each hit was found by."""
    assert run([*RED, "--index", shop.alias]) == 0
    printed = capsys.readouterr().out
    assert "hybrid: " in printed
    for part in ("red jacket model 0", "Alder  10 ", "lexical 1", "p000"):
        assert part in printed


def test_systems_stand_side_by_side(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """`--system` may be repeated; each has its own page, in the order asked."""
    systems = ("bm25", "vector", "native", "hybrid")
    flags = [word for system in systems for word in ("--system", system)]
    assert run([*RED, "--index", shop.alias, *flags]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if " found, " in line] == list(systems)


def test_explain_shows_the_sum(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """A card per hit: each term's share, weight, value, raw score and rank, and the words by field."""
    assert run([*RED, "--index", shop.alias, "--explain"]) == 0
    printed = capsys.readouterr().out
    for part in ("vector  ", "█", ", #1", " · ", "red: title", "lexical parts", "title.grams "):
        assert part in printed


def test_explain_writes_a_page(
    shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--explain-html` writes the cards of every system to one file, beside what is printed."""
    flags = ("--explain-html", "why.html", "--system", "hybrid", "--system", "bm25")
    assert run([*RED, "--index", shop.alias, *flags]) == 0
    assert "█" not in capsys.readouterr().out
    page = (tmp_path / "why.html").read_text("utf-8")
    assert page.count('<li class="card">') == 6
    assert "red: title" in page


def test_json_is_the_whole_response(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts get the evidence too; several systems make a list."""
    flags = ("--index", shop.alias, "--json", "--filter", "colour=red", "--from", "1")
    assert run([*RED, *flags]) == 0
    page = json.loads(capsys.readouterr().out)
    assert page["system"] == "hybrid"
    assert len(page["hits"]) == 3
    hit = page["hits"][0]
    assert hit["score"] == pytest.approx(sum(term["share"] for term in hit["evidence"]["terms"]))
    assert hit["source"]["colour"] == "red"
    assert run([*RED, *flags, "--system", "bm25", "--system", "hybrid"]) == 0
    assert [page["system"] for page in json.loads(capsys.readouterr().out)] == ["bm25", "hybrid"]


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        (["--filter", "size=XL"], 2, "this index has: boxed, brand"),
        (["--filter", "nonsense"], 2, "FIELD=VALUE"),
        (["--size", "-1"], 2, "cannot be negative"),
        (["--size", "1001"], 2, "beyond hit 1,000"),
        (["--index", "t-nowhere"], 1, "connector mappings apply"),
    ],
)
def test_faults_are_one_line_and_an_exit_code(
    flags: list[str], code: int, message: str, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was wrong and what would be right, without a traceback."""
    assert run([*RED, "--index", shop.alias, *flags]) == code
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "INFO" not in line]
    assert message in line


def test_no_server_is_worth_a_later_try(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody listening: exit code 75."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv(
            "CONNECTOR_OPENSEARCH__URL", f"http://127.0.0.1:{unused.getsockname()[1]}"
        )
    assert run([*RED, "--index", "t-any"]) == 75
    assert "did not answer" in capsys.readouterr().err


def test_without_a_catalogue_file_the_index_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """`--index` is enough; without it the catalogue file names the alias."""
    assert run([*RED]) == 2
    assert "catalogue.toml" in capsys.readouterr().err
