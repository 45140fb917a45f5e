"""How long a search takes, against OpenSearch's own strong hybrid in the same run.

Run: python -m benchmarks.query --index esci --queries queries.tsv [--rounds 3] [--json]
All systems rank `search.candidates` products, with one client and with eight, query vectors
remembered and computed anew; then the parts of one hybrid search, see `benchmarks.parts`.
"""

import argparse
import csv
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import orjson

from benchmarks.machine import machine
from benchmarks.parts import Part, parts
from connector.settings import load
from query.request import SearchRequest, System
from query.search import Searcher

SYSTEMS: tuple[System, ...] = ("bm25", "native", "strong", "hybrid")
AGAINST: System = "strong"
CLIENTS = (1, 8)

# Searches by one system for one text.
Ask = Callable[[System, str], object]


@dataclass(frozen=True)
class Figures:
    """One system under one load.

    Attributes:
        p50, p95: milliseconds of a search.
        rate: searches a second, all clients together.
        ratio: of the p50 to that of `AGAINST` under the same load.
    """

    p50: float
    p95: float
    rate: float
    ratio: float


def texts(files: Sequence[Path]) -> list[str]:
    """Return the column `query` of tab-separated files, each query once."""
    found: dict[str, None] = {}
    for file in files:
        with file.open(encoding="utf-8", newline="") as lines:
            found |= dict.fromkeys(row["query"] for row in csv.DictReader(lines, delimiter="\t"))
    return list(found)


def turns(rounds: int, blocks: int) -> Iterator[tuple[int, tuple[System, ...]]]:
    """Yield block numbers with the systems in order, another one first each time.

    No system always finds the caches that another one filled.
    """
    for turn, block in product(range(rounds), range(blocks)):
        first = (turn + block) % len(SYSTEMS)
        yield block, SYSTEMS[first:] + SYSTEMS[:first]


def measure(ask: Ask, queries: Sequence[str], rounds: int, clients: int) -> dict[System, Figures]:
    """Return each system's figures; one client's systems take turns query by query.

    Eight clients ask 64 queries before the next system's turn, so that waiting for the last of
    them hardly counts.

    Args:
        ask: searches.
        queries: all of them are asked once a round.
        rounds: how often.
        clients: threads that ask at the same time.
    """
    size = clients * clients
    blocks = [queries[start : start + size] for start in range(0, len(queries), size)]
    times: dict[System, list[float]] = {system: [] for system in SYSTEMS}
    spent = dict.fromkeys(SYSTEMS, 0.0)
    with ThreadPoolExecutor(clients) as threads:
        for block, systems in turns(rounds, len(blocks)):
            for system in systems:
                begin = time.perf_counter()
                times[system] += threads.map(
                    lambda text, s=system: timed(ask, s, text), blocks[block]
                )
                spent[system] += time.perf_counter() - begin
    return figures(times, spent)


def timed(ask: Ask, system: System, text: str) -> float:
    """Return the milliseconds of one search."""
    begin = time.perf_counter()
    ask(system, text)
    return (time.perf_counter() - begin) * 1000


def figures(times: dict[System, list[float]], spent: dict[System, float]) -> dict[System, Figures]:
    """Return the figures of searches.

    Args:
        times: milliseconds of each.
        spent: seconds until all of a system's searches were answered.
    """
    base = statistics.median(times[AGAINST])
    return {
        system: Figures(
            p50=statistics.median(each),
            p95=statistics.quantiles(each, n=20)[-1],
            rate=len(each) / spent[system],
            ratio=statistics.median(each) / base,
        )
        for system, each in times.items()
    }


@dataclass(frozen=True)
class Report:
    """What was read on one index.

    Attributes:
        index: its alias.
        products: in it.
        candidates: that every system ranks.
        queries: that were asked.
        load: figures by system, by what load they were read under.
        parts: of a hybrid search.
    """

    index: str
    products: int
    candidates: int
    queries: int
    load: dict[str, dict[System, Figures]]
    parts: tuple[Part, ...]


def report(alias: str, queries: Sequence[str], rounds: int) -> Report:
    """Read everything on one index."""
    settings = load()
    with Searcher.open(alias, settings) as searcher:
        reader = searcher._reader  # noqa: SLF001 - a search is taken apart

        def remembered(system: System, text: str) -> object:
            return searcher.search(SearchRequest(text, system=system))

        def anew(system: System, text: str) -> object:
            reader.prepared.forget()
            reader.encoder.vectors.forget()
            return searcher.search(SearchRequest(text, system=system))

        measure(remembered, queries, 1, CLIENTS[0])
        kinds = {"remembered": remembered, "new": anew}
        load_ = {
            f"{clients} client{'s' * (clients > 1)}, query vectors {kind}": measure(
                ask, queries, rounds, clients
            )
            for clients, (kind, ask) in product(CLIENTS, kinds.items())
        }
        return Report(
            alias,
            reader.engine.living(),
            settings.search.candidates,
            len(queries),
            load_,
            parts(reader, queries),
        )


def show(read: Report) -> None:
    """Print one index's tables."""
    print(
        f"\n# {read.index}: {read.products:,} products, {read.queries} queries, "
        f"{read.candidates} candidates, pages of 10"
    )
    for load_, systems in read.load.items():
        print(f"\n{load_:38} {'p50 ms':>8} {'p95 ms':>8} {'/ ' + AGAINST:>9} {'queries/s':>10}")
        for system, one in systems.items():
            print(f"{system:38} {one.p50:8.1f} {one.p95:8.1f} {one.ratio:9.2f} {one.rate:10.0f}")
    print(f"\n{'parts of a hybrid search':38} {'p50 ms':>8} {'p95 ms':>8} {'CPU p50':>9}")
    for part in read.parts:
        print(f"{part.name:38} {part.p50:8.2f} {part.p95:8.2f} {part.cpu:9.2f}")


def main() -> None:
    """Print the tables of every index."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", required=True, nargs="+", help="aliases to search")
    parser.add_argument("--queries", required=True, nargs="+", type=Path, help="TSV with `query`")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    queries = texts(given.queries)
    where = f"{machine()}; load average {os.getloadavg()[0]:.1f}"
    read = [report(alias, queries, given.rounds) for alias in given.index]
    if given.json:
        print(orjson.dumps({"machine": where, "indices": [asdict(one) for one in read]}).decode())
        return
    print(f"# {where}, {os.getloadavg()[0]:.1f} afterwards; {given.rounds} rounds, systems in turn")
    for one in read:
        show(one)


if __name__ == "__main__":
    main()
