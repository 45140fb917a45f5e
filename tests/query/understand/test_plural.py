import pytest

from query.understand.plural import singular


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("sofas", "sofa"),
        ("watches", "watch"),
        ("batteries", "battery"),
        ("calories", "calory"),
        ("calorie", "calory"),
        ("lens", "lens"),
        ("cases", "case"),
        ("shoes", "shoe"),
        ("ties", "tie"),
        ("tie", "tie"),
        ("glass", "glass"),
        ("glasses", "glasses"),
        ("shorts", "shorts"),
        ("photos", "photo"),
        ("tennis", "tennis"),
        ("gps", "gps"),
        ("s10s", "s10s"),
    ],
)
def test_a_word_and_its_plural_become_the_same(word: str, one: str) -> None:
    """A regular plural and its singular become the same; words of their own stay."""
    assert singular(word) == one
