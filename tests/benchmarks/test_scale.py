import random

import numpy as np
import pytest

from benchmarks.scale import Product, document, grown, jittered, merged, varied
from mappings.catalogue import Catalogue
from mappings.sketch import read


def product(number: int) -> Product:
    """Return a product with one vector."""
    vector = np.random.default_rng(number).standard_normal(384, np.float32)
    unit = vector / np.linalg.norm(vector)
    return Product({"title": f"red steel kettle {number}", "price": 9.9}, {"title_vector": unit})


@pytest.fixture
def catalogue() -> Catalogue:
    """A catalogue with a title and a price."""
    return Catalogue.model_validate(
        {
            "name": "shop",
            "source": {"topic": "shop"},
            "model": {"name": "package:tiny"},
            "vectors": {"title_vector": {"text": "{title}"}},
            "fields": {"title": {"role": "title"}, "price": {"role": "price"}},
        }
    )


def test_real_products_come_first_as_they_are() -> None:
    """A grown catalogue begins with the real products, however many copies follow."""
    real = [product(0), product(1)]
    made = list(grown(real, "title", 5, random.Random(1)))
    assert made[:2] == real
    assert len(made) == 5


def test_fewer_products_than_there_are_can_be_asked_for() -> None:
    """A catalogue can be made smaller, too."""
    assert len(list(grown([product(0), product(1)], "title", 1, random.Random(1)))) == 1


def test_copies_are_the_same_each_time() -> None:
    """The seed decides every word and every vector."""
    one, other = (list(grown([product(0)], "title", 3, random.Random(1))) for _ in range(2))
    assert [each.fields for each in one] == [each.fields for each in other]
    np.testing.assert_array_equal(one[2].vectors["title_vector"], other[2].vectors["title_vector"])


def test_a_copy_keeps_what_varies_not() -> None:
    """Only the title and the vectors of a copy differ from the product."""
    copy = list(grown([product(0)], "title", 2, random.Random(1)))[1]
    assert copy.fields["price"] == 9.9


def test_a_moved_vector_stays_near_and_of_length_one() -> None:
    """A copy's vector has length 1 and a cosine of about .9 to the product's."""
    vector = product(0).vectors["title_vector"]
    moved = jittered(vector, np.random.default_rng(1))
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-5)
    assert float(moved @ vector) == pytest.approx(0.905, abs=0.06)


def test_a_title_never_becomes_empty() -> None:
    """However many words are dropped, a title is left."""
    chance = random.Random(1)
    assert all(varied("kettle", ["pan"], chance) for _ in range(100))


def test_a_document_has_the_sketch_of_its_vectors() -> None:
    """What is stored is alive, and its sketch is of its own vectors."""
    one = product(0)
    stored = document("7", one, "abc")
    sketch = read([stored["connector"]["sketch"]], 384)[0]
    vector = one.vectors["title_vector"]
    assert stored["connector"]["deleted"] is False
    assert float(sketch @ vector / np.linalg.norm(sketch)) > 0.98


def test_catalogues_are_merged_field_by_field(catalogue: Catalogue) -> None:
    """A merged catalogue has the fields of all; where two have one, the first one's counts."""
    described = catalogue.model_dump()
    described["fields"] = {
        "title": described["fields"]["title"] | {"weight": 3.0},
        "colour": {"role": "facet"},
    }
    both = merged("bench", [catalogue, Catalogue.model_validate(described)])
    assert both.name == "bench"
    assert set(both.fields) == {"title", "price", "colour"}
    assert both.fields["title"].weight == 1.0
