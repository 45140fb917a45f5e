"""One job from its search to its response, in the client's name."""

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from opensearchpy import OpenSearch

from mappings.index import ALIVE
from query.gateway.job import Job
from query.gateway.outcome import Ranked
from query.gateway.rank.answer import Answering
from query.gateway.rank.client import ClientEngine
from query.gateway.rank.compose import response
from query.gateway.recognise.recognised import Recognised

# Of the body, what holds for every search.
_EVERYWHERE = ("timeout", "profile", "pit")


@dataclass(frozen=True)
class Responding:
    """Ranks jobs. Threads may share it.

    Attributes:
        client: connections without credentials; each job brings its own.
        beside: runs what is counted while candidates are looked for.
        timed: told how long each stage took, by name, in seconds.
    """

    client: OpenSearch
    beside: Executor
    timed: Callable[[str, float], None]

    def respond(self, job: Job, until: float) -> Ranked:
        """Return the response to a search.

        Args:
            job: the search.
            until: seconds, monotonic; nothing that is sent lasts longer.

        Raises:
            ConnectorError: of the model or the cluster.
        """
        asked, search = _within(job), job.search
        engine = ClientEngine(
            self.client,
            None if "pit" in asked.body else search.index,
            job.opened.live.physical,
            search.headers,
            asked.where,
            until,
            {name: asked.body[name] for name in _EVERYWHERE if name in asked.body},
        )
        reader = replace(job.opened.reader(job.weights), engine=engine)
        answer = Answering(reader, engine, asked, self.beside, self.timed).answer()
        begin = time.perf_counter()
        took_ms = round((time.monotonic() - search.begun) * 1000)
        body = response(asked, answer, engine.told, took_ms)
        self.timed("compose", time.perf_counter() - begin)
        return Ranked(job, answer, body, engine.told.headers)


def _within(job: Job) -> Recognised:
    """Return what is asked under the filter of its alias, where that is one of a client's making.

    The alias itself filters only after the nearest products are found; inside the vector legs the
    condition leaves their places to products that can be shown.
    """
    own = job.opened.live.alias_body.get("filter")
    if own is None or own == ALIVE:
        return job.asked
    return replace(job.asked, conditions=(*job.asked.conditions, own))
