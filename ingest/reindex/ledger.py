"""The ledger: what every run and every slice is at, in an index of its own. It alone is the truth.

A change says which version of the document it was made from (`if_seq_no`), so that of two writers
one learns that the other was there.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import islice
from typing import Any

from opensearchpy import ConflictError, NotFoundError, OpenSearch, RequestError

from connector.cluster import faults
from connector.errors import RefusedError, UsageError
from ingest.reindex.run import Run
from ingest.reindex.slices import COUNTS, Slice

INDEX = "connector-reindex"
# A slice whose owner has not been heard of for so long is anybody's.
LEASE_S = 90.0

_KEYWORD, _LONG = {"type": "keyword"}, {"type": "long"}
_BODY: dict[str, Any] = {
    "settings": {"index": {"number_of_shards": "1", "auto_expand_replicas": "0-1"}},
    "mappings": {
        "dynamic": False,
        "properties": {
            **dict.fromkeys(("kind", "id", "run", "catalogue", "state", "queue"), _KEYWORD),
            **dict.fromkeys(("number", "shard", "documents", "attempts"), _LONG),
            "until": {"type": "double"},
            "beat": {"type": "double"},
            "counts": {"properties": dict.fromkeys(COUNTS, _LONG)},
        },
    },
}
_MOST = 10_000
# Slices entered in one request: a large index has tens of thousands.
_AT_ONCE = 2_000


@dataclass(frozen=True)
class Held:
    """A slice as it was read or written last, and which version of it that was."""

    slice: Slice
    version: Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far the slices of a run are.

    Attributes:
        done, slices: how many are done, of how many.
        documents: in all of them, when they were cut.
        counts: of all, those under way included; see `ingest.reindex.slices.COUNTS`.
        attempts: claims of all slices.
    """

    done: int
    slices: int
    documents: int
    counts: Mapping[str, int]
    attempts: int


class Ledger:
    """Reads and writes runs and slices. Threads and machines may share it.

    Every call raises ClusterUnavailableError or ClusterRefusedError as `connector.cluster.faults`.
    """

    def __init__(self, client: OpenSearch) -> None:
        self._client = client

    def prepare(self) -> None:
        """Create the ledger where it is missing."""
        with faults(f"creating the ledger {INDEX!r}"):
            if self._client.indices.exists(index=INDEX):
                return
            try:
                self._client.indices.create(index=INDEX, body=_BODY)
            except RequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    def begin(self, run: Run) -> None:
        """Enter a new run.

        Raises:
            RefusedError: one of that name is there already.
        """
        with faults(f"entering the run {run.id!r}"):
            try:
                self._client.create(
                    index=INDEX, id=run.id, body=_run(run), params={"refresh": "true"}
                )
            except ConflictError:
                raise RefusedError(
                    f"a run {run.id!r} has just been started by another command; look at it with "
                    "`connector reindex status`"
                ) from None

    def run(self, identity: str) -> Run:
        """Return a run.

        Raises:
            UsageError: there is none of that name.
        """
        found = self._get(identity)
        if found is None:
            raise UsageError(
                f"there is no reindex run {identity!r}; `connector reindex status` lists them"
            )
        return Run.read(found["_source"])

    def change(self, identity: str, change: Callable[[Run], Run]) -> Run:
        """Change a run as it stands; again from the start when another writer comes between."""
        while True:
            found = self._get(identity)
            if found is None:
                raise UsageError(f"the reindex run {identity!r} has left the ledger {INDEX!r}")
            before = Run.read(found["_source"])
            after = change(before)
            if after == before or self._put(identity, _run(after), found) is not None:
                return after

    def runs(self, catalogue: str) -> list[Run]:
        """Return all runs of a catalogue, the newest first."""
        query = [{"term": {"kind": "run"}}, {"term": {"catalogue": catalogue}}]
        found = [Run.read(each) for each in self._search(query, _MOST)]
        return sorted(found, key=lambda run: run.entered.get("planned", ""), reverse=True)

    def cut(self, slices: Iterable[Slice]) -> None:
        """Enter new slices; one that is there already under the same number is replaced."""
        every = iter(slices)
        while some := list(islice(every, _AT_ONCE)):
            self._cut(some)

    def _cut(self, slices: Sequence[Slice]) -> None:
        lines: list[dict[str, Any]] = []
        for each in slices:
            lines += [{"index": {"_index": INDEX, "_id": each.id}}, _slice(each)]
        with faults("entering slices"):
            answer = self._client.bulk(body=lines, params={"refresh": "true"})
        failed = [item["index"] for item in answer["items"] if "error" in item["index"]]
        if failed:
            raise RefusedError(f"the ledger {INDEX!r} takes no slices: {failed[0]['error']}")

    def open(self, run: Run, now: float | None = None) -> list[Slice]:
        """Return the slices that somebody may take up now, in their order."""
        at = time.time() if now is None else now
        lapsed = {"bool": {"filter": [_state("claimed"), {"range": {"until": {"lt": at}}}]}}
        free = {"bool": {"should": [_state("open"), lapsed], "minimum_should_match": 1}}
        return [Slice.read(each) for each in self._search([*_of(run), free], _MOST, "number")]

    def in_hand(self, run: Run) -> list[Slice]:
        """Return the slices whose owners may be at work on them now."""
        held = [_state("claimed"), {"range": {"until": {"gte": time.time()}}}]
        return [Slice.read(each) for each in self._search([*_of(run), *held], _MOST, "number")]

    def progress(self, run: Run) -> Progress:
        """Return how far a run's slices are."""
        sums: dict[str, Any] = {name: {"sum": {"field": f"counts.{name}"}} for name in COUNTS}
        sums |= {"attempts": {"sum": {"field": "attempts"}}, "done": {"filter": _state("done")}}
        sums |= {"cut": {"sum": {"field": "documents"}}}
        with faults("reading the ledger"):
            self._client.indices.refresh(index=INDEX)
            answer = self._client.search(
                index=INDEX,
                body={"size": 0, "query": {"bool": {"filter": _of(run)}}, "aggs": sums},
            )
        found = {name: int(each.get("value", 0)) for name, each in answer["aggregations"].items()}
        done = answer["aggregations"]["done"]["doc_count"]
        counts = {name: found[name] for name in COUNTS}
        return Progress(done, run.slices, found["cut"], counts, found["attempts"])

    def rejected(self, run: Run) -> list[str]:
        """Return some documents that the new index refused, with the cluster's words."""
        query = [*_of(run), {"range": {"counts.rejected": {"gt": 0}}}]
        return [said for each in self._search(query, 5) for said in each["rejected"]]

    def claim(self, slice_id: str, owner: str) -> Held | None:
        """Take a slice in hand; None when it is done, or somebody else's for now.

        Raises:
            UsageError: there is no such slice.
        """
        found = self._get(slice_id)
        if found is None:
            raise UsageError(f"there is no slice {slice_id!r} in the ledger {INDEX!r}")
        there, now = Slice.read(found["_source"]), time.time()
        taken = there.state == "claimed" and there.until > now and there.owner != owner
        if there.state == "done" or taken:
            return None
        mine = replace(
            there, state="claimed", owner=owner, until=now + LEASE_S, attempts=there.attempts + 1
        )
        return self.save(Held(mine, found))

    def save(self, held: Held) -> Held | None:
        """Write a slice that is in hand; None when it is somebody else's by now."""
        version = self._put(held.slice.id, _slice(held.slice), held.version)
        return None if version is None else Held(held.slice, version)

    def slice(self, slice_id: str) -> Slice:
        """Return a slice."""
        found = self._get(slice_id)
        if found is None:
            raise UsageError(f"there is no slice {slice_id!r} in the ledger {INDEX!r}")
        return Slice.read(found["_source"])

    def release(self, run: Run, dead: Callable[[str], bool] = lambda _: True) -> None:
        """Take claimed slices from owners of which it is known that they are dead."""
        for each in self._search([*_of(run), _state("claimed")], _MOST):
            there = Slice.read(each)
            found = self._get(there.id) if dead(there.owner) else None
            if found is not None and found["_source"]["owner"] == there.owner:
                self._put(there.id, _slice(replace(there, state="open", until=0.0)), found)

    def _search(
        self, query: list[dict[str, Any]], size: int, order: str = "id"
    ) -> list[dict[str, Any]]:
        body = {"size": size, "query": {"bool": {"filter": query}}, "sort": [{order: "asc"}]}
        with faults("reading the ledger"):
            try:
                self._client.indices.refresh(index=INDEX)
                hits = self._client.search(index=INDEX, body=body)["hits"]["hits"]
            except NotFoundError:
                return []
        return [hit["_source"] for hit in hits]

    def _get(self, identity: str) -> Mapping[str, Any] | None:
        with faults("reading the ledger"):
            found: Mapping[str, Any] = self._client.get(
                index=INDEX, id=identity, params={"ignore": HTTPStatus.NOT_FOUND}
            )
        return found if found.get("found") else None

    def _put(
        self, identity: str, body: dict[str, Any], before: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        version = {"if_seq_no": before["_seq_no"], "if_primary_term": before["_primary_term"]}
        with faults("writing the ledger"):
            try:
                found: Mapping[str, Any] = self._client.index(
                    index=INDEX, id=identity, body=body, params=version
                )
            except ConflictError:
                return None
        return found


def _run(run: Run) -> dict[str, Any]:
    return {"kind": "run", **run.as_json()}


def _slice(one: Slice) -> dict[str, Any]:
    return {"kind": "slice", "id": one.id, **one.as_json()}


def _of(run: Run) -> list[dict[str, Any]]:
    return [
        {"term": {"kind": "slice"}},
        {"term": {"run": run.id}},
        {"range": {"number": {"lt": run.slices}}},
    ]


def _state(name: str) -> dict[str, Any]:
    return {"term": {"state": name}}
