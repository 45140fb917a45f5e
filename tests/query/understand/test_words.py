import pytest
from hypothesis import given
from hypothesis import strategies as st

from query.understand.words import fold, form, keys, unpictured, words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Women's T-Shirt", ["women", "t", "shirt"]),
        ("Women\u2019s", ["women"]),
        ("Crème brûlée, 1.5L", ["creme", "brulee", "1.5l"]),
        ("apple手机壳", ["apple", "手", "机", "壳"]),
        ("\uff21\uff22\uff23\u3000\uff11\uff12", ["abc", "12"]),
        ("1,000 and u.s.a", ["1,000", "and", "u.s.a"]),
        ("  …!  ", []),
    ],
)
def test_words_are_cut_and_folded_as_the_index_does(text: str, told: list[str]) -> None:
    """Words are cut as the standard tokenizer cuts, folded, and without possessives."""
    assert keys(text) == told
    assert [word.key for word in words(text)] == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\U0001f3a7 headphones", "headphones"),
        ("red \u2764\ufe0f mug", "red mug"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467 tent", "tent"),
        ("\U0001f44d\U0001f3fd耳机", "耳机"),
        ("café™ 5€ 50% 20° قهوة 保温杯!", "café™ 5€ 50% 20° قهوة 保温杯!"),
        ("\U0001f3a7", "\U0001f3a7"),
    ],
)
def test_pictures_are_no_words(text: str, told: str) -> None:
    """Emoji go, letters, digits and signs of every script stay; what is nothing else is kept."""
    assert unpictured(text) == told


@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    """Words lie inside the text, in order, and never overlap."""
    place = 0
    for word in words(text):
        assert place <= word.start < word.end <= len(text)
        place = word.end


def test_forms_are_singular() -> None:
    """Phrases are compared by singular words in single spaces."""
    assert form("Wireless  Head-Phones") == form("wireless head phone") == "wireless head phone"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """A folded text stays as it is."""
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_words_with_and_without_places_agree(text: str) -> None:
    """What is mined and what is looked up are cut alike."""
    assert keys(text) == [word.key for word in words(text)]
