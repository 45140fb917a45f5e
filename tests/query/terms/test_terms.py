import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from query.candidates import (
    AVOIDED,
    COVERAGE,
    HEAD,
    NAMED,
    TITLE,
    Asked,
    Candidates,
    Sense,
    centred,
)
from query.corpus import Weighed
from query.legs import Clause
from query.terms.coverage import accessory, coverage, title
from query.terms.feedback import feedback
from query.terms.lexical import lexical, words
from query.terms.named import avoided, entities
from query.terms.neighbours import neighbours
from query.terms.term import Passed
from query.terms.vector import vector
from query.understand.interpretation import Interpretation

if TYPE_CHECKING:
    from query.ranking import Floats

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


def asked(*senses: Sense, highest: float = 10.0) -> Asked:
    """Return a query with clauses on all text and the title."""
    clauses = (Clause("all", 1.0), Clause("title", 0.5))
    weighed = Weighed(highest, ())
    return Asked(Interpretation.of("lamp"), (), clauses, weighed, senses, (), 0 * EAST, ())


def found(sketches: Any = None, **named: list[float]) -> Candidates:
    """Return candidates with these named scores."""
    number = len(next(iter(named.values()))) if named else len(sketches)
    scores = {name: np.array(values, np.float32) for name, values in named.items()}
    rows = np.zeros((number, 2), np.float32) if sketches is None else np.array(sketches, np.float32)
    return Candidates(tuple(f"p{row}" for row in range(number)), scores, rows, {}, number, "eq")


def passed(candidates: Candidates, score: list[float]) -> Passed:
    """Return what a first pass with these scores leaves to compare with."""
    scores: Floats = np.array(score, np.float32)
    best = np.argsort(-scores, kind="stable")[:100]
    alike = candidates.sketches @ candidates.sketches[best].T
    alike[best, np.arange(len(best))] = 0.0
    return Passed({}, scores, best, alike)


def test_lexical_is_bm25_over_the_most_the_query_could_have() -> None:
    """The clauses' scores add up; words are those of all text alone."""
    there = found(all=[4.0, 0.0], title=[1.0, 0.0])
    assert lexical(asked(), there).value == pytest.approx([0.5, 0.0])
    assert words(asked(), there).value == pytest.approx([0.4, 0.0])


def test_a_query_without_words_has_no_lexical_value() -> None:
    """A highest of zero divides nothing."""
    there = found(all=[0.0])
    assert lexical(asked(highest=0.0), there).value == pytest.approx([0.0])


def test_coverage_is_what_the_clauses_say() -> None:
    """Anywhere, in the title, and in the title only after what the product is for."""
    there = found(**{COVERAGE: [1.0, 0.6], TITLE: [1.0, 0.6], HEAD: [0.3, 0.6]})
    assert coverage(asked(), there).value == pytest.approx([1.0, 0.6])
    assert title(asked(), there).value == pytest.approx([1.0, 0.6])
    assert accessory(asked(), there).value == pytest.approx([0.7, 0.0])


def test_a_clause_that_was_not_asked_says_nothing() -> None:
    """Zeros, not an error."""
    there = found(all=[1.0])
    assert avoided(asked(), there).value == pytest.approx([0.0])
    assert entities(asked(), there).value == pytest.approx([0.0])
    assert avoided(asked(), found(**{AVOIDED: [1.0]})).value == pytest.approx([1.0])
    assert entities(asked(), found(**{NAMED: [0.4]})).value == pytest.approx([0.4])


def test_the_vector_term_is_the_cosine_of_the_centred_vectors() -> None:
    """A product without a vector has no raw score and a value of zero."""
    there = found([EAST, NORTH, 0 * EAST])
    values = vector(asked(Sense(EAST, EAST, 0.1, 1.0)), there)
    assert values.value == pytest.approx([1.0, 0.0, 0.0])
    assert np.isnan(values.raw).tolist() == [False, False, True]


def test_of_several_readings_the_one_that_suits_a_product_counts() -> None:
    """At its weight, so that the likelier reading wins among equals."""
    senses = (Sense(EAST, EAST, 0.1, 1.0), Sense(NORTH, NORTH, 0.1, 0.6))
    assert vector(asked(*senses), found([EAST, NORTH])).value == pytest.approx([1.0, 0.6])


def test_what_all_products_share_is_taken_out() -> None:
    """Centred vectors have length 1; a product without a vector stays zero."""
    mean = np.array([0.5, 0.0], np.float32)
    rows = centred(np.array([[0.5, 0.5], [0.0, 0.0]], np.float32), mean)
    assert rows.tolist() == [[0.0, 1.0], [0.0, 0.0]]


def test_neighbours_average_the_first_pass_without_the_product_itself() -> None:
    """The second is like the first alone, the third like nobody."""
    there = found([EAST, EAST, NORTH])
    values = neighbours(asked(), there, passed(there, [0.8, 0.2, 0.5])).value
    assert values == pytest.approx([0.2, 0.8, 0.0])


def test_feedback_is_silent_where_words_settle_the_query() -> None:
    """With many products that have every word there is nothing to guess."""
    few = found([EAST, EAST, NORTH], **{COVERAGE: [0.5, 0.5, 0.5]})
    open_ = feedback(asked(), few, passed(few, [0.8, 0.7, 0.1])).value
    assert open_[1] == pytest.approx(1.0, abs=1e-3)
    assert open_[2] < open_[1]
    many = found([EAST] * 300, **{COVERAGE: [1.0] * 300})
    assert feedback(asked(), many, passed(many, [0.5] * 300)).value == pytest.approx([0.0] * 300)


def test_feedback_fades_as_the_words_settle_more() -> None:
    """By the logarithm of how many products have them all."""
    there = found([EAST, EAST, EAST], **{COVERAGE: [1.0, 0.5, 0.5]})
    values = feedback(asked(), there, passed(there, [0.8, 0.8, 0.8]))
    openness = 1 - math.log(2) / math.log(200)
    assert values.value == pytest.approx(values.raw * openness, abs=1e-6)
