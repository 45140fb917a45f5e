from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plugins.shelf import catalogue, titled

from query.request import Filter
from query.understand.compile import compiled
from query.understand.entities.step import Entities
from query.understand.interpretation import Interpretation, understand
from query.understand.spelling import Spelling

CATALOGUE = catalogue()
LEXICON = compiled(
    [
        *titled(
            "Acme red kettle", times=8, brand="Acme", colour="Red", category=["Kitchen", "Kettles"]
        ),
        *titled("Acme blue mug", brand="Acme", colour="Navy Blue", category=["Kitchen", "Mugs"]),
        *titled("Hewlett Packard printer", brand="Hewlett-Packard", category="Printers"),
        *titled("Ink for Acme printers", brand="Nobody", category="Ink"),
        *titled("Set of cups", "Chess set", "Towel set", brand="Setters", colour="Sand"),
        *titled("Chess set", brand="Set", times=1),
        *titled("Ladies coat", "Women coat", category="Women", specs=["材质: 100%羊毛"]),
        *titled("羊毛被", brand="罗莱制造商", specs=["材质: 100%羊毛"]),
        *titled("TP-Link lamp WH1000XM4", brand="TP-Link", times=1),
    ],
    CATALOGUE,
)
STEP = Entities(LEXICON, CATALOGUE)


def _named(text: str, step: Any = STEP) -> list[tuple[str, str, str]]:
    query = understand(text, [step])
    found = [(one.kind, text[one.start : one.end], one.value) for one in query.entities]
    return sorted(set(found))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("acme", [("brand", "acme", "Acme")]),
        ("ACME's kettle", [("brand", "ACME's", "Acme"), ("category", "kettle", "Kettles")]),
        ("red-kettles", [("category", "kettles", "Kettles"), ("colour", "red", "Red")]),
        ("blue", [("colour", "blue", "Navy Blue")]),
        ("hewlett packard printer", [
            ("brand", "hewlett packard", "Hewlett-Packard"), ("category", "printer", "Printers"),
        ]),
        ("HP ink", [("brand", "HP", "Hewlett-Packard"), ("category", "ink", "Ink")]),
        ("tplink", [("brand", "tplink", "TP-Link")]),
        ("coat for ladies", [("category", "ladies", "Women")]),
        ("羊毛被", [("material", "羊毛", "材质: 100%羊毛")]),
        ("罗莱 被", [("brand", "罗莱", "罗莱制造商")]),
        ("wh1000xm4", [("model number", "wh1000xm4", "wh1000xm4")]),
    ],
)  # fmt: skip
def test_values_are_found_by_their_names(text: str, named: list[tuple[str, str, str]]) -> None:
    """Brands, categories, colours, materials and model numbers are found in both languages."""
    assert _named(text) == named


@pytest.mark.parametrize("text", ["set", "hewlett, packard", "500ml", "mp3", "lamp", "", "被"])
def test_words_that_mean_something_else_are_no_entity(text: str) -> None:
    """A brand named like a thing, a name cut by a comma, and quantities are left alone."""
    assert _named(text) == []


def test_what_may_be_meant_is_evidence_with_little_confidence() -> None:
    """A word that titles use otherwise most of the time is left to the nearest products."""
    documents = [
        *titled("Salt spray", brand="Salt"),
        *titled("Salt mill", "Salt and pepper", brand="Miller"),
    ]
    query = understand("salt", [Entities(compiled(documents, CATALOGUE), CATALOGUE)])
    (finding,) = query.findings
    assert (finding.kind, finding.effect) == ("perhaps brand", "")
    assert finding.source.endswith("3 of 9 titles with these words have it")
    assert [round(one.confidence, 2) for one in query.entities] == [0.33]
    assert query.alternatives == ()


def test_a_value_whose_words_are_in_no_title_is_told_without_a_share() -> None:
    """Nobody learns anything from 0 of 0 titles."""
    documents = [*titled("Dark roast", category="Coffee", times=8)]
    (finding,) = understand(
        "coffee", [Entities(compiled(documents, CATALOGUE), CATALOGUE)]
    ).findings
    assert finding.source == "catalogue: category 'Coffee', 8 products"


def test_an_alias_is_searched_for_in_the_catalogues_words() -> None:
    """What the catalogue calls otherwise gets its name as an alternative."""
    (other,) = understand("HP ink", [STEP]).alternatives
    assert (other.start, other.end, other.text) == (0, 2, "hewlett packard")
    assert understand("hewlett packard", [STEP]).alternatives == ()


def test_all_spellings_of_a_value_are_named() -> None:
    """The index may spell one value in several ways, and all of them are meant."""
    documents = [
        *titled("Red mug", colour="Red", times=5),
        *titled("Red pot", colour="red"),
        *titled("Red pan", colour="Red/White", times=4),
    ]
    step = Entities(compiled(documents, CATALOGUE), CATALOGUE)
    values = [one.value for one in understand("red", [step]).entities]
    assert values == ["Red", "Red/White", "red"]


def test_a_category_of_its_own_is_meant_before_a_department() -> None:
    """Shelves of shoes are named, not the department of shoes and others, unless there are none."""
    department = "Clothing, Shoes & Jewelry"
    documents = [
        *titled("Leather shoes", category=[department, "Shoes", "Running Shoes"], times=4),
        *titled("Linen coat", category=[department, "Coats"], times=20),
        *titled("Shoe cream", category="Shoes & Care", times=2),
    ]
    step = Entities(compiled(documents, CATALOGUE), CATALOGUE)
    values = [one.value for one in understand("shoes", [step]).entities]
    assert values == ["Running Shoes", "Shoes", "Shoes & Care"]
    assert [one.value for one in understand("jewelry", [step]).entities] == [department]


def test_a_corrected_word_names_what_was_meant() -> None:
    """The step reads a misspelled word as it was corrected; the span stays the user's."""
    documents = titled("Logitech mouse", brand="Logitech", times=5)
    lexicon = compiled(documents, CATALOGUE)
    query = understand("logitehc", [Spelling(lexicon), Entities(lexicon, CATALOGUE)])
    assert [(one.value, one.start, one.end) for one in query.entities] == [("Logitech", 0, 8)]


def test_removed_words_name_nothing() -> None:
    """What is not searched for is not boosted either."""
    query = Interpretation("mug without red", "mug without red", removed=((4, 15),))
    assert [one.value for one in STEP(query).entities] == ["Mugs"]


def test_only_fields_that_a_rule_names_become_filters() -> None:
    """A sure entity of a hard field is a condition; of an attribute, by its name."""
    assert understand("acme 羊毛", [STEP]).filters == ()
    hard = Entities(LEXICON, CATALOGUE, frozenset(("colour", "specs")))
    query = understand("acme red 羊毛", [hard])
    assert query.filters == (Filter("colour", "Red"), Filter("specs.材质", "100%羊毛"))
    assert [one.effect for one in query.findings if one.kind == "colour"] == [
        "only products that have it"
    ]


@given(
    st.text(st.sampled_from("acmered hpbluset, 羊毛被-'"), max_size=40),
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
)
def test_entities_lie_inside_the_text(text: str, span: tuple[int, int]) -> None:
    """Entities and alternatives lie inside the text, clear of what was removed, surely meant."""
    start, end = sorted(min(place, len(text)) for place in span)
    removed = ((start, end),) if start < end else ()
    query = STEP(Interpretation(text, text, removed=removed))
    for one in (*query.entities, *query.alternatives):
        assert 0 <= one.start < one.end <= len(text)
        assert all(one.end <= begin or stop <= one.start for begin, stop in removed)
    assert all(0.6 <= one.confidence <= 1 for one in query.entities)
    assert query.asked == Interpretation(text, text, removed=removed).asked


@pytest.mark.parametrize(
    ("avoided", "unwanted"),
    [
        ("red", [("colour", "red", "Red")]),
        ("acme", [("brand", "acme", "Acme")]),
        ("kettle", []),
        ("red handle", []),
        ("set", []),
    ],
)
def test_unwanted_values(avoided: str, unwanted: list[tuple[str, str, str]]) -> None:
    """A phrase that names a brand or a property as a whole is about that value, too."""
    text = f"mug without {avoided}"
    query = Interpretation(text, text, removed=((4, len(text)),), avoided=(avoided,))
    found = STEP(query)
    assert [(one.kind, text[one.start : one.end], one.value) for one in found.unwanted] == unwanted
    told = [(one.text, one.effect) for one in found.findings if one.effect.endswith("lose")]
    assert told == [(avoided, "products that have it lose") for _ in unwanted]
