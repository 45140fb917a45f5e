import json
from pathlib import Path

import pytest
from plugins.query_shop import Shop
from plugins.servers import environment

from connector import cli
from connector.errors import RequestError
from query.evaluate.asking import ALL, Questions, ask
from query.evaluate.judgments import Judgments
from query.search import Searcher

pytestmark = pytest.mark.server

JUDGED = Judgments(
    {"q1": "red jacket", "q2": "lamp for camping"},
    {"q1": {"p000": 3, "p003": 1}, "q2": {"p013": 2}},
)


@pytest.fixture
def files(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The judgments as files; commands reach the shop as a reader."""
    monkeypatch.chdir(tmp_path)
    for name, value in environment(shop.settings).items():
        if name.startswith("CONNECTOR_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("CONNECTOR_ENCODER__DEVICE", "cpu")
    Path("queries.tsv").write_text(
        "query_id\tquery\n" + "".join(f"{id_}\t{text}\n" for id_, text in JUDGED.queries.items()),
        "utf-8",
    )
    Path("qrels.tsv").write_text(
        "query_id\tproduct_id\tgrade\n"
        + "".join(
            f"{id_}\t{product}\t{grade}\n"
            for id_, products in JUDGED.grades.items()
            for product, grade in products.items()
        ),
        "utf-8",
    )
    return ["--queries", "queries.tsv", "--index", shop.alias]


def test_every_part_of_a_system_is_left_out_once(shop: Shop, searcher: Searcher) -> None:
    """The ablation names the searcher's own parts, and the whole is the asked run itself."""
    answers = ask(shop.settings, shop.alias, Questions(("bm25", "hybrid"), (ALL,)), JUDGED)
    assert [run.name for run in answers.runs] == ["bm25", "hybrid"]
    assert answers.ablation
    assert answers.ablation.system == "hybrid"
    assert {part.name for part in answers.ablation.parts} == set(searcher.parts)
    assert any(part.changed for part in answers.ablation.parts)
    assert answers.titles == {}


def test_what_the_settings_leave_out_is_not_tried(shop: Shop) -> None:
    """A quarantined part is named, left out of all runs, and cannot be asked for."""
    search = shop.settings.search.model_copy(update={"quarantined": ("lexical",)})
    settings = shop.settings.model_copy(update={"search": search})
    answers = ask(settings, shop.alias, Questions(("hybrid",), ("vector",)), JUDGED)
    assert answers.ablation
    assert answers.ablation.quarantined == ("lexical",)
    assert [part.name for part in answers.ablation.parts] == ["vector"]
    with pytest.raises(RequestError, match="left out already"):
        ask(settings, shop.alias, Questions(("hybrid",), ("lexical",)), JUDGED)


def test_an_unknown_part_is_said_before_anything_is_asked(shop: Shop) -> None:
    """The message lists what there is."""
    with pytest.raises(RequestError, match=r"unknown part 'speling'; there are .*vector"):
        ask(shop.settings, shop.alias, Questions(("hybrid",), ("speling",)), JUDGED)


@pytest.mark.parametrize("systems", [(), ("native",), ("hybrid", "bm25")])
def test_only_our_own_systems_have_parts(systems: tuple[str, ...]) -> None:
    """Nothing can be left out of the engine's own ranking, nor of none."""
    with pytest.raises(RequestError, match="add --system hybrid"):
        Questions(systems, (ALL,))


def test_titles_are_looked_up_for_what_is_shown(shop: Shop) -> None:
    """Those of the first products of every run, also of stored ones."""
    answers = ask(shop.settings, shop.alias, Questions(("bm25",), titles=3), JUDGED)
    shown = {id_ for query in JUDGED.queries for id_ in answers.runs[0].first(query, 3)}
    assert set(answers.titles) == shown
    assert answers.titles["p000"] == "red jacket model 0"


def test_the_command_shows_ablation_slices_and_titles(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """One table each on the terminal, all of it in JSON, titles in the report."""
    asked = ["evaluate", *files, "--qrels", "qrels.tsv", "--system", "bm25", "--system", "hybrid"]
    more = ["--ablate", "vector", "--ablate", "lexical", "--slices", "builtin"]
    assert cli.run([*asked, *more, "--report", "report.html"]) == 0
    out = capsys.readouterr().out
    assert "hybrid without each part" in out
    assert "length: 2 words" in out
    assert "red jacket model 0" in Path("report.html").read_text("utf-8")
    assert cli.run([*asked, *more, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert {part["part"] for part in plain["ablation"]["parts"]} == {"vector", "lexical"}
    assert plain["slices"][0]["systems"][1]["system"] == "hybrid"


def test_a_pool_of_live_systems_has_titles(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """What several systems find is written once, with titles, the judged pairs marked."""
    asked = ["--system", "bm25", "--system", "vector", "--depth", "2", "--json"]
    arguments = ["pool", *files, "--qrels", "qrels.tsv", *asked]
    assert cli.run(["judgments", *arguments, "--to", "pool.tsv"]) == 0
    told = json.loads(capsys.readouterr().out)
    lines = Path("pool.tsv").read_text("utf-8").splitlines()
    assert len(lines) == 1 + told["pairs"]
    assert 4 <= told["pairs"] <= 8
    assert all(len(line.split("\t")) == 6 and line.split("\t")[3] for line in lines)
    assert cli.run(["judgments", *arguments, "--to", "pool.tsv"]) == 3
