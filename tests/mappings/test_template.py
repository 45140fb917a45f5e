import pytest

from mappings.template import names_in, render


def test_names() -> None:
    """Each name is returned once, in order."""
    assert names_in("{title} by {brand}: {title}") == ("title", "brand")


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{title}. {brand}", "Lamp. Acme"),
        ("{title} {missing} {category}", "Lamp Home, Light"),
        ("{nothing}", ""),
        ("{count} pieces", "3 pieces"),
    ],
)
def test_render(template: str, text: str) -> None:
    """Fields are put in, lists are joined, missing fields leave nothing, not even a space."""
    fields = {"title": "Lamp", "brand": "Acme", "category": ["Home", "Light"], "count": 3}
    assert render(template, fields) == text


def test_no_second_reading() -> None:
    """Braces in a product's own text are text."""
    assert render("{title}", {"title": "{brand}", "brand": "Acme"}) == "{brand}"
