"""OpenSearch falls silent for two minutes: memory stays, the worker stays, and then goes on at once.

`python -m trials.blackhole --seconds 120`
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.crew import Crew, await_progress, crew, dismiss
from kit.doors import Doors, doors
from kit.history import Change, Verdict
from kit.nursery import Life
from kit.stage import Stage, stage
from kit.trial import show
from kit.workload import send

from connector import broker
from connector.settings import Settings

_LOOK_EVERY_S = 0.5
# A speed is read over so long: batches come in lumps.
_WINDOW_S = 5.0


@dataclass(frozen=True)
class Plan:
    """The size of a trial.

    Attributes:
        seconds: how long OpenSearch is silent.
        steady_s: how long the worker's full speed is read before and after.
        products: all there are from the start, so that the worker is never idle.
        words: of each product's text; large ones, so that the queue fills.
        begun: products written before anything is read.
        queue_bytes: setting of the worker.
    """

    seconds: float = 120.0
    steady_s: float = 20.0
    products: int = 60_000
    words: int = 300
    begun: int = 1_000
    queue_bytes: int = 32_000_000


@dataclass(frozen=True)
class Sample:
    """What was seen at one time: seconds, products written since the start, bytes of memory."""

    at: float
    written: int
    memory: int


@dataclass
class Silence:
    """What was seen, before, during and after it.

    Attributes:
        speed: products a second before.
        recovered_s: from its end until the speed was 0.9 of that; None if it never was.
        grown: bytes of memory, from the highest before to the highest during it.
        stayed: whether the group had the same member all the time.
        verdict: of the judge.
    """

    speed: float
    recovered_s: float | None
    grown: int
    stayed: bool
    verdict: Verdict


def fall_silent(place: Stage, workers: Crew, passed: Doors, plan: Plan) -> Silence:
    """Let a busy worker's cluster fall silent, let it speak again, and judge.

    Raises:
        AssertionError: the worker ended, or nothing moves any more.
    """
    send(place.bootstrap, place.shop.topic, _large(plan))
    hired = workers.hire()
    await_progress(passed.bulks.sent.total, lambda written: written > plan.begun, 240)
    before = _watch(plan.steady_s, passed, hired)
    members = _members(place)
    passed.opensearch.faults.black_hole = True
    during = _watch(plan.seconds, passed, hired)
    stayed = _members(place) == members
    passed.opensearch.faults.black_hole = False
    after = _watch(plan.steady_s, passed, hired)
    workers.settle()
    dismiss([hired])
    speed = (before[-1].written - before[0].written) / (before[-1].at - before[0].at)
    return Silence(
        speed=speed,
        recovered_s=_recovery(during[-1:] + after, 0.9 * speed),
        grown=max(each.memory for each in during) - max(each.memory for each in before),
        stayed=stayed,
        verdict=place.judge(),
    )


def _large(plan: Plan) -> Iterator[Change]:
    for number in range(plan.products):
        body = " ".join(f"word{number % 997}x{each}" for each in range(plan.words))
        yield Change(f"p{number}", 1, {"title": f"product {number}", "body": body})


def _watch(seconds: float, passed: Doors, worker: Life) -> list[Sample]:
    started, seen = time.monotonic(), []
    while (now := time.monotonic()) < started + seconds:
        assert worker.alive, f"the worker ended: {worker.said}"
        seen.append(Sample(now, passed.bulks.sent.total(), worker.memory))
        time.sleep(_LOOK_EVERY_S)
    return seen


def _recovery(seen: Sequence[Sample], enough: float) -> float | None:
    """Return after how many seconds a window of full speed begins."""
    width = int(_WINDOW_S / _LOOK_EVERY_S)
    for one, other in zip(seen, seen[width:], strict=False):
        if (other.written - one.written) / (other.at - one.at) >= enough:
            return one.at - seen[0].at
    return None


def _members(place: Stage) -> set[str]:
    with closing(broker.admin(place.admin.kafka)) as kafka:
        group = kafka.describe_groups([place.shop.index])[place.shop.index]
    return {member["member_id"] for member in group["members"]}


def trial(plan: Plan, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    settings = {"queue_bytes": str(plan.queue_bytes)}
    with (
        stage(admin, model, folder) as place,
        doors(place) as passed,
        crew(folder, place, mortal=False, **settings) as workers,
    ):
        silence = fall_silent(place, workers, passed, plan)
        return {
            "silent_s": plan.seconds,
            "products_per_s": round(silence.speed),
            "recovered_s": silence.recovered_s and round(silence.recovered_s, 1),
            "queue_bytes": plan.queue_bytes,
            "memory_grown": silence.grown,
            "stayed_in_group": silence.stayed,
            "held_messages": passed.opensearch.fired["black hole"],
            "products": silence.verdict.checked,
            **silence.verdict.counts,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--products", type=int, default=60_000)
    asked = parser.parse_args()
    plan = Plan(asked.seconds, products=asked.products)
    show(lambda *place: trial(plan, *place))


if __name__ == "__main__":
    main()
