import pytest

from query.understand.synonyms.units import key_of, phrases, singular


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Couch", ("couch",)),
        ("T-Shirts", ("t", "shirt")),
        ("women's shoes", ("women", "shoe")),
        ("手机壳", ("手", "机", "壳")),
        ("apple手机", ("apple", "手", "机")),
        ("c++", ("c++",)),
        ("usb+hdmi", ("usb", "hdmi")),
        ("1.5L", ("1.5l",)),
        ("\uff35\uff33\uff22", ("usb",)),
        ("--", ()),
    ],
)
def test_key_has_words_where_there_are_spaces_and_characters_where_there_are_none(
    text: str, key: tuple[str, ...]
) -> None:
    """Latin words are one unit, Chinese characters are one each; case and width do not count."""
    assert key_of(text) == key


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("sofas", "sofa"),
        ("watches", "watch"),
        ("batteries", "battery"),
        ("cases", "case"),
        ("shoes", "shoe"),
        ("ties", "tie"),
        ("glass", "glass"),
        ("glasses", "glasses"),
        ("shorts", "shorts"),
        ("photos", "photo"),
        ("tennis", "tennis"),
        ("gps", "gps"),
        ("s10s", "s10s"),
    ],
)
def test_singular_joins_a_word_and_its_plural_only(word: str, one: str) -> None:
    """Regular plurals lose their ending; words that only look like one keep it."""
    assert singular(word) == one


def test_a_comma_ends_a_phrase() -> None:
    """Hyphens and spaces join words to a phrase, a comma does not."""
    found = [[unit.key for unit in run] for run in phrases("wi-fi router, usb")]
    assert found == [["wi", "fi", "router"], ["usb"]]
