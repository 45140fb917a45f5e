"""Whether records wait that could not be written."""

from collections import Counter
from collections.abc import Iterator

from ingest.deadletters.shelf import letters_of
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding


def dead_letters(case: Case) -> Iterator[Finding]:
    """No record is parked for this index."""
    kept = letters_of(case.settings.kafka, case.topics)
    classes = Counter(each.error_class for each in kept if each.index == case.live.physical)
    if classes:
        listed = ", ".join(f"{count:,} {name}" for name, count in classes.most_common())
        yield Finding(
            "dead-letters",
            "wrong",
            f"{classes.total():,} records could not be written to {case.live.physical!r}: {listed}",
            "see why with `connector deadletters list`, mend the cause, then `connector "
            "deadletters replay`",
        )
