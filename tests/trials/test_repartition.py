from pathlib import Path

import pytest
from kit.crew import crew
from kit.stage import Stage
from kit.workload import Mix
from trials.repartition import BEFORE, repartition

pytestmark = pytest.mark.server


@pytest.mark.parametrize("place", [BEFORE], indirect=True)
def test_more_partitions_drop_no_change(place: Stage, tmp_path: Path) -> None:
    """The workers that are there read the new partitions from their first records."""
    (home := tmp_path / "workers").mkdir()
    with crew(home, place, batch_records="50") as workers:
        verdict = repartition(place, workers, Mix(keys=300, changes=3_000), rate=500)
    assert verdict.sound, str(verdict)
    assert verdict.alive > 100
