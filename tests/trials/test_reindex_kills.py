from pathlib import Path

import pytest
from trials.reindex_kills import cell, world

from connector.settings import Settings

pytestmark = pytest.mark.server


def test_a_reindex_survives_its_command_and_a_worker(
    admin: Settings, tiny_model: Path, tmp_path: Path
) -> None:
    """Killed while slices are carried, and while the ledger does not know of the switch yet.

    The table of every step and every victim is `make trial-reindex-kills`.
    """
    with world(admin, tiny_model, tmp_path) as here:
        for step, victim in (("backfilling", "worker"), ("switching", "command")):
            found = cell(here, step, victim)
            assert found["sound"], found
            assert found["state"] == "switched"
            assert found["again"] <= 1
