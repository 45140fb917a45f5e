"""`connector deadletters list|show|replay`."""

import click


@click.group()
def deadletters() -> None:
    """Look at records that could not be written, and send them again once the cause is mended.

    \b
    Example:
      connector deadletters list
    """
