from pathlib import Path

import pytest
from kit.crew import crew
from kit.stage import Stage
from trials.shutdown import stop_often

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


def test_a_worker_that_is_asked_to_stop_stops(place: Stage, tmp_path: Path) -> None:
    """With work in hand or without: exit 0 in time, and what was finished does not come again."""
    (home := tmp_path / "workers").mkdir()
    with crew(home, place, mortal=False, batch_records="100") as workers:
        found = stop_often(place, workers, 6, seed=1)
    assert found.codes == [0] * 6
    assert found.again_idle == 0
    assert found.verdict.sound, str(found.verdict)
