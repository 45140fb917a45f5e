import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from plugins import kernel

from connector.local import children

# Sleeps until it is killed; its name in the kernel's list is the test's own folder.
SLEEPER = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]


def test_the_outcome_of_a_program() -> None:
    """What it printed on both, and its exit status; it sees the environment it is given."""
    told = "import os, sys; print(os.environ['A']); sys.exit('no')"
    done = children.outcome([sys.executable, "-c", told], env={"A": "b"})
    assert (done.returncode, done.stdout, done.stderr) == (1, "b\n", "no\n")


def test_ctrl_c_right_after_the_fork_kills_the_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The signal waits until the child is known, and nobody is left behind."""
    monkeypatch.setattr(subprocess, "Popen", kernel.interrupting(subprocess.Popen))
    with pytest.raises(KeyboardInterrupt):
        children.outcome([*SLEEPER, str(tmp_path)])
    assert kernel.processes(str(tmp_path)) == {}


def test_ctrl_c_in_the_middle_kills_the_child(tmp_path: Path) -> None:
    """As somebody does who waits no longer."""

    def waiting() -> None:
        with children.running([*SLEEPER, str(tmp_path)], stderr=subprocess.STDOUT) as sleeper:
            assert sleeper.stdout is not None
            sleeper.stdout.readline()
            assert len(kernel.processes(str(tmp_path))) == 1
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        waiting()
    assert kernel.processes(str(tmp_path)) == {}


def test_too_long_is_an_error_and_an_end(tmp_path: Path) -> None:
    """A program that hangs is killed."""
    with pytest.raises(subprocess.TimeoutExpired):
        children.outcome([*SLEEPER, str(tmp_path)], timeout_s=0.1)
    assert kernel.processes(str(tmp_path)) == {}


def test_a_program_that_is_not_there_leaves_ctrl_c_as_it_was() -> None:
    """Whoever comes next can be interrupted."""
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(OSError, match="nowhere"):
        children.outcome(["/nowhere"])
    assert signal.getsignal(signal.SIGINT) is before


def test_threads_run_programs_too() -> None:
    """Only the main thread may touch signals, and only it is interrupted."""
    said: list[str] = []
    thread = threading.Thread(
        target=lambda: said.append(children.outcome([sys.executable, "-c", "print(1)"]).stdout)
    )
    thread.start()
    thread.join()
    assert said == ["1\n"]
