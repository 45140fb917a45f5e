"""When an experiment ends: the stop rule, and its guard rails.

All chances together stay below 5 %: that identical rankings are ever called different, that a
guard trips without harm, that the split is called uneven when it is not.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from query.experiments.experiment import CONTROL, TREATMENT, Decision, Experiment
from query.experiments.outcomes import Outcomes
from query.experiments.sequential import Between, difference, evidence

ALPHA = 0.035
GUARD = 0.004
SPLIT = 0.001
# The way that hurts.
HARM: Mapping[str, int] = {"zero": 1, "latency": 1, "value": -1}
# Harm below this is none: two zero results in a thousand, 5 % more milliseconds, no purchase lost.
_TOLERATED = {"zero": 0.002, "latency": 0.05, "value": 0.0}


@dataclass(frozen=True)
class Verdict:
    """What can be said by now.

    Attributes:
        decision: that the stop rule makes; None while the experiment has to go on.
        reason: in a sentence.
        primary: difference of the share of clicked pages; without ends where two are interleaved.
        guards: differences of the guard rails.
        votes: for the treatment and for the control, where two are interleaved.
        shoppers: that count, by variant.
        waiting: shoppers whose day is not over.
    """

    decision: Decision | None
    reason: str
    primary: Between
    guards: Mapping[str, Between]
    votes: tuple[int, int]
    shoppers: Mapping[str, int]
    waiting: int

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data; an end that is not known yet is null."""
        plain = asdict(self)
        for one in (plain["primary"], *plain["guards"].values()):
            for end in ("low", "high"):
                one[end] = one[end] if abs(one[end]) < float("inf") else None
        return plain


def decide(experiment: Experiment, found: Outcomes, now: datetime) -> Verdict:
    """Return what the stop rule says; asking often does not change what it is worth."""
    primary = _between(found, "clicked", ALPHA)
    guards = {name: _between(found, name, GUARD) for name in HARM}
    shoppers = {name: found.shoppers(name) for name in (CONTROL, TREATMENT)}
    decision, reason = (
        _unsound(found, guards)
        or (_voted(found.votes) if experiment.kind == "interleaved" else None)
        or (_told(primary, experiment.margin) if experiment.kind == "ab" else None)
        or _time_is_up(experiment, now)
    )
    return Verdict(decision, reason, primary, guards, found.votes, shoppers, found.waiting)


Ended = tuple[Decision | None, str]


def _unsound(found: Outcomes, guards: Mapping[str, Between]) -> Ended | None:
    treated, controlled = found.shoppers(TREATMENT), found.shoppers(CONTROL)
    if evidence(treated, controlled) >= 1 / SPLIT:
        return "invalid", f"{treated} and {controlled} shoppers are no even split; find out why"
    for name, between in guards.items():
        if _hurts(name, between):
            return "guard", f"the treatment hurts {name} ({between.mean:+.3f} a shopper)"
    return None


def _told(primary: Between, margin: float) -> Ended | None:
    if primary.low > 0:
        return "treatment", f"more pages are clicked ({primary.mean:+.3f})"
    if primary.high < 0:
        return "control", f"fewer pages are clicked ({primary.mean:+.3f})"
    if -margin < primary.low and primary.high < margin:
        return "same", f"any difference is below {margin}"
    return None


def _voted(votes: tuple[int, int]) -> Ended | None:
    wins, losses = votes
    if evidence(wins, losses) < 1 / ALPHA:
        return None
    said = f"{wins} shoppers prefer the treatment, {losses} the control"
    return ("treatment", said) if wins > losses else ("control", said)


def _time_is_up(experiment: Experiment, now: datetime) -> Ended:
    if (now - experiment.started).days >= experiment.days:
        return "undecided", f"{experiment.days} days did not tell the two apart"
    return None, "the two cannot be told apart yet"


def _hurts(name: str, between: Between) -> bool:
    least_harm = between.low if HARM[name] > 0 else -between.high
    return least_harm > _TOLERATED[name]


def _between(found: Outcomes, name: str, alpha: float) -> Between:
    moments = found.moments[name]
    return difference(moments[TREATMENT], moments[CONTROL], alpha)
