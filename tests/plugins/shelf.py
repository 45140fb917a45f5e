"""A handful of products to mine, for tests that need no server."""

from typing import Any

from mappings.catalogue import Catalogue

Json = dict[str, Any]


def catalogue(**changes: Any) -> Catalogue:
    """Return a catalogue with a field of every kind that entities come from."""
    tree: Json = {
        "name": "shelf",
        "source": {"topic": "shelf"},
        "model": {"name": "none"},
        "vectors": {"title_vector": {"text": "{title}"}},
        "fields": {
            "title": {"role": "title"},
            "brand": {"role": "brand"},
            "category": {"role": "category"},
            "colour": {"role": "facet", "type": "text"},
            "description": {"role": "description"},
            "specs": {"role": "attribute"},
            "price": {"role": "price"},
        },
    }
    return Catalogue.model_validate({**tree, **changes})


def titled(*titles: str, times: int = 3, **fields: Any) -> list[Json]:
    """Return products with these titles, each several times, all with the same other fields."""
    return [{"title": title, **fields} for title in titles for _ in range(times)]
