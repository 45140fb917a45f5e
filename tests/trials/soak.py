"""Mixed traffic for half an hour, and always one thing that goes wrong: memory stays flat.

`python -m trials.soak --seconds 1800`
"""

import argparse
import signal
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from kit import workload
from kit.crew import Crew, await_progress, crew, dismiss
from kit.doors import Doors, doors
from kit.history import Verdict
from kit.nursery import Life
from kit.proxy import Proxy
from kit.stage import Stage, stage
from kit.traffic import flowing
from kit.trial import show

from connector.settings import Settings

# A worker that gives up for now is started again, as a service manager does.
_TRY_AGAIN = 75
_LOOK_EVERY_S = 0.5
_PATIENCE_S = 240.0


@dataclass(frozen=True)
class Plan:
    """The size of a trial.

    Attributes:
        seconds: how long at least; every fault has its turn as often as every other.
        turn_s: how long each fault lasts, or until it has struck, before the next one's turn.
        rate: changes per second.
        keys: products there can be.
        workers: at work, all the time.
    """

    seconds: float = 1_800.0
    turn_s: float = 15.0
    rate: float = 200.0
    keys: int = 10_000
    workers: int = 2


@dataclass
class Scene:
    """Who is at work, and through which doors; `memory` in bytes by worker, one a look."""

    workers: Crew
    passed: Doors
    at_work: list[Life]
    memory: dict[Life, list[int]] = field(default_factory=lambda: defaultdict(list))
    acts: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        """Start again who gave up for now; note everybody's memory.

        Raises:
            AssertionError: a worker ended with anything else than 75.
        """
        for life in [each for each in self.at_work if not each.alive]:
            assert life.code == _TRY_AGAIN, f"a worker ended with {life.code}: {life.said}"
            self.acts["started again"] += 1
            self.replace(life)
        for life in self.at_work:
            # One may end between two looks.
            if held := life.memory:
                self.memory[life].append(held)

    def replace(self, life: Life) -> None:
        """Put a fresh worker in somebody's place."""
        self.at_work[self.at_work.index(life)] = self.workers.hire()


@contextmanager
def _wrong(door: Proxy, **faults: Any) -> Iterator[None]:
    """Let a door have faults for a while."""
    before = {name: getattr(door.faults, name) for name in faults}
    for name, value in faults.items():
        setattr(door.faults, name, value)
    yield
    for name, value in before.items():
        setattr(door.faults, name, value)


@contextmanager
def _busy(scene: Scene) -> Iterator[None]:
    scene.passed.bulks.items, scene.passed.bulks.bulks = 0.3, 0.05
    yield
    scene.passed.bulks.items = scene.passed.bulks.bulks = 0.0


@contextmanager
def _killed(scene: Scene) -> Iterator[None]:
    """Kill the youngest: the eldest's memory is watched."""
    life = scene.at_work[-1]
    life.send(signal.SIGKILL)
    assert life.wait(60)
    scene.acts["kill -9"] += 1
    scene.replace(life)
    yield


@contextmanager
def _stopped(scene: Scene) -> Iterator[None]:
    life = scene.at_work[-1]
    life.send(signal.SIGSTOP)
    scene.acts["stopped"] += 1
    yield
    life.send(signal.SIGCONT)


@contextmanager
def _reset(scene: Scene) -> Iterator[None]:
    scene.passed.opensearch.reset()
    scene.passed.kafka.reset()
    yield


Fault = Callable[[Scene], AbstractContextManager[None]]
FAULTS: Mapping[str, Fault] = {
    "OpenSearch slow": lambda scene: _wrong(scene.passed.opensearch, latency_s=0.2),
    "OpenSearch narrow": lambda scene: _wrong(scene.passed.opensearch, bytes_per_s=500_000.0),
    "OpenSearch cut": lambda scene: _wrong(scene.passed.opensearch, cut=0.2),
    "OpenSearch silent": lambda scene: _wrong(scene.passed.opensearch, black_hole=True),
    "OpenSearch busy": _busy,
    "Kafka slow": lambda scene: _wrong(scene.passed.kafka, latency_s=0.2),
    "Kafka narrow": lambda scene: _wrong(scene.passed.kafka, bytes_per_s=200_000.0),
    "Kafka cut": lambda scene: _wrong(scene.passed.kafka, cut=0.05),
    "Kafka silent": lambda scene: _wrong(scene.passed.kafka, black_hole=True),
    "connections reset": _reset,
    "worker killed": _killed,
    "worker stopped": _stopped,
}


# What is remembered of texts grows up to its limit for longer than the trial takes.
_NOTHING_THAT_FILLS = {"encoder.cache_bytes": "1000000"}


@dataclass
class Soak:
    """What was done and seen.

    Attributes:
        fired: how often each fault did something.
        started_again: workers that gave up for now.
        memory: bytes of the worker that lived longest, evenly spaced in time.
        verdict: of the judge.
    """

    fired: Counter[str]
    started_again: int
    memory: Sequence[int]
    verdict: Verdict

    @property
    def grown(self) -> float:
        """Bytes that memory grew by from the second quarter of the time to the last, in the mean."""
        quarter = len(self.memory) // 4
        return statistics.fmean(self.memory[-quarter:]) - statistics.fmean(
            self.memory[quarter : 2 * quarter]
        )

    @property
    def noise(self) -> float:
        """Bytes by which memory goes up and down in the last three quarters: deviation."""
        return statistics.pstdev(self.memory[len(self.memory) // 4 :])


def soak(place: Stage, workers: Crew, passed: Doors, plan: Plan) -> Soak:
    """Let one fault follow the other under traffic, let everything be finished, and judge.

    Raises:
        AssertionError: a worker ended for good, a fault does nothing, or nothing moves any more.
    """
    mix = workload.Mix(plan.keys, sys.maxsize)
    scene = Scene(workers, passed, [workers.hire() for _ in range(plan.workers)])
    with flowing(place, workload.changes(mix, seed=1), plan.rate):
        await_progress(passed.bulks.sent.total, bool, _PATIENCE_S)
        fired = _go_wrong(scene, plan)
    await_progress(lambda: scene.look() or place.unread(), lambda left: left == 0, _PATIENCE_S)
    dismiss(scene.at_work)
    longest = max(scene.memory.values(), key=len)
    return Soak(fired, scene.acts["started again"], longest, place.judge())


def _go_wrong(scene: Scene, plan: Plan) -> Counter[str]:
    """Return how often each fault did something while it was its turn."""
    fired: Counter[str] = Counter()
    until = time.monotonic() + plan.seconds
    for name, fault in chain.from_iterable(_rounds(until)):
        ends, before = time.monotonic() + plan.turn_s, _signs(scene)
        with fault(scene):
            while time.monotonic() < ends or not _signs(scene) - before:
                assert time.monotonic() < ends + _PATIENCE_S, f"nothing came of {name!r}"
                scene.look()
                time.sleep(_LOOK_EVERY_S)
        fired[name] += _signs(scene) - before
    return fired


def _rounds(until: float) -> Iterator[Iterable[tuple[str, Fault]]]:
    yield FAULTS.items()
    while time.monotonic() < until:
        yield FAULTS.items()


def _signs(scene: Scene) -> int:
    passed, acts = scene.passed, scene.acts
    doors_ = passed.opensearch.fired.total() + passed.kafka.fired.total()
    return doors_ + passed.bulks.fired.total() + acts["kill -9"] + acts["stopped"]


def trial(plan: Plan, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with (
        stage(admin, model, folder) as place,
        doors(place) as passed,
        crew(folder, place, _NOTHING_THAT_FILLS) as workers,
    ):
        found = soak(place, workers, passed, plan)
        return {
            "seconds_of_trouble": plan.seconds,
            "fired": dict(found.fired),
            "started_again": found.started_again,
            "memory": round(statistics.fmean(found.memory)),
            "memory_grown": round(found.grown),
            "memory_noise": round(found.noise),
            **found.verdict.figures,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--turn", type=float, default=15.0)
    parser.add_argument("--rate", type=float, default=200.0)
    asked = parser.parse_args()
    plan = Plan(asked.seconds, asked.turn, asked.rate)
    show(lambda *place: trial(plan, *place))


if __name__ == "__main__":
    main()
