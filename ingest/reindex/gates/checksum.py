"""Gate `checksum`: the same documents at the same versions, slice by slice of their ids."""

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import orjson

from ingest.reindex.gates import stream
from ingest.reindex.gates.stream import Row
from mappings.gate import Crossing, Verdict

NAME = "checksum"
# What was written between two looks has come to both indices by then, or their workers are stuck.
PATIENCE_S = 30.0
_PAUSE_S = 0.5
_SHOWN = 3

Rows = Mapping[str, Row]
Pairs = Iterator[tuple[dict[str, Row], dict[str, Row]]]


def gate(
    crossing: Crossing,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Verdict:
    """Compare a checksum of (id, versions, deleted) for every slice of both indices.

    Where one differs its documents are compared, and those apart are read again: what the old
    index had then, the new one must have before long. That it is ahead is no fault.
    """
    groups = [group for group in crossing.old.catalogue.groups if group in _groups(crossing)]
    slices, documents, suspects = 0, 0, list[str]()
    for old, new in _slices(crossing, groups):
        slices, documents = slices + 1, documents + len(old)
        if checksum(old) != checksum(new):
            suspects += [id_ for id_ in {**old, **new} if old.get(id_) != new.get(id_)]
    lacking = [] if not suspects else _settle(crossing, groups, suspects, clock, sleep)
    figures = {
        "documents": documents,
        "slices": slices,
        "in motion": len(suspects) - len(lacking),
        "apart": len(lacking),
    }
    return Verdict(NAME, not lacking, figures, _reason(crossing, lacking) if lacking else "")


def checksum(rows: Rows) -> str:
    """Return 32 hex digits over ids, versions and tombstones, whatever order they come in."""
    plain = [[id_, sorted(row.versions.items()), row.deleted] for id_, row in sorted(rows.items())]
    return hashlib.sha256(orjson.dumps(plain)).hexdigest()[:32]


def lacks(old: Row | None, new: Row | None, *, replayed: bool) -> bool:
    """Whether the new index lacks what the old one had.

    Args:
        old: read before
        new: was; None: there is no such document.
        replayed: whether the new index was filled from the log, where tombstones come to an end.
    """
    if old is None:
        return False
    if new is None:
        return not (replayed and old.deleted)
    if old.versions == new.versions:
        return old.deleted != new.deleted
    return any(new.versions.get(group, -1) < version for group, version in old.versions.items())


def _groups(crossing: Crossing) -> Sequence[str]:
    return crossing.new.catalogue.groups


def _slices(crossing: Crossing, groups: Sequence[str]) -> Pairs:
    """Yield the rows of both indices, cut at the same ids: the lower end of their two pages."""
    sides = [
        stream.pages(crossing.client, live.physical, groups)
        for live in (crossing.old, crossing.new)
    ]
    held: list[dict[str, Row]] = [{}, {}]
    more = [True, True]
    while True:
        for side in (0, 1):
            if more[side] and not held[side]:
                held[side] = next(sides[side], {})
                more[side] = bool(held[side])
        if not any(held):
            return
        upto = min(max(rows) for rows in held if rows)
        yield _cut(held[0], upto), _cut(held[1], upto)
        held = [{id_: row for id_, row in rows.items() if id_ > upto} for rows in held]


def _cut(rows: Rows, upto: str) -> dict[str, Row]:
    return {id_: row for id_, row in rows.items() if id_ <= upto}


def _settle(
    crossing: Crossing,
    groups: Sequence[str],
    suspects: list[str],
    clock: Callable[[], float],
    sleep: Callable[[float], None],
) -> list[str]:
    """Return the ids that the new index does not get to where the old one was, however long."""
    left, wanted = list[str](), _now(crossing, crossing.old.physical, suspects, groups)
    until = clock() + PATIENCE_S
    replayed = crossing.source == "log"
    while True:
        there = _now(crossing, crossing.new.physical, suspects, groups)
        left = [
            id_ for id_ in suspects if lacks(wanted.get(id_), there.get(id_), replayed=replayed)
        ]
        if not left or clock() >= until:
            return left
        suspects = left
        sleep(_PAUSE_S)


def _now(
    crossing: Crossing, index: str, ids: Sequence[str], groups: Sequence[str]
) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for start in range(0, len(ids), stream.PAGE):
        found |= stream.now(crossing.client, index, ids[start : start + stream.PAGE], groups)
    return found


def _reason(crossing: Crossing, lacking: Sequence[str]) -> str:
    some = ", ".join(map(repr, lacking[:_SHOWN]))
    return (
        f"{len(lacking):,} document(s) of {crossing.new.physical} stay behind what "
        f"{crossing.old.physical} had {PATIENCE_S:.0f} s before: {some}; a switch would lose these "
        "changes: look at `connector reindex status` for slices that failed and for the lag of the "
        "new index's worker, then go on with `connector reindex resume`"
    )
