"""Words that compare with a price, and what they say about it: "under $50", "100到200块"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from query.understand import comparisons as said
from query.understand.money import WEIGHTS_TOO, Amount, amount, has_number, pattern
from query.understand.vocabulary import HAN

# Words that only tie a price to what is asked for; they go with it.
_TIES = re.compile(
    r"(?:\b(?:and|but|for|at|with|that|which|is|are|it|with a|on a|in the|my)\s+"
    r"|(?:而且|并且|[,但且])\s*)+$"
)
# Where one of these stands, an amount of money is a thing or what comes back, not a price.
_MONEY = re.compile(
    r"\b(?:gift ?cards?|e-?gift|vouchers?|coupons?|bills?|coins?|notes?|banknotes?|money|cash|chips?"
    r"|stamps?|tokens?|credits?|deposit|off|back|savings?|saved?|discount|rebate|value|worth|store"
    r"|tree|million|billion|cheque|check)\b"
    r"|[元块][素气宵件旦祖店]|拼图|积木|礼品卡|购物卡|充值|话费|券|红包|[硬纸纪]币|纪念币|钞|立减|满减|减\d"
)
# Fewer yuan than this are a name: 一元店.
_LEAST_YUAN = 10
# "for women over 50": an age. "size 40 or under": a size.
_PEOPLE = re.compile(
    r"\b(?:kids?|child(?:ren)?|boys?|girls?|toddlers?|bab(?:y|ies)|infants?|teens?|teenagers?|adults?"
    r"|wom[ae]n|m[ae]n|ladies|people|seniors|age[sd]?|sizes?|players?|dogs?|cats?|pupp(?:y|ies))\s*$"
)
_OLDEST = 100
# What follows a number that is a price by itself: the end, another limit, or no noun.
_FREE = re.compile(
    r"\s*(?:$|[,;.!?)。的]|[但且]?(?:[不大小高低多少]于|不?超过|不到)|"
    r"(?:and|or|but|for|with|without|in|on|from|by|to|that|which|please|only|over|above|more|under|below|less)\b)"
)
# "$100-$200 range" is about money where no noun follows: not in "$100-$200 range hood".
_ENDED = r"(?=$|[,;.]|\s(?:for|with|without|in|and|or|that|please)\b)"
# Smaller numbers count things; two numbers by themselves are sizes and models more often still.
_LEAST, _LEAST_BEFORE_CUE, _LEAST_OF_TWO = 5, 20, 100
# 100-200的枕头 is about money; sizes that a thing comes in lie closer: 35-40的鞋.
_APART = 1.5
_YEARS = range(1900, 2100)
# 块 is a piece as well as a coin.
_PIECES = re.compile(r"(?<!\d)\d\s?块(?!钱)")

Kind = Literal["between", "upper", "lower", "about", "spent"]


@dataclass(frozen=True)
class Limit:
    """One expression of a price.

    Attributes:
        start: its first character.
        end: one past its last.
        kind: what it says about the price; `spent` is an amount that nothing is compared with.
        amounts: two for `between`, else one.
        marked: whether a currency or a word like "price" says that it is money; a lower limit
            that is not marked counts beside an upper one alone.
    """

    start: int
    end: int
    kind: Kind
    amounts: tuple[Amount, ...]
    marked: bool


@dataclass(frozen=True)
class _Rule:
    """One form.

    `least` is the least number that needs no currency in it, None: all do; `apart` how many times the
    smaller of two such numbers the larger one is at least.
    """

    kind: Kind
    form: re.Pattern[str]
    least: float | None = None
    free: bool = True
    apart: float = 1.0


class Limits:
    """The forms, ready for one catalogue's currency."""

    def __init__(self, currency: str | None) -> None:
        one, two = pattern("one", currency), pattern("two", currency)
        space = r"\s?"
        between = rf"{_any(('between', 'from', '介于', '从'))}{space}{one}{space}{_any(('and', 'to', '-', '~', '和', '与', '到', '至'))}{space}{two}(?:{space}之间)?"
        ranged = rf"{one}{space}{_any(('-', '~', '..', '...', 'to', '到', '至'))}{space}{two}(?:{space}(?:{_any(('之间', '左右', *said.UPPER_AFTER_ZH))}|{_any(said.RANGE)}{_ENDED}))?"
        bare = rf"{one}{space}[到至]{space}{two}"
        adjective = rf"{one}{space}[~-]{space}{two}(?=的)"
        within = rf"{one}{space}[和与到至~-]{space}{two}{space}之间"
        ends = rf"(?:{space}{_any(said.UPPER_AFTER_ZH)})?"
        self._rules = (
            _rule("between", between, _LEAST_OF_TWO),
            _rule("between", within, _LEAST_OF_TWO),
            _rule("between", ranged),
            _rule("between", bare, _LEAST_OF_TWO),
            _rule("between", adjective, _LEAST_BEFORE_CUE, apart=_APART),
            _rule("upper", rf"{_any(said.UPPER)}{space}{one}{ends}", _LEAST),
            _rule(
                "upper", rf"{_any((*said.UPPER_MARKED, *said.UPPER_MARKED_ZH))}{space}{one}{ends}"
            ),
            _rule(
                "upper", rf"{one}{space}{_any(said.UPPER_AFTER_ZH)}", _LEAST_BEFORE_CUE, free=False
            ),
            _rule("upper", rf"{one}{space}{_any(said.UPPER_AFTER)}", _LEAST_BEFORE_CUE),
            _rule("upper", rf"{one}{space}{_any(said.UPPER_AFTER_MARKED)}"),
            _rule("lower", rf"{one}{space}{_any(said.LOWER_AFTER)}"),
            _rule("about", rf"{one}{space}{_any(said.ABOUT_AFTER_ZH)}", _LEAST_BEFORE_CUE),
            _rule("about", rf"{one}{space}{_any(said.ABOUT_AFTER)}"),
            _rule("about", rf"{_any(said.ABOUT)}{space}{one}"),
            _rule(
                "about", rf"{one}元?{space}{_any(said.ABOUT_AFTER_MARKED_ZH)}", _LEAST, free=False
            ),
            _rule("lower", rf"{_any(said.LOWER)}{space}{one}", _LEAST),
            _rule("upper", rf"预算{space}{one}(?!-)", _LEAST, free=False),
            _rule("upper", rf"{one}的?预算", _LEAST, free=False),
            _rule("upper", rf"{_any(said.SPENT)}{space}{one}(?!-)", _LEAST),
            _rule("spent", one),
        )

    def __call__(self, text: str) -> list[Limit]:
        """Return the limits that a text in lower case sets, in its order, none overlapping."""
        limits: list[Limit] = []
        if not has_number(text):
            return limits
        for limit in self._found(text):
            if all(limit.end <= one.start or one.end <= limit.start for one in limits):
                limits.append(limit)
        upper = any(one.kind == "upper" for one in limits)
        kept = [one for one in limits if one.marked or one.kind != "lower" or upper]
        return sorted(kept, key=lambda one: one.start)

    def _found(self, text: str) -> Iterator[Limit]:
        for rule in self._rules:
            for found in rule.form.finditer(text):
                amounts = tuple(
                    amount(found, name) for name in ("one", "two") if name in found.groupdict()
                )
                marked = _is_marked(found, amounts)
                if rule.kind == "spent" and not _is_spent(text, found, amounts[0]):
                    continue
                if marked or _is_clear(text, found, rule, amounts):
                    start = found.start()
                    ties = _TIES.search(text[:start])
                    yield Limit(
                        ties.start() if ties else start, found.end(), rule.kind, amounts, marked
                    )


def _is_marked(found: re.Match[str], amounts: tuple[Amount, ...]) -> bool:
    """Return whether a currency, or a word like "price", says that a number is money."""
    if found["lead"]:
        return True
    return any(one.currencies for one in amounts) and not _PIECES.search(found.group())


def _is_spent(text: str, found: re.Match[str], amount: Amount) -> bool:
    """Return whether an amount by itself, as in "$500 laptop", is what may be spent."""
    written, unit = found["one"], found["one_word"]
    if unit in WEIGHTS_TOO or (unit in ("元", "块") and amount.value < _LEAST_YUAN):
        return False
    ends = found.group().endswith("的") or found.end() == len(text)
    return (written[0].isdecimal() or (not written.isascii() and ends)) and not _MONEY.search(text)


def _is_clear(text: str, found: re.Match[str], rule: _Rule, amounts: tuple[Amount, ...]) -> bool:
    """Return whether a comparison with a bare number can mean nothing but a price."""
    least, most = (choose(one.value for one in amounts) for choose in (min, max))
    if rule.least is None or least < rule.least or not all(one.plain for one in amounts):
        return False
    if most < rule.apart * least:
        return False
    if any(one.currencies for one in amounts) or all(one.value in _YEARS for one in amounts):
        return False
    if least < _OLDEST and _PEOPLE.search(text[: found.start()]):
        return False
    free = found.group().endswith("的") or _FREE.match(text, found.end())
    return not rule.free or bool(free)


def _any(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


def _rule(
    kind: Kind, form: str, least: float | None = None, *, free: bool = True, apart: float = 1.0
) -> _Rule:
    # A word of Chinese begins anywhere, a number or an English word behind a gap.
    lead = rf"(?:(?<![^\W{HAN}])(?<![.,-])|(?=[{HAN}]))(?:(?P<lead>{_any(said.LEADS)})[:]?\s?)?"
    return _Rule(kind, re.compile(rf"{lead}{form}(?![a-z])的?"), least, free, apart)
