import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.query_shop import describe

from query.fuse.weights import fixed, with_coverage

SHOP = describe("t-unused", "package:unused")


@given(st.floats(0, 1))
def test_weights_add_up_to_one(vector_weight: float) -> None:
    """Whatever the vectors' share is, the rest is lexical."""
    weights = fixed(SHOP, vector_weight)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["lexical"] == 1 - vector_weight


def test_a_vector_that_sees_more_fields_weighs_more() -> None:
    """The title's vector embeds one field, the body's three."""
    assert fixed(SHOP, 0.8) == pytest.approx(
        {"lexical": 0.2, "title_vector": 0.2, "body_vector": 0.6}
    )


@given(st.floats(0, 1), st.floats(0, 1))
def test_coverage_takes_from_all_alike(vector_weight: float, coverage_weight: float) -> None:
    """With coverage the weights still add up to one, and the others keep their proportions."""
    alone = fixed(SHOP, vector_weight)
    weights = with_coverage(alone, coverage_weight)
    assert sum(weights.values()) == pytest.approx(1)
    assert weights["lexical"] == pytest.approx(alone["lexical"] * (1 - coverage_weight))
