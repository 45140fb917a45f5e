"""The cluster's answers in the words of the outcome table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from opensearchpy import TransportError

from connector.cluster import reason, retry_after_s, translate
from connector.errors import (
    ClusterRefusedError,
    ClusterUnavailableError,
    ConnectorError,
    IndexMissingError,
    StopError,
)
from ingest import script
from ingest.write.outcome import (
    PIPELINE_MISSING,
    SCRIPT_FORBIDDEN,
    TEXT_MOVED,
    Cell,
    Operation,
    Outcome,
    find,
)

Json = Mapping[str, Any]

_LONGEST_REASON = 500
_FOR_NOW = (Outcome.RETRY, Outcome.NARROW)
# The mapper quotes the value; a reason is to be read by more people than the product is.
_PREVIEW = re.compile(r"\.? Preview of field's value: '.*'", re.DOTALL)
_NO_PIPELINE = re.compile(r"pipeline with id \[.*\] does not exist")
# What stands between here and the cluster answers with pages, and with words that never come twice.
_TYPE = re.compile(r"[A-Za-z_ ]{1,80}")
_FOREIGN = "not OpenSearch's own answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the cluster.

    Attributes:
        status: HTTP; None where there is none.
        said: the result of a success, or what the outcome table calls the error.
        words: the cluster's own, outermost and deepest cause, for people.
    """

    status: int | None
    said: str
    words: str = ""


def explain(error: Json, status: int | None = None) -> Answer:
    """Return an error in the table's terms."""
    causes = list(_causes(error))
    reasons = [str(cause.get("reason")) for cause in causes]
    words = " / ".join(dict.fromkeys((reasons[0], reasons[-1])))
    return Answer(status, _name(causes, reasons), _PREVIEW.sub("", words)[:_LONGEST_REASON])


def refusal(error: TransportError) -> Answer:
    """Return a request's refusal, which has a status, in the table's terms."""
    said = str(error.error)
    return Answer(
        int(error.status_code), said if _TYPE.fullmatch(said) else _FOREIGN, reason(error)
    )


def stop(doing: str, answer: Answer, cell: Cell) -> StopError:
    """Return the error that stops the worker, with what to do next.

    Args:
        doing: what was refused, as in "writing to 'shop-v1'".
        answer: the refusal.
        cell: its line of the table.
    """
    kind = IndexMissingError if _is_missing(answer) else ClusterRefusedError
    return kind(
        f"OpenSearch refused {doing} ({_code(answer)}): {answer.words}; {cell.advice}, then start the "
        "worker again: nothing was lost, offsets have not moved"
    )


def outcome_of(error: TransportError) -> Outcome:
    """Return what to do about a request that failed as a whole; where there is no answer, retry."""
    if not isinstance(error.status_code, int):
        return Outcome.RETRY
    answer = refusal(error)
    return find(Operation.REQUEST, answer.status, answer.said).outcome


def unread(index: str, error: TransportError) -> ConnectorError:
    """Return the error for a read that failed as a whole: come back later, or stop."""
    doing = f"reading documents of {index!r}"
    if not isinstance(error.status_code, int) or outcome_of(error) not in _FOR_NOW:
        return translate(error, doing)
    answer = refusal(error)
    return ClusterUnavailableError(
        f"OpenSearch failed {doing} ({_code(answer)}): {answer.words}; try again later",
        retry_after_s(error),
        _code(answer),
    )


def unreadable(index: str, error: Json) -> ConnectorError:
    """Return the error for a document that could not be read: come back later, or stop."""
    answer = explain(error)
    cell = find(Operation.READ, None, answer.said)
    if cell.outcome is Outcome.STOP:
        return stop(f"reading {index!r}", answer, cell)
    return ClusterUnavailableError(
        f"a document of {index!r} cannot be read now ({answer.said}): {answer.words}",
        said=answer.said,
    )


def _code(answer: Answer) -> str:
    return f"{answer.status or ''} {answer.said}".strip()


def _is_missing(answer: Answer) -> bool:
    return answer.status == HTTPStatus.NOT_FOUND or answer.said == "index_not_found_exception"


def _causes(error: Json) -> Iterator[Json]:
    cause: Any = error
    while isinstance(cause, dict):
        yield cause
        cause = cause.get("caused_by")


def _name(causes: list[Json], reasons: list[str]) -> str:
    types = [str(cause.get("type")) for cause in causes]
    if reasons[-1] == script.TEXT_MOVED:
        return TEXT_MOVED
    if "script_exception" in types:
        return f"script: {reasons[types.index('script_exception')]}"
    if any(reason.startswith("cannot execute ") for reason in reasons[1:]):
        return SCRIPT_FORBIDDEN
    if reasons[0] == "failed to execute script":
        return f"script: {types[-1]}"
    return PIPELINE_MISSING if _NO_PIPELINE.search(reasons[0]) else types[0]
