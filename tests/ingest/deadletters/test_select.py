from datetime import UTC, datetime

import pytest

from connector.errors import UsageError
from ingest.change import Position
from ingest.deadletters.letter import Letter
from ingest.deadletters.select import Selection, moment, product_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def letter(
    key: bytes | None = b"1", name: str = "WrongType", at: str = "2026-01-31T12:00:00.000Z"
) -> Letter:
    return Letter(Position("t", 0, 1), 5, key, name, "r", "shop", "shop-v1", at)


def test_all_conditions_must_hold() -> None:
    """Class, product and time; none of them asks for nothing."""
    letters = [letter(), letter(b"2"), letter(name="NullKey"), letter(at="2026-01-30T12:00:00Z")]
    assert Selection().of(letters) == letters
    assert Selection("WrongType", "1", since=NOON).of(letters) == letters[:1]
    assert Selection(id="2").of(letters) == letters[1:2]


def test_each_topic_has_its_own_name_of_the_id() -> None:
    """A stream of prices may call it otherwise than the products do."""
    letters = [letter(b'{"sku": "1"}'), letter(b'{"id": "1"}')]
    assert Selection(id="1", id_fields={"t": "sku"}).of(letters) == letters[:1]
    assert Selection(id="1", id_fields={"other": "sku"}).of(letters) == letters[1:]


@pytest.mark.parametrize(
    ("key", "product"),
    [
        (None, None),
        (b"42", "42"),
        (b'{"sku": 42}', "42"),
        (b'{"schema": {}, "payload": {"sku": "x"}}', "x"),
        (b'{"other": 42}', None),
        (b'{"schema": {}, "payload": "x"}', "x"),
        (b'"x"', "x"),
        (b" x ", "x"),
        (b'{"sku": "x "}', "x"),
        (b"{broken", None),
        (b"\xff", None),
    ],
)
def test_a_product_is_known_by_its_key(key: bytes | None, product: str | None) -> None:
    """As the decoder knows it; a key that names none is no product's."""
    assert product_of(letter(key), "sku") == product


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", "2026-01-31T10:30:00+00:00"),
        ("2d", "2026-01-29T12:00:00+00:00"),
        ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ("2026-01-31T12:00+02:00", "2026-01-31T12:00:00+02:00"),
    ],
)
def test_a_moment_is_a_time_or_an_age(text: str, expected: str) -> None:
    """UTC unless it says otherwise."""
    assert moment(text, NOON).isoformat() == expected


@pytest.mark.parametrize("text", ["yesterday", "999999d"])
def test_anything_else_is_a_usage_error(text: str) -> None:
    """With examples of what is understood; nothing was before the year 1."""
    with pytest.raises(UsageError, match="90m, 6h, 2d"):
        moment(text, NOON)
