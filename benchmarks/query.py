"""How long a search takes: p50 and p95 of every system, interleaved in one run.

Run: python -m benchmarks.query --index products --queries queries.tsv [--rounds 3]
"""

import argparse
import csv
import statistics
import time
from pathlib import Path

from benchmarks.machine import machine
from connector.settings import load
from query.request import SYSTEMS, SearchRequest
from query.search import Searcher

AGAINST = "native"


def texts(file: Path) -> list[str]:
    """Return the column `query` of a tab-separated file."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [row["query"] for row in csv.DictReader(lines, delimiter="\t")]


def measure(searcher: Searcher, queries: list[str], rounds: int) -> dict[str, list[float]]:
    """Return milliseconds per system; every query goes to all systems before the next one."""
    took: dict[str, list[float]] = {system: [] for system in SYSTEMS}
    for turn in range(rounds):
        for number, text in enumerate(queries):
            # The order turns, so that no system always finds the caches another one filled.
            start = (turn + number) % len(SYSTEMS)
            for system in SYSTEMS[start:] + SYSTEMS[:start]:
                response = searcher.search(SearchRequest(text, system=system))
                took[system].append(response.took_ms)
    return took


def encoding(searcher: Searcher, queries: list[str]) -> list[float]:
    """Return the milliseconds that each query's vector costs, and leave it remembered."""
    times = []
    for text in queries:
        begin = time.perf_counter()
        searcher.warm(text)
        times.append((time.perf_counter() - begin) * 1000)
    return times


def row(name: str, times: list[float], base: float) -> str:
    """Return one line of the table."""
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return f"{name:16} {p50:8.1f} {p95:8.1f} {p50 / base:8.2f}"


def main() -> None:
    """Print the table for one index."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--index", required=True, help="alias to search")
    options.add_argument("--queries", required=True, type=Path, help="TSV with a column `query`")
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    queries = list(dict.fromkeys(texts(given.queries)))
    with Searcher.open(given.index, load()) as searcher:
        searcher.warm("the first vector loads the model")
        vectors = encoding(searcher, queries)
        measure(searcher, queries[:20], 1)
        took = measure(searcher, queries, given.rounds)
    base = statistics.median(took[AGAINST])
    print(f"# {machine()}")
    print(
        f"# {given.index}: {len(queries)} queries, {given.rounds} rounds, interleaved, pages of 10"
    )
    print(f"{'':16} {'p50 ms':>8} {'p95 ms':>8} {'/ ' + AGAINST:>8}")
    for system, times in took.items():
        print(row(system, times, base))
    print(row("query vector", vectors, base))
    print(
        "# query vectors were remembered; a query seen for the first time pays for its vector, too"
    )


if __name__ == "__main__":
    main()
