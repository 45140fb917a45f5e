import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from plugins.commands import is_command

from connector import errors

# docs/operations.md: a worker stops within this time.
LONGEST_STOP_S = 20
FOLDER = Path(__file__).parents[2] / "docker" / "systemd"
UNIT = FOLDER / "connector-ingest@.service"
TIMERS = sorted(FOLDER.glob("*.timer"))
SERVICES = [UNIT, *(each.with_suffix(".service") for each in TIMERS)]


def read(file: Path) -> dict[str, list[str]]:
    """A unit's settings; one may stand several times."""
    found: dict[str, list[str]] = {}
    for line in file.read_text("utf-8").replace("\\\n", "").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    """The worker's unit."""
    return read(UNIT)


def test_what_a_restart_cannot_mend_is_not_restarted(unit: dict[str, list[str]]) -> None:
    """Usage and refusals stay down; servers that are away are tried for as long as it takes."""
    codes = {int(code) for code in unit["RestartPreventExitStatus"][0].split()}
    assert codes == {errors.UsageError.exit_code, errors.RefusedError.exit_code}
    assert unit["Restart"] == ["on-failure"]
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_systemd_waits_for_longer_than_a_worker_takes_to_stop(unit: dict[str, list[str]]) -> None:
    """No SIGKILL while it finishes what is in hand."""
    assert int(unit["TimeoutStopSec"][0]) > LONGEST_STOP_S


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_a_unit_has_few_rights_and_holds_no_secret(file: Path) -> None:
    """It runs as a user of its own, on a file system that it cannot write to."""
    unit = read(file)
    assert unit["User"] == ["connector"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert not any("PASSWORD" in value for value in unit["Environment"])


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.name)
def test_what_a_unit_runs_is_a_command(file: Path) -> None:
    """With options that it has, so that a timer does not fail at night."""
    (start,) = read(file)["ExecStart"]
    is_command(shlex.split(start)[1:])


def test_every_timer_says_when_and_makes_up_for_what_was_missed() -> None:
    """Doctor, evaluation, learning, purge and retention, each beside the unit that it starts."""
    names = {file.name.partition(".")[0].removeprefix("connector-").strip("@") for file in TIMERS}
    assert names == {"doctor", "evaluate", "learn", "purge", "retention"}
    for file in TIMERS:
        assert file.with_suffix(".service").exists()
        assert read(file)["Persistent"] == ["true"]
        assert read(file)["OnCalendar"]
        assert read(file.with_suffix(".service"))["Type"] == ["oneshot"]


@pytest.mark.parametrize("file", [*SERVICES, *TIMERS], ids=lambda file: file.name)
def test_systemd_itself_accepts_the_unit(file: Path, tmp_path: Path) -> None:
    """No unknown setting, no value it does not take."""
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("no systemd on this machine")
    for each in (*SERVICES, *TIMERS):
        text = each.read_text("utf-8").replace("/opt/connector/bin/connector", sys.executable)
        text = text.replace("User=connector\nGroup=connector\n", "")
        (tmp_path / each.name.replace("@.", "@x.")).write_text(text, "utf-8")
    copy = tmp_path / file.name.replace("@.", "@x.")
    done = subprocess.run(
        [analyse, "verify", "--recursive-errors=no", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if copy.name in line]
    assert not said
