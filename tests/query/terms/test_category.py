from dataclasses import replace

import pytest
from plugins.candidates import asked, found

from query.terms.category import category


def test_category_is_the_mean_share_of_a_products_categories_in_the_vote() -> None:
    """Nothing for a product without, or before anybody voted."""
    there = found(named={"all": [1.0] * 3}, categories=[["Home", "Lamps"], ["Home"], None])
    heard = replace(asked(), categories={"Home": 0.8, "Lamps": 0.6})
    assert category(heard, there).value == pytest.approx([0.7, 0.8, 0.0])
    assert category(asked(), there).value.tolist() == [0.0] * 3
