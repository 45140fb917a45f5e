"""What a run says about itself: log lines for machines and operators, a progress bar for people.

Product and query text never appear at the default level; secrets never appear at all.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def configure(verbose: bool = False) -> None:
    """Send the connector's log lines to standard error, at info or (verbose) debug level."""
    logging.basicConfig(format=FORMAT, level=logging.WARNING, stream=sys.stderr)
    level = logging.DEBUG if verbose else logging.INFO
    for room in ("connector", "ingest", "mappings", "query"):
        logging.getLogger(room).setLevel(level)


class Progress(Protocol):
    """How long work reports how far it is."""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say that `done` of `total` units are done; a None total leaves the last one standing."""


class _Lines:
    """Plain lines, at most one every few seconds: for logs, pipes and CI."""

    def __init__(self, title: str, every_s: float = 5.0) -> None:
        self._title, self._every_s = title, every_s
        self._said_at = time.monotonic()
        self._total: int | None = None

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        self._total = total if total is not None else self._total
        if time.monotonic() - self._said_at >= self._every_s:
            self._said_at = time.monotonic()
            of = f" of {self._total:,}" if self._total is not None else ""
            print(f"{self._title}: {done:,}{of} {note}".rstrip(), file=sys.stderr)  # noqa: T201


@contextmanager
def progress(title: str, total: int | None = None, unit: str = "records") -> Iterator[Progress]:
    """Show progress on standard error: a bar on a terminal, plain lines elsewhere.

    Processes that share a terminal write lines as well: their bars would paint over one another.
    """
    from multiprocessing import parent_process

    if not sys.stderr.isatty() or parent_process() is not None:
        lines = _Lines(title)
        lines.update(0, total)
        yield lines
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(title, total=total, note="")

        class _Bar:
            def update(self, done: int, total: int | None = None, note: str = "") -> None:
                bars.update(task, completed=done, total=total, note=note)

        yield _Bar()
