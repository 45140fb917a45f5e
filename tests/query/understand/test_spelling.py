from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.interpretation import Interpretation, understand
from query.understand.spelling import Spelling

LEXICON = compiled(
    [
        *titled("Logitech wireless mouse", "Gaming headset with microphone"),
        *titled("Adidas slippers", "Vinpocetine capsules", "Head phones", "Night light"),
        *titled("Ombre dress", "Strap", "Planter", "Planner", "Kaweco pencil"),
        *titled("Cellphone", "Knackered chair"),
        *titled("Keyboard rarebird", times=2),
    ],
    catalogue(),
)
STEP = Spelling(LEXICON)


def _read(text: str) -> list[tuple[str, str]]:
    query = understand(text, [STEP])
    return [(text[one.start : one.end], one.text) for one in query.alternatives]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("wireles mouse", [("wireles", "wireless")]),
        ("logitehc", [("logitehc", "logitech")]),
        ("Headzet", [("Headzet", "headset")]),
        ("vinpositine", [("vinpositine", "vinpocetine")]),
        ("wireles headpset", [("wireles", "wireless"), ("headpset", "headset")]),
        ("dlippers", [("dlippers", "slippers")]),
        ("night ligt", [("ligt", "light")]),
        ("sellfone", [("sellfone", "cellphone")]),
        ("nackered", [("nackered", "knackered")]),
        ("无线 adiddas 拖鞋", [("adiddas", "adidas")]),
    ],
)
def test_unknown_words_are_read_as_what_was_meant(text: str, read: list[tuple[str, str]]) -> None:
    """A word that no product has becomes the likely one: two mistakes away, or of the same sound."""
    assert _read(text) == read


@pytest.mark.parametrize(
    "text",
    [
        "wireless mice",
        "slipper",
        "hombre",
        "straw",
        "plannter",
        "ligt",
        "raribird",
        "adidas2",
        "headphones",
        "无线鼠标",
        "",
        "interesterified",
    ],
    ids=[
        "known",
        "another inflection",
        "first letter",
        "plain English",
        "two are as likely",
        "short and alone",
        "rare",
        "digits",
        "compound",
        "Chinese",
        "empty",
        "far from everything",
    ],
)
def test_nothing_else_is_corrected(text: str) -> None:
    """What the catalogue or English knows, and what may mean two things, is left as it is."""
    assert _read(text) == []


def test_a_word_of_products_that_were_not_mined_is_known() -> None:
    """Where the lexicon comes from a sample, the index itself is asked about what it lacks."""
    asked: list[str] = []

    def has(word: str) -> bool:
        asked.append(word)
        return word == "wireles"

    step = Spelling(replace(LEXICON, sampled=True), has)
    assert understand("wireles", [step]).alternatives == ()
    assert [one.text for one in understand("wirelss mouse", [step]).alternatives] == ["wireless"]
    assert understand("mouse straw", [step]).alternatives == ()
    assert asked == ["wireles", "wirelss"]


def test_a_neighbour_in_titles_decides() -> None:
    """Of two words as near, the one that titles have beside the query's next word is meant."""
    documents = titled("Camera cases", "Camera bags", "Vases", "Blue Vases", "Cates")
    step = Spelling(compiled(documents, catalogue()))
    assert [one.text for one in understand("camera csaes", [step]).alternatives] == ["cases"]


def test_the_embedded_text_has_the_correction_instead() -> None:
    """The encoder reads the corrected text, the words of the user stay in the lexical leg."""
    query = understand("wireles mouse", [STEP])
    assert query.readings()[0].texts == ("wireless mouse",)
    assert query.asked == "wireles mouse"


def test_an_unknown_word_is_evidence_too() -> None:
    """That no product has a word is said, whether or not another is meant."""
    (finding,) = understand("interesterified", [STEP]).findings
    assert (finding.kind, finding.effect) == ("unknown word", "")
    (finding,) = understand("wireles", [STEP]).findings
    assert finding.source == "catalogue: no product has it, 3 have 'wireless'"
    assert finding.effect == "read as 'wireless'"


@given(st.lists(st.sampled_from(sorted(LEXICON.texts)), max_size=6))
def test_known_words_are_never_changed(told: list[str]) -> None:
    """Spelling leaves every query alone whose words the catalogue knows."""
    query = Interpretation.of(" ".join(told))
    assert STEP(query) is query


@given(
    st.text("abdegilmnorstwz 无线,'-", max_size=40),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_alternatives_stay_clear_of_what_was_removed(text: str, span: tuple[int, int]) -> None:
    """Alternatives lie inside the text, apart from one another and from removed spans."""
    start, end = sorted(min(place, len(text)) for place in span)
    removed = ((start, end),) if start < end else ()
    query = STEP(Interpretation(text, text, removed=removed))
    taken = [*removed, *((one.start, one.end) for one in query.alternatives)]
    assert all(0 <= begin < stop <= len(text) for begin, stop in taken)
    taken.sort()
    assert all(before[1] <= after[0] for before, after in pairwise(taken))
