"""Part of the searches goes to an index that `connector reindex` is about to switch to.

The same query texts always, so that the pages of one query are of one index; where the new one
does not answer, or not to this client, the index behind the alias does.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

from query.gateway.job import Job
from query.gateway.metrics import Metrics
from query.gateway.outcome import Left, Ranked
from query.gateway.recognise.reasons import Reason
from query.gateway.recognise.request import recognise

# What leaves no time for another try.
_LATE = frozenset(["busy", "budget"])
# A `global` aggregation would count tombstones: only an alias hides them from it.
_GLOBAL = '"global"'

Run = Callable[[Job], Awaitable[Ranked | Left]]


async def shared(job: Job, run: Run, metrics: Metrics) -> Ranked | Left:
    """Run a job where it belongs, and on the alias's index where the new one fails.

    Args:
        job: on the alias's index.
        run: ranks one.
        metrics: told of failures.
    """
    taken = _taken(job)
    if taken is None:
        return await run(job)
    found = await run(taken)
    if isinstance(found, Ranked):
        return found
    metrics.canary_fallbacks.labels(found.reason).inc()
    return found if found.reason in _LATE else await run(replace(job, fallen=found.reason))


def _taken(job: Job) -> Job | None:
    """Return a search as the new index answers it; None where the alias's index does."""
    mark, opened, body = job.opened.mark, job.opened.canary, job.asked.body
    if mark is None or opened is None or "pit" in body or not mark.takes(job.asked.text):
        return None
    if any(_GLOBAL in json.dumps(body.get(name)) for name in ("aggs", "aggregations")):
        return None
    asked = recognise(job.search.body, job.search.parameters, opened.prose, opened.stopped)
    if isinstance(asked, Reason):
        return None
    search = replace(job.search, index=opened.live.physical)
    return replace(job, search=search, opened=opened, asked=asked)
