"""`connector mappings apply|show|diff`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of

if TYPE_CHECKING:
    from mappings.catalogue import Catalogue
    from mappings.contract import ModelContract

catalogue_option = click.option(
    "-c",
    "--catalogue",
    "catalogue_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Catalogue file.  [default: the setting catalogue]",
)


@click.group()
def mappings() -> None:
    """Create, show and compare the index that a catalogue file describes.

    \b
    Example:
      connector mappings apply -c examples/shop/catalogue.toml
    """


@mappings.command()
@catalogue_option
@json_option
@click.pass_context
def apply(ctx: click.Context, catalogue_file: Path | None, as_json: bool) -> None:
    """Make index template, index and filtered alias what the catalogue asks for.

    What a running index can take is changed in place; workers that run keep the catalogue they
    began with until they are restarted. Where documents would have to be written again, or another
    model embeds them, nothing is changed and the exit code is 3.

    \b
    Example:
      connector mappings apply -c examples/shop/catalogue.toml
    """
    from connector.cluster import connect
    from mappings.apply import apply as bring_about
    from mappings.live import find_index, open_index

    catalogue, contract = _read(ctx, catalogue_file)
    client = connect(settings_of(ctx).opensearch)
    before = find_index(client, catalogue.name)
    done = bring_about(client, catalogue, contract)
    physical = open_index(client, catalogue.name).physical
    if as_json:
        print_json({"alias": catalogue.name, "index": physical, "done": done})
        return
    for line in done or [f"nothing to do: {physical!r} is what the catalogue asks for"]:
        click.echo(line)
    if before and before.meta["catalogue_hash"] != catalogue.hash:
        click.echo("now give this file to the workers that run, and restart them")


@mappings.command()
@catalogue_option
@json_option
@click.pass_context
def show(ctx: click.Context, catalogue_file: Path | None, as_json: bool) -> None:
    """Print the requests that `apply` sends where nothing exists yet; no cluster is asked.

    \b
    Example:
      connector mappings show -c examples/shop/catalogue.toml
    """
    from mappings.apply import requests

    sent = requests(*_read(ctx, catalogue_file))
    if as_json:
        print_json([{"method": "PUT", "path": path, "body": body} for path, body in sent])
        return
    for path, body in sent:
        click.echo(f"PUT {path}\n{json.dumps(body, ensure_ascii=False, indent=2)}\n")


@mappings.command()
@catalogue_option
@json_option
@click.pass_context
def diff(ctx: click.Context, catalogue_file: Path | None, as_json: bool) -> None:
    """List what differs between the live index and the catalogue, and whether it needs a reindex.

    \b
    Example:
      connector mappings diff -c examples/shop/catalogue.toml --json
    """
    from dataclasses import asdict

    from connector.cluster import connect
    from mappings.apply import say
    from mappings.compare import differences
    from mappings.live import open_index

    catalogue, contract = _read(ctx, catalogue_file)
    live = open_index(connect(settings_of(ctx).opensearch), catalogue.name)
    found = differences(catalogue, contract, live)
    if as_json:
        print_json({"index": live.physical, "differences": [asdict(each) for each in found]})
        return
    if not found:
        click.echo(f"no difference: {live.physical!r} is what the catalogue asks for")
    for each in found:
        click.echo(
            f"{each.path}: catalogue {say(each.wanted)}, live {say(each.live)} ({each.effect})"
        )


def _read(ctx: click.Context, file: Path | None) -> "tuple[Catalogue, ModelContract]":
    from mappings.catalogue import read
    from mappings.contract import contract_of

    catalogue = read(file or settings_of(ctx).catalogue)
    return catalogue, contract_of(catalogue)
