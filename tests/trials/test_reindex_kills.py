from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from kit import history, workload
from kit.hands import await_true
from kit.held import BACKFILLING, SWITCHING
from kit.stage import Stage, encoder
from plugins.ingest_shop import to_toml
from plugins.reindex_shop import Move
from trials.reindex_kills import launch, send

from ingest.reindex.run import State
from mappings.live import open_index

pytestmark = pytest.mark.server


def _stands(command: Any, folder: Path) -> bool:
    """Whether a command has come to its step; one that ended says why."""
    assert command.poll() is None, (folder / "said").read_text("utf-8")
    return (folder / "at").exists()


@pytest.mark.parametrize("place", [2], indirect=True)
def test_a_command_that_is_killed_twice_gets_there(
    place: Stage, tiny_model: Path, tmp_path: Path
) -> None:
    """While slices are carried, and between the alias and the ledger; two slices more at most."""
    slices = place.shop.settings.reindex.model_copy(update={"slice_documents": 20})
    place.shop.settings = place.shop.settings.model_copy(update={"reindex": slices})
    traffic = workload.changes(workload.Mix(keys=100, changes=10_000), 1)
    send(place, islice(traffic, 200))
    move = Move(place.shop)
    catalogue = move.changed(language="standard")
    file = tmp_path / "new.toml"
    file.write_text(to_toml(catalogue), "utf-8")
    for name, step in (("start", BACKFILLING), ("resume", SWITCHING)):
        folder = tmp_path / step
        folder.mkdir()
        # A cluster that others use answers when it does.
        command = launch(place, file, folder, name, "--override", "latency", held=(step, folder))
        try:
            await_true(partial(_stands, command, folder), 240)
            workload.send(place.bootstrap, place.shop.topic, islice(traffic, 40))
            if step == BACKFILLING:
                place.shop.ingest()
        finally:
            command.kill()
            command.wait()
    [run] = move.ledger.runs(catalogue.name)
    assert (run.state, open_index(place.shop.client, run.catalogue).physical) == ("gating", run.id)

    run = move.go(run)
    assert run.state is State.SWITCHED
    with move.feeding(run.id):
        await_true(lambda: not history.unread(place.bootstrap, run.id, place.shop.topic))
    verdict = history.compare(
        history.fold(map(workload.read, place.log())),
        history.read_index(place.shop.client, run.id, run.catalogue),
        workload.texts,
        encoder(tiny_model),
    )
    assert verdict.sound, str(verdict)
    progress = move.ledger.progress(run)
    assert progress.counts["encoder_texts"] == 0
    # Threads carry several at once: each may have had one in hand.
    assert progress.attempts - progress.slices <= place.shop.settings.reindex.threads
