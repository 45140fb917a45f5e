import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from plugins import fleet_work

from connector.errors import IndexMissingError, ModelMismatchError, WorkerDiedError
from ingest.fleet.fleet import Fleet
from ingest.fleet.member import Patience

QUICK = Patience(pause_s=0.01, deaths=3)


def _fleet(folder: Path, *devices: str) -> Fleet:
    return Fleet(fleet_work.works(folder, *devices), QUICK)


def _lives(folder: Path, device: str) -> list[int]:
    file = folder / device
    return [int(line) for line in file.read_text("utf-8").split()] if file.exists() else []


def _until(true: Callable[[], bool]) -> None:
    for _ in range(2400):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen")


def _alive(number: int) -> bool:
    # It may end between two looks.
    with contextlib.suppress(ProcessLookupError, FileNotFoundError):
        os.kill(number, 0)
        status = Path(f"/proc/{number}/status").read_text("utf-8")
        return "State:\tZ" not in status
    return False


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Start a fleet in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*devices: str) -> "subprocess.Popen[str]":
        path = os.pathsep.join(sys.path)
        fleet = subprocess.Popen(
            [sys.executable, fleet_work.__file__, str(tmp_path), *devices],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(fleet)
        _until(lambda: all(_lives(tmp_path, device) for device in devices))
        return fleet

    yield start
    for fleet in started:
        fleet.kill()
        fleet.communicate()


def test_every_device_has_a_worker_and_the_fleet_ends_with_the_last(tmp_path: Path) -> None:
    """Workers run at once; their summaries are returned in the order of their devices."""
    summaries = _fleet(tmp_path, "cuda:0", "cuda:1").run()
    assert [summary["device"] for summary in summaries] == ["cuda:0", "cuda:1"]


@pytest.mark.parametrize(("device", "lives"), [("killed-twice", 3), ("away-once", 2)])
def test_a_worker_that_dies_is_started_again(tmp_path: Path, device: str, lives: int) -> None:
    """Killed, or asking to be tried again later: another stands in; its neighbour does not mind."""
    fleet = _fleet(tmp_path, device, "well")
    assert len(fleet.run()) == 2
    assert len(set(_lives(tmp_path, device))) == lives
    assert len(_lives(tmp_path, "well")) == 1
    assert fleet.restarts == lives - 1


@pytest.mark.parametrize(
    ("device", "reason"), [("always-killed", "SIGKILL"), ("crashing", "its log")]
)
def test_a_worker_that_dies_again_and_again_ends_the_fleet(
    tmp_path: Path, device: str, reason: str
) -> None:
    """The fleet gives up, says which device it was, and leaves nobody behind."""
    with pytest.raises(WorkerDiedError, match=f"worker on {device}: .*{reason}") as caught:
        _fleet(tmp_path, device, "until-told").run()
    assert caught.value.exit_code == 1
    assert len(_lives(tmp_path, device)) == QUICK.deaths
    assert not any(map(_alive, _lives(tmp_path, "until-told")))


@pytest.mark.parametrize(
    ("device", "error"), [("refused", ModelMismatchError), ("broken", IndexMissingError)]
)
def test_an_error_that_no_restart_mends_is_the_fleets_own(
    tmp_path: Path, device: str, error: type[Exception]
) -> None:
    """The others finish what is in hand, and the exit code is the worker's."""
    with pytest.raises(error, match=f"worker on {device}: "):
        _fleet(tmp_path, device, "until-told").run()
    assert len(_lives(tmp_path, device)) == 1
    assert not any(map(_alive, _lives(tmp_path, "until-told")))


def test_a_signal_is_passed_on_once(running: Callable[..., "subprocess.Popen[str]"]) -> None:
    """SIGTERM lets every worker finish; the fleet then ends well."""
    fleet = running("until-told", "until-told-2")
    fleet.terminate()
    said, _ = fleet.communicate(timeout=240)
    assert fleet.returncode == 0
    assert said.count("'stopped': True") == 2


def test_ctrl_c_in_a_terminal_is_heard_by_the_fleet_alone(
    running: Callable[..., "subprocess.Popen[str]"],
) -> None:
    """A terminal signals the whole group; workers get one signal all the same, and finish."""
    fleet = running("until-told")
    os.killpg(fleet.pid, signal.SIGINT)
    said, _ = fleet.communicate(timeout=240)
    assert fleet.returncode == 0
    assert said.count("'stopped': True") == 1


def test_a_second_signal_ends_all_at_once(
    running: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """Who does not want to wait for what is in hand says it twice."""
    fleet = running("slow-to-stop")
    fleet.terminate()
    _until((tmp_path / "slow-to-stop.told").exists)
    fleet.terminate()
    assert fleet.wait(timeout=240) == -signal.SIGTERM
    _until(lambda: not any(map(_alive, _lives(tmp_path, "slow-to-stop"))))


def test_workers_end_with_a_fleet_that_is_killed(
    running: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    """Nobody goes on unwatched."""
    fleet = running("until-told")
    fleet.kill()
    _until(lambda: not any(map(_alive, _lives(tmp_path, "until-told"))))
