"""The checks, one function each, by what they look at: `CHECKS` has them all by id, in order.

A check yields what it finds; one that yields nothing found all well.
"""

from collections.abc import Callable, Iterator

from ingest.doctor.case import Case
from ingest.doctor.checks import clocks, documents, groups, index, letters, topics, versions
from ingest.doctor.finding import Finding

Check = Callable[[Case], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    check.__name__.replace("_", "-"): check
    for check in (
        index.model_contract,
        index.catalogue_drift,
        index.alias_filter,
        index.write_block,
        index.index_settings,
        index.auto_create_index,
        documents.mixed_models,
        documents.lexical_only,
        documents.tombstones,
        versions.future_versions,
        versions.mixed_versions,
        topics.topic_there,
        topics.topic_same,
        topics.topic_replicas,
        topics.topic_settings,
        groups.lost_records,
        groups.retention,
        groups.lag,
        groups.outdated_workers,
        groups.orphans,
        letters.dead_letters,
        clocks.clock_skew,
    )
}
