from collections.abc import Callable

import pytest
from opensearchpy import OpenSearch

from mappings.analysis import GRAMS, HEAD, head, shingles, stop_words, words
from mappings.apply import apply
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract
from mappings.tables import Language

pytestmark = pytest.mark.server

Analyze = Callable[[str, str], list[str]]


@pytest.fixture
def analyze(
    client: OpenSearch, named: Callable[..., Catalogue], contract: ModelContract
) -> Callable[[str], Analyze]:
    """Return a function that makes an index in a language and returns its `_analyze`."""

    def in_language(language: str) -> Analyze:
        catalogue = named({"language": language})
        apply(client, catalogue, contract)

        def tokens(analyzer: str, text: str) -> list[str]:
            body = {"analyzer": analyzer, "text": text}
            answer = client.indices.analyze(index=f"{catalogue.name}-v1", body=body)
            return [token["token"] for token in answer["tokens"]]

        return tokens

    return in_language


def test_english(analyze: Callable[[str], Analyze]) -> None:
    """English folds case, accents, possessives, plurals and endings, and leaves out stop words."""
    tokens = analyze("english")
    name = words("english")
    assert tokens(name, "Running shoes for the café") == ["run", "shoe", "cafe"]
    assert tokens(name, "Women's") == tokens(name, "women")
    assert tokens(shingles("english"), "case for phones") == ["case for", "for phone"]
    assert tokens(GRAMS, "Jackets TV") == ["jack", "acke", "cket", "kets"]


def test_stop_words_are_the_engines_own(
    analyze: Callable[[str], Analyze], named: Callable[..., Catalogue]
) -> None:
    """Not one of them is found, words like them are; other languages have none."""
    tokens = analyze("english")
    stopped = stop_words(named({"language": "english"}))
    assert tokens(words("english"), " ".join(stopped)) == []
    others = ["about", "after", "all", "from", "how", "me", "over", "than", "you"]
    assert len(tokens(words("english"), " ".join(others))) == len(others)
    assert not stop_words(named({"language": "chinese"}))
    assert not stop_words(named({"language": "standard"}))


def test_chinese(analyze: Callable[[str], Analyze]) -> None:
    """Chinese becomes single characters and pairs, Latin words stay whole, full width is folded."""
    tokens = analyze("chinese")
    assert sorted(tokens(words("chinese"), "羽绒服ＵＳＢ")) == sorted(
        ["羽", "绒", "服", "羽绒", "绒服", "usb"]
    )
    assert tokens(shingles("chinese"), "羽绒服") == ["羽 绒", "绒 服"]


def test_standard(analyze: Callable[[str], Analyze]) -> None:
    """Standard leaves words as they are but for case and accents."""
    tokens = analyze("standard")
    assert tokens(words("standard"), "The Running Cafés") == ["the", "running", "cafes"]


HEADS = [
    ("english", "Case for iPhone 12 with Stand", "Case "),
    ("english", "Stand compatible with tablets", "Stand "),
    ("english", "For cats: a bed", "For cats: a bed"),
    ("english", "Forward lamp, fitted sheet", "Forward lamp, fitted sheet"),
    ("english", "Lamp WITHOUT bulb", "Lamp "),
    ("english", "Blind that fits a window", "Blind that "),
    ("english", "", ""),
    ("chinese", "手机壳适用华为", "手机壳"),
    ("chinese", "适用华为的手机壳", "适用华为的手机壳"),
    ("chinese", "【适用华为】手机壳", "【适用华为】手机壳"),
    ("chinese", "USB线兼容三星", "USB线"),
    ("standard", "Case for phones", "Case for phones"),
]


@pytest.mark.parametrize(("language", "title", "said"), HEADS)
def test_a_title_says_what_the_thing_is_before_what_it_is_for(
    language: Language, title: str, said: str
) -> None:
    """Its head ends there, provided that something stands before."""
    assert head(title, language) == said


@pytest.mark.parametrize("language", ["english", "chinese", "standard"])
def test_the_engine_cuts_titles_at_the_same_place(
    language: Language, analyze: Callable[[str], Analyze]
) -> None:
    """What a head is analysed into are the words of the same cut made here."""
    tokens = analyze(language)
    for _, title, _ in HEADS:
        assert tokens(HEAD, title) == tokens(words(language), head(title, language))


def test_two_languages(
    client: OpenSearch, named: Callable[..., Catalogue], contract: ModelContract
) -> None:
    """A field may have a language of its own; `all` keeps the catalogue's."""
    catalogue = named({"fields.name_zh": {"role": "description", "language": "chinese"}})
    apply(client, catalogue, contract)
    mapping = client.indices.get_mapping(index=catalogue.name)[f"{catalogue.name}-v1"]["mappings"]
    assert mapping["properties"]["name_zh"]["analyzer"] == words("chinese")
    assert mapping["properties"]["all"]["analyzer"] == words("english")
