"""A gateway under requests that nobody sends in good faith: answered, never broken.

`python -m trials.hostile`
"""

import argparse
import asyncio
import itertools
import json
import statistics
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.hostile import Maker, Outcome, Sent, send
from kit.trial import show
from plugins.example_shop import opened
from plugins.gateway_cases import read
from plugins.servers import environment

from benchmarks.served import served
from connector.cluster import connect
from connector.settings import Settings

DESCRIPTION = Path(__file__).parents[2] / "docs" / "gateway.openapi.json"
CLIENTS = 8
PATIENCE_S = 60.0
# Kinds of error that the gateway makes itself where the cluster is in trouble.
_OURS = (b"unavailable_exception", b"timeout_exception", b"Internal Server Error")


@dataclass(frozen=True)
class Siege:
    """What came of it.

    Attributes:
        statuses: by kind of request.
        unanswered: requests that HTTP can read and nobody answered.
        faults: answers of 500 and above that the gateway gave by itself.
        hostile_s: seconds of each hostile request.
        normal_s: of each search in good faith, sent among them.
    """

    statuses: Counter[tuple[str, int]]
    unanswered: list[Outcome]
    faults: list[Outcome]
    hostile_s: list[float]
    normal_s: list[float]

    @property
    def ratio(self) -> float:
        """The hostile requests' 99th percentile over the others'."""
        return p99(self.hostile_s) / p99(self.normal_s)


def p99(seconds: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(seconds, n=100)[-1]


def besiege(url: str, index: str, corpus: list[dict[str, Any]], number: int, seed: int) -> Siege:
    """Send hostile requests, every fifth followed by a search in good faith.

    Args:
        url: of the gateway.
        index: alias that is searched.
        corpus: right bodies.
        number: of hostile requests.
        seed: of the chance.
    """
    maker = Maker(json.loads(DESCRIPTION.read_text("utf-8")), corpus, index, seed)
    requests = list(itertools.islice(maker.requests(), number))
    good = [_good(index, body) for body in corpus if "$" not in json.dumps(body)]
    mixed: list[Sent] = []
    for place, one in enumerate(requests):
        mixed.append(one)
        if place % 5 == 0:
            mixed.append(good[place // 5 % len(good)])
    outcomes = asyncio.run(send(url, mixed, CLIENTS, PATIENCE_S))
    hostile = [one for one in outcomes if one.sent.kind != "normal"]
    return Siege(
        Counter((one.sent.kind, one.status) for one in outcomes),
        [one for one in outcomes if one.sent.whole and not one.status],
        [one for one in outcomes if one.status >= 500 and _ours(one)],
        [one.seconds for one in hostile],
        [one.seconds for one in outcomes if one.sent.kind == "normal"],
    )


def _ours(one: Outcome) -> bool:
    # A word between may stand before the answer.
    body = one.body.rpartition(b"\r\n\r\n")[2]
    return any(kind in body for kind in _OURS)


def _good(index: str, body: dict[str, Any]) -> Sent:
    text = json.dumps(body).encode()
    head = (
        f"POST /{index}/_search HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n"
        f"content-type: application/json\r\ncontent-length: {len(text)}\r\n\r\n"
    )
    return Sent("normal", head.encode() + text, whole=True)


def corpus() -> list[dict[str, Any]]:
    """Return the right bodies that are spoilt: every search of the conformance suite."""
    bodies = [case.body for case in read() if case.feature != "errors"]
    return [body for body in bodies if isinstance(body, dict) and "query" in body]


def main() -> None:
    """Besiege a gateway before servers of its own or lent ones; print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    def trial(admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
        with (
            opened(connect(admin.opensearch), admin, model) as shop,
            (folder / "log").open("w") as log,
            served("--verbose", env=environment(shop.settings), stderr=log) as (url, process),
        ):
            siege = besiege(url, shop.alias, corpus(), given.requests, given.seed)
            alive = process.poll() is None
        return _figures(siege, (folder / "log").read_text("utf-8"), alive=alive)

    show(trial)


def _figures(siege: Siege, log: str, *, alive: bool) -> dict[str, Any]:
    return {
        "alive": alive,
        "tracebacks": log.count("Traceback"),
        "unanswered": len(siege.unanswered),
        "5xx of the gateway": len(siege.faults),
        "p99 ms, hostile": round(p99(siege.hostile_s) * 1000),
        "p99 ms, normal": round(p99(siege.normal_s) * 1000),
        "ratio": round(siege.ratio, 2),
        "statuses": {f"{kind} {status}": n for (kind, status), n in sorted(siege.statuses.items())},
    }


if __name__ == "__main__":
    main()
