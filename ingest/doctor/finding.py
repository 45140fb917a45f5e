"""What a check found, and what helps."""

from dataclasses import dataclass
from typing import Literal

# wrong: data is lost, stale or not found, or will be; risk: one more fault and it may be;
# note: worth knowing; unknown: the check could not be made.
Severity = Literal["wrong", "risk", "note", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Attributes:
        check: the check's id, stable for scripts.
        severity: how bad it is.
        finding: what was found, where.
        remedy: what to do about it.
        also: other checks that found the same; mostly those that could not be made either.
    """

    check: str
    severity: Severity
    finding: str
    remedy: str
    also: tuple[str, ...] = ()
