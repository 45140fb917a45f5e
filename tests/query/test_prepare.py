from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from plugins.query_shop import describe

from connector.errors import EncoderError
from query.corpus import Weighed
from query.prepare import Prepared
from query.request import Filter
from query.understand.interpretation import Interpretation, Step

if TYPE_CHECKING:
    from query.corpus import Corpus
    from query.encode import QueryEncoder

SHOP = describe("t-unused", "package:unused")
ALL: frozenset[str] = frozenset()


@dataclass
class Counting:
    """A step that adds nothing, and counts how often it ran."""

    name: str = "counting"
    ran: list[str] = field(default_factory=list)

    def __call__(self, query: Interpretation) -> Interpretation:
        """Return the query as it is."""
        self.ran.append(query.text)
        return query


class Around:
    """The corpus and the encoder of an index without products."""

    fails = False

    def mean(self) -> Any:
        """Return no direction."""
        return np.zeros(2, np.float32)

    def weigh(self, *_: Any) -> Weighed:
        """Return that nothing is known."""
        return Weighed(0.0, ())

    def legibility(self, _: str) -> float:
        """Return that all can be read."""
        return 1.0

    def means(self, groups: Sequence[Sequence[str]]) -> list[Any]:
        """Return the same direction for each."""
        if self.fails:
            raise EncoderError("the model is away")
        return [np.array([1.0, 0.0], np.float32) for _ in groups]


@dataclass
class Lettered(Around):
    """An encoder that knows letters alone."""

    texts: list[str] = field(default_factory=list)

    def legibility(self, text: str) -> float:
        """Return 0 where half of the words or more have no letters."""
        known = [word.isalpha() for word in text.split()]
        return max(0.0, 2.0 * sum(known) / len(known) - 1.0)

    def means(self, groups: Sequence[Sequence[str]]) -> list[Any]:
        """Note what is embedded."""
        self.texts += [text for texts in groups for text in texts]
        return super().means(groups)


def _prepared(around: Around, clock: Callable[[], float] = lambda: 0.0) -> Prepared:
    return Prepared(SHOP, cast("Corpus", around), cast("QueryEncoder", around), clock)


def test_a_text_is_understood_once() -> None:
    """As long as the steps are the same object; what is known counts as a hit."""
    step = Counting()
    steps: tuple[Step, ...] = (step,)
    prepared = _prepared(Around())
    first = prepared.of("lamp", steps, ALL, words=True)
    assert prepared.of("lamp", steps, ALL, words=True) is first
    assert (step.ran, prepared.hits) == (["lamp"], 1)
    prepared.of("lamp", (step,), ALL, words=True)
    prepared.forget()
    prepared.of("lamp", steps, ALL, words=True)
    assert (len(step.ran), prepared.hits) == (3, 1)


def test_what_is_left_out_is_not_mixed_up() -> None:
    """Neither steps nor words; names of other parts make no difference."""
    step = Counting()
    steps, prepared = (step,), _prepared(Around())
    whole = prepared.of("lamp", steps, ALL, words=True)
    assert prepared.of("lamp", steps, {"neighbours"}, words=True) is whole
    assert prepared.of("lamp", steps, {"counting"}, words=True) is not whole
    assert step.ran == ["lamp"]
    assert (prepared.of("lamp", steps, ALL, words=False).segments, len(whole.segments)) == ((), 1)


def test_a_text_is_understood_anew_after_a_minute() -> None:
    """Products and words come and go."""
    now, step = [0.0], Counting()
    steps, prepared = (step,), _prepared(Around(), lambda: now[0])
    for now[0] in (0.0, 60.0, 61.0, 100.0):
        prepared.of("lamp", steps, ALL, words=True)
    assert len(step.ran) == 2


def test_what_failed_is_tried_again() -> None:
    """An error is nobody's answer but that of who met it."""
    around = Around()
    steps, prepared = (Counting(),), _prepared(around)
    around.fails = True
    with pytest.raises(EncoderError):
        prepared.of("lamp", steps, ALL, words=True)
    around.fails = False
    assert prepared.of("lamp", steps, ALL, words=True).senses


def test_only_what_was_understood_is_a_condition() -> None:
    """A request's own filters are its own."""

    class Only(Counting):
        def __call__(self, query: Interpretation) -> Interpretation:
            return Interpretation(query.typed, query.text, filters=(Filter("brand", "Acme"),))

    found = _prepared(Around()).of("acme", (Only(),), ALL, words=True)
    assert len(found.conditions) == 1


@pytest.mark.parametrize(
    ("text", "embedded", "legibility"),
    [
        ("red lamp", ["red lamp"], 1.0),
        ("\U0001f526 lamp", ["lamp"], 1.0),
        ("\U0001f526 \U0001f526 \U0001f526 lamp", ["lamp"], 1.0),
        ("\U0001f526 123 lamp", [], 0.0),
        ("\U0001f526 red 12 blue lamp", ["red 12 blue lamp"], 0.5),
        ("\U0001f526", [], 0.0),
    ],
)
def test_what_the_encoder_cannot_read_of_a_text(
    text: str, embedded: list[str], legibility: float
) -> None:
    """An emoji that it does not know takes nothing from the words; other signs are not left out."""
    around = Lettered()
    asked = _prepared(around).prepare(Interpretation.of(text), words=True)
    assert (around.texts, asked.legibility) == (embedded, legibility)


def test_an_emoji_stays_with_an_encoder_that_reads_it() -> None:
    """Who knows it is told of it."""
    around = Lettered()
    around.legibility = lambda _: 1.0  # type: ignore[method-assign]
    _prepared(around).prepare(Interpretation.of("\U0001f526 lamp"), words=True)
    assert around.texts == ["\U0001f526 lamp"]
