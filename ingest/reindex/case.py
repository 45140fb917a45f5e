"""A run in hand: everything that a step of the protocol needs."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from opensearchpy import OpenSearch

from connector.errors import RetryLaterError
from connector.settings import Settings
from connector.telemetry import Progress
from ingest.reindex.catchup import catch_up
from ingest.reindex.executor import Executor
from ingest.reindex.ledger import Ledger
from ingest.reindex.run import Run, State
from ingest.reindex.tail import Tail
from ingest.run import now
from ingest.write.patience import Patience
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract, contract_of


@dataclass
class Case:
    """A run, as one command has it in hand.

    Attributes:
        settings: of this place.
        client: OpenSearch.
        ledger: where the run stands.
        run: as it was read last.
        executor: carries slices.
        stop: set when the command is to end.
        bar: hears how far it is.
        waiting: told of a run that waits for somebody's decision from now on.
        tails: what feeds an index from this process, by index.
    """

    settings: Settings
    client: OpenSearch
    ledger: Ledger
    run: Run
    executor: Executor
    stop: threading.Event
    bar: Progress
    waiting: Callable[[Run], None] = lambda _: None
    tails: dict[str, Tail] = field(default_factory=dict)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The new catalogue."""
        return Catalogue.model_validate(self.run.body)

    @cached_property
    def contract(self) -> ModelContract:
        """The new model contract.

        Raises:
            EncoderError: the model's files cannot be found.
        """
        return contract_of(self.catalogue)

    def note(self, **values: Any) -> None:
        """Change the run in the ledger."""
        self.run = self.ledger.change(self.run.id, lambda run: replace(run, **values))

    @property
    def patience(self) -> Patience:
        """With a cluster that is away for a moment; what feeds the indices goes on meanwhile."""
        return Patience.of(self.settings.ingest, self.stop.wait, random.random)

    def look(self) -> Run:
        """Read the run again."""
        self.run = self.patience.insist(lambda: self.ledger.run(self.run.id))
        return self.run

    def enter(self, state: State, **values: Any) -> None:
        """Let the run enter a state, unless another command has ended it in between."""
        before = self.run.state

        def change(run: Run) -> Run:
            if run.state is not before:
                return run
            return replace(
                run, state=state, entered={**run.entered, state.value: now()}, trouble="", **values
            )

        self.run = self.ledger.change(self.run.id, change)

    def feed(self, index: str) -> None:
        """Let this process feed an index from now on."""
        self.tails.setdefault(index, Tail(self.settings, index)).start()

    def check(self) -> None:
        """Raise what has gone wrong in the background.

        Raises:
            RetryLaterError: the command is to end.
            ConnectorError: what ended a worker.
        """
        for tail in self.tails.values():
            tail.check()
        if self.stop.is_set():
            raise RetryLaterError(
                f"stopped while {self.run.state}; nothing is lost, go on with "
                f"`connector reindex resume {self.run.id}`"
            )

    def catch_up(self, index: str) -> None:
        """Wait until an index has what its topics have.

        Raises:
            ConnectorError: see `check`, and `ingest.reindex.catchup.catch_up`.
        """

        def look(done: int, total: int) -> None:
            self.check()
            self.bar.update(done, total, f"{index} follows")

        kafka, within = self.settings.kafka, self.settings.reindex.lag_s
        catch_up(kafka, index, self.catalogue.topics, within, self.stop.wait, look)

    def each(self, seconds: float, look: Callable[[], bool]) -> None:
        """Look every so often until it says that it is enough; errors as `check`."""
        while not look():
            self.stop.wait(seconds)
            self.check()
