import pytest
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.entities.matcher import Matcher
from query.understand.homophones import alike, misheard
from query.understand.interpretation import understand
from query.understand.spelling import Spelling
from query.understand.words import words

LEXICON = compiled(
    [
        *titled("纯棉四件套", "水洗四件套", category="床品件套"),
        *titled("蚕丝被子", "记忆绵枕头"),
        *titled("一见钟情", times=2),
    ],
    catalogue(),
)


@pytest.mark.parametrize(
    ("char", "among", "apart"),
    [("绵", "棉眠", "民"), ("件", "见建健", "加"), ("啊", "阿", "埃"), ("座", "坐做作", "尊")],
)
def test_characters_of_one_sound(char: str, among: str, apart: str) -> None:
    """They are of one syllable, whatever the tone, and the character is one of them."""
    found = alike(char)
    assert {char, *among} <= {*found}
    assert apart not in found
    assert all(alike(one) == found for one in found)


@pytest.mark.parametrize("char", ["a", "1", "鑫", "𠀀", "の"])
def test_other_characters_stand_alone(char: str) -> None:
    """What is not among the common characters sounds like itself."""
    assert alike(char) == char


@pytest.mark.parametrize(("text", "meant"), [("四建套", "四件套"), ("水洗四见套", "四件套")])
def test_a_character_typed_by_ear(text: str, meant: str) -> None:
    """It becomes the one that titles have between its neighbours, and the encoder reads that."""
    query = understand(text, [Spelling(LEXICON)])
    assert [one.text for one in query.alternatives] == [meant]
    assert query.readings()[0].texts == (f"{text[:-3]} {meant}".strip(),)
    (finding,) = query.findings
    assert finding.source == "catalogue: no product has it, 6 titles have '四件套'"


@pytest.mark.parametrize(
    "text", ["杯子", "马克杯子", "四件套", "四 建 套", "件套四建", "一件钟情", "建", "", "四建 套"]
)
def test_other_characters_stay(text: str) -> None:
    """Without two neighbours, with spaces between, or beside one that it stands with, it stays."""
    assert understand(text, [Spelling(LEXICON)]).alternatives == ()


def test_what_any_product_says_stays() -> None:
    """Descriptions count as well: the index is asked before anything is replaced."""
    asked: list[str] = []

    def has(text: str) -> bool:
        asked.append(text)
        return text == "建套"

    assert understand("水洗四建套", [Spelling(LEXICON, has)]).alternatives == ()
    assert asked == ["四建", "建套"]


def test_two_that_are_as_likely() -> None:
    """Where titles have two of the sound there, none is put."""
    counts = {("四", "件"): 6, ("件", "套"): 6, ("四", "见"): 4, ("见", "套"): 4}
    told = words("四建套")
    assert list(misheard(told, lambda one, other: counts.get((one, other), 0))) == []


def test_values_are_found_by_what_was_meant() -> None:
    """A category is named by the corrected characters, where they stand."""
    lexicon = compiled(titled("床品件套", times=9, category="床品件套"), catalogue())
    query = understand("床品建套", [Spelling(lexicon)])
    (named,) = Matcher(lexicon).matches(query)
    assert (named.start, named.end, named.values[0].text) == (0, 4, "床品件套")
