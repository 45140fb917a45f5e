from pathlib import Path

import pytest
from kit.crew import crew
from kit.stage import Stage
from trials.poison import DEATHS, POISONS, poison

pytestmark = [pytest.mark.server, pytest.mark.parametrize("place", [1], indirect=True)]


def test_each_poison_has_one_letter(place: Stage, tmp_path: Path) -> None:
    """However often its batch is tried; its neighbours are products, and odd products are, too."""
    (home := tmp_path / "workers").mkdir()
    with crew(home, place, batch_records="1000") as workers:
        found = poison(place, workers)
    assert found.letters == {name: [each.expected] for name, each in POISONS.items()}
    assert found.all == len(POISONS)
    assert found.deaths.total() == len(DEATHS)
    assert found.verdict.sound, str(found.verdict)
