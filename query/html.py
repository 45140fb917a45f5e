"""Pages that open from disk: a room's template, filled."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATE = "page.html.j2"


def filled(folder: Path, **values: Any) -> str:
    """Return a folder's page; every text that came from outside is escaped by the template engine.

    Args:
        folder: of the template and of what it includes.
        values: that it names, each of them.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(TEMPLATE).render(values)
