import inspect
import json
import subprocess
import sys

import click
import pytest

from connector.cli import cli

HEAVY = ("torch", "sentence_transformers", "kafka", "opensearchpy", "pydantic", "rich", "numpy")


def commands() -> dict[str, click.Command]:
    """Every command and subcommand by its full name."""
    found: dict[str, click.Command] = {}

    def walk(command: click.Command, path: str, ctx: click.Context) -> None:
        found[path] = command
        if isinstance(command, click.Group):
            for name in command.list_commands(ctx):
                child = command.get_command(ctx, name)
                assert child is not None
                walk(child, f"{path} {name}", ctx)

    walk(cli, "connector", click.Context(cli))
    return found


COMMANDS = commands()


def test_the_commands_of_the_main_way_are_installed() -> None:
    """The names that scripts and documents rely on exist."""
    names = {f"connector {name}" for name in ("local up", "local down", "local status")}
    names |= {f"connector mappings {name}" for name in ("apply", "show", "diff")}
    names |= {f"connector {name}" for name in ("publish", "ingest", "search", "evaluate")}
    assert names <= set(COMMANDS)


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_and_an_example(path: str) -> None:
    """`--help` of every command says what it does and shows a line to type."""
    command = COMMANDS[path]
    assert command.help, f"{path} has no help"
    assert "Example:" in command.help, f"{path} shows no example"
    assert "\b\nExample:" in inspect.cleandoc(command.help), f"{path}: click would wrap the example"
    assert f"  {path.split(' ', maxsplit=1)[0]}" in command.help
    for option in command.params:
        if isinstance(option, click.Option) and not option.hidden:
            assert option.help, f"{path} {option.opts[0]} has no help"


@pytest.mark.parametrize("path", [p for p, c in COMMANDS.items() if not isinstance(c, click.Group)])
def test_every_command_prints_json_on_demand(path: str) -> None:
    """Scripts can read what every command says."""
    assert any("--json" in option.opts for option in COMMANDS[path].params), path


# Each command in a process of its own, forked from one that has read the command line and no more.
_HELP = """
import json, os, sys
from connector.cli import run

for path in json.loads(sys.argv[1]):
    if not os.fork():
        code = run([*path.split(" ")[1:], "--help"])
        sys.stdout.flush()
        os.write(1, f"\\nIMPORTED {json.dumps([path, code, list(sys.modules)])}\\n".encode())
        os._exit(0)
    os.wait()
"""


@pytest.fixture(scope="module")
def imported() -> dict[str, list[str]]:
    """The modules that there are after each command's `--help`."""
    said = subprocess.run(
        [sys.executable, "-c", _HELP, json.dumps(list(COMMANDS))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line for line in said.splitlines() if line.startswith("IMPORTED ")]
    told = [json.loads(line.removeprefix("IMPORTED ")) for line in lines]
    return {path: modules for path, code, modules in told if code == 0}


@pytest.mark.parametrize("path", COMMANDS)
def test_help_imports_nothing_heavy(path: str, imported: dict[str, list[str]]) -> None:
    """`--help` answers at once: no model, client or validation library is imported for it."""
    assert "connector.cli" in imported[path]
    assert not {*HEAVY} & {*imported[path]}
