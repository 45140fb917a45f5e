"""Records that can never be written, in batches that are tried again and again: one letter each.

`python -m trials.poison`
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit import workload
from kit.crash import BEFORE_BULK, BEFORE_COMMIT, DURING_COMMIT, MID_EMBED, UNREAD, Trap
from kit.crew import Crew, crew
from kit.history import Change, Logged, Verdict, compare, fold, read_index, read_log
from kit.stage import Stage, encoder, stage
from kit.trial import show
from plugins.servers import environment

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
        all: how many dead letters there are.
        deaths: of workers, by point.
        verdict: of the judge, about everything else.
    """

    letters: dict[str, list[str]]
    all: int
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
        assert life.wait(240), f"no worker came by {point!r}: {life.said}"
        deaths[life.trapped or "?"] += 1
    workers.drain(1)
    found = _letters(place)
    letters = {
        name: [each["error_class"] for each in found if each["offset"] == where[name]]
        for name in where
    }
    return Autopsy(letters, len(found), deaths, _judge(place))


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


def _letters(place: Stage) -> list[dict[str, Any]]:
    """Return the letters as an operator sees them."""
    command = [sys.executable, "-m", "connector", "deadletters", "list", "--json"]
    chosen = {"CONNECTOR_CATALOGUE": str(place.shop.file)}
    said = subprocess.run(
        command, env=environment(place.admin) | chosen, check=True, capture_output=True
    )
    letters: list[dict[str, Any]] = json.loads(said.stdout)
    return letters


def _judge(place: Stage) -> Verdict:
    """Compare the index with the log without its poison."""
    shop, bad = place.shop, {poison.value for poison in POISONS.values()}
    log = (each for each in read_log(place.bootstrap, shop.topic) if each.value not in bad)
    stored = read_index(shop.client, shop.index, shop.catalogue.name)
    return compare(fold(map(_read, log)), stored, workload.texts, encoder(place.model))


def _read(logged: Logged) -> Change:
    """Read a record without its blank texts, which are not stored."""
    change = workload.read(logged)
    kept = change.fields and {name: value for name, value in change.fields.items() if value != ""}
    return replace(change, fields=kept)


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
            "letters_in_all": found.all,
            "deaths": dict(found.deaths),
            **found.verdict.figures,
        }


def main() -> None:
    """Run the trial; it has one form."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    show(trial)


if __name__ == "__main__":
    main()
