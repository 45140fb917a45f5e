import contextlib
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import httpx
import pytest
from plugins.query_shop import Shop
from plugins.servers import environment

from benchmarks.served import served

pytestmark = pytest.mark.server


Run = Callable[..., contextlib.AbstractContextManager[tuple[str, subprocess.Popen[str]]]]


@pytest.fixture
def serving(shop: Shop, tmp_path: Path) -> Run:
    """Run the command with settings from a file: `serving(processes)`; address and parent."""
    file = tmp_path / "connector.toml"

    @contextlib.contextmanager
    def run(processes: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        flags = ["--config", str(file), "--set", f"gateway.processes={processes}"]
        with served(*flags, env=environment(shop.settings)) as found:
            yield found

    file.write_text('[gateway.rules]\n"*" = "pass"\n')
    return run


def credentials(shop: Shop) -> tuple[str, str] | None:
    cluster = shop.settings.opensearch
    secret = cluster.password.get_secret_value() if cluster.password else ""
    return (cluster.username, secret) if cluster.username else None


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


class Shoppers:
    """Several who search again and again over connections that they keep."""

    def __init__(self, url: str, shop: Shop) -> None:
        self.modes: list[str] = []
        self.faults: list[str] = []
        self._where, self._shop = f"{url}/{shop.alias}/_search", shop
        self._enough = threading.Event()

    def __enter__(self) -> Self:
        self._threads = [threading.Thread(target=self._search) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def until(self, mode: str) -> None:
        """Wait until this mode alone has answered for a while."""
        deadline = time.monotonic() + 200
        while set(self.modes[-20:]) != {mode} or len(self.modes) < 20:
            assert time.monotonic() < deadline, (self.modes[-20:], self.faults)
            time.sleep(0.05)

    def _search(self) -> None:
        body = {"query": {"match": {"title": "lamp"}}, "ext": {"connector": {"explain": True}}}
        with httpx.Client(auth=credentials(self._shop), timeout=60) as client:
            while not self._enough.is_set():
                try:
                    answer = client.post(self._where, json=body)
                    self.modes.append(answer.json()["ext"]["connector"]["mode"])
                except (httpx.TransportError, KeyError, ValueError) as error:
                    self.faults.append(repr(error))
                # As shoppers do, a connection rests between two searches.
                self._enough.wait(0.05)


@pytest.mark.once
def test_a_reload_drops_no_request(serving: Run, shop: Shop, tmp_path: Path) -> None:
    """After SIGHUP the settings' new rules are in force, and nobody was left without an answer."""
    with serving(1) as (url, process), Shoppers(url, shop) as shoppers:
        shoppers.until("pass")
        rules = f'[gateway]\nbudget_s = 30\n[gateway.rules]\n{shop.alias} = "hybrid"\n'
        (tmp_path / "connector.toml").write_text(rules)
        process.send_signal(signal.SIGHUP)
        shoppers.until("hybrid")
    assert shoppers.faults == []
    assert set(shoppers.modes) == {"pass", "hybrid"}


@pytest.mark.once
def test_several_processes_are_replaced_under_way(serving: Run, shop: Shop) -> None:
    """One after the other: all of them are others afterwards, and no request was dropped."""
    with serving(2) as (url, process), Shoppers(url, shop) as shoppers:
        shoppers.until("pass")
        before = _children(process)
        process.send_signal(signal.SIGHUP)
        while before & _children(process) or len(_children(process)) != 2:
            time.sleep(0.05)
        shoppers.modes.clear()
        shoppers.until("pass")
    assert shoppers.faults == []


@pytest.mark.parametrize(
    "wrong", ["[gateway]\nno_such = 1\n", "[search]\nweights = 'broken.json'\n"]
)
def test_settings_that_are_wrong_are_not_taken(
    serving: Run, tmp_path: Path, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway goes on as it was, and SIGTERM lets it end as told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_text("{")
    with serving(1) as (url, process):
        before = _children(process)
        (tmp_path / "connector.toml").write_text(wrong)
        process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{url}/_connector/livez", timeout=60).status_code == 200
        time.sleep(1)
        assert _children(process) == before
        process.terminate()
        assert process.wait(60) == 0


def test_several_processes_answer_as_one(serving: Run) -> None:
    """Counts are of all of them, one that is killed is replaced, and SIGTERM ends them all."""
    with serving(2) as (url, process):
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
        assert httpx.get(f"{url}/_connector/livez", timeout=60).status_code == 200
        process.terminate()
        assert process.wait(60) == 0
    with pytest.raises(httpx.TransportError):
        httpx.get(url)
