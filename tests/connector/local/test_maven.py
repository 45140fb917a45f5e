import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from plugins import kernel

from connector.errors import LocalServerError
from connector.local import maven
from connector.local.maven import Artifact


@pytest.fixture
def fake_maven(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program in Maven's place; tests write what it does."""
    program = tmp_path / "mvn"
    monkeypatch.setattr(maven, "find_maven", lambda: program)
    return program


def test_maven_s_last_words_are_told(fake_maven: Path, tmp_path: Path) -> None:
    """A failed download says what Maven said and what to check."""
    fake_maven.write_text("#!/bin/sh\necho '[ERROR] Could not transfer artifact x'\nexit 1\n")
    fake_maven.chmod(0o755)
    with pytest.raises(LocalServerError, match=r"Could not transfer artifact x.*check the network"):
        maven.fetch({"lib": [Artifact("g", "a", "1")]}, tmp_path, "Kafka", 45)


def test_what_maven_fetches_is_shown() -> None:
    """Megabytes add up by Maven's own lines, and never pass the total."""
    shown: list[tuple[int, str]] = []

    class Bar:
        def update(self, done: int, total: int | None = None, note: str = "") -> None:  # noqa: ARG002
            shown.append((done, note))

    lines = [
        "[INFO] Downloading from central: https://repo/a-1.jar\n",
        "[INFO] Downloaded from central: https://repo/a-1.jar (30 MB at 5.0 MB/s)\n",
        "",
        "Downloading from central: https://repo/b-1.jar\n",
        "Downloaded from central: https://repo/b-1.jar (20500 kB at 80 kB/s)\n",
    ]
    maven._follow(lines, Bar(), 45)
    assert shown == [(0, "a-1.jar"), (30, "a-1.jar"), (30, "a-1.jar"), (30, "b-1.jar"),
                     (45, "b-1.jar"), (45, "")]  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_maven_ends_with_the_download(number: int, fake_maven: Path, tmp_path: Path) -> None:
    """Ctrl-C or `kill -9` during a first run leaves no Maven behind."""
    mark = f"60.{time.time_ns()}"
    fake_maven.write_text(f"#!/bin/sh\nexec sleep {mark}\n")
    fake_maven.chmod(0o755)
    script = (
        "import sys; from pathlib import Path; from connector.local import maven\n"
        "maven.find_maven = lambda: Path(sys.argv[1])\n"
        "maven.fetch({'lib': []}, Path(sys.argv[2]), 'Kafka', 45)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(fake_maven), str(tmp_path)], stderr=subprocess.DEVNULL
    ) as fetching:
        while not kernel.processes(mark):
            assert fetching.poll() is None
            time.sleep(0.02)
        fetching.send_signal(number)
        assert fetching.wait() != 0
    deadline = time.monotonic() + 120
    while kernel.processes(mark) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not kernel.processes(mark)
