from importlib.metadata import EntryPoint

import pytest

from connector.errors import UsageError
from mappings import gate
from mappings.gate import Crossing, Verdict, gates


def lenient(crossing: Crossing) -> Verdict:
    return Verdict("lenient", passed=crossing.sample > 0)


def _installed(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    there = [EntryPoint(name, value, gate.GROUP) for name, value in values.items()]
    monkeypatch.setattr(gate, "entry_points", lambda **_: there)


def test_gates_come_by_entry_point_in_the_order_of_their_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A package brings a gate by naming it, and nothing else has to know."""
    _installed(monkeypatch, zebra=f"{__name__}:lenient", ant=f"{__name__}:lenient")
    monkeypatch.setattr(EntryPoint, "load", lambda _: lenient)
    assert gates() == {"ant": lenient, "zebra": lenient}
    assert list(gates()) == ["ant", "zebra"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("ingest.nowhere:gate", "'broken' is ingest.nowhere:gate, which cannot be loaded"),
        ("mappings.gate:GROUP", "a str; expected a function"),
    ],
)
def test_an_entry_point_that_is_no_gate_is_named(
    value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate that silently did not look would be none."""
    _installed(monkeypatch, broken=value)
    with pytest.raises(UsageError, match=said):
        gates()
