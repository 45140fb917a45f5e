"""Plain JSON: each value is a product as it is now."""

from ingest.decoders.row import Format, Row, an_object
from ingest.parse import parse


def open_object(value: bytes) -> Row:
    """Read a plain product object.

    Raises:
        DeadLetterError: InvalidUtf8, InvalidJson, LoneSurrogate or NotAnObject.
    """
    return Row(an_object(parse(value, "value"), "value"))


JSON = Format(open_object)
