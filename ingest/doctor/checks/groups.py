"""Whether somebody reads the topics, soon enough, for an index that still exists."""

import re
from collections.abc import Iterator

from connector.cluster import faults
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding
from ingest.drift import hash_in


def lost_records(case: Case) -> Iterator[Finding]:
    """Kafka still has everything that was not read yet, and nothing was read that it never had."""
    for place, offset in case.committed.items():
        if place not in case.end:
            continue
        where = f"partition {place.partition} of {place.topic!r}"
        if offset < case.first[place]:
            yield Finding(
                "lost-records",
                "wrong",
                f"{where}: {case.first[place] - offset:,} records were removed before they were "
                f"read (committed {offset}, Kafka's first is {case.first[place]})",
                "send the products again, or compare the index with their source; keep records "
                "for longer than the worker may be away",
            )
        elif offset > case.end[place]:
            yield Finding(
                "lost-records",
                "wrong",
                f"{where}: the group has read up to {offset}, Kafka ends at {case.end[place]}: the "
                "topic was created anew, or a broker lost records",
                "read the topic again with `connector ingest --from-beginning`; where versions are "
                "@offset, into a new index with `connector reindex start --from log`",
            )


def retention(case: Case) -> Iterator[Finding]:
    """Unread records are younger than half of what Kafka keeps, and so are the deletes among them."""
    for topic, settings in case.topic_settings.items():
        policy = settings["cleanup.policy"]
        keeps, deletes = int(settings["retention.ms"]), int(settings["delete.retention.ms"])
        if "delete" in policy and keeps >= 0 and (late := _older(case, topic, keeps)):
            yield Finding(
                "retention",
                "wrong",
                f"{late} partitions of {topic!r} have unread records that are older than half of "
                f"retention.ms ({keeps / _HOUR_MS:g} h): soon they are gone, unread",
                "start the worker, or more workers; until it has caught up, raise retention.ms",
            )
        if "compact" in policy and (late := _older(case, topic, deletes)):
            yield Finding(
                "retention",
                "risk",
                f"{late} partitions of {topic!r} have unread records that are older than half of "
                f"delete.retention.ms ({deletes / _HOUR_MS:g} h): compaction may remove the deletes "
                "among them unread, and their products would stay",
                "start the worker, or more workers; until it has caught up, raise "
                "delete.retention.ms; where deletes are gone, build a new index "
                "(`connector reindex start --from log`)",
            )


def _older(case: Case, topic: str, keeps_ms: int) -> int:
    """Return how many partitions have unread records older than half of some time."""
    half = case.offsets(max(0, int(case.now() * 1000) - keeps_ms // 2))
    return sum(
        place.topic == topic and offset < _or_end(half[place], case.end[place])
        for place, offset in case.committed.items()
        if place in half
    )


def lag(case: Case) -> Iterator[Finding]:
    """Somebody reads what is there to read."""
    group = case.live.physical
    behind = sum(max(0, end - case.done(place)) for place, end in case.end.items())
    if behind and not case.members:
        yield Finding(
            "lag",
            "wrong",
            f"{behind:,} records wait, and group {group!r} has no worker",
            "start `connector ingest`",
        )
    elif behind:
        yield Finding(
            "lag",
            "note",
            f"{behind:,} records wait; {len(case.members)} workers of group {group!r} are at it",
            "nothing, where the number falls; else see the workers' log and metrics",
        )
    if len(case.members) > len(case.partitions):
        yield Finding(
            "lag",
            "note",
            f"{len(case.members)} workers share {len(case.partitions)} partitions: some have none",
            "stop the surplus workers, or add partitions",
        )


def outdated_workers(case: Case) -> Iterator[Finding]:
    """Every worker goes by the catalogue that the index follows."""
    there = case.live.meta["catalogue_hash"]
    outdated = [each for each in map(hash_in, case.members) if each and each != there]
    if outdated:
        yield Finding(
            "outdated-workers",
            "wrong",
            f"{len(outdated)} of {len(case.members)} workers of group {case.live.physical!r} go by "
            f"another version of the catalogue than the index ({', '.join(sorted(set(outdated)))}; "
            f"{there} in the index): fields that are new there are unknown to them",
            "give them the catalogue file that was applied, and restart them",
        )


def orphans(case: Case) -> Iterator[Finding]:
    """No index and no group of this catalogue is left over from an earlier version."""
    name = re.compile(re.escape(case.catalogue.name) + r"-v\d+")
    with faults("listing indices"):
        there = set(case.client.indices.get(index=f"{case.catalogue.name}-v*", params=_NAMES))
    indices = sorted(each for each in there - {case.live.physical} if name.fullmatch(each))
    groups = sorted(
        each for each in case.groups.keys() - {case.live.physical} if name.fullmatch(each)
    )
    if indices:
        yield Finding(
            "orphans",
            "note",
            f"indices beside the one that is searched: {', '.join(indices)}",
            "drop them once nobody needs to go back to them",
        )
    if groups:
        yield Finding(
            "orphans",
            "note",
            "groups beside the one that feeds the index: "
            + ", ".join(f"{each} ({case.groups[each]})" for each in groups),
            "stop their workers, then delete them with `kafka-consumer-groups --delete`",
        )


_HOUR_MS = 3_600_000
_NAMES = {"filter_path": "*.aliases", "ignore_unavailable": "true"}


def _or_end(offset: int, end: int) -> int:
    """Return the end where no record is as young as was asked for."""
    return offset if offset >= 0 else end
