from pathlib import Path

import pytest
from kit.crew import crew
from kit.doors import doors
from kit.stage import Stage
from trials.blackhole import Plan, fall_silent

from connector.broker import SESSION_TIMEOUT_MS

pytestmark = pytest.mark.server


def test_a_silent_cluster_is_waited_for(place: Stage, tmp_path: Path) -> None:
    """The worker holds no more than its queue, keeps its place in the group, and goes on."""
    (home := tmp_path / "workers").mkdir()
    # Longer than Kafka waits for a member that does not say that it is there.
    seconds = SESSION_TIMEOUT_MS / 1000 + 2
    plan = Plan(seconds, steady_s=1, products=3_000, begun=200, queue_bytes=8_000_000)
    settings = {"queue_bytes": str(plan.queue_bytes), "batch_records": "100"}
    with doors(place) as passed, crew(home, place, mortal=False, **settings) as workers:
        silence = fall_silent(place, workers, passed, plan)
    assert silence.verdict.sound, str(silence.verdict)
    assert passed.opensearch.fired["black hole"] > 0
    assert silence.verdict.alive == plan.products
    assert silence.stayed
    assert silence.grown <= 1.1 * plan.queue_bytes
