from typing import Any

import pytest

from connector.errors import DeadLetterError
from ingest.decoders.key import named_by


@pytest.mark.parametrize(
    ("key", "product"),
    [
        (b"B01", "B01"),
        (b"17", "17"),
        (b'"B01"', "B01"),
        (b'"B\\u00e9"', "B\u00e9"),
        (b'"17 inch" screen', '"17 inch" screen'),
        (b'{"sku": 17}', 17),
        (b' {"sku": "B01"}', "B01"),
        (b'{\n\t"sku": "B01"\n}\n', "B01"),
        (b'{"id": "B01"}', None),
        (b" B01 ", "B01"),
        ("\ufeffB01".encode(), "B01"),
        ("\u3000B01\xa0\ufeff".encode(), "B01"),
        (b"B 01", "B 01"),
        ('\ufeff{"sku": "B01"}'.encode(), "B01"),
        ('\ufeff "B01"'.encode(), "B01"),
        (b'{"schema": {"type": "struct"}, "payload": {"sku": 17}}', 17),
        (b'{"schema": {"type": "string"}, "payload": "B01"}', "B01"),
        (b'{"schema": {"type": "int64"}, "payload": 17}', 17),
    ],
)
def test_a_key_names_a_product(key: bytes, product: Any) -> None:
    """As people write it, and as Kafka Connect does by each of its converters."""
    assert named_by(key, "sku")[0] == product


@pytest.mark.parametrize(
    ("key", "error_class"),
    [
        (b"\xff", "InvalidUtf8"),
        (b"{", "InvalidJson"),
        (b'{"sku": "\\ud800"}', "LoneSurrogate"),
        (b'{"schema": null, "payload": null}', "BadEnvelope"),
        (b'{"schema": null, "payload": [17]}', "BadEnvelope"),
        (b'\0\0\0\0\x07"B01"', "BadId"),
        (b"\0\0\0\0\0\0\0\x2a", "BadId"),
        (b"\x06B01", "BadId"),
        (b"\n\x03B01", "BadId"),
        (b"B01\r\n", "BadId"),
    ],
)
def test_a_key_that_names_none_is_told(key: bytes, error_class: str) -> None:
    """No product is guessed: a delete would go nowhere."""
    with pytest.raises(DeadLetterError) as caught:
        named_by(key, "sku")
    assert caught.value.error_class == error_class
