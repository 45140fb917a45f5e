import pytest
from plugins.shelf import catalogue

from query.understand.entities.kinds import entity_fields, kind_of_name, model_field


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("color", "colour"),
        ("product_colour", "colour"),
        ("recommended gender", "audience"),
        ("Housing material", "material"),
        ("shoe size", "size"),
        ("产品尺寸", "size"),
        ("面料", "material"),
        ("型号", "model number"),
        ("connector gender", ""),
        ("package size", ""),
        ("colour temperature", ""),
        ("weight", ""),
        ("", ""),
    ],
)
def test_a_name_tells_the_kind_by_its_last_words(name: str, kind: str) -> None:
    """English and Chinese names are read from their ends; parts and packages are something else."""
    assert kind_of_name(name) == kind


def test_fields_are_of_a_kind_by_role_or_name() -> None:
    """Brands and categories by role, facets by name, open attributes line by line; others are none."""
    assert entity_fields(catalogue()) == {
        "brand": "brand",
        "category": "category",
        "colour": "colour",
        "specs": "attributes",
    }


def test_model_numbers_are_looked_for_in_their_field_or_the_title() -> None:
    """A field named for model numbers has them; without one it is the title."""
    assert model_field(catalogue()) == "title"
    fields = {"title": {"role": "title"}, "mpn": {"role": "facet"}}
    assert model_field(catalogue(fields=fields)) == "mpn"
