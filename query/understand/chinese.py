"""Chinese characters: the catalogue's kind of them, and numbers written with them."""

import re
from functools import cache
from typing import TYPE_CHECKING

from query.understand.vocabulary import HAN, Knows

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(f"[{HAN}]")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "\u3007": 0,
    "两": 2,
}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = 10_000

# A number in Chinese characters that does not begin with a power: 千克 is a unit, 百货 a shop. Its
# decimals stand behind a point: 一点五, 零点五, 一点五万.
NUMERAL = (
    "(?:[一二两三四五六七八九十][零\u3007一二两三四五六七八九十百千万]*|零(?=点))"
    "(?:点[零\u3007一二三四五六七八九]+[百千万]?)?"
)


def in_script(text: str, knows: Knows | None) -> str:
    """Return Chinese text in the characters that the catalogue is written with.

    Simplified, unless the catalogue has more of the characters as they were typed or of their
    traditional form.

    Args:
        text: any; without Chinese characters it comes back as it is.
        knows: whether a word, or one Chinese character, stands in the catalogue; None when there
            is nothing to ask.
    """
    if not _HAN.search(text):
        return text
    simplified = _to_simplified(text)
    if knows is None:
        return simplified
    forms = dict.fromkeys((simplified, text, _to_traditional(text)))
    return max(forms, key=lambda form: sum(map(knows, _HAN.findall(form))))


def number(text: str) -> float:
    """Return the value of digits, of Chinese numerals, or of both: 1,299, 五百, 一千二, 1.5万, 2千5."""
    digits = re.match(r"[\d,.]+", text)
    if not digits:
        whole, point, decimals = text.partition("点")
        return _decimal(whole, decimals) if point else float(_numeral(whole))
    value = float(digits.group().replace(",", ""))
    behind = text[digits.end() :].strip()
    if not behind:
        return value
    power = _POWERS.get(behind[0], _MYRIAD)
    return value * power + _behind(behind[1:], power)


def _behind(text: str, power: int) -> float:
    """Return the value of the digit behind a power, whose own may be left out: 2千5, 1万5千."""
    if not text:
        return 0.0
    return int(text[0]) * (_POWERS[text[1]] if text[1:] else power / 10)


def _decimal(whole: str, decimals: str) -> float:
    """Return the value of a numeral with a point in it; a power may stand behind: 一点五万."""
    digits = "".join(str(_DIGITS[char]) for char in decimals if char in _DIGITS)
    power = decimals[-1]
    times = 1 if power in _DIGITS else _POWERS.get(power, _MYRIAD)
    return float(f"{_numeral(whole)}.{digits}") * times


def _numeral(text: str) -> int:
    """Return the value of a numeral; its last digit may leave out its power: 三百五 is 350."""
    total = section = digit = 0
    last = 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last = last if digit else 1
        elif char in _POWERS:
            last = _POWERS[char]
            section += (digit or 1) * last
            digit = 0
        else:
            last = _MYRIAD
            total += (section + digit or 1) * last
            section = digit = 0
    return total + section + digit * max(1, last // 10 if last > _POWERS["十"] else 1)


def _to_simplified(text: str) -> str:
    return str(_converter("t2s").convert(text))


def _to_traditional(text: str) -> str:
    return str(_converter("s2t").convert(text))


@cache
def _converter(kind: str) -> "OpenCC":
    """Return a converter; the library and its dictionaries are loaded by the first that needs it."""
    from opencc import OpenCC

    return OpenCC(kind)
