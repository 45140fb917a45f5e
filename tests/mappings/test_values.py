import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import DeadLetterError
from mappings.values import convert, label


@pytest.mark.parametrize(
    ("kind", "value", "stored"),
    [
        ("text", "Lampe à 10 €", "Lampe à 10 €"),
        ("keyword", "a b", "a b"),
        ("keyword", 4006381333931, "4006381333931"),
        ("double", 3, 3.0),
        ("double", "12.50", 12.5),
        ("double", " 1e3 ", 1000.0),
        ("double", -0.5, -0.5),
        ("long", 7, 7),
        ("long", 7.0, 7),
        ("long", "-7", -7),
        ("long", 2**63 - 1, 2**63 - 1),
        ("boolean", True, True),
        ("boolean", 0, False),
        ("boolean", "TRUE", True),
        ("date", "2026-09-01T10:35:06Z", "2026-09-01T10:35:06.000Z"),
        ("date", "2026-09-01T10:35:06.5+02:00", "2026-09-01T08:35:06.500Z"),
        ("date", "2026-09-01", "2026-09-01T00:00:00.000Z"),
        ("date", 1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
    ],
)
def test_converted(kind: Any, value: Any, stored: Any) -> None:
    """What means the same in the field's type is stored in it."""
    found = convert(kind, value, "f")
    assert found == stored
    assert type(found) is type(stored)


@pytest.mark.parametrize(
    ("kind", "value", "fault"),
    [
        ("text", 3, "WrongType"),
        ("text", True, "WrongType"),
        ("text", {"a": 1}, "WrongType"),
        ("text", "half \ud83d", "LoneSurrogate"),
        ("keyword", 1.5, "WrongType"),
        ("keyword", True, "WrongType"),
        ("keyword", 2**64, "OutOfRange"),
        ("double", "12,50", "WrongType"),
        ("double", "cheap", "WrongType"),
        ("double", "NaN", "WrongType"),
        ("double", "1_000", "WrongType"),
        ("double", "١٢", "WrongType"),
        ("double", True, "WrongType"),
        ("double", [1], "WrongType"),
        ("double", math.nan, "NotFinite"),
        ("double", math.inf, "NotFinite"),
        ("double", "1e400", "NotFinite"),
        ("double", 10**400, "NotFinite"),
        pytest.param("double", 10**5000, "NotFinite", id="more digits than Python prints"),
        ("long", 1.5, "WrongType"),
        ("long", "1.5", "WrongType"),
        ("long", True, "WrongType"),
        ("long", 2**63, "OutOfRange"),
        ("long", math.inf, "NotFinite"),
        ("boolean", 2, "WrongType"),
        ("boolean", "yes", "WrongType"),
        ("date", "soon", "WrongType"),
        ("date", 1.5, "WrongType"),
        ("date", True, "WrongType"),
        ("date", 10**30, "WrongType"),
    ],
)
def test_refused(kind: Any, value: Any, fault: str) -> None:
    """What does not is refused with a stable class and a reason that names the field."""
    with pytest.raises(DeadLetterError, match="field 'f'") as caught:
        convert(kind, value, "f")
    assert caught.value.error_class == fault
    assert len(str(caught.value)) < 300


def test_reason() -> None:
    """The reason says what was found and what was expected."""
    with pytest.raises(DeadLetterError) as caught:
        convert("double", "cheap", "price")
    assert str(caught.value) == "field 'price': found text 'cheap', expected a number"


@settings(deadline=None)
@given(st.integers(0, 10**9))
def test_cents(cents: int) -> None:
    """A scaled price is the decimal that people would write, without float noise."""
    assert convert("double", cents, "price", 0.01) == float(f"{cents // 100}.{cents % 100:02d}")


def test_scaled_out_of_range() -> None:
    """A number that only its scale makes infinite is refused, too."""
    with pytest.raises(DeadLetterError) as caught:
        convert("double", 1e308, "f", 100.0)
    assert caught.value.error_class == "NotFinite"


@pytest.mark.parametrize(
    ("value", "line"),
    [(6.0, "6"), (6.25, "6.25"), (17, "17"), (True, "true"), (False, "false"), (" a\n b ", "a b")],
)
def test_label(value: Any, line: str) -> None:
    """Attributes read as people write them."""
    assert label(value, "f") == line
