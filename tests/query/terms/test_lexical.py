import pytest
from plugins.candidates import asked, found

from query.terms.lexical import lexical, words
from query.terms.term import First


def test_lexical_is_bm25_over_the_most_the_query_could_have() -> None:
    """The clauses' scores add up, in the engine's units and as a share of the query's maximum."""
    values = lexical(asked(), found(named={"all": [4.0, 0.0], "title": [1.0, 0.0]}))
    assert values.raw == pytest.approx([5.0, 0.0])
    assert values.value == pytest.approx([0.5, 0.0])


def test_words_are_those_of_all_text() -> None:
    """Where in the product they stand is left to the other term."""
    values = words(asked(), found(named={"all": [4.0, 0.0], "title": [1.0, 3.0]}))
    assert values.value == pytest.approx([0.4, 0.0])


def test_other_clauses_are_no_part_of_it() -> None:
    """Only the lexical leg's own are added, not the shares that travel beside them."""
    there = found(named={"all": [4.0], ".title": [1.0], ".coverage": [1.0]})
    assert lexical(asked(), there).raw == pytest.approx([4.0])


@pytest.mark.parametrize("term", [lexical, words])
def test_a_query_without_words_has_no_lexical_value(term: First) -> None:
    """A highest of zero divides nothing, and a clause that was not asked scores zero."""
    there = found(named={"all": [0.0]})
    assert term(asked(highest=0.0), there).value == pytest.approx([0.0])
    assert term(asked(), found(named={"other": [1.0]})).value == pytest.approx([0.0])
