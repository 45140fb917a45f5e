import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector import errors

# docs/operations.md: a worker stops within this time.
LONGEST_STOP_S = 20
UNIT = Path(__file__).parents[2] / "docker" / "systemd" / "connector-ingest@.service"


@pytest.fixture(scope="module")
def unit() -> dict[str, list[str]]:
    """The unit's settings; one may stand several times."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def test_what_a_restart_cannot_mend_is_not_restarted(unit: dict[str, list[str]]) -> None:
    """Usage and refusals stay down; servers that are away are tried for as long as it takes."""
    codes = {int(code) for code in unit["RestartPreventExitStatus"][0].split()}
    assert codes == {errors.UsageError.exit_code, errors.RefusedError.exit_code}
    assert unit["Restart"] == ["on-failure"]
    assert unit["StartLimitIntervalSec"] == ["0"]


def test_systemd_waits_for_longer_than_a_worker_takes_to_stop(unit: dict[str, list[str]]) -> None:
    """No SIGKILL while it finishes what is in hand."""
    assert int(unit["TimeoutStopSec"][0]) > LONGEST_STOP_S


def test_the_unit_has_few_rights_and_holds_no_secret(unit: dict[str, list[str]]) -> None:
    """It runs as a user of its own, on a file system that it cannot write to."""
    assert unit["User"] == ["connector"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert not any("PASSWORD" in value for value in unit["Environment"])


def test_systemd_itself_accepts_the_unit(tmp_path: Path) -> None:
    """No unknown setting, no value it does not take."""
    analyse = shutil.which("systemd-analyze")
    if analyse is None:
        pytest.skip("no systemd on this machine")
    copy = tmp_path / "connector-ingest@x.service"
    text = UNIT.read_text("utf-8").replace("/opt/connector/bin/connector", sys.executable)
    copy.write_text(text.replace("User=connector\nGroup=connector\n", ""), "utf-8")
    done = subprocess.run(
        [analyse, "verify", "--recursive-errors=no", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if copy.name in line]
    assert not said
