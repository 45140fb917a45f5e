"""`_search`, also with a template: ranked where it can be, else the cluster's own answer."""

import re
from typing import Any

import orjson
from starlette.responses import Response

from query.gateway.asked import Asked, changed
from query.gateway.behaviour import recorded
from query.gateway.forward import Cluster
from query.gateway.job import Search
from query.gateway.mode import Wish
from query.gateway.outcome import Left, Ranked
from query.gateway.ranker import Ranker
from query.gateway.template import rendered

Json = dict[str, Any]

_ONE = re.compile(r"([^/_,*?<][^/,*?<]*)/_search(?:/template)?")
_TEMPLATE = "_search/template"
_OK = 200


async def search(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer a `_search`.

    Raises:
        Refused: 400, what is said to the gateway cannot be read; 503 and 504 of the cluster.
    """
    body = asked.bodies[0] if asked.raw.strip() else {}
    wish = Wish.read(asked.said, body)
    if wish.body is not body:
        asked = asked.rewritten(orjson.dumps(wish.body))
    return await _answered(asked, wish, ranker, cluster)


async def template(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer a `_search/template`, which the cluster renders first; errors as `search`."""
    body = asked.bodies[0] if asked.raw.strip() else {}
    wish = Wish.read(asked.said, {})
    if wish.mode == "pass":
        return await cluster.pass_on(asked.call, asked.headers, asked.raw)
    made = await rendered(asked, body, cluster)
    return await _answered(asked, Wish(wish.mode, wish.explain, made), ranker, cluster)


async def _answered(asked: Asked, wish: Wish, ranker: Ranker, cluster: Cluster) -> Response:
    index = _ONE.fullmatch(asked.call.path)
    name = index[1] if index else ""
    given = Search(name, wish.body, asked.parameters, asked.in_its_name, wish.mode)
    found = await ranker.rank(given)
    if isinstance(found, Ranked):
        # The cluster, too, says in the answer to a template how it went.
        went = {"status": _OK} if asked.call.path.endswith(_TEMPLATE) else {}
        told = {"ext": {"connector": found.told}} if wish.explain else {}
        answer = asked.written({**found.body, **went, **told})
        answer.headers.update(recorded(found, asked.said, ranker.recorder))
        return answer
    if wish.explain or found.job:
        return await _own(asked, found, wish, ranker, cluster)
    return await cluster.pass_on(asked.call, asked.headers, asked.raw)


async def _own(asked: Asked, left: Left, wish: Wish, ranker: Ranker, cluster: Cluster) -> Response:
    """Return the cluster's own answer, compared where it is a shadow's, and explained if asked."""
    answer = await asked.whole(cluster)
    if answer.status_code != _OK:
        return answer
    body = orjson.loads(answer.body)
    if left.job:
        ranker.compare(left.job, body)
    return changed(answer, {**body, "ext": {"connector": left.told}}) if wish.explain else answer
