"""An OpenSearch that is too busy: it refuses items and whole bulks, and what was sent is counted."""

import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.proxy import Exchange

# A change as it is written: product, stream, version.
Item = tuple[str, str, int]

_END = b"\r\n\r\n"
_REASON = {
    "type": "opensearch_rejected_execution_exception",
    "reason": "rejected execution of coordinating operation",
}
_BUSY = {"update": {"status": 429, "error": _REASON}}


@dataclass
class Overload:
    """For `Faults.meddle`: what it refuses never reaches the server.

    Attributes:
        items: share of a bulk's items that are answered with 429, in [0, 1].
        bulks: share of bulks that are answered with 503 as a whole, in [0, 1].
        sent: how often each item was asked for.
        embedded: the same, of items that came with vectors.
        refused: how often each was answered with an error, by us or by the server.
        fired: how many items and bulks were refused, by status.
    """

    items: float = 0.0
    bulks: float = 0.0
    sent: Counter[Item] = field(default_factory=Counter)
    embedded: Counter[Item] = field(default_factory=Counter)
    refused: Counter[Item] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._chance = random.Random(0)

    @property
    def needless(self) -> int:
        """How often an item was asked for again that had not failed before."""
        return sum(max(0, times - self.refused[item] - 1) for item, times in self.sent.items())

    def __call__(self, request: bytes) -> Exchange:
        """Refuse some of a bulk; let everything else pass."""
        if b"/_bulk" not in request[: request.index(b" HTTP/")]:
            return Exchange(request)
        head, _, body = request.partition(_END)
        lines = body.splitlines(keepends=True)
        operations = [a + b for a, b in zip(lines[::2], lines[1::2], strict=True)]
        items = [self._note(line) for line in lines[1::2]]
        if self._chance.random() < self.bulks:
            self.fired["503"] += 1
            self.refused.update(items)
            return Exchange(None, lambda _: _message("HTTP/1.1 503 Service Unavailable", b"{}"))
        busy = [self._chance.random() < self.items for _ in items]
        self.fired["429"] += sum(busy)
        kept = b"".join(each for each, no in zip(operations, busy, strict=True) if not no)
        return Exchange(
            _message(head.decode(), kept) if kept else None,
            lambda answer: self._merge(answer, items, busy),
        )

    def _note(self, line: bytes) -> Item:
        parameters = json.loads(line)["script"]["params"]
        item = (parameters["id"], parameters["group"], parameters["version"])
        self.sent[item] += 1
        self.embedded[item] += parameters["vectors"] is not None
        return item

    def _merge(self, answer: bytes, items: Sequence[Item], busy: Sequence[bool]) -> bytes:
        """Put what the server answered and what was refused together, in the order of the items."""
        head, _, body = answer.partition(_END)
        if answer and not head.startswith(b"HTTP/1.1 200 "):
            self.refused.update(items)
            return answer
        given = iter(json.loads(body)["items"] if answer else ())
        merged: list[dict[str, Any]] = [_BUSY if no else next(given) for no in busy]
        failed = ("error" in each["update"] for each in merged)
        self.refused.update(item for item, no in zip(items, failed, strict=True) if no)
        body = json.dumps({"items": merged}).encode()
        return _message("HTTP/1.1 200 OK\r\ncontent-type: application/json", body)


def _message(head: str, body: bytes) -> bytes:
    """Return a message whose head states the length of its body."""
    lines = [each for each in head.split("\r\n") if not each.lower().startswith("content-length:")]
    return "\r\n".join([*lines, f"content-length: {len(body)}"]).encode() + _END + body
