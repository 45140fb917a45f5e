from pathlib import Path

import pytest
from kit.stage import stage
from plugins.tiny_model import build
from trials.switch import Plan, reindex

from connector.settings import Settings
from ingest.reindex import steps

pytestmark = pytest.mark.server


def test_a_model_is_exchanged_under_traffic_and_back(
    admin: Settings,
    tiny_model: Path,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No search fails, is empty or compares two models' vectors; no change is lost either way."""
    # The gates have tests of their own, and take their time under traffic.
    monkeypatch.setattr(steps, "judge", lambda *_: [])
    other = build(tmp_path_factory.mktemp("other"), seed=8)
    with stage(admin, tiny_model, tmp_path, partitions=2) as place:
        found = reindex(place, other, Plan())
    assert set(found.searches.said) == {"right"}, found.searches.said
    assert found.forth.sound, str(found.forth)
    assert found.back.sound, str(found.back)
    assert found.back.checked >= found.forth.checked
