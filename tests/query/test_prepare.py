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
