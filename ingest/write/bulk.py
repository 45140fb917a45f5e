"""Bulk requests: as large as allowed, halved where they are too large, answered item by item."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from opensearchpy import OpenSearch, TransportError

from connector.cluster import retry_after_s, translate
from connector.errors import ClusterUnavailableError
from ingest.write.answer import Answer, explain, refusal, stop
from ingest.write.item import Result
from ingest.write.outcome import Cell, Operation, Outcome, find

_PARAMS = {
    "_source": "false",
    "filter_path": "items.*.status,items.*.result,items.*.error",
}


class Bulk:
    """Sends lines to one physical index.

    Args:
        client: OpenSearch.
        index: the index, for messages; each line names it itself.
        limit: body size of one request, bytes; lowered when the cluster finds one too large.
    """

    def __init__(self, client: OpenSearch, index: str, limit: int) -> None:
        self._client, self._limit = client, limit
        self._doing = f"writing to {index!r}"

    def send(self, lines: Mapping[int, bytes], most: int | None = None) -> dict[int, Result]:
        """Send each line once, in as few requests as may be; return a result by number.

        Args:
            lines: by number.
            most: items of one request; as many as its size allows where left out.

        Raises:
            ClusterRefusedError, IndexMissingError: no item can be written.
        """
        answers: dict[int, Result] = {}
        for numbers in _requests(lines, self._limit, most or len(lines)):
            sent = self._send([lines[number] for number in numbers])
            answers |= dict(zip(numbers, sent, strict=True))
        return answers

    def _send(self, lines: Sequence[bytes]) -> list[Result]:
        try:
            answer = self._client.bulk(body=b"".join(lines), params=dict(_PARAMS))
        except TransportError as error:
            return self._refused(error, lines)
        return [self._result(next(iter(item.values()))) for item in answer["items"]]

    def _result(self, item: Mapping[str, Any]) -> Result:
        status, error = item["status"], item.get("error")
        answer = explain(error, status) if error else Answer(status, str(item.get("result")))
        return self._decided(find(Operation.ITEM, status, answer.said), answer)

    def _refused(self, error: TransportError, lines: Sequence[bytes]) -> list[Result]:
        """Decide about a request that failed as a whole: its items share its fate."""
        if not isinstance(error.status_code, int):
            return [self._unanswered(error)] * len(lines)
        answer = refusal(error)
        cell = find(Operation.REQUEST, answer.status, answer.said)
        if cell.outcome is Outcome.HALVE:
            return self._halved(answer, lines)
        decided = self._decided(cell, answer, retry_after_s(error))
        if decided.outcome is Outcome.NARROW and len(lines) == 1:
            decided = replace(decided, outcome=Outcome.SUSPECT)
        return [decided] * len(lines)

    def _unanswered(self, error: TransportError) -> Result:
        ours = translate(error, self._doing)
        if not isinstance(ours, ClusterUnavailableError):
            raise ours from error
        return Result(Outcome.RETRY, str(ours), "no answer")

    def _halved(self, answer: Answer, lines: Sequence[bytes]) -> list[Result]:
        if len(lines) == 1:
            words = f"{answer.status} for an item of {len(lines[0]):,} bytes: {answer.words}"
            return [Result(Outcome.DEAD_LETTER, words, answer.said, answer.status)]
        if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            self._limit = min(self._limit, sum(map(len, lines)) // 2)
        middle = len(lines) // 2
        return self._send(lines[:middle]) + self._send(lines[middle:])

    def _decided(self, cell: Cell, answer: Answer, wait_s: float = 0.0) -> Result:
        if cell.outcome is Outcome.STOP:
            raise stop(self._doing, answer, cell)
        return Result(cell.outcome, answer.words, answer.said, answer.status, wait_s)


def _requests(lines: Mapping[int, bytes], limit: int, most: int) -> Iterator[list[int]]:
    """Yield the numbers of the lines of one request, `limit` bytes and `most` lines at a time."""
    numbers: list[int] = []
    size = 0
    for number, line in lines.items():
        if numbers and (size + len(line) > limit or len(numbers) == most):
            yield numbers
            numbers, size = [], 0
        numbers.append(number)
        size += len(line)
    if numbers:
        yield numbers
