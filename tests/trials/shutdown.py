"""A worker is asked to stop at random, with work in hand and without, and started again.

`python -m trials.shutdown`
"""

import argparse
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from kit.crew import Crew, await_progress, crew
from kit.history import Change, Verdict
from kit.nursery import Delivery, Life
from kit.stage import Stage, stage
from kit.trial import show
from kit.workload import Mix, changes, send

from connector.settings import Settings

# After SIGTERM a worker has this long, whatever it is doing.
LONGEST_S = 20.0
_CHANGES = 1_000
_PATIENCE_S = 240.0


@dataclass
class Stops:
    """What became of the workers.

    Attributes:
        seconds: each took to end.
        codes: each ended with.
        again_idle: records delivered again after a stop with nothing to do.
        again_busy: after a stop with work in hand.
        verdict: after all was finished.
    """

    seconds: list[float] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)
    again_idle: int = 0
    again_busy: int = 0
    verdict: Verdict = field(default_factory=Verdict)


def stop_often(place: Stage, workers: Crew, stops: int, seed: int) -> Stops:
    """Stop one worker after another, every second one with work in hand.

    Raises:
        AssertionError: one does not begin, does not catch up, or is still there after `LONGEST_S`.
    """
    chance, found = random.Random(seed), Stops()
    traffic = changes(Mix(keys=2_000, changes=stops * _CHANGES), seed)
    known: set[Delivery] = set()
    busy = False
    for number in range(stops):
        life = workers.hire()
        # Whatever this one gets a second time, the stop before it is to blame.
        stopped_busy, busy = busy, bool(number % 2)
        _employ(place, life, traffic, chance, busy=busy)
        _stop(life, found)
        again = len(known.intersection(life.delivered))
        found.again_busy += again * stopped_busy
        found.again_idle += again * (not stopped_busy)
        known.update(life.delivered)
    workers.drain(1)
    found.verdict = place.judge()
    return found


def _employ(
    place: Stage, life: Life, traffic: Iterator[Change], chance: random.Random, *, busy: bool
) -> None:
    """Bring a worker to where it is asked to stop."""
    await_progress(lambda: int(life.begun), bool, _PATIENCE_S, 0.05)
    if busy:
        send(place.bootstrap, place.shop.topic, islice(traffic, _CHANGES))
    else:
        await_progress(place.unread, lambda left: left == 0, _PATIENCE_S)
    time.sleep(chance.uniform(0, 2))


def _stop(life: Life, found: Stops) -> None:
    asked = time.monotonic()
    life.send(signal.SIGTERM)
    assert life.wait(LONGEST_S), f"still there after {LONGEST_S:.0f} s: {life.said}"
    found.seconds.append(time.monotonic() - asked)
    found.codes.append(life.code)


def trial(stops: int, seed: int, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with (
        stage(admin, model, folder) as place,
        crew(folder, place, mortal=False, batch_records="100") as workers,
    ):
        found = stop_often(place, workers, stops, seed)
    return {
        "stops": stops,
        "exit_0": found.codes.count(0),
        "slowest_s": round(max(found.seconds), 2),
        "delivered_again_idle": found.again_idle,
        "delivered_again_busy": found.again_busy,
        **found.verdict.counts,
    }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    show(lambda *place: trial(asked.stops, asked.seed, *place))


if __name__ == "__main__":
    main()
