"""How long a ranking may take: its budget, and a share of the client's own time at most."""

import re
import time

from query.gateway.job import Job

_TIME = re.compile(r"(\d{1,9})(nanos|micros|ms|s|m|h|d)")
_UNITS = {"nanos": 1e-9, "micros": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# Of the client's own time, what a ranking may take before the cluster is asked instead.
_SHARE = 0.5


def seconds(text: object) -> float | None:
    """Return a time as the cluster writes one, `500ms`, in seconds; None for anything else."""
    found = _TIME.fullmatch(str(text))
    return float(found[1]) * _UNITS[found[2]] if found else None


def until(job: Job, most_s: float) -> float:
    """Return when a ranking that begins now is given up, seconds, monotonic.

    Args:
        job: whose client may have said how long it waits, counted since its search came in.
        most_s: of any ranking.
    """
    end = time.monotonic() + most_s
    own = seconds(job.asked.body.get("timeout"))
    return min(end, job.search.begun + _SHARE * own) if own else end
