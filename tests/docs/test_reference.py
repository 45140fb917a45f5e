import runpy
from pathlib import Path

import pytest
from pydantic import BaseModel

from connector.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["commands", "settings"])
def test_a_reference_is_what_the_code_says(page: str) -> None:
    """To the letter; `make docs` writes it."""
    written = runpy.run_path(str(DOCS / f"generate_{page}.py"))["document"]()
    assert (DOCS / f"{page}.md").read_text("utf-8") == written


def sections(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A section of the settings, and all that are in it."""
    inside = [type(each.default) for each in model.model_fields.values()]
    return [model, *(s for one in inside if issubclass(one, BaseModel) for s in sections(one))]


@pytest.mark.parametrize("section", sections(Settings))
def test_every_setting_says_what_it_is(section: type[BaseModel]) -> None:
    """And every section, in one sentence each at least."""
    assert section.__doc__
    for name, field in section.model_fields.items():
        if not isinstance(field.default, BaseModel):
            assert (field.description or "").endswith("."), name
