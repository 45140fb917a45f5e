"""Search templates: the cluster fills them in, and the search that comes out is read.

What caps keep out of a body may come out of a template, so each is filled in where caps hold, also one
that is not ranked.
"""

from dataclasses import replace
from typing import Any

import orjson

from connector.settings import GatewayMode
from query.gateway.asked import Asked
from query.gateway.caps import require_modest
from query.gateway.forward import Cluster
from query.gateway.route import Call

Json = dict[str, Any]

_CALL = Call("POST", b"/_render/template", "_render/template", reads=True)
_TOLD = ("id", "source", "params")
# Said beside a template of the search that it makes.
_BESIDE = ("explain", "profile")
_OK = 200


async def rendered(asked: Asked, body: Json, mode: GatewayMode | None, cluster: Cluster) -> Json:
    """Return the search that a template makes; nothing where nobody needs it, or the client may not ask.

    Args:
        asked: the request, whose credentials count.
        body: which template, and its parameters.
        mode: that the request chose.
        cluster: that fills it in.

    Raises:
        Refused: 400, the search is beyond a cap; 503 and 504 of the cluster.
    """
    if mode == "pass" and not asked.caps:
        return {}
    wanted = {name: body[name] for name in _TOLD if name in body}
    request = replace(asked, call=_CALL).rewritten(orjson.dumps(wanted))
    answer = await request.whole(cluster)
    try:
        # A template may make what is no JSON, and is rendered all the same.
        found = orjson.loads(answer.body).get("template_output")
    except orjson.JSONDecodeError:
        return {}
    if answer.status_code != _OK or not isinstance(found, dict):
        return {}
    if asked.caps:
        require_modest(found, asked.caps)
    return {**found, **{name: body[name] for name in _BESIDE if name in body}}
