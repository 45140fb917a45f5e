import json
import socket
from pathlib import Path

import pytest

from connector.cli import run
from connector.local import java, places


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's machine without Java, without Maven, and with an empty cache."""
    monkeypatch.setattr(places, "is_root", lambda: False)
    monkeypatch.setattr(java, "_FOLDERS", ())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path


def up(home: Path, *arguments: str) -> int:
    """Run `connector local up` on free ports."""
    ports = ("--opensearch-port=0", "--kafka-port=0", "--redis-port=0")
    return run(["local", "up", "--home", str(home), *ports, *arguments])


def test_security_is_offered_where_it_exists(capsys: pytest.CaptureFixture[str]) -> None:
    """Asking for a secured 3.6 is a usage error that says what to ask for."""
    assert run(["local", "up", "--secure"]) == 2
    assert "--opensearch 2.19" in capsys.readouterr().err


def test_missing_java_is_one_line(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine without Java is told what to install, and nothing is left behind."""
    assert up(bare / "home") == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("connector: Java 21 or newer is needed (no Java was found)")
    assert "apt-get install" in said
    assert "brew install" in said


def test_missing_maven_is_one_line(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With Java there, the next thing missing is named; the cache holds no half a server."""
    (bare / "java").write_text("#!/bin/sh\necho 'openjdk version \"21.0.1\"' >&2\n")
    (bare / "java").chmod(0o755)
    assert up(bare / "home") == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith("connector: Maven (mvn) is needed")
    assert not list((bare / "cache").rglob("*.jar"))


def test_a_chosen_port_that_is_taken_is_one_line(
    bare: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The port and the way out are named before anything is fetched."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert up(bare / "home", "--kafka-port", str(port)) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == (
        f"connector: port {port} for kafka is in use on 127.0.0.1; "
        "choose another with --kafka-port, or 0 for any free one"
    )


def test_down_without_a_stack_is_no_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Stopping what does not run is done already."""
    assert run(["local", "down", "--home", str(tmp_path)]) == 0
    assert "nothing was running" in capsys.readouterr().out
    assert run(["local", "down", "--home", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"stopped": False}


def test_status_without_a_stack_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The one thing to type is in the message."""
    assert run(["local", "status", "--home", str(tmp_path)]) == 1
    assert "never started; start with `connector local up`" in capsys.readouterr().err
    assert run(["local", "status", "--home", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["phase"] == "stopped"
