"""`connector reindex`: one module for each thing an operator does.

`look` shows what would be done and what is, `go` begins a run and goes on with it, with the `wishes`
that may be had of it, `decide` ends it; `opened` is what all of them begin with. The worker's command
is `ingest.reindex.distributed.commands`.
"""

import click

from ingest.reindex.commands import decide, go, look
from ingest.reindex.distributed.commands import worker


@click.group()
def reindex() -> None:
    """Bring a new model or mapping in under live traffic.

    \b
    Example:
      connector reindex plan
      connector reindex start
      connector reindex finish
    """


for _command in (
    look.plan,
    go.start,
    go.resume,
    worker,
    look.status,
    decide.finish,
    decide.rollback,
    decide.abort,
):
    reindex.add_command(_command)
