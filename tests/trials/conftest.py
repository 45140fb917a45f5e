from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.stage import Stage, stage

from connector.settings import Settings


@pytest.fixture
def place(
    request: pytest.FixtureRequest, admin: Settings, tiny_model: Path, tmp_path: Path
) -> Iterator[Stage]:
    """A stage on real servers; the indirect parameter says how many partitions it has."""
    with stage(admin, tiny_model, tmp_path, getattr(request, "param", 8)) as opened:
        yield opened
