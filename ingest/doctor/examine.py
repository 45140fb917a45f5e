"""Runs every check; what keeps a check from being made is a finding, too."""

from collections.abc import Iterator
from dataclasses import replace

from connector.errors import ConnectorError
from ingest.doctor.case import Case
from ingest.doctor.checks import CHECKS, Check
from ingest.doctor.finding import Finding, Severity

_ORDER: tuple[Severity, ...] = ("wrong", "risk", "unknown", "note")


def examine(case: Case) -> list[Finding]:
    """Return what all checks find, the worst first; empty when all is well."""
    found: dict[tuple[str, str], Finding] = {}
    for name, check in CHECKS.items():
        for each in _made(name, check, case):
            # What keeps several checks from being made is said once, and of all of them.
            said = found.setdefault((each.finding, each.remedy), each)
            if name not in (said.check, *said.also):
                found[each.finding, each.remedy] = replace(said, also=(*said.also, name))
    return sorted(found.values(), key=lambda each: _ORDER.index(each.severity))


def _made(name: str, check: Check, case: Case) -> Iterator[Finding]:
    try:
        yield from check(case)
    except ConnectorError as error:
        finding, _, remedy = str(error).rpartition("; ")
        yield Finding(name, "unknown", finding or remedy, remedy)
