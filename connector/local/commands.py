"""`connector local up|down|status`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.commands import json_option, print_json

if TYPE_CHECKING:
    from connector.local.plan import Addresses
    from connector.local.stack import Stack
    from connector.local.state import Status

home_option = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the servers' state and data; several stacks can run side by side.",
)


@click.group()
def local() -> None:
    """Real OpenSearch, Kafka and Redis on this machine, without Docker.

    They listen on 127.0.0.1 only, keep their data between runs, and never run as root.

    \b
    Example:
      connector local up
      eval "$(connector local status --shell)"
      connector local down
    """


@local.command()
@home_option
@click.option(
    "--opensearch",
    "release",
    type=click.Choice(["3.6", "2.19"]),
    default="3.6",
    show_default=True,
    help="Which OpenSearch.",
)
@click.option("--secure", is_flag=True, help="With TLS and the security plugin (2.19 only).")
@click.option("--opensearch-port", type=int, help="Port; 0 = a free one.  [default: 9200 if free]")
@click.option("--kafka-port", type=int, help="Port; 0 = a free one.  [default: 9092 if free]")
@click.option("--redis-port", type=int, help="Port; 0 = a free one.  [default: 6379 if free]")
@click.option("--heap", default="1g", show_default=True, help="Java heap of OpenSearch.")
@click.option("--foreground", is_flag=True, help="Stay attached until Ctrl-C.")
@json_option
def up(home: Path | None, foreground: bool, as_json: bool, **chosen: Any) -> None:
    """Start the servers and wait until they are healthy; download them the first time.

    \b
    Example:
      connector local up
      connector local up --opensearch 2.19 --secure --home /tmp/previous --opensearch-port 0
    """
    from connector.errors import UsageError
    from connector.local.plan import Options

    def ready(addresses: "Addresses") -> None:
        if as_json:
            print_json(addresses.as_json())
        else:
            _show(addresses, home)

    options = Options(**chosen)
    if options.secure and options.release != "2.19":
        raise UsageError(
            "--secure needs --opensearch 2.19: no security plugin for 3.6 is published"
        )
    stack = _stack(home)
    click.echo(f"starting the servers of {stack.home}", err=True)
    if foreground:
        stack.hold(options, ready)
    else:
        ready(stack.start(options))


@local.command()
@home_option
@json_option
def down(home: Path | None, as_json: bool) -> None:
    """Stop the servers; their data stays.

    \b
    Example:
      connector local down
    """
    stack = _stack(home)
    stopped = stack.stop()
    if as_json:
        print_json({"stopped": stopped})
        return
    click.echo("stopped" if stopped else "nothing was running")
    click.echo(f"data kept in {stack.home}; delete the folder to start from nothing")


@local.command()
@home_option
@click.option("--shell", is_flag=True, help="Print export lines for eval.")
@json_option
def status(home: Path | None, shell: bool, as_json: bool) -> None:
    """Say how the servers fare, by asking each, and how to reach them.

    \b
    Example:
      connector local status
      eval "$(connector local status --shell)"
    """
    from connector.errors import LocalServerError

    stack = _stack(home)
    state = stack.status()
    if as_json:
        print_json(_as_json(state))
        return
    if state is None or state.phase != "running":
        phase = state.phase if state else "never started"
        why = f" ({state.reason})" if state and state.reason else ""
        raise LocalServerError(
            f"the servers of {stack.home} do not run: {phase}{why}; start with `connector local up`"
        )
    if shell:
        for name, value in state.addresses.variables().items():
            click.echo(f"export {name}={shlex.quote(value)}")
        return
    _show(state.addresses, home)
    silent = [name for name, well in state.addresses.health().items() if not well]
    if silent:
        logs = ", ".join(str(stack.home / f"{name}.log") for name in silent)
        raise LocalServerError(
            f"{' and '.join(silent)} cannot be reached or is not well; see {logs}"
        )
    click.echo("all healthy")


def _stack(home: Path | None) -> "Stack":
    from connector.local.places import default_home
    from connector.local.stack import Stack

    return Stack((home or default_home()).absolute())


def _show(addresses: "Addresses", home: Path | None) -> None:
    from connector.local.plan import USUAL

    click.echo(f"OpenSearch  {addresses.opensearch.url}")
    click.echo(f"Kafka       {addresses.kafka}")
    click.echo(f"Redis       {addresses.redis}")
    if addresses == USUAL:
        click.echo("These are the addresses every command uses unless told otherwise.")
        return
    named = f" --home {shlex.quote(str(home))}" if home else ""
    click.echo("Point the commands at them with:")
    click.echo(f'  eval "$(connector local status{named} --shell)"')


def _as_json(state: "Status | None") -> dict[str, Any]:
    if state is None:
        return {"phase": "stopped", "reason": "never started"}
    health = state.addresses.health() if state.phase == "running" else {}
    return state.as_json() | {"health": health}
