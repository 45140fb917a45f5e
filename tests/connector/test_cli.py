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
