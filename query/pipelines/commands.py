"""`connector pipelines apply|show|remove`."""

import json
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opensearchpy import OpenSearch

    from query.pipelines.install import Resource

index_option = click.option("--index", required=True, help="Alias of the index.")
model_option = click.option(
    "--model-id",
    metavar="ID",
    help="Model in the cluster that embeds the text; without it clients send the vector.",
)


@click.group()
def pipelines() -> None:
    """Rank inside the cluster: search pipelines and a stored search, for clients without the gateway.

    \b
    Example:
      connector pipelines apply --index shop
    """


@pipelines.command()
@index_option
@model_option
@json_option
@click.pass_context
def apply(ctx: click.Context, index: str, model_id: str | None, as_json: bool) -> None:
    """Write the pipelines and the stored search where they differ; the learned weights are in them.

    \b
    Example:
      connector pipelines apply --index shop
    """
    from query.pipelines import install

    client, wanted = _wanted(ctx, index, model_id)
    _say(install.apply(client, wanted), wanted, as_json, "nothing to do: all is in the cluster")


@pipelines.command()
@index_option
@model_option
@json_option
@click.pass_context
def show(ctx: click.Context, index: str, model_id: str | None, as_json: bool) -> None:
    """Print the requests that `apply` sends where nothing exists yet.

    \b
    Example:
      connector pipelines show --index shop
    """
    _, wanted = _wanted(ctx, index, model_id)
    if as_json:
        print_json([{"method": "PUT", "path": one.path, "body": one.body} for one in wanted])
        return
    for one in wanted:
        click.echo(f"PUT {one.path}\n{json.dumps(one.body, ensure_ascii=False, indent=2)}\n")


@pipelines.command()
@index_option
@json_option
@click.pass_context
def remove(ctx: click.Context, index: str, as_json: bool) -> None:
    """Take the pipelines and the stored search out of the cluster.

    \b
    Example:
      connector pipelines remove --index shop
    """
    from query.pipelines import install

    client, wanted = _wanted(ctx, index, None)
    _say(install.remove(client, wanted), wanted, as_json, "nothing to do: nothing is there")


def _wanted(
    ctx: click.Context, index: str, model_id: str | None
) -> "tuple[OpenSearch, Sequence[Resource]]":
    from connector.cluster import connect, faults
    from mappings.live import open_index
    from query.pipelines.install import resources
    from query.pipelines.shares import shares
    from query.weights.files import in_force

    settings = settings_of(ctx)
    client = connect(settings.opensearch)
    weights = in_force(settings.search.weights)
    legs = shares(weights.weights, weights.first_pass)
    catalogue, depth = open_index(client, index).catalogue, settings.search.candidates
    with faults("reading the cluster's version"):
        version = client.info()["version"]["number"]
    return client, resources(catalogue, legs, depth, version, model_id)


def _say(done: list[str], wanted: "Sequence[Resource]", as_json: bool, nothing: str) -> None:
    if as_json:
        print_json({"names": [one.name for one in wanted], "done": done})
        return
    for line in done or [nothing]:
        click.echo(line)
