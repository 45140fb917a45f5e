"""`connector gateway` as a process of its own."""

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

import httpx


@contextmanager
def served(
    *flags: str, env: Mapping[str, str], stderr: TextIO | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `connector FLAGS gateway` on a free port for as long as the block lasts.

    Args:
        flags: of `connector` itself.
        env: of the process.
        stderr: where it writes its log; None is this process's.

    Yields:
        Its address, at which it answers, and the process.
    """
    command = [sys.executable, "-m", "connector", *flags, "gateway", "--port", "0", "--json"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=stderr, text=True
    ) as process:
        try:
            lines = itertools.takewhile(lambda line: line != "}\n", process.stdout or ())
            url = json.loads("".join(lines) + "}")["url"]
            httpx.get(f"{url}/_connector/livez", timeout=600)
            yield url, process
        finally:
            process.terminate()
            process.wait(60)
