import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.understand.chinese import in_script, number


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("無線耳機", "无线耳机"),
        ("頭髮", "头发"),
        ("皇后後面", "皇后后面"),
        ("usb cable", "usb cable"),
    ],
)
def test_simplified(text: str, simplified: str) -> None:
    """Words decide which simplified character a traditional one becomes."""
    assert in_script(text, None) == simplified


def test_the_catalogue_decides() -> None:
    """A catalogue in traditional characters is searched in them, whichever were typed."""
    traditional = set("無線耳機").__contains__
    assert in_script("无线耳机", traditional) == "無線耳機"
    assert in_script("無線耳機", traditional) == "無線耳機"
    assert in_script("無線耳機", set("无线耳机").__contains__) == "无线耳机"


def test_simplified_when_the_catalogue_cannot_tell() -> None:
    """Characters that the catalogue has in neither form become simplified ones."""
    assert in_script("無線", lambda _: False) == "无线"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("1,299", 1299), ("49.99", 49.99), ("3千", 3000), ("1.5万", 15_000), ("2百", 200)),
        *(("五", 5), ("十", 10), ("十八", 18), ("二十", 20), ("两百", 200), ("五百", 500)),
        *(("一百零五", 105), ("一百五", 150), ("三百五十", 350), ("千", 1000), ("百", 100)),
        *(("一千二", 1200), ("一千零二", 1002), ("一千零二十", 1020), ("两千五百", 2500)),
        *(("2千5", 2500), ("1万5", 15_000), ("1万5千", 15_000), ("3百", 300)),
        *(("一点五", 1.5), ("零点五", 0.5), ("十二点零五", 12.05), ("一点五万", 15_000)),
        *(("一万", 10_000), ("一万二", 12_000), ("一万二千", 12_000), ("十二万", 120_000)),
    ],
)
def test_number(text: str, value: float) -> None:
    """Digits, numerals, both together, and a last power that is left out as in speech."""
    assert number(text) == value


def _written(value: int) -> str:
    """Return a numeral from 1 to 9,999 as school teaches it."""
    digits, told, gap = "零一二三四五六七八九", "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            told += ("零" if gap and told else "") + digits[digit] + name
        gap = not digit
    return told


@given(st.integers(1, 9999))
def test_every_numeral(value: int) -> None:
    """A numeral that leaves out nothing has its value."""
    assert number(_written(value)) == value
