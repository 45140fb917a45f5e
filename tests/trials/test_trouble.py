from pathlib import Path

import pytest
from kit.crew import crew
from kit.doors import doors
from kit.stage import Stage
from trials.trouble import Plan, endure

pytestmark = pytest.mark.server


def test_only_what_was_refused_is_sent_again(place: Stage, tmp_path: Path) -> None:
    """Every third item is refused, some bulks as a whole: nothing is lost, nothing sent in vain."""
    (home := tmp_path / "workers").mkdir()
    plan = Plan(seconds=5, rate=400, keys=500, bulks=0.2)
    hasty = {"retries": "50", "batch_records": "100", "backoff_s": "0.02"}
    with doors(place) as passed, crew(home, place, mortal=False, **hasty) as workers:
        verdict = endure(place, workers, passed, plan)
    assert verdict.sound, str(verdict)
    assert verdict.alive > 100
    assert passed.bulks.fired["429"] > 300
    assert passed.bulks.fired["503"] > 0
    assert passed.bulks.needless == 0
