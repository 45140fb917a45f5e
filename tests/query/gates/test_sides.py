from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from connector.encoder import Encoder
from connector.model import ModelIdentity
from connector.settings import EncoderSettings
from ingest.reindex.gates import vectors
from mappings.gate import Crossing
from query.gates import golden, latency, self_recall

pytestmark = pytest.mark.server


def test_each_model_is_loaded_once_for_all_gates(
    worse: Crossing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old index's and the new one's, whoever asks for them."""
    loads: Counter[str] = Counter()
    load = Encoder.load

    def counted(identity: ModelIdentity, settings: EncoderSettings) -> Any:
        loads[identity.name] += 1
        return load(identity, settings)

    monkeypatch.setattr(Encoder, "load", counted)
    crossing = replace(worse, sample=5)
    for module in (golden, latency, self_recall, vectors):
        module.gate(crossing)
    names = {live.catalogue.model.name for live in (worse.old, worse.new)}
    assert loads == dict.fromkeys(names, 1)
