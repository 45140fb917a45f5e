"""Consumer groups of physical indices: who is in them, and an end to them."""

import time
from contextlib import closing

from connector import broker
from connector.errors import RetryLaterError
from connector.settings import KafkaSettings

# Kafka takes a silent member for dead after connector.broker.SESSION_TIMEOUT_MS.
_PATIENCE_S = 20.0


def members(settings: KafkaSettings, group: str) -> int:
    """Return how many consumers are in a group; 0 where there is no such group."""
    with broker.faults(f"looking at {group!r}", settings), closing(broker.admin(settings)) as admin:
        found = admin.describe_groups([group])
    return sum(len(each.get("members", ())) for each in found.values())


def delete(settings: KafkaSettings, group: str) -> None:
    """Delete a group with its commits, once its last member has left.

    Raises:
        RetryLaterError: somebody is still in it.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        doing = f"deleting the group {group!r}"
        with broker.faults(doing, settings), closing(broker.admin(settings)) as admin:
            said = admin.delete_groups([group])[group]
        if said in {"OK", "GroupIdNotFoundError"}:
            return
        if time.monotonic() > deadline:
            raise RetryLaterError(
                f"the group {group!r} cannot be deleted ({said}): {members(settings, group)} "
                "worker(s) are in it; stop them, then try again"
            )
        time.sleep(1.0)
