import os
import subprocess
import sys
from pathlib import Path

import pytest

from connector.errors import LocalServerError
from connector.local import state
from connector.local.access import Access
from connector.local.plan import Addresses, Options
from connector.local.state import Status

STATUS = Status(
    "running",
    4711,
    Options("2.19", secure=True, opensearch_port=9200, kafka_port=9092, redis_port=6379),
    Addresses(Access("https://127.0.0.1:9200", "admin", "pw", Path("/ca.pem")), "k:1", "redis://r"),
)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """State and options survive the way through their files."""
    assert state.read_status(tmp_path) is None
    state.write_status(tmp_path, STATUS)
    state.write_options(tmp_path, STATUS.options)
    assert state.read_status(tmp_path) == STATUS
    assert state.read_options(tmp_path) == STATUS.options
    state.forget_status(tmp_path)
    assert state.read_status(tmp_path) is None


def test_the_password_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine can read the state."""
    state.write_status(tmp_path, STATUS)
    assert (tmp_path / "status.json").stat().st_mode & 0o077 == 0


def test_the_lock_tells_who_supervises(tmp_path: Path) -> None:
    """A number in a file is believed only while its lock is held."""
    assert state.supervisor_of(tmp_path) is None
    with state.supervised(tmp_path):
        assert state.supervisor_of(tmp_path) == os.getpid()
    assert state.supervisor_of(tmp_path) is None


def test_a_stack_has_one_supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second one is refused, and the first one's number stays."""
    monkeypatch.setattr(state, "_LOOK_S", 0.0)
    with state.supervised(tmp_path):
        with (
            pytest.raises(LocalServerError, match="are running already"),
            state.supervised(tmp_path),
        ):
            pytest.fail("two supervisors")
        assert state.supervisor_of(tmp_path) == os.getpid()


def test_a_killed_supervisor_is_none(tmp_path: Path) -> None:
    """The kernel lets go of the lock, whatever the file says."""
    script = (
        "import os, signal, sys; from pathlib import Path; from connector.local import state\n"
        "with state.supervised(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert (tmp_path / "supervisor.lock").read_text()
    assert state.supervisor_of(tmp_path) is None
