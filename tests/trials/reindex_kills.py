"""The command, a Celery worker, Redis and the node are killed at every step of a reindex, then resumed.

`python -m trials.reindex_kills [--steps STEP …] [--victims VICTIM …]`
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from kit import history, workload
from kit.hands import Hands, await_true, hands
from kit.held import STEPS
from kit.node import Node, node
from kit.stage import Stage, encoder, stage
from kit.trial import show
from plugins.ingest_shop import to_toml
from plugins.reindex_shop import Move
from plugins.servers import environment
from plugins.tiny_model import build

from connector.local import places, redis, supervisor
from connector.local.server import free_port
from connector.settings import RedisSettings, Settings
from ingest.reindex.run import State
from ingest.run import run as ingest

VICTIMS = ("command", "worker", "redis", "node")
# Models of random weights rank as they like, and a cluster that was just killed is slow.
_OVERRIDDEN = ("golden-queries", "self-recall", "latency")
_PATH = os.pathsep.join(dict.fromkeys([str(Path(__file__).parents[1]), *filter(None, sys.path)]))
_RESUMES = 4


class Redis:
    """A Redis of the trial's own; killed, it keeps what it had written."""

    def __init__(self, home: Path) -> None:
        self._server, self.url = redis.prepare(home, free_port())
        self.start()

    def start(self) -> None:
        """Start it on what it has written."""
        self._process = supervisor._spawn(self._server)
        await_true(self._server.healthy)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._process.kill()
        self._process.wait()


@dataclass
class World:
    """Servers that may be killed, how to reach them, two models, and a folder."""

    settings: Settings
    node: Node
    redis: Redis
    model: Path
    other: Path
    folder: Path


@contextmanager
def world(admin: Settings, model: Path, folder: Path) -> Iterator[World]:
    """Start a node and a Redis; Kafka is lent."""
    (folder / "other").mkdir()
    other = build(folder / "other", seed=8)
    home = places.default_home().with_name(f"{places.NAME}-redis-{uuid.uuid4().hex[:8]}")
    places.make(home)
    with node() as one:
        own = Redis(home)
        slices = admin.reindex.model_copy(update={"slice_documents": 20})
        changes = {"redis": RedisSettings(url=own.url), "reindex": slices}
        try:
            settings = one.serve(admin).model_copy(update=changes)
            yield World(settings, one, own, model, other, folder)
        finally:
            own.kill()
            shutil.rmtree(home, ignore_errors=True)


def cell(here: World, step: str, victim: str) -> dict[str, Any]:
    """Kill one victim at one step; return the verdict and how much was done twice."""
    folder = here.folder / f"{step}-{victim}"
    folder.mkdir()
    with (
        stage(here.settings, here.model, folder, 2) as place,
        hands(_settings(here), folder) as crew,
    ):
        place.shop.settings = place.shop.settings.model_copy(
            update={"redis": here.settings.redis, "reindex": here.settings.reindex}
        )
        traffic = workload.changes(workload.Mix(keys=200, changes=10_000), 1)
        send(place, islice(traffic, 400))
        move = Move(place.shop)
        catalogue = move.changed(model={"name": str(here.other)})
        file = folder / "new.toml"
        file.write_text(to_toml(catalogue), "utf-8")
        workers = [crew.hire("embed", "copy") for _ in range(2)]
        more = [part for name in _OVERRIDDEN for part in ("--override", name)]
        command = launch(
            place, file, folder, "start", "--workers", "celery", *more, held=(step, folder)
        )
        try:
            await_true(lambda: (folder / "at").exists() or command.poll() is not None, 900)
            assert command.poll() is None, (folder / "said").read_text("utf-8")
            if step != STEPS[-1]:
                send(place, islice(traffic, 40))
            _kill(here, victim, command, workers[0])
            (folder / "go").touch()
            _revive(here, victim, crew)
            command.wait(900)
        finally:
            command.kill()
        resumes = _resume(move, place, file, folder)
        ingest(place.shop.settings, catalogue, True, False)
        run = move.ledger.runs(place.shop.catalogue.name)[0]
        progress = move.ledger.progress(run)
        verdict = history.compare(
            history.fold(map(workload.read, place.log())),
            history.read_index(place.shop.client, run.id, run.catalogue),
            workload.texts,
            encoder(here.other),
        )
        twice = progress.attempts - progress.slices
        return {
            "step": step,
            "victim": victim,
            "resumes": resumes,
            "slices": progress.slices,
            "again": twice,
            "state": str(run.state),
            "sound": verdict.sound,
            "verdict": str(verdict),
        }


def _settings(here: World) -> Settings:
    exact = here.settings.encoder.model_copy(update={"device": "cpu", "dtype": "float32"})
    return here.settings.model_copy(update={"encoder": exact})


def send(place: Stage, changes: Any) -> None:
    """Send changes, and let the old index's worker take them."""
    workload.send(place.bootstrap, place.shop.topic, changes)
    place.shop.ingest()


def launch(
    place: Stage,
    file: Path,
    folder: Path,
    name: str,
    *flags: str,
    held: tuple[str, Path] | None = None,
) -> "subprocess.Popen[bytes]":
    settings = place.shop.settings
    module = ["kit.held", held[0], str(held[1])] if held else ["connector"]
    arguments = ["reindex", name, "-c", str(file), "--until-switched", *flags]
    with (folder / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", *module, *arguments],
            env=environment(settings)
            | {
                "PYTHONPATH": _PATH,
                "CONNECTOR_REINDEX__SLICE_DOCUMENTS": str(settings.reindex.slice_documents),
                "CONNECTOR_ENCODER__DEVICE": "cpu",
                "CONNECTOR_ENCODER__DTYPE": "float32",
            },
            stdout=said,
            stderr=said,
        )


def _kill(here: World, victim: str, command: Any, worker: Any) -> None:
    if victim in ("command", "worker"):
        process = command if victim == "command" else worker
        process.kill()
        process.wait()
    else:
        (here.redis if victim == "redis" else here.node).kill()


def _revive(here: World, victim: str, crew: Hands) -> None:
    if victim == "redis":
        here.redis.start()
    elif victim == "node":
        here.node.restart()
    elif victim == "worker":
        crew.hire("embed", "copy")


def _resume(move: Move, place: Stage, file: Path, folder: Path) -> int:
    """Resume until searches reach the new index; return how often it took."""
    for count in range(_RESUMES):
        run = move.ledger.runs(place.shop.catalogue.name)[0]
        if run.state is State.SWITCHED:
            return count
        launch(place, file, folder, "resume").wait(900)
    said = (folder / "said").read_text("utf-8", errors="replace")
    raise AssertionError(f"the run does not get there: {said[-2000:]}")


def trial(
    steps: Sequence[str], victims: Sequence[str], admin: Settings, model: Path, folder: Path
) -> dict[str, Any]:
    """Run every cell of the table; print each as it is done."""
    cells: list[dict[str, Any]] = []
    with world(admin, model, folder) as here:
        for step in steps:
            for victim in victims:
                cells.append(cell(here, step, victim))
                print(json.dumps(cells[-1]), flush=True)
    for step in steps:
        row = [each for each in cells if each["step"] == step]
        told = [f"{one['victim']}: {_mark(one)}" for one in row]
        print(f"{step:<12} {'   '.join(told)}", flush=True)
    return {"cells": len(cells), "sound": sum(one["sound"] for one in cells)}


def _mark(one: dict[str, Any]) -> str:
    return f"{'same' if one['sound'] else 'DIFFERS'}, {one['again']} again"


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--victims", nargs="+", choices=VICTIMS, default=VICTIMS)
    asked = parser.parse_args()
    show(lambda admin, model, folder: trial(asked.steps, asked.victims, admin, model, folder))
