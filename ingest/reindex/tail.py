"""The ordinary worker, in a thread: it follows the topics for one physical index."""

import logging
import threading
from contextlib import closing, nullcontext
from dataclasses import dataclass, field

from connector import cluster
from connector.errors import ConnectorError, RetryLaterError
from connector.settings import Settings
from ingest.run import feed
from ingest.target import open_target
from mappings.live import open_physical

log = logging.getLogger(__name__)

# Between two tries while a server is away.
_PAUSE_S = 2.0
# A worker that was asked to stop ends within 20 s.
_END_S = 25.0


@dataclass
class Tail:
    """Feeds an index until it is stopped; one more member of its group, whoever else is in it.

    Attributes:
        settings: of this place.
        index: the physical index.
    """

    settings: Settings
    index: str
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _failure: ConnectorError | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self.index, daemon=True)
            self._thread.start()

    def check(self) -> None:
        """Raise what ended the worker.

        Raises:
            ConnectorError: somebody has to change something.
        """
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Let it finish what is in hand, and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_END_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._feed()
            except RetryLaterError as error:
                log.warning("feeding %s stopped for now: %s", self.index, error)
                self._stop.wait(_PAUSE_S)
            except ConnectorError as error:
                self._failure = error
                return
            except Exception as error:
                log.exception("feeding %s", self.index)
                self._failure = ConnectorError(f"feeding {self.index!r}: {error}")
                return

    def _feed(self) -> None:
        # One endpoint a process: that of a worker which was started for it.
        ingest = self.settings.ingest.model_copy(update={"http": None})
        settings = self.settings.model_copy(update={"ingest": ingest})
        with closing(cluster.connect(settings.opensearch)) as client:
            catalogue = open_physical(client, self.index).catalogue
            target = open_target(client, catalogue, self.index)
            feed(settings, target, nullcontext(self._stop), lambda *_: None)
