import pytest

from query.understand.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("wireless mouse", "en"),
        ("kindle", "en"),
        ("tennis lacoste hombre", "es"),
        ("schuhe für damen", "de"),
        ("sac à main femme", "fr"),
        ("scarpe donna", "it"),
        ("vestido mulher", "pt"),
        ("women para", "en"),
        ("apple手机壳", "zh"),
        ("ワイヤレス耳機", "ja"),
        ("무선 이어폰", "ko"),
        ("หูฟัง", "th"),
        ("ακουστικά", "el"),
        ("אוזניות", "he"),
        ("50 Ω resistor", "en"),
        ("наушники", ""),
        ("2060", ""),
        ("👍", ""),
    ],
)
def test_language(text: str, language: str) -> None:
    """A script or a telling word decides, then the catalogue; nothing is guessed."""
    assert language_of(text, "english") == language


def test_brands_in_other_catalogues() -> None:
    """Latin words in a catalogue that is not English are English only if a word says so."""
    assert language_of("iphone 12", "chinese") == ""
    assert language_of("case for iphone 12", "chinese") == "en"
    assert language_of("iphone 12", "standard") == ""
