"""`_msearch`: what is recognised is ranked, the rest goes on in one request."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from starlette.responses import Response

from query.gateway.asked import Asked
from query.gateway.forward import Cluster
from query.gateway.job import Search
from query.gateway.mode import Wish
from query.gateway.outcome import Left, Ranked
from query.gateway.ranker import Ranker
from query.gateway.template import rendered

Json = dict[str, Any]
Each = TypeVar("Each")
Worked = TypeVar("Worked")

# Of an address, what holds for each of its searches, and what is about all of them.
_EACH = frozenset(
    [
        "typed_keys",
        "rest_total_hits_as_int",
        "search_type",
        "pre_filter_shard_size",
        "max_concurrent_shard_requests",
        "ccs_minimize_roundtrips",
        "cancel_after_time_interval",
        "routing",
        "ignore_unavailable",
        "allow_no_indices",
        "expand_wildcards",
        "ignore_throttled",
    ]
)
_ALL = frozenset(["max_concurrent_searches", "pretty", "human", "error_trace", "filter_path"])
_TEMPLATES = "_msearch/template"
_AT_ONCE = 4
_OK = 200


@dataclass(frozen=True)
class _One:
    """One search of several.

    Attributes:
        lines: as they go on to the cluster.
        changed: whether something was said in them to the gateway, which they are without.
        search: what they ask, filled in where the line names a template.
    """

    lines: bytes
    changed: bool
    search: Search


async def msearch(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer an `_msearch`, also one with templates.

    Raises:
        Refused: 400, what is said to the gateway cannot be read, or a template makes a search beyond
            a cap; 503 and 504 of the cluster.
    """
    wishes = [Wish.read(asked.said, body) for body in asked.bodies[1::2]]
    bodies = [wish.body for wish in wishes]
    if asked.call.path.endswith(_TEMPLATES):
        bodies = await _few(wishes, lambda wish: rendered(asked, wish.body, wish.mode, cluster))
    if _is_odd(asked):
        return await cluster.pass_on(asked.call, asked.headers, asked.raw)
    searches = [
        _one(asked, place, wish, body)
        for place, (wish, body) in enumerate(zip(wishes, bodies, strict=True))
    ]
    found = await _few(searches, lambda one: ranker.rank(one.search))
    rest = [place for place, one in enumerate(found) if isinstance(one, Left)]
    # What stands in a body for the gateway is not the cluster's to read.
    said = any(wish.explain for wish in wishes) or any(one.changed for one in searches)
    if len(rest) == len(found) and not said:
        return await cluster.pass_on(asked.call, asked.headers, asked.raw)
    responses: dict[int, Json] = {}
    headers = [each for one in found if isinstance(one, Ranked) for each in one.headers]
    if rest:
        lines = b"".join(searches[place].lines for place in rest)
        answer = await asked.unfiltered.rewritten(lines).whole(cluster)
        if answer.status_code != _OK:
            return answer
        responses = dict(zip(rest, orjson.loads(answer.body)["responses"], strict=True))
        headers += answer.raw_headers
    whole = [
        _response(one, wishes[place].explain, responses.get(place), ranker)
        for place, one in enumerate(found)
    ]
    took = round((time.monotonic() - asked.begun) * 1000)
    return asked.written({"took": took, "responses": whole}, headers)


def _is_odd(asked: Asked) -> bool:
    """Return whether lines or parameters are not what is read here."""
    heads = asked.bodies[::2]
    # The address may hold a search, or a page, of its own.
    odd = len(asked.bodies) % 2 or any("query" in head for head in heads)
    return bool(odd) or not (_EACH | _ALL).issuperset(asked.parameters)


def _one(asked: Asked, place: int, wish: Wish, body: Json) -> _One:
    """Return the search at a place; what its head says counts before the address."""
    head, own = asked.bodies[2 * place : 2 * place + 2]
    first, second = asked.texts[2 * place : 2 * place + 2]
    changed = wish.body is not own
    name = head.get("index", _index(asked))
    name = name[0] if isinstance(name, list) and len(name) == 1 else name
    single = isinstance(name, str) and not set(name) & set(",*?<") and name[:1] not in {"_", "-"}
    standing = {name: value for name, value in asked.parameters.items() if name in _EACH}
    said = {k: _text(v) for k, v in head.items() if k != "index" and v is not None}
    index = name if single and isinstance(name, str) else ""
    return _One(
        b"%b\n%b\n" % (first, orjson.dumps(wish.body) if changed else second),
        changed,
        Search(index, body, {**standing, **said}, asked.in_its_name, wish.mode, asked.begun),
    )


def _index(asked: Asked) -> str:
    return asked.call.path.removesuffix("/template").rpartition("/")[0]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _few(
    searches: Sequence[Each], work: Callable[[Each], Coroutine[Any, Any, Worked]]
) -> list[Worked]:
    """Return what comes of each; a few at once: one request must not take every turn."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def done(one: Each) -> Worked:
        async with turn:
            return await work(one)

    return list(await asyncio.gather(*map(done, searches)))


def _response(found: Ranked | Left, explain: bool, own: Json | None, ranker: Ranker) -> Json:
    body = {**found.body, "status": _OK} if isinstance(found, Ranked) else own or {}
    if isinstance(found, Left) and found.job and "hits" in body:
        ranker.compare(found.job, body)
    return {**body, "ext": {"connector": found.told}} if explain and "hits" in body else body
