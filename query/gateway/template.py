"""Search templates: the cluster fills them in, and the search that comes out is read.

What caps keep out of a body may come out of a template, so each is filled in where caps hold, also one
that is not ranked.
"""

import re
from dataclasses import replace
from typing import Any

import orjson

from connector.settings import GatewayMode
from query.gateway.asked import Asked
from query.gateway.caps import require_modest
from query.gateway.check import ONE_OF_EACH
from query.gateway.forward import Cluster, Headers
from query.gateway.refuse import malformed
from query.gateway.route import Call

Json = dict[str, Any]

_CALL = Call("POST", b"/_render/template", "_render/template", reads=True)
_TOLD = ("id", "source", "params")
# Said beside a template of the search that it makes.
_BESIDE = ("explain", "profile")
_OK = 200
# A text, in which nothing is one, or a comment.
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|/\*.*?(?:\*/|\Z)|//[^\r\n]*', re.DOTALL)
# Of what may stand before JSON, what the cluster reads over.
_BEFORE = " \t\r\n"


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
    request = replace(asked, call=_CALL, headers=_in_json(asked.headers))
    answer = await request.rewritten(orjson.dumps(wanted)).whole(cluster)
    if answer.status_code != _OK:
        return {}
    try:
        found = _first(bytes(answer.body).decode())
    except ValueError:
        # No search for the cluster either, which says so.
        return {}
    except RecursionError:
        raise malformed("the template makes a search that is nested too deep") from None
    if not isinstance(found, dict):
        return {}
    if asked.caps:
        require_modest(found, asked.caps)
    own = {name: body[name] for name in _BESIDE if name in body}
    return {**found, **own}


def _in_json(headers: Headers) -> Headers:
    """Return a client's headers, whatever form it wants its own answer in."""
    return [(name, value) for name, value in headers if name != b"accept"]


def _first(answer: str) -> Any:
    """Return the first JSON in what a template makes: the cluster reads no further, and over comments.

    Args:
        answer: of the cluster, in which the text stands as it was made.

    Raises:
        ValueError: there is none, or a field of it stands twice.
        RecursionError: it is nested too deep.
    """
    made = answer.partition(":")[2].rstrip().removesuffix("}")
    plain = _COMMENT.sub(lambda found: found[1] or " ", made).lstrip(_BEFORE)
    return ONE_OF_EACH.raw_decode(plain)[0]
