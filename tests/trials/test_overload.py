"""What a busy cluster says is made up by the proxy, so it is tried itself."""

import json
from typing import Any

from kit.overload import Overload


def bulk(*ids: str) -> bytes:
    lines = []
    for each in ids:
        parameters = {"id": each, "group": "product", "version": 1, "vectors": None}
        lines += [{"update": {"_id": each}}, {"script": {"params": parameters}}]
    body = "".join(json.dumps(line) + "\n" for line in lines).encode()
    head = f"POST /_bulk HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def applied(request: bytes | None) -> bytes:
    """Answer as a server does that could write all it was asked to."""
    number = 0 if request is None else request.count(b'"script"')
    items = [{"update": {"status": 200, "result": "updated"}}] * number
    body = json.dumps({"items": items}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body


def said(answer: bytes | None) -> list[Any]:
    assert answer is not None
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    return [each["update"]["status"] for each in json.loads(body)["items"]]


def test_refused_items_never_reach_the_server_and_answers_keep_their_order() -> None:
    """The server is asked for the rest, under a length that is right."""
    overload, ids = Overload(items=0.5), [str(n) for n in range(100)]
    exchange = overload(bulk(*ids))
    assert exchange.request is not None
    head, _, body = exchange.request.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    statuses = said(exchange.answer(applied(exchange.request)))
    asked = [json.loads(line)["script"]["params"]["id"] for line in body.splitlines()[1::2]]
    assert asked == [each for each, status in zip(ids, statuses, strict=True) if status == 200]
    assert statuses.count(429) == overload.fired["429"] == overload.refused.total() > 20


def test_a_bulk_of_which_nothing_is_left_is_answered_without_the_server() -> None:
    """All items refused, and a bulk refused as a whole."""
    whole = Overload(items=1.0)(bulk("a", "b"))
    assert whole.request is None
    assert said(whole.answer(b"")) == [429, 429]
    busy = Overload(bulks=1.0)(bulk("a", "b"))
    assert busy.request is None
    assert (busy.answer(b"") or b"").startswith(b"HTTP/1.1 503 ")


def test_everything_but_bulks_passes() -> None:
    """As it came."""
    request = b"POST /shop/_mget HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}"
    assert Overload(items=1.0, bulks=1.0)(request).request == request


def test_what_failed_may_come_again_and_nothing_else() -> None:
    """Of two refused items one comes again alone; then both, and one of them in vain."""
    overload = Overload(bulks=1.0)
    overload(bulk("a", "b"))
    overload.bulks = 0.0
    once = overload(bulk("a"))
    once.answer(applied(once.request))
    assert overload.needless == 0
    overload(bulk("a", "b"))
    assert overload.needless == 1
