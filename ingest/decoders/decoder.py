"""All topics of a catalogue: each record goes to the stream that its topic feeds."""

from collections.abc import Mapping

from ingest.change import ProductChange, Record
from ingest.decoders.stream import StreamDecoder
from ingest.generation import Generation
from mappings.catalogue import Catalogue


class Decoder:
    """Decodes the records of a catalogue's streams.

    Args:
        catalogue: says which topics there are, and how each is read.
        max_bytes: larger values become dead letters.
        generations: of the topics whose offsets are versions, by topic; the first one otherwise.

    Raises:
        CatalogueError: a stream is of a format that is not installed.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        max_bytes: int,
        generations: Mapping[str, Generation] | None = None,
    ) -> None:
        self._streams = {
            source.topic: StreamDecoder(
                catalogue, group, max_bytes, (generations or {}).get(source.topic)
            )
            for group, source in catalogue.inlets.items()
        }

    def __call__(self, record: Record) -> ProductChange | None:
        """Return the change, or None for a record that asks for nothing.

        Raises:
            DeadLetterError: with the class of the fault and the reason.
        """
        return self._streams[record.position.topic](record)
