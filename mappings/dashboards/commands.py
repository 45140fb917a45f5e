"""`connector dashboards apply|export|check`."""

from pathlib import Path

import click

from connector.commands import json_option, print_json, settings_of


@click.group()
def dashboards() -> None:
    """Pictures of relevance, behaviour and ingest for OpenSearch Dashboards 2.x, 3.x and Kibana.

    \b
    Example:
      connector dashboards apply
    """


@dashboards.command()
@json_option
@click.pass_context
def apply(ctx: click.Context, as_json: bool) -> None:
    """Install index templates, index patterns and dashboards; what is there already is replaced.

    The address and credentials of Dashboards are the settings dashboards.url, .username, .password
    and .tenant; those of OpenSearch are its own.

    \b
    Example:
      connector --set dashboards.url=http://127.0.0.1:5601 dashboards apply
    """
    from contextlib import closing

    from connector.cluster import connect
    from mappings.dashboards.boards import BOARDS
    from mappings.dashboards.objects import ndjson, saved_objects
    from mappings.dashboards.server import Server
    from mappings.history import fields, store

    settings = settings_of(ctx)
    server = Server(settings.dashboards)
    version = server.version()
    with closing(connect(settings.opensearch)) as client:
        done = [line for index in fields.FIELDS for line in store.ensure(client, index)]
    count = server.import_(ndjson(saved_objects(prefix=settings.behaviour.prefix)))
    url = settings.dashboards.url.rstrip("/")
    views = {board.id: f"{url}/app/dashboards#/view/{board.id}" for board in BOARDS}
    if as_json:
        print_json({"version": version, "done": done, "objects": count, "dashboards": views})
        return
    for line in (*done, f"imported {count} objects into Dashboards {version}", *views.values()):
        click.echo(line)


@dashboards.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--kibana", is_flag=True, help="For Kibana 7.10 and newer.")
@json_option
@click.pass_context
def export(ctx: click.Context, file: Path, kibana: bool, as_json: bool) -> None:
    """Write the saved objects to FILE (.ndjson), to be imported by hand; no server is asked.

    \b
    Example:
      connector dashboards export connector.ndjson
    """
    from connector import files
    from connector.errors import UsageError
    from mappings.dashboards.objects import ndjson, saved_objects

    prefix = settings_of(ctx).behaviour.prefix
    objects = saved_objects("kibana" if kibana else "opensearch", prefix)
    if file.suffix != ".ndjson":
        raise UsageError(f"{file}: Dashboards imports files named .ndjson only; name it so")
    files.write(file, ndjson(objects))
    if as_json:
        print_json({"file": str(file), "objects": len(objects)})
        return
    click.echo(f"{len(objects)} objects in {file}; import them under Dashboards Management")


@dashboards.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Look for what an importer would refuse in FILE; no server is asked. Exit code 1 if it would.

    \b
    Example:
      connector dashboards check connector.ndjson
    """
    from connector.errors import UsageError
    from mappings.dashboards.check import faults

    try:
        found = faults(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read ({type(error).__name__})") from None
    if as_json:
        print_json({"file": str(file), "faults": found})
    else:
        for line in found or [f"{file}: nothing that an importer would refuse"]:
            click.echo(line)
    if found:
        ctx.exit(1)
