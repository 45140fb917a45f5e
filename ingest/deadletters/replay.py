"""Letters' records go the product's way again, and what arrives leaves the shelf.

Each record has its own version, so whatever is newer stays: replaying twice, or an old letter late,
changes nothing. A letter is resolved after its record is written; killed in between, the next
replay finds the record stale and resolves the letter then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from ingest.change import Position, Record
from ingest.deadletters.letter import DeadLetter, Letter
from ingest.deadletters.payload import restored


@dataclass
class Replayed:
    """What became of the letters.

    Attributes:
        resolved: their records are in the index, or superseded there.
        refused: their records are still refused; the reason is today's.
        lost: Kafka no longer has their records, and the letters do not keep them whole.
    """

    resolved: list[Letter] = field(default_factory=list)
    refused: list[tuple[Letter, DeadLetter]] = field(default_factory=list)
    lost: list[Letter] = field(default_factory=list)


@dataclass(frozen=True)
class Replay:
    """How letters are replayed.

    Attributes:
        find: the records of letters by place, where Kafka still has them.
        deliver: sends records the product's way and returns when every one is written, stale
            or refused; returns the refused ones.
        resolve: takes letters off the shelf.
        restore: whether a record may be made again from what its letter keeps. Not where
            versions are offsets: those order nothing once their topic is made anew.
        size: letters of one go.
        stopped: whether to go no further; the letters that are left stay.
    """

    find: Callable[[Sequence[Letter]], dict[Position, Record]]
    deliver: Callable[[Sequence[Record]], Sequence[DeadLetter]]
    resolve: Callable[[Sequence[Letter]], None]
    restore: bool
    size: int
    stopped: Callable[[], bool]

    def run(self, letters: Sequence[Letter], report: Callable[[int], None]) -> Replayed:
        """Replay letters in their order; `report` is called with how many are done.

        Raises:
            ConnectorError: something is away or refuses; what is not resolved stays.
        """
        done = Replayed()
        for start in range(0, len(letters), self.size):
            if self.stopped():
                break
            some = letters[start : start + self.size]
            self._some(some, done)
            report(start + len(some))
        return done

    def _some(self, letters: Sequence[Letter], done: Replayed) -> None:
        records = dict(self._records(letters))
        refused = {letter.record: letter for letter in self.deliver(list(records.values()))}
        written = []
        for letter in letters:
            record = records.get(letter.identity)
            if record is None:
                done.lost.append(letter)
            elif record in refused:
                done.refused.append((letter, refused[record]))
            else:
                written.append(letter)
        self.resolve(written)
        done.resolved += written

    def _records(self, letters: Sequence[Letter]) -> Iterator[tuple[bytes, Record]]:
        found = self.find(letters)
        for letter in letters:
            record = found.get(letter.position)
            if record is not None and record.timestamp == letter.timestamp:
                yield letter.identity, record
            elif self.restore and (kept := restored(letter)):
                yield letter.identity, kept
