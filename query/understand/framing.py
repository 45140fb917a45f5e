"""The step `framing`: words that a question is put in, and that no product is described by."""

import re

from query.understand.interpretation import Finding, Interpretation
from query.understand.vocabulary import PhraseCount
from query.understand.words import keys

_BUY = "(?:buy|find|get|order|purchase)"
_OPENERS = (
    rf"(?:i am|i'm|im|we are|we're) (?:looking|searching|shopping) (?:for|to {_BUY})",
    rf"(?:looking|searching) (?:for|to {_BUY})",
    rf"(?:i|we) (?:really )?(?:need|want|would like|am after)(?: to {_BUY})?",
    rf"i'd like(?: to {_BUY})?",
    "(?:please )?(?:show|find) me|(?:please )?help me (?:find|choose|pick)",
    "(?:do|does) (?:you|u|anyone) (?:have|sell|carry|stock|know)|have you got|(?:is|are) there any",
    "(?:can|could|would) (?:you|u) (?:please )?(?:recommend|suggest|find|show)(?: me)?",
    rf"where (?:can|do|could|should) (?:i|you|we) {_BUY}|where to {_BUY}",
    f"can (?:i|we) {_BUY}",
    "(?:please )?(?:recommend|suggest)(?: me)?|search for|any recommendations for",
    "what(?:'s|s| is| are) (?:the|a)|which(?: is| are)?(?= (?:the )?best)",
)
# With the opener goes what it praises: no product is found by "some good".
_ENGLISH = re.compile(
    rf"^(?:(?:hi|hello|hey|please|pls)[,!]? )?(?:{'|'.join(_OPENERS)})"
    r"(?: (?:the|a|an|some|any|one|good|nice|great|best|really|very|top|kind of))* "
)
_ENGLISH_END = re.compile(r",? (?:please|pls|thanks|thank you)[.!]?$|[?]+$")
_PIECE = "一?[个款件双条只张把套台部本支瓶盒些]"
_CHINESE = re.compile(
    r"^(?:(?:你好|您好|请问|麻烦)[,!\s]*)*"
    rf"(?:(?:我|我们)?(?:想要?|要|需要|打算)(?:买|购买|找|入手)(?:{_PIECE})?"
    rf"|(?:我|我们)(?:想要|需要)(?:{_PIECE})?|(?:帮我|给我|帮忙)(?:找|推荐|选|来)(?:一下|{_PIECE})?"
    rf"|(?:求|请)?推荐(?:一下|几款|{_PIECE})?|有没有|有什么|哪个牌子的?|什么牌子的?"
    r"|(?:你好|您好|请问|麻烦)[,!\s]*)"
    r"(?:(?:比较|真正)?好(?:用|看|吃|穿)?的|质量好的)?\s*"
)
_CHINESE_END = re.compile(
    r"\s*(?:(?:求|有什么|有)?推荐(?:一下)?|有哪些|有没有|有吗|(?:哪[个款种]|什么)(?:牌子)?的?(?:比较)?好"
    r"|怎么样|好不好|可以吗)[吗呢啊呀]?[?]*$|[吗呢]?[?]+$"
)


class Framing:
    """Takes out "i am looking for", "do you have", 请问有没有, 推荐, and leaves what is asked for.

    A word of them that a description happens to have would count as much as a word of the thing.
    """

    name = "framing"

    def __init__(self, phrase_count: PhraseCount | None = None) -> None:
        """Make the step.

        Args:
            phrase_count: keeps an opener that titles have before the same word: a book may be
                called "looking for alaska".
        """
        self._phrase_count = phrase_count

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query without its frame; with nothing else in it, the query as it is."""
        spans = [span for span in self._spans(query.text) if keys(query.text[slice(*span)])]
        less = query.removing(*spans)
        if not spans or not keys(less.asked):
            return query
        return less.noticed(*(_finding(query.text, span) for span in spans))

    def _spans(self, text: str) -> list[tuple[int, int]]:
        found = [_ENGLISH.match(text) or _CHINESE.match(text)]
        if found[0] and self._is_title(text, found[0].end()):
            return []
        begins = found[0].end() if found[0] else 0
        found += [ends.search(text, begins) for ends in (_ENGLISH_END, _CHINESE_END)]
        return [one.span() for one in found if one]

    def _is_title(self, text: str, place: int) -> bool:
        """Return whether titles have the end of the opener, and go on as the query does."""
        before, after = keys(text[:place]), keys(text[place:])
        if self._phrase_count is None or len(before) == 1 or not after:
            return False
        return bool(self._phrase_count(*before[-2:]) and self._phrase_count(before[-1], after[0]))


def _finding(text: str, span: tuple[int, int]) -> Finding:
    words = text[slice(*span)]
    return Finding(Framing.name, "frame", words, *span, "words of a question", "not searched for")
