import pytest
from plugins.shelf import catalogue, titled

from query.understand.compile import compiled
from query.understand.compounds import Compounds
from query.understand.interpretation import Interpretation, understand


@pytest.fixture
def step() -> Compounds:
    """A catalogue that writes headphones in one word and T shirts in two."""
    documents = titled(
        "Headphones",
        "Cotton T shirt",
        "Car pet seat",
        "Carpet",
        "Carpet cleaner",
        "Water proof jacket",
        "Together in one",
        "Get her to sing",
    )
    return Compounds(compiled(documents, catalogue()))


def _found(step: Compounds, text: str) -> list[tuple[str, str]]:
    query = understand(text, [step])
    return [(text[one.start : one.end], one.text) for one in query.alternatives]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("red head phones", [("head phones", "headphones")]),
        ("head-phones", [("head-phones", "headphones")]),
        ("Tshirt women", [("Tshirt", "t shirt")]),
        ("waterproof jacket", [("waterproof", "water proof")]),
    ],
)
def test_compounds_take_the_catalogues_spelling(
    step: Compounds, text: str, found: list[tuple[str, str]]
) -> None:
    """Two words become one, and one two, where the catalogue writes it so."""
    assert _found(step, text) == found


@pytest.mark.parametrize(
    "text",
    [
        "headphones",
        "t shirt",
        "carpet",
        "together",
        "get her",
        "head, phones",
        "手机壳",
        "",
    ],
)
def test_what_the_catalogue_writes_so_is_left_alone(step: Compounds, text: str) -> None:
    """Nothing changes where the other spelling is rarer, made of small words, or unknown."""
    assert _found(step, text) == []


@pytest.mark.parametrize(("titles", "found"), [(12, [("wifi", "wi fi")]), (9, [])])
def test_parts_of_two_letters_take_many_titles(titles: int, found: list[tuple[str, str]]) -> None:
    """Short parts stand side by side by chance; "wi fi" in a dozen titles does not."""
    step = Compounds(compiled(titled("Wi-Fi router", times=titles), catalogue()))
    assert _found(step, "wifi router") == found


@pytest.mark.parametrize(("titles", "found"), [(5, [("phonex", "phone x")]), (4, [])])
def test_a_letter_behind_takes_some_titles(titles: int, found: list[tuple[str, str]]) -> None:
    """A model's letter may be typed on to its name."""
    step = Compounds(compiled(titled("Phone X case", times=titles), catalogue()))
    assert _found(step, "phonex case") == found


def test_removed_words_are_not_joined(step: Compounds) -> None:
    """A word that is no longer searched for takes part in nothing."""
    query = Interpretation("head phones", "head phones", removed=((0, 4),))
    assert step(query) is query


def test_the_evidence_says_what_was_found_where(step: Compounds) -> None:
    """The finding names the words, the catalogue's count and the effect."""
    (finding,) = understand("red head phones", [step]).findings
    assert (finding.step, finding.kind, finding.text) == ("compounds", "compound", "head phones")
    assert (finding.start, finding.end) == (4, 15)
    assert finding.source == "catalogue: 'headphones' in 3 products"
    assert finding.effect == "also finds 'headphones' with weight 0.7"


def test_both_spellings_are_embedded(step: Compounds) -> None:
    """The encoder reads the query as it stands and with the catalogue's spelling."""
    (reading,) = understand("red head phones", [step]).readings()
    assert reading.texts == ("red head phones", "red headphones")
