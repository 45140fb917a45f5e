import pytest
from plugins.candidates import asked, found

from query.candidates import AVOIDED, NAMED
from query.terms.named import avoided, entities


def test_avoided_is_the_share_of_unwanted_phrases_in_the_title() -> None:
    """As the engine computed it; nothing where nothing is unwanted."""
    assert avoided(asked(), found(named={AVOIDED: [1.0, 0.5]})).value == pytest.approx([1.0, 0.5])
    assert avoided(asked(), found(named={"all": [1.0]})).value == pytest.approx([0.0])


def test_entities_is_the_share_of_named_values_that_a_product_has() -> None:
    """As the engine computed it; nothing where nothing is named."""
    assert entities(asked(), found(named={NAMED: [0.4, 0.0]})).value == pytest.approx([0.4, 0.0])
    assert entities(asked(), found(named={"all": [1.0]})).value == pytest.approx([0.0])
