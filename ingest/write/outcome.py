"""What became of one written item: a pure table from the cluster's answer to what happens next."""

from enum import Enum
from http import HTTPStatus


class Outcome(Enum):
    """What the worker does about one item."""

    OK = "ok"
    STALE = "stale"  # a newer version was there already
    RETRY = "retry"  # the same item may go through later
    REPLAN = "replan"  # another writer changed the text in between: plan and embed again
    DEAD_LETTER = "dead letter"  # this document can never be written
    STOP = "stop"  # no document can be written until somebody changes something


# The error type that `write` gives to the merge script's own refusal.
TEXT_MOVED = "connector_text_moved"

_BUSY = frozenset({409, 429, 500, 502, 503, 504})

# Answers of status 400 that speak of the index or the script, not of the document.
_NOT_THE_DOCUMENT = frozenset(
    {
        "script_exception",
        "index_closed_exception",
        "illegal_state_exception",
        "action_request_validation_exception",
    }
)


def outcome(result: str | None, status: int, error: str | None) -> Outcome:
    """Decide about one item of a bulk answer.

    Args:
        result: the operation's result: created, updated, noop, or None with an error.
        status: the item's HTTP status.
        error: the error's type; None without an error.
    """
    if error is None and HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome.STALE if result == "noop" else Outcome.OK
    if error == TEXT_MOVED:
        return Outcome.REPLAN
    if status in _BUSY:
        return Outcome.RETRY
    if status == HTTPStatus.BAD_REQUEST and error not in _NOT_THE_DOCUMENT:
        return Outcome.DEAD_LETTER
    return Outcome.STOP
