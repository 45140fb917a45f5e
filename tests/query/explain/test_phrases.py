import re
from pathlib import Path

import pytest

import query
from query.explain.card import MEANINGS
from query.explain.phrases import CHINESE, Speech
from query.score import TERMS
from query.search import Searcher

CHINESE_SPEECH = Speech("zh")
HANZI = re.compile(r"[\u4e00-\u9fff]")
# What stands in a sentence of the evidence and belongs to no language.
NAMES = {"Unicode"}
# Sentences that are put together: of a value, of a kind, of a range of prices.
PIECES = r"\{\}|(?<=perhaps )|(?<=only products )|(?<=third, )"
ASKED = (
    "Red JACKET under $50",
    "lamp between 20 and 40 dollars",
    "kettle over 60",
    "cheap mug",
    "jaket from alder",
    "head phones without wool",
    "back pack not red",
    "tent 2 m",
    "blue stove, steel",
    "backpck qqzzxx",
    "under $30",
    "not a lamp",
)


def test_a_phrase_names_as_many_values_in_both_languages() -> None:
    """None is without Chinese, and none forgets what it tells of."""
    for english, chinese in CHINESE.items():
        values = ["a", "b", "c"][: english.count("{}")]
        said = chinese.format(*values)
        assert HANZI.search(said), english
        assert all(value in said for value in values), english
        assert len(re.findall(r"\{\d?\}", chinese)) == len(values), english


def test_every_phrase_is_one_that_the_package_says() -> None:
    """Word for word, so that none outlives the sentence that it translates."""
    folder = Path(next(iter(query.__path__)))
    files = [each for each in folder.rglob("*.py") if each.name != "phrases.py"]
    source = "\n".join(each.read_text("utf-8") for each in files)
    for phrase in CHINESE:
        for part in re.split(PIECES, phrase):
            assert part.strip(" ;,.:()") in source, phrase


def test_terms_and_their_meanings_are_told_in_chinese() -> None:
    """What the score is made of, of every system."""
    for text in (*TERMS, *MEANINGS, *MEANINGS.values()):
        assert HANZI.search(CHINESE_SPEECH.read(text)), text


@pytest.mark.server
@pytest.mark.parametrize("text", ASKED)
def test_what_was_understood_is_told_in_chinese(text: str, searcher: Searcher) -> None:
    """Step, kind, effect and source of each finding; the query's own words stay."""
    response = searcher.search(text, size=1, explain=True)
    assert response.interpretation is not None
    for found in response.interpretation.findings:
        for said in filter(None, (found.step, found.kind, found.effect, found.source)):
            assert said in NAMES or HANZI.search(CHINESE_SPEECH.read(said)), said


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("also finds 'sofa' with weight 0.8", "也查找 'sofa'，权重 0.8"),
        (
            "catalogue: brand 'Alder', 24 products; 3 of 4 titles with these words have it",
            "目录：brand 'Alder'，24 个商品；含有这些词的 4 个标题中有 3 个具有它",
        ),
        ("0.87 like p12 above", "与上面的 p12 相像 0.87"),
        ("variant of p2: group 7", "p2 的变体：group 7"),
        ("no price is above 5 and below 3", "no price is above 5 and below 3"),
        ("words of a shopper; and more", "words of a shopper; and more"),
    ],
)
def test_values_stay_in_their_places(said: str, chinese: str) -> None:
    """And what is no phrase is left as it was."""
    assert CHINESE_SPEECH.read(said) == chinese
    assert Speech().read(said) == said


def test_a_phrase_that_is_not_in_the_table_is_not_said() -> None:
    """Whoever adds one adds its Chinese."""
    with pytest.raises(KeyError):
        Speech().say("something new about {}", "it")
