"""Words that negate, and the phrase that each of them is about."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from query.understand.vocabulary import HAN

Spans = tuple[tuple[int, int], ...]

# English cues that mean nothing else, and those that also begin names ("no show socks").
_STRONG = (
    *("without", "w/o", "excluding", "except for", "except", "other than", "apart from"),
    *("anything but", "rather than", "instead of"),
)
# Sentences that deny; those of a verb that has an object are strong.
_DENIED = ("isn't", "aren't", "is not", "are not", "not for")
_LACKING = (
    *("i don't want", "i do not want", "don't want", "do not want"),
    *(
        f"{verb} {thing}"
        for verb in ("doesn't", "don't", "does not", "do not")
        for thing in ("have", "contain", "include", "need", "require", "use")
    ),
)
_WEAK = ("no", "not", "non")
# Words that only tie a cue to what is asked for; they go with it.
_TIES = "but|and|with|has|have|having|that|which|is|are"
# Where the negated phrase ends.
_STOPS = frozenset(
    (
        *("and", "or", "but", "nor", "for", "with", "in", "on", "at", "from", "to", "by", "of"),
        *("that", "which", "under", "over", "below", "above", "than", "please", "without"),
        *("w/o", "no", "not", "non", "excluding", "except", "only"),
    )
)
_OPENERS = frozenset(("a", "an", "the", "any"))
# Behind "not" they make a sentence, as slogans have it: "not your phone".
_SENTENCE = frozenset(
    (
        *("a", "an", "the", "my", "your", "our", "his", "her", "their", "this", "that", "i"),
        *("you", "we", "they", "it", "so", "too", "very", "just", "all", "only", "for", "to"),
        *("in", "on", "with", "if", "or", "and"),
    )
)
# Before a cue another one takes it back ("not without sugar"), and before a weak one these make a
# sentence: "does not", "there is no".
_CUES = frozenset((*_STRONG, *_WEAK))
_PLAINLY = frozenset((*_STRONG, *_LACKING))
_PERSONS = frozenset(("i", "we", "you", "they"))
_SPOKEN = frozenset(
    (
        *("can", "could", "did", "do", "does", "it", "may", "might", "must", "shall", "should"),
        *("there", "they", "this", "we", "will", "would", "you"),
    )
)
# Names and compound adjectives that begin with a negation and ask for what they say.
IDIOMS = frozenset(
    (
        *("bake", "bark", "bite", "boundaries", "bull", "bullshit", "chew", "contact"),
        *("cook", "cost", "crease", "doubt", "drill", "drip", "fear", "fog", "fuss"),
        *("hassle", "iron", "kill", "knead", "leak", "limit", "limits", "longer", "matter"),
        *("mess", "more", "name", "need", "nonsense", "one", "other", "pain", "parking"),
        *("problem", "pull", "reservations", "rinse", "roll", "rules", "rust", "scratch"),
        *("sale", "see", "sew", "shed", "show", "skid", "slip", "smoking", "soliciting", "spill"),
        *("stain", "stick", "sweat", "tangle", "tear", "tears", "thanks", "tie", "time"),
        *("tip", "touch", "trespassing", "way", "worries", "wrinkle", "yes"),
    )
)
# Behind "no X" they make a promise, like "free": "no sugar added".
PROMISES = frozenset(("added", "needed", "necessary", "required"))
# "not" is about an adjective or two, the others about a noun with its own.
_MOST_WORDS = {"not": 2, **dict.fromkeys(_DENIED, 2)}
_MOST_WORDS_ELSE = 4

_CUE = re.compile(
    rf"(?<!\S)(?P<ties>(?:(?:{_TIES})\s+)*)(?P<cue>{'|'.join((*_STRONG, *_LACKING, *_DENIED, *_WEAK))})(?=\s+\S)"
)
# As search engines have it, at the end: "shoes -nike -adidas".
_MINUS = re.compile(r"(?<=\s)(?P<cue>-)(?P<phrase>[a-z][a-z-]{2,})(?=(?:\s-[a-z][a-z-]{2,})*$)")
_WORD = re.compile(rf"[^\s,;。!?()\[\]\"&{HAN}]+|[^\s]")

# Chinese cues that mean nothing else, and those that also begin names (无线, 免洗).
_STRONG_ZH = (
    "不含有?|不带|我?不想要|我?不要|别要|(?<!是)不是|不添加|不加(?![热班])|不放|没有|不包括|不包含"
    "|不需要|无需|不用|我?不喜欢|除了|除(?=[^的]{1,10}外)"
)
_WEAK_ZH = "无|免|非"
# 非羊毛的: at the very beginning, where 非常, 非洲 and the like begin, too.
_NON_ZH = "非(?![常洲凡遗同你我])"
_LEADING_ZH = f"^{_NON_ZH}"
_END_ZH = r"\s,、;。!?()但而且并"
_CUE_ZH = re.compile(
    rf"(?P<cue>(?<![有要])(?:{_STRONG_ZH})|(?<=\s)(?:{_WEAK_ZH})|{_LEADING_ZH})\s?"
    rf"(?P<phrase>[^{_END_ZH}的]{{1,10}}?)(?P<tail>(?:以外|之外|外)?的?)(?=$|[{_END_ZH}]|(?<=的))"
)
# 羽绒除外: what is negated comes first.
_BEHIND_ZH = re.compile(
    rf"(?:(?<=[{_END_ZH}])|^)(?P<phrase>[^{_END_ZH}的]{{1,8}}?)的?(?P<cue>除外|(?<!要)[都就]?不要)"
    rf"(?=$|[{_END_ZH}])"
)
# 黑色以外的鞋: what is negated comes first, what is asked for follows.
OUTSIDE_ZH = ("以外", "之外")
_OUTSIDE_ZH = re.compile(
    rf"(?:(?<=[{_END_ZH}])|^)(?P<phrase>(?![除不非没别无我])[^{_END_ZH}的\d]{{1,8}}?)"
    rf"(?P<cue>{'|'.join(OUTSIDE_ZH)})的"
)
# 非黑色鞋子: a colour ends by itself.
_COLOUR_ZH = re.compile(
    rf"(?:(?<=[{_END_ZH}])|^)(?P<cue>{_NON_ZH})(?P<phrase>[^{_END_ZH}的]{{1,3}}?色)(?![的{_END_ZH}]|$)"
)
_AND_ZH = re.compile("[和或及与]")
_FORMS_ZH = (_CUE_ZH, _BEHIND_ZH, _OUTSIDE_ZH, _COLOUR_ZH)
# 不要太贵: how much, not what. 不要不含糖的 asks for it.
_NO_PHRASE_ZH = re.compile("[太很更最那这不没无]|超过|低于|高于")


@dataclass(frozen=True)
class Cue:
    """A negation in a text.

    Attributes:
        start: first character of what is taken out, the words that tie it to the rest included.
        end: one past the last.
        word: the cue itself.
        strong: whether the word can be nothing but a negation.
        phrases: spans of what is negated, one or more.
    """

    start: int
    end: int
    word: str
    strong: bool
    phrases: Spans


def english(text: str, removed: Spans) -> Iterator[Cue]:
    """Yield the negations of a text in lower case that are in English.

    Args:
        text: the query.
        removed: spans that an earlier step took out; a phrase ends before them.
    """
    place = 0
    while found := _CUE.search(text, place):
        place = found.end()
        strong = found["cue"] in _PLAINLY
        before = {*text[: found.start()].split()[-1:]}
        taken_back = before & (_CUES | (_PERSONS if strong else _SPOKEN))
        if taken_back or any(start < place and found.start() < end for start, end in removed):
            continue
        stop = min((start for start, _ in removed if start >= place), default=len(text))
        phrases = _phrases(text, place, stop, found["cue"])
        if phrases:
            place = phrases[-1][1]
            yield Cue(found.start(), place, found["cue"], strong, phrases)


def minus(text: str, removed: Spans) -> Iterator[Cue]:
    """Yield the words of a text that a minus sign stands close before; see `english`."""
    for found in _MINUS.finditer(text):
        if not any(start < found.end() and found.start() < end for start, end in removed):
            yield Cue(*found.span(), found["cue"], False, (found.span("phrase"),))


def mandarin(text: str, removed: Spans) -> Iterator[Cue]:
    """Yield the negations of a text that are in Chinese; see `english`."""
    for found in chain.from_iterable(form.finditer(text) for form in _FORMS_ZH):
        if any(start < found.end() and found.start() < end for start, end in removed):
            continue
        if not _NO_PHRASE_ZH.match(found["phrase"]):
            weak = re.fullmatch(_WEAK_ZH, found["cue"]) or found["cue"] in OUTSIDE_ZH
            yield Cue(*found.span(), found["cue"], not weak, _split(found))


def _phrases(text: str, place: int, stop: int, cue: str) -> Spans:
    """Return the phrases behind an English cue: up to four words, more after "or" and "nor".

    "And" leads on to one last word alone: "without arms and wheels", not "without arms and in red".
    """
    phrases: list[list[tuple[int, int]]] = [[]]
    words = list(_WORD.finditer(text, place, stop))
    for number, found in enumerate(words):
        word, last = found.group(), number + 1 == len(words)
        joins = word in ("or", "nor") or (word in ("and", "&") and number + 2 == len(words))
        if phrases[-1] and joins and not last:
            phrases.append([])
        elif word in _STOPS or not word[0].isalnum() or (cue == "not" and word in _SENTENCE):
            break
        elif phrases[-1] or word not in _OPENERS:
            phrases[-1].append(found.span())
        if cue == "non":
            break
    kept = [words for words in phrases if words]
    if any(len(words) > _MOST_WORDS.get(cue, _MOST_WORDS_ELSE) for words in kept):
        return ()
    return tuple((words[0][0], words[-1][1]) for words in kept)


def _split(found: re.Match[str]) -> Spans:
    """Return the parts of a Chinese phrase that 和, 或 or the like join."""
    start = found.start("phrase")
    spans = []
    for part in _AND_ZH.split(found["phrase"]):
        if part:
            spans.append((start, start + len(part)))
        start += len(part) + 1
    return tuple(spans)
