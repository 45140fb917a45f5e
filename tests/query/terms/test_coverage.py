import pytest
from plugins.candidates import asked, found

from query.candidates import COVERAGE, HEAD, TITLE
from query.terms.coverage import accessory, coverage, title

THERE = found(named={COVERAGE: [1.0, 0.6], TITLE: [0.9, 0.6], HEAD: [0.3, 0.6]})


def test_coverage_is_the_share_of_the_words_in_all_text() -> None:
    """As the engine computed it: raw and calibrated are one."""
    values = coverage(asked(), THERE)
    assert values.value == pytest.approx([1.0, 0.6])
    assert values.raw is values.value


def test_the_title_has_a_share_of_its_own() -> None:
    """What stands in the description alone does not count."""
    assert title(asked(), THERE).value == pytest.approx([0.9, 0.6])


def test_an_accessory_has_the_words_after_what_it_is_for_only() -> None:
    """What the title has and its head has not; a product that is the thing itself has none."""
    assert accessory(asked(), THERE).value == pytest.approx([0.6, 0.0])


def test_a_query_of_stop_words_covers_nothing() -> None:
    """Clauses that were not asked are zeros, not an error."""
    there = found(named={"all": [1.0]})
    for term in (coverage, title, accessory):
        assert term(asked(), there).value == pytest.approx([0.0])
