"""Workers stand still in the middle of a bulk, their keys are deleted, the node restarts: go on.

A sink that deletes documents forgets them after `gc_deletes`, or with its memory, and a worker
that wakes up brings them back. Kafka keeps the deletes no longer either: nobody reads them again.
`python -m trials.zombie`
"""

import argparse
import signal
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.crash import BEFORE_BULK, HALF_SENT, UNREAD, Trap
from kit.crew import Crew, await_progress, crew
from kit.history import Change, Verdict
from kit.node import Node, node
from kit.nursery import Life
from kit.stage import Stage, stage
from kit.trial import show
from kit.workload import send

from connector import broker
from connector.settings import Settings

# Where a zombie stands: with all of a request before it, half of it, or nothing but the answer.
POINTS = (BEFORE_BULK, HALF_SENT, UNREAD)
KEYS_EACH = 20
# The cluster forgets real deletes after this long.
GC_DELETES = "1s"
_PATIENCE_S = 240.0


@dataclass
class Round:
    """What came of some zombies that woke up together.

    Attributes:
        zombies: how many had records in hand when they stood still.
        verdict: after they all went on and ended.
        rewound: partitions whose commit went back to where a zombie once was.
        stood: how many stood still at each point.
    """

    zombies: int
    verdict: Verdict
    rewound: int
    stood: dict[str, int] = field(default_factory=dict)


def wake(place: Stage, workers: Crew, zombies: int, server: Node, *, purge: bool = False) -> Round:
    """Let workers stand still with a bulk in flight, delete their keys, restart, and wake them.

    Args:
        place: on a node of its own, with as many partitions as zombies.
        workers: hires them.
        zombies: how many.
        server: the node.
        purge: remove the tombstones before they wake up: what a sink does that deletes documents.

    Raises:
        AssertionError: one does not stand still, or does not go on, or does not end with 0.
    """
    numbers = range(1, 1 + zombies * KEYS_EACH)
    created = [Change(f"p{n}", n, {"title": f"red shoe {n}"}) for n in numbers]
    stopped = _stand_still(place, workers, zombies, created)
    _move_on(place, workers, created)
    if purge:
        # It deletes what a search finds, and conflicts with whatever changed since the refresh.
        place.shop.client.indices.refresh(index=place.shop.index)
        place.shop.client.delete_by_query(
            index=place.shop.index, body={"query": {"match_all": {}}}, params={"refresh": "true"}
        )
    log, commits = place.log(), place.commits()
    with closing(broker.admin(place.admin.kafka)) as admin:
        admin.delete_records(commits)
    time.sleep(2)
    server.restart()
    _go_on(stopped)
    rewound = sum(offset < commits[each] for each, offset in place.commits().items())
    stood = {point: sum(life.trapped == point for life in stopped) for point in POINTS}
    holding = sum(bool(life.delivered) for life in stopped)
    return Round(holding, place.judge(log), rewound, stood)


def _stand_still(place: Stage, workers: Crew, zombies: int, created: list[Change]) -> list[Life]:
    """Return workers that are stopped, each with a bulk of its own partition in flight."""
    hired = [workers.hire(Trap(POINTS[n % 3], 0, signal.SIGSTOP)) for n in range(zombies)]
    await_progress(
        lambda: _settled(place, zombies), lambda members: members == zombies, _PATIENCE_S
    )
    _send(place, created)
    await_progress(
        lambda: sum(life.stopped for life in hired), lambda still: still == zombies, _PATIENCE_S
    )
    return hired


def _move_on(place: Stage, workers: Crew, created: list[Change]) -> None:
    """Let a successor take everything over, and then see everything deleted."""
    successor = workers.hire()
    deletes = [Change(each.id, 10**6 + each.version, None) for each in created]
    for made in ([], deletes):
        _send(place, made)
        await_progress(place.unread, lambda left: left == 0, _PATIENCE_S)
    successor.send(signal.SIGTERM)
    assert successor.wait(240)
    assert successor.code == 0, successor.said


def _go_on(stopped: list[Life]) -> None:
    """Wake all up, wait until what they had in flight is answered, and end them."""
    for life in stopped:
        life.send(signal.SIGCONT)
    await_progress(
        lambda: sum(bool(life.bulks) for life in stopped),
        lambda answered: answered == len(stopped),
        _PATIENCE_S,
    )
    for life in stopped:
        life.send(signal.SIGTERM)
    for life in stopped:
        assert life.wait(240), f"a zombie does not end: {life.said}"
        assert life.code == 0, f"a zombie ended with {life.code}: {life.said}"


def _settled(place: Stage, wanted: int) -> int:
    """Return how many members the group has, each with partitions of its own."""
    group = place.shop.index
    with closing(broker.admin(place.admin.kafka)) as admin:
        found = admin.describe_groups([group])[group]
    stable = found["group_state"] == "Stable" and len(found["members"]) == wanted
    return wanted if stable else len(found["members"]) - 1


def _send(place: Stage, made: list[Change]) -> None:
    send(place.bootstrap, place.shop.topic, made)


def rise(  # noqa: PLR0913 - a place, its size, and the one way to spoil it
    admin: Settings, model: Path, folder: Path, zombies: int, server: Node, *, purge: bool = False
) -> Round:
    """Run one round on a stage of its own; see `wake`."""
    with (
        stage(server.serve(admin), model, folder, zombies) as place,
        crew(folder, place, batch_records="100") as workers,
    ):
        settings = {"index": {"gc_deletes": GC_DELETES}}
        place.shop.client.indices.put_settings(index=place.shop.index, body=settings)
        return wake(place, workers, zombies, server, purge=purge)


def trial(zombies: int, rounds: int, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run the long form; return its figures."""
    with node() as server:
        done = []
        for number in range(rounds):
            (own := folder / f"{number:03}").mkdir()
            done.append(rise(admin, model, own, zombies, server))
            print(f"round {number + 1} of {rounds}: {done[-1].verdict}", file=sys.stderr)
    return {
        "zombies": sum(each.zombies for each in done),
        "restarts": rounds,
        "rewound": sum(each.rewound for each in done),
        "stood": {point: sum(each.stood[point] for each in done) for point in POINTS},
        **{
            name: sum(each.verdict.counts[name] for each in done) for name in done[0].verdict.counts
        },
    }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zombies", type=int, default=20, help="of one restart")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    show(lambda *place: trial(asked.zombies, asked.rounds, *place))


if __name__ == "__main__":
    main()
