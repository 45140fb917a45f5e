from collections.abc import Iterable

import pytest
from hypothesis import given
from plugins.queries import TEXTS

from query.understand.interpretation import Interpretation, understand
from query.understand.normalise import Normalise, plain
from query.understand.words import keys

ENGLISH, CHINESE = Normalise("english"), Normalise("chinese")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  USB   Cable ", "usb cable"),
        ("ＵＳＢ　ｃａｂｌｅ", "usb cable"),  # noqa: RUF001
        ("Sony™ Walkman®", "sony walkman"),
        ("men’s shoes", "men's shoes"),  # noqa: RUF001
        ("55” tv", '55" tv'),
        ("55″ tv", '55" tv'),
        ("wi‑fi — router", "wi-fi - router"),  # noqa: RUF001
        ("1½ inch", "1 1/2 inch"),
        ("½ inch", "1/2 inch"),
        ("ﬁlter", "filter"),
        ("crème brûlée", "crème brûlée"),
        ("zero\u200bwidth", "zero width"),
        ("￥２００以内", "¥200以内"),
        ("☕️ mug", "☕️ mug"),
    ],
)
def test_plain(typed: str, text: str) -> None:
    """Width, case, quotes, dashes and fractions are made plain; accents are left to analysis."""
    assert plain(typed) == text


@pytest.mark.parametrize("typed", ["👍🏽", "™", "🏳️‍🌈 🎁", "!!!"])
def test_signs_alone_stay(typed: str) -> None:
    """A query without a single letter or digit is kept as it is."""
    query = ENGLISH(Interpretation.of(typed))
    assert query.text == typed
    assert query.language == ""


def test_a_brand_is_no_size() -> None:
    """What titles have as a brand before the next word has no other spellings."""
    asked: list[tuple[str, str, list[str]]] = []

    def means_brand(text: str, after: str, others: Iterable[str]) -> bool:
        asked.append((text, after, list(others)))
        return after == "privacy"

    step = Normalise("english", means_brand=means_brand)
    assert step(Interpretation.of("3m privacy filter")).alternatives == ()
    assert step(Interpretation.of("3m cable")).alternatives
    assert step(Interpretation.of("cable 3m")).alternatives
    assert asked[0][:2] == ("3m", "privacy")
    assert "3 meter" in asked[0][2]
    assert [one[0] for one in asked] == ["3m", "3m"]


@given(TEXTS.filter(str.strip))
def test_plain_is_idempotent(typed: str) -> None:
    """A plain text is its own plain form, so that a step may count on it."""
    assert plain(plain(typed)) == plain(typed)


@given(TEXTS.filter(str.strip))
def test_nothing_searchable_is_lost(typed: str) -> None:
    """A text with words has words afterwards, and findings point into it."""
    query = CHINESE(Interpretation.of(typed))
    assert query.typed == typed
    assert query.text.strip()
    assert bool(keys(query.text)) == bool(keys(plain(typed)))
    for finding in query.findings:
        assert query.text[finding.start : finding.end] == finding.text
    for one in query.alternatives:
        assert 0 <= one.start < one.end <= len(query.text)
        assert one.text.strip()
        assert 0 < one.weight < 1


@given(TEXTS.filter(str.strip))
def test_the_step_is_idempotent(typed: str) -> None:
    """What one query was normalised to is normalised to itself."""
    text = CHINESE(Interpretation.of(typed)).text
    assert CHINESE(Interpretation.of(text)).text == text


def test_characters_are_evidence() -> None:
    """A text that was changed beyond its case says how it was read."""
    (finding,) = ENGLISH(Interpretation.of("ＵＳＢ　cable")).findings  # noqa: RUF001
    assert (finding.kind, finding.effect) == ("characters", 'read as "usb cable"')
    assert ENGLISH(Interpretation.of("USB  Cable")).findings == ()


def test_simplified_for_chinese_catalogues_alone() -> None:
    """Traditional characters become simplified ones where the catalogue is Chinese."""
    assert CHINESE(Interpretation.of("無線耳機")).text == "无线耳机"
    assert ENGLISH(Interpretation.of("無線耳機")).text == "無線耳機"


@pytest.mark.parametrize(
    ("typed", "spellings"),
    [
        ("hdmi cable 6FT", {"6 ft": 0.9, "6 feet": 0.8, "6 foot": 0.8}),
        ("sony wh-1000xm4", {"wh1000xm4": 0.9, "wh1000-xm4": 0.9, "wh-1000-xm4": 0.9}),
        ("red lamp", {}),
    ],
)
def test_alternatives(typed: str, spellings: dict[str, float]) -> None:
    """Sizes and model numbers have other spellings, worth less than the typed one, not embedded."""
    query = ENGLISH(Interpretation.of(typed))
    assert {one.text: one.weight for one in query.alternatives} == spellings
    assert {one.embed for one in query.alternatives} <= {"no"}


def test_only_spellings_that_the_catalogue_knows() -> None:
    """With a catalogue to ask, spellings that cannot match are left out."""
    step = Normalise("english", {"6", "feet", "hdmi", "cable"}.__contains__)
    query = understand("hdmi cable 6ft", [step])
    assert [one.text for one in query.alternatives] == ["6 feet"]
    assert query.findings[0].effect == "also spelled 6 feet"


def test_a_size_is_evidence_without_alternatives() -> None:
    """A size that nothing else spells is still noticed."""
    query = understand("6ft", [Normalise("english", lambda _: False)])
    assert query.alternatives == ()
    assert [(one.kind, one.effect) for one in query.findings] == [("size", "")]


def test_a_size_is_no_model_number() -> None:
    """What was read as a size is not read again as a model number."""
    query = understand("potassium citrate 200mg", [ENGLISH])
    assert [one.kind for one in query.findings] == ["size"]
