"""`connector settings`, and the pieces that every command shares."""

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from connector.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")


def settings_of(ctx: click.Context) -> "Settings":
    """Read the settings once per run, from the group's --config and --set, and set up logging."""
    from connector import telemetry

    root = ctx.find_root()
    root.ensure_object(dict)
    if "settings" not in root.obj:
        found = settings_again(ctx)
        telemetry.configure(root.obj.get("verbose", False), found.log.format)
        root.obj["settings"] = found
    loaded: Settings = root.obj["settings"]
    return loaded


def settings_again(ctx: click.Context) -> "Settings":
    """Read the settings as they are by now, for what runs on and on."""
    from connector import settings

    given = ctx.find_root().obj
    return settings.load(given.get("config"), given.get("overrides", ()))


def print_json(value: Any) -> None:
    """Print one JSON document, readable and in UTF-8."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@click.command()
@json_option
@click.pass_context
def settings(ctx: click.Context, as_json: bool) -> None:
    """Print the effective settings, secrets hidden.

    \b
    Example:
      connector settings
      CONNECTOR_ENCODER__DEVICE=cpu connector --set search.candidates=100 settings --json
    """
    values = settings_of(ctx).model_dump(mode="json")
    if as_json:
        print_json(values)
        return
    for name, value in _flat(values):
        click.echo(f"{name} = {value}")


def _flat(values: dict[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    pairs: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{name}.")
        else:
            pairs.append((prefix + name, value))
    return pairs
