import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from celery.worker import state
from kit.hands import Hands, await_true, dismiss, hands
from plugins import tiny_model as tiny
from plugins.crossing import shelf
from plugins.ingest_shop import Shop
from plugins.reindex_shop import Move, Silent

from connector.errors import EncoderError, IndexMissingError, RetryLaterError
from connector.settings import RedisSettings, Settings
from ingest.reindex import decide
from ingest.reindex.carry import run_slice
from ingest.reindex.distributed import executor
from ingest.reindex.distributed.app import TASK, make_app
from ingest.reindex.distributed.queue import Queue
from ingest.reindex.distributed.task import register
from ingest.reindex.drive import drive
from ingest.reindex.run import Run, State
from ingest.reindex.slices import Slice, SliceResult


@pytest.fixture
def settings(shop: Shop, reindexer: Settings) -> Iterator[Settings]:
    """A reindexer's rights, small slices, and a database of Redis that nobody else uses."""
    url = urlsplit(shop.settings.redis.url)._replace(path="/9").geturl()
    changes = {
        "opensearch": reindexer.opensearch,
        "redis": RedisSettings(url=url),
        "reindex": shop.settings.reindex.model_copy(update={"slice_documents": 4}),
    }
    chosen = shop.settings.model_copy(update=changes)
    shop.settings = chosen
    yield chosen
    for name in ("embed", "copy"):
        Queue(make_app(chosen), name).clear()


@pytest.fixture
def crew(settings: Settings, tmp_path: Path) -> Iterator[Hands]:
    with hands(settings, tmp_path) as opened:
        yield opened


def _filled(shop: Shop, model: Path) -> tuple[Move, Run]:
    """Return a run to another model of a shop of 40 products."""
    shop.send(*((id_, {"id": id_, **fields, "v": 1}) for id_, fields in shelf().items()))
    shop.ingest()
    move = Move(shop)
    changed = shop.catalogue.model.model_dump() | {"name": str(model)}
    return move, move.plan(move.changed(model=changed), workers="celery")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tiny.build(tmp_path, seed=8)


def _owners(move: Move, run: Run) -> list[str]:
    run = move.ledger.run(run.id)
    slices = [move.ledger.slice(f"{run.id}:{number:06d}") for number in range(run.slices)]
    return [one.owner.rsplit("-", 1)[0] for one in slices]


def test_two_workers_share_a_run_and_one_that_is_killed_is_replaced(
    shop: Shop, crew: Hands, other: Path, settings: Settings
) -> None:
    """Each slice is carried once but for the one in a dead hand; SIGTERM ends a worker with 0."""
    move, run = _filled(shop, other)
    workers = [crew.hire("embed", seconds=0.2) for _ in range(2)]
    await_true(lambda: crew.ready == 2, 180)
    done: list[Run] = []
    arguments = (settings, run.id, threading.Event(), Silent(), State.FOLLOWING)
    driving = threading.Thread(target=lambda: done.append(drive(*arguments)), daemon=True)
    driving.start()
    await_true(lambda: any(_owners(move, run)))
    owners = _owners(move, run)
    first, second = sorted(workers, key=lambda one: not any(str(one.pid) in who for who in owners))
    # It stands still with a slice in hand until the other has one, however late that comes.
    first.send_signal(signal.SIGSTOP)
    await_true(lambda: len({*_owners(move, run)} - {""}) == 2)
    first.kill()
    first.wait()
    driving.join(120)
    assert done, crew.said()
    assert done[0].state is State.FOLLOWING
    progress = move.ledger.progress(done[0])
    assert progress.counts["documents"] >= 40
    assert progress.attempts <= progress.slices + 1
    assert len(move.documents(run.id)) == 40
    assert dismiss(second) == 0, crew.said()


def test_what_redis_loses_is_sent_again(
    shop: Shop, crew: Hands, other: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger knows what is to be done; a queue that was emptied is filled anew."""
    monkeypatch.setattr(executor, "LOST_S", 0.5)
    move, run = _filled(shop, other)
    stop, done = threading.Event(), list[Run]()
    arguments = (settings, run.id, stop, Silent(), State.FOLLOWING)
    driving = threading.Thread(target=lambda: done.append(drive(*arguments)), daemon=True)
    driving.start()
    queue = Queue(make_app(settings), "embed")
    await_true(lambda: queue.waiting() > 0)
    queue.clear()
    crew.hire("embed", seconds=0.0)
    driving.join(120)
    assert done, crew.said()
    assert len(move.documents(run.id)) == 40


def test_what_is_left_of_an_ended_run_ends_no_worker(
    shop: Shop, other: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its names may wait in Redis for long, and its index is gone: the next run needs the worker."""
    monkeypatch.setattr(state, "should_stop", None)
    move, run = _filled(shop, other)

    errors = [EncoderError("no model here")] * 3 + [IndexMissingError("no index here")]

    def carry(*_: object) -> SliceResult:
        raise errors.pop(0)

    app = make_app(settings)
    register(app, settings, carry)
    slice_ = app.tasks[TASK]
    decide.abort(settings, shop.client, move.ledger, move.ledger.run(run.id))
    slice_(run.id, f"{run.id}:000000")
    slice_("nobody-v2", "nobody-v2:000000")
    assert not state.should_stop
    living = move.plan(move.changed(language="standard"), workers="celery")
    slice_(living.id, f"{living.id}:000000")
    assert state.should_stop, "the run lives, and this worker cannot carry its slices"
    monkeypatch.setattr(state, "should_stop", None)
    slice_(living.id, f"{living.id}:000000")
    assert not state.should_stop, "an index is gone, for whoever would carry its slices"


def test_an_ended_run_s_slices_stay_as_they_are(
    shop: Shop, other: Path, settings: Settings
) -> None:
    """Whoever takes one up after an abort writes nothing: the index may be about to go."""
    move, run = _filled(shop, other)
    drive(settings, run.id, threading.Event(), Silent(), State.BACKFILLING)
    move.ledger.change(run.id, lambda there: replace(there, state=State.ABORTED))
    found = run_slice(settings, run.id, f"{run.id}:000000")
    assert found.counts == {}
    assert move.documents(run.id) == {}


def test_a_redis_that_is_away_is_told(settings: Settings) -> None:
    """With its address, and without its password; the run can be resumed."""
    away = RedisSettings(url="redis://:secret@127.0.0.1:1/0")
    queue = Queue(make_app(settings.model_copy(update={"redis": away})), "copy")
    for call in (queue.waiting, lambda: queue.send(Slice("r", 0, 0, 0, 1, 1, "copy"))):
        with pytest.raises(RetryLaterError, match="does not answer") as raised:
            call()
        assert "secret" not in str(raised.value)
