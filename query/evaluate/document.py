"""The evaluation as plain data: everything that the tables and the report show."""

from dataclasses import asdict
from typing import Any

from query.evaluate.ablation import Ablation
from query.evaluate.compare import LEVEL, RESAMPLES, SEED
from query.evaluate.evaluation import Evaluation, Measured
from query.evaluate.metrics import MAIN, MEASURES
from query.evaluate.scores import calibration
from query.evaluate.significance import SWAPS
from query.evaluate.sliced import SMALL, Sliced

Json = dict[str, Any]


def as_json(evaluation: Evaluation) -> Json:
    """Return the evaluation as plain data; the shape is documented in docs/evaluate.md."""
    judgments = evaluation.judgments
    return {
        "queries": {
            "evaluated": len(judgments.queries),
            "without_judgments": list(judgments.unjudged),
            "missing_from_queries": list(judgments.unasked),
            "unanswerable": list(judgments.unanswerable),
        },
        "measures": list(MEASURES),
        "relevant_from": evaluation.relevant_from,
        "bootstrap": {"measure": MAIN, "level": LEVEL, "resamples": RESAMPLES, "seed": SEED},
        "significance": {
            "test": "paired randomisation",
            "swaps": SWAPS,
            "seed": SEED,
            "correction": "Holm",
        },
        "baseline": evaluation.baseline.run.name,
        "systems": [_system(measured) for measured in evaluation.systems],
        "slices": [_slice(evaluation, one) for one in evaluation.slices],
        "ablation": evaluation.ablation and _ablation(evaluation.ablation),
    }


def _system(measured: Measured) -> Json:
    return {
        "system": measured.run.name,
        "mean": measured.scores.mean,
        "interval": _interval(measured.interval.low, measured.interval.high),
        "unjudged_at_10": measured.scores.unjudged,
        "difference": measured.difference and measured.difference.as_json(),
        "calibration": [asdict(one) for one in calibration(measured.pairs)],
        "per_query": measured.scores.per_query,
    }


def _slice(evaluation: Evaluation, one: Sliced) -> Json:
    return {
        "dimension": one.slice.dimension,
        "value": one.slice.value,
        "queries": list(one.slice.queries),
        "small": one.small,
        "small_below": SMALL,
        "systems": [
            {
                "system": measured.run.name,
                "mean": cell.interval.mean,
                "interval": _interval(cell.interval.low, cell.interval.high),
                "difference": cell.difference and cell.difference.as_json(),
            }
            for measured, cell in zip(evaluation.systems, one.cells, strict=True)
        ],
    }


def _ablation(ablation: Ablation) -> Json:
    return {
        "system": ablation.system,
        "mean": ablation.mean,
        "queries": ablation.queries,
        "quarantined": list(ablation.quarantined),
        "losing": list(ablation.losing),
        "remedy": ablation.remedy,
        "parts": [
            {
                "part": part.name,
                "mean": part.mean,
                "changed": part.changed,
                "verdict": part.verdict,
                "difference": part.difference.as_json(),
            }
            for part in ablation.parts
        ],
    }


def _interval(low: float, high: float) -> Json:
    return {"low": low, "high": high}
