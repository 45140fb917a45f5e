"""Candidates are accepted or rejected, by people or by what was measured."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from connector.errors import SynonymsError
from query.understand.synonyms.candidates import Candidate, Lift, Status
from query.understand.synonyms.lift import LEAST_QUERIES, convincing


def proposed(known: Iterable[Candidate]) -> list[Candidate]:
    """Return those that nobody has judged, the surest first."""
    waiting = [one for one in known if one.status == "proposed"]
    return sorted(waiting, key=lambda one: (-one.score, one.left, one.right))


def decided(
    known: Sequence[Candidate], accepted: Iterable[str], rejected: Iterable[str]
) -> list[Candidate]:
    """Return the candidates with some of them accepted and others rejected, whatever they were.

    Raises:
        SynonymsError: an id is unknown, or stands on both sides.
    """
    status: dict[str, Status] = dict.fromkeys(accepted, "accepted")
    for name in rejected:
        if name in status:
            raise SynonymsError(f"candidate {name!r} is to be accepted and rejected; choose one")
        status[name] = "rejected"
    ids = {one.id for one in known}
    for name in status:
        if name not in ids:
            raise SynonymsError(
                f"no candidate has the id {name!r}; `connector synonyms review --json` lists them"
            )
    return [replace(one, status=status.get(one.id, one.status)) for one in known]


def by_lift(
    known: Iterable[Candidate], measured: Iterable[Candidate], *, accept: bool
) -> list[Candidate]:
    """Return the known candidates with the lift that was measured of them.

    Args:
        known: as they stand now; what was decided while others were measured stays.
        measured: some of them, earlier.
        accept: whether a convincing lift accepts a candidate that nobody has judged.
    """
    lifts = {one.id: one.lift for one in measured}
    fresh = [replace(one, lift=lifts.get(one.id, one.lift)) for one in known]
    sure = {one.id for one in proposed(fresh) if one.id in lifts and convincing(one)}
    return [replace(one, status="accepted") if accept and one.id in sure else one for one in fresh]


def card(one: Candidate) -> str:
    """Return what a person needs to judge a candidate, in a few lines."""
    arrow = "," if one.two_way else " =>"
    lines = [
        f"{one.left}{arrow} {one.right}   [{one.id}]",
        f"  {one.source} {one.score:.2f}; in {one.df[0]} and {one.df[1]} titles",
        *(f"  · {title}" for title in one.examples),
    ]
    if one.lift:
        lines.append(f"  lift {lift_line(one.lift)}")
    return "\n".join(lines)


def lift_line(lift: Lift | None) -> str:
    """Return a lift in words; the unit is nDCG@10."""
    if lift is None:
        return "not measured"
    many = lift.queries >= LEAST_QUERIES
    between = f" [{lift.low:+.3f}, {lift.high:+.3f}]" if many else ""
    asked = f"{lift.queries} {'query' if lift.queries == 1 else 'queries'}"
    few = "" if many else "; too few to tell"
    return f"{lift.mean:+.3f}{between} on {asked}, {lift.wins} better, {lift.losses} worse{few}"


def plain(one: Candidate) -> dict[str, Any]:
    """Return a candidate as JSON has it."""
    return {"id": one.id, **asdict(one)}


def plain_lift(lift: Lift | None) -> dict[str, Any] | None:
    """Return a lift as JSON has it."""
    return asdict(lift) if lift else None
