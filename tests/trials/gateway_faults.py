"""A gateway under open-loop traffic while its model hangs, the line to the cluster fails, and the node dies.

`python -m trials.gateway_faults --seconds 30 --rate 20`
"""

import argparse
import asyncio
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from kit.node import Node, node
from kit.proxy import Exchange, Faults, Proxy, proxy
from kit.wire import Http
from plugins.example_shop import opened
from plugins.gateway import serving
from plugins.query_shop import Shop
from plugins.tiny_model import build as build_model

from connector.cluster import connect
from connector.settings import GatewaySettings, Settings
from query.encode import QueryEncoder
from query.gateway.budget import GRACE_S

Json = dict[str, Any]
Request = Callable[[httpx.AsyncClient], Any]

# What every client says it waits, and when one that got no answer is counted as hanging.
TIMEOUT_S, HANG_S = 2.0, 15.0
_LOOK_S = 0.05
_THEIRS = ("unavailable_exception", "timeout_exception")
_TEMPLATE = "trial-words"


@dataclass
class Tally:
    """Answers of one phase.

    Attributes:
        kinds: how many of each.
        slowest_s: of all of them.
        hangs: requests without an answer in time.
        own_faults: answers of 500 and above that the gateway gave by itself.
        late_s: by how much a clock of the clients was late at most: the machine's doing.
        alive_s: the slowest `livez`, asked all the time: what holds up the gateway holds it up, too.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    hangs: int = 0
    own_faults: int = 0
    late_s: float = 0.0
    alive_s: float = 0.0

    def heard(self, answer: httpx.Response, seconds: float) -> None:
        """Count an answer."""
        self.slowest_s = max(self.slowest_s, seconds)
        for kind in _kinds(answer):
            self.kinds[kind] += 1
        self.own_faults += answer.status_code >= 500 and not _is_told(answer)

    @property
    def figures(self) -> Json:
        """All of it, for people."""
        return {
            "answers": dict(sorted(self.kinds.items())),
            "slowest s": round(self.slowest_s, 2),
            "of its timeout": round(self.slowest_s / (TIMEOUT_S + GRACE_S), 2),
            "hangs": self.hangs,
            "5xx of the gateway": self.own_faults,
            "slowest livez s": round(self.alive_s, 2),
            "clients' clock late s": round(self.late_s, 2),
        }


def _kinds(answer: httpx.Response) -> list[str]:
    if answer.status_code != 200:
        return [f"{answer.status_code} {_kind_of(answer)}"]
    body = answer.json()
    told = [one.get("ext", {}).get("connector") for one in body.get("responses", [body])]
    return [" ".join(filter(None, (one["mode"], one.get("reason")))) for one in told if one] or [
        "passed through"
    ]


def _kind_of(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["error"]["type"])
    except (ValueError, KeyError, TypeError):
        return "without a form"


def _is_told(answer: httpx.Response) -> bool:
    """Return whether an error is the cluster's: its own words, or that it did not answer."""
    return _kind_of(answer) in _THEIRS or "root_cause" in answer.text


class Model:
    """Query vectors, which may hang."""

    def __init__(self) -> None:
        self._well = threading.Event()
        self._well.set()
        self._encode = QueryEncoder._encode

    @contextmanager
    def patched(self) -> Iterator["Model"]:
        """Stand in for the model's own method."""
        own = self

        def encode(encoder: QueryEncoder, text: str) -> Any:
            own._well.wait()
            return own._encode(encoder, text)

        QueryEncoder._encode = encode  # type: ignore[method-assign]
        try:
            yield self
        finally:
            self._well.set()
            QueryEncoder._encode = self._encode  # type: ignore[method-assign]

    def hang(self) -> None:
        """Answer nobody."""
        self._well.clear()

    def go_on(self) -> None:
        """Answer all who wait."""
        self._well.set()


def requests(shop: Shop) -> Iterator[Request]:
    """Yield requests: a search, several, a template, and what passes through."""
    index, wait = shop.alias, f"{TIMEOUT_S:g}s"
    titles = itertools.cycle(str(one.get("title", "lamp")) for one in shop.documents.values())
    told = {"ext": {"connector": {"explain": True}}}
    for number in itertools.count():
        # Each text once: what is remembered needs no model.
        words = {"match": {"title": f"{next(titles)} {number}"}}
        body = {"query": words, "timeout": wait, "_source": False, **told}
        kinds: tuple[Request, ...] = (
            lambda client, body=body: client.post(f"/{index}/_search", json=body),
            lambda client, body=body: client.post(
                "/_msearch",
                content="".join(f"{json.dumps(line)}\n" for line in ({"index": index}, body) * 2),
                headers={"content-type": "application/json"},
            ),
            lambda client, text=words["match"]["title"]: client.post(
                f"/{index}/_search/template?timeout={wait}",
                json={"id": _TEMPLATE, "params": {"text": text}},
                headers={"x-connector-explain": "true"},
            ),
            lambda client: client.post(
                f"/{index}/_search?timeout={wait}", json={"size": 1, "sort": ["_doc"]}
            ),
        )
        yield kinds[number % len(kinds)]


async def flow(url: str, made: Iterator[Request], seconds: float, rate: float) -> Tally:
    """Send requests at a steady rate, however long their answers take; return what came back."""
    tally = Tally()

    async def one(client: httpx.AsyncClient) -> None:
        begin = time.monotonic()
        try:
            answer = await next(made)(client)
        except httpx.TimeoutException:
            tally.hangs += 1
        except httpx.TransportError as error:
            tally.kinds[f"no answer: {type(error).__name__}"] += 1
            tally.own_faults += 1
        else:
            tally.heard(answer, time.monotonic() - begin)

    async def watch(client: httpx.AsyncClient) -> None:
        while True:
            begin = time.monotonic()
            await asyncio.sleep(_LOOK_S)
            tally.late_s = max(tally.late_s, time.monotonic() - begin - _LOOK_S)
            begin = time.monotonic()
            await client.get("/_connector/livez")
            tally.alive_s = max(tally.alive_s, time.monotonic() - begin)

    limits = httpx.Limits(max_connections=None)
    async with (
        httpx.AsyncClient(base_url=url, timeout=HANG_S, limits=limits) as client,
        asyncio.TaskGroup() as group,
    ):
        watching = group.create_task(watch(client))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            group.create_task(one(client))
            await asyncio.sleep(1 / rate)
        watching.cancel()
    return tally


def trial(seconds: float, rate: float, folder: Path) -> Json:
    """Run every phase on a node of its own; return their figures."""
    with (
        node() as cluster,
        Model().patched() as model,
        proxy(cluster.access.url.removeprefix("http://"), Http()) as line,
    ):
        settings = cluster.serve(Settings())
        client = connect(settings.opensearch)
        with opened(client, settings, build_model(folder)) as shop:
            source = {"query": {"match": {"title": "{{text}}"}}, "_source": False}
            script = {"script": {"lang": "mustache", "source": source}}
            client.put_script(id=_TEMPLATE, body=script)
            through = settings.opensearch.model_copy(update={"url": f"http://{line.bootstrap}"})
            own = GatewaySettings(rules={shop.alias: "hybrid"}, concurrent=500)
            changes = {"opensearch": through, "gateway": own}
            with serving(settings.model_copy(update=changes)) as url:
                _await_ranking(url, shop)
                return _phases(url, shop, cluster, line, model, seconds, rate)


def _phases(  # noqa: PLR0913, PLR0917 - everything that can go wrong
    url: str,
    shop: Shop,
    cluster: Node,
    line: Proxy,
    model: Model,
    seconds: float,
    rate: float,
) -> Json:
    made = requests(shop)

    def during(
        begin: Callable[[], object] = lambda: None,
        end: Callable[[], object] = lambda: None,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Json:
        begin()
        with ThreadPoolExecutor(1) as thread:
            flowing = thread.submit(lambda: asyncio.run(flow(url, made, seconds, rate)))
            # In this thread: a node ends with the one that started it.
            meanwhile()
            found = flowing.result()
        end()
        _await_ranking(url, shop)
        return found.figures

    def broken(**faults: Any) -> Callable[[], None]:
        return lambda: setattr(line, "faults", Faults(**faults))

    cut = lambda request: Exchange(request, lambda _: None)  # noqa: E731
    return {
        "calm": during(),
        "model hangs": during(model.hang, model.go_on),
        "cluster slow": during(broken(latency_s=0.4), broken()),
        "cluster silent": during(broken(black_hole=True), broken()),
        "answers cut": during(broken(cut=0.3), broken()),
        "every answer cut": during(broken(meddle=cut), broken()),
        "node killed and restarted": during(meanwhile=cluster.restart),
        "calm again": during(),
    }


def _await_ranking(url: str, shop: Shop) -> None:
    """Wait until searches are ranked, as they must be once nothing is wrong."""
    end = time.monotonic() + 120
    for number in itertools.count():
        body = {
            "query": {"match": {"title": f"lamp {number}"}},
            "ext": {"connector": {"explain": True}},
        }
        answer = httpx.post(f"{url}/{shop.alias}/_search", json=body, timeout=90)
        if answer.status_code == 200 and answer.json()["ext"]["connector"]["mode"] == "hybrid":
            return
        assert time.monotonic() < end, answer.text
        time.sleep(0.1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=20.0)
    given = parser.parse_args()
    with TemporaryDirectory(prefix="trial-") as place:
        for name, figures in trial(given.seconds, given.rate, Path(place)).items():
            print(name, json.dumps(figures), flush=True)
