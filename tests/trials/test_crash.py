from pathlib import Path

import pytest
from kit.crash import (
    AFTER_POLL,
    BEFORE_BULK,
    BEFORE_COMMIT,
    DURING_COMMIT,
    HALF_SENT,
    MID_EMBED,
    POINTS,
    UNREAD,
    Trap,
)
from kit.crew import crew
from kit.history import Change
from kit.stage import Stage
from kit.workload import send

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]

# Whether the product is written, and whether its offset is committed, when the worker is dead.
LEFT = {
    AFTER_POLL: (False, False),
    MID_EMBED: (False, False),
    BEFORE_BULK: (False, False),
    HALF_SENT: (False, False),
    UNREAD: (True, False),
    BEFORE_COMMIT: (True, False),
    DURING_COMMIT: (True, True),
}


@pytest.mark.parametrize("place", [1], indirect=True)
def test_every_point_stands_where_its_name_says(place: Stage, tmp_path: Path) -> None:
    """What a death leaves behind tells where the worker was."""
    assert tuple(LEFT) == POINTS
    (home := tmp_path / "workers").mkdir()
    with crew(home, place) as workers:
        for number, (point, left) in enumerate(LEFT.items(), 1):
            product = Change(f"p{number}", number, {"title": f"red shoe {number}"})
            send(place.bootstrap, place.shop.topic, [product])
            life = workers.hire(Trap(point))
            assert life.wait(240), f"{point}: {life.said}"
            written = place.shop.client.exists(index=place.shop.index, id=product.id)
            assert (life.trapped, life.code) == (point, None)
            assert (written, place.unread() == 0) == left, point
        workers.drain(1)
    verdict = place.judge()
    assert verdict.sound, str(verdict)
    assert verdict.alive == len(POINTS)
