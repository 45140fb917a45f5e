import math
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.index import SKETCH
from mappings.sketch import sketch
from query.corpus import Corpus, idf
from query.legs import Clause
from query.segments import Segment

if TYPE_CHECKING:
    from query.engine import Engine

CLAUSES = (Clause("all", 1.0), Clause("title", 0.5), Clause("title.grams", 0.2, words=False))


class Terms:
    """Answers with term vectors: document frequency by term, of 100 documents.

    A word is its own term; a Chinese one is its characters and their pairs.
    """

    def __init__(self, **counts: int) -> None:
        self.counts = counts
        self.asked: list[tuple[str, str]] = []
        self.products: list[dict[str, Any]] = []

    def terms(self, words: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return what is found for each pair of field and word."""
        self.asked += words
        return [self._found(word) for _, word in words]

    def search(self, body: Any, *_: Any) -> dict[str, Any]:
        """Return all products; none where a score is to be explained."""
        return {"hits": {"hits": [] if "explain" in body else self.products}}

    def _found(self, word: str) -> dict[str, Any]:
        if word == "the":
            return {}
        places = [(word, 0)] if word.isascii() else _characters(word)
        terms: dict[str, Any] = {}
        for term, place in places:
            found = terms.setdefault(term, {"tokens": []})
            found["tokens"].append({"position": place})
            if term in self.counts:
                found["doc_freq"] = self.counts[term]
        return {"field_statistics": {"doc_count": 100}, "terms": terms}


def _characters(word: str) -> list[tuple[str, int]]:
    pairs = [(word[place : place + 2], place) for place in range(len(word) - 1)]
    return [*((char, place) for place, char in enumerate(word)), *pairs]


def corpus(engine: Terms, clock: Any = lambda: 0.0) -> Corpus:
    """Return a corpus on it."""
    return Corpus(cast("Engine", engine), 4, clock)


def plain(text: str) -> tuple[Segment, ...]:
    """Return a query without alternatives."""
    return (Segment(((text, 1.0),)),)


def test_the_highest_is_what_a_product_with_every_word_would_have() -> None:
    """Each word clause adds its boost times the idf; pieces of words come on top and do not."""
    weighed = corpus(Terms(red=10, lamp=5)).weigh(plain("red lamp"), CLAUSES)
    assert weighed.highest == pytest.approx(1.5 * (idf(100, 10) + idf(100, 5)))


def test_every_occurrence_of_a_word_counts_for_the_highest_and_once_for_a_slot() -> None:
    """A repeated word scores twice in the engine; it is covered or not."""
    weighed = corpus(Terms(red=10, lamp=5)).weigh(plain("red lamp red"), CLAUSES)
    assert weighed.highest == pytest.approx(1.5 * (2 * idf(100, 10) + idf(100, 5)))
    assert [slot.terms[0][0] for slot in weighed.slots] == ["red", "lamp"]


def test_a_word_that_no_product_has_counts_most() -> None:
    """What every product misses lowers every lexical value."""
    weighed = corpus(Terms()).weigh(plain("zzz"), CLAUSES)
    assert weighed.highest == pytest.approx(1.5 * math.log(1 + 100.5 / 0.5))


def test_stop_words_alone_leave_nothing_to_weigh() -> None:
    """No slots and a highest of zero."""
    weighed = corpus(Terms()).weigh(plain("the"), CLAUSES)
    assert (weighed.highest, weighed.slots) == (0.0, ())


def test_chinese_is_covered_by_pairs_where_products_have_them() -> None:
    """保暖 is a word of the catalogue, 暖外 is not: there the character counts."""
    found = Terms(保=20, 暖=30, 外=9, 套=9, 保暖=5, 外套=3)
    slots = corpus(found).weigh(plain("保暖外套"), CLAUSES).slots
    assert [slot.terms[0][0] for slot in slots] == ["保暖", "暖", "外套", "套"]


def test_chinese_scores_as_the_most_frequent_of_what_stands_at_one_place() -> None:
    """A character and the pair it begins are one synonym to the engine."""
    weighed = corpus(Terms(保=20, 保暖=2, 暖=30)).weigh(plain("保暖"), CLAUSES)
    assert weighed.highest == pytest.approx(1.5 * (idf(100, 20) + idf(100, 30)))


@given(st.lists(st.sampled_from(["red", "lamp", "zzz", "保暖", "the"]), min_size=1, max_size=6))
def test_the_shares_of_all_slots_add_up_to_one(words: list[str]) -> None:
    """Whatever is asked for, all of it is 1."""
    slots = corpus(Terms(red=10, lamp=5)).weigh(plain(" ".join(words)), CLAUSES).slots
    assert sum(slot.share for slot in slots) == pytest.approx(1.0 if slots else 0.0)


def test_of_a_long_text_the_words_that_tell_most_are_slots() -> None:
    """At most forty, in the order of the text; of equally rare words the first."""
    rare, common = [f"r{n}" for n in range(5)], [f"c{n}" for n in range(60)]
    known = Terms(**dict.fromkeys(common, 5))
    slots = corpus(known).weigh(plain(" ".join(common + rare)), CLAUSES).slots
    assert [slot.terms[0][0] for slot in slots] == common[:35] + rare
    assert sum(slot.share for slot in slots) == pytest.approx(1.0)


def test_other_spellings_share_the_slot_of_the_words_they_stand_for() -> None:
    """A product that has one of them fills the place."""
    segments = (Segment((("6ft", 1.0), ("6 feet", 0.8))), Segment((("cable", 1.0),)))
    first, second = corpus(Terms(cable=10)).weigh(segments, CLAUSES).slots
    assert (first.terms[0][0], first.others) == ("6ft", (("6 feet", 0.8),))
    assert second.others == ()


def test_a_known_word_is_not_looked_up_again_until_it_is_old() -> None:
    """Words are asked for once, in each field, and again after ten minutes."""
    now = [0.0]
    engine = Terms(red=10)
    known = corpus(engine, lambda: now[0])
    known.weigh(plain("red"), CLAUSES)
    known.weigh(plain("red red"), CLAUSES)
    assert engine.asked == [("all", "red"), ("title", "red")]
    now[0] = 601.0
    known.weigh(plain("red"), CLAUSES)
    assert len(engine.asked) == 4


def test_the_table_of_words_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its size it begins anew."""
    monkeypatch.setattr("query.corpus._MOST_WORDS", 3)
    engine = Terms()
    known = corpus(engine)
    for text in ("one two", "three", "one"):
        known.weigh(plain(text), CLAUSES)
    assert [word for field, word in engine.asked if field == "all"] == [
        "one",
        "two",
        "three",
        "one",
    ]


@given(st.integers(1, 10**6), st.data())
def test_the_rarer_a_word_the_more_it_tells(documents: int, data: st.DataObject) -> None:
    """At equal numbers of documents."""
    one = data.draw(st.integers(0, documents))
    other = data.draw(st.integers(one, documents))
    assert idf(documents, one) >= idf(documents, other)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_idf_is_positive_even_with_lagging_statistics(documents: int, frequency: int) -> None:
    """A frequency above the number of documents must not turn a score negative."""
    assert idf(documents, frequency) > 0


EAST, NORTH = np.eye(4, dtype=np.float32)[:2]


def shelved(direction: Any, products: int) -> list[dict[str, Any]]:
    """Return hits with sketches of one direction."""
    return [{"fields": {SKETCH: [sketch([direction])]}}] * products


@pytest.mark.parametrize("there", [0, 9])
def test_an_index_that_is_being_filled_is_sampled_again_after_a_minute(there: int) -> None:
    """Who opened it too early does not rank by the mean of nothing, or of a handful, for ever."""
    now = [0.0]
    engine = Terms()
    engine.products = shelved(EAST, there)
    known = corpus(engine, lambda: now[0])
    assert known.mean().argmax() == 0
    engine.products = shelved(NORTH, 1000)
    now[0] = 59.0
    assert known.mean().argmax() == 0
    now[0] = 60.0
    assert known.mean().argmax() == 1


def test_words_are_looked_up_again_after_a_minute_while_an_index_is_being_filled() -> None:
    """How rare they are in a handful of products, or in none, says nothing."""
    now = [0.0]
    engine = Terms(red=1)
    known = corpus(engine, lambda: now[0])
    known.mean()
    known.weigh(plain("red"), CLAUSES)
    engine.counts, engine.products = {"red": 90}, shelved(EAST, 1000)
    now[0] = 61.0
    known.mean()
    assert known.weigh(plain("red"), CLAUSES).highest == pytest.approx(1.5 * idf(100, 90))
    engine.counts = {"red": 5}
    now[0] = 122.0
    known.mean()
    assert known.weigh(plain("red"), CLAUSES).highest == pytest.approx(1.5 * idf(100, 90))


def test_a_whole_sample_holds_for_ten_minutes() -> None:
    """Products come and go."""
    now = [0.0]
    engine = Terms()
    engine.products = shelved(EAST, 1000)
    known = corpus(engine, lambda: now[0])
    found = known.mean()
    engine.products = shelved(NORTH, 1000)
    now[0] = 599.0
    assert known.mean() is found
    now[0] = 600.0
    assert known.mean().argmax() == 1


def test_one_search_waits_for_a_new_sample_and_the_others_go_on() -> None:
    """With the one that there is."""
    now, begun, go_on = [0.0], threading.Event(), threading.Event()

    class Slow(Terms):
        def search(self, *body: Any) -> dict[str, Any]:
            begun.set()
            assert now[0] == 0.0 or go_on.wait(60)
            return super().search(*body)

    known = corpus(Slow(), lambda: now[0])
    before = known.mean()
    now[0] = 60.0
    begun.clear()
    slow = threading.Thread(target=known.mean)
    slow.start()
    assert begun.wait(60)
    assert known.mean() is before
    go_on.set()
    slow.join()
    assert known.mean() is not before
