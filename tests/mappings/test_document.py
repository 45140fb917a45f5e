import contextlib
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.errors import DeadLetterError
from mappings.catalogue import PRODUCT, Catalogue
from mappings.document import shape

Make = Callable[..., Catalogue]


def test_shape(make: Make) -> None:
    """A record's values become stored fields; the id is known, null and blank are left out."""
    catalogue = make({"fields.price.scale": 0.01, "fields.category": {"role": "category"}})
    record = {
        "id": "p1",
        "title": "Lamp",
        "brand": None,
        "price": 4995,
        "color": "  ",
        "category": ["Home", "", None, "Light"],
    }
    assert shape(record, catalogue, PRODUCT) == {
        "title": "Lamp",
        "price": 49.95,
        "category": ["Home", "Light"],
    }


def test_attributes(make: Make) -> None:
    """Objects and starred names become lines `name: value`, each value of a list its own."""
    record = {
        "spec_printing_colours": "Black",
        "spec_weight": 6.0,
        "spec_none": None,
        "specs": {"Fit ": "women", "sizes": ["S", "M"], "empty": [], "wifi": True},
    }
    assert shape(record, make(), PRODUCT) == {
        "specs": [
            "Fit: women",
            "sizes: S",
            "sizes: M",
            "wifi: true",
            "printing colours: Black",
            "weight: 6",
        ]
    }


def test_most_telling_pattern(make: Make) -> None:
    """Of two patterns the longer one takes a name, wherever it stands."""
    catalogue = make({"fields.numbers": {"role": "attribute", "source": "spec_n_*"}})
    fields = shape({"spec_n_size": 3, "spec_fit": "slim"}, catalogue, PRODUCT)
    assert fields == {"specs": ["fit: slim"], "numbers": ["size: 3"]}


def test_dotted_paths(make: Make) -> None:
    """A dotted source reads inside objects, and a literal dot in a name is the same."""
    catalogue = make({"fields.brand.source": "maker.name", "source.ignore": ["maker.id"]})
    nested = {"maker": {"name": "Acme", "id": 3}}
    assert shape(nested, catalogue, PRODUCT) == {"brand": "Acme"}
    assert shape({"maker.name": "Acme"}, catalogue, PRODUCT) == {"brand": "Acme"}
    assert shape({"maker": None}, catalogue, PRODUCT) == {}


def test_first_source_with_a_value(make: Make) -> None:
    """Of several sources the first that holds something is taken."""
    catalogue = make({"fields.brand.source": ["brand", "maker"]})
    assert shape({"maker": "Acme", "brand": ""}, catalogue, PRODUCT) == {"brand": "Acme"}
    assert shape({"maker": "Acme", "brand": "Best"}, catalogue, PRODUCT) == {"brand": "Best"}


def test_groups(make: Make) -> None:
    """A stream yields only the fields it owns; those of others are known and left alone."""
    catalogue = make({"fields.price.group": "price"})
    record = {"id": "p1", "title": "Lamp", "price": 3}
    assert shape(record, catalogue, PRODUCT) == {"title": "Lamp"}
    assert shape(record, catalogue, "price") == {"price": 3.0}


def test_ignored(make: Make) -> None:
    """Names that the catalogue ignores are dropped, unless a field reads them by name."""
    catalogue = make({"source.ignore": ["i*", "spec_x"], "fields.image": {"role": "image"}})
    record = {"internal": {"a": [1]}, "image": "a.jpg", "spec_x": "no", "spec_y": "yes"}
    assert shape(record, catalogue, PRODUCT) == {"image": "a.jpg", "specs": ["y: yes"]}


def test_unknown_fields_ignored(make: Make) -> None:
    """A catalogue may drop everything it does not know."""
    assert shape({"what": 1}, make({"source.unknown_fields": "ignore"}), PRODUCT) == {}


@pytest.mark.parametrize(
    ("spec", "raw", "stored"),
    [
        ({}, "$1,299.50", 1299.5),
        ({}, "1299.5", 1299.5),
        ({"decimal": ","}, "€1.299,50", 1299.5),
        ({"decimal": ",", "currency": "EUR"}, "1.299,50 €", 1299.5),
        ({"decimal": ","}, 1299.5, 1299.5),
        ({"decimal": ","}, "1.299", 1299.0),
        ({"scale": 0.01}, "129950", 1299.5),
        ({"absent": "Call us"}, "CALL US ", None),
    ],
)
def test_price_as_text(make: Make, spec: dict[str, Any], raw: Any, stored: float | None) -> None:
    """A price may be text as shops show it; numbers are numbers whatever stands before the cents."""
    catalogue = make({"fields.price": {"role": "price", **spec}})
    assert shape({"price": raw}, catalogue, PRODUCT).get("price") == stored


@pytest.mark.parametrize(
    ("spec", "raw", "says"),
    [
        ({}, "€1.299,50", "where ',' stands before the cents, the catalogue says decimal = \",\""),
        ({"decimal": ","}, "$1,299.50", "such as 1299,50; where '.' stands before the cents"),
        ({}, "call us", "found text 'call us', expected a price such as 1299.50"),
        (
            {"currency": "USD"},
            "£5",
            "found text '\\xa35', expected a price in USD, the catalogue's",
        ),
    ],
)
def test_price_as_text_refused(make: Make, spec: dict[str, Any], raw: str, says: str) -> None:
    """A text that may be another amount is refused, with what to write."""
    with pytest.raises(DeadLetterError) as caught:
        shape({"price": raw}, make({"fields.price": {"role": "price", **spec}}), PRODUCT)
    assert caught.value.error_class == "WrongType"
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "raw", "stored"),
    [
        ({"separator": ">"}, "Home > Kitchen > Kettles", ["Home", "Kitchen", "Kettles"]),
        ({"separator": ">"}, "Home", "Home"),
        ({"separator": ">"}, ["Home > Kitchen", "Home > Sale"], ["Home", "Kitchen", "Sale"]),
        ({"separator": ">", "html": True}, "Home &gt; Tea &amp; Coffee", ["Home", "Tea & Coffee"]),
        ({"separator": "/", "absent": "Root"}, "Root/Home/", "Home"),
        ({"source": "c.name"}, {"name": "Home"}, "Home"),
        ({"source": "c.name"}, [{"name": "Home"}, {"name": "Tea"}, {}], ["Home", "Tea"]),
        ({"source": "c.name"}, [{"name": "Home"}], "Home"),
        ({"source": ["c.top", "c.leaf"]}, {"top": "Home", "leaf": "Tea"}, "Home"),
        (
            {"source": ["c.top", "c.leaf"], "gather": True},
            {"top": "Home", "leaf": ["Tea", "Home"]},
            ["Home", "Tea"],
        ),
        ({"source": ["c.top", "c.leaf"], "gather": True}, {"leaf": "Tea"}, "Tea"),
    ],
)
def test_category_shapes(make: Make, spec: dict[str, Any], raw: Any, stored: Any) -> None:
    """A path in one text, several of them, objects and lists of objects all become a list."""
    field = {"role": "category", "source": "c", **spec}
    catalogue = make({"fields.category": field, "source.ignore": ["c.id"]})
    assert shape({"c": raw}, catalogue, PRODUCT) == {"category": stored}


def test_lists_of_objects_are_ignored_and_unknown_by_path(make: Make) -> None:
    """What stands beside what is read is known or not, in a list as in an object."""
    catalogue = make({"fields.brand.source": "maker.name", "source.ignore": ["maker.id"]})
    record = {"maker": [{"name": "Acme", "id": 3}, {"name": "Birch", "id": 4}]}
    assert shape(record, catalogue, PRODUCT) == {"brand": ["Acme", "Birch"]}
    with pytest.raises(DeadLetterError, match=r"field 'maker\.city' is not in the catalogue"):
        shape({"maker": [{"name": "Acme"}, {"city": "Rome"}]}, catalogue, PRODUCT)


def test_absent(make: Make) -> None:
    """Texts that say there is nothing are nothing, whatever their case; the next source is asked."""
    spec = {"role": "brand", "source": ["brand", "maker"], "absent": ["N/A", "Generic"]}
    catalogue = make({"fields.brand": spec, "fields.specs.absent": "-"})
    assert shape({"brand": "generic"}, catalogue, PRODUCT) == {}
    assert shape({"brand": " n/a ", "maker": "Acme"}, catalogue, PRODUCT) == {"brand": "Acme"}
    assert shape({"specs": {"fit": "-", "cut": "low"}}, catalogue, PRODUCT) == {
        "specs": ["cut: low"]
    }


def test_html(make: Make) -> None:
    """HTML is stored as what it shows; without the key it is text like any other."""
    record = {"title": "<b>Tea</b> &amp; co", "specs": {"fit": "S&amp;M"}}
    assert shape(record, make(), PRODUCT)["title"] == "<b>Tea</b> &amp; co"
    catalogue = make({"fields.title.html": True, "fields.specs.html": True})
    assert shape(record, catalogue, PRODUCT) == {"title": "Tea & co", "specs": ["fit: S&M"]}


@pytest.mark.parametrize(
    ("record", "fault", "says"),
    [
        ({"what": 1}, "UnknownField", "field 'what' is not in the catalogue"),
        ({"maker": {"id": 3}}, "UnknownField", "field 'maker.id' is not in the catalogue"),
        ({"maker": "Acme"}, "WrongType", "field 'maker': found text 'Acme', expected an object"),
        ({"title": ["Lamp"]}, "WrongType", "field 'title': found a list, expected one value"),
        ({"price": [1, 2]}, "WrongType", "field 'price': found a list, expected one value"),
        ({"color": [["red"]]}, "WrongType", "field 'color': found a list, expected text"),
        ({"color": {"name": "red"}}, "WrongType", "found an object, expected text"),
        ({"specs": ["red"]}, "WrongType", "found a list, expected an object of names and values"),
        ({"specs": {"size": {"w": 1}}}, "WrongType", "field 'specs.size': found an object"),
        ({"spec_size": [[1]]}, "WrongType", "field 'spec_size': found a list"),
        ({"spec_size": float("nan")}, "NotFinite", "field 'spec_size'"),
        ({"specs": {"\ud800": 1}}, "LoneSurrogate", "'specs"),
        ({"\ud800": 1}, "UnknownField", "field '\\ud800' is not in the catalogue"),
        ({"title": "\udfff"}, "LoneSurrogate", "field 'title': half a surrogate pair"),
    ],
)
def test_refused(make: Make, record: Any, fault: str, says: str) -> None:
    """A record that cannot be stored says which field, what was found and what was expected."""
    catalogue = make({"fields.maker": {"role": "facet", "source": "maker.name"}})
    with pytest.raises(DeadLetterError) as caught:
        shape(record, catalogue, PRODUCT)
    assert caught.value.error_class == fault
    assert says in str(caught.value)
    str(caught.value).encode()


_TEXT = st.text(max_size=8) | st.sampled_from(["\ud800", "NaN", "1e999", " 12 ", "2026-01-01"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner), max_leaves=10
)
_NAMES = (
    st.sampled_from(
        [
            "id",
            "title",
            "brand",
            "price",
            "color",
            "specs",
            "spec_a",
            "spec_",
            "a",
            "a.b",
            "on",
            "n",
        ]
    )
    | _TEXT
)
_CATALOGUE = Catalogue.model_validate(
    {
        "name": "laws",
        "source": {"topic": "laws"},
        "model": {"name": "unused"},
        "vectors": {"v": {"text": "{title}"}},
        "fields": {
            "title": {"role": "title"},
            "price": {"role": "price", "scale": 0.01},
            "brand": {"role": "brand", "source": "a.b"},
            "color": {"role": "facet", "type": "boolean"},
            "specs": {"role": "attribute", "source": ["specs", "spec_*"]},
            "on": {"role": "facet", "type": "date"},
            "n": {"role": "facet", "type": "long"},
        },
    }
)


@settings(deadline=None)
@given(st.dictionaries(_NAMES, _JSON))
def test_any_record(record: dict[str, Any]) -> None:
    """Whatever a record holds, it becomes JSON that can be sent, or a dead letter."""
    fields: dict[str, Any] = {}
    with contextlib.suppress(DeadLetterError):
        fields = shape(record, _CATALOGUE, PRODUCT)
    assert orjson.loads(orjson.dumps(fields)) == fields
    assert set(fields) <= set(_CATALOGUE.fields)
