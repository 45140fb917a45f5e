import io
import json
import logging
import subprocess
import sys
from types import SimpleNamespace

import pytest

from connector import telemetry
from connector.telemetry import JsonLines


def line(message: str, *arguments: object, exc_info: bool = False) -> dict[str, str]:
    """A log line, read back."""
    error = sys.exc_info() if exc_info else None
    record = logging.LogRecord("ingest.x", logging.WARNING, __file__, 1, message, arguments, error)
    text = JsonLines().format(record)
    assert "\n" not in text
    found: dict[str, str] = json.loads(text)
    return found


def test_a_line_is_one_object_whatever_is_in_it() -> None:
    """A line break inside a message makes no second line."""
    found = line("half %s", 'a\nb "c" é')
    assert found["message"] == 'half a\nb "c" é'
    assert found["level"] == "warning"
    assert found["logger"] == "ingest.x"
    assert found["at"].endswith("+00:00")


def test_an_exceptions_words_stay_out() -> None:
    """Its type is told; its words may quote a product."""
    try:
        int("secret lamp")
    except ValueError:
        found = line("failed", exc_info=True)
    assert found["error"] == "ValueError"
    assert "secret lamp" not in json.dumps(found)


def test_a_commands_failure_is_a_json_line_where_these_are_asked_for() -> None:
    """Whoever collects the log reads the reason of the end in the same form."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "connector"),
            *("--set", "log.format=json", "--set", "catalogue=/nowhere.toml"),
            *("mappings", "show"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert [json.loads(line)["level"] for line in done.stderr.splitlines()] == ["error"]
    assert "/nowhere.toml" in json.loads(done.stderr)["message"]


def test_work_that_does_not_move_says_nothing_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A worker that waits for records for a night does not fill the log with one line."""
    clock = iter(range(0, 1000, 10))
    monkeypatch.setattr(telemetry, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    caplog.set_level(logging.INFO, "connector.telemetry")
    with telemetry.progress("ingest shop") as shown:
        for done in (7, 7, 7, 8, 8):
            shown.update(done)
    assert caplog.messages == ["ingest shop: 0", "ingest shop: 7", "ingest shop: 8"]
