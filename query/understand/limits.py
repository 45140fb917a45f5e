"""Words that compare with a price, and what they say about it: "under $50", "100到200块"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from query.understand.money import Amount, amount, pattern
from query.understand.vocabulary import HAN

# Cues, by what they make of the number behind them (or before them).
_UPPER = (
    *("under", "below", "beneath", "less than", "lower than", "cheaper than", "no more than"),
    *("not more than", "not over", "not above", "<", "<="),
    *("不超过", "不高于", "不多于", "不大于", "不到", "低于", "少于", "小于", "便宜于"),
)
_UPPER_MARKED = ("up to", "at most", "max", "max.", "maximum", "maximum of", "within")
_UPPER_MARKED_ZH = ("最多", "最高", "至多")
_LOWER = (
    *("over", "above", "more than", "higher than", "at least", "no less than", "not less than"),
    *("not under", "not below", "from", "starting at", "min", "minimum", ">", ">="),
    *("高于", "超过", "大于", "多于", "不低于", "不少于", "不小于", "至少", "最少", "最低"),
)
_ABOUT = ("around", "about", "approx", "approximately", "roughly", "~", "大约", "大概", "约")
_UPPER_AFTER = ("or less", "or under", "or below", "or cheaper")
_UPPER_AFTER_MARKED = ("and under", "and below", "max", "maximum", "tops", "封顶")
_UPPER_AFTER_ZH = ("以内", "以下", "之内", "之下", "内")
_LOWER_AFTER = (
    *("or more", "or over", "or above", "and up", "and over", "and above", "+"),
    *("以上", "之上", "往上", "起"),
)
_ABOUT_AFTER = ("or so",)
_ABOUT_AFTER_ZH = ("左右", "上下")
# A number behind one of these is a price, whatever it is compared by.
_LEADS = (
    *("price", "prices", "priced", "priced at", "price is", "price range", "cost", "costs"),
    *("costing", "selling for", "价格", "价位", "售价", "预算", "价格在", "价位在", "预算在"),
)
# Words that only tie a price to what is asked for; they go with it.
_TIES = re.compile(
    r"(?:\b(?:and|but|for|at|with|that|which|is|are|it)\s+|(?:而且|并且|[,但且])\s*)+$"
)
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
# Smaller numbers count things; two numbers by themselves are sizes and models more often still.
_LEAST, _LEAST_BEFORE_CUE, _LEAST_OF_TWO = 5, 20, 100
_YEARS = range(1900, 2100)
# 块 is a piece as well as a coin.
_PIECES = re.compile(r"(?<!\d)\d\s?块(?!钱)")

Kind = Literal["between", "upper", "lower", "about"]


@dataclass(frozen=True)
class Limit:
    """One expression of a price.

    Attributes:
        start: its first character.
        end: one past its last.
        kind: what it says about the price.
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
    """One form; `least` is the least number that needs no currency in it, None: all do."""

    kind: Kind
    form: re.Pattern[str]
    least: float | None = None
    free: bool = True


class Limits:
    """The forms, ready for one catalogue's currency."""

    def __init__(self, currency: str | None) -> None:
        one, two = pattern("one", currency), pattern("two", currency)
        space = r"\s?"
        between = rf"{_any(('between', 'from', '介于', '从'))}{space}{one}{space}{_any(('and', 'to', '-', '~', '和', '与', '到', '至'))}{space}{two}(?:{space}之间)?"
        ranged = rf"{one}{space}{_any(('-', '~', 'to', '到', '至'))}{space}{two}(?:{space}{_any(('之间', '左右', *_UPPER_AFTER_ZH))})?"
        bare = rf"{one}{space}[到至]{space}{two}"
        within = rf"{one}{space}[和与到至~-]{space}{two}{space}之间"
        ends = rf"(?:{space}{_any(_UPPER_AFTER_ZH)})?"
        self._rules = (
            _rule("between", between, _LEAST_OF_TWO),
            _rule("between", within, _LEAST_OF_TWO),
            _rule("between", ranged),
            _rule("between", bare, _LEAST_OF_TWO),
            _rule("upper", rf"{_any(_UPPER)}{space}{one}{ends}", _LEAST),
            _rule("upper", rf"{_any((*_UPPER_MARKED, *_UPPER_MARKED_ZH))}{space}{one}{ends}"),
            _rule("upper", rf"{one}{space}{_any(_UPPER_AFTER_ZH)}", _LEAST_BEFORE_CUE, free=False),
            _rule("upper", rf"{one}{space}{_any(_UPPER_AFTER)}", _LEAST_BEFORE_CUE),
            _rule("upper", rf"{one}{space}{_any(_UPPER_AFTER_MARKED)}"),
            _rule("lower", rf"{one}{space}{_any(_LOWER_AFTER)}"),
            _rule("about", rf"{one}{space}{_any(_ABOUT_AFTER_ZH)}", _LEAST_BEFORE_CUE),
            _rule("about", rf"{one}{space}{_any(_ABOUT_AFTER)}"),
            _rule("about", rf"{_any(_ABOUT)}{space}{one}"),
            _rule("lower", rf"{_any(_LOWER)}{space}{one}", _LEAST),
            _rule("upper", rf"预算{space}{one}(?!-)", _LEAST, free=False),
            _rule("upper", rf"budget (?:of|is){space}{one}(?!-)", _LEAST),
        )

    def __call__(self, text: str) -> list[Limit]:
        """Return the limits that a text in lower case sets, in its order, none overlapping."""
        limits: list[Limit] = []
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


def _is_clear(text: str, found: re.Match[str], rule: _Rule, amounts: tuple[Amount, ...]) -> bool:
    """Return whether a comparison with a bare number can mean nothing but a price."""
    least = min(one.value for one in amounts)
    if rule.least is None or least < rule.least or not all(one.plain for one in amounts):
        return False
    if any(one.currencies for one in amounts) or all(one.value in _YEARS for one in amounts):
        return False
    if least < _OLDEST and _PEOPLE.search(text[: found.start()]):
        return False
    free = found.group().endswith("的") or _FREE.match(text, found.end())
    return not rule.free or bool(free)


def _any(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(re.escape, sorted(words, key=len, reverse=True))) + ")"


def _rule(kind: Kind, form: str, least: float | None = None, *, free: bool = True) -> _Rule:
    # A word of Chinese begins anywhere, a number or an English word behind a gap.
    lead = rf"(?:(?<![^\W{HAN}])(?<![.,-])|(?=[{HAN}]))(?:(?P<lead>{_any(_LEADS)})[:]?\s?)?"
    return _Rule(kind, re.compile(rf"{lead}{form}(?![a-z])的?"), least, free)
