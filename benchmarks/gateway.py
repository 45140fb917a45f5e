"""What a hop costs: the gateway's ranking against OpenSearch's own strong hybrid, and passing on.

Run: python -m benchmarks.gateway --index esci --queries queries.tsv [--rounds 3]
     python -m benchmarks.gateway --index esci --queries queries.tsv --seconds 1800 --rate 20
The gateway has a process for each core. Four ways to send the same text take turns query by query, query
vectors remembered by all. With --seconds requests come at random times, whether or not earlier ones
are answered (open loop); errors, answers of 503 and what the process holds in memory are printed.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from benchmarks.machine import machine
from benchmarks.query import texts
from benchmarks.served import served
from connector.cluster import connect
from connector.settings import Settings, load
from mappings.live import LiveIndex, open_index
from query.encode import QueryEncoder
from query.fuse.native import hybrid
from query.legs import filtered, four_part, lexical, nearest
from query.segments import segments
from query.understand.interpretation import Interpretation

Json = dict[str, Any]
# Sends a text once.
Send = Callable[[str], None]

CLUSTER, PASSED, STRONG, RANKED = "cluster", "passed on", "strong", "ranked"
CLIENTS = 16
_BLOCK = 512
_MIB = 1024**2


def lexical_body(live: LiveIndex, text: str) -> Json:
    """Return what a client asks that knows nothing of vectors."""
    title = live.catalogue.title
    fields = [f"{title}^2", "all"]
    return {"_source": [title], "query": {"multi_match": {"query": text, "fields": fields}}}


def strong_body(live: LiveIndex, encoder: QueryEncoder, depth: int, text: str) -> Json:
    """Return OpenSearch's own hybrid of the four-part BM25 and the vectors, half each."""
    vector, catalogue = encoder.vector(text), live.catalogue
    words = lexical(segments(Interpretation.of(text)), four_part(catalogue))
    legs = [filtered(words, ()), *(nearest(name, vector, depth, ()) for name in catalogue.vectors)]
    share = 0.5 / len(catalogue.vectors)
    return {
        "_source": [catalogue.title],
        **hybrid(legs, [0.5, *([share] * len(catalogue.vectors))], depth),
    }


def ways(index: str, settings: Settings, url: str) -> dict[str, Send]:
    """Return the four ways, each a function that sends a text and waits for the answer."""
    client = connect(settings.opensearch)
    live = open_index(client, index)
    encoder = QueryEncoder(live, settings.encoder)
    opened = httpx.Client(timeout=60, limits=httpx.Limits(max_keepalive_connections=CLIENTS))
    path = f"/{index}/_search"

    def way(base: str, body: Callable[[str], Json], mode: str | None = None) -> Send:
        headers = {"x-connector-mode": mode} if mode else {}

        def send(text: str) -> None:
            opened.post(base + path, json=body(text), headers=headers).raise_for_status()

        return send

    def plain(text: str) -> Json:
        return lexical_body(live, text)

    def strong(text: str) -> Json:
        return strong_body(live, encoder, settings.search.candidates, text)

    return {
        CLUSTER: way(settings.opensearch.url, plain),
        PASSED: way(url, plain, "pass"),
        STRONG: way(settings.opensearch.url, strong),
        RANKED: way(url, plain, "hybrid"),
    }


def one_client(
    sends: dict[str, Send], queries: Sequence[str], rounds: int
) -> dict[str, list[float]]:
    """Return the milliseconds of each way's requests, for each text in another order.

    What came before leaves the caches of both sides warm or cold: no way always follows the same one.
    """
    names, times = list(sends), {name: list[float]() for name in sends}
    chance = random.Random(1)
    for _, text in itertools.product(range(rounds), queries):
        chance.shuffle(names)
        for name in names:
            begin = time.perf_counter()
            sends[name](text)
            times[name].append((time.perf_counter() - begin) * 1000)
    return times


def many_clients(sends: dict[str, Send], queries: Sequence[str], rounds: int) -> dict[str, float]:
    """Return each way's requests a second with 16 clients, in blocks that take turns."""
    spent = dict.fromkeys(sends, 0.0)
    # Long enough that the last answers of a block, when clients run out of work, weigh little.
    block = list(itertools.islice(itertools.cycle(queries), _BLOCK))
    with ThreadPoolExecutor(CLIENTS) as clients:
        for _ in range(rounds):
            for name, send in sends.items():
                begin = time.perf_counter()
                list(clients.map(send, block))
                spent[name] += time.perf_counter() - begin
    return {name: rounds * len(block) / seconds for name, seconds in spent.items()}


def show(times: dict[str, list[float]], rates: dict[str, float]) -> None:
    """Print both tables and what they come to."""
    print(f"{'':12}{'p50 ms':>9}{'p95 ms':>9}{f'{CLIENTS} clients, /s':>18}")
    p50 = {name: statistics.median(each) for name, each in times.items()}
    p95 = {name: statistics.quantiles(each, n=20)[-1] for name, each in times.items()}
    for name in times:
        print(f"{name:12}{p50[name]:9.1f}{p95[name]:9.1f}{rates[name]:18.0f}")
    ratios = (one[RANKED] / one[STRONG] for one in (p50, p95, rates))
    print("ranked / strong: p50 {:.2f}, p95 {:.2f}, throughput {:.2f}".format(*ratios))
    print(f"passing on adds {p50[PASSED] - p50[CLUSTER]:.1f} ms p50")


async def open_loop(
    url: str, pid: int, bodies: Sequence[Json], seconds: float, rate: float
) -> Json:
    """Send bodies at random times and return what came of it.

    Args:
        url: to send to.
        pid: of the process whose memory, and whose children's, is read.
        bodies: one after the other, again and again.
        seconds: how long.
        rate: requests a second, on average.
    """
    chance, statuses, times = random.Random(1), Counter[str](), list[float]()
    memory = [_resident(pid)]
    async with httpx.AsyncClient(timeout=60) as client, asyncio.TaskGroup() as group:

        async def send(body: Json) -> None:
            begin = time.perf_counter()
            try:
                statuses[str((await client.post(url, json=body)).status_code)] += 1
            except httpx.TransportError as error:
                statuses[type(error).__name__] += 1
            times.append((time.perf_counter() - begin) * 1000)

        end = time.monotonic() + seconds
        for body in itertools.cycle(bodies):
            await asyncio.sleep(chance.expovariate(rate))
            if time.monotonic() > end:
                break
            group.create_task(send(body))
            memory.append(_resident(pid))
    cuts = statistics.quantiles(times, n=100)
    tenth = max(1, len(memory) // 10)
    return {
        "answers": dict(statuses),
        "p50, p95, p99 ms": [round(cuts[at], 1) for at in (49, 94, 98)],
        "MiB after a tenth, at the end": [round(memory[tenth]), round(memory[-1])],
    }


def _resident(pid: int) -> float:
    """Return what a process and its children hold, MiB."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    children = sum(_resident(int(child)) for child in told)
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return children + pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def main() -> None:
    """Print the figures of one index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", required=True)
    parser.add_argument("--queries", required=True, nargs="+", type=Path, help="TSV with `query`")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, help="of open-loop load, instead of the tables")
    parser.add_argument("--rate", type=float, default=10.0, help="of the open loop, a second")
    cores = os.cpu_count() or 1
    parser.add_argument("--processes", type=int, default=cores, help="of the gateway")
    given = parser.parse_args()
    queries, settings = texts(given.queries), load()
    own = {
        "CONNECTOR_GATEWAY__RULES": json.dumps({given.index: "hybrid"}),
        "CONNECTOR_GATEWAY__PROCESSES": str(given.processes),
    }
    with served(env=os.environ | own) as (url, process):
        sends = ways(given.index, settings, url)
        for _ in range(2 * given.processes):
            _warm(sends, queries, url)
        print(f"# {machine()}; load average {os.getloadavg()[0]:.1f}; {len(queries)} queries")
        print(f"# {given.processes} processes of the gateway")
        if given.seconds:
            live = open_index(connect(settings.opensearch), given.index)
            bodies = [lexical_body(live, text) for text in queries]
            path = f"{url}/{given.index}/_search"
            print(
                json.dumps(
                    asyncio.run(open_loop(path, process.pid, bodies, given.seconds, given.rate))
                )
            )
        else:
            times = one_client(sends, queries, given.rounds)
            show(times, many_clients(sends, queries, given.rounds))
        _tell(url)


def _warm(sends: dict[str, Send], queries: Sequence[str], url: str) -> None:
    """Wait until the index is open, and send every text each way once, so that vectors are known.

    Which process answers is chance: once more makes it likely that each has.
    """
    while 'searches_total{by="hybrid"}' not in httpx.get(f"{url}/_connector/metrics").text:
        sends[RANKED](queries[0])
        time.sleep(0.1)
    for text, send in itertools.product(queries, sends.values()):
        send(text)


def _tell(url: str) -> None:
    """Print who ranked, and why not."""
    for line in httpx.get(f"{url}/_connector/metrics").text.splitlines():
        if line.startswith(
            ("connector_gateway_searches_total", "connector_gateway_fallbacks_total")
        ):
            print(f"# {line}")


if __name__ == "__main__":
    main()
