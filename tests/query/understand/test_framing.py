import pytest
from hypothesis import given
from plugins.queries import TEXTS

from query.understand.framing import Framing
from query.understand.interpretation import Interpretation, understand
from query.understand.normalise import Normalise
from query.understand.words import keys

STEP = Framing()


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("i am looking for a sofa bed", "sofa bed"),
        ("i'm looking for some running shoes please", "running shoes"),
        ("what is the best baby monitor", "baby monitor"),
        ("whats a good book", "book"),
        ("do you have iphone chargers?", "iphone chargers?"),
        ("show me red dresses", "red dresses"),
        ("can you recommend good headphones", "headphones"),
        ("where can i buy a kettle", "kettle"),
        ("please help me find a birthday gift", "birthday gift"),
        ("which is the best laptop", "laptop"),
        ("red dress please", "red dress"),
        ("请问有没有行李箱", "行李箱"),
        ("我想买一个适合夏天用的凉席", "适合夏天用的凉席"),
        ("有什么好用的枕头推荐", "枕头"),
        ("枕头哪个牌子好", "枕头"),
        ("帮我找一条毛巾", "毛巾"),
        ("枕头推荐", "枕头"),
        ("枕头怎么样?", "枕头"),
    ],
)
def test_the_frame_is_taken_out(text: str, asked: str) -> None:
    """Words that make a question of a thing are not searched for, and that is said."""
    query = STEP(Interpretation.of(text))
    assert query.asked == asked
    assert {(one.kind, one.effect) for one in query.findings} == {("frame", "not searched for")}


@pytest.mark.parametrize(
    "text",
    [
        *("how to train your dragon", "i am legend", "please stop laughing at me", "what is love"),
        *(
            "best headphones",
            "who moved my cheese",
            "show me",
            "i need",
            "looking for",
            "give me 5",
        ),
        *("有没有", "推荐", "请柬", "好吃的饼干", "想你抱枕", "needle", "findings", "什么都不要"),
    ],
)
def test_what_is_no_frame(text: str) -> None:
    """Titles that are sentences stay, and so does a frame around nothing."""
    query = Interpretation.of(text)
    assert STEP(query) is query


def test_titles_tell_names() -> None:
    """A title that goes on like the query has the opener as its own."""
    step = Framing(lambda one, other: (one, other) in {("looking", "for"), ("for", "alaska")})
    assert step(Interpretation.of("looking for alaska")).asked == "looking for alaska"
    assert step(Interpretation.of("looking for lamps")).asked == "lamps"


@given(TEXTS.filter(str.strip))
def test_laws(typed: str) -> None:
    """Any text: findings point into it, and something is asked for."""
    query = understand(typed, [Normalise("chinese"), STEP])
    for finding in query.findings:
        assert query.text[finding.start : finding.end] == finding.text
    if query.removed:
        assert keys(query.asked)
