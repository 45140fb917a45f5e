"""Traffic with everything that makes delivery hard: deletes, re-creations, repeats, late changes."""

import json
import random
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kafka import KafkaProducer

from kit.history import Change, Logged

# The header that carries a change's version: a tombstone has one of its own, too.
VERSION = "v"
# What a catalogue's source has to say to read this traffic.
SOURCE = {"version": f"@header:{VERSION}"}

_ADJECTIVES = ("red", "blue", "warm", "light", "small", "wide", "soft", "old")
_NOUNS = ("shoe", "hat", "coat", "lamp", "chair", "cup", "bag", "scarf")


@dataclass(frozen=True)
class Mix:
    """How much of what; the shares are of all changes.

    Attributes:
        keys: products there can be.
        changes: how many are made, repeats included.
        deletes: of any key, also of one that is deleted or was never there.
        recreations: of keys that are deleted.
        same_text: updates that leave the embedded text alone.
        repeats: changes sent a second time, later.
        late: changes that arrive after newer ones of the same product.
    """

    keys: int = 10_000
    changes: int = 100_000
    deletes: float = 0.15
    recreations: float = 0.05
    same_text: float = 0.25
    repeats: float = 0.02
    late: float = 0.02


def changes(mix: Mix, seed: int, shelf: Sequence[Mapping[str, str]] = ()) -> Iterator[Change]:
    """Yield the changes of a run in the order of their arrival; the same for the same seed.

    Versions are whole numbers over all products, given in the order in which the source made the
    changes: a late change has a smaller version than what arrived before it.

    Args:
        mix: how much of what.
        seed: of chance.
        shelf: texts of real products, at most `mix.keys`. The first changes put each of them once,
            and new texts are taken from them; made-up words where there are none.
    """
    source, left = _Source(mix, random.Random(seed), shelf), mix.changes
    held: list[tuple[int, Change]] = []
    while left:
        due = [change for at, change in held if at <= source.version]
        held = [(at, change) for at, change in held if at > source.version]
        for change in due[:left] or source.next(held):
            yield change
            left -= 1


class _Source:
    """The system that the changes come from: it knows what is alive."""

    def __init__(self, mix: Mix, chance: random.Random, shelf: Sequence[Mapping[str, str]]) -> None:
        self._mix, self._chance, self._shelf = mix, chance, shelf
        self._unpacked = iter(shelf)
        self._alive: dict[str, dict[str, Any]] = {}
        self._deleted: set[str] = set()
        self.version = 0

    def next(self, held: list[tuple[int, Change]]) -> Iterator[Change]:
        """Make one change and send it now, or hold it back; a repeat is held, too."""
        self.version += 1
        for text in self._unpacked:
            yield self._put(f"p{self.version - 1}", text)
            return
        change, fate = self._make(), self._chance.random()
        back = (self.version + self._chance.randint(1, 2 * self._mix.keys), change)
        if fate < self._mix.late:
            held.append(back)
            return
        if fate < self._mix.late + self._mix.repeats:
            held.append(back)
        yield change

    def _make(self) -> Change:
        kind = self._chance.random()
        if kind < self._mix.deletes:
            return self._delete(self._any())
        kind -= self._mix.deletes
        if kind < self._mix.recreations and self._deleted:
            return self._put(self._one_of(self._deleted))
        if self._alive and self._chance.random() < self._mix.same_text:
            key = self._one_of(self._alive)
            return self._put(key, self._alive.get(key))
        return self._put(self._fresh())

    def _any(self) -> str:
        return f"p{self._chance.randrange(self._mix.keys)}"

    def _one_of(self, some: Container[str]) -> str:
        """Return a product of `some`, or after a while any."""
        tries = (self._any() for _ in range(100))
        return next((key for key in tries if key in some), self._any())

    def _fresh(self) -> str:
        """Return a product that is not deleted, or after a while any."""
        tries = (self._any() for _ in range(100))
        return next((key for key in tries if key not in self._deleted), self._any())

    def _delete(self, key: str) -> Change:
        self._alive.pop(key, None)
        self._deleted.add(key)
        return Change(key, self.version, None)

    def _put(self, key: str, text: Mapping[str, Any] | None = None) -> Change:
        fields = {**(text or self._text()), "stock": self._chance.randrange(1000)}
        self._alive[key] = fields
        self._deleted.discard(key)
        return Change(key, self.version, fields)

    def _text(self) -> Mapping[str, str]:
        if self._shelf:
            return self._chance.choice(self._shelf)
        words = f"{self._chance.choice(_ADJECTIVES)} {self._chance.choice(_NOUNS)}"
        text = {"title": f"{words} {self._chance.randrange(10_000)}"}
        if self._chance.random() < 0.7:
            text["body"] = f"{words} from house {self._chance.randrange(50)}"
        return text


def record(change: Change) -> tuple[bytes, bytes | None, list[tuple[str, bytes]]]:
    """Return key, value and headers of a change as it stands in Kafka."""
    body = None if change.fields is None else json.dumps({"id": change.id, **change.fields})
    return (
        change.id.encode(),
        None if body is None else body.encode(),
        [(VERSION, str(change.version).encode())],
    )


def read(logged: Logged) -> Change:
    """Read a record back, by this module's own knowledge of how it was written."""
    assert logged.key is not None
    fields = None if logged.value is None else json.loads(logged.value)
    if fields is not None:
        assert fields.pop("id") == logged.key.decode()
    return Change(logged.key.decode(), int(dict(logged.headers)[VERSION]), fields)


def texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the text that each vector field of the trials' catalogue has to be made from."""
    title, body = fields.get("title", ""), fields.get("body", "")
    return {"title_vector": title, "body_vector": f"{title} {body}".strip()}


def send(bootstrap: str, topic: str, made: Iterable[Change], rate: float | None = None) -> int:
    """Send changes to a topic, keys to partitions as Kafka's own clients do; return how many.

    Args:
        bootstrap: Kafka's address.
        topic: must exist.
        made: from `changes`.
        rate: changes per second; as fast as Kafka takes them without one.
    """
    sent, started = 0, time.monotonic()
    with closing(KafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5)) as producer:
        futures = []
        for change in made:
            key, value, headers = record(change)
            futures.append(producer.send(topic, key=key, value=value, headers=headers))
            sent += 1
            if rate:
                time.sleep(max(0.0, started + sent / rate - time.monotonic()))
        producer.flush()
        for future in futures:
            future.get()
    return sent
