import pytest

from query.understand.synonyms.units import key_of, phrases


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Couch", ("couch",)),
        ("T-Shirts", ("t", "shirt")),
        ("women's shoes", ("women", "shoe")),
        ("手机壳", ("手", "机", "壳")),
        ("apple手机", ("apple", "手", "机")),
        ("Décor", ("decor",)),
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


def test_a_comma_ends_a_phrase() -> None:
    """Hyphens and spaces join words to a phrase, a comma does not."""
    found = [[unit.key for unit in run] for run in phrases("wi-fi router, usb")]
    assert found == [["wi", "fi", "router"], ["usb"]]
