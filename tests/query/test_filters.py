import pytest
from plugins.query_shop import describe

from connector.errors import RequestError
from query.filters import clauses, filterable
from query.request import Filter

SHOP = describe("t-unused", "package:unused")


def test_values_are_read_by_the_fields_type() -> None:
    """Every type of field has its own clause on the index field that holds exact values."""
    texts = ("brand=Alder", "price>=9.5", "stock<=3", "boxed=TRUE", "released>=2026-03-01")
    assert clauses(map(Filter.parse, texts), SHOP) == [
        {"terms": {"brand.keyword": ["Alder"]}},
        {"terms": {"boxed": [True]}},
        {"range": {"price": {"gte": 9.5}}},
        {"range": {"stock": {"lte": 3}}},
        {"range": {"released": {"gte": "2026-03-01"}}},
    ]


def test_values_of_one_field_are_alternatives_and_fields_are_not() -> None:
    """Like facets: two colours mean either; a colour and a material mean both."""
    texts = ("colour=red", "specs.material=wool", "colour=blue", "specs.weight=100 g")
    assert clauses(map(Filter.parse, texts), SHOP) == [
        {"terms": {"colour": ["red", "blue"]}},
        {"terms": {"specs.keyword": ["material: wool"]}},
        {"terms": {"specs.keyword": ["weight: 100 g"]}},
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colours=red", "this index has: boxed, brand, colour, price, released, specs.NAME, stock"),
        ("title=lamp", "cannot filter by 'title'"),
        ("image=a.png", "cannot filter by 'image'"),
        ("specs=wool", "cannot filter by 'specs'"),
        ("brand.name=Alder", "cannot filter by 'brand.name'"),
        ("connector.deleted=true", "cannot filter by 'connector.deleted'"),
        ("price=cheap", "'cheap' is not a number"),
        ("price<=nan", "'nan' is not a number"),
        ("stock=1.5", "'1.5' is not a whole number"),
        (f"stock={2**63}", "not a whole number"),
        ("boxed=maybe", "not true or false"),
        ("released=yesterday", "not a date such as"),
        ("brand=\udcff", "not Unicode"),
        ("brand>=A", "needs a number or a date"),
        ("specs.weight<=5", "needs a number or a date"),
    ],
)
def test_a_wrong_filter_says_what_would_be_right(text: str, message: str) -> None:
    """Unknown fields name the known ones; a wrong value names what its field takes."""
    with pytest.raises(RequestError, match=message):
        clauses([Filter.parse(text)], SHOP)


def test_filterable_names_are_as_the_user_writes_them() -> None:
    """Free text and images are left out; attributes are asked for by name."""
    assert set(filterable(SHOP)) == {
        "brand", "colour", "price", "stock", "boxed", "released", "specs.NAME",
    }  # fmt: skip
