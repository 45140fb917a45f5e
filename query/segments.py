"""The query cut where words have alternatives: each segment is searched in all its spellings."""

from collections.abc import Iterable
from dataclasses import dataclass

from query.understand.interpretation import Alternative, Interpretation


@dataclass(frozen=True)
class Segment:
    """A stretch of the query's text.

    Attributes:
        spellings: what may stand there with its weight; first the words themselves, at 1.
    """

    spellings: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The words themselves."""
        return self.spellings[0][0]


def segments(query: Interpretation) -> tuple[Segment, ...]:
    """Return what is searched for, removed words left out.

    What stands between two stretches with alternatives is one segment, so that the analyser sees
    neighbours together. A query without alternatives is one segment.
    """
    parts: list[Segment] = []
    plain: list[str] = []
    place = 0
    for start, end, alternatives in _stretches(query):
        plain.append(_kept(query, place, start))
        if alternatives:
            parts += _plain(plain)
            plain = []
            parts.append(_spelt(query.text, start, end, alternatives))
        place = end
    plain.append(_kept(query, place, len(query.text)))
    return (*parts, *_plain(plain))


def _stretches(query: Interpretation) -> list[tuple[int, int, list[Alternative]]]:
    """Return spans of overlapping alternatives, in order."""
    spans: list[tuple[int, int, list[Alternative]]] = []
    usable = [one for one in query.alternatives if _stands(query, one)]
    for one in sorted(usable, key=lambda one: (one.start, one.end)):
        if spans and one.start < spans[-1][1]:
            start, end, there = spans[-1]
            spans[-1] = (start, max(end, one.end), [*there, one])
        else:
            spans.append((one.start, one.end, [one]))
    return spans


def _stands(query: Interpretation, one: Alternative) -> bool:
    return all(one.end <= start or end <= one.start for start, end in query.removed)


def _spelt(text: str, start: int, end: int, alternatives: Iterable[Alternative]) -> Segment:
    spellings = {text[start:end]: 1.0}
    for one in alternatives:
        spelling = text[start : one.start] + one.text + text[one.end : end]
        spellings[spelling] = max(one.weight, spellings.get(spelling, 0.0))
    return Segment(tuple(spellings.items()))


def _kept(query: Interpretation, start: int, end: int) -> str:
    """Return the text between two places without removed words."""
    text, place = "", start
    for begin, stop in sorted(query.removed):
        if begin < end and stop > start:
            text += query.text[place : max(begin, place)] + " "
            place = max(place, min(stop, end))
    return text + query.text[place:end]


def _plain(parts: Iterable[str]) -> list[Segment]:
    text = " ".join("".join(parts).split())
    return [Segment(((text, 1.0),))] if text else []
