import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from connector.cli import cli
from connector.errors import SynonymsError
from query.understand.synonyms.candidates import Candidate, read, write
from query.understand.synonyms.commands import synonyms

SOFA = Candidate("couch", "sofa", "clicks", 0.9, (12, 40), ("Red couch",))
LAMP = Candidate("lamp", "light", "wordnet", 0.5, (3, 4))

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a subcommand on a folder with two candidates; return what click saw."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(cli.commands, "synonyms", synonyms)
    write(tmp_path / "words", [SOFA, LAMP])

    def invoke(*arguments: str, typed: str = "") -> Any:
        name, *others = arguments
        words = ["synonyms", name, "--folder", "words", *others]
        return CliRunner().invoke(cli, words, input=typed)

    return invoke


def _states(folder: Path) -> list[str]:
    return [one.status for one in read(folder / "words")]


def test_review_asks_about_one_after_the_other(run: Run, tmp_path: Path) -> None:
    """Each answer is kept at once; quitting keeps what was answered before."""
    result = run("review", typed="a\nq\n")
    assert result.exit_code == 0
    assert "1 of 2\ncouch, sofa" in result.output
    assert _states(tmp_path) == ["accepted", "proposed"]
    assert "1 proposed, 1 accepted, 0 rejected" in result.output
    assert "lamp, light" in run("review", typed="s\n").output
    assert "0 proposed, 1 accepted, 1 rejected" in run("review", typed="r\n").output


def test_review_keeps_what_is_written_meanwhile(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A candidate that is suggested while a person thinks is not lost by the answer."""
    hose = Candidate("hose", "pipe", "clicks", 0.6, (3, 3))

    def answer(*_: object, **__: object) -> str:
        write(tmp_path / "words", [SOFA, LAMP, hose])
        monkeypatch.setattr(click, "prompt", lambda *_, **__: "q")
        return "a"

    monkeypatch.setattr(click, "prompt", answer)
    assert "2 proposed, 1 accepted" in run("review").output
    assert _states(tmp_path) == ["accepted", "proposed", "proposed"]


def test_review_takes_ids_from_scripts(run: Run, tmp_path: Path) -> None:
    """Ids decide without a question; JSON lists what is left."""
    result = run("review", "--reject", SOFA.id, "--json")
    left = json.loads(result.output)
    assert (left["rejected"], [one["id"] for one in left["candidates"]]) == (1, [LAMP.id])
    assert _states(tmp_path) == ["rejected", "proposed"]


def test_applied_rules_fire(run: Run) -> None:
    """What was accepted and applied is what `test` shows, with file and line."""
    run("review", "--accept", SOFA.id)
    assert json.loads(run("apply", "--json").output)["rules"] == 1
    shown = run("test", "two red couches").output
    assert shown == "couches: also finds 'sofa' with weight 0.5  (words/accepted.txt:4)\n"
    assert json.loads(run("test", "red couch", "--json").output)[0]["start"] == 4
    assert run("test", "lamp").output == "no rule fires\n"


def test_a_wrong_file_is_refused(run: Run) -> None:
    """Who tries a new rule, or a script that does, learns that it is none."""
    Path("words/curated.txt").write_text("couch, sofa|2\n", "utf-8")
    wrong = run("test", "couch").exception
    assert isinstance(wrong, SynonymsError)
    assert str(wrong).startswith("words/curated.txt:1:12: found the weight '2'")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("suggest",), "name a source"),
        (("test",), "give either a query, or both --queries and --qrels"),
        (("test", "sofa", "--queries", "q.tsv", "--qrels", "r.tsv"), "give either"),
        (("test", "--queries", "q.tsv"), "give either"),
        (("test", "sofa", "--accept-lift"), "--accept-lift needs"),
    ],
)
def test_what_is_missing_is_said(run: Run, arguments: Iterable[str], told: str) -> None:
    """A command without what it needs is a usage error that says what to give."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_folder_comes_from_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --folder the folder that searches use is meant; without either it is asked for."""
    assert run("apply").exit_code == 0
    missing = CliRunner().invoke(cli, ["synonyms", "apply"])
    assert missing.exit_code == 2
    assert "set search.synonyms" in missing.output
    monkeypatch.setenv("CONNECTOR_SEARCH__SYNONYMS", "words")
    assert CliRunner().invoke(cli, ["synonyms", "apply"]).exit_code == 0


@pytest.mark.parametrize("arguments", [("review",), ("apply",), ("test", "sofa")])
def test_missing_folder_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """A mistyped folder is said, and not made."""
    result = run(*arguments, "--folder", "wrods")
    assert result.exit_code == 2
    assert "wrods: no such folder" in result.output
    assert not Path("wrods").exists()
