"""Workers come and go all the time while changes pour in: nothing is lost, little is done twice.

`python -m trials.storm --seconds 300`
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit import workload
from kit.crew import Crew, crew, dismiss
from kit.history import Change, Verdict
from kit.nursery import Life
from kit.stage import Stage, stage
from kit.traffic import flowing
from kit.trial import show

from connector.settings import Settings


@dataclass(frozen=True)
class Plan:
    """The size of a trial.

    Attributes:
        seconds: how long workers come and go.
        rate: changes per second.
        pause_s: shortest and longest time between two comings or goings.
        most: workers at once.
        keys: products there can be.
    """

    seconds: float = 300.0
    rate: float = 1_000.0
    pause_s: tuple[float, float] = (2.0, 10.0)
    most: int = 4
    keys: int = 10_000

    @property
    def moves(self) -> int:
        """How many comings and goings there are: as many, however slow the machine is."""
        return round(2 * self.seconds / sum(self.pause_s))


@dataclass
class Storm:
    """What was done, and the judge's verdict.

    Attributes:
        joined, left: workers.
        texts: that went through the model, each counted once.
        again: how often one went through it that had before.
    """

    joined: int
    left: int
    texts: int
    again: int
    verdict: Verdict

    @property
    def share_again(self) -> float:
        """Embedded twice, as a share of what had to be embedded."""
        return self.again / self.texts


def weather(place: Stage, workers: Crew, plan: Plan) -> Storm:
    """Let workers come and go under traffic, let the last of them finish, and judge.

    Raises:
        AssertionError: a worker did not end well, or nothing moves any more.
    """
    mix = workload.Mix(plan.keys, int(plan.seconds * plan.rate), repeats=0.0)
    with flowing(place, _distinct(workload.changes(mix, seed=1)), plan.rate) as sent:
        at_work, gone = _come_and_go(workers, plan, random.Random(1))
        sent.result()
    workers.settle()
    dismiss(at_work)
    texts = Counter(text for life in workers.lives for text in life.embedded)
    again = texts.total() - len(texts)
    return Storm(len(workers.lives), gone, len(texts), again, place.judge())


def _come_and_go(workers: Crew, plan: Plan, chance: random.Random) -> tuple[list[Life], int]:
    """Return who is at work when it is over, and how many have left before."""
    at_work, gone = [workers.hire(), workers.hire()], 0
    for _ in range(plan.moves):
        time.sleep(chance.uniform(*plan.pause_s))
        if len(at_work) == 1 or (len(at_work) < plan.most and chance.random() < 0.5):
            at_work.append(workers.hire())
        else:
            dismiss([at_work.pop(chance.randrange(len(at_work)))])
            gone += 1
    return at_work, gone


def _distinct(made: Iterator[Change]) -> Iterator[Change]:
    """Give each product texts that no other has: whatever is embedded twice was done twice."""
    for change in made:
        fields = change.fields and {
            **change.fields,
            "title": f"{change.fields['title']} {change.id}",
        }
        yield replace(change, fields=fields)


def trial(plan: Plan, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with stage(admin, model, folder) as place, crew(folder, place, mortal=False) as workers:
        storm = weather(place, workers, plan)
        return {
            "changes": int(plan.seconds * plan.rate),
            "joined": storm.joined,
            "left": storm.left,
            "texts": storm.texts,
            "embedded_again": storm.again,
            "share_again": round(storm.share_again, 4),
            **storm.verdict.figures,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--rate", type=float, default=1_000.0)
    asked = parser.parse_args()
    plan = Plan(asked.seconds, asked.rate)
    show(lambda *place: trial(plan, *place))


if __name__ == "__main__":
    main()
