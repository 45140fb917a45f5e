from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.errors import DeadLetterError
from ingest.parse import parse


@pytest.mark.parametrize(
    ("data", "error_class", "reason"),
    [
        (b'{"a": "\xff"}', "InvalidUtf8", "at byte 7"),
        (b'{"a": "\xed\xa0\x80"}', "InvalidUtf8", "at byte 7"),
        (b'{"a": "\\ud800"}', "LoneSurrogate", "half a surrogate pair"),
        (b'{"a": "\\udc00 b"}', "LoneSurrogate", "half a surrogate pair"),
        (b'{"a": NaN}', "InvalidJson", "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "InvalidJson", "-Infinity is not a JSON number"),
        (b'{"a": 1e400}', "InvalidJson", "infinity"),
        (b'{"a": 1', "InvalidJson", "line 1 column 8"),
        (b"", "InvalidJson", "line 1 column 1"),
        (b"\xef\xbb\xbf{}", "InvalidJson", "BOM"),
        (b"[" * 2000, "InvalidJson", "is not JSON"),
    ],
)
def test_bad_bytes_are_named(data: bytes, error_class: str, reason: str) -> None:
    """Each fault has its class and says where it is."""
    with pytest.raises(DeadLetterError, match=reason) as caught:
        parse(data, "value")
    assert caught.value.error_class == error_class


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    """Whatever stands in a record, it is read or it is a dead letter."""
    with suppress(DeadLetterError):
        parse(data, "value")
