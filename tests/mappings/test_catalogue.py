from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connector.errors import CatalogueError
from mappings.catalogue import Catalogue, read

EXAMPLES = Path(__file__).parents[2] / "examples"
GOOD = """\
name = "shop"

[source]
topic = "products"
version = "updated_at"

[model]
name = "package:some-model"

[vectors.body_vector]
text = "{title} {brand}"

[fields.title]
role = "title"

[fields.brand]
role = "brand"

[fields.price]
role = "price"
scale = 0.01
"""

# What is replaced in GOOD, by what, the line to point at, and what the message says.
FAULTS = [
    (
        "scale = 0.01",
        'scale = 0.01\n[streams.product]\ntopic = "p"',
        22,
        "the stream 'product' is described by [source]",
    ),
    (
        "scale = 0.01",
        'scale = 0.01\n[streams.price]\ntopic = "p"',
        22,
        'no field has group = "price"',
    ),
    (
        "scale = 0.01",
        'group = "price"\n[streams.price]\ntopic = "products"',
        23,
        "'products' feeds another stream already",
    ),
    ('role = "brand"', 'role = "brnd"', 17, "fields.brand.role: input should be 'title', "),
    ('role = "brand"', 'role = "brnd"', 17, "found 'brnd'"),
    ('role = "brand"', 'role = "brand"\nwieght = 2', 18, "fields.brand.wieght: unknown key; did"),
    ('role = "brand"', 'role = "brand"\nwieght = 2', 18, "did you mean 'weight'?"),
    ('role = "brand"', "role = ", 17, "not valid TOML"),
    ('role = "brand"', "", 16, "fields.brand.role: is missing"),
    ('role = "brand"', 'role = "title"', 17, "'title' has it"),
    ('role = "brand"', 'role = "brand"\ntype = "string"', 18, "fields.brand.type: input should"),
    ('role = "brand"', 'role = "brand"\nweight = -1', 18, "greater than or equal to 0, found -1"),
    ('role = "brand"', 'role = "brand"\nscale = 2', 18, "only type 'double' is scaled"),
    ('role = "brand"', 'role = "brand"\ncurrency = "USD"', 18, "only role 'price' has a currency"),
    ("scale = 0.01", 'currency = "dollars"', 21, "fields.price.currency: string should match"),
    ('role = "brand"', 'role = "brand"\nsource = "b_*"', 18, "only type 'attributes' takes it"),
    ('role = "brand"', 'role = "attribute"\nsource = "*_*"', 18, "a pattern has one star"),
    ('role = "brand"', 'role = "brand"\ndecimal = ","', 18, "only role 'price' is read as shops"),
    ("scale = 0.01", "html = true", 21, "only text is HTML, this is of type 'double'"),
    ("scale = 0.01", 'separator = ">"', 21, "makes a list of texts, and a price of type 'double'"),
    ('role = "title"', 'role = "title"\ngather = true', 15, "makes a list of texts, and a title"),
    ('role = "brand"', 'role = "brand"\ngroup = "other"', 11, "{brand} belongs to group 'other'"),
    ('role = "brand"', 'role = "brand"\ngroup = "Other"', 18, "fields.brand.group: string should"),
    ('role = "brand"', 'role = "brand"\nweight = 0.5', 18, "0 or at least 1, found 0.5"),
    ('role = "title"', 'role = "title"\nweight = 0', 15, "the title's weight is above 0"),
    ('role = "title"', 'role = "title"\ntype = "keyword"', 15, "the title is of type 'text'"),
    ('role = "title"', 'role = "facet"', 1, "no field has role 'title'"),
    ("[fields.price]", "[fields.all]", 19, "the name 'all' is taken"),
    ("[fields.price]", "[fields.connector]", 19, "the name 'connector' is taken"),
    ("[fields.price]", "[fields.body_vector]", 19, "the name 'body_vector' is taken"),
    ("[fields.price]", "[fields.Price]", 19, "small letters"),
    ("[vectors.body_vector]", "[vectors.all]", 10, "the name 'all' is taken"),
    ("{title} {brand}", "{titel}", 11, "vectors.body_vector.text: {titel} is not a field"),
    ("{title} {brand}", "title", 11, "names no field"),
    ("scale = 0.01", "scale = 0", 21, "fields.price.scale: input should be greater than 0"),
    ('name = "shop"', 'name = "Shop"', 1, "name: string should match"),
    (
        'name = "shop"',
        'name = "shop"\nlanguage = "klingon"',
        2,
        "'english', 'chinese' or 'standard'",
    ),
    ('name = "shop"', "", 1, "name: is missing"),
    ('topic = "products"', "", 3, "source.topic: is missing"),
    ('topic = "products"', 'topic = "a b"', 4, "source.topic: string should match"),
    (
        'topic = "products"',
        'topic = "p"\nformat = "X M L"',
        5,
        "source.format: string should match",
    ),
    ('"updated_at"', '"@now"', 5, "source.version: '@now': write @timestamp, @offset"),
    ('"updated_at"', '"@header:"', 5, "source.version: '@header:': write @timestamp, @offset"),
    ('"updated_at"', '""', 5, "source.version: string should have at least 1 character"),
    ('topic = "products"', 'topic = "p"\nid = ""', 5, "source.id: string should have at least 1"),
    ("scale = 0.01", "scale = inf", 21, "fields.price.scale: input should be a finite number"),
    ("[model]", "[modle]", 7, "modle: unknown key; did you mean 'model'?"),
    ("[model]", '[knn]\ncompression = "fp16"\n[model]', 8, "engine 'lucene' has no compression"),
    ("[model]", '[knn]\nengine = "nmslib"\n[model]', 8, "knn.engine: input should be 'lucene'"),
    ("[model]", "[knn]\nm = 1\n[model]", 8, "knn.m: input should be greater than or equal to 2"),
    ("[model]", '[index]\nrefresh_interval = "soon"\n[model]', 8, "index.refresh_interval: string"),
    ("[fields.title]", "[fields]\nname = 3\n[fields.title]", 14, "fields.name: input should be"),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), FAULTS)
def test_faults(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    """Every fault is one line that names file, line and key, and says what is wrong."""
    assert GOOD.count(old) >= 1
    file = tmp_path / "catalogue.toml"
    file.write_text(GOOD.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        read(file)
    message = str(caught.value)
    assert message.startswith(f"{file}:{line}: ")
    assert says in message
    assert "\n" not in message
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_unreadable(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing or no text is named, with the ways to name another."""
    file = tmp_path / "catalogue.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CatalogueError, match="CONNECTOR_CATALOGUE"):
        read(file)


def test_good(tmp_path: Path) -> None:
    """The file that the faults vary is itself right, and types follow from roles."""
    file = tmp_path / "catalogue.toml"
    file.write_text(GOOD, "utf-8")
    catalogue = read(file)
    assert {name: spec.type for name, spec in catalogue.fields.items()} == {
        "title": "text",
        "brand": "text",
        "price": "double",
    }


@pytest.mark.parametrize("name", ["shop/catalogue", "shop_zh/catalogue", "esci", "icecat"])
def test_examples(name: str) -> None:
    """Every catalogue in examples/ can be read."""
    assert read(EXAMPLES / f"{name}.toml").title == "title"


def test_hash(make: Callable[..., Catalogue]) -> None:
    """The hash survives a round trip through JSON and moves with any value."""
    one = make()
    assert Catalogue.model_validate(one.model_dump(mode="json")).hash == one.hash
    assert make({"fields.brand.weight": 2.0}).hash != one.hash


def test_groups(make: Callable[..., Catalogue]) -> None:
    """Each stream owns its own fields; the product stream is always there, first."""
    catalogue = make({"fields.price.group": "price"})
    assert catalogue.groups == ("product", "price")
    assert list(catalogue.owned("price")) == ["price"]
    assert "price" not in catalogue.owned("product")


@pytest.mark.parametrize(
    ("field", "exact"),
    [
        ({"role": "brand"}, "x.keyword"),
        ({"role": "facet"}, "x"),
        ({"role": "facet", "type": "text"}, "x.keyword"),
        ({"role": "facet", "type": "long"}, "x"),
        ({"role": "attribute"}, "x.keyword"),
        ({"role": "description"}, None),
        ({"role": "image"}, None),
    ],
)
def test_filter_field(make: Callable[..., Catalogue], field: Any, exact: str | None) -> None:
    """A filter reads the place that holds exact values, where there is one."""
    assert make({"fields.x": field}).filter_field("x") == exact


def test_no_filter_by_unknown(make: Callable[..., Catalogue]) -> None:
    """A field that the catalogue does not have cannot be filtered."""
    assert make().filter_field("nowhere") is None


def test_later_keys_leave_hashes_as_they_were() -> None:
    """A catalogue without the keys that came later is written, and hashed, as before them."""
    tree = {
        "name": "shop",
        "source": {"topic": "shop"},
        "model": {"name": "package:some-model"},
        "vectors": {"v": {"text": "{title}"}},
        "fields": {"title": {"role": "title"}, "price": {"role": "price", "decimal": "."}},
    }
    plain = Catalogue.model_validate(tree)
    assert set(plain.model_dump(mode="json")["fields"]["price"]) == {
        *("role", "source", "type", "language", "weight", "scale", "currency", "group")
    }
    tree["fields"]["price"]["decimal"] = ","  # type: ignore[index]
    other = Catalogue.model_validate(tree)
    assert other.hash != plain.hash
    assert Catalogue.model_validate(other.model_dump(mode="json")) == other
