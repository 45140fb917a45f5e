"""A catalogue is reindexed under live traffic and searches, to another model, there and back.

`python -m trials.switch --kind model --rate 300 --searches 30`
"""

import argparse
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, islice
from pathlib import Path
from typing import Any

import numpy as np
from kit import history, shelves, workload
from kit.crew import await_progress
from kit.history import Change, Verdict
from kit.stage import Stage, encoder, stage
from kit.traffic import flowing
from kit.trial import show
from plugins.reindex_shop import Move
from plugins.tiny_model import build

from connector.errors import ConnectorError
from connector.settings import Settings
from ingest.reindex.run import Run, State
from query.search import Searcher

# Products that no traffic touches: a search for one's title finds it first, by either model, and by
# a mixture of the two does not.
ANCHORS = tuple(
    Change(f"anchor{n}", 1, {"title": f"anchor {word} {n * 7919}", "stock": n})
    for n, word in enumerate(("oak", "elm", "fir", "yew", "ash", "birch", "larch", "maple"))
)
_SEARCHERS = 8


@dataclass(frozen=True)
class Plan:
    """The size of a trial.

    Attributes:
        seed: of the traffic.
        changes: sent before the reindex begins.
        rate: changes per second while it runs.
        searches: per second likewise.
        after_s: how long traffic goes on after the switch, and after the rollback.
        keys: products there can be.
        shelf: texts of real products, all there before the reindex begins; see `workload.changes`.
        queries: what shoppers ask, every second search; none: all searches are for anchors.
    """

    seed: int = 1
    changes: int = 1_500
    rate: float = 60.0
    searches: float = 8.0
    after_s: float = 3.0
    keys: int = 600
    shelf: Sequence[Mapping[str, str]] = ()
    queries: Sequence[str] = ()


@dataclass
class Searches:
    """What became of searches.

    Attributes:
        said: how many found what they had to (`right`), found another product first, had no hit at
            all, or failed.
        took: seconds of each.
    """

    said: Counter[str] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)


@dataclass
class Switch:
    """What was done, and what was found.

    Attributes:
        searches: what became of them, over the whole trial.
        changed, searched: how many changes were sent and searches answered while both went on.
        flowed_s: for so many seconds.
        forth: the judge's verdict on the new index, once the traffic rested.
        back: of the old one, after more traffic and a rollback.
        run: as the ledger has it at the end.
        counts: of the slices.
    """

    searches: Searches = field(default_factory=Searches)
    changed: int = 0
    searched: int = 0
    flowed_s: float = 0.0
    forth: Verdict = field(default_factory=Verdict)
    back: Verdict = field(default_factory=Verdict)
    run: Run | None = None
    counts: dict[str, int] = field(default_factory=dict)


def reindex(place: Stage, other: Path | None, plan: Plan) -> Switch:
    """Reindex to another model, or to another mapping where there is none, and back.

    Raises:
        AssertionError: something moves no more.
        ConnectorError: the run could not go on.
    """
    move, found = Move(place.shop), Switch()
    old = place.shop.index
    mix = workload.Mix(keys=plan.keys, changes=10**9)
    traffic = workload.changes(mix, plan.seed, plan.shelf)
    first = chain(ANCHORS, islice(traffic, plan.changes))
    workload.send(place.bootstrap, place.shop.topic, first)
    with ExitStack() as opened:
        opened.enter_context(move.feeding(old))
        _settle(place, old)
        place.shop.client.indices.refresh(index=old)
        opened.enter_context(_searching(place, plan, found.searches))
        wanted = {"model": {"name": str(other)}} if other else {"language": "standard"}
        # Without stems the first pages are others; a model of random weights ranks as it likes.
        worse = ("golden-queries", "self-recall") if other else ("golden-queries",)
        run = move.plan(move.changed(**wanted), overridden=worse)
        with move.going(run):
            with _counted(place, traffic, plan.rate, found):
                _await(move, run, State.SWITCHED)
                time.sleep(plan.after_s)
            _settle(place, old, run.id)
            found.forth = _judge(place, run.id, other or place.model)
            with _counted(place, traffic, plan.rate, found):
                move.rollback(run)
                time.sleep(plan.after_s)
        _settle(place, old)
        found.back = _judge(place, old, place.model)
    found.run = move.ledger.run(run.id)
    found.counts = dict(move.ledger.progress(found.run).counts)
    return found


@contextmanager
def _counted(place: Stage, traffic: Iterator[Change], rate: float, found: Switch) -> Iterator[None]:
    """Let changes flow while the block lasts, and count what comes of them and of the searches."""
    begun, before = time.monotonic(), found.searches.said.total()
    with flowing(place, traffic, rate) as sent:
        yield
    found.flowed_s += time.monotonic() - begun
    found.changed += sent.result()
    found.searched += found.searches.said.total() - before


def _await(move: Move, run: Run, state: State) -> None:
    """Wait for a state; a run that stopped says why."""

    def look() -> int:
        there = move.ledger.run(run.id)
        assert not there.trouble, there.trouble
        return hash((there.state, move.ledger.progress(there).counts["documents"]))

    await_progress(look, lambda _: move.ledger.run(run.id).state is state, 600)


def _settle(place: Stage, *indices: str) -> None:
    """Wait until the workers of these indices have finished all that was sent."""
    for index in indices:
        await_progress(
            lambda index=index: history.unread(place.bootstrap, index, place.shop.topic),
            lambda left: left == 0,
            240,
        )


def _judge(place: Stage, index: str, model: Path) -> Verdict:
    return history.compare(
        history.fold(map(workload.read, place.log())),
        history.read_index(place.shop.client, index, place.shop.catalogue.name),
        workload.texts,
        encoder(model),
    )


@contextmanager
def _searching(place: Stage, plan: Plan, found: Searches) -> Iterator[None]:
    """Search from several threads, over one searcher, until the block ends.

    Each rests for half its time at least: a machine that is too slow is asked less, not more.
    """
    enough, lock, numbers = threading.Event(), threading.Lock(), count()
    every_s = _SEARCHERS / plan.searches

    def search(searcher: Searcher) -> None:
        took = 0.0
        while not enough.wait(max(every_s / 2, every_s - took)):
            with lock:
                number = next(numbers)
            asked = time.monotonic()
            said = _ask(searcher, plan.queries, number)
            took = time.monotonic() - asked
            with lock:
                found.said[said] += 1
                found.took.append(took)

    with Searcher.open(place.shop.catalogue.name, place.shop.settings) as searcher:
        threads = [threading.Thread(target=search, args=(searcher,)) for _ in range(_SEARCHERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            enough.set()
            for thread in threads:
                thread.join()


def _ask(searcher: Searcher, queries: Sequence[str], number: int) -> str:
    """Ask what a shopper does, if there are any, or for an anchor; say what came of it."""
    anchor, ours = ANCHORS[number // 2 % len(ANCHORS)], not queries or number % 2
    assert anchor.fields is not None
    try:
        if ours:
            hits = searcher.search(anchor.fields["title"], system="vector", size=3).hits
        else:
            hits = searcher.search(queries[number // 2 % len(queries)]).hits
    except ConnectorError as error:
        print(error, flush=True)
        return "failed"
    if not hits:
        return "empty"
    return "right" if not ours or hits[0].id == anchor.id else "wrong"


def trial(plan: Plan, admin: Settings, model: Path, folder: Path, kind: str) -> dict[str, Any]:
    """Run a trial on a stage of its own; return its figures."""
    other = folder / "other"
    other.mkdir()
    with stage(admin, model, folder) as place:
        found = reindex(place, build(other, seed=8) if kind == "model" else None, plan)
    return {
        "kind": kind,
        "changes_per_s": round(found.changed / found.flowed_s, 1),
        "searches_per_s": round(found.searched / found.flowed_s, 1),
        "flowed_s": round(found.flowed_s),
        "searches": dict(found.searches.said),
        "search_ms": {
            f"p{share}": round(1000 * float(np.percentile(found.searches.took, share)))
            for share in (50, 95, 99, 100)
        },
        "forth": found.forth.figures,
        "back": found.back.figures,
        "slices": {name: number for name, number in found.counts.items() if number},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=["model", "mapping"], default="model")
    parser.add_argument("--changes", type=int, default=4_000, help="after every product is there")
    parser.add_argument("--rate", type=float, default=300.0)
    parser.add_argument("--searches", type=float, default=30.0)
    given = parser.parse_args()
    shelf = shelves.texts()
    plan = Plan(
        changes=len(shelf) + given.changes,
        rate=given.rate,
        searches=given.searches,
        after_s=20.0,
        keys=len(shelf),
        shelf=shelf,
        queries=shelves.queries(),
    )
    show(lambda admin, model, folder: trial(plan, admin, model, folder, given.kind))
