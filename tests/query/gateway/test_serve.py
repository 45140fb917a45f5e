import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from plugins.query_shop import Shop
from plugins.servers import environment
from trials.hostile import until_alive

pytestmark = pytest.mark.server


@pytest.fixture
def two(shop: Shop) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Address and parent of a gateway of two processes."""
    command = [sys.executable, "-m", "connector", "--set", "gateway.processes=2", "gateway"]
    settings = environment(shop.settings) | {"CONNECTOR_GATEWAY__RULES": '{"*": "pass"}'}
    with subprocess.Popen(
        [*command, "--port", "0", "--json"], env=settings, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            lines = iter(process.stdout or ())
            url = json.loads("".join([next(lines), next(lines), next(lines)]))["url"]
            yield url, process
        finally:
            process.terminate()
            process.wait(60)


def _children(process: subprocess.Popen[str]) -> set[int]:
    """Return the processes that answer; Python's own helper of spawned ones left out."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text("ascii")
    return {int(each) for each in listed.split() if b"spawn_main" in _command(each)}


def _command(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        # It ended meanwhile.
        return b""


def test_several_processes_answer_as_one(two: tuple[str, subprocess.Popen[str]]) -> None:
    """Counts are of all of them, one that is killed is replaced, and SIGTERM ends them all."""
    url, process = two
    until_alive(url)
    for _ in range(20):
        httpx.get(f"{url}/_cat/no-such", timeout=60)
    told = httpx.get(f"{url}/_connector/metrics", timeout=60).text
    counts = re.findall(r'requests_total\{call="_cat",status="\d+"\} ([\d.]+)', told)
    assert sum(map(float, counts)) == 20
    first = _children(process)
    assert len(first) == 2
    os.kill(min(first), signal.SIGKILL)
    while len(_children(process) - first) < 1:
        time.sleep(0.1)
    until_alive(url)
    process.terminate()
    assert process.wait(60) == 0
    with pytest.raises(httpx.TransportError):
        httpx.get(url)
