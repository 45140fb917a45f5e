"""A shop whose catalogue changes: what a reindex run is tried on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from plugins.ingest_shop import Shop

from connector.errors import RetryLaterError
from ingest.reindex import decide, groups
from ingest.reindex.begin import propose, require_due, run_of
from ingest.reindex.drive import drive
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import Run, State
from ingest.reindex.tail import Tail
from mappings.catalogue import Catalogue


class Silent:
    """A progress bar for nobody."""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show nothing."""


@dataclass
class Move:
    """A shop, and the ledger of its runs."""

    shop: Shop

    @property
    def ledger(self) -> Ledger:
        """Where runs stand."""
        return Ledger(self.shop.client)

    def changed(self, **values: Any) -> Catalogue:
        """Return the shop's catalogue with other values."""
        return Catalogue.model_validate(self.shop.catalogue.model_dump() | values)

    def plan(
        self, catalogue: Catalogue, source: Any = "index", workers: str = "local", **more: Any
    ) -> Run:
        """Enter a run to a new catalogue."""
        self.ledger.prepare()
        proposal = propose(self.shop.client, self.ledger, catalogue)
        require_due(proposal, self.ledger, source)
        run = run_of(proposal, source, workers, **more)
        self.ledger.begin(run)
        return run

    def go(self, run: Run, until: State | None = State.SWITCHED) -> Run:
        """Take a run in hand until it reaches a state."""
        return drive(self.shop.settings, run.id, threading.Event(), Silent(), until)

    @contextmanager
    def going(self, run: Run, said: list[Run] | None = None) -> Iterator[threading.Event]:
        """Keep a run in hand in a thread until the block ends; what it waits for goes to `said`."""
        stop = threading.Event()
        heard = [] if said is None else said
        arguments = (self.shop.settings, run.id, stop, Silent(), None, heard.append)
        thread = threading.Thread(target=_quietly, args=arguments, daemon=True)
        thread.start()
        try:
            yield stop
        finally:
            stop.set()
            thread.join(240)
            assert not thread.is_alive()

    @contextmanager
    def feeding(self, index: str) -> Iterator[None]:
        """Let a worker feed an index until the block ends; it is in its group when it begins."""
        tail = Tail(self.shop.settings, index)
        tail.start()
        try:
            while not self._fed(index):
                tail.check()
            yield
        finally:
            tail.stop()

    def _fed(self, index: str) -> bool:
        # A Kafka that never had a group makes the place for them first.
        with suppress(RetryLaterError):
            return groups.members(self.shop.settings.kafka, index) > 0
        return False

    def rollback(self, run: Run) -> Run:
        """Move the alias back."""
        shop = self.shop
        found = self.ledger.run(run.id)
        return decide.rollback(shop.settings, shop.client, self.ledger, found, Silent())

    def documents(self, index: str) -> dict[str, dict[str, Any]]:
        """Return every document of an index by id, as it is stored."""
        self.shop.client.indices.refresh(index=index)
        hits = self.shop.client.search(index=index, body={"size": 1000})["hits"]["hits"]
        return {hit["_id"]: hit["_source"] for hit in hits}


def _quietly(*arguments: Any) -> None:
    with suppress(RetryLaterError):
        drive(*arguments)
