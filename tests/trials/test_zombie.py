from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.node import Node, node
from trials.zombie import POINTS, rise

from connector.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def server() -> Iterator[Node]:
    """A node that may be killed."""
    with node() as opened:
        yield opened


def test_what_wakes_up_brings_nothing_back(
    server: Node, admin: Settings, tiny_model: Path, tmp_path: Path
) -> None:
    """A bulk in flight, at three points, outlives its products' deletes and the node's memory."""
    found = rise(admin, tiny_model, tmp_path, 6, server)
    assert found.verdict.sound, str(found.verdict)
    assert found.verdict.checked > found.verdict.alive == 0
    assert found.zombies == 6
    assert found.stood == dict.fromkeys(POINTS, 2)


def test_where_deletes_are_forgotten_zombies_do_harm(
    server: Node, admin: Settings, tiny_model: Path, tmp_path: Path
) -> None:
    """Without tombstones their products come back: the trial would see it."""
    found = rise(admin, tiny_model, tmp_path, 3, server, purge=True)
    assert len(found.verdict.resurrected) > 0
