"""Whether an index still follows the catalogue that its worker began with: both may tell."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector.errors import ConnectorError
from ingest.beside import repeated
from ingest.target import Target
from mappings.catalogue import Catalogue
from mappings.live import open_physical

log = logging.getLogger(__name__)

# `connector mappings apply` beside a worker is told within this time.
EVERY_S = 30.0

_CLIENT = re.compile(r"connector-([0-9a-f]{16})")


def client_id(catalogue: Catalogue) -> str:
    """Return the name by which Kafka knows a worker of a catalogue."""
    return f"connector-{catalogue.hash}"


def hash_in(client: str) -> str | None:
    """Return the hash of the catalogue of whoever has a name; None where it is no worker's."""
    found = _CLIENT.fullmatch(client)
    return found and found[1]


class Drift:
    """Whether an index was brought to another version of its catalogue under a worker.

    The worker goes on by its own: what it writes is right, but a field that is new is unknown to it.

    Args:
        target: what the worker opened.
        tell: called after each look with whether the index follows another version.
    """

    def __init__(self, target: Target, tell: Callable[[bool], None]) -> None:
        self._target, self._tell = target, tell
        self._said = target.catalogue.hash

    def look(self) -> None:
        """Compare, and log what is new; an index that cannot be read is the writer's to tell of."""
        target, ours = self._target, self._target.catalogue.hash
        try:
            there = open_physical(target.client, target.index).meta["catalogue_hash"]
        except ConnectorError as error:
            log.debug("catalogue of %s not looked at: %s", target.index, error)
            return
        self._tell(there != ours)
        if there == self._said:
            return
        self._said = there
        if there == ours:
            log.info("index %r follows this worker's catalogue again", target.index)
        else:
            log.warning(
                "index %r follows another version of catalogue %r by now (%s there, %s here): "
                "fields that are new there are unknown to this worker; give it the new file and "
                "restart it",
                target.index,
                target.catalogue.name,
                there,
                ours,
            )


@contextmanager
def watching(
    target: Target, tell: Callable[[bool], None], every_s: float = EVERY_S
) -> Iterator[None]:
    """Look every `every_s` seconds while the block lasts."""
    with repeated("drift", every_s, Drift(target, tell).look):
        yield
