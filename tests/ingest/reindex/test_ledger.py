import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from opensearchpy import OpenSearch

from connector.cluster import connect
from connector.errors import RefusedError, UsageError
from connector.settings import Settings
from ingest.reindex.ledger import INDEX, Ledger
from ingest.reindex.run import Run, State
from ingest.reindex.slices import Slice

pytestmark = pytest.mark.server


@pytest.fixture
def ledger(reindexer: Settings) -> Ledger:
    """A ledger, with a reindexer's rights."""
    made = Ledger(connect(reindexer.opensearch))
    made.prepare()
    return made


@pytest.fixture
def run(ledger: Ledger, client: OpenSearch) -> Iterator[Run]:
    """A run of three slices that nobody has claimed."""
    name = f"t-{uuid.uuid4().hex[:12]}"
    made = Run(f"{name}-v2", name, f"{name}-v1", {}, slices=3, entered={"planned": "2026"})
    ledger.begin(made)
    ledger.cut(Slice(made.id, n, 0, n * 10, n * 10 + 10, 10, "copy", at=n * 10) for n in range(3))
    yield made
    gone = {"bool": {"should": [{"term": {"run": made.id}}, {"term": {"id": made.id}}]}}
    client.indices.refresh(index=INDEX)
    client.delete_by_query(index=INDEX, body={"query": gone})


def test_a_slice_is_one_owners_until_it_lapses(ledger: Ledger, run: Run) -> None:
    """Another one gets nothing, the same one may take it up again, and a lease ends."""
    name = f"{run.id}:000001"
    mine = ledger.claim(name, "a")
    assert mine is not None
    assert ledger.claim(name, "b") is None
    again = ledger.claim(name, "a")
    assert again is not None
    assert again.slice.attempts == 2
    lapsed = ledger.save(replace(again, slice=replace(again.slice, until=1.0)))
    assert lapsed is not None
    assert [each.number for each in ledger.open(run)] == [0, 1, 2]
    assert ledger.claim(name, "b") is not None


def test_who_has_lost_a_slice_learns_of_it(ledger: Ledger, run: Run) -> None:
    """What is written after another owner took over is refused, and changes nothing."""
    mine = ledger.claim(f"{run.id}:000000", "a")
    assert mine is not None
    late = replace(mine, slice=replace(mine.slice, state="done"))
    ledger.release(run)
    assert ledger.save(late) is None
    assert ledger.slice(f"{run.id}:000000").state == "open"


def test_progress_counts_what_is_done_and_what_is_under_way(ledger: Ledger, run: Run) -> None:
    """Counts of slices that are not done yet are part of the sums."""
    for number, state in ((0, "done"), (1, "claimed")):
        held = ledger.claim(f"{run.id}:00000{number}", "a")
        assert held is not None
        counts = {"documents": 10, "copied": 9, "rejected": 1}
        word = "x1: mapper_parsing_exception"
        new = replace(held.slice, state=state, counts=counts, rejected=(word,))  # type: ignore[arg-type]
        ledger.save(replace(held, slice=new))
    seen = ledger.progress(run)
    assert (seen.done, seen.slices, seen.documents, seen.attempts) == (1, 3, 30, 2)
    assert (seen.counts["copied"], seen.counts["rejected"]) == (18, 2)
    assert ledger.rejected(run) == ["x1: mapper_parsing_exception"] * 2


def test_a_run_is_begun_once_and_changed_by_one_at_a_time(ledger: Ledger, run: Run) -> None:
    """The second command is refused; a change that met another is made again on what that left."""
    with pytest.raises(RefusedError, match="has just been started by another command"):
        ledger.begin(run)
    calls = []

    def change(there: Run) -> Run:
        if not calls:
            ledger.change(run.id, lambda other: replace(other, driver="b"))
        calls.append(there.driver)
        return replace(there, state=State.CREATED)

    after = ledger.change(run.id, change)
    assert (after.driver, after.state, calls) == ("b", State.CREATED, ["", "b"])
    assert ledger.runs(run.catalogue) == [after]
    with pytest.raises(UsageError, match="there is no reindex run 'nothing'"):
        ledger.run("nothing")
