"""Command lines that stand in manifests and units, held to the commands that there are."""

import click

from connector.cli import cli


def is_command(words: list[str]) -> None:
    """Parse the arguments of `connector` as it would, and run nothing.

    Raises:
        click.UsageError: there is no such command or option.
    """
    command: click.Command = cli
    context = None
    rest = words
    while True:
        context = click.Context(command, parent=context, **command.context_settings)
        _, rest, _ = command.make_parser(context).parse_args(list(rest))
        if not isinstance(command, click.Group):
            return
        _, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command = found
