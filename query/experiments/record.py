"""What is known of an experiment as a document of the index `connector-relevance`."""

from typing import Any

from query.experiments.decide import Verdict
from query.experiments.experiment import Experiment

Json = dict[str, Any]


def document(experiment: Experiment, verdict: Verdict, at: str) -> Json:
    """Return the difference between the rankings, how sure it is, and what follows.

    It is of the share of clicked pages; of two rankings in one list, of the share of shoppers who
    prefer it, whose votes have no interval.

    Args:
        experiment: of two rankings.
        verdict: as of now.
        at: the present time, ISO 8601.
    """
    primary = verdict.as_json()["primary"]
    ends = {"difference_low": primary["low"], "difference_high": primary["high"]}
    shoppers, difference = sum(verdict.shoppers.values()), primary["mean"]
    if experiment.kind == "interleaved":
        shoppers, (wins, losses) = sum(verdict.votes), verdict.votes
        difference = (wins - losses) / max(1, shoppers)
    return {
        "@timestamp": at,
        "run": at,
        "kind": "experiment",
        "index": experiment.catalogue,
        "experiment": experiment.name,
        "baseline": experiment.control.system,
        "system": experiment.treatment.system,
        "verdict": experiment.decision or verdict.decision or "runs",
        "shoppers": shoppers,
        "difference": difference,
        **{name: value for name, value in ends.items() if value is not None},
    }
