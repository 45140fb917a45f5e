"""Whether versions can order updates: none from the future, none of another kind than the rest."""

from collections.abc import Iterator
from datetime import UTC, datetime

from ingest.doctor.case import Case
from ingest.doctor.finding import Finding
from ingest.version import OFFSET, TIE_BITS

# A clock may be ahead by this much before it is called wrong.
_AHEAD_S = 3600.0
# What a version is worth in seconds, by its size: seconds, milliseconds, microseconds and
# nanoseconds since the epoch, each from the year 2001 to 2286. Smaller ones are counters.
_UNITS = tuple((10 ** (9 + zeros), 10 ** (10 + zeros), 10**zeros) for zeros in (0, 3, 6, 9))
_TIMESTAMP = "@timestamp"


def future_versions(case: Case) -> Iterator[Finding]:
    """No product is closed to updates because its version lies ahead of the clock."""
    for group, (_, highest) in _extremes(case).items():
        ahead = _seconds(case, group, highest) - case.now()
        if ahead > _AHEAD_S:
            when = datetime.fromtimestamp(case.now() + ahead, UTC).isoformat(" ", "minutes")
            yield Finding(
                "future-versions",
                "wrong",
                f"the highest version of stream {group!r} is {highest}, the time {when}: "
                "its product takes no update until then",
                "mend the clock or the field that versions come from, then send these products "
                "again with a higher version, or build a new index from the topics with "
                "`connector reindex start --from log`",
            )


def mixed_versions(case: Case) -> Iterator[Finding]:
    """The versions of a stream are all counters or all times of one unit."""
    for group, (lowest, highest) in _extremes(case).items():
        rule = _rule(case, group)
        if rule == _TIMESTAMP or _counts(rule):
            continue
        if lowest > 0 and _unit(lowest) != _unit(highest):
            yield Finding(
                "mixed-versions",
                "wrong",
                f"versions of stream {group!r} run from {lowest} to {highest}: two kinds of number; "
                "updates of the smaller kind are taken for stale",
                "let one source and one unit say which update is newer (source.version in the "
                "catalogue), and build a new index with `connector reindex start --from log`",
            )


def _extremes(case: Case) -> dict[str, tuple[int, int]]:
    """Return the lowest and the highest version of each stream that has any."""
    groups = case.live.catalogue.groups
    fields = {group: {"field": f"connector.versions.{group}"} for group in groups}
    found = {}
    for group, field in fields.items():
        ends = [_end(case, field["field"], order) for order in ("asc", "desc")]
        if ends[0] is not None and ends[1] is not None:
            found[group] = (ends[0], ends[1])
    return found


def _end(case: Case, field: str, order: str) -> int | None:
    """Read by sorting, not by an aggregation: those count in doubles, exact to 2**53 only."""
    body = {
        "size": 1,
        "_source": False,
        "query": {"exists": {"field": field}},
        "sort": [{field: order}],
    }
    hits = case.search(body)["hits"]["hits"]
    return int(hits[0]["sort"][0]) if hits else None


def _rule(case: Case, group: str) -> str:
    """Return what says which update of a stream is newer."""
    return case.catalogue.inlets.get(group, case.catalogue.source).version


def _counts(rule: str) -> bool:
    """Whether versions are known to be no times, however large: offsets, places in a database's log."""
    return rule == OFFSET or (rule.startswith("source.") and not rule.startswith("source.ts_"))


def _seconds(case: Case, group: str, version: int) -> float:
    """Return the time a version names in seconds since the epoch; 0 for a counter."""
    rule = _rule(case, group)
    if rule == _TIMESTAMP:
        return (version >> TIE_BITS) / 1000
    unit = 0 if _counts(rule) else _unit(version)
    return version / unit if unit else 0.0


def _unit(version: int) -> int:
    return next((unit for low, high, unit in _UNITS if low <= version < high), 0)
