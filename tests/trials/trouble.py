"""A busy cluster refuses a third of all items for minutes: only those are sent again, none is lost.

`python -m trials.trouble --seconds 300`
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import workload
from kit.crew import Crew, crew, dismiss
from kit.doors import Doors, doors
from kit.history import Verdict
from kit.stage import Stage, stage
from kit.trial import show

from connector.settings import Settings


@dataclass(frozen=True)
class Plan:
    """The size of a trial.

    Attributes:
        seconds: how long traffic lasts; the trouble lasts until all of it is finished.
        rate: changes per second.
        items: share of items answered with 429.
        bulks: share of bulks answered with 503.
        keys: products there can be.
    """

    seconds: float = 300.0
    rate: float = 300.0
    items: float = 0.3
    bulks: float = 0.05
    keys: int = 10_000

    @property
    def mix(self) -> workload.Mix:
        """The traffic. A change that is sent twice would look like an item sent twice."""
        return workload.Mix(self.keys, int(self.seconds * self.rate), repeats=0.0)


def endure(place: Stage, workers: Crew, passed: Doors, plan: Plan) -> Verdict:
    """Send traffic through the trouble, let the one worker finish, and judge."""
    passed.bulks.items, passed.bulks.bulks = plan.items, plan.bulks
    hired = workers.hire()
    traffic = workload.changes(plan.mix, seed=1)
    workload.send(place.bootstrap, place.shop.topic, traffic, plan.rate)
    workers.settle()
    dismiss([hired])
    return place.judge()


def trial(plan: Plan, admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with (
        stage(admin, model, folder) as place,
        doors(place) as passed,
        # Of a million items one is refused twelve times in a row.
        crew(folder, place, mortal=False, retries="50") as workers,
    ):
        verdict = endure(place, workers, passed, plan)
        return {
            "changes": plan.mix.changes,
            "items_sent": passed.bulks.sent.total(),
            "items_429": passed.bulks.fired["429"],
            "bulks_503": passed.bulks.fired["503"],
            "sent_again_needlessly": passed.bulks.needless,
            **verdict.figures,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--rate", type=float, default=300.0)
    asked = parser.parse_args()
    plan = Plan(asked.seconds, asked.rate)
    show(lambda *place: trial(plan, *place))


if __name__ == "__main__":
    main()
