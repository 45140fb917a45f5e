"""What the cluster answered and what happens next: one table for all of it.

Every cell has been seen on a real OpenSearch (`tests/ingest/provoked`), or says in
docs/outcomes.md why it could not be.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from math import ceil


class Operation(Enum):
    """What was asked of the cluster."""

    ITEM = "item"  # one update of a bulk request
    REQUEST = "request"  # a bulk request as a whole
    READ = "read"  # one document of an `_mget`; its errors carry no status


class Outcome(Enum):
    """What the worker does about it."""

    OK = "ok"
    STALE = "stale"  # a newer version was there already
    RETRY = "retry"  # the same may go through later
    SUSPECT = "suspect"  # the same, or this document is one that the cluster fails on
    REPLAN = "replan"  # another writer changed the text in between: plan and embed again
    HALVE = "halve"  # send the request in two halves; a single item of it is a dead letter
    NARROW = (
        "narrow"  # the same may go through later, in smaller requests; a single item is suspect
    )
    DEAD_LETTER = "dead letter"  # this document can never be written
    STOP = "stop"  # no document can be written until somebody changes something


@dataclass(frozen=True, slots=True)
class Cell:
    """One line of the table.

    Attributes:
        operation: what was asked.
        statuses: HTTP statuses it is about; empty for any, and for none at all.
        said: the result of a success or the type of an error, as `ingest.write.answer` names
            it; None for any.
        outcome: what happens next.
        advice: for the operator, where the worker stops.
    """

    operation: Operation
    statuses: Collection[int]
    said: str | None
    outcome: Outcome
    advice: str = ""


# Requests of one try, at most, where they are narrowed: a cluster that fails on everything is not to
# be asked more.
_NARROWEST = 64

# Refusals of the merge script, which the cluster reports as `illegal_argument_exception`.
TEXT_MOVED = "script: text moved"
SCRIPT_FAILED = "script: runtime error"
SCRIPT_BROKEN = "script: compile error"
SCRIPT_FORBIDDEN = "script: forbidden"
SCRIPT_CROWDED = "script: circuit_breaking_exception"
# One that the cluster tells apart by its words only.
PIPELINE_MISSING = "pipeline missing"

_BUSY = (408, 409, 429, 502, 503, 504)
_ITEM, _REQUEST, _READ = Operation
_DEAD, _STOP = Outcome.DEAD_LETTER, Outcome.STOP

_CREDENTIALS = "check opensearch.username and opensearch.password"
_RIGHTS = "give the user the rights of docs/security.md"
_BLOCK = "lift the block in the index's settings (index.blocks.*)"
_CREATE = "create the index with `connector mappings apply`"
_OPEN = "open the index (POST /INDEX/_open)"

# The first line that fits decides; what fits none stops the worker.
TABLE = (
    Cell(_ITEM, (200, 201), "created", Outcome.OK),
    Cell(_ITEM, (200,), "updated", Outcome.OK),
    Cell(_ITEM, (200,), "noop", Outcome.STALE),
    Cell(_ITEM, (400,), TEXT_MOVED, Outcome.REPLAN),
    Cell(_ITEM, (400,), SCRIPT_CROWDED, Outcome.RETRY),
    Cell(_ITEM, (400,), SCRIPT_FAILED, _DEAD),
    Cell(_ITEM, (400,), SCRIPT_BROKEN, _STOP, "this OpenSearch is older or newer than supported"),
    Cell(
        _ITEM,
        (400,),
        SCRIPT_FORBIDDEN,
        _STOP,
        "allow inline scripts for updates in opensearch.yml "
        "(script.allowed_types, script.allowed_contexts)",
    ),
    Cell(_ITEM, (400,), "index_closed_exception", _STOP, _OPEN),
    Cell(
        _ITEM,
        (400,),
        PIPELINE_MISSING,
        _STOP,
        "create the pipeline, or take it out of the index's settings (index.default_pipeline)",
    ),
    Cell(_ITEM, (400,), None, _DEAD),
    Cell(_ITEM, (403,), "cluster_block_exception", _STOP, _BLOCK),
    Cell(_ITEM, (403,), None, _STOP, _RIGHTS),
    Cell(_ITEM, (404,), None, _STOP, _CREATE),
    Cell(_ITEM, _BUSY, None, Outcome.RETRY),
    Cell(_ITEM, (500,), None, Outcome.SUSPECT),
    Cell(_REQUEST, (400,), "action_request_validation_exception", Outcome.HALVE),
    Cell(_REQUEST, (401,), None, _STOP, _CREDENTIALS),
    Cell(_REQUEST, (403,), "cluster_block_exception", _STOP, _BLOCK),
    Cell(_REQUEST, (403,), None, _STOP, _RIGHTS),
    Cell(_REQUEST, (413,), None, Outcome.HALVE),
    Cell(_REQUEST, _BUSY, None, Outcome.RETRY),
    Cell(_REQUEST, (500,), None, Outcome.NARROW),
    Cell(_READ, (), "index_not_found_exception", _STOP, _CREATE),
    Cell(_READ, (), "index_closed_exception", _STOP, _OPEN),
    Cell(_READ, (), "cluster_block_exception", _STOP, _BLOCK),
    Cell(_READ, (), "security_exception", _STOP, _RIGHTS),
    Cell(_READ, (), None, Outcome.RETRY),
)

_UNHEARD_OF = Cell(_REQUEST, (), None, _STOP, "check what stands between here and OpenSearch")


def find(operation: Operation, status: int | None, said: str) -> Cell:
    """Return the line of the table that an answer falls on.

    Args:
        operation: what was asked.
        status: the HTTP status; None where there is none.
        said: the result of a success, or the type of the error.
    """
    for cell in TABLE:
        if (
            cell.operation is operation
            and (not cell.statuses or status in cell.statuses)
            and cell.said in (None, said)
        ):
            return cell
    return _UNHEARD_OF


def narrower(most: int, left: int) -> int:
    """Return how many documents a request has next, where requests are to be smaller.

    Args:
        most: that one had so far.
        left: documents to ask for again.
    """
    return max(most // 2, ceil(left / _NARROWEST))
