"""Every gate is asked; one that refuses is overridden by its name, or stops the switch."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap

from connector.errors import GateRefusedError, RefusedError, StopError, UsageError
from connector.telemetry import Progress
from mappings.gate import Crossing, Gate, Verdict, gates

_WIDTH = 100
_INDENT = " " * 4


def judge(crossing: Crossing, overrides: Collection[str], bar: Progress) -> list[Verdict]:
    """Ask every gate, also after one has refused: whoever mends something mends all of it.

    Args:
        crossing: the two indices.
        overrides: names of gates that may refuse; they are asked like the others.
        bar: hears of each gate.

    Raises:
        UsageError: an override is no gate's name, or a gate cannot be loaded.
        RetryLaterError: a server is away; nothing is known about the index.
    """
    there = gates()
    _require_known(overrides, there)
    verdicts = []
    for number, (name, gate) in enumerate(there.items()):
        bar.update(number, len(there), name)
        verdicts.append(_ask(name, gate, crossing))
    bar.update(len(there), len(there))
    return verdicts


def require_passed(verdicts: Sequence[Verdict], overrides: Collection[str], index: str) -> None:
    """Refuse the switch to an index where a gate does that nobody overrides.

    Raises:
        GateRefusedError: names the gates.
    """
    no = [one.gate for one in verdicts if not one.passed and one.gate not in overrides]
    if no:
        flags = " ".join(f"--override {name}" for name in no)
        raise GateRefusedError(
            f"{len(no)} of {len(verdicts)} gates refuse to send searches to {index!r}: "
            f"{', '.join(no)}; mend what they say and go on with `connector reindex resume`, or "
            f"go on all the same with {flags}"
        )


def shown(verdicts: Sequence[Verdict], overrides: Collection[str] = ()) -> list[str]:
    """Return one screen: a line of figures for each gate, and the reasons of those that refuse."""
    return [line for verdict in verdicts for line in _lines(verdict, verdict.gate in overrides)]


def _require_known(overrides: Collection[str], there: Mapping[str, Gate]) -> None:
    unknown = sorted(set(overrides) - there.keys())
    if unknown:
        raise UsageError(
            f"--override {unknown[0]}: there is no gate of this name; there are {', '.join(there)}"
        )


def _ask(name: str, gate: Gate, crossing: Crossing) -> Verdict:
    try:
        return gate(crossing)
    except (RefusedError, StopError, UsageError) as error:
        return Verdict(name, passed=False, reason=f"could not look: {error}")


def _lines(verdict: Verdict, overridden: bool) -> Iterator[str]:
    word = "passed" if verdict.passed else "OVERRIDDEN" if overridden else "REFUSED"
    figures = ", ".join(f"{name} {_plain(value)}" for name, value in verdict.figures.items())
    yield f"{verdict.gate:<16}{word:<11}{figures}".rstrip()[:_WIDTH]
    if not verdict.passed:
        yield from wrap(
            verdict.reason, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT, max_lines=3
        )


def _plain(value: float | str) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else value
