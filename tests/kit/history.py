"""The judge: folds the log that Kafka holds and compares the index with the result.

It shares no code with what it judges. What it relies on is what is promised to users: documents
as they are stored, `connector.versions`, the filtered alias.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from kafka import KafkaConsumer, TopicPartition
from opensearchpy import OpenSearch
from opensearchpy.helpers import scan

PRODUCT = "product"
# Two vectors of one text, computed in batches of other sizes, differ by less (Euclidean length).
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Logged:
    """One record as Kafka holds it; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int
    headers: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True)
class Change:
    """What one record asks for; `fields` None is a delete, `group` the stream that owns them."""

    id: str
    version: int
    fields: Mapping[str, Any] | None
    group: str = PRODUCT


@dataclass(frozen=True)
class Stored:
    """One document: its id, its stored source and how often the alias finds it."""

    source: Mapping[str, Any]
    found: int


@dataclass
class Verdict:
    """What is wrong, as ids of products; all empty when the index equals the fold of the log.

    Attributes:
        checked: products that the log speaks of.
        alive: of these, how many a search has to find.
        lost: a search does not find a product that is there.
        stale: a document is not at the version, or has not the fields, that the log ends with.
        resurrected: a search finds a product that is deleted.
        duplicated: a search finds a product more than once.
        unknown: a search finds a product that the log never spoke of.
        unguarded: a delete left no tombstone of its version, so an old change could undo it, or
            one that still has fields.
        detached: a stored vector does not belong to the stored text, or one is missing, or left.
    """

    checked: int = 0
    alive: int = 0
    lost: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    resurrected: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    unguarded: list[str] = field(default_factory=list)
    detached: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, int]:
        """What a trial prints of it."""
        return {"products": self.checked, "alive": self.alive, **self.counts}

    @property
    def counts(self) -> dict[str, int]:
        """How many products each fault has."""
        lists = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: len(ids) for name, ids in lists.items() if isinstance(ids, list)}

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.counts.values())

    def __str__(self) -> str:
        told = [f"{self.checked:,} products checked, {self.alive:,} alive"]
        for name, count in self.counts.items():
            some = ", ".join(getattr(self, name)[:5])
            told.append(f"{count} {name}{f' ({some})' if some else ''}")
        return "; ".join(told)


@dataclass(frozen=True)
class Expected:
    """What the log ends with for one product: versions and fields by stream; None is deleted."""

    versions: Mapping[str, int]
    fields: Mapping[str, Mapping[str, Any] | None]

    @property
    def alive(self) -> bool:
        """Whether a search finds it; other streams alone do not make a product."""
        return self.fields.get(PRODUCT) is not None

    @property
    def merged(self) -> dict[str, Any]:
        """All streams' fields."""
        parts = [part for part in self.fields.values() if part is not None]
        return {name: value for part in parts for name, value in part.items()}


def fold(changes: Iterable[Change]) -> dict[str, Expected]:
    """Return what a log ends with: per product and stream the highest version, of equals the first.

    The order of arrival decides nothing else: that is what versions promise.
    """
    newest: dict[str, dict[str, Change]] = {}
    for change in changes:
        streams = newest.setdefault(change.id, {})
        if change.group not in streams or change.version > streams[change.group].version:
            streams[change.group] = change
    return {
        identity: Expected(
            {group: change.version for group, change in streams.items()},
            {group: change.fields for group, change in streams.items()},
        )
        for identity, streams in newest.items()
    }


def read_log(bootstrap: str, *topics: str) -> list[Logged]:
    """Read every record of some topics, partition by partition, from the first to the last."""
    with closing(_reader(bootstrap)) as consumer:
        places = _places(consumer, topics)
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        found: list[Logged] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for several in consumer.poll(timeout_ms=500).values():
                found += [_logged(each) for each in several]
        return found


def commits(bootstrap: str, group: str, *topics: str) -> dict[TopicPartition, int]:
    """Return up to where a consumer group has committed, by partition; 0 where it never did."""
    with closing(_reader(bootstrap, group_id=group)) as consumer:
        return {place: consumer.committed(place) or 0 for place in _places(consumer, topics)}


def unread(bootstrap: str, group: str, *topics: str) -> int:
    """Return how many records are in the topics that a consumer group has not committed."""
    done = commits(bootstrap, group, *topics)
    with closing(_reader(bootstrap)) as consumer:
        first, ends = consumer.beginning_offsets([*done]), consumer.end_offsets([*done])
    return sum(ends[place] - max(offset, first[place]) for place, offset in done.items())


def read_index(client: OpenSearch, index: str, alias: str) -> dict[str, Stored]:
    """Read every document, tombstones too, and how often the alias finds each."""
    client.indices.refresh(index=index)
    found = Counter(hit["_id"] for hit in scan(client, index=alias, size=2000, _source=False))
    stored = scan(client, index=index, size=1000)
    documents = {hit["_id"]: Stored(hit["_source"], found.pop(hit["_id"], 0)) for hit in stored}
    return documents | {identity: Stored({}, times) for identity, times in found.items()}


def compare(
    expected: Mapping[str, Expected],
    stored: Mapping[str, Stored],
    texts: Callable[[Mapping[str, Any]], Mapping[str, str]],
    encode: Callable[[list[str]], Any],
) -> Verdict:
    """Compare what the log ends with and what the index holds.

    Args:
        expected: from `fold`.
        stored: from `read_index`.
        texts: the text of each vector field, of a product's fields; empty texts have no vector.
        encode: vectors of texts, float32 of shape (len(texts), dimension), rows of length 1; not
            by the code under test.
    """
    verdict = Verdict(len(expected), sum(each.alive for each in expected.values()))
    for identity, product in expected.items():
        there = stored.get(identity, Stored({}, 0))
        for fault in _faults(product, there):
            getattr(verdict, fault).append(identity)
    verdict.unknown += [i for i, there in stored.items() if there.found and i not in expected]
    verdict.detached += _detached(stored, texts, encode)
    return verdict


def _faults(product: Expected, there: Stored) -> Iterator[str]:
    if there.found > 1:
        yield "duplicated"
    if product.alive and not there.found:
        yield "lost"
    if not product.alive and there.found:
        yield "resurrected"
    kept = there.source.get("connector", {}).get("versions", {})
    current = kept == product.versions and _same(product, there)
    if product.alive and there.found and not current:
        yield "stale"
    if not product.alive and not there.found and not current:
        yield "unguarded"


def _same(product: Expected, there: Stored) -> bool:
    own = {
        name: value
        for name, value in there.source.items()
        if name != "connector" and not name.endswith("_vector")
    }
    return own == product.merged


def _detached(
    stored: Mapping[str, Stored],
    texts: Callable[[Mapping[str, Any]], Mapping[str, str]],
    encode: Callable[[list[str]], Any],
) -> list[str]:
    """Return the documents whose vectors are not those of their own, stored text."""
    wanted = {identity: _texts(there, texts) for identity, there in stored.items()}
    distinct = list(dict.fromkeys(text for each in wanted.values() for text in each.values()))
    known = dict(zip(distinct, encode(distinct), strict=True)) if distinct else {}
    return [
        identity
        for identity, there in stored.items()
        if not _belong(_vectors(there), {n: known[t] for n, t in wanted[identity].items()})
    ]


def _texts(
    there: Stored, texts: Callable[[Mapping[str, Any]], Mapping[str, str]]
) -> dict[str, str]:
    if there.source.get("connector", {}).get("deleted", True):
        return {}
    return {name: text for name, text in texts(there.source).items() if text}


def _vectors(there: Stored) -> dict[str, Sequence[float]]:
    return {name: value for name, value in there.source.items() if name.endswith("_vector")}


def _belong(have: Mapping[str, Sequence[float]], want: Mapping[str, Any]) -> bool:
    return have.keys() == want.keys() and all(
        np.linalg.norm(np.asarray(have[name]) - want[name]) < TOLERANCE for name in want
    )


def _logged(polled: Any) -> Logged:
    return Logged(
        polled.topic,
        polled.partition,
        polled.offset,
        polled.key,
        polled.value,
        polled.timestamp,
        tuple(polled.headers or ()),
    )


def _places(consumer: KafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    return [
        TopicPartition(topic, number)
        for topic in topics
        for number in consumer.partitions_for_topic(topic) or ()
    ]


def _reader(bootstrap: str, **more: Any) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        **more,
    )
