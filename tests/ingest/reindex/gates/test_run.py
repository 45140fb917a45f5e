import re
from pathlib import Path
from typing import Any

import pytest
from plugins.crossing import COUNT, put, shelf

from connector.errors import (
    ClusterUnavailableError,
    EncoderError,
    GateRefusedError,
    UsageError,
)
from ingest.reindex.gates import run
from ingest.reindex.gates.run import judge, require_passed, shown
from mappings.gate import Crossing, Gate, Verdict

DOCS = Path(__file__).parents[4] / "docs" / "gates.md"
LONG = "a sentence of many words that goes on and on " * 20


class Bar:
    """Progress that nobody sees."""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Take note of nothing."""


def _gate(name: str, *, passed: bool) -> Gate:
    return lambda _: Verdict(name, passed, {"documents": 26_000, "p95": 1.23456}, LONG)


def _install(monkeypatch: pytest.MonkeyPatch, **there: Gate) -> None:
    monkeypatch.setattr(run, "gates", lambda: there)


CROSSING: Crossing = None  # type: ignore[assignment]  # these gates do not look


def test_every_gate_is_asked_and_the_refusing_ones_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also those after the first that refuses: one run tells everything that is to be mended."""
    bad, good = _gate("bad", passed=False), _gate("good", passed=True)
    _install(monkeypatch, bad=bad, good=good, ugly=_gate("ugly", passed=False))
    verdicts = judge(CROSSING, (), Bar())
    assert [one.passed for one in verdicts] == [False, True, False]
    with pytest.raises(GateRefusedError, match=r"2 of 3 .*bad, ugly.*--override bad --override"):
        require_passed(verdicts, (), "shop-v2")


def test_a_gate_is_overridden_by_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each one; and a name that no gate has is a mistake, before anything is looked at."""
    _install(monkeypatch, bad=_gate("bad", passed=False))
    verdicts = judge(CROSSING, ["bad"], Bar())
    require_passed(verdicts, ["bad"], "shop-v2")
    assert "OVERRIDDEN" in shown(verdicts, ["bad"])[0]
    with pytest.raises(UsageError, match="no gate of this name; there are bad"):
        judge(CROSSING, ["all"], Bar())


def test_a_gate_that_cannot_look_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that is not here says nothing good of an index; a server that is away nothing at all."""

    def blind(_: Crossing) -> Verdict:
        raise EncoderError("no such model")

    def cut_off(_: Crossing) -> Verdict:
        raise ClusterUnavailableError("away")

    _install(monkeypatch, blind=blind)
    [verdict] = judge(CROSSING, (), Bar())
    assert (verdict.gate, verdict.passed, verdict.reason) == (
        "blind",
        False,
        "could not look: no such model",
    )
    _install(monkeypatch, cut_off=cut_off)
    with pytest.raises(ClusterUnavailableError):
        judge(CROSSING, (), Bar())


def test_it_all_fits_one_screen() -> None:
    """Six gates that all have much to say: 24 lines of 100 characters."""
    verdicts = [_gate(f"gate-{n}", passed=False)(CROSSING) for n in range(6)]
    lines = shown(verdicts)
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 100
    assert "documents 26,000, p95 1.235" in lines[0]


def test_an_index_without_products_is_no_reason_to_refuse(pair: Crossing) -> None:
    """A model that is changed before the first product came: every gate passes, and says so."""
    verdicts = judge(pair, (), Bar())
    assert {one.gate for one in verdicts} >= {"golden-queries", "latency", "self-recall"}
    assert [one.reason for one in verdicts if not one.passed] == []


def test_the_gate_of_the_documentation_works(pair: Crossing) -> None:
    """Its code is run as it stands there."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    made: dict[str, Any] = {}
    exec(code, made)  # noqa: S102 - our own documentation
    put(pair, pair.new, shelf(), 1)
    verdict = made["priced"](pair)
    assert (verdict.passed, verdict.figures["without a price"]) == (False, COUNT)
