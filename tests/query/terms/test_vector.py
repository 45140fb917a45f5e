import numpy as np
import pytest
from plugins.candidates import EAST, NORTH, NOWHERE, asked, found

from query.candidates import Sense
from query.terms.vector import vector


def test_the_vector_term_is_the_cosine_of_the_centred_vectors() -> None:
    """1 is the same direction as the query, -1 the opposite one."""
    there = found([EAST, NORTH, -EAST], senses=[Sense(NORTH, EAST, 0.1, 1.0)])
    assert vector(asked(), there).value == pytest.approx([1, 0, -1])


def test_a_product_without_a_vector_has_no_raw_score() -> None:
    """Its value is 0, as that of an average product."""
    values = vector(asked(), found([EAST, NOWHERE], senses=[Sense(EAST, EAST, 0.1, 1.0)]))
    assert np.isnan(values.raw).tolist() == [False, True]
    assert values.value == pytest.approx([1.0, 0.0])


def test_of_several_readings_the_one_that_suits_a_product_counts() -> None:
    """At its weight, so that the likelier reading wins among equals."""
    senses = (Sense(EAST, EAST, 0.1, 1.0), Sense(NORTH, NORTH, 0.1, 0.6))
    values = vector(asked(), found([EAST, NORTH], senses=senses))
    assert values.value == pytest.approx([1.0, 0.6])


def test_a_query_without_a_vector_knows_no_product() -> None:
    """No reading, no raw score."""
    values = vector(asked(), found([EAST]))
    assert np.isnan(values.raw).all()
    assert values.value == pytest.approx([0.0])
