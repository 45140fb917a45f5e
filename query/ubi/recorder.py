"""The one seam to whatever answers shoppers: what was shown, and what they did."""

import logging
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from connector.cluster import connect
from connector.errors import RequestError
from connector.settings import Settings
from query.ubi import event, shown
from query.ubi.indices import Document, Names
from query.ubi.privacy import Privacy
from query.ubi.shown import Shown
from query.ubi.writer import Tally, Told, Writer

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of events.

    Attributes:
        accepted: how many will be written; of queries that are not sampled none are.
        refused: why each of the others is none, in their order; no value is quoted.
    """

    accepted: int
    refused: tuple[str, ...]


class Recorder:
    """Records beside the search. No method waits for the cluster, and `shown` raises nothing.

    Threads may share it.

    Args:
        writer: takes the documents.
        privacy: hides who and what.
        names: of the indices.
        now: the time, with its zone.
    """

    def __init__(
        self,
        writer: Writer,
        privacy: Privacy,
        names: Names,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._writer, self._privacy, self._names, self._now = writer, privacy, names, now

    @classmethod
    def of(cls, settings: Settings, told: Told = lambda *_: None) -> Self | None:
        """Return a recorder with a connection of its own, or None where no key is set.

        Args:
            settings: of the cluster and of behaviour.
            told: what becomes of documents, as it happens.

        Raises:
            SettingsError: the key can be guessed.
        """
        if settings.behaviour.key is None:
            return None
        privacy = Privacy(settings.behaviour)
        client = connect(settings.opensearch, pool=1)

        def send(body: bytes) -> list[int]:
            params = {"filter_path": "items.*.status"}
            answer = client.bulk(body=body, params=params)
            return [item["create"]["status"] for item in answer["items"]]

        writer = Writer(send, settings.behaviour.queue, told)
        return cls(writer, privacy, Names.of(settings.behaviour))

    @property
    def tally(self) -> Tally:
        """Return what became of the documents so far."""
        return self._writer.tally

    def new_query_id(self) -> str:
        """Return the id under which a ranking is shown and its events come back."""
        return self._privacy.new_query_id()

    def shown(self, ranking: Shown) -> None:
        """Record a ranking; a fault of ours is logged and nobody's search fails of it."""
        try:
            if self._privacy.sampled(ranking.query_id):
                source = shown.document(ranking, self._privacy, self._now())
                self._writer.put(Document(self._names.queries, ranking.query_id, source))
        except Exception as error:  # noqa: BLE001 - behaviour is worth less than an answer
            self._writer.drop()
            log.warning("behaviour: a ranking was not recorded (%s)", type(error).__name__)

    def events(self, given: Sequence[object]) -> Taken:
        """Record events as the UBI schema 1.3 describes them; see docs/behaviour.md."""
        accepted, refused = 0, []
        for one in given:
            try:
                source = event.document(one, self._privacy, self._now())
            except RequestError as error:
                refused.append(str(error))
                continue
            if "query_id" not in source or self._privacy.sampled(source["query_id"]):
                self._writer.put(Document(self._names.events, uuid.uuid4().hex, source))
            accepted += 1
        return Taken(accepted, tuple(refused))

    def close(self) -> None:
        """Write what waits, for 5 s at most."""
        self._writer.close()
