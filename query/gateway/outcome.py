"""What became of a search: it was ranked, or left to the cluster and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

from connector.errors import (
    ClusterRefusedError,
    ConnectorError,
    EncoderError,
    RefusedError,
    RetryLaterError,
)
from query.gateway import evidence
from query.gateway.job import Job, Json
from query.gateway.rank.answer import Answer
from query.gateway.recognise.reasons import Reason

_FAULTS = {
    "busy": "as many rankings are under way as the gateway makes at once",
    "budget": "the ranking took longer than its budget",
    "moved": "the alias leads to another index than the one that was opened",
    "encoder": "the model cannot read the query",
    "refused": "the cluster refused a search of the ranking",
    "cluster": "the cluster did not answer a search of the ranking",
    "fault": "the ranking failed",
}
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (EncoderError, "encoder"),
    (RefusedError, "encoder"),
    (ClusterRefusedError, "refused"),
    (RetryLaterError, "cluster"),
    (ConnectorError, "refused"),
)


@dataclass(frozen=True)
class Ranked:
    """A search that was ranked.

    Attributes:
        job: the search.
        answer: to it.
        body: the response.
        headers: of the cluster's answers, names in lower case.
    """

    job: Job
    answer: Answer
    body: Json
    headers: Sequence[tuple[bytes, bytes]]
    by: ClassVar = "hybrid"

    @cached_property
    def told(self) -> Json:
        """What a client that asks is told."""
        told = evidence.ranked(self.job.asked, self.answer, self.job.weights.version)
        return told | evidence.index(self.job.opened.live.physical, self.job.role, self.job.fallen)


@dataclass(frozen=True)
class Left:
    """A search that the cluster ranks.

    Attributes:
        by: `pass`, `lexical` after a fault, or `shadow`.
        reason: its name.
        words: for people.
        job: what is ranked beside it, in shadow.
    """

    by: Literal["pass", "lexical", "shadow"]
    reason: str
    words: str
    job: Job | None = None

    @property
    def told(self) -> Json:
        """What a client that asks is told."""
        return evidence.left(self.by, self.reason, self.words)


def passed(reason: Reason) -> Left:
    """Return a search that was never the ranking's."""
    return Left("pass", reason.value, reason.words)


def unchanged() -> Left:
    """Return a search whose shopper sees the query as it is: that variant of an experiment."""
    return Left(
        "pass", "experiment", "the shopper's variant of an experiment is the query as it is"
    )


def fallen(reason: str) -> Left:
    """Return a search whose ranking was given up, for one of the reasons of docs/gateway.md."""
    return Left("lexical", reason, _FAULTS[reason])


def failed(error: Exception) -> Left:
    """Return a search whose ranking raised."""
    return fallen(next((kind for class_, kind in _KINDS if isinstance(error, class_)), "fault"))
