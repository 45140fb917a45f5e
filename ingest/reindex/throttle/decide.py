"""What the nodes show becomes a pace: a function of what was seen, without a clock of its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from ingest.reindex.throttle.window import Window, inside

# As slow as this searches are slowed down by the reindex: twice their usual time, and felt.
SLOWER = 2.0
SLOWER_MS = 10.0
# The parent circuit breaker refuses requests at 95 %; a collector has to have room before that.
HEAP_SLOW = 0.85
HEAP_HOLD = 0.92
# Multiplicative decrease and increase: half at once, back to where it was in seven looks.
_LESS, _MORE = 0.5, 1.1
# Never so slow that a slice takes hours: what is to stand still is held.
LEAST = 10.0
# A limit that is so far above what is carried holds nothing back.
_FREE = 2.0


@dataclass(frozen=True)
class Limits:
    """What the operator allows.

    Attributes:
        rate: documents per second, at most.
        windows: times of day; any where there are none.
    """

    rate: float = math.inf
    windows: Sequence[Window] = ()


@dataclass(frozen=True)
class Seen:
    """What the nodes did since the last look.

    Attributes:
        rejected: searches and writes that a full queue refused, of any client.
        search_ms: p95 of a live search's time in a shard; None where nobody searched.
        usual_ms: mean of the same before the run; None where that is not known.
        disk: how full the fullest node's disk is against the high watermark; 1 is there.
        heap: share of the fullest node's heap, 0 to 1.
        carried: documents per second that the run carried.
    """

    rejected: int = 0
    search_ms: float | None = None
    usual_ms: float | None = None
    disk: float = 0.0
    heap: float = 0.0
    carried: float = 0.0


@dataclass(frozen=True)
class Pace:
    """How fast to go.

    Attributes:
        rate: documents per second; infinite where nothing holds them back.
        held: whether nothing is to be begun at all.
        why: of what holds back, in words; empty where nothing does.
    """

    rate: float = math.inf
    held: bool = False
    why: str = ""


def decide(before: Pace, seen: Seen, limits: Limits, at: time) -> Pace:
    """Return the next pace.

    Args:
        before: the pace until now.
        seen: since the last look.
        limits: are never passed.
        at: time of day.
    """
    stop = _stop(seen, limits, at)
    if stop:
        return Pace(min(before.rate, limits.rate), held=True, why=stop)
    trouble = _trouble(seen)
    if trouble:
        rate = max(LEAST, min(before.rate, seen.carried or before.rate) * _LESS)
        return Pace(min(rate, limits.rate), why=trouble)
    rate = before.rate * _MORE
    if seen.carried and rate > _FREE * seen.carried:
        rate = math.inf
    return Pace(min(rate, limits.rate))


def _stop(seen: Seen, limits: Limits, at: time) -> str:
    if not inside(limits.windows, at):
        return "outside the hours of --window"
    if seen.disk >= 1:
        return "a node's disk has reached the high watermark"
    if seen.heap >= HEAP_HOLD:
        return f"a node's heap is {seen.heap:.0%} full"
    return ""


def _trouble(seen: Seen) -> str:
    if seen.rejected:
        return f"{seen.rejected} searches or writes rejected"
    if seen.search_ms is not None and seen.usual_ms is not None:
        most = max(SLOWER * seen.usual_ms, seen.usual_ms + SLOWER_MS)
        if seen.search_ms > most:
            return f"searches take {seen.search_ms:.0f} ms, {seen.usual_ms:.0f} ms usually"
    if seen.heap >= HEAP_SLOW:
        return f"a node's heap is {seen.heap:.0%} full"
    return ""
