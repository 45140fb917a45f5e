"""How long a client waits, as it says with `timeout`, and what share of that a ranking may take."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from query.gateway.job import Job
from query.gateway.refuse import Refused

# Minutes alone are written in small letters only: a large one would be months.
_TIME = re.compile(r"\s*(\d{1,9})\s*((?i:nanos|micros|ms|s|h|d)|m)\s*")
_UNITS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# Of the client's own time, what a ranking may take before the cluster is asked instead.
_SHARE = 0.5
# A cluster that stops its search at the client's timeout needs a moment to say so.
GRACE_S = 0.1


def seconds(text: object) -> float | None:
    """Return a time as the cluster writes one, `500ms`, in seconds; None for anything else."""
    found = _TIME.fullmatch(str(text))
    return float(found[1]) * _UNITS[found[2].lower()] if found else None


def until(job: Job, most_s: float) -> float:
    """Return when a ranking that begins now is given up, seconds, monotonic.

    Args:
        job: whose client may have said how long it waits, counted since its search came in.
        most_s: of any ranking.
    """
    end = time.monotonic() + most_s
    own = seconds(job.asked.body.get("timeout"))
    return min(end, job.search.begun + _SHARE * own) if own else end


def waits(
    parameters: Mapping[str, str], bodies: Iterable[Mapping[str, Any]], most_s: float
) -> float:
    """Return how long an answer is waited for, seconds; of several searches, as long as the longest.

    Args:
        parameters: of the address, whose `timeout` counts before the bodies'.
        bodies: of the searches.
        most_s: where one of them does not say, and at most.
    """
    named = parameters.get("timeout")
    own = [seconds(named or body.get("timeout")) for body in bodies] or [seconds(named)]
    said = [one for one in own if one]
    return min(most_s, max(said) + GRACE_S) if said and len(said) == len(own) else most_s


@asynccontextmanager
async def patience(end: float) -> AsyncIterator[None]:
    """Give up what stands in the block at a time, seconds, monotonic.

    Raises:
        Refused: 504; the cluster had not answered.
    """
    try:
        # An event loop's clock is the monotonic one.
        async with asyncio.timeout_at(end):
            yield
    except TimeoutError:
        reason = "the cluster did not answer within the request's time"
        raise Refused(504, "timeout_exception", reason) from None
