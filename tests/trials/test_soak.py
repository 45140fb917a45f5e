from pathlib import Path

import pytest
from kit.crew import crew
from kit.doors import doors
from kit.stage import Stage
from trials.soak import FAULTS, Plan, soak

pytestmark = pytest.mark.server


@pytest.mark.timeout(900)
def test_every_fault_in_turn_changes_nothing(place: Stage, tmp_path: Path) -> None:
    """Something is wrong all the time, each fault is seen to have struck, and all is written."""
    (home := tmp_path / "workers").mkdir()
    plan = Plan(seconds=0, turn_s=1.0, keys=500)
    with doors(place) as passed, crew(home, place) as workers:
        found = soak(place, workers, passed, plan)
    assert found.verdict.sound, str(found.verdict)
    assert found.verdict.alive > 100
    assert {name for name, times in found.fired.items() if times} == set(FAULTS)
