"""`_msearch`: what is recognised is ranked, the rest goes on in one request."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.responses import Response

from query.gateway.asked import Asked
from query.gateway.forward import Cluster
from query.gateway.job import Search
from query.gateway.mode import Wish
from query.gateway.outcome import Left, Ranked
from query.gateway.ranker import Ranker

Json = dict[str, Any]

# Of an address, what holds for each of its searches, and what is about all of them.
_EACH = frozenset(
    [
        "typed_keys",
        "rest_total_hits_as_int",
        "search_type",
        "pre_filter_shard_size",
        "max_concurrent_shard_requests",
        "ccs_minimize_roundtrips",
    ]
)
_ALL = frozenset(["max_concurrent_searches", "pretty"])
_AT_ONCE = 4
_OK = 200


async def msearch(asked: Asked, ranker: Ranker, cluster: Cluster) -> Response:
    """Answer an `_msearch`.

    Raises:
        Refused: 400, what is said to the gateway cannot be read; 503 and 504 of the cluster.
    """
    begin = time.monotonic()
    searches = _searches(asked)
    if searches is None:
        return await cluster.pass_on(asked.call, asked.headers, asked.raw)
    found = await _ranked([search for search, _ in searches], ranker)
    rest = [place for place, one in enumerate(found) if isinstance(one, Left)]
    # What stands in a body for the gateway is not the cluster's to read.
    said = any(
        wish.explain or wish.body is not body
        for (_, wish), body in zip(searches, asked.bodies[1::2], strict=True)
    )
    if len(rest) == len(found) and not said:
        return await cluster.pass_on(asked.call, asked.headers, asked.raw)
    responses: dict[int, Json] = {}
    if rest:
        heads = asked.bodies[::2]
        lines = [line for place in rest for line in (heads[place], searches[place][1].body)]
        answer = await asked.rewritten(_lines(lines)).whole(cluster)
        if answer.status_code != _OK:
            return answer
        responses = dict(zip(rest, orjson.loads(answer.body)["responses"], strict=True))
    whole = [
        _response(one, wish, responses.get(place), ranker)
        for place, (one, (_, wish)) in enumerate(zip(found, searches, strict=True))
    ]
    took = round((time.monotonic() - begin) * 1000)
    return asked.written({"took": took, "responses": whole})


def _searches(asked: Asked) -> list[tuple[Search, Wish]] | None:
    """Return the searches, each with what it says to the gateway; None where they are not read."""
    given, heads, bodies = asked.call.parameters, asked.bodies[::2], asked.bodies[1::2]
    # A head may be an empty line, and then bodies stand where heads are looked for.
    odd = len(heads) != len(bodies) or any("query" in head for head in heads)
    if odd or not (_EACH | _ALL).issuperset(given):
        return None
    standing = {name: value for name, value in given.items() if name in _EACH}
    index = asked.call.path.rpartition("/")[0]
    return [
        _search(asked, index, head, standing, Wish.read(asked.said, body))
        for head, body in zip(heads, bodies, strict=True)
    ]


def _search(
    asked: Asked, index: str, head: Json, standing: Json, wish: Wish
) -> tuple[Search, Wish]:
    """Return one search; what its head says counts before the address."""
    name = head.get("index", index)
    name = name[0] if isinstance(name, list) and len(name) == 1 else name
    single = isinstance(name, str) and not set(name) & set(",*?<") and name[:1] not in {"_", "-"}
    parameters = {**standing, **{k: _text(v) for k, v in head.items() if k != "index"}}
    one = name if single and isinstance(name, str) else ""
    return Search(one, wish.body, parameters, asked.in_its_name, wish.mode), wish


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


async def _ranked(searches: Sequence[Search], ranker: Ranker) -> list[Ranked | Left]:
    """Rank a few at once: one request must not take every turn."""
    turn = asyncio.Semaphore(_AT_ONCE)

    async def one(search: Search) -> Ranked | Left:
        async with turn:
            return await ranker.rank(search)

    return list(await asyncio.gather(*map(one, searches)))


def _response(found: Ranked | Left, wish: Wish, own: Json | None, ranker: Ranker) -> Json:
    body = {**found.body, "status": _OK} if isinstance(found, Ranked) else own or {}
    if isinstance(found, Left) and found.job and "hits" in body:
        ranker.compare(found.job, body)
    return {**body, "ext": {"connector": found.told}} if wish.explain and "hits" in body else body


def _lines(lines: Sequence[Json]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)
