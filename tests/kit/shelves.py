"""The judged catalogues as the trials' own products: a title, a body, and what shoppers ask for."""

from collections.abc import Iterator

import orjson

from benchmarks.lines import lines
from benchmarks.query import texts as query_texts
from benchmarks.relevance.data import DATA

# A catalogue, and the fields of which the first that says something is the body.
_BODIES = {"esci": ("description", "bullet_points"), "icecat": ("short_description",)}


def texts() -> list[dict[str, str]]:
    """Return `title` and, where it says more, `body` of every product of ESCI and Icecat: 26,170.

    Raises:
        FileNotFoundError: `CONNECTOR_DATA` does not name the folder of both.
    """
    return [text for name in _BODIES for text in _texts(name)]


def queries() -> list[str]:
    """Return every query of both."""
    return query_texts([DATA / name / "queries.tsv" for name in _BODIES])


def _texts(name: str) -> Iterator[dict[str, str]]:
    for product in map(orjson.loads, lines(DATA / name / "products.jsonl.gz")):
        body = next(filter(None, (product.get(field) for field in _BODIES[name])), "")
        yield {"title": product["title"], **({"body": body} if body else {})}
