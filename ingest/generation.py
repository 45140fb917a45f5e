"""Where offsets are versions: which topic they count, and from when on.

An offset orders the updates of a product only while its key stays in one partition of one topic. A
topic that was deleted and made anew counts from 0 again, and one with more partitions moves keys to
where offsets are lower: newer updates would look stale. So the topic's id and its partitions are
remembered, a change of either stops the worker, and what the operator accepts is a new generation,
all of whose versions are larger than all before:

    version = generation · 2**48 + offset        (32,767 generations, 2**48 records a partition)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from connector.errors import RefusedError
from ingest.change import Position

_OFFSET_BITS = 48
MOST = (1 << (63 - _OFFSET_BITS)) - 1


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it stands in Kafka now."""

    id: str
    partitions: int

    @classmethod
    def of(cls, described: Mapping[str, Any]) -> Self:
        """Return what Kafka's description of a topic says."""
        return cls(str(described["topic_id"]), len(described["partitions"]))


@dataclass(frozen=True)
class Generation:
    """One life of a topic.

    Attributes:
        number: 0 for the first.
        id: that Kafka gave the topic.
        partitions: how many it has.
        starts: the first offset that counts to this generation, by partition, where the topic was
            only given more partitions; lower ones count to the one before.
    """

    number: int
    id: str
    partitions: int
    starts: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def first(cls, topic: Topic) -> Self:
        """Return the generation of a topic that was never seen before."""
        return cls(0, topic.id, topic.partitions)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote."""
        starts = {int(partition): start for partition, start in kept["starts"].items()}
        return cls(kept["number"], kept["id"], kept["partitions"], starts)

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept in the index's `_meta.connector.topics`."""
        return {**asdict(self), "starts": {str(p): start for p, start in self.starts.items()}}

    def version(self, position: Position) -> int:
        """Return the version of the record at a position."""
        earlier = self.number and position.offset < self.starts.get(position.partition, 0)
        return (self.number - bool(earlier)) << _OFFSET_BITS | position.offset

    def following(self, topic: Topic, ends: Mapping[int, int]) -> "Generation":
        """Return the next generation, for the topic as it stands now.

        Args:
            topic: as it stands now.
            ends: end offset by partition.

        Raises:
            RefusedError: nothing changed, or there were too many generations.
        """
        if (topic.id, topic.partitions) == (self.id, self.partitions):
            raise RefusedError(
                "the topic is the one that is remembered; there is nothing to accept"
            )
        if self.number >= MOST:
            raise RefusedError(
                f"{MOST} generations were accepted; build a new index with `connector reindex "
                "start --from log`"
            )
        grown = topic.id == self.id
        starts = {p: end for p, end in ends.items() if p < self.partitions} if grown else {}
        return Generation(self.number + 1, topic.id, topic.partitions, starts)


def remembered(meta: Mapping[str, Any]) -> dict[str, Generation]:
    """Return the generations that an index keeps in its `_meta.connector`, by topic."""
    return {name: Generation.read(kept) for name, kept in meta.get("topics", {}).items()}


def require_same(name: str, known: Generation, now: Topic) -> None:
    """Check that a topic is still the one whose offsets were versions so far.

    Raises:
        RefusedError: it was made anew, or has another number of partitions.
    """
    if now.id != known.id:
        what = f"was deleted and made anew (id {known.id} before, {now.id} now): its offsets"
        what += " count from 0 again"
    elif now.partitions != known.partitions:
        what = f"has {now.partitions} partitions, {known.partitions} before: keys moved to where"
        what += " offsets are lower"
    else:
        return
    raise RefusedError(
        f'topic {name!r} {what}, and offsets are its versions (source.version = "@offset"); newer '
        "updates would look stale. Nothing was written or committed. If what is in it now is "
        f"newer than all before, accept it with `connector ingest --accept-topic {name}`"
    )
