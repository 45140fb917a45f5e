"""What is asked: one search request, checked before anything is sent."""

import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Literal, SupportsFloat, SupportsIndex, get_args

from connector.errors import RequestError
from query.understand.words import is_picture

Comparison = Literal["=", ">=", "<="]
Counted = Literal["matches", "candidates"]
System = Literal[
    "bm25", "vector", "native", "strong", "rrf", "min_max", "z_score", "dbsf", "convex", "hybrid"
]
SYSTEMS: tuple[System, ...] = get_args(System)
# These rank candidates of their own; the others leave it to the engine.
OWN = tuple(system for system in SYSTEMS if system not in {"bm25", "native", "strong"})

# Pages end here: deeper results are an export, not a search.
MAX_WINDOW = 1000
# Longer texts are cut. A pasted description says what it means in its first words, and one lexical
# query over four fields must stay below the 1,024 clauses the engine allows by default.
MAX_CHARACTERS = 200

_COMPARISON = re.compile(r"([^<>=]+)(>=|<=|=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Filter:
    """One condition that every hit meets.

    Attributes:
        field: a field of the catalogue, or `FIELD.NAME` for one name of an attributes field.
        value: as the user wrote it; `query.filters` reads it by the field's type.
        comparison: equal, at least, at most.
    """

    field: str
    value: str
    comparison: Comparison = "="

    @classmethod
    def parse(cls, text: str) -> "Filter":
        """Read `FIELD=VALUE`, `FIELD>=NUMBER` or `FIELD<=NUMBER`.

        Raises:
            RequestError: the text has none of these forms.
        """
        match = _COMPARISON.fullmatch(text)
        field, comparison, value = match.groups() if match else ("", "", "")
        if not field.strip() or not value.strip() or value.startswith((">", "<")):
            raise RequestError(
                f"filter {text!r} is not FIELD=VALUE, FIELD>=VALUE or FIELD<=VALUE, "
                "for example brand=Acme or price<=100"
            )
        return cls(field.strip(), value.strip(), comparison)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Asker:
    """Who asks: a shopper, whose searches are recorded where the settings say so.

    The ids are the shop's own, at most 100 characters; no log shows them and no index holds them.

    Attributes:
        client: of the browser or app; stays the same from visit to visit.
        user: of the account; empty for a visitor who is not signed in.
        session: of the visit.
    """

    client: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    session: str = field(default="", repr=False)


@dataclass(frozen=True)
class SearchRequest:
    """One search.

    Attributes:
        text: what the user typed.
        size: hits on the page, 0 to 1,000.
        from_: hits left out before the page; `size + from_` is at most 1,000.
        filters: all are met, on every leg; several `=` on one field mean any of their values.
        system: which ranking answers.
        explain: also return what each hit has of the query, by field; costs two round trips.
        without: steps of understanding, terms of the score and stages after it that are left out.
        min_score: hits below are left out; see docs/search.md for what a score means.
        facets: fields to count values of, `FIELD`, or of a number in ranges, `FIELD:20,50,100`.
        facets_over: what is counted: all products with any of the words, or the candidates.
        cursor: of the page, as the page before gave it; empty for the first page of a ranking
            that is to stay the same whatever is written meanwhile; None for no such thing.
        asker: who asks; None for anybody who is no shopper, an evaluation for example.
    """

    text: str
    size: int = 10
    from_: int = 0
    filters: tuple[Filter, ...] = ()
    system: System = "hybrid"
    explain: bool = False
    without: tuple[str, ...] = ()
    min_score: float | None = None
    facets: tuple[str, ...] = ()
    facets_over: Counted = "matches"
    cursor: str | None = None
    asker: Asker | None = None


def checked(request: SearchRequest) -> tuple[SearchRequest, tuple[str, ...]]:
    """Return the request with its text cleaned, and notes that tell the user what was changed.

    Control characters become spaces, and a text of more than 200 characters is cut at a word.
    Filters need the catalogue: `query.filters` checks them.

    Raises:
        RequestError: no text, not Unicode, an unknown system, a page out of range, or an option
            of another type than its own.
    """
    _check_types(request)
    _check_page(request)
    if request.system not in SYSTEMS:
        raise RequestError(f"unknown system {request.system!r}; there are {', '.join(SYSTEMS)}")
    _check_candidates(request)
    text = _clean(request.text)
    cut = _cut(text)
    notes = []
    if cut != text:
        notes.append(f"the query has {len(text):,} characters; the first {len(cut)} were searched")
    if not says_anything(cut):
        notes.append("the query has no letter and no digit, so no word of a product is asked for")
    return replace(request, text=cut), tuple(notes)


def says_anything(text: str) -> bool:
    """Return whether a text has a letter, a digit or an emoji, which some encoders read."""
    return any(one.isalnum() or is_picture(one) for one in text)


def is_unicode(text: str) -> bool:
    """Return whether a text has no half characters, which JSON may spell and UTF-8 may not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_types(request: SearchRequest) -> None:
    """Refuse what no type checker has seen, such as a size that came as text."""
    _require("size", request.size, "a whole number", isinstance(request.size, SupportsIndex))
    _require("from", request.from_, "a whole number", isinstance(request.from_, SupportsIndex))
    if request.min_score is not None:
        score = request.min_score
        _require("min_score", score, "a number", isinstance(score, SupportsFloat))
    if request.cursor is not None:
        _require("cursor", request.cursor, "a text", isinstance(request.cursor, str))
    over, counted = request.facets_over, get_args(Counted)
    _require("facets_over", over, " or ".join(counted), over in counted)
    signs = get_args(Comparison)
    for one in request.filters:
        sign = one.comparison
        _require(
            f"the comparison of filter {one.field!r}",
            sign,
            ", ".join(signs),
            sign in signs,
        )


def _require(name: str, value: object, expected: str, right: bool) -> None:
    if not right:
        raise RequestError(f"{name} is {value!r}; expected {expected}")


def _check_page(request: SearchRequest) -> None:
    for name, value in (("size", request.size), ("from", request.from_)):
        if value < 0:
            raise RequestError(f"{name} is {value}; it cannot be negative")
    if request.size + request.from_ > MAX_WINDOW:
        raise RequestError(
            f"size {request.size} and from {request.from_} reach beyond hit {MAX_WINDOW:,}; "
            "ask for an earlier page, or narrow the search with a filter"
        )


def _check_candidates(request: SearchRequest) -> None:
    """Refuse what only a system that ranks candidates of its own can give."""
    if request.cursor is not None and request.from_:
        raise RequestError(f"from is {request.from_}; a cursor says itself where its page begins")
    if request.min_score is not None and math.isnan(request.min_score):
        raise RequestError("min_score is not a number; scores are mostly between 0 and 1")
    wanted = [
        name
        for name, value in (
            ("facets", bool(request.facets)),
            ("min_score", request.min_score is not None),
            ("cursor", request.cursor is not None),
        )
        if value
    ]
    if wanted and request.system not in OWN:
        raise RequestError(
            f"system {request.system!r} leaves the ranking to the engine and has no {wanted[0]}; "
            f"these have: {', '.join(OWN)}"
        )


def _clean(text: str) -> str:
    """Return the text in one line; an emoji's joiners and other format characters stay."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise RequestError(
            f"the query is not valid Unicode at character {error.start + 1}; send it as UTF-8"
        ) from None
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    line = " ".join(visible.split())
    if not line:
        raise RequestError("the query is empty; write at least one word")
    return line


def _cut(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    words = text[: MAX_CHARACTERS + 1].rpartition(" ")[0]
    return words or text[:MAX_CHARACTERS]
