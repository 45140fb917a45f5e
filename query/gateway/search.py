"""`_search`, also with a template: ranked where it can be, else the cluster's own answer."""

import re
from typing import Any

import orjson
from starlette.responses import Response

from query.experiments.live import part_of
from query.gateway.asked import Asked, changed
from query.gateway.behaviour import QUERY_ID, Page, asker_of, shown
from query.gateway.budget import patience, waits
from query.gateway.forward import Cluster
from query.gateway.job import Job, Search
from query.gateway.mode import Wish
from query.gateway.outcome import Left
from query.gateway.ranker import Ranker
from query.gateway.template import rendered
from query.gateway.trial import Whole, taken
from query.request import Asker

Json = dict[str, Any]

_ONE = re.compile(r"([^/_,*?<][^/,*?<]*)/_search(?:/template)?")
_TEMPLATE = "_search/template"
_OK = 200


async def search(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer a `_search`.

    Raises:
        Refused: 400, what is said to the gateway cannot be read; 503 and 504 of the cluster.
    """
    body = asked.bodies[-1] if asked.raw.strip() else {}
    wish = Wish.read(asked.said, body)
    if wish.body is not body:
        asked = asked.rewritten(orjson.dumps(wish.body))
    return await _answered(asked, wish, ranker, cluster)


async def template(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer a `_search/template`, which the cluster renders first; errors as `search`.

    Raises:
        Refused: 400 as well, the template makes a search beyond a cap.
    """
    body = asked.bodies[-1] if asked.bodies else {}
    wish = Wish.read(asked.said, {})
    made = await rendered(asked, body, wish.mode, cluster)
    wait_s = waits(asked.call.parameters, [made], cluster.timeout_s)
    async with patience(asked.begun + wait_s):
        return await _answered(asked, Wish(wish.mode, wish.explain, made), ranker, cluster)


async def _answered(asked: Asked, wish: Wish, ranker: Ranker, cluster: Cluster) -> Response:
    index = _ONE.fullmatch(asked.call.path)
    name = index[1] if index else ""
    search = Search(name, wish.body, asked.parameters, asked.in_its_name, wish.mode, asked.begun)
    asker = asker_of(asked.said, ranker.recorder)
    query_id = ranker.recorder.new_query_id() if ranker.recorder and asker else ""
    # What is left out of an answer is left out once it is put together.
    page = await _page(
        ranker.decide(search), asker, query_id, ranker, lambda: asked.unfiltered.whole(cluster)
    )
    if isinstance(page, Left):
        return await _left(asked, page, wish, ranker, cluster)
    if isinstance(page, Response):
        return page
    # The cluster, too, says in the answer to a template how it went.
    went = {"status": _OK} if asked.call.path.endswith(_TEMPLATE) else {}
    told = {"ext": {"connector": page.told}} if wish.explain else {}
    answer = asked.written({**page.body, **went, **told}, page.headers)
    if ranker.recorder and asker:
        ranker.recorder.shown(shown(page, asker, query_id))
        answer.headers[QUERY_ID] = query_id
    return answer


async def _page(
    decided: Job | Left, asker: Asker | None, query_id: str, ranker: Ranker, whole: Whole
) -> Page | Left | Response:
    """Return what is shown; what is left to the cluster, or refused by it, as it is."""
    if isinstance(decided, Job) and (part := part_of(decided.opened.experiment, asker)):
        return await taken(part, decided, ranker, whole, query_id)
    found = await ranker.settle(decided)
    return found if isinstance(found, Left) else Page(found.job, {"": found}, found.body)


async def _left(
    asked: Asked, found: Left, wish: Wish, ranker: Ranker, cluster: Cluster
) -> Response:
    if wish.explain or found.job:
        return await _own(asked, found, wish, ranker, cluster)
    return await cluster.pass_on(asked.call, asked.headers, asked.raw)


async def _own(asked: Asked, left: Left, wish: Wish, ranker: Ranker, cluster: Cluster) -> Response:
    """Return the cluster's own answer, compared where it is a shadow's, and explained if asked."""
    answer = await asked.whole(cluster)
    if answer.status_code != _OK:
        return answer
    body = orjson.loads(answer.body)
    if left.job and "hits" in body.get("hits", ()):
        ranker.compare(left.job, body)
    return changed(answer, {**body, "ext": {"connector": left.told}}) if wish.explain else answer
