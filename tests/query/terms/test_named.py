from dataclasses import replace

import pytest
from plugins.candidates import BRAND, asked, found

from query.candidates import AVOIDED
from query.terms.named import avoided, entities


def test_avoided_tells_what_has_anything_unwanted() -> None:
    """As the engine computed it; nothing where nothing is unwanted."""
    assert avoided(asked(), found(named={AVOIDED: [1.0, 0.0]})).value == pytest.approx([1.0, 0.0])
    assert avoided(asked(), found(named={"all": [1.0]})).value == pytest.approx([0.0])


def test_entities_is_the_share_of_named_values_that_a_product_has() -> None:
    """Each at its confidence, whatever the clause scores; nothing where nothing is named."""
    colour = replace(BRAND, clause=".named.1", kind="colour", confidence=0.6)
    there = found(named={BRAND.clause: [1.0, 1.0, 0.0], colour.clause: [3.0, 0.0, 0.0]})
    value = entities(asked(named=(BRAND, colour)), there).value
    assert value == pytest.approx([0.7, 0.4, 0.0])
    assert entities(asked(), found(named={"all": [1.0]})).value == pytest.approx([0.0])


def test_beside_other_values_a_category_counts_half() -> None:
    """It has a term of its own; alone it is all that is named."""
    category = replace(BRAND, clause=".named.1", kind="category")
    there = found(named={BRAND.clause: [1.0, 0.0], category.clause: [0.0, 1.0]})
    both = entities(asked(named=(BRAND, category)), there).value
    assert both == pytest.approx([0.8 * 2 / 3, 0.8 / 3])
    assert entities(asked(named=(category,)), there).value == pytest.approx([0.0, 0.8])
