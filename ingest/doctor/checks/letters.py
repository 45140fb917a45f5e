"""Whether records wait that could not be written."""

from collections.abc import Iterator

from ingest.deadletters.letter import SUFFIX
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding


def dead_letters(case: Case) -> Iterator[Finding]:
    """No record was parked."""
    for topic in case.topics:
        held = case.waiting_in(topic + SUFFIX)
        if held:
            yield Finding(
                "dead-letters",
                "risk",
                f"{held:,} dead letters in {topic + SUFFIX!r}: updates that could not be written",
                "see why with `connector deadletters list`, mend the cause, then `connector "
                "deadletters replay`",
            )
