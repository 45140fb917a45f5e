"""Sizes with units, and the other ways in which a catalogue may spell them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from query.understand import numerals
from query.understand.chinese import NUMERAL, number
from query.understand.vocabulary import HAN
from query.understand.words import keys

# One unit a line: its spellings in English, then in Chinese, the commonest first.
UNITS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("inch", '"', "in"), ("寸", "英寸", "吋")),
    (("ft", "feet", "foot"), ("英尺",)),
    (("yard", "yd"), ("码",)),
    (("mm", "millimeter", "millimetre"), ("毫米",)),
    (("cm", "centimeter", "centimetre"), ("厘米", "公分")),
    (("m", "meter", "metre"), ("米",)),
    (("km", "kilometer", "kilometre"), ("公里", "千米")),
    (("ml", "milliliter", "millilitre"), ("毫升",)),
    (("l", "liter", "litre"), ("升",)),
    (("fl oz", "fluid ounce"), ("液量盎司",)),
    (("oz", "ounce"), ("盎司",)),
    (("gallon", "gal"), ("加仑",)),
    (("quart", "qt"), ("夸脱",)),
    (("mg", "milligram"), ("毫克",)),
    (("g", "gram"), ("克",)),
    (("kg", "kilo", "kilogram"), ("公斤", "千克")),
    (("lb", "pound"), ("磅",)),
    (("carat",), ("克拉",)),
    (("w", "watt"), ("瓦",)),
    (("kw", "kilowatt"), ("千瓦",)),
    (("v", "volt"), ("伏",)),
    (("a", "amp"), ("安",)),
    (("mah",), ("毫安", "毫安时")),
    (("hz", "hertz"), ("赫兹",)),
    (("mhz", "megahertz"), ()),
    (("ghz", "gigahertz"), ()),
    (("mb", "megabyte"), ()),
    (("gb", "gigabyte", "gig"), ()),
    (("tb", "terabyte"), ()),
    (("mp", "megapixel"), ("万像素",)),
    (("pack", "pk"), ()),
    (("piece", "pc"), ()),
    (("count", "ct"), ()),
    (("x",), ("倍",)),
)
_SIGNS = {'"': '"', "''": '"', "'": "ft"}
# Standing by themselves they are stop words, and only the number would be searched.
_STOPPED = ("in", "a")
# Parts of one, in words and behind the point.
_PARTS = {"half": ("1/2", "0.5"), "quarter": ("1/4", "0.25"), "半": ("0.5",)}
_FRACTIONS = {"5": "1/2", "25": "1/4", "75": "3/4"}
# Longer names are seldom written on to the number, but for these.
_ABBREVIATED = 3
_CLOSE = ("inch", "pack")

# What another spelling is worth of the one that was typed: another spacing of the same, another
# name of the unit, the number alone (as `55"` is indexed).
_SPACED, _RENAMED, _BARE = 0.9, 0.8, 0.7

_UNIT_OF = {name: unit for unit in UNITS for names in unit for name in names}
_SINGULAR = {f"{name}s": name for name in _UNIT_OF if name.isascii() and len(name) > 1}
_SINGULAR |= {"inches": "inch"}
_WORDS = sorted({*_UNIT_OF, *_SINGULAR} - {*_SIGNS}, key=len, reverse=True)
_NUMBER = r"(?:\d+[ -])?\d+/\d+|\d+(?:[.,]\d+)?"
_BEFORE = rf"(?<![^\W{HAN}])(?<![.,/$€£¥#])(?<!\w-)"
_AFTER = rf"(?![^\W{HAN}])"
_SIZE = re.compile(
    rf"{_BEFORE}(?P<number>{_NUMBER}|{NUMERAL}|{numerals.NUMERAL}|half|quarter|半)(?:"
    rf"(?P<gap>[ -]?)(?P<word>{'|'.join(map(re.escape, _WORDS))}){_AFTER}(?!-\w)"
    rf"|(?P<sign>''|[\"'])(?!\w))"
)
# What every size has in it, so that most texts are looked at once.
_ANY_NUMBER = re.compile(rf"\d|[一二两三四五六七八九十半]|half|quarter|{numerals.WORD}")
_TIMES = r"[\"']?(?:\s?[x\u00d7*]\s?|\sby\s)"
_SIDES = re.compile(
    rf"{_BEFORE}({_NUMBER}){_TIMES}({_NUMBER})(?:{_TIMES}({_NUMBER}))?"
    rf"(?:[\"'](?!\w)|\s?(?P<unit>cm|mm|m|inch(?:es)?|in|ft|feet){_AFTER}|{_AFTER})"
)
# 6'2", 6 ft 2 in: the number behind is inches where that is said, or nothing else stands there.
_FEET = re.compile(
    rf"{_BEFORE}(?P<feet>\d{{1,2}})(?:'|[ -]?(?:ft|feet|foot)\.?)[ -]?(?P<inches>\d{{1,2}})"
    rf"(?:\s?(?:\"|''|(?:inch(?:es)?|in){_AFTER})|(?<='\d)(?![\w'])|(?<='\d\d)(?![\w'])|$)"
)
_A_FOOT = 12
# 一米五, 1米8: the digit behind the unit is a tenth.
_TENTHS = re.compile(
    rf"{_BEFORE}(\d|{NUMERAL})米([1-9一二三四五六七八九])(?![\d一二三四五六七八九十百寸])"
)
# 一升半, 2公斤半: half a unit more; 一寸半身照 is not.
_HALVES = re.compile(
    rf"{_BEFORE}(\d+|{NUMERAL})({'|'.join(word for word in _WORDS if not word.isascii())})半(?![身价天年月])"
)
_QUOTED = re.compile(r'(?<!\S)"[^"]*"')
# Not grams but networks.
_NETWORK = re.compile("[2-6]g")


@dataclass(frozen=True)
class Size:
    """A size in a text.

    Attributes:
        start: its first character.
        end: one past its last.
        spellings: other ways to write it, the likeliest first, with what each is worth of the
            typed one, above 0, below 1.
    """

    start: int
    end: int
    spellings: tuple[tuple[str, float], ...]


def sizes(text: str, *, chinese: bool) -> Iterator[Size]:
    """Yield the sizes of a text in lower case, none overlapping another.

    Args:
        text: with straight quotes.
        chinese: whether the catalogue may write units in Chinese.
    """
    if not _ANY_NUMBER.search(text):
        return
    sides = [Size(*found.span(), _sides(found, chinese=chinese)) for found in _SIDES.finditer(text)]
    sides += [
        Size(*found.span(), _feet(found)) for found in _FEET.finditer(text) if _is_feet(found)
    ]
    sides += [Size(*found.span(), _tenths(found)) for found in _TENTHS.finditer(text) if chinese]
    sides += [Size(*found.span(), _halves(found)) for found in _HALVES.finditer(text) if chinese]
    yield from sides
    for found in _SIZE.finditer(text):
        inside = any(one.start < found.end() and found.start() < one.end for one in sides)
        if not inside and _is_size(text, found):
            yield Size(*found.span(), _spellings(found, chinese=chinese))


def _sides(found: re.Match[str], *, chinese: bool) -> tuple[tuple[str, float], ...]:
    """Return the ways to write sides; with a star, which cuts words, as Chinese catalogues do."""
    lengths = [length for length in found.groups()[:3] if length]
    unit = found["unit"] or ""
    apart = f" {unit}" if unit else ""
    spelled = ["x".join(lengths) + apart, " x ".join(lengths) + apart]
    if chinese:
        spelled += ["*".join(order) + unit for order in (lengths, lengths[::-1])]
    typed = keys(found.group())
    return tuple((text, _SPACED) for text in dict.fromkeys(spelled) if keys(text) != typed)


def _is_feet(found: re.Match[str]) -> bool:
    return int(found["inches"]) < _A_FOOT


def _feet(found: re.Match[str]) -> tuple[tuple[str, float], ...]:
    feet, inches = int(found["feet"]), int(found["inches"])
    apart = (f"{feet} {name} {inches} inch" for name in ("ft", "feet"))
    total = _A_FOOT * feet + inches
    spelled = [(f"{total} inch", _RENAMED), (f'{total}"', _BARE)]
    spelled += [(text, _SPACED) for text in apart]
    return tuple(one for one in spelled if keys(one[0]) != keys(found.group()))


def _tenths(found: re.Match[str]) -> tuple[tuple[str, float], ...]:
    metres = f"{number(found[1]):g}.{number(found[2]):g}"
    return tuple((metres + unit, _RENAMED) for unit in ("米", "m"))


def _halves(found: re.Match[str]) -> tuple[tuple[str, float], ...]:
    count = f"{number(found[1]) + 0.5:g}"
    english, others = _UNIT_OF[found[2]]
    names = dict.fromkeys((found[2], *others, *english))
    return tuple((text, _RENAMED) for name in names for text in _written(count, name))


def _is_size(text: str, found: re.Match[str]) -> bool:
    """Return whether a number and a unit are one: one letter stands close, "2 in 1" is no size."""
    if found["sign"]:
        return not any(one.end() == found.end() for one in _QUOTED.finditer(text))
    word, gap = found["word"], found["gap"]
    if not word.isascii():
        return True
    if len(word) == 1:
        return not gap and not _NETWORK.fullmatch(found.group())
    return word != "in" or gap != " " or found.end() == len(text)


def _spellings(found: re.Match[str], *, chinese: bool) -> tuple[tuple[str, float], ...]:
    counts = _counts(found["number"])
    name = _SIGNS[found["sign"]] if found["sign"] else found["word"]
    name = _SINGULAR.get(name, name)
    english, others = _UNIT_OF[name]
    weights: dict[str, float] = {}
    for spelling in (name, *(others if chinese else ()), *english):
        same = _SPACED if spelling == name and not found["sign"] else _RENAMED
        for count in counts:
            for written in _written(count, spelling):
                weights.setdefault(written, _BARE if spelling == '"' else same)
    typed = keys(found.group())
    return tuple((text, weight) for text, weight in weights.items() if keys(text) != typed)


def _counts(typed: str) -> tuple[str, ...]:
    """Return the ways to write a number in digits, the likeliest first."""
    if typed in _PARTS:
        return _PARTS[typed]
    if typed[0].isascii() and typed[0].isalpha():
        return (f"{numerals.number(typed):g}",)
    if not typed[0].isascii():
        return (f"{number(typed):g}",)
    if "/" in typed:
        *whole, above, below = map(int, re.findall(r"\d+", typed))
        return (typed, f"{sum(whole) + above / below:g}") if below else (typed,)
    whole_part, _, decimals = typed.partition(".")
    fraction = _FRACTIONS.get(decimals)
    if not fraction:
        return (typed,)
    return typed, fraction if whole_part == "0" else f"{whole_part}-{fraction}"


def _written(count: str, name: str) -> tuple[str, ...]:
    if name == '"' or name in _STOPPED or not name.isascii():
        return (f"{count}{name}",)
    if len(name) <= _ABBREVIATED or name in _CLOSE:
        return f"{count} {name}", f"{count}{name}"
    return (f"{count} {name}",)
