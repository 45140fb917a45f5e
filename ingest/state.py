"""What the index knows about products, read before their changes are planned."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opensearchpy import TransportError

from connector.errors import ClusterUnavailableError
from ingest.plan import Stored
from ingest.target import Target
from ingest.write.answer import outcome_of, unread, unreadable
from ingest.write.outcome import Outcome, narrower
from ingest.write.patience import Patience

Json = Mapping[str, Any]

log = logging.getLogger(__name__)

_STATE_FIELDS = (
    "connector.versions",
    "connector.text_hash",
    "connector.model",
    "connector.state",
)


@dataclass(frozen=True)
class _Failure:
    """What became of a request that brought nothing, and may bring something later."""

    ids: Sequence[str]
    error: ClusterUnavailableError
    outcome: Outcome = Outcome.RETRY

    @property
    def is_one_document_s(self) -> bool:
        """Whether it says something about a document, not about what else was asked for."""
        return self.outcome is Outcome.NARROW and len(self.ids) == 1


@dataclass(frozen=True)
class StateReader:
    """Reads the connector's state of documents. Threads may share it.

    Attributes:
        target: the index.
        patience: how what cannot be read now is asked for again.
        retried: told what was said each time.
    """

    target: Target
    patience: Patience
    retried: Callable[[str], None] = lambda _: None

    def __call__(self, ids: Sequence[str]) -> dict[str, Stored]:
        """Return the state of products by id, unrefreshed writes included.

        A document that the cluster fails on to the end, asked for it alone, while it answers for as
        many others, is `unread`. It holds nothing up: reading only saves work, versions are
        compared where the document is.

        Raises:
            ClusterUnavailableError: patience ran out, and it may be the cluster.
            ClusterRefusedError, IndexMissingError: nothing can be read.
        """
        found: dict[str, Stored] = {}
        left, most, tries = list(ids), len(ids), self.patience.tries()
        while left:
            failures = self._read(left, most, found)
            failed = [identity for each in failures for identity in each.ids]
            longest = max((each.error.retry_after_s for each in failures), default=0.0)
            if failures and not tries.again(len(failed) < len(left), longest):
                if tries.hurried or not _is_the_documents_fault(failures, len(found)):
                    raise failures[-1].error
                return found | dict.fromkeys(failed, Stored(unread=True))
            if any(each.outcome is Outcome.NARROW for each in failures):
                most = narrower(most, len(failed))
            left = failed
        return found

    def _read(self, ids: Sequence[str], most: int, found: dict[str, Stored]) -> list[_Failure]:
        """Ask for documents, `most` at a time; add what is there, return what went wrong."""
        failures = []
        for start in range(0, len(ids), most):
            answer = self._ask(ids[start : start + most])
            if isinstance(answer, _Failure):
                log.warning("%s", answer.error)
                self.retried(answer.error.said)
                failures.append(answer)
            else:
                found |= answer
        return failures

    def _ask(self, ids: Sequence[str]) -> dict[str, Stored] | _Failure:
        index = self.target.index
        try:
            answer = self.target.client.mget(
                index=index,
                body={"ids": list(ids)},
                params={"_source_includes": ",".join(_STATE_FIELDS)},
            )
            return {doc["_id"]: _stored(doc, index) for doc in answer["docs"]}
        except TransportError as error:
            failed = unread(index, error)
            if not isinstance(failed, ClusterUnavailableError):
                raise failed from error
            return _Failure(ids, failed, outcome_of(error))
        except ClusterUnavailableError as error:
            return _Failure(ids, error)


def _is_the_documents_fault(failures: Sequence[_Failure], found: int) -> bool:
    """Whether it is the documents themselves that the cluster fails on, and not the cluster."""
    return all(each.is_one_document_s for each in failures) and found >= len(failures)


def _stored(doc: Json, index: str) -> Stored:
    if "error" in doc:
        raise unreadable(index, doc["error"])
    state = doc.get("_source", {}).get("connector", {})
    return Stored(
        state.get("versions", {}), state.get("text_hash"), state.get("model"), state.get("state")
    )
