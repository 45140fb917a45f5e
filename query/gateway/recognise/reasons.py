"""Why a search is answered with the cluster's own ranking: names for metrics, words for people."""

from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """Name of a reason; its `words` are the same for every request, and repeat nothing of it."""

    words: str

    def __new__(cls, name: str, words: str) -> Self:
        """Return the name with its words beside it."""
        reason = str.__new__(cls, name)
        reason._value_ = name
        reason.words = words
        return reason

    MODE = "mode", "a rule or the client chose the cluster's ranking"
    INDEX = "index", "it is not one alias that the connector made and the gateway may read"
    OPENING = "opening", "the index is being opened"
    NO_TEXT = "no_text", "no clause holds words to rank by"
    TWO_TEXTS = "two_texts", "clauses hold different words; one ranking has one query"
    FIELDS = "fields", "the words are looked for in exact values alone: a look-up, no search"
    SHOULD = "should", "a should clause without the query's words adds to a score of its own scale"
    CLAUSE = "clause", "a clause scores in a way that no other ranking keeps"
    OPTION = "option", "a clause has an option that changes how its words are read"
    FUNCTIONS = "functions", "function_score does more than multiply the score of its query"
    SORT = "sort", "hits are sorted by something else than their score"
    AFTER = (
        "after",
        "a page after a hit needs the sort values of score and one more key, and no from",
    )
    SIZE = "size", "no hits are asked for"
    BODY = "body", "the search has a part that no other ranking keeps"
    PARAMETER = "parameter", "the address has a parameter that no other ranking keeps"
    DEPTH = "depth", "the query is nested too deep"
    WINDOW = "window", "from and size are no page that the cluster gives"


class UnreadError(Exception):
    """Raised when a part of a search is not recognised.

    Attributes:
        reason: why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
