from pathlib import Path

import pytest
from kit.crew import crew
from kit.stage import Stage
from trials.storm import Plan, weather

pytestmark = pytest.mark.server


def test_comings_and_goings_change_nothing(place: Stage, tmp_path: Path) -> None:
    """Rebalances under traffic: all is written, nobody is stuck, little is embedded twice."""
    (home := tmp_path / "workers").mkdir()
    plan = Plan(seconds=15, rate=200, pause_s=(1.0, 3.0), most=3, keys=500)
    with crew(home, place, mortal=False, batch_records="50") as workers:
        storm = weather(place, workers, plan)
    assert storm.verdict.sound, str(storm.verdict)
    assert storm.verdict.alive > 100
    assert storm.joined > 3
    assert storm.left > 0
    assert storm.share_again <= 0.05
