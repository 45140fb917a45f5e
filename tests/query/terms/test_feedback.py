import math

import numpy as np
import pytest
from hypothesis import given
from plugins.candidates import EAST, NORTH, asked, candidate_sets, found, passed

from query.candidates import COVERAGE, Candidates
from query.terms.feedback import feedback


def test_feedback_is_likeness_to_the_best_of_the_first_pass() -> None:
    """The product's own voice is left out; better ones speak louder."""
    there = found([EAST, EAST, NORTH], {COVERAGE: [0.5, 0.5, 0.5]})
    values = feedback(asked(), there, passed(there, [0.8, 0.7, 0.1])).value
    assert values[1] == pytest.approx(1.0, abs=1e-3)
    louder = math.exp((0.7 - 0.1) / 0.08)
    assert values[0] == pytest.approx(louder / (louder + 1), abs=1e-5)
    assert values[2] == pytest.approx(0.0, abs=1e-5)


def test_only_the_best_ten_speak() -> None:
    """What is like the eleventh alone is like nobody."""
    there = found([EAST] * 10 + [NORTH, NORTH], {COVERAGE: [0.5] * 12})
    values = feedback(asked(), there, passed(there, [0.9] * 10 + [0.5, 0.1])).value
    assert values[11] == pytest.approx(0.0)


def test_feedback_is_silent_where_words_settle_the_query() -> None:
    """With two hundred products that have every word there is nothing to guess."""
    many = found([EAST] * 300, {COVERAGE: [1.0] * 300})
    assert feedback(asked(), many, passed(many, [0.5] * 300)).value == pytest.approx([0.0] * 300)


def test_feedback_fades_as_the_words_settle_more() -> None:
    """By the logarithm of how many products have them all; the raw cosine stays."""
    there = found([EAST, EAST, EAST], {COVERAGE: [1.0, 0.5, 0.5]})
    values = feedback(asked(), there, passed(there, [0.8, 0.8, 0.8]))
    openness = 1 - math.log(2) / math.log(200)
    assert values.raw == pytest.approx([1.0] * 3)
    assert values.value == pytest.approx(values.raw * openness, abs=1e-6)


@given(candidate_sets())
def test_feedback_is_a_cosine(there: Candidates) -> None:
    """Whatever the candidates, one alone among them: between -1 and 1."""
    values = feedback(asked(), there, passed(there, there.named["all"].tolist()))
    assert np.isfinite(values.value).all()
    assert (np.abs(values.raw) <= 1 + 1e-5).all()
