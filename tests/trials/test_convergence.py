from pathlib import Path

import pytest
from kit.crash import POINTS
from kit.crew import crew
from kit.stage import Stage
from kit.workload import Mix
from trials.convergence import Plan, converge

pytestmark = pytest.mark.server


@pytest.mark.timeout(900)
def test_thirty_kills_change_nothing(place: Stage, tmp_path: Path) -> None:
    """`kill -9` at every named point and at any time: each product is what the log ends with."""
    plan = Plan(seed=1, kills=30, mix=Mix(keys=1_000, changes=10_000))
    (home := tmp_path / "workers").mkdir()
    with crew(home, place, batch_records="100") as workers:
        found = converge(place, workers, plan)
    assert found.verdict.sound, str(found.verdict)
    assert found.verdict.alive > 300
    assert found.deaths.total() == plan.kills
    assert set(POINTS) <= set(found.deaths), f"not every point was reached: {found.deaths}"
    # Deaths cost deliveries: without any, the crashes would not have happened in mid-work.
    assert found.delivered > plan.mix.changes
