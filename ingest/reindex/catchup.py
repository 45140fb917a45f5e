"""When a group has caught up under live traffic: what was there a moment ago is in the index."""

import time
from collections.abc import Callable, Sequence

from connector.errors import RetryLaterError
from connector.settings import KafkaSettings
from ingest.reindex import offsets

_LOOK_S = 0.5


def catch_up(  # noqa: PLR0913, PLR0917 - what is asked, and how long it may take
    settings: KafkaSettings,
    group: str,
    topics: Sequence[str],
    within_s: float,
    wait: Callable[[float], object],
    look: Callable[[int, int], None],
) -> None:
    """Return when a group needs no longer than `within_s` for all that is in its topics.

    Args:
        settings: how to reach Kafka.
        group: whose members are at work somewhere.
        topics: what it reads.
        within_s: seconds.
        wait: pauses for some seconds; true when the command was asked to stop.
        look: called with the records done and those there are to do; may raise.

    Raises:
        RetryLaterError: asked to stop, or Kafka does not answer.
    """
    while True:
        goal, begun = offsets.ends(settings, topics), time.monotonic()
        total = left = offsets.behind(settings, group, goal)
        while left:
            look(total - left, total)
            if wait(_LOOK_S):
                raise RetryLaterError(
                    f"stopped while {group!r} was {left:,} records behind; nothing is lost, go on "
                    "with `connector reindex resume`"
                )
            left = offsets.behind(settings, group, goal)
        look(total, total)
        if time.monotonic() - begun <= within_s:
            return
