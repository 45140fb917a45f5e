"""Workers are killed again and again, at every point; afterwards the index equals the log.

`python -m trials.convergence --seeds 1 2 3`
"""

import argparse
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from kit import workload
from kit.crash import POINTS, Trap
from kit.crew import Crew, crew
from kit.history import Change, Verdict
from kit.nursery import Life
from kit.stage import Stage, stage
from kit.trial import show

from connector.settings import Settings

ANY_TIME = "at any time"
# Of ten deaths seven have their point, and three come whenever they come.
_CAUSES = (*POINTS, ANY_TIME, ANY_TIME, ANY_TIME)
# A worker that does not come by its point, this long after it began, is killed where it is.
_LONGEST_LIFE_S = 15.0


@dataclass(frozen=True)
class Plan:
    """The size of a trial; the traffic comes in step with the deaths."""

    seed: int
    kills: int = 200
    mix: workload.Mix = field(default_factory=workload.Mix)
    workers: int = 3


@dataclass
class Shift:
    """How long one worker works: until its trap takes it, or until a time.

    Attributes:
        until: when it is killed at the latest; None until it has begun.
    """

    life: Life
    until: float | None

    def over(self) -> bool:
        """Kill it if its time has come; return whether it is dead."""
        now = time.monotonic()
        if self.until is None and self.life.begun:
            self.until = now + _LONGEST_LIFE_S
        if self.until is not None and now > self.until:
            self.life.send(signal.SIGKILL)
            assert self.life.wait(60)
        return not self.life.alive


@dataclass
class Convergence:
    """What was done, and the judge's verdict."""

    deaths: Counter[str]
    delivered: int
    verdict: Verdict


def converge(place: Stage, workers: Crew, plan: Plan) -> Convergence:
    """Kill workers under traffic, let fresh ones finish, and judge.

    Raises:
        AssertionError: a worker ended by itself, or nothing moves any more.
    """
    traffic = workload.changes(plan.mix, plan.seed)
    deaths = _kill(place, workers, plan, traffic)
    _send(place, traffic, plan.mix.changes)
    workers.drain(plan.workers)
    delivered = sum(len(life.delivered) for life in workers.lives)
    return Convergence(deaths, delivered, place.judge())


def _kill(place: Stage, workers: Crew, plan: Plan, traffic: Iterator[Change]) -> Counter[str]:
    chance, share = random.Random(plan.seed), plan.mix.changes // plan.kills
    causes = [_CAUSES[number % len(_CAUSES)] for number in range(plan.kills)]
    chance.shuffle(causes)
    deaths: Counter[str] = Counter()
    at_work: list[Shift] = []
    _send(place, traffic, share * plan.workers)
    while causes or at_work:
        while causes and len(at_work) < plan.workers:
            at_work.append(_hire(workers, causes.pop(), chance))
        time.sleep(0.05)
        fallen = [shift for shift in at_work if shift.over()]
        at_work = [shift for shift in at_work if shift not in fallen]
        for life in (shift.life for shift in fallen):
            assert life.code is None, f"a worker ended by itself: {life.said}"
            deaths[life.trapped or ANY_TIME] += 1
            _send(place, traffic, share)
    return deaths


def _hire(workers: Crew, cause: str, chance: random.Random) -> Shift:
    if cause == ANY_TIME:
        return Shift(workers.hire(), time.monotonic() + chance.uniform(0, 8))
    return Shift(workers.hire(Trap(cause, chance.randrange(4))), None)


def _send(place: Stage, traffic: Iterator[Change], number: int) -> None:
    workload.send(place.bootstrap, place.shop.topic, islice(traffic, number))


def trial(plan: Plan, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with stage(admin, model, folder) as place, crew(folder, place, batch_records="100") as workers:
        found = converge(place, workers, plan)
        return {
            "seed": plan.seed,
            "changes": plan.mix.changes,
            "kills": found.deaths.total(),
            "deaths": dict(sorted(found.deaths.items())),
            "deliveries_per_change": round(found.delivered / plan.mix.changes, 2),
            **found.verdict.figures,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--keys", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=100_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    asked = parser.parse_args()
    mix = workload.Mix(keys=asked.keys, changes=asked.changes)
    for seed in asked.seeds:
        plan = Plan(seed, asked.kills, mix)
        show(lambda *place, plan=plan: trial(plan, *place))


if __name__ == "__main__":
    main()
