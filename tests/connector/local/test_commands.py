from pathlib import Path

import pytest

from connector.cli import run


def test_security_is_offered_where_it_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for a secured 3.6 is a usage error that says what to ask for."""
    assert run(["local", "up", "--secure"]) == 2
    assert "--opensearch 2.19" in capsys.readouterr().err


def test_down_without_a_stack_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopping what does not run is done already."""
    assert run(["local", "down", "--home", str(tmp_path)]) == 0
    assert "nothing was running" in capsys.readouterr().out


def test_status_without_a_stack_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one thing to type is in the message."""
    assert run(["local", "status", "--home", str(tmp_path)]) == 1
    assert "connector local up" in capsys.readouterr().err
