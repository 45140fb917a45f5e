"""A Kafka record becomes a ProductChange, or a reason why it never can."""

from typing import Any

from connector.errors import DeadLetterError
from ingest import envelope, version
from ingest.change import ProductChange, Record
from ingest.parse import parse, text
from mappings.catalogue import PRODUCT, Catalogue
from mappings.document import shape

# OpenSearch's own limit.
MAX_ID_BYTES = 512


class Decoder:
    """Decodes the records of one catalogue's product stream.

    Args:
        catalogue: says which envelope, id, version and fields to expect.
        max_bytes: larger values become dead letters.
    """

    def __init__(self, catalogue: Catalogue, max_bytes: int) -> None:
        self._catalogue = catalogue
        self._source = catalogue.source
        self._max_bytes = max_bytes
        self._open = (
            envelope.open_debezium if self._source.format == "debezium" else envelope.open_json
        )

    def __call__(self, record: Record) -> ProductChange | None:
        """Return the change, or None for a record that asks for nothing.

        Raises:
            DeadLetterError: with the class of the fault and the reason.
        """
        identity = self._key(record)
        if record.value is None:
            return self._tombstone(identity, record)
        if len(record.value) > self._max_bytes:
            raise DeadLetterError(
                "OversizeRecord",
                f"value has {len(record.value):,} bytes, ingest.max_record_bytes allows "
                f"{self._max_bytes:,}",
            )
        row = self._open(parse(record.value, "value"))
        self._check_id(identity, row)
        if row.fields is None:
            return self._delete(identity, record, row)
        fields = shape(row.fields, self._catalogue, PRODUCT)
        number = version.version_of(self._source.version, record, row)
        assert number is not None  # noqa: S101 - only a delete may lack one
        return ProductChange(identity, PRODUCT, number, fields, record)

    def _tombstone(self, identity: str, record: Record) -> ProductChange | None:
        """Delete; but Debezium's tombstone only follows a delete event that had the version."""
        row = envelope.Row(None)
        if self._source.format == "debezium" and not self._source.version.startswith("@"):
            return None
        return self._delete(identity, record, row)

    def _delete(self, identity: str, record: Record, row: envelope.Row) -> ProductChange:
        own = version.version_of(self._source.version, record, row)
        if own is not None:
            return ProductChange(identity, PRODUCT, own, None, record)
        return ProductChange(
            identity, PRODUCT, version.borrowed(record), None, record, borrowed=True
        )

    def _key(self, record: Record) -> str:
        """Return the product the key names: its text, or the id field of a JSON object."""
        if record.key is None:
            raise DeadLetterError(
                "NullKey",
                "the record has no key; the key must name the product, so that Kafka "
                "keeps the order of its updates",
            )
        if record.key.lstrip()[:1] != b"{":
            return self._identity(text(record.key, "key"), "key")
        key = envelope.unwrap(parse(record.key, "key"))
        return self._identity(key.get(self._source.id), f"the key's {self._source.id!r}")

    def _check_id(self, identity: str, row: envelope.Row) -> None:
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
        if value is None or value == "":
            raise DeadLetterError("MissingId", f"{what} is missing or empty")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise DeadLetterError(
                "WrongType", f"{what} is a {type(value).__name__}, expected a string or an integer"
            )
        identity = str(value)
        if len(identity.encode()) > MAX_ID_BYTES:
            raise DeadLetterError("BadId", f"{what} is longer than {MAX_ID_BYTES} bytes")
        return identity
