"""What the commands that ask a live index share: how they are told which one."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from connector.settings import Settings

filter_option = click.option(
    "--filter",
    "filters",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only products that meet this; also FIELD>=VALUE and FIELD<=VALUE. May be repeated: "
    "all are met, of several values of one field any.",
)
days_option = click.option(
    "--days",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Behaviour that counts, up to now.",
)
index_option = click.option("--index", help="Alias to search.  [default: the catalogue's name]")


def alias_of(settings: "Settings", index: str | None, catalogue_file: Path | None) -> str:
    """Return the alias that is meant.

    Args:
        settings: name the catalogue file where neither of the others says anything.
        index: the alias itself.
        catalogue_file: read for its name only.

    Raises:
        CatalogueError: the file is needed and wrong.
    """
    from mappings.catalogue import read

    return index or read(catalogue_file or settings.catalogue).name
