"""A shopper's part in an experiment through the gateway: one of two rankings, or both in one list."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import orjson
from starlette.responses import Response

from query.experiments.experiment import CONTROL, TREATMENT, Variant
from query.experiments.live import Part, drafted
from query.gateway.behaviour import Page
from query.gateway.job import Job, Json
from query.gateway.outcome import Left, Ranked, unchanged
from query.gateway.ranker import Ranker

# Returns the cluster's own answer, once all of it is there.
Whole = Callable[[], Awaitable[Response]]

_OK = 200
_TEAMS = (CONTROL, TREATMENT)


async def taken(
    part: Part, job: Job, ranker: Ranker, whole: Whole, query_id: str
) -> Page | Response:
    """Return the page that a shopper sees, or the cluster's refusal of the search.

    A ranking that is given up is the cluster's own, and counts for its variant all the same: else
    those who meet faults would be lost from one of the two.

    Args:
        part: of the shopper.
        job: their search.
        ranker: of searches.
        whole: returns the cluster's own answer to it.
        query_id: of the page; the coin of a draft goes by it.

    Raises:
        Refused: 503 and 504 of the cluster.
    """
    first = not job.asked.from_ and not job.asked.after
    jobs = [replace(job, variant=one) for one in part.rankings(first=first)]
    found = await asyncio.gather(*(_found(one, ranker) for one in jobs))
    own: Json = {}
    headers: list[tuple[bytes, bytes]] = []
    if any(isinstance(one, Left) for one in found):
        answer = await whole()
        if answer.status_code != _OK:
            return answer
        own, headers = orjson.loads(answer.body), answer.raw_headers
    name = part.experiment.name
    if len(jobs) > 1:
        both = dict(zip(_TEAMS, found, strict=True))
        return _drafted(Page(job, both, own, name, own=headers), query_id)
    page = Page(job, {"": found[0]}, _body(found[0], own), own=headers)
    return replace(page, experiment=name, variant=part.variant) if part.variant else page


async def _found(job: Job, ranker: Ranker) -> Ranked | Left:
    return await ranker.settle(job if job.variant.system == Variant().system else unchanged())


def _body(found: Ranked | Left, own: Json) -> Json:
    return found.body if isinstance(found, Ranked) else own


def _drafted(page: Page, query_id: str) -> Page:
    """Return the page with hits of both rankings in turns; what is counted is the control's."""
    bodies = [_body(one, page.body)["hits"] for one in page.found.values()]
    by_id = [{hit["_id"]: hit for hit in body["hits"]} for body in bodies]
    hits, teams = drafted(by_id[0], by_id[1], page.job.asked.size, query_id)
    scores = [body["max_score"] for body in bodies]
    best = max((score for score in scores if score is not None), default=None)
    control = _body(page.found[CONTROL], page.body)
    shown = {**control["hits"], "max_score": best, "hits": list(hits)}
    return replace(page, body={**control, "hits": shown}, teams=teams)
