import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.understand.inflections import inflections


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shoes", "shoe"),
        ("batteries", "battery"),
        ("battery", "batteries"),
        ("watches", "watch"),
        ("running", "runs"),
        ("charging", "charged"),
        ("charge", "charging"),
        ("cancelling", "canceling"),
        ("wireless", "wireless"),
    ],
)
def test_regular_inflections_lead_to_one_another(one: str, other: str) -> None:
    """Each inflection of a word is reached from the others."""
    assert other in set(inflections(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [("wireles", "wireless"), ("runing", "running"), ("ring", "rs"), ("gaming", "gamming")],
)
def test_a_slip_is_no_inflection(one: str, other: str) -> None:
    """A word that is wrongly formed leads nowhere."""
    assert other not in set(inflections(one))


@given(st.text(max_size=12))
def test_a_word_is_its_own_inflection_first(word: str) -> None:
    """Whatever the word, it comes first; other scripts have nothing else."""
    first, *others = inflections(word)
    assert first == word
    assert not others or word.isascii()
