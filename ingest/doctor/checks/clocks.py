"""Whether the machines agree on the time."""

from collections.abc import Iterator

from connector.cluster import faults
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding

_APART_S = 10.0


def clock_skew(case: Case) -> Iterator[Finding]:
    """OpenSearch's clocks and this machine's agree: lag in seconds and `indexed_at` mean something.

    The order of updates does not hang on it; that is the source's own version.
    """
    before = case.now()
    with faults("reading the nodes' clocks"):
        answer = case.client.nodes.stats(
            metric="os", params={"filter_path": "nodes.*.name,nodes.*.timestamp"}
        )
    after = case.now()
    for node in answer["nodes"].values():
        theirs = node["timestamp"] / 1000
        apart = max(before - theirs, theirs - after)
        if apart > _APART_S:
            yield Finding(
                "clock-skew",
                "risk",
                f"the clock of OpenSearch node {node.get('name')!r} and this machine's are "
                f"{apart:.0f} s apart",
                "run a time service on both",
            )
