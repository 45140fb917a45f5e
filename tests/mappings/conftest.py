"""A small catalogue to vary, and a contract of a model that is never loaded."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from connector.model import ModelIdentity
from mappings.catalogue import Catalogue
from mappings.contract import ModelContract

Json = dict[str, Any]
Make = Callable[..., Catalogue]

BASE: Json = {
    "name": "t-unused",
    "source": {"topic": "t-unused"},
    "model": {"name": "package:unused"},
    "vectors": {"title_vector": {"text": "{title}"}},
    "fields": {
        "title": {"role": "title"},
        "brand": {"role": "brand"},
        "price": {"role": "price"},
        "color": {"role": "facet"},
        "specs": {"role": "attribute", "source": ["spec_*", "specs"]},
    },
}


@pytest.fixture
def make() -> Make:
    """Return a function that makes the base catalogue with changes at dotted paths; None drops one."""

    def catalogue(changes: Json | None = None) -> Catalogue:
        tree = copy.deepcopy(BASE)
        for path, value in (changes or {}).items():
            table, key = _parent(tree, path)
            table[key] = value
            if value is None:
                del table[key]
        return Catalogue.model_validate(tree)

    return catalogue


def _parent(tree: Json, path: str) -> tuple[Json, str]:
    *above, key = path.split(".")
    for part in above:
        tree = tree.setdefault(part, {})
    return tree, key


@pytest.fixture
def contract() -> ModelContract:
    """A contract of 4 dimensions."""
    identity = ModelIdentity(
        name="small",
        revision="1",
        weights_sha256="0" * 64,
        dimension=4,
        pooling="mean",
        max_tokens=256,
        query_prompt="",
        document_prompt="",
    )
    return ModelContract(identity, {"title_vector": "{title}"})


@pytest.fixture
def named(make: Make, catalogue_name: str) -> Make:
    """`make`, with a name that is free on the server."""

    def catalogue(changes: Json | None = None) -> Catalogue:
        return make({"name": catalogue_name, **(changes or {})})

    return catalogue
