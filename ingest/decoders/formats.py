"""The formats that are installed, by the name that `source.format` gives them."""

from functools import cache
from importlib.metadata import entry_points

from connector.errors import CatalogueError
from ingest.decoders.row import Format

GROUP = "connector.decoders"


@cache
def format_named(name: str) -> Format:
    """Return a format.

    Raises:
        CatalogueError: no installed package brings it, or what it brings is none.
    """
    there = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name not in there:
        raise CatalogueError(
            f"source.format is {name!r}; installed are {', '.join(sorted(there))} "
            f"(entry points of the group {GROUP!r}, docs/decoders.md)"
        )
    try:
        found = there[name].load()
    except (ImportError, AttributeError) as error:
        raise CatalogueError(
            f"source.format {name!r} is {there[name].value}, which cannot be loaded: {error}"
        ) from None
    if not isinstance(found, Format):
        raise CatalogueError(
            f"source.format {name!r} is {there[name].value}, a {type(found).__name__}; expected an "
            "ingest.decoders.row.Format"
        )
    return found
