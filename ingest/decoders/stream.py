"""One stream of a catalogue: its keys, versions and fields."""

from typing import Any

from connector.errors import DeadLetterError
from ingest import version
from ingest.change import ProductChange, Record
from ingest.decoders.formats import format_named
from ingest.decoders.key import bare, named_by
from ingest.decoders.row import Row
from ingest.generation import Generation
from mappings.catalogue import Catalogue
from mappings.document import shape

# OpenSearch's own limit.
MAX_ID_BYTES = 512


class StreamDecoder:
    """Decodes the records of one stream.

    Args:
        catalogue: says which format, id, version and fields to expect.
        group: the stream.
        max_bytes: larger values become dead letters.
        generation: of a topic whose offsets are versions; None for the first one.
    """

    def __init__(
        self, catalogue: Catalogue, group: str, max_bytes: int, generation: Generation | None
    ) -> None:
        self._catalogue = catalogue
        self._group = group
        self._source = catalogue.inlets[group]
        self._max_bytes = max_bytes
        self._generation = generation
        self._format = format_named(self._source.format)

    def __call__(self, record: Record) -> ProductChange | None:
        """Return the change, or None for a record that asks for nothing.

        Raises:
            DeadLetterError: with the class of the fault and the reason.
        """
        if record.value is None:
            return self._tombstone(self._key(record), record)
        if len(record.value) > self._max_bytes:
            raise DeadLetterError(
                "OversizeRecord",
                f"value has {len(record.value):,} bytes, ingest.max_record_bytes allows "
                f"{self._max_bytes:,}",
            )
        row = self._format.open(record.value)
        if row is None:
            return None
        # Only now: heartbeats and truncates have keys that name no product, or none.
        identity = self._key(record)
        self._check_id(identity, row)
        if row.fields is None:
            return self._delete(identity, record, row)
        fields = shape(row.fields, self._catalogue, self._group)
        number = self._version(record, row)
        assert number is not None  # noqa: S101 - only a delete may lack one
        return ProductChange(identity, self._group, number, fields, record)

    def _tombstone(self, identity: str, record: Record) -> ProductChange | None:
        """Delete; but an echo only follows a delete event that had the version."""
        row = Row(None)
        if self._format.echoes and not self._source.version.startswith("@"):
            return None
        return self._delete(identity, record, row)

    def _delete(self, identity: str, record: Record, row: Row) -> ProductChange:
        own = self._version(record, row)
        if own is not None:
            return ProductChange(identity, self._group, own, None, record)
        return ProductChange(
            identity, self._group, version.borrowed(record), None, record, borrowed=True
        )

    def _version(self, record: Record, row: Row) -> int | None:
        if self._generation and self._source.version == version.OFFSET:
            return self._generation.version(record.position)
        return version.version_of(self._source.version, record, row)

    def _key(self, record: Record) -> str:
        """Return the product the key names."""
        if record.key is None:
            raise DeadLetterError(
                "NullKey",
                "the record has no key; the key must name the product, so that Kafka "
                "keeps the order of its updates",
            )
        return self._identity(*named_by(record.key, self._source.id))

    def _check_id(self, identity: str, row: Row) -> None:
        name = self._source.id
        found = (row.before if row.fields is None else row.fields).get(name)
        if found is None and row.fields is None:
            return
        own = self._identity(found, f"field {name!r}")
        if own != identity:
            raise DeadLetterError(
                "IdMismatch", f"field {name!r} is {own[:60]!r}, but the key is {identity[:60]!r}"
            )

    def _identity(self, value: Any, what: str) -> str:
        if value is not None and (isinstance(value, bool) or not isinstance(value, str | int)):
            raise DeadLetterError(
                "WrongType", f"{what} is a {type(value).__name__}, expected a string or an integer"
            )
        identity = "" if value is None else bare(str(value))
        if not identity:
            raise DeadLetterError("MissingId", f"{what} is missing or empty")
        if len(identity.encode()) > MAX_ID_BYTES:
            raise DeadLetterError("BadId", f"{what} is longer than {MAX_ID_BYTES} bytes")
        return identity
