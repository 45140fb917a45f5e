"""What the commands do: opens everything, looks or replays, sums up."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from functools import partial
from typing import Any

from connector import cluster
from connector.settings import Settings
from connector.telemetry import progress
from ingest.change import Record
from ingest.deadletters.letter import DeadLetter, Letter
from ingest.deadletters.originals import originals
from ingest.deadletters.payload import Keeping, restored
from ingest.deadletters.replay import Replay, Replayed
from ingest.deadletters.select import Selection
from ingest.deadletters.shelf import letters_of, take_away
from ingest.flow.batch import Batch, Steps
from ingest.generations import guarded
from ingest.metrics import Metrics
from ingest.run import steps_of
from ingest.signals import stop_on_signals
from ingest.target import open_target
from mappings.catalogue import Catalogue


class Refused(list[DeadLetter]):
    """Takes what is refused again, in the place of the dead-letter topic: its letter is there."""

    def park(self, letters: Sequence[DeadLetter], /) -> None:
        """Keep letters until they are asked for."""
        self += letters

    def take(self) -> list[DeadLetter]:
        """Return them, once."""
        taken = list(self)
        self.clear()
        return taken


def replay(
    settings: Settings, catalogue: Catalogue, topics: Sequence[str], selection: Selection
) -> dict[str, Any]:
    """Send the records of letters the product's way again and return a summary.

    Letters that were meant for another index than the present one are left alone: an index that
    is being built has a worker of its own, and one that was replaced needs nothing more.

    Raises:
        ConnectorError: with the reason and what to do; what is not resolved stays.
    """
    chosen = selection.of(letters_of(settings.kafka, topics))
    refused = Refused()
    with ExitStack() as opened:
        client = opened.enter_context(closing(cluster.connect(settings.opensearch)))
        target = open_target(client, catalogue)
        stop = opened.enter_context(stop_on_signals())
        steps = steps_of(settings, target, refused, Metrics(), stop)
        bar = opened.enter_context(progress(f"replay {catalogue.name}"))
        ours = [letter for letter in chosen if letter.index == target.index]
        way = Replay(
            find=partial(originals, settings.kafka),
            deliver=partial(_deliver, steps, refused),
            resolve=partial(take_away, settings.kafka),
            restore=frozenset(topics).isdisjoint(guarded(catalogue)),
            size=settings.ingest.batch_records,
            stopped=stop.is_set,
        )
        done = way.run(ours, lambda count: bar.update(count, len(ours)))
    return _summary(done, len(chosen), len(chosen) - len(ours))


def found(settings: Settings, letter: Letter) -> dict[str, Any]:
    """Return a letter with its record's value, redacted, and where that comes from."""
    record = originals(settings.kafka, [letter]).get(letter.position)
    source = "kafka" if record else "letter" if restored(letter) else "nowhere"
    value = (record or restored(letter) or Record(letter.position, None, None, 0)).value
    shown = Keeping.of(settings.ingest.deadletters).shown(value) if value is not None else None
    return {
        **letter.body(),
        "name": letter.name,
        "record_from": source,
        "value": shown.decode("utf-8", "backslashreplace") if shown is not None else None,
    }


def _deliver(steps: Steps, refused: Refused, records: Sequence[Record]) -> list[DeadLetter]:
    batch = Batch(records)
    steps.plan(batch)
    steps.write(batch)
    return refused.take()


def _summary(done: Replayed, letters: int, elsewhere: int) -> dict[str, Any]:
    return {
        "letters": letters,
        "resolved": len(done.resolved),
        "refused": [
            {"name": letter.name, "error_class": now.error_class, "reason": now.reason}
            for letter, now in done.refused
        ],
        "lost": [letter.name for letter in done.lost],
        "other_index": elsewhere,
    }
