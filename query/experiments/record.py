"""What is known of an experiment as a document of the index `connector-relevance`."""

from typing import Any

from query.experiments.decide import Verdict
from query.experiments.experiment import Experiment

Json = dict[str, Any]


def document(experiment: Experiment, verdict: Verdict, at: str) -> Json:
    """Return the difference of the share of clicked pages, how sure it is, and what follows.

    Args:
        experiment: of two rankings.
        verdict: as of now.
        at: the present time, ISO 8601.
    """
    primary = verdict.as_json()["primary"]
    ends = {"difference_low": primary["low"], "difference_high": primary["high"]}
    return {
        "@timestamp": at,
        "run": at,
        "kind": "experiment",
        "index": experiment.catalogue,
        "experiment": experiment.name,
        "baseline": experiment.control.system,
        "system": experiment.treatment.system,
        "verdict": experiment.decision or verdict.decision or "runs",
        "shoppers": sum(verdict.shoppers.values()),
        "difference": primary["mean"],
        **{name: value for name, value in ends.items() if value is not None},
    }
