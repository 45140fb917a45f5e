import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.corpus import idf, idf_sum, shares


def found(**terms: tuple[int, list[int]]) -> dict[str, Any]:
    """Return term vectors: document frequency and positions by term, of 100 documents."""
    return {
        "field_statistics": {"doc_count": 100},
        "terms": {
            term: {"doc_freq": count, "tokens": [{"position": place} for place in places]}
            for term, (count, places) in terms.items()
        },
    }


def test_every_occurrence_of_a_word_counts() -> None:
    """A repeated word scores twice in the engine, so its maximum is double."""
    assert idf_sum(found(red=(10, [0, 2]), lamp=(5, [1]))) == 2 * idf(100, 10) + idf(100, 5)


def test_terms_at_one_position_count_as_the_most_frequent() -> None:
    """A character and the pair it begins are one synonym to the engine."""
    assert idf_sum(found(保=(20, [0]), 保暖=(2, [0]), 暖=(30, [1]))) == idf(100, 20) + idf(100, 30)


def test_a_word_that_no_product_has_counts_most() -> None:
    """What every product misses lowers every lexical value."""
    unknown = {"tokens": [{"position": 0}]}
    statistics = {"field_statistics": {"doc_count": 100}, "terms": {"zzz": unknown}}
    assert idf_sum(statistics) == math.log(1 + 100.5 / 0.5)
    assert idf_sum({}) == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_idf_is_positive_even_with_lagging_statistics(documents: int, frequency: int) -> None:
    """A frequency above the number of documents must not turn a score negative."""
    assert idf(documents, frequency) > 0


def test_each_words_share_is_its_share_of_the_idf() -> None:
    """Rare words are more of the query; a repeated word counts once; no words have no shares."""
    weighed = shares(found(red=(10, [0, 2]), lamp=(5, [1])))
    assert sum(weighed.values()) == pytest.approx(1)
    assert weighed["lamp"] / weighed["red"] == pytest.approx(idf(100, 5) / idf(100, 10))
    assert shares({}) == {}
