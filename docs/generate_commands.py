"""Print docs/commands.md: every command with its help, as the commands themselves give it."""

import click

from connector.cli import cli

INTRODUCTION = """\
# Commands

Written by `make docs` from the commands' own help; a test keeps it so.

Exit codes, everywhere: 0 done · 1 failed · 2 usage · 3 refused by a guard · 75 try again later.
Every command takes the options of `connector` itself before its own name: `--config FILE`,
`--set KEY=VALUE`, `--verbose`.
"""


def sections(command: click.Command, path: str, parent: click.Context | None) -> list[str]:
    """Return a heading and the help text of a command and of everything below it."""
    settings = {**command.context_settings, "terminal_width": 96}
    name = path.rsplit(" ", 1)[-1]
    with click.Context(command, info_name=name, parent=parent, **settings) as ctx:
        parts = [f"## `{path}`\n\n```\n{command.get_help(ctx).rstrip()}\n```\n"]
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                child = command.get_command(ctx, name)
                if child is not None:
                    parts += sections(child, f"{path} {name}", ctx)
    return parts


def document() -> str:
    """Return the whole document."""
    return "\n".join([INTRODUCTION, *sections(cli, "connector", None)])


if __name__ == "__main__":
    print(document(), end="")
