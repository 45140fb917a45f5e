"""Writes changes: one bulk verb, items classified one by one, only the failed ones sent again."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson

from connector.cluster import faults
from connector.errors import ClusterRefusedError, ClusterUnavailableError, IndexMissingError
from ingest import script
from ingest.target import Target
from ingest.write.item import Result, Write
from ingest.write.outcome import TEXT_MOVED, Outcome, outcome
from ingest.write.patience import Patience
from mappings.sketch import sketch

log = logging.getLogger(__name__)

_PARAMS = {
    "_source": "false",
    "filter_path": "items.update.status,items.update.result,items.update.error",
}


@dataclass
class Writer:
    """Merges changes into one physical index.

    Attributes:
        target: the index.
        bulk_bytes: body size of one request.
        patience: how failed items are tried again.
        now: the present time in ISO 8601, for `connector.indexed_at`.
    """

    target: Target
    bulk_bytes: int
    patience: Patience
    now: Callable[[], str]

    def __post_init__(self) -> None:
        catalogue = self.target.catalogue
        self._owned = {group: list(catalogue.owned(group)) for group in catalogue.groups}
        self._vector_names = list(catalogue.vectors)

    def write(self, writes: Sequence[Write]) -> list[Result]:
        """Write all; return one result each, in order: ok, stale, replan or dead letter.

        Raises:
            ClusterUnavailableError: some items were refused for now until patience ran out.
            ClusterRefusedError, IndexMissingError: no item can be written.
        """
        results: dict[int, Result] = {}
        left = {number: self._line(write) for number, write in enumerate(writes)}
        for attempt in range(self.patience.retries + 1):
            answers = self._send_all(left)
            results |= {n: answer for n, answer in answers.items() if not _again(answer)}
            left = {n: line for n, line in left.items() if _again(answers[n])}
            if not left:
                return [results[number] for number in range(len(writes))]
            last = next(answers[n].reason for n in left)
            log.warning("%d of %d items failed for now: %s", len(left), len(writes), last)
            if attempt < self.patience.retries:
                self.patience.pause(attempt)
        raise ClusterUnavailableError(
            f"{len(left)} of {len(writes)} items still failed after {self.patience.retries + 1} "
            f"tries, the last with: {last}; nothing is lost, start the worker again later"
        )

    def _send_all(self, lines: Mapping[int, bytes]) -> dict[int, Result]:
        answers: dict[int, Result] = {}
        for numbers in _requests(lines, self.bulk_bytes):
            sent = self._send([lines[number] for number in numbers])
            answers |= dict(zip(numbers, sent, strict=True))
        return answers

    def _send(self, lines: list[bytes]) -> list[Result]:
        """Send one request. When it fails as a whole, every item failed for now."""
        try:
            with faults(f"writing to {self.target.index!r}"):
                answer = self.target.client.bulk(body=b"".join(lines), params=dict(_PARAMS))
        except ClusterUnavailableError as error:
            return [Result(Outcome.RETRY, str(error))] * len(lines)
        return [self._result(item["update"]) for item in answer["items"]]

    def _result(self, item: Mapping[str, Any]) -> Result:
        error = item.get("error")
        kind, reason = _explain(error) if error else (None, "")
        verdict = outcome(item.get("result"), item["status"], kind)
        if verdict is Outcome.STOP:
            raise _stop(self.target.index, item["status"], kind, reason)
        return Result(verdict, reason)

    def _line(self, write: Write) -> bytes:
        change = write.change
        parameters = {
            "id": change.id,
            "group": change.group,
            "version": change.version,
            "delete": change.fields is None,
            "fields": change.fields or {},
            "owned": self._owned[change.group],
            "vectors": write.vectors,
            "vector_names": self._vector_names,
            "sketch": sketch(list(write.vectors.values())) if write.vectors else None,
            "text_hash": write.text_hash,
            "model": self.target.model,
            "state": write.state,
            "now": self.now(),
        }
        body = {
            "scripted_upsert": True,
            "upsert": {},
            "script": {"lang": "painless", "source": script.SOURCE, "params": parameters},
        }
        action = {"update": {"_index": self.target.index, "_id": change.id, "retry_on_conflict": 3}}
        return orjson.dumps(action) + b"\n" + orjson.dumps(body, option=_NDJSON)


_NDJSON = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE


def _again(result: Result) -> bool:
    return result.outcome is Outcome.RETRY


def _requests(lines: Mapping[int, bytes], limit: int) -> Iterator[list[int]]:
    """Yield the numbers of the lines of one request, `limit` bytes at a time."""
    numbers: list[int] = []
    size = 0
    for number, line in lines.items():
        if numbers and size + len(line) > limit:
            yield numbers
            numbers, size = [], 0
        numbers.append(number)
        size += len(line)
    if numbers:
        yield numbers


def _explain(error: Mapping[str, Any]) -> tuple[str, str]:
    """Return an item error's type and its words, outermost and deepest."""
    causes = [error]
    while isinstance(causes[-1].get("caused_by"), dict):
        causes.append(causes[-1]["caused_by"])
    words = " / ".join(dict.fromkeys(str(cause.get("reason")) for cause in (error, causes[-1])))
    types = [str(cause.get("type")) for cause in causes]
    if str(causes[-1].get("reason")) == script.TEXT_MOVED:
        return TEXT_MOVED, words
    return ("script_exception" if "script_exception" in types else types[0]), words[:500]


def _stop(
    index: str, status: int, kind: str | None, reason: str
) -> ClusterRefusedError | IndexMissingError:
    if status == HTTPStatus.NOT_FOUND:
        return IndexMissingError(
            f"index {index!r} is gone while writing ({reason}); "
            "create it with `connector mappings apply`, offsets have not moved"
        )
    return ClusterRefusedError(
        f"OpenSearch refused to write to {index!r} ({status} {kind}): {reason}; "
        "nothing was lost and offsets have not moved, start the worker again when this is mended"
    )
