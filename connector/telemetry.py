"""What a run says about itself: log lines for machines and operators, a progress bar for people.

Product and query text never appear at the default level; secrets never appear at all.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal, Protocol

log = logging.getLogger(__name__)

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


class JsonLines(logging.Formatter):
    """A JSON object a line: `at`, `level`, `logger`, `thread`, `message`, and of an error `error`.

    Of an exception its type is kept; its words and its traceback may quote what a product says.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "thread": record.threadName,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
        return json.dumps(line, ensure_ascii=False)


def configure(verbose: bool = False, form: Literal["text", "json"] = "text") -> None:
    """Send the connector's log lines to standard error, at info or (verbose) debug level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    level = logging.DEBUG if verbose else logging.INFO
    for room in ("connector", "ingest", "mappings", "query"):
        logging.getLogger(room).setLevel(level)


def complain(message: str) -> None:
    """Say on standard error why a command failed, in the form of the log lines."""
    if any(isinstance(handler.formatter, JsonLines) for handler in logging.root.handlers):
        logging.getLogger("connector").error("%s", message)
    else:
        print(f"connector: {message}", file=sys.stderr)  # noqa: T201


class Progress(Protocol):
    """How long work reports how far it is."""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        """Say that `done` of `total` units are done; a None total leaves the last one standing."""


class _Lines:
    """Log lines, at most one every few seconds, and none that says the same again.

    For pipes, CI and machines that collect logs: an idle worker adds nothing to them.
    """

    def __init__(self, title: str, every_s: float = 5.0) -> None:
        self._title, self._every_s = title, every_s
        self._said_at = time.monotonic()
        self._total: int | None = None
        self._said = ""

    def update(self, done: int, total: int | None = None, note: str = "") -> None:
        self._total = total if total is not None else self._total
        if time.monotonic() - self._said_at < self._every_s:
            return
        of = f" of {self._total:,}" if self._total is not None else ""
        line = f"{self._title}: {done:,}{of} {note}".rstrip()
        if line != self._said:
            self._said_at, self._said = time.monotonic(), line
            log.info("%s", line)


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
