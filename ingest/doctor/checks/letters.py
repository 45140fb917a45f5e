"""Whether records wait that could not be written."""

from collections import Counter
from collections.abc import Iterator

from ingest.deadletters.shelf import letters_of
from ingest.doctor.case import Case
from ingest.doctor.finding import Finding


def dead_letters(case: Case) -> Iterator[Finding]:
    """No record was parked, or each was resolved."""
    letters = letters_of(case.settings.kafka, case.topics)
    if letters:
        classes = Counter(letter.error_class for letter in letters).most_common()
        said = ", ".join(f"{count:,} {name}" for name, count in classes)
        yield Finding(
            "dead-letters",
            "risk",
            f"{len(letters):,} dead letters of {', '.join(case.topics)}: updates that could not "
            f"be written ({said})",
            "see why with `connector deadletters list`, mend the cause, then `connector "
            "deadletters replay`",
        )
