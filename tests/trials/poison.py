"""Records that can never be written, in batches that are tried again and again: one letter each.

`python -m trials.poison`
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit import workload
from kit.crash import BEFORE_BULK, BEFORE_COMMIT, DURING_COMMIT, MID_EMBED, UNREAD, Trap
from kit.crew import Crew, crew
from kit.history import Change, Verdict, compare, fold, read_index, read_log
from kit.stage import Stage, encoder, stage
from kit.trial import show

from connector import broker
from connector.settings import Settings

# The batch is tried once for each, and each time its worker dies.
DEATHS = (MID_EMBED, BEFORE_BULK, UNREAD, BEFORE_COMMIT, BEFORE_COMMIT, DURING_COMMIT)


@dataclass(frozen=True)
class Poison:
    """One record that can never be a product.

    Attributes:
        key, value: as they stand in Kafka.
        expected: class of its dead letter.
    """

    key: bytes | None
    value: bytes
    expected: str


def _json(name: str, **fields: Any) -> bytes:
    return json.dumps({"id": name, "title": "bad", **fields}).encode()


POISONS: Mapping[str, Poison] = {
    "invalid UTF-8": Poison(b"x1", b'{"id": "x1", "title": "\xff"}', "InvalidUtf8"),
    "invalid JSON": Poison(b"x2", b'{"id": "x2", "title": ', "InvalidJson"),
    "wrong type": Poison(b"x3", _json("x3", stock="many"), "WrongType"),
    "missing id": Poison(b"x4", b'{"title": "bad"}', "MissingId"),
    "unknown field": Poison(b"x5", _json("x5", colour="red"), "UnknownField"),
    "null key": Poison(None, _json("x6"), "NullKey"),
    "oversize record": Poison(b"x7", _json("x7", body="x" * 2_000_000), "OversizeRecord"),
    "lone surrogate": Poison(b"x8", b'{"id": "x8", "title": "\\ud800"}', "LoneSurrogate"),
    "NaN in a number": Poison(b"x9", b'{"id": "x9", "stock": NaN}', "InvalidJson"),
    "zero vector": Poison(b"x10", _json("x10", title_vector=[0.0] * 32), "UnknownField"),
    "wrong dimension": Poison(b"x11", _json("x11", title_vector=[1.0]), "UnknownField"),
    "field explosion": Poison(
        b"x12", _json("x12", **{f"f{n}": n for n in range(2_000)}), "UnknownField"
    ),
    "1 MB of text": Poison(b"x13", _json("x13", body="a " * 500_000), "OversizeRecord"),
}

# Odd, but products: one without any text, one whose text the model reads the beginning of.
HARMLESS = (
    Change("empty text", 1, {"title": "", "body": ""}),
    Change("long text", 1, {"title": "long", "body": "red shoe " * 50_000}),
)


@dataclass
class Autopsy:
    """What became of the poison.

    Attributes:
        letters: classes of the dead letters, by name of the poison.
        copies: how often a letter stands in the topic, at most.
        deaths: of workers, by point.
        verdict: of the judge, about everything else.
    """

    letters: dict[str, list[str]]
    copies: int
    deaths: Counter[str]
    verdict: Verdict


def poison(place: Stage, workers: Crew) -> Autopsy:
    """Send poison among products, let workers die over it, and look at letters and index.

    Raises:
        AssertionError: a worker did not die where it had to, or nothing moves any more.
    """
    good = [*HARMLESS, *workload.changes(workload.Mix(keys=50, changes=200), seed=1)]
    where = _send(place, good)
    deaths: Counter[str] = Counter()
    for point in DEATHS:
        life = workers.hire(Trap(point))
        assert life.wait(60), f"no worker came by {point!r}: {life.said}"
        deaths[life.trapped or "?"] += 1
    workers.drain(1)
    found = list(_letters(place))
    distinct = {(letter["offset"], letter["error_class"]) for letter in found}
    letters = {name: [kind for at, kind in distinct if at == where[name]] for name in where}
    copies = max(Counter(letter["offset"] for letter in found).values())
    return Autopsy(letters, copies, deaths, _judge(place))


def _send(place: Stage, good: list[Change]) -> dict[str, int]:
    """Send all to one partition; return the offset of each poison."""
    header = [(workload.VERSION, b"1")]
    with closing(broker.producer(place.admin.kafka)) as producer:
        for number, change in enumerate(good):
            key, value, headers = workload.record(change)
            producer.send(place.shop.topic, key=key, value=value, headers=headers, partition=0)
            if number == len(good) // 2:
                sent = {
                    name: producer.send(
                        place.shop.topic, key=p.key, value=p.value, headers=header, partition=0
                    )
                    for name, p in POISONS.items()
                }
        return {name: future.get().offset for name, future in sent.items()}


def _letters(place: Stage) -> Iterator[dict[str, Any]]:
    """Yield the dead letters, each as often as it was parked."""
    for logged in read_log(place.bootstrap, f"{place.shop.topic}.deadletters"):
        assert logged.value is not None
        yield json.loads(logged.value)


def _judge(place: Stage) -> Verdict:
    """Compare the index with the log without its poison."""
    shop, bad = place.shop, {poison.value for poison in POISONS.values()}
    log = (each for each in read_log(place.bootstrap, shop.topic) if each.value not in bad)
    stored = read_index(shop.client, shop.index, shop.catalogue.name)
    return compare(fold(map(workload.read, log)), stored, workload.texts, encoder(place.model))


def trial(admin: Settings, model: Path, folder: Path) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    with (
        stage(admin, model, folder, partitions=1) as place,
        crew(folder, place, batch_records="100") as workers,
    ):
        found = poison(place, workers)
        return {
            "classes": len(POISONS),
            "letters": {name: ", ".join(kinds) for name, kinds in found.letters.items()},
            "copies_at_most": found.copies,
            "deaths": dict(found.deaths),
            "products": found.verdict.checked,
            "alive": found.verdict.alive,
            **found.verdict.counts,
        }


def main() -> None:
    """Run the trial; it has one form."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    show(trial)


if __name__ == "__main__":
    main()
