"""A topic gets more partitions in the middle of its traffic: no change is dropped.

`python -m trials.repartition`
"""

import argparse
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from kit import workload
from kit.crew import Crew, crew, dismiss
from kit.history import Verdict
from kit.stage import Stage, stage
from kit.traffic import flowing
from kit.trial import show

from connector import broker
from connector.settings import Settings

BEFORE, AFTER = 4, 8


def repartition(place: Stage, workers: Crew, mix: workload.Mix, rate: float) -> Verdict:
    """Add partitions while changes pour in, let the same workers finish, and judge.

    From then on a product's changes go to another partition than before: the older ones may be
    read later than the newer ones.

    Raises:
        AssertionError: somebody is stuck: the workers that were there never saw the partitions.
    """
    traffic = workload.changes(mix, seed=1)
    hired = [workers.hire(), workers.hire()]
    with flowing(place, islice(traffic, mix.changes // 2), rate) as sent:
        sent.result()
    with closing(broker.admin(place.admin.kafka)) as kafka:
        kafka.create_partitions({place.shop.topic: AFTER})
    with flowing(place, traffic, rate) as sent:
        sent.result()
    workers.settle()
    dismiss(hired)
    return place.judge()


def trial(
    mix: workload.Mix, rate: float, admin: Settings, model: Path, folder: Path
) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with stage(admin, model, folder, BEFORE) as place, crew(folder, place) as workers:
        verdict = repartition(place, workers, mix, rate)
        return {
            "changes": mix.changes,
            "partitions": [BEFORE, AFTER],
            **verdict.figures,
        }


def main() -> None:
    """Run the long form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=50_000)
    parser.add_argument("--rate", type=float, default=1_000.0)
    asked = parser.parse_args()
    mix = workload.Mix(changes=asked.changes)
    show(lambda *place: trial(mix, asked.rate, *place))


if __name__ == "__main__":
    main()
