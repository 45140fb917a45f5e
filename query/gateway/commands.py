"""`connector gateway`."""

import socket
from typing import TYPE_CHECKING

import click

from connector.commands import json_option, print_json, settings_again, settings_of

if TYPE_CHECKING:
    from connector.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on.  [default: gateway.host]")
@click.option(
    "--port", type=click.IntRange(0, 65_535), help="Port to listen on.  [default: gateway.port]"
)
@json_option
@click.pass_context
def gateway(ctx: click.Context, host: str | None, port: int | None, as_json: bool) -> None:
    """Serve an endpoint that speaks OpenSearch, for clients that are written already.

    Calls that only read go on to the cluster as they came, with the client's own credentials.

    \b
    Example:
      connector gateway --port 9201
      curl 'http://127.0.0.1:9201/products/_search?q=jacket'
    """
    from query.gateway.serve import configured, run

    settings = _ranking(settings_of(ctx))
    own = settings.gateway
    verbose = bool(ctx.find_root().obj.get("verbose"))
    config = configured(settings, host or own.host, own.port if port is None else port, verbose)
    with config.bind_socket() as listening:
        # Else each answer waits 40 ms for an acknowledgement: its head and body are two writes.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name, number = listening.getsockname()[:2]
        url = f"{'https' if config.is_ssl else 'http'}://{name}:{number}"

        def tell() -> None:
            if as_json:
                print_json({"url": url})
            else:
                click.echo(f"{url} passes on to {settings.opensearch.url}")

        run(config, listening, verbose, lambda: _ranking(settings_again(ctx)), tell)


def _ranking(settings: "Settings") -> "Settings":
    """Return settings by whose weights searches can be ranked.

    Raises:
        WeightsError: the file that search.weights names is wrong; each index would be the cluster's own.
    """
    from query.weights.files import in_force

    in_force(settings.search.weights)
    return settings
