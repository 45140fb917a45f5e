"""What may meet shoppers: on clicks it was not learned from, and on what people judged."""

from query.learn.work import Candidate, Golden
from query.weights.gate import judge

# The ranking in force cannot lose so much on the same judgments by itself: something else broke.
SICK = 0.02


def faults(candidate: Candidate, golden: Golden, healthy: float | None) -> list[str]:
    """Return why a candidate may not meet shoppers, in sentences; none when it may.

    Clicks can lie: robots make them, and a fault in the log shuffles them. What people judged does
    not, so a candidate has to hold on both. And when today's ranking itself got worse on the same
    judgments since the last round, nothing is learned from this index until somebody looked at it.

    Args:
        candidate: with the faults that training found.
        golden: what people's judgments say.
        healthy: mean nDCG@10 of the weights in force when they were last well; None at first.
    """
    found = [f"on clicks: {fault}" for fault in candidate.faults]
    verdict = judge(golden.candidate, golden.in_force, golden.slices)
    found += [f"on judgments of people: {reason}" for reason in verdict.reasons]
    now = float(golden.in_force.mean())
    if healthy is not None and now < healthy - SICK:
        found.append(
            f"the ranking in force fell from {healthy:.3f} to {now:.3f} nDCG@10 on judgments of "
            "people: encoder, index or judgments changed; find out before anything is learned"
        )
    return found
